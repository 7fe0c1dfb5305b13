-- The tables. Keys are made by the layers before: see the comments. No foreign keys: DuckDB re-checks them on every
-- update of the parent, so the loads check references themselves and refuse what does not fit. The two large tables,
-- sentence and speech_act, have no index either: an index over random keys makes their load seven times slower (measured),
-- so their loads keep keys unique by an anti-join in the same transaction.

create table migration (
    version integer primary key,
    name varchar not null,
    sha256 varchar not null,
    product varchar not null,
    engine varchar not null
);
comment on table migration is 'Which numbered schema files have been applied to this warehouse.';
comment on column migration.version is 'Number of the schema file.';
comment on column migration.name is 'Name of the schema file, without number and ending.';
comment on column migration.sha256 is 'SHA-256 of the schema file as it was applied.';
comment on column migration.product is 'Version of baqylau that applied it.';
comment on column migration.engine is 'Version of DuckDB that applied it.';

create table view_file (
    name varchar primary key,
    sha256 varchar not null
);
comment on table view_file is 'Which text of each view file is in force; views are replaced when their file changes.';
comment on column view_file.name is 'Name of the view or macro file, without ending.';
comment on column view_file.sha256 is 'SHA-256 of the file as it was applied.';

-- ------------------------------------------------------------------------------------------------ codebook
create table target (
    name varchar primary key
);
comment on table target is 'Whom or what a sentence can be about, from the codebook in force.';
comment on column target.name is 'Name of the target in the codebook, for example chinese.';

create table frame (
    name varchar primary key,
    sector sector,
    weiner tinyint check (weiner between 1 and 5),
    counter boolean not null
);
comment on table frame is 'Frames of the codebook in force, with the two older schemes they map to.';
comment on column frame.name is 'Name of the frame in the codebook, for example territory.';
comment on column frame.sector is 'Sector of the Copenhagen School, or counter.';
comment on column frame.weiner is 'Weiner''s category of threat, 1 to 5; null for counter frames.';
comment on column frame.counter is 'True for frames that take a target out of the realm of threat.';

-- ------------------------------------------------------------------------------------------------ sources
create table source (
    source_id varchar primary key,
    outlet varchar not null,
    outlet_name varchar not null,
    country varchar not null,
    language language not null,
    media_type varchar,
    timezone varchar,
    base_url varchar,
    tier tier,
    enabled boolean not null
);
comment on table source is 'One edition of an outlet in one language, as the registry has it.';
comment on column source.source_id is 'Key: outlet and language, for example steppe_wire_ru.';
comment on column source.outlet is 'Slug of the outlet, shared by its editions.';
comment on column source.outlet_name is 'Name of the outlet as readers know it.';
comment on column source.country is 'Country of the outlet, ISO 3166 two letters.';
comment on column source.language is 'Language of the edition.';
comment on column source.media_type is 'Agency, newspaper, portal, broadcaster and so on, as the registry says.';
comment on column source.timezone is 'Time zone of the outlet (tz database name).';
comment on column source.base_url is 'Address of the edition''s front page.';
comment on column source.tier is 'How well the source can be crawled: A best, X not at all.';
comment on column source.enabled is 'Whether the nightly crawls it.';

create table ownership (
    source_id varchar not null,
    since date not null,
    class ownership_class not null,
    confidence confidence,
    evidence varchar,
    primary key (source_id, since)
);
comment on table ownership is 'Who stood behind a source from which day on; the last row not after a day is in force.';
comment on column ownership.source_id is 'The source.';
comment on column ownership.since is 'First day of this ownership; 1900-01-01 where the registry gives none.';
comment on column ownership.class is 'Class of the owner.';
comment on column ownership.confidence is 'How sure the registry is of the class.';
comment on column ownership.evidence is 'What the class rests on.';

create table "fetch" (
    night date not null,
    source_id varchar not null,
    url varchar not null,
    kind fetch_kind not null,
    status fetch_status not null,
    http_status integer,
    bytes bigint not null,
    fetched_at timestamptz not null,
    detail varchar,
    article_id varchar,
    primary key (night, source_id, url, kind)
);
comment on table "fetch" is 'One URL on one night and the one status it ended in.';
comment on column "fetch".night is 'The night of the crawl (a local date), or the day an archive''s row belongs to.';
comment on column "fetch".source_id is 'The source that was crawled.';
comment on column "fetch".url is 'The URL as requested.';
comment on column "fetch".kind is 'What the URL was fetched for.';
comment on column "fetch".status is 'How it ended.';
comment on column "fetch".http_status is 'HTTP status, where an answer came.';
comment on column "fetch".bytes is 'Size of the answer''s body in bytes.';
comment on column "fetch".fetched_at is 'When it was fetched (UTC).';
comment on column "fetch".detail is 'What a person needs beside the status, for example the error.';
comment on column "fetch".article_id is 'The article the URL turned out to be.';

