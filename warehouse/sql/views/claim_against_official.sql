create or replace view claim_against_official as
with spoken as (
    select
        claim.*,
        article.article_id,
        article.source_id,
        article.language,
        source.country,
        article.first_seen_day,
        case when article.date_status = 'ok' then article.published_day end as published_day,
        sentence.text as sentence,
        speech_act.move
    from claim
    join reading on reading.reading_id = claim.reading_id and reading.is_current
    join sentence on sentence.sentence_id = claim.sentence_id
    join article on article.latest_version_id = sentence.version_id
    join source on source.source_id = article.source_id
    left join speech_act
        on speech_act.reading_id = claim.reading_id and speech_act.sentence_id = claim.sentence_id
),
placed as (
    select
        spoken.*,
        coalesce(spoken.place, home.name) as place_used,
        coalesce(spoken.year, year(spoken.published_day), year(spoken.first_seen_day))::integer as year_used
    from spoken
    left join place as home on home.iso = spoken.country
),
nearest as (
    select
        placed.reading_id,
        placed.sentence_id,
        placed.ordinal,
        figure.*,
        abs(figure.year - placed.year_used)::integer as years_apart
    from placed
    join official_figure as figure
        on figure.compared
        and figure.target = placed.target
        and figure.direction = placed.direction
        and figure.place = placed.place_used
        and placed.unit = 'persons'
    qualify row_number() over (
        partition by placed.reading_id, placed.sentence_id, placed.ordinal
        order by abs(figure.year - placed.year_used) nulls last, figure.authority, figure.figure_id
    ) = 1
)
select
    placed.sentence_id,
    placed.ordinal,
    placed.article_id,
    placed.source_id,
    placed.language,
    placed.first_seen_day,
    placed.published_day,
    placed.sentence,
    placed.text,
    placed.move,
    placed.rejected,
    placed.target,
    placed.unit,
    placed.direction,
    placed.low,
    placed.high,
    placed.point,
    placed.hedge,
    placed.place,
    placed.place_used,
    placed.year,
    placed.year_used,
    nearest.figure_id,
    nearest.measure,
    nearest.authority,
    nearest.low as figure_low,
    nearest.high as figure_high,
    nearest.year as figure_year,
    nearest.years_apart,
    nearest.who as figure_who,
    nearest.source as figure_source,
    placed.point / nullif((nearest.low + nearest.high) / 2, 0) as ratio,
    placed.low / nullif(nearest.high, 0) as ratio_low,
    placed.high / nullif(nearest.low, 0) as ratio_high,
    case
        when nearest.figure_id is not null then null
        when placed.unit = 'share' then 'share'
        when placed.place_used is null then 'no_place'
        when placed.target not in (select target from official_figure where compared) then 'no_figure_for_target'
        when (placed.target, placed.place_used) not in (select (target, place) from official_figure where compared)
            then 'no_figure_for_place'
        else 'no_figure_for_direction'
    end as reason
from placed
left join nearest
    on nearest.reading_id = placed.reading_id
    and nearest.sentence_id = placed.sentence_id
    and nearest.ordinal = placed.ordinal;
comment on view claim_against_official is 'Every claim of the latest version of every article under the current reading, held against the official figure of the same group, direction and place that is nearest in time.';
comment on column claim_against_official.sentence_id is 'The sentence.';
comment on column claim_against_official.ordinal is 'Which claim of the sentence, from 0.';
comment on column claim_against_official.article_id is 'The article.';
comment on column claim_against_official.source_id is 'The source.';
comment on column claim_against_official.language is 'Language of the edition.';
comment on column claim_against_official.first_seen_day is 'Night on which the article was first seen.';
comment on column claim_against_official.published_day is 'Publication day; null if quarantined.';
comment on column claim_against_official.sentence is 'The sentence''s text.';
comment on column claim_against_official.text is 'The words that make the claim.';
comment on column claim_against_official.move is 'The move the sentence makes; irrelevant ones may speak of other countries.';
comment on column claim_against_official.rejected is 'Whether the sentence itself denies the number.';
comment on column claim_against_official.target is 'Whose number it is.';
comment on column claim_against_official.unit is 'persons or share.';
comment on column claim_against_official.direction is 'present, arriving, leaving, returning, total, naturalised, penalised or expelled.';
comment on column claim_against_official.low is 'Lower end of the claim.';
comment on column claim_against_official.high is 'Upper end of the claim.';
comment on column claim_against_official.point is 'Middle of the claim.';
comment on column claim_against_official.hedge is 'exact, about, more or less.';
comment on column claim_against_official.place is 'Place the sentence names; null if none.';
comment on column claim_against_official.place_used is 'That place, else the country of the outlet.';
comment on column claim_against_official.year is 'Year the sentence names; null if none.';
comment on column claim_against_official.year_used is 'That year, else the year of publication, else that of first sight.';
comment on column claim_against_official.figure_id is 'The official figure; null where there is none.';
comment on column claim_against_official.measure is 'What the official figure counts.';
comment on column claim_against_official.authority is 'official or expert (an estimate).';
comment on column claim_against_official.figure_low is 'Lower end of the official figure.';
comment on column claim_against_official.figure_high is 'Upper end of the official figure.';
comment on column claim_against_official.figure_year is 'Its year.';
comment on column claim_against_official.years_apart is 'Years between the claim and the official figure.';
comment on column claim_against_official.figure_who is 'Who gave it, or what it leaves out.';
comment on column claim_against_official.figure_source is 'Where it was published.';
comment on column claim_against_official.ratio is 'Claimed divided by official, middle by middle.';
comment on column claim_against_official.ratio_low is 'Lower end of the claim by the upper end of the official figure.';
comment on column claim_against_official.ratio_high is 'Upper end of the claim by the lower end of the official figure.';
comment on column claim_against_official.reason is 'Why there is no ratio: share, no_place, no_figure_for_target, no_figure_for_place, no_figure_for_direction; null where there is one.';
