create or replace view trend_by_frame as
select week, value as frame, stories, total, share, low, high, articles, days_missing
from trend_of('frame');
comment on view trend_by_frame is 'Weekly share of stories with a securitizing sentence, by frame. Raw: not corrected for the error of the reader.';
comment on column trend_by_frame.week is 'Monday of the week of publication.';
comment on column trend_by_frame.frame is 'The frame.';
comment on column trend_by_frame.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_frame.total is 'All stories, whatever they are about.';
comment on column trend_by_frame.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_frame.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_frame.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_frame.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_frame.days_missing is 'Days of the week that were not well covered: missing, not zero.';
