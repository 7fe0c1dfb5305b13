"""Loads: Arrow tables in, sets written, all of a batch or nothing; a repeated load changes nothing and says so.

Every function returns its counts. `changed` counts rows added, altered or removed: 0 for a repeated load.
Several loads become one by wrapping them in `connection.transaction`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from warehouse import files, rows
from warehouse.connection import Connection, ask, staged, transaction
from warehouse.errors import BadRows

Counts = dict[str, int]

ALWAYS = date(1900, 1, 1)  # the start of an ownership for which the registry gives no day
_READING_KEY = ("model", "model_sha", "codebook_version", "lexicon_version")
_ARTICLE_COLUMNS = [
    "source_id",
    "article_id",
    "version_id",
    "url",
    "canonical_url",
    "title",
    "body",
    "authors",
    "section",
    "tags",
    "edition_language",
    "published_at",
    "published_day",
    "date_rule",
    "date_status",
    "fetched_at",
    "content_hash",
    "etag",
    "last_modified",
    "warc_file",
    "warc_offset",
    "extractor",
]
_FETCH_COLUMNS = [
    "night",
    "source_id",
    "url",
    "kind",
    "status",
    "http_status",
    "bytes",
    "fetched_at",
    "detail",
    "article_id",
]
_SENTENCE_COLUMNS = [
    "sentence_id",
    "version_id",
    "position",
    "text",
    "start_offset",
    "end_offset",
    "lang",
    "script",
]
_ACT_COLUMNS = ["reading_id", "sentence_id", "targets", "move", "referents", "measure", "frames"]
_ACT_OPTIONAL = ["lang", "p_securitizing", "voice", "scores", "spans", "error"]
_CLAIM_COLUMNS = [
    "reading_id",
    "sentence_id",
    "ordinal",
    "target",
    "low",
    "high",
    "point",
    "unit",
    "direction",
]
_CLAIM_COLUMNS += ["place", "year", "hedge", "rejected", "text", "start_offset", "end_offset"]
_MEMBER_COLUMNS = ["story_id", "article_id", "similarity", "joined_day"]
_STRATUM = ["language", "ownership", "target", "frame"]


def sources(con: Connection, sources: pa.Table, ownership: pa.Table) -> Counts:
    """Load registry entries: new ones are added, changed ones replaced, those not named stay.

    Args:
        con: an open writer.
        sources: source_id, outlet, outlet_name, country, language, enabled, and where known media_type, timezone,
            base_url, tier.
        ownership: source_id, since (date, text or null), class, and where known confidence, evidence: the whole history
            of each source in `sources`.
    """
    rows.require("ownership", ownership, ["source_id", "since", "class"])
    since = ownership["since"].cast(pa.date32()).fill_null(ALWAYS)
    history = ownership.set_column(ownership.column_names.index("since"), "since", since)
    with transaction(con):
        optional = ["media_type", "timezone", "base_url", "tier"]
        changed = rows.upsert(con, "source", sources, ["source_id"], optional)
        _check_known(con, "ownership", history, "source_id", "source")
        with staged(
            con, listed=sources.select(["source_id"]), history=history.select(["source_id", "since"])
        ):
            sql = """delete from ownership where source_id in (select source_id from listed)
                and (source_id, since) not in (select (source_id, since) from history)"""
            changed += _count(con, sql)
        changed += rows.upsert(con, "ownership", history, ["source_id", "since"], ["confidence", "evidence"])
    return {"sources": sources.num_rows, "changed": changed}


def targets(con: Connection, targets: pa.Table) -> Counts:
    """Load the codebook's targets (column name). Targets no longer in the codebook go."""
    return _replace(con, "target", targets, [])


def places(con: Connection, places: pa.Table) -> Counts:
    """Load the gazetteer (name, kind, within, iso). Places no longer in it go."""
    return _replace(con, "place", places, ["iso"])


def frames(con: Connection, frames: pa.Table) -> Counts:
    """Load the codebook's frames (name, sector, weiner, counter). Frames no longer in the codebook go."""
    return _replace(con, "frame", frames, ["sector", "weiner"])


