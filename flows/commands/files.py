"""File in, file out: verbs that other programs call."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from baqylau import Terminal
from flows.commands import options

if TYPE_CHECKING:
    from crawlers.source import Source

Input = Annotated[Path, typer.Argument(metavar="IN", help="File to read.")]
Output = Annotated[Path, typer.Argument(metavar="OUT", help="File to write; replaced whole or not at all.")]


def classify(
    source: Input,
    target: Output,
    model: options.Model = None,
    encoder: options.Encoder = None,
    classifier: options.Classifier = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Add to each answer, per label, the words that decided: "
            "label, word, start, end, weight (what they add to the label's log-odds).",
        ),
    ] = False,
) -> None:
    """Read sentences: JSON lines with id and text in, one JSON line each out, in order."""
    from models import classify as verb
    from models.speech_acts import Reader

    reader = Reader.load(model, encoder=encoder, classifier=classifier)
    summary = verb.run(source, target, reader, explain)
    print(f"classify: {summary} -> {target}", file=sys.stderr)


def detect(
    source: Input,
    target: Output,
    method: Annotated[
        str, typer.Option(help="auto, farrington, short, ears-c1, ears-c2 or ears-c3.")
    ] = "auto",
    alpha: Annotated[
        float | None, typer.Option(help="Chance of a false alarm a point; default: the method's.")
    ] = None,
    years_back: Annotated[
        int | None, typer.Option(help="farrington: years of history; default: what fits.")
    ] = None,
    half_window: Annotated[int, typer.Option(help="farrington: points around each anniversary.")] = 3,
    periods: Annotated[int, typer.Option(help="farrington: seasonal levels.")] = 10,
    guard: Annotated[int | None, typer.Option(help="Newest points kept out of the baseline.")] = None,
    threshold: Annotated[str, typer.Option(help="farrington: nbplugin, muan or delta.")] = "nbplugin",
    weights_threshold: Annotated[
        float, typer.Option(help="Residual above which a past point loses weight.")
    ] = 2.58,
    trend: Annotated[str, typer.Option(help="always, test or never.")] = "always",
    min_cases: Annotated[str, typer.Option(help="5/4: at least 5 in the last 4 points; or off.")] = "off",
    offset: Annotated[bool, typer.Option("--offset/--no-offset", help="Use the column total.")] = True,
    start: Annotated[str | None, typer.Option("--from", help="First date or t to test.")] = None,
    freq: Annotated[int, typer.Option(help="Points a year of a table keyed by t.")] = 52,
) -> None:
    """Test a table of counts for spikes: date,count[,total] or t,count[,total] in; expectations and alarms out."""
    from models.spikes import detect_file, parse_min_cases

    summary = detect_file(
        source,
        target,
        method,
        alpha=alpha,
        years_back=years_back,
        half_window=half_window,
        periods=periods,
        guard=guard,
        threshold=threshold,
        weights_threshold=weights_threshold,
        trend=trend,
        min_cases=parse_min_cases(min_cases),
        offset=offset,
        start=start,
        freq=freq,
    )
    print(
        f"detect: {summary.rows} rows, {summary.tested} tested, {summary.alarms} alarms -> {target}",
        file=sys.stderr,
    )


def extract(
    page: Annotated[
        Path | None, typer.Argument(metavar="FILE.html", help="A page to read.", show_default=False)
    ] = None,
    target: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="With --manifest: file to write.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The page's address.")] = None,
    manifest: Annotated[
        Path | None, typer.Option(help='JSON lines {"path","url","fetched_at"}; answers in order.')
    ] = None,
    fetched_at: Annotated[
        str | None, typer.Option(help="When it was fetched (ISO); default: the file's time.")
    ] = None,
    config: options.Config = None,
) -> None:
    """Extract title, date, authors and text of a news page as JSON."""
    from crawlers import extract_files, registry

    sources = registry.load(options.settings(config, None).registry)
    if manifest is not None:
        _extract_many(manifest, target or page, sources)
        return
    if page is None or url is None:
        raise Terminal(
            "FILE.html and --url URL, or --manifest IN.jsonl OUT.jsonl",
            "neither",
            "see baqylau extract --help",
        )
    answer = extract_files.run_one(page, url, fetched_at=_moment(fetched_at), registry=sources)
    print(json.dumps(answer, ensure_ascii=False, indent=1))


def _extract_many(manifest: Path, out: Path | None, sources: list[Source]) -> None:
    from crawlers import extract_files

    if out is None:
        raise Terminal(
            "a file to write after --manifest IN.jsonl", "none", "give OUT.jsonl as the last argument"
        )
    summary = extract_files.run_manifest(manifest, out, registry=sources)
    print(f"extract: {summary.pages} pages, {summary.errors} errors -> {out}", file=sys.stderr)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Terminal(
            "an ISO time such as 2026-03-02T20:00:00+00:00", repr(text), "mend --fetched-at"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def register(app: typer.Typer) -> None:
    """Add the verbs of this module."""
    for verb in (classify, detect, extract):
        app.command()(verb)
