create or replace view trend_by_ownership as
select week, value as ownership, stories, total, share, low, high, articles, days_missing
from trend_of('ownership');
comment on view trend_by_ownership is 'Weekly share of stories with a securitizing sentence, by ownership class. Raw: not corrected for the error of the reader.';
comment on column trend_by_ownership.week is 'Monday of the week of publication.';
comment on column trend_by_ownership.ownership is 'Ownership class of the first publisher.';
comment on column trend_by_ownership.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_ownership.total is 'All stories of that ownership.';
comment on column trend_by_ownership.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_ownership.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_ownership.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_ownership.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_ownership.days_missing is 'Days of the week that were not well covered: missing, not zero.';
