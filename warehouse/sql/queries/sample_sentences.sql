-- Sentences with their neighbours and where they were printed, in an order that says nothing of how they were drawn.
with drawn as (
    select unnest($ids::varchar[]) as sentence_id, unnest($chances::double[]) as chance
)
select
    sentence.sentence_id as id,
    sentence.lang::varchar as lang,
    before.text as prev,
    sentence.text,
    after.text as next,
    article.source_id as source,
    case when article.date_status = 'ok' then article.published_day end as published_day,
    article.canonical_url as url,
    drawn.chance as inclusion_probability
from drawn
join sentence on sentence.sentence_id = drawn.sentence_id
join version on version.version_id = sentence.version_id
join article on article.article_id = version.article_id
left join sentence as before on before.version_id = sentence.version_id and before.position = sentence.position - 1
left join sentence as after on after.version_id = sentence.version_id and after.position = sentence.position + 1
order by md5($seed || ' order ' || drawn.sentence_id)
