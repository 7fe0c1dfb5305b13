-- How many tests the night had, and how many of them had enough stories to raise an alert.
select count(*) as tested, count(*) filter (where count >= $least) as eligible
from alarm
where night = $night::date and p_value is not null and ($detector = '*' or detector = $detector);
