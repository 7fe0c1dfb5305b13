create or replace view trend_by_language as
select week, value as language, stories, total, share, low, high, articles, days_missing
from trend_of('language');
comment on view trend_by_language is 'Weekly share of stories with a securitizing sentence, by language. Raw: not corrected for the error of the reader.';
comment on column trend_by_language.week is 'Monday of the week of publication.';
comment on column trend_by_language.language is 'Language of the edition.';
comment on column trend_by_language.stories is 'Stories with a securitizing sentence that fits.';
comment on column trend_by_language.total is 'All stories of that language.';
comment on column trend_by_language.share is 'Stories divided by total; null where no day was covered or nothing was published.';
comment on column trend_by_language.low is 'Lower end of the 95 % Wilson interval.';
comment on column trend_by_language.high is 'Upper end of the 95 % Wilson interval.';
comment on column trend_by_language.articles is 'Articles with a securitizing sentence that fits, copies included.';
comment on column trend_by_language.days_missing is 'Days of the week that were not well covered: missing, not zero.';
