"""Write a report as HTML, Markdown and JSON, each whole or not at all."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from baqylau import replacing
from flows.report import phrases
from flows.report.data import Report

FORMAT = 1
NAMES = ("report.html", "report.md", "report.json")


def render(report: Report, out_dir: Path, language: str = "en") -> list[Path]:
    """Write `report.html`, `report.md` and `report.json` into `out_dir`; the same report gives the same bytes.

    Args:
        report: what `flows.evidence.gather` returned.
        out_dir: made if absent; files of an earlier run are replaced.
        language: which catalogue of strings to use.

    Raises:
        NotFound: there is no catalogue for the language.
    """
    from flows.report import markdown, pages

    words = phrases.load(language)
    # all three are made before one is written: a fault leaves the earlier report as it was
    texts = (pages.html(words, report), markdown.document(words, report), as_json(report))
    paths = [out_dir / name for name in NAMES]
    for path, text in zip(paths, texts, strict=True):
        with replacing(path) as part:
            part.write_text(text, encoding="utf-8", newline="\n")
    return paths


def as_json(report: Any) -> str:
    """Any of the report's values as JSON: keys sorted, times ISO in UTC, no value that JSON does not know."""
    document = {"format": FORMAT, **asdict(report)}
    return (
        json.dumps(document, default=_plain, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        + "\n"
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")