-- ------------------------------------------------------------------------------------------------ texts
create table article (
    article_id varchar primary key,
    source_id varchar not null,
    canonical_url varchar not null unique,
    url varchar not null,
    section varchar,
    authors varchar[] not null,
    tags varchar[] not null,
    language language not null,
    published_at timestamptz,
    published_day date,
    date_rule date_rule not null,
    date_status date_status not null,
    first_seen_at timestamptz not null,
    first_seen_day date not null,
    last_seen_at timestamptz not null,
    latest_version_id varchar not null,
    check (date_status <> 'ok' or published_day is not null)
);
comment on table article is 'One story page, keyed by its canonical URL.';
comment on column article.article_id is 'Key: first 16 hex digits of the SHA-256 of the canonical URL.';
comment on column article.source_id is 'The source on which it was first seen.';
comment on column article.canonical_url is 'The canonical URL.';
comment on column article.url is 'The URL by which it was first fetched.';
comment on column article.section is 'Section of the outlet, where the page names one.';
comment on column article.authors is 'Authors as printed.';
comment on column article.tags is 'The outlet''s own tags.';
comment on column article.language is 'Language of the edition it appeared in.';
comment on column article.published_at is 'Publication time (UTC) as the page gives it.';
comment on column article.published_day is 'Publication day in the outlet''s time zone; trends count by it.';
comment on column article.date_rule is 'Where the publication time was found.';
comment on column article.date_status is 'Whether the publication time can be trusted; only ok counts in trends.';
comment on column article.first_seen_at is 'When it was first fetched (UTC).';
comment on column article.first_seen_day is 'Night on which it was first fetched; alerts count by it.';
comment on column article.last_seen_at is 'When its page was last fetched whole (UTC).';
comment on column article.latest_version_id is 'The version seen last.';

create table version (
    version_id varchar primary key,
    article_id varchar not null,
    title varchar not null,
    body varchar not null,
    content_hash varchar not null,
    seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    etag varchar,
    last_modified varchar,
    warc_file varchar,
    warc_offset bigint,
    extractor varchar
);
comment on table version is 'One text of an article as it was seen; an edited headline makes a new version.';
comment on column version.version_id is 'Key: first 16 hex digits of the SHA-256 of article_id, title and body.';
comment on column version.article_id is 'The article.';
comment on column version.title is 'Headline.';
comment on column version.body is 'Text, paragraphs parted by an empty line.';
comment on column version.content_hash is 'Hash of title and body without the address.';
comment on column version.seen_at is 'When this text was first seen (UTC).';
comment on column version.last_seen_at is 'When this text was last seen (UTC).';
comment on column version.etag is 'ETag of the answer, to ask again cheaply.';
comment on column version.last_modified is 'Last-Modified of the answer, to ask again cheaply.';
comment on column version.warc_file is 'Archive file that holds the page.';
comment on column version.warc_offset is 'Byte offset of the record in the archive file.';
comment on column version.extractor is 'What extracted the text, with its version.';

create table sentence (
    sentence_id varchar not null,
    version_id varchar not null,
    position integer not null check (position >= 0),
    text varchar not null,
    start_offset integer not null,
    end_offset integer not null,
    lang language not null,
    script script not null
);
comment on table sentence is 'One sentence of one version, the unit of analysis. The load keeps sentence_id unique.';
comment on column sentence.sentence_id is 'Key: version_id, a hyphen, and the position in four digits.';
comment on column sentence.version_id is 'The version.';
comment on column sentence.position is '0 is the headline, 1 and on the sentences of the body.';
comment on column sentence.text is 'The sentence.';
comment on column sentence.start_offset is 'First character in the title (position 0) or the body.';
comment on column sentence.end_offset is 'Character after the last in the title (position 0) or the body.';
comment on column sentence.lang is 'Language of the sentence.';
comment on column sentence.script is 'Script of the sentence.';

