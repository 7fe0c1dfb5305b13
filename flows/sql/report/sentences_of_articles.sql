-- The fitting sentences of the articles named, surest first; one that stands in an article twice is taken once.
select
    article_id, sentence_id, position, text, lang, targets, move, p_securitizing, voice,
    referents::varchar[] as referents, measure, frames, spans
from speech_acts
where article_id in (select unnest($articles::varchar[]))
    and move = 'securitizing'
    and ($target = '*' or list_contains(targets, $target))
    and ($frame = '*' or list_contains(frames, $frame))
qualify row_number() over (partition by article_id, text order by position) = 1
order by article_id, p_securitizing desc nulls last, position;
