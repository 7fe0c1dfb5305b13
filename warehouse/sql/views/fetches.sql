create or replace view fetches as
select
    "fetch".night,
    "fetch".source_id,
    source.outlet,
    "fetch".url,
    "fetch".kind,
    "fetch".status,
    "fetch".http_status,
    "fetch".bytes,
    "fetch".fetched_at,
    "fetch".detail,
    "fetch".article_id
from "fetch"
join source on source.source_id = "fetch".source_id;
comment on view fetches is 'Every URL and night with its one status (the table itself is named with a reserved word).';
comment on column fetches.night is 'The night.';
comment on column fetches.source_id is 'The source.';
comment on column fetches.outlet is 'Its outlet.';
comment on column fetches.url is 'The URL as requested.';
comment on column fetches.kind is 'What it was fetched for.';
comment on column fetches.status is 'How it ended.';
comment on column fetches.http_status is 'HTTP status, where an answer came.';
comment on column fetches.bytes is 'Size of the body in bytes.';
comment on column fetches.fetched_at is 'When it was fetched (UTC).';
comment on column fetches.detail is 'What a person needs beside the status.';
comment on column fetches.article_id is 'The article it turned out to be.';
