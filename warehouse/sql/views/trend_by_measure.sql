create or replace view trend_by_measure as
select week, value::boolean as measure, stories, total, share, low, high, articles, days_missing
from trend_of('measure');
comment on view trend_by_measure is 'Weekly share of stories with a securitizing sentence, by whether a measure is demanded. Raw: not corrected for the error of the reader.';
comment on column trend_by_measure.week is 'Monday of the week of publication.';
comment on column trend_by_measure.measure is 'Whether an extraordinary measure is demanded.';
comment on column trend_by_measure.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_measure.total is 'All stories, whatever they are about.';
comment on column trend_by_measure.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_measure.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_measure.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_measure.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_measure.days_missing is 'Days of the week that were not well covered: missing, not zero.';
