create or replace view trend_by_target as
select week, value as target, stories, total, share, low, high, articles, days_missing
from trend_of('target');
comment on view trend_by_target is 'Weekly share of stories with a securitizing sentence, by target. Raw: not corrected for the error of the reader.';
comment on column trend_by_target.week is 'Monday of the week of publication.';
comment on column trend_by_target.target is 'The target.';
comment on column trend_by_target.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_target.total is 'All stories, whatever they are about.';
comment on column trend_by_target.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_target.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_target.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_target.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_target.days_missing is 'Days of the week that were not well covered: missing, not zero.';
