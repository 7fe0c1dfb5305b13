"""From articles to stories: what the clustering needs of the warehouse's rows, and its answer as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from models import stories

if TYPE_CHECKING:
    from flows.settings import Stories

MEMBERS = pa.schema(
    [
        ("story_id", pa.string()),
        ("article_id", pa.string()),
        ("similarity", pa.float64()),
        ("joined_day", pa.string()),
    ]
)
BATCH = 4096  # articles that exist as Python objects at once
APPEARANCE = ("first_seen_day", "published_at", "source_id", "article_id")


def members(fresh: pa.Table, recent: pa.Table, settings: Stories) -> pa.Table:
    """Join new articles to the stories they reprint.

    Args:
        fresh: articles in no story: article_id, title, body, first_seen_day, published_at, source_id.
        recent: clustered articles of the window: the same columns and story_id.
        settings: the window in days.

    Returns:
        story_id, article_id, similarity, joined_day; one row for each new article, in the order they appeared.
    """
    days = {
        row["article_id"]: row["first_seen_day"]
        for row in fresh.select(["article_id", "first_seen_day"]).to_pylist()
    }
    options = stories.Options(window_days=settings.window_days)
    rows = [
        {
            "story_id": member.story_id,
            "article_id": member.article_id,
            "similarity": member.similarity,
            "joined_day": days[member.article_id].isoformat(),
        }
        for member in stories.stream(_texts(fresh), _texts(recent), options)
    ]
    return pa.Table.from_pylist(rows, schema=MEMBERS)


def _texts(table: pa.Table) -> Iterator[stories.Text]:
    """The articles in order of appearance, a batch at a time: an archive's texts do not fit in memory twice."""
    order = pc.sort_indices(table, sort_keys=[(name, "ascending") for name in APPEARANCE])
    for start in range(0, len(order), BATCH):
        yield from map(_text, table.take(order[start : start + BATCH]).to_pylist())


def _text(row: dict[str, Any]) -> stories.Text:
    """Origin is the first seen, then the first published, then the first by source."""
    day = row["first_seen_day"].isoformat()
    published = row["published_at"].isoformat() if row["published_at"] else "9999"
    return stories.Text(
        id=row["article_id"],
        text=f"{row['title']}\n{row['body']}",
        day=day,
        order_key=(day, published, row["source_id"]),
        story_id=row.get("story_id"),
    )
