"""What was once reached may not be lost: figures per language, kept with the hash of the gold they were measured on.

A figure is lost when it falls below its floor by more than noise. Noise is one standard error of the floor, from the
bootstrap over pages that gives the intervals (the one-standard-error rule of Breiman, Friedman, Olshen & Stone 1984),
and at least `NOISE`: on a gold of a hundred sentences less says nothing. Floors only rise by themselves. To lower one,
or to begin anew on another gold, a reason must be given; it is kept here, and a test looks for it in CHANGELOG.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from baqylau import replacing
from models.errors import InputRefused
from models.evaluation.report import Figure, Report

FILE = Path(__file__).with_name("floors.json")
NOISE = 0.01  # where the bootstrap gives less, or none was kept
LOWER_IS_BETTER = ("calibration_error", "calibration_error_securitizing")
_ERRORS_WIDE = 2 * 1.96  # a 95 % interval, in standard errors
_DIGITS = 4

Kept = dict[str, dict[str, float]]  # by language and figure


def write(report: Report, path: Path = FILE, reason: str | None = None) -> None:
    """Keep the figures of a report as the floors to hold; a figure that was better before stays as it was.

    Args:
        report: its intervals give the noise, so it should have been made with all resamples.
        path: replaced whole.
        reason: why figures are given up; those that fell are then lowered to the report's.

    Raises:
        InputRefused: figures fell below their floors, or the gold is another, and no reason is given.
    """
    before = read(path) if path.is_file() else None
    given_up = [] if before is None else _given_up(report, before)
    reason = " ".join((reason or "").split())
    if given_up and not reason:
        raise InputRefused(
            f"no figure below {path.name}",
            "; ".join(given_up),
            "mend the model, or give a reason (`baqylau evaluate --lower-floors REASON`) and write it into CHANGELOG.md",
        )
    content = _content(report, before, reason, given_up)
    with replacing(path) as temporary:
        temporary.write_text(
            json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
        )


def read(path: Path = FILE) -> dict[str, Any]:
    """Read the floors.

    Raises:
        InputRefused: the file is missing or not what `write` makes.
    """
    try:
        floors: dict[str, Any] = json.loads(path.read_text("utf-8"))
        floors["gold_sha"], floors["figures"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefused(
            f"floors in {path}", repr(error), "write them with `baqylau evaluate --floors`"
        ) from error
    return floors


def losses(report: Report, floors: Mapping[str, Any], noise: float = NOISE) -> list[str]:
    """One line per figure that fell below its floor by more than noise.

    Args:
        report: what was measured.
        floors: what `read` gives.
        noise: the least that counts as a loss, where the floor's own standard error is smaller.

    Raises:
        InputRefused: the report is of another gold: its figures cannot be compared.
    """
    if report.gold_sha != floors["gold_sha"]:
        raise InputRefused(
            f"a report on the gold {floors['gold_sha']}",
            f"one on {report.gold_sha}",
            "write the floors anew (`baqylau evaluate --lower-floors REASON`)",
        )
    found = []
    for lang, figures in floors["figures"].items():
        for name, floor in figures.items():
            value = _value(report, lang, name)
            margin = max(noise, floors.get("noise", {}).get(lang, {}).get(name, 0.0))
            if value is None or _gain(name, value, floor) < -margin:
                found.append(f"{lang} {name}: {value} where {floor} was reached (noise {margin})")
    return found


def _given_up(report: Report, before: Mapping[str, Any]) -> list[str]:
    if report.gold_sha != before["gold_sha"]:
        return [f"all figures on the gold {before['gold_sha']}: the report is on {report.gold_sha}"]
    return losses(report, before)


def _content(
    report: Report, before: Mapping[str, Any] | None, reason: str, given_up: list[str]
) -> dict[str, Any]:
    figures, noise = _measured(report)
    if before is not None and report.gold_sha == before["gold_sha"]:
        lost = {tuple(line.split(":")[0].split()) for line in given_up}
        for lang, floors in before["figures"].items():
            for name, floor in floors.items():
                if (lang, name) not in lost and _gain(name, figures[lang][name], floor) < 0:
                    figures[lang][name] = floor
    lowered = list(before.get("lowered", [])) if before else []
    if given_up:
        lowered.append({"reason": reason, "figures": given_up})
    return {
        "gold_sha": report.gold_sha,
        "sentences": dict(report.sentences),
        "figures": figures,
        "noise": noise,
        "lowered": lowered,
    }


def _measured(report: Report) -> tuple[Kept, Kept]:
    """Figures, and their standard errors."""
    figures: Kept = {lang: {} for lang in report.figures}
    noise: Kept = {lang: {} for lang in report.figures}
    for lang, found in report.figures.items():
        for name, figure in found.items():
            if figure.value is not None:
                figures[lang][name] = figure.value
                noise[lang][name] = _standard_error(figure)
    return figures, noise


def _standard_error(figure: Figure) -> float:
    if figure.low is None or figure.high is None:
        return 0.0
    return round((figure.high - figure.low) / _ERRORS_WIDE, _DIGITS)


def _value(report: Report, lang: str, name: str) -> float | None:
    figure = report.figures.get(lang, {}).get(name)
    return None if figure is None else figure.value


def _gain(name: str, value: float, floor: float) -> float:
    return floor - value if name in LOWER_IS_BETTER else value - floor
