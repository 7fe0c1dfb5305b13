-- Coverage of the night, edition by edition, for the whole press or one part of it.
select source_id, language::varchar as language, ownership::varchar as ownership, status::varchar as status,
    expected, seen, fetched, parsed, read
from coverage_by_source
where day = $night::date
    and ($language = '*' or language::varchar = $language)
    and ($ownership = '*' or ownership::varchar = $ownership)
order by source_id;