-- ------------------------------------------------------------------------------------------------ readings
create table reading (
    reading_id varchar primary key,
    model varchar not null,
    model_sha varchar not null,
    codebook_version varchar not null,
    lexicon_version varchar not null,
    created_night date,
    is_current boolean not null
);
comment on table reading is 'A model, codebook version and lexicon version under which sentences were read.';
comment on column reading.reading_id is 'Key: hash of the four that follow.';
comment on column reading.model is 'Name of the model.';
comment on column reading.model_sha is 'Hash of the model''s weights.';
comment on column reading.codebook_version is 'Version of the codebook.';
comment on column reading.lexicon_version is 'Version of the lexicon.';
comment on column reading.created_night is 'Night on which it was first used.';
comment on column reading.is_current is 'True for the one reading that the views follow.';

create table speech_act (
    reading_id varchar not null,
    sentence_id varchar not null,
    lang language,
    targets varchar[] not null,
    move move,
    p_securitizing double,
    voice voice,
    referents referent[] not null,
    measure boolean not null,
    frames varchar[] not null,
    scores map(varchar, double),
    spans struct("start" integer, "end" integer, "label" varchar)[],
    error varchar,
    check ((move is null) = (error is not null)),
    check (p_securitizing between 0 and 1)
);
comment on table speech_act is 'The reading of one sentence by one model. The load keeps reading_id and sentence_id unique.';
comment on column speech_act.reading_id is 'The reading.';
comment on column speech_act.sentence_id is 'The sentence.';
comment on column speech_act.lang is 'Language the reader took the sentence for.';
comment on column speech_act.targets is 'Whom or what the sentence is about; empty if irrelevant.';
comment on column speech_act.move is 'The move the sentence makes; null only where the reader failed.';
comment on column speech_act.p_securitizing is 'Calibrated probability that the sentence is securitizing.';
comment on column speech_act.voice is 'Who is heard making the move.';
comment on column speech_act.referents is 'What is said to be at stake.';
comment on column speech_act.measure is 'Whether an extraordinary measure is demanded or announced.';
comment on column speech_act.frames is 'Frames of the threat or of its denial.';
comment on column speech_act.scores is 'Probability of each label the reader scored.';
comment on column speech_act.spans is 'Stretches of the sentence with the label they speak for; character offsets.';
comment on column speech_act.error is 'Why the reader could not read the sentence; null otherwise.';

-- ------------------------------------------------------------------------------------------------ stories
create table story (
    story_id varchar primary key,
    origin_article_id varchar not null,
    first_seen_day date not null
);
comment on table story is 'A cluster of reprints; its origin is the first publisher.';
comment on column story.story_id is 'Key, given by the clustering.';
comment on column story.origin_article_id is 'Member first seen first, then published first, then first by source and key.';
comment on column story.first_seen_day is 'Day on which the origin was first seen.';

create table story_member (
    article_id varchar primary key,
    story_id varchar not null,
    similarity double,
    joined_day date not null
);
comment on table story_member is 'Which article belongs to which story.';
comment on column story_member.article_id is 'The article.';
comment on column story_member.story_id is 'The story.';
comment on column story_member.similarity is 'Similarity to the story it joined, 0 to 1.';
comment on column story_member.joined_day is 'Night on which it joined.';

-- ------------------------------------------------------------------------------------------------ counts
create table coverage (
    source_id varchar not null,
    day date not null,
    expected double,
    seen integer not null,
    fetched integer not null,
    parsed integer not null,
    failed integer not null,
    read integer not null,
    status coverage_status not null,
    reason varchar not null,
    primary key (source_id, day)
);
comment on table coverage is 'How much of a source was looked at on a night. No row: it was not in the registry yet.';
comment on column coverage.source_id is 'The source.';
comment on column coverage.day is 'The night.';
comment on column coverage.expected is 'Median of parsed over the source''s fully crawled days among the 28 before; null if under 3.';
comment on column coverage.seen is 'New article URLs discovered that night.';
comment on column coverage.fetched is 'Of these, pages that were received.';
comment on column coverage.parsed is 'Of these, articles stored.';
comment on column coverage.failed is 'Of seen, lost to a fault of that night (all of them, if nothing was parsed).';
comment on column coverage.read is 'Of parsed, articles whose every sentence the current reading has read.';
comment on column coverage.status is 'complete; partial (something was lost); missing (nothing can be said of the day).';
comment on column coverage.reason is 'Why: crawled, not_crawled, discovery_failed, articles_failed, silent, archive.';

