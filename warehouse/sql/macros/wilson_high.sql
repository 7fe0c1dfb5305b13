create or replace macro wilson_high(hits, n) as
    case when n > 0 then least(1.0,
        (hits / n + 1.920729410347062 / n
            + 1.959963984540054 * sqrt(greatest(hits / n * (1 - hits / n), 0) / n + 0.960364705173531 / n / n))
        / (1 + 3.841458820694124 / n)) end;
comment on macro wilson_high is 'Upper end of the 95 % Wilson interval of hits out of n; null where n is 0.';
