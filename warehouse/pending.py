"""What still has to be split, read or clustered: the work lists of the other layers."""

from __future__ import annotations

import pyarrow as pa

from warehouse import files
from warehouse.connection import Connection, arrow


def unsplit_versions(con: Connection) -> pa.Table:
    """Return versions without sentences: version_id, article_id, title, body, edition_language; by version_id."""
    return arrow(con, files.query("unsplit_versions"))


def unread(con: Connection, reading_id: str, limit: int) -> pa.Table:
    """Return sentences not read under a reading: sentence_id, text, lang, prev, next, published_day; by sentence_id, at
    most `limit`.

    `prev` and `next` are the neighbouring sentences of the same version, null at its ends. All versions are read, old
    ones too, so that edited headlines can be compared.
    """
    return arrow(con, files.query("unread"), {"reading_id": reading_id, "limit": limit})


def unclustered(con: Connection) -> pa.Table:
    """Return articles in no story, in the order they came: article_id, title, body, first_seen_day, published_at,
    source_id. The text is that of the latest version.
    """
    return arrow(con, files.query("unclustered"))


def recent_texts(con: Connection, since_day: str) -> pa.Table:
    """Return clustered articles first seen on a day or later: the columns of `unclustered`, and story_id."""
    return arrow(con, files.query("recent_texts"), {"since_day": since_day})
