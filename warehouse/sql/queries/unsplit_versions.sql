select
    version.version_id,
    version.article_id,
    version.title,
    version.body,
    article.language::varchar as edition_language
from version
join article on article.article_id = version.article_id
where version.version_id not in (select version_id from sentence)
order by version.version_id