create table current_act (
    sentence_id varchar not null,
    article_id varchar not null,
    move move not null,
    voice voice,
    measure boolean not null,
    targets varchar[] not null,
    referents referent[] not null,
    frames varchar[] not null,
    p_securitizing double
);
comment on table current_act is 'What the counts rest on: acts on a target, current reading, latest version. Derived.';
comment on column current_act.sentence_id is 'The sentence.';
comment on column current_act.article_id is 'The article.';
comment on column current_act.move is 'The move; never irrelevant.';
comment on column current_act.voice is 'Who is heard.';
comment on column current_act.measure is 'Whether an extraordinary measure is demanded.';
comment on column current_act.targets is 'Targets.';
comment on column current_act.referents is 'Referent objects.';
comment on column current_act.frames is 'Frames.';
comment on column current_act.p_securitizing is 'Calibrated probability of securitizing.';

create table article_reading (
    article_id varchar primary key,
    sentences integer not null,
    read integer not null,
    published_day date
);
comment on table article_reading is 'How far the latest version of an article has been read. Derived.';
comment on column article_reading.article_id is 'The article.';
comment on column article_reading.sentences is 'Sentences of its latest version, headline included.';
comment on column article_reading.read is 'Of these, read under the current reading.';
comment on column article_reading.published_day is 'Day under which the cube last counted it; null if quarantined.';

create table stale (
    article_id varchar primary key,
    story_day date
);
comment on table stale is 'Articles whose place in the cube must be computed again; emptied by the refresh.';
comment on column stale.article_id is 'The article.';
comment on column stale.story_day is 'Published day of the story it was counted under before, where it moved.';

create table daily_cube (
    source_id varchar not null,
    day date not null,
    target varchar not null,
    frame varchar not null,
    move varchar not null,
    voice varchar not null,
    stories integer not null,
    articles integer not null,
    sentences integer not null
);
comment on table daily_cube is 'Counts per source and published day. A star means: not told apart. Kinds of cell: target, frame, move and voice; target, frame and move; target and move; target; frame and move; move and voice; move; target any (about at least one target); and four stars for all that was published. Pick one kind and sum over sources and days only. Derived.';
comment on column daily_cube.source_id is 'The source: of the story''s origin for stories, its own for articles and sentences.';
comment on column daily_cube.day is 'Published day; quarantined dates are left out.';
comment on column daily_cube.target is 'Target, any, or star.';
comment on column daily_cube.frame is 'Frame, none, or star.';
comment on column daily_cube.move is 'Move, or star.';
comment on column daily_cube.voice is 'Voice, none, or star.';
comment on column daily_cube.stories is 'Stories with at least one sentence that fits.';
comment on column daily_cube.articles is 'Articles with at least one sentence that fits, copies included.';
comment on column daily_cube.sentences is 'Sentences that fit.';

-- ------------------------------------------------------------------------------------------------ alerts
create table alarm (
    night date not null,
    detector varchar not null,
    language varchar not null,
    ownership varchar not null,
    target varchar not null,
    frame varchar not null,
    count integer not null,
    copies integer not null,
    total integer not null,
    expected double,
    upper double,
    p_value double check (p_value between 0 and 1),
    q_value double check (q_value between 0 and 1),
    score double,
    rate_ratio double,
    severity severity not null,
    amplified boolean not null,
    method varchar not null,
    reason varchar,
    reading_id varchar,
    primary key (night, detector, language, ownership, target, frame)
);
comment on table alarm is 'One test of one stratum on one night by one detector. A star means all.';
comment on column alarm.night is 'The night tested.';
comment on column alarm.detector is 'The detector, for example daily or window7.';
comment on column alarm.language is 'Language of the stratum, or star.';
comment on column alarm.ownership is 'Ownership class of the stratum, or star.';
comment on column alarm.target is 'Target of the stratum, or star.';
comment on column alarm.frame is 'Frame of the stratum, or star.';
comment on column alarm.count is 'Stories with a securitizing sentence.';
comment on column alarm.copies is 'Articles with a securitizing sentence, reprints included.';
comment on column alarm.total is 'All stories of the language and ownership.';
comment on column alarm.expected is 'Stories expected from the baseline.';
comment on column alarm.upper is 'Upper bound of what is usual.';
comment on column alarm.p_value is 'Probability of as many or more without a change.';
comment on column alarm.q_value is 'The same after control over all strata of the night.';
comment on column alarm.score is 'How far beyond the bound, as the method defines it.';
comment on column alarm.rate_ratio is 'Count divided by expected.';
comment on column alarm.severity is 'none, watch, alert or high.';
comment on column alarm.amplified is 'True where copies alarm and stories do not.';
comment on column alarm.method is 'Method that was used.';
comment on column alarm.reason is 'Why it was not tested, or what a reader must know.';
comment on column alarm.reading_id is 'Reading under which the counts were made.';

