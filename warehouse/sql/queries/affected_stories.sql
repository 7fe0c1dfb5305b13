-- Which stories gain, lose or keep-but-alter a member, and all articles that are or will be in them.
create or replace temp table moved as
select incoming.article_id, incoming.story_id
from incoming
left join story_member on story_member.article_id = incoming.article_id
where (story_member.story_id, story_member.similarity, story_member.joined_day)
    is distinct from (incoming.story_id, incoming.similarity::double, incoming.joined_day::date);

create or replace temp table affected as
select story_id from moved
union
select story_member.story_id from story_member join moved on moved.article_id = story_member.article_id;

create or replace temp table affected_article as
select article_id from moved
union
select story_member.article_id from story_member join affected on affected.story_id = story_member.story_id;
