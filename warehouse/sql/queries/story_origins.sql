-- Origin of every story in the temporary table `affected`: first seen, then first published, then by source and key.
insert into story by name
select
    story_member.story_id,
    article.article_id as origin_article_id,
    article.first_seen_day
from story_member
join affected on affected.story_id = story_member.story_id
join article on article.article_id = story_member.article_id
qualify row_number() over (
    partition by story_member.story_id
    order by article.first_seen_at, article.published_at nulls last, article.source_id, article.article_id
) = 1
order by story_member.story_id
on conflict (story_id) do update set
    origin_article_id = excluded.origin_article_id,
    first_seen_day = excluded.first_seen_day
where (story.origin_article_id, story.first_seen_day)
    is distinct from (excluded.origin_article_id, excluded.first_seen_day);
