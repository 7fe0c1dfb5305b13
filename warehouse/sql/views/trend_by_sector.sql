create or replace view trend_by_sector as
select week, value as sector, stories, total, share, low, high, articles, days_missing
from trend_of('sector');
comment on view trend_by_sector is 'Weekly share of stories with a securitizing sentence, by sector of the Copenhagen School. Raw: not corrected for the error of the reader.';
comment on column trend_by_sector.week is 'Monday of the week of publication.';
comment on column trend_by_sector.sector is 'Copenhagen sector of the frame.';
comment on column trend_by_sector.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_sector.total is 'All stories, whatever they are about.';
comment on column trend_by_sector.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_sector.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_sector.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_sector.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_sector.days_missing is 'Days of the week that were not well covered: missing, not zero.';
