create or replace view trend_by_outlet as
select week, value as outlet, stories, total, share, low, high, articles, days_missing
from trend_of('outlet');
comment on view trend_by_outlet is 'Weekly share of stories with a securitizing sentence, by outlet. Raw: not corrected for the error of the reader.';
comment on column trend_by_outlet.week is 'Monday of the week of publication.';
comment on column trend_by_outlet.outlet is 'Outlet of the first publisher.';
comment on column trend_by_outlet.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_outlet.total is 'All stories of that outlet.';
comment on column trend_by_outlet.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_outlet.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_outlet.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_outlet.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_outlet.days_missing is 'Days of the week that were not well covered: missing, not zero.';
