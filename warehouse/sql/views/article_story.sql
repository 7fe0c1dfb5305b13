create or replace view article_story as
select
    article.article_id,
    coalesce(story_member.story_id, article.article_id) as story_id
from article
left join story_member on story_member.article_id = article.article_id;
comment on view article_story is 'The story of every article; one not yet clustered is a story of its own.';
comment on column article_story.article_id is 'The article.';
comment on column article_story.story_id is 'The story.';
