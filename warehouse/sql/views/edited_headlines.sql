create or replace view edited_headlines as
with steps as (
    select
        version.article_id,
        version.version_id,
        version.title,
        version.seen_at,
        lag(version.version_id) over seen as old_version_id,
        lag(version.title) over seen as old_title,
        lag(version.seen_at) over seen as old_seen_at
    from version
    window seen as (partition by version.article_id order by version.seen_at, version.version_id)
),
heads as (
    select left(speech_act.sentence_id, -5) as version_id, speech_act.move, speech_act.p_securitizing
    from speech_act
    where speech_act.reading_id = (select reading_id from reading where is_current)
        and speech_act.sentence_id like '%-0000'
)
select
    steps.article_id,
    article.source_id,
    article.language,
    steps.old_version_id,
    steps.version_id,
    steps.old_title,
    steps.title,
    steps.old_seen_at,
    steps.seen_at,
    before.move as old_move,
    after.move as move,
    before.p_securitizing as old_p_securitizing,
    after.p_securitizing
from steps
join article on article.article_id = steps.article_id
left join heads as before on before.version_id = steps.old_version_id
left join heads as after on after.version_id = steps.version_id
where steps.old_title <> steps.title
order by steps.seen_at, steps.version_id;
comment on view edited_headlines is 'Headlines that were changed after publication, with how both were read.';
comment on column edited_headlines.article_id is 'The article.';
comment on column edited_headlines.source_id is 'The source.';
comment on column edited_headlines.language is 'Language of the edition.';
comment on column edited_headlines.old_version_id is 'The version before.';
comment on column edited_headlines.version_id is 'The version after.';
comment on column edited_headlines.old_title is 'Headline before.';
comment on column edited_headlines.title is 'Headline after.';
comment on column edited_headlines.old_seen_at is 'When the old one was first seen (UTC).';
comment on column edited_headlines.seen_at is 'When the new one was first seen (UTC).';
comment on column edited_headlines.old_move is 'Move of the old headline.';
comment on column edited_headlines.move is 'Move of the new headline.';
comment on column edited_headlines.old_p_securitizing is 'Probability that the old one is securitizing.';
comment on column edited_headlines.p_securitizing is 'Probability that the new one is securitizing.';
