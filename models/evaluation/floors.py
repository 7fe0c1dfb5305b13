"""What was once reached may not be lost: figures per language, kept with the hash of the gold they were measured on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from baqylau import replacing
from models.errors import InputRefused
from models.evaluation.report import Report

FILE = Path(__file__).with_name("floors.json")
NOISE = 0.01  # a figure this much below its floor is not yet a loss
LOWER_IS_BETTER = ("calibration_error", "calibration_error_securitizing")


def write(report: Report, path: Path = FILE) -> None:
    """Keep the figures of a report as the floors to hold."""
    figures = {
        lang: {name: figure.value for name, figure in found.items() if figure.value is not None}
        for lang, found in report.figures.items()
    }
    content = {"gold_sha": report.gold_sha, "sentences": dict(report.sentences), "figures": figures}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", "utf-8")


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

    Raises:
        InputRefused: the report is of another gold: its figures cannot be compared.
    """
    if report.gold_sha != floors["gold_sha"]:
        raise InputRefused(
            f"a report on the gold {floors['gold_sha']}", f"one on {report.gold_sha}", "write the floors anew"
        )
    found = []
    for lang, figures in floors["figures"].items():
        for name, floor in figures.items():
            figure = report.figures[lang][name].value
            sign = -1 if name in LOWER_IS_BETTER else 1
            if figure is None or sign * (figure - floor) < -noise:
                found.append(f"{lang} {name}: {figure} where {floor} was reached")
    return found
