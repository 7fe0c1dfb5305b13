create or replace view trend_by_referent as
select week, value as referent, stories, total, share, low, high, articles, days_missing
from trend_of('referent');
comment on view trend_by_referent is 'Weekly share of stories with a securitizing sentence, by referent object. Raw: not corrected for the error of the reader.';
comment on column trend_by_referent.week is 'Monday of the week of publication.';
comment on column trend_by_referent.referent is 'What is said to be at stake.';
comment on column trend_by_referent.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_referent.total is 'All stories, whatever they are about.';
comment on column trend_by_referent.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_referent.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_referent.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_referent.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_referent.days_missing is 'Days of the week that were not well covered: missing, not zero.';
