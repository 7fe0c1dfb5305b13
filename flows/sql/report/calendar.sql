-- The status of each edition on each night of a span.
select source_id, day, status::varchar as status
from coverage
where day between $since::date and $until::date
order by source_id, day;
