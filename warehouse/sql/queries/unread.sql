with waiting as (
    select sentence.sentence_id, sentence.version_id, sentence.position, sentence.text, sentence.lang
    from sentence
    anti join (select sentence_id from speech_act where reading_id = $reading_id) as done
        on done.sentence_id = sentence.sentence_id
    order by sentence.sentence_id
    limit $limit
)
select
    waiting.sentence_id,
    waiting.text,
    waiting.lang::varchar as lang,
    before.text as prev,
    after.text as next,
    case when article.date_status = 'ok' then article.published_day end as published_day
from waiting
left join sentence as before on before.version_id = waiting.version_id and before.position = waiting.position - 1
left join sentence as after on after.version_id = waiting.version_id and after.position = waiting.position + 1
left join version on version.version_id = waiting.version_id
left join article on article.article_id = version.article_id
order by waiting.sentence_id
