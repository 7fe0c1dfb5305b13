select week, language as name, stories, total, share, low, high
from trend_by_language
where week between $since::date and $until::date
order by language, week;