def spool(con: Connection, articles: pa.Table, fetches: pa.Table, night: str | None) -> Counts:
    """Load one spool.

    Args:
        con: an open writer.
        articles: the spool's articles.
        fetches: the spool's fetches.
        night: the day under which new articles are first seen; None takes each one's night from its fetch, which is
            what an archive of many days needs.

    Returns:
        articles_new, versions_new, versions_seen (texts known before), quarantined (new, without a trusted date),
        fetches (new), changed.

    Raises:
        BadRows: a column is missing, a value does not fit, or a source is not in the registry.
    """
    rows.require("article", articles, _ARTICLE_COLUMNS)
    rows.require("fetch", fetches, _FETCH_COLUMNS)
    incoming = articles.select(_ARTICLE_COLUMNS)
    with transaction(con):
        _check_known(con, "article", incoming, "source_id", "source")
        _check_known(con, "fetch", fetches, "source_id", "source")
        with staged(con, incoming_articles=incoming, incoming_fetches=fetches.select(_FETCH_COLUMNS)):
            counts = _novelty(con)
            with rows.fitting(con, "article", incoming):
                changed = _count(con, files.query("load_articles"), {"night": night})
                changed += _count(con, files.query("load_versions"))
            if changed:
                _mark_stale(con, "select article_id from incoming_articles")
        before = _size(con, "fetch")
        changed += rows.upsert(con, "fetch", fetches, ["night", "source_id", "url", "kind"])
        counts |= {"fetches": _size(con, "fetch") - before, "changed": changed}
    return counts


def sentences(con: Connection, sentences: pa.Table) -> Counts:
    """Load sentences (the columns of the table `sentence`).

    Returns:
        sentences_new, sentences_seen, changed.
    """
    rows.require("sentence", sentences, _SENTENCE_COLUMNS)
    incoming = sentences.select(_SENTENCE_COLUMNS)
    with transaction(con), rows.fitting(con, "sentence", incoming):
        _check_known(con, "sentence", incoming, "version_id", "version")
        with staged(con, incoming=incoming):
            _check_unique(con, "sentence", "sentence_id")
            new = _count(
                con,
                "insert into sentence by name select * from incoming anti join sentence using (sentence_id)",
            )
            if new:
                _mark_stale_versions(con, "version_id")
    return {"sentences_new": new, "sentences_seen": incoming.num_rows - new, "changed": new}


def reading(con: Connection, reading: Mapping[str, object]) -> str:
    """Register a reading and make it the current one; return its key, a hash of what it consists of.

    Args:
        con: an open writer.
        reading: model, model_sha, codebook_version, lexicon_version; created_night where known.
    """
    missing = [name for name in _READING_KEY if reading.get(name) in (None, "")]
    if missing:
        raise BadRows("reading", f"no {', '.join(missing)}")
    facts = {name: str(reading[name]) for name in _READING_KEY}
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    with transaction(con):
        sql = "insert into reading values (?, ?, ?, ?, ?, ?, false) on conflict (reading_id) do nothing"
        con.execute(sql, [key, *facts.values(), reading.get("created_night")])
        sql = "update reading set is_current = (reading_id = $key) where is_current <> (reading_id = $key)"
        if _count(con, sql, {"key": key}):
            _mark_stale(con, "select article_id from article")
    return key


def speech_acts(con: Connection, acts: pa.Table) -> Counts:
    """Load speech acts (the columns of the table `speech_act`; lang, p_securitizing, voice, scores, spans and error may
    be missing). An act already there under the same reading stays as it is.

    Returns:
        speech_acts_new, speech_acts_seen, changed.

    Raises:
        BadRows: an unknown reading, version, target or frame, or a value that does not fit.
    """
    rows.require("speech_act", acts, _ACT_COLUMNS)
    incoming = acts.select([*_ACT_COLUMNS, *(name for name in _ACT_OPTIONAL if name in acts.column_names)])
    with transaction(con), rows.fitting(con, "speech_act", incoming):
        _check_known(con, "speech_act", incoming, "reading_id", "reading")
        with staged(con, incoming=incoming):
            _check_unique(con, "speech_act", "reading_id, sentence_id")
            _check_acts(con)
            sql = "insert into speech_act by name select * from incoming anti join speech_act using (reading_id, sentence_id)"
            new = _count(con, sql)
            if new:
                _mark_stale_versions(con, "left(sentence_id, -5)")
    return {"speech_acts_new": new, "speech_acts_seen": incoming.num_rows - new, "changed": new}


