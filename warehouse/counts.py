"""What one night amounts to, read from the state of the warehouse: the ledger's figures.

They do not depend on how often a step was interrupted and repeated.
"""

from __future__ import annotations

from typing import NamedTuple

from warehouse.connection import Connection, ask


class InOut(NamedTuple):
    """Rows that a step had before it, and rows that came out of it."""

    input: int
    output: int


def loaded(con: Connection, night: str) -> int:
    """Articles whose page was received on a night and whose text the warehouse holds."""
    sql = """
        select count(distinct article_id) from "fetch"
        where night = ?::date and kind = 'article' and status not in ('not_modified', 'duplicate')
            and article_id in (select article_id from article)
    """
    return _number(con, sql, [night])


def read(con: Connection, night: str, reading_id: str) -> InOut:
    """Sentences of the articles first seen on a night, and those of them that a reading has read without error."""
    sql = """
        with own as (
            select sentence.sentence_id
            from article
            join version on version.version_id = article.latest_version_id
            join sentence on sentence.version_id = version.version_id
            where article.first_seen_day = $night::date
        )
        select count(*), count(speech_act.move)
        from own
        left join speech_act on speech_act.sentence_id = own.sentence_id and speech_act.reading_id = $reading
    """
    return InOut(*ask(con, sql, {"night": night, "reading": reading_id})[0])


def clustered(con: Connection, night: str) -> InOut:
    """Articles first seen on a night, and the stories that they belong to."""
    sql = """
        select count(*), count(distinct story_member.story_id)
        from article
        left join story_member on story_member.article_id = article.article_id
        where article.first_seen_day = ?::date
    """
    return InOut(*ask(con, sql, [night])[0])


def covered(con: Connection, night: str) -> int:
    """Sources that have a coverage row for a night."""
    return _number(con, "select count(*) from coverage where day = ?::date", [night])


def _number(con: Connection, sql: str, parameters: list[str]) -> int:
    return int(ask(con, sql, parameters)[0][0])