create table episode (
    episode_id varchar primary key,
    language varchar not null,
    ownership varchar not null,
    target varchar not null,
    frame varchar not null,
    onset date not null,
    peak date not null,
    last_alarm date not null,
    state episode_state not null,
    severity severity not null,
    alarms integer not null,
    count integer not null,
    copies integer not null,
    total integer not null,
    expected double,
    rate_ratio double,
    p_value double,
    q_value double,
    parent_id varchar,
    first_article_id varchar,
    first_source_id varchar,
    updated_night date not null,
    memory varchar,
    check (onset <= peak and peak <= last_alarm)
);
comment on table episode is 'Alarms of one stratum not more than seven days apart.';
comment on column episode.episode_id is 'Key.';
comment on column episode.language is 'Language of the stratum, or star.';
comment on column episode.ownership is 'Ownership class of the stratum, or star.';
comment on column episode.target is 'Target of the stratum, or star.';
comment on column episode.frame is 'Frame of the stratum, or star.';
comment on column episode.onset is 'Night of the first alarm.';
comment on column episode.peak is 'Night of the strongest alarm.';
comment on column episode.last_alarm is 'Night of the last alarm so far.';
comment on column episode.state is 'open while an alarm may still join, then closed.';
comment on column episode.severity is 'Highest severity reached.';
comment on column episode.alarms is 'Number of nights with an alarm.';
comment on column episode.count is 'Stories with a securitizing sentence over the episode.';
comment on column episode.copies is 'Articles with a securitizing sentence over the episode, reprints included.';
comment on column episode.total is 'All stories of the language and ownership over the episode.';
comment on column episode.expected is 'Stories expected over the episode.';
comment on column episode.rate_ratio is 'Highest ratio of count to expected.';
comment on column episode.p_value is 'Lowest p-value.';
comment on column episode.q_value is 'Lowest q-value.';
comment on column episode.parent_id is 'Wider episode it is folded into.';
comment on column episode.first_article_id is 'Article in which it began.';
comment on column episode.first_source_id is 'First publisher.';
comment on column episode.updated_night is 'Night on which the row was last computed.';
comment on column episode.memory is 'JSON: what the next night needs to go on with the episode (nights, peak, strata that took part).';

create table episode_evidence (
    episode_id varchar not null,
    rank integer not null,
    sentence_id varchar not null,
    article_id varchar not null,
    story_id varchar,
    reason varchar,
    primary key (episode_id, rank)
);
comment on table episode_evidence is 'Sentences shown for an episode, best first.';
comment on column episode_evidence.episode_id is 'The episode.';
comment on column episode_evidence.rank is 'Place in the list, from 1.';
comment on column episode_evidence.sentence_id is 'The sentence.';
comment on column episode_evidence.article_id is 'The article.';
comment on column episode_evidence.story_id is 'The story.';
comment on column episode_evidence.reason is 'Why it is shown.';

-- ------------------------------------------------------------------------------------------------ ledger
create table step (
    night date not null,
    step varchar not null,
    input_rows bigint not null,
    output_rows bigint not null,
    lost bigint not null,
    checksum varchar,
    detail varchar,
    done_at timestamptz,
    primary key (night, step)
);
comment on table step is 'Which step of which night is done, and what went in and came out.';
comment on column step.night is 'The night.';
comment on column step.step is 'Name of the step.';
comment on column step.input_rows is 'Rows that went in.';
comment on column step.output_rows is 'Rows that came out.';
comment on column step.lost is 'Rows that were lost on the way, with their reason in detail.';
comment on column step.checksum is 'Checksum of the product, where the step gives one.';
comment on column step.detail is 'JSON with the step''s own counts.';
comment on column step.done_at is 'When it was done (UTC), where the caller said; wall clock, left out of checksums.';
