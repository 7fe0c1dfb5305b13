"""Train and measure the reader."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from baqylau import Terminal
from flows.commands import options

if TYPE_CHECKING:
    from models.evaluation.report import Report

Gold = Annotated[
    list[Path] | None,
    typer.Option(
        "--gold",
        help="File of coded sentences; may be repeated. Default: the project's own.",
        show_default=False,
    ),
]


def train(
    out: Annotated[Path, typer.Option(help="Folder of the trained reader.")] = Path("models/default"),
    data: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of coded sentences; may be repeated.", show_default=False),
    ] = None,
    encoder: options.Encoder = None,
    gold: Gold = None,
    seed: Annotated[int, typer.Option(help="Same seed, same data: same weights.")] = 20260302,
) -> None:
    """Train the reader on coded sentences, score it, and write its card beside the weights."""
    from models.training.__main__ import release
    from models.training.data import DEFAULT

    _, report = release(out, folders=data or DEFAULT, encoder_name=encoder, gold=gold, seed=seed)
    _print(report)
    print(f"trained -> {out}", file=sys.stderr)


def evaluate(
    gold: Gold = None,
    model: options.Model = None,
    encoder: options.Encoder = None,
    classifier: options.Classifier = None,
    floors: Annotated[
        bool, typer.Option("--floors", help="Keep these figures as the floors to hold; floors only rise.")
    ] = False,
    lower_floors: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Keep them even where they fell, or on another gold; CHANGELOG.md must hold the reason.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Fail if a figure fell below its floor by more than noise.")
    ] = False,
) -> None:
    """Score the reader on human-coded sentences, per language, with intervals."""
    from models.evaluation import claim_scores
    from models.evaluation import evaluate as verb
    from models.evaluation import floors as kept
    from models.speech_acts import Reader

    reader = Reader.load(model, encoder=encoder, classifier=classifier)
    report = verb(reader, gold)
    _print(report, claim_scores.rows(reader))
    losses = kept.losses(report, kept.read()) if check else []
    if losses:
        raise Terminal(
            f"no figure below {kept.FILE.name}",
            "; ".join(losses),
            "mend the model, or lower the floors (`baqylau evaluate --lower-floors REASON`)",
        )
    if floors or lower_floors is not None:
        kept.write(report, reason=lower_floors)


def _print(report: Report, further: Sequence[Mapping[str, Any]] = ()) -> None:
    from flows import output

    rows = []
    for row in (*report.table(), *further):
        shown = {"figure": row["figure"]}
        for lang in report.figures:
            value, low, high = row[lang], row[f"{lang}_low"], row[f"{lang}_high"]
            shown[lang] = "" if value is None else f"{value:.2f} [{low:.2f}, {high:.2f}]"
        rows.append(shown)
    output.print_rows(rows)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    for verb in (train, evaluate):
        app.command()(verb)
