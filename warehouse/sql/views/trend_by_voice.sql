create or replace view trend_by_voice as
select week, value as voice, stories, total, share, low, high, articles, days_missing
from trend_of('voice');
comment on view trend_by_voice is 'Weekly share of stories with a securitizing sentence, by voice. Raw: not corrected for the error of the reader.';
comment on column trend_by_voice.week is 'Monday of the week of publication.';
comment on column trend_by_voice.voice is 'Who is heard making the move.';
comment on column trend_by_voice.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_voice.total is 'All stories, whatever they are about.';
comment on column trend_by_voice.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_voice.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_voice.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_voice.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_voice.days_missing is 'Days of the week that were not well covered: missing, not zero.';
