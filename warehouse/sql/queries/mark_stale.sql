-- Articles in the temporary table `touched` lose their place in the cube until it is refreshed. The day of the story
-- they were counted under is kept, because it may change before then.
insert into stale
select touched.article_id, any_value(story_place.published_day)
from touched
left join article_story on article_story.article_id = touched.article_id
left join story_place on story_place.story_id = article_story.story_id
group by touched.article_id
on conflict (article_id) do update set story_day = excluded.story_day
where stale.story_day is null and excluded.story_day is not null;
