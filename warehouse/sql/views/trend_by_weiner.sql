create or replace view trend_by_weiner as
select week, value::tinyint as weiner, stories, total, share, low, high, articles, days_missing
from trend_of('weiner');
comment on view trend_by_weiner is 'Weekly share of stories with a securitizing sentence, by Weiner''s category of threat. Raw: not corrected for the error of the reader.';
comment on column trend_by_weiner.week is 'Monday of the week of publication.';
comment on column trend_by_weiner.weiner is 'Weiner''s category of threat, 1 to 5.';
comment on column trend_by_weiner.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_weiner.total is 'All stories, whatever they are about.';
comment on column trend_by_weiner.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_weiner.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_weiner.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_weiner.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_weiner.days_missing is 'Days of the week that were not well covered: missing, not zero.';
