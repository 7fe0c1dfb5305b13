-- Every test of one stratum between two nights, best first within a night.
select
    night, detector, count, copies, total, expected, upper, p_value, q_value, rate_ratio, severity, amplified, reason,
    reading_id
from alarm
where language = $language and ownership = $ownership and target = $target and frame = $frame
    and night between $since::date and $until::date
order by night, severity desc, p_value nulls last, detector;