def claims(con: Connection, claims: pa.Table) -> Counts:
    """Load claims (the columns of the table `claim`). A claim already there under the same reading stays as it is.

    Load them in one transaction with the speech acts of the same sentences: what is read is not read again.

    Returns:
        claims_new, claims_seen, changed.

    Raises:
        BadRows: an unknown reading, target or place, or a value that does not fit.
    """
    rows.require("claim", claims, _CLAIM_COLUMNS)
    incoming = claims.select(_CLAIM_COLUMNS)
    with transaction(con), rows.fitting(con, "claim", incoming):
        _check_known(con, "claim", incoming, "reading_id", "reading")
        with staged(con, incoming=incoming):
            _check_unique(con, "claim", "reading_id, sentence_id, ordinal")
            _check_labels(con, "claim", "target", "target")
            _check_labels(con, "claim", "place", "place")
            sql = "insert into claim by name select * from incoming anti join claim using (reading_id, sentence_id, ordinal)"
            new = _count(con, sql)
    return {"claims_new": new, "claims_seen": incoming.num_rows - new, "changed": new}


def stories(con: Connection, members: pa.Table) -> Counts:
    """Load story members (story_id, article_id, similarity, joined_day) and work out the origins anew.

    Returns:
        members (added or altered), stories (new, gone, or of another origin), changed.
    """
    rows.require("story_member", members, _MEMBER_COLUMNS)
    incoming = members.select(_MEMBER_COLUMNS)
    with transaction(con):
        _check_known(con, "story_member", incoming, "article_id", "article")
        with rows.fitting(con, "story_member", incoming), staged(con, incoming=incoming):
            con.execute(files.query("affected_stories"))
        # Where a story's origin changes, all its articles move to another day, source and language.
        _mark_stale(con, "select article_id from affected_article")
        changed = rows.upsert(con, "story_member", incoming, ["article_id"], ["similarity"])
        moved = _count(con, files.query("story_origins"))
        sql = "delete from story where story_id in (from affected) and story_id not in (select story_id from story_member)"
        moved += _count(con, sql)
    return {"members": changed, "stories": moved, "changed": changed + moved}


def alarms(con: Connection, alarms: pa.Table) -> Counts:
    """Load tests of strata (the columns of the table `alarm`; figures that were not computed may be missing)."""
    optional = ["expected", "upper", "p_value", "q_value", "score", "rate_ratio", "reason", "reading_id"]
    with transaction(con):
        changed = rows.upsert(con, "alarm", alarms, ["night", "detector", *_STRATUM], optional)
    return {"alarms": alarms.num_rows, "changed": changed}


def episodes(con: Connection, episodes: pa.Table) -> Counts:
    """Load episodes (the columns of the table `episode`), replacing those of the same key."""
    optional = [
        "memory",
        "expected",
        "rate_ratio",
        "p_value",
        "q_value",
        "parent_id",
        "first_article_id",
        "first_source_id",
    ]
    with transaction(con):
        changed = rows.upsert(con, "episode", episodes, ["episode_id"], optional)
    return {"episodes": episodes.num_rows, "changed": changed}


