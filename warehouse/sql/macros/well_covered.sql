-- A fifth of the usual volume may be lost before a group's day counts as missing; below that the total is just smaller.
create or replace macro well_covered(lost, usual, broken) as
    case when usual > 0 then lost <= 0.2 * usual else broken = 0 end;
comment on macro well_covered is 'Whether a group of sources was looked at well enough on a day: at most a fifth of its usual volume lost, or no source broken where no volume is known yet.';
