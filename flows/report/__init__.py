"""The report of one night: its data (`data`), its words (`phrases`, `summary`, `tables`), its files (`outputs`).

The evidence comes from `flows.evidence`; here it is told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

MEASURED_ERRORS = Path(__file__).resolve().parents[2] / "models" / "default" / "error.json"


def write(
    con: Any,
    night: str,
    out_dir: Path,
    *,
    q: float = 0.05,
    language: str = "en",
    errors: Path | None = MEASURED_ERRORS,
) -> list[Path]:
    """Gather a night's evidence and write `report.html`, `report.md` and `report.json`.

    Args:
        con: the warehouse or a snapshot of it; only read.
        night: local day, ISO.
        out_dir: folder for the three files, made if absent.
        q: share of false alerts the night's tests accepted.
        language: catalogue of fixed strings.
        errors: JSON with the classifier's measured error; none is reported where it is absent.
    """
    from flows import evidence
    from flows.report import outputs

    return outputs.render(evidence.gather(con, night, q=q, errors=errors), out_dir, language)


def explain(con: Any, episode_id: str, language: str = "en") -> str:
    """One episode with all its evidence as Markdown.

    Raises:
        NotFound: there is no such episode.
    """
    from flows import evidence
    from flows.report import markdown, phrases

    lines = markdown.episode(phrases.load(language), evidence.explain(con, episode_id))
    return "\n".join(lines).rstrip() + "\n"


def strongest(con: Any, most: int, language: str = "en") -> list[str]:
    """The strongest episodes of the whole warehouse in two sentences each, strongest first."""
    from flows import evidence
    from flows.report import phrases, summary

    words = phrases.load(language)
    return [f"{summary.name(words, of)} {summary.told(words, of)}" for of in evidence.strongest(con, most)]
