-- The acts of those articles: latest version, current reading, about some target.
create or replace temp table cube_sentence as
select sentence.sentence_id, article.article_id
from cube_article
join article on article.article_id = cube_article.article_id
join sentence on sentence.version_id = article.latest_version_id;

-- Found by key first and fetched by place then: new acts lie together at the end, and the wide columns of all others
-- need not be read.
create or replace temp table cube_act as
select speech_act.rowid as place, cube_sentence.article_id
from speech_act
join cube_sentence on cube_sentence.sentence_id = speech_act.sentence_id
where speech_act.reading_id = (select reading_id from reading where is_current);

delete from current_act where article_id in (select article_id from cube_article);

insert into current_act by name
select
    speech_act.sentence_id, cube_act.article_id, speech_act.move, speech_act.voice, speech_act.measure,
    speech_act.targets, speech_act.referents, speech_act.frames, speech_act.p_securitizing
from speech_act
join cube_act on cube_act.place = speech_act.rowid
where speech_act.move <> 'irrelevant'::move
order by cube_act.article_id, speech_act.sentence_id;

insert into article_reading by name
select
    article.article_id,
    coalesce(asked.sentences, 0) as sentences,
    coalesce(done.sentences, 0) as read,
    case when article.date_status = 'ok' then article.published_day end as published_day
from cube_article
join article on article.article_id = cube_article.article_id
left join (select article_id, count(*) as sentences from cube_sentence group by article_id) as asked
    on asked.article_id = article.article_id
left join (select article_id, count(*) as sentences from cube_act group by article_id) as done
    on done.article_id = article.article_id
order by article.article_id
on conflict (article_id) do update set
    sentences = excluded.sentences, read = excluded.read, published_day = excluded.published_day;

drop table cube_sentence;
drop table cube_act;

delete from stale;
