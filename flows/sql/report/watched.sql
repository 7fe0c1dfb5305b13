-- Strata that stood out on the night without reaching an alert; the better of a stratum's detectors.
select
    language, ownership, target, frame,
    night, detector, count, copies, total, expected, upper, p_value, q_value, rate_ratio
from alarm
where night = $night::date and severity = 'watch'
qualify row_number() over (partition by language, ownership, target, frame order by p_value, detector) = 1
order by p_value, rate_ratio desc nulls last, language, ownership, target, frame;
