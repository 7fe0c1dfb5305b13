-- Every edition with the name it is shown under: an outlet with several languages says which.
select
    source_id, outlet_name, country, language::varchar as language,
    count(*) over (partition by outlet) > 1 as several
from source
order by source_id;
