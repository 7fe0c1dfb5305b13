create or replace view ownership_period as
select
    source_id,
    class,
    since,
    coalesce(lead(since) over (partition by source_id order by since), date '9999-12-31') as until
from ownership;
comment on view ownership_period is 'Ownership of a source as spans of days.';
comment on column ownership_period.source_id is 'The source.';
comment on column ownership_period.class is 'Class of the owner.';
comment on column ownership_period.since is 'First day.';
comment on column ownership_period.until is 'First day after.';
