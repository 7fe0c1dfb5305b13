select week, target as name, stories, total, share, low, high
from trend_by_target
where week between $since::date and $until::date
order by target, week;
