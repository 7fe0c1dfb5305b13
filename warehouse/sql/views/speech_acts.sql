create or replace view speech_acts as
select
    speech_act.sentence_id,
    article.article_id,
    sentence.version_id,
    article_story.story_id,
    article.source_id,
    source.outlet,
    article.language,
    coalesce(ownership_period.class, 'unknown') as ownership,
    article.first_seen_day,
    case when article.date_status = 'ok' then article.published_day end as published_day,
    sentence.position,
    sentence.text,
    sentence.lang,
    sentence.script,
    speech_act.targets,
    speech_act.move,
    speech_act.p_securitizing,
    speech_act.voice,
    speech_act.referents,
    speech_act.measure,
    speech_act.frames,
    speech_act.scores,
    speech_act.spans,
    speech_act.error
from speech_act
join sentence on sentence.sentence_id = speech_act.sentence_id
join article on article.latest_version_id = sentence.version_id
join source on source.source_id = article.source_id
join article_story on article_story.article_id = article.article_id
left join ownership_period
    on ownership_period.source_id = article.source_id
    and article.first_seen_day >= ownership_period.since
    and article.first_seen_day < ownership_period.until
where speech_act.reading_id = (select reading_id from reading where is_current);
comment on view speech_acts is 'Every sentence of the latest version of every article under the current reading.';
comment on column speech_acts.sentence_id is 'The sentence.';
comment on column speech_acts.article_id is 'The article.';
comment on column speech_acts.version_id is 'The version.';
comment on column speech_acts.story_id is 'The story.';
comment on column speech_acts.source_id is 'The source.';
comment on column speech_acts.outlet is 'Its outlet.';
comment on column speech_acts.language is 'Language of the edition.';
comment on column speech_acts.ownership is 'Ownership class on the day it was first seen.';
comment on column speech_acts.first_seen_day is 'Night on which the article was first seen.';
comment on column speech_acts.published_day is 'Publication day; null if quarantined.';
comment on column speech_acts.position is '0 is the headline.';
comment on column speech_acts.text is 'The sentence.';
comment on column speech_acts.lang is 'Language of the sentence.';
comment on column speech_acts.script is 'Script of the sentence.';
comment on column speech_acts.targets is 'Whom or what it is about.';
comment on column speech_acts.move is 'The move it makes; null where the reader failed.';
comment on column speech_acts.p_securitizing is 'Calibrated probability that it is securitizing.';
comment on column speech_acts.voice is 'Who is heard.';
comment on column speech_acts.referents is 'What is said to be at stake.';
comment on column speech_acts.measure is 'Whether an extraordinary measure is demanded.';
comment on column speech_acts.frames is 'Frames.';
comment on column speech_acts.scores is 'Probability of each label scored.';
comment on column speech_acts.spans is 'Stretches with the label they speak for.';
comment on column speech_acts.error is 'Why it could not be read; null otherwise.';