def evidence(con: Connection, evidence: pa.Table) -> Counts:
    """Load evidence (the columns of the table `episode_evidence`): for every episode named, the whole list."""
    rows.require("episode_evidence", evidence, ["episode_id", "rank", "sentence_id", "article_id"])
    with transaction(con):
        _check_known(con, "episode_evidence", evidence, "episode_id", "episode")
        with staged(con, incoming=evidence.select(["episode_id", "rank"])):
            sql = """delete from episode_evidence where episode_id in (select episode_id from incoming)
                and (episode_id, rank) not in (select (episode_id, rank) from incoming)"""
            changed = _count(con, sql)
        changed += rows.upsert(
            con, "episode_evidence", evidence, ["episode_id", "rank"], ["story_id", "reason"]
        )
    return {"evidence": evidence.num_rows, "changed": changed}


def _replace(con: Connection, table: str, incoming: pa.Table, optional: list[str]) -> Counts:
    rows.require(table, incoming, ["name"])
    with transaction(con):
        with staged(con, incoming=incoming.select(["name"])):
            changed = _count(con, f'delete from "{table}" where name not in (select name from incoming)')
        changed += rows.upsert(con, table, incoming, ["name"], optional)
    return {f"{table}s": incoming.num_rows, "changed": changed}


def _novelty(con: Connection) -> Counts:
    sql = """select
        count(distinct incoming.article_id) filter (where article.article_id is null),
        count(distinct incoming.version_id) filter (where version.version_id is null),
        count(distinct incoming.version_id) filter (where version.version_id is not null),
        count(distinct incoming.article_id) filter (where article.article_id is null and incoming.date_status <> 'ok')
        from incoming_articles as incoming
        left join article on article.article_id = incoming.article_id
        left join version on version.version_id = incoming.version_id"""
    names = ("articles_new", "versions_new", "versions_seen", "quarantined")
    return dict(zip(names, ask(con, sql)[0], strict=True))


def _mark_stale(con: Connection, articles: str) -> None:
    con.execute(f"create or replace temp table touched as {articles}")
    con.execute(files.query("mark_stale"))


def _mark_stale_versions(con: Connection, version: str) -> None:
    _mark_stale(con, f"select article_id from version where version_id in (select {version} from incoming)")


def _check_known(con: Connection, table: str, incoming: pa.Table, column: str, parent: str) -> None:
    """Raise BadRows where a key in a column stands in no row of the table it points to."""
    with staged(con, keys=incoming.select([column])):
        sql = f"""select "{column}" from keys anti join "{parent}" using ("{column}") order by all limit 1"""
        lost = ask(con, sql)
    if lost:
        raise BadRows(
            table,
            f"{column} {lost[0][0]!r}, which the table {parent} does not have",
            f"load the {parent} first",
        )


def _check_unique(con: Connection, table: str, keys: str) -> None:
    (doubles,) = ask(con, f"select count(*) - count(distinct ({keys})) from incoming")[0]
    if doubles:
        raise BadRows(table, f"{doubles} row(s) whose {keys} stands twice in the batch")


def _check_acts(con: Connection) -> None:
    sql = "select sentence_id from incoming where left(sentence_id, -5) not in (select version_id from version) limit 1"
    lost: list[tuple[Any, ...]] = ask(con, sql)
    if lost:
        raise BadRows(
            "speech_act", f"sentence {lost[0][0]!r} of no known version", "load the sentences first"
        )
    for column, table in (("targets", "target"), ("frames", "frame")):
        _check_labels(con, "speech_act", f"unnest({column})", table)


def _check_labels(con: Connection, table: str, expression: str, parent: str) -> None:
    """Raise BadRows where a label of the staged rows is not in the table that lists them."""
    sql = f"""select label from (select distinct {expression}::varchar as label from incoming)
        where label not in (select name from "{parent}") order by label limit 1"""
    lost: list[tuple[Any, ...]] = ask(con, sql)
    if lost:
        found = f"{parent} {lost[0][0]!r}, which is not in the codebook"
        if parent == "place":
            found = f"{parent} {lost[0][0]!r}, which is not in the gazetteer"
        raise BadRows(table, found, f"load the {parent}s first")


def _count(con: Connection, sql: str, parameters: object = None) -> int:
    return int(con.execute(sql, parameters).fetchone()[0])


def _size(con: Connection, table: str) -> int:
    return int(ask(con, f'select count(*) from "{table}"')[0][0])
