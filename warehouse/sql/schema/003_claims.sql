-- Claims: numbers of people that sentences assert of a target group, and the official figures to hold them against.

create type claim_unit as enum ('persons', 'share');
create type claim_direction as enum (
    'present', 'arriving', 'leaving', 'returning', 'total', 'naturalised', 'penalised', 'expelled'
);
create type claim_hedge as enum ('exact', 'about', 'more', 'less');
create type place_kind as enum ('country', 'region', 'city');
create type figure_authority as enum ('official', 'expert', 'media');

create table place (
    name varchar primary key,
    kind place_kind not null,
    within varchar not null,
    iso varchar
);
comment on table place is 'The gazetteer in force: places a claim can be about.';
comment on column place.name is 'Name of the place in the gazetteer, for example kazakhstan.';
comment on column place.kind is 'Whether it is a country, a region or a city.';
comment on column place.within is 'The country or region it lies in; itself, if in none.';
comment on column place.iso is 'ISO 3166 code of two letters; null for anything but countries.';

create table claim (
    reading_id varchar not null,
    sentence_id varchar not null,
    ordinal integer not null check (ordinal >= 0),
    target varchar not null,
    low double not null check (low >= 0),
    high double not null,
    point double not null,
    unit claim_unit not null,
    direction claim_direction not null,
    place varchar,
    year integer,
    hedge claim_hedge not null,
    rejected boolean not null,
    text varchar not null,
    start_offset integer not null,
    end_offset integer not null,
    check (low <= point and point <= high)
);
comment on table claim is 'A number of people that a sentence asserts (or denies) of a target group. The load keeps reading_id, sentence_id and ordinal unique.';
comment on column claim.reading_id is 'The reading.';
comment on column claim.sentence_id is 'The sentence.';
comment on column claim.ordinal is 'Which claim of the sentence, from 0.';
comment on column claim.target is 'Whose number it is.';
comment on column claim.low is 'Lower end of what was said: persons, or a share between 0 and 1.';
comment on column claim.high is 'Upper end; equal to low for one figure, however hedged.';
comment on column claim.point is 'Middle of low and high.';
comment on column claim.unit is 'Whether persons are counted or a share is given.';
comment on column claim.direction is 'present (are, live or work there; also where no movement is said), arriving, leaving or returning (within a year or so), total (the same over years), naturalised (given citizenship, residence or asylum), penalised (fined, detained, convicted), expelled.';
comment on column claim.place is 'Where they are or come to; of those who leave where they go, else where they leave. Null where the sentence names no place.';
comment on column claim.year is 'Year of the figure as the sentence names it, or as last year of the publication day; null if neither.';
comment on column claim.hedge is 'exact, about, more (at least, over) or less (at most, under).';
comment on column claim.rejected is 'Whether the sentence itself denies the number.';
comment on column claim.text is 'The words that make the claim.';
comment on column claim.start_offset is 'First character of the words in the sentence.';
comment on column claim.end_offset is 'Character after the last.';

create table official_figure (
    figure_id varchar primary key,
    target varchar,
    measure varchar not null,
    direction claim_direction,
    place varchar,
    year integer,
    low double not null,
    high double not null,
    authority figure_authority not null,
    compared boolean not null,
    who varchar,
    source varchar not null,
    check (low <= high)
);
comment on table official_figure is 'Official and estimated figures from the reference files, each with its source.';
comment on column official_figure.figure_id is 'Key: file, row and column.';
comment on column official_figure.target is 'Whose number it is; null where of no target.';
comment on column official_figure.measure is 'What exactly was counted, for example temporary_residents.';
comment on column official_figure.direction is 'The direction of claims that count the same; null where none does.';
comment on column official_figure.place is 'The place; null where it is not in the gazetteer.';
comment on column official_figure.year is 'The year; null where the source gives none.';
comment on column official_figure.low is 'Lower end; equal to high for one figure. A balance may be negative.';
comment on column official_figure.high is 'Upper end.';
comment on column official_figure.authority is 'official, expert (an estimate) or media.';
comment on column official_figure.compared is 'Whether claims are held against it: the headline figure, neither a part of one nor a claim itself.';
comment on column official_figure.who is 'Who gave it, or what it leaves out.';
comment on column official_figure.source is 'Where it was published.';

create table reference_file (
    name varchar primary key,
    sha256 varchar not null
);
comment on table reference_file is 'Which text of each reference file the official figures were loaded from.';
comment on column reference_file.name is 'Name of the file in warehouse/reference.';
comment on column reference_file.sha256 is 'SHA-256 of the file as it was loaded.';
