"""Verbs for coding by people: draw sentences, take in what coders filled in, and see how far they agree."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from baqylau import Terminal
from flows.commands import options
from flows.commands.ask import snapshot

if TYPE_CHECKING:
    from flows.settings import Settings
    from models.codebook import Codebook
    from models.coding.coded import Coding

SEED = 20260302

gold = typer.Typer(help="Sentences coded by people.", no_args_is_help=True, rich_markup_mode=None)

Coded = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FOLDER|FILE]...",
        help="Folder of gold import, or one file for each coder; default: gold below home.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(help="Same seed, same input: same answer.")]


def sample(
    out: Annotated[
        Path,
        typer.Option(metavar="FILE.csv|FILE.json", help="A table to fill in, or tasks for Label Studio."),
    ],
    n: Annotated[int, typer.Option(min=1, help="Sentences to draw.")] = 200,
    how: Annotated[
        str, typer.Option(help="random, stratified, or uncertain (nearest to the decision).")
    ] = "random",
    lang: Annotated[
        list[str] | None,
        typer.Option(help="kk, ru or en; may be repeated. Default: all three.", show_default=False),
    ] = None,
    since: Annotated[str | None, typer.Option(help="First published day.", show_default=False)] = None,
    until: Annotated[str | None, typer.Option(help="Last published day.", show_default=False)] = None,
    by: Annotated[
        str, typer.Option(help="stratified: language x move as read x ownership or source.")
    ] = "ownership",
    doubt: Annotated[
        str, typer.Option(help="uncertain: entropy or margin of the moves' probabilities.")
    ] = "entropy",
    without: Annotated[
        list[Path] | None,
        typer.Option(
            help="Earlier sample whose sentences are not drawn again; may be repeated.", show_default=False
        ),
    ] = None,
    seed: Seed = SEED,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Draw sentences to code from the published warehouse, with the chance of each beside it."""
    _refuse_to_overwrite(out)
    from flows import sample as verb
    from warehouse.sample import LANGUAGES, MEMORY, Draw

    wanted = Draw(n, how, lang or LANGUAGES, since, until, seed, by, doubt)
    with snapshot(options.settings(config, home), memory_limit=MEMORY) as con:
        for line in verb.write(con, wanted, out, without or []):
            print(f"sample: {line}", file=sys.stderr)


@gold.command("import")
def import_gold(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="CSV, JSON lines, or Label Studio's JSON export, filled in."),
    ],
    coder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Who coded; ANNOTATOR=NAME for each where an export has several.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: gold below home.", show_default=False)
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="When it was coded (YYYY-MM-DD); default: today.", show_default=False)
    ] = None,
    single: Annotated[
        bool, typer.Option("--single", help="Let sentences that one coder alone coded into the gold.")
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Check what coders filled in, keep it by coder, and make the gold anew from what all of them agree on."""
    from models import codebook
    from models.coding import folder, reading

    settings, book = options.settings(config, home), codebook.load()
    with _faults_listed():
        read = reading.read(files, reading.Coders.parse(coder or []), date or _today(settings), book)
        stored = folder.store(out or settings.home / "gold", read.codings, book, single)
    for line in stored.lines():
        print(line)
    if read.empty:
        print(f"{read.empty} not coded yet")


@gold.command("disagreements")
def disagreements(
    out: Annotated[Path, typer.Option(metavar="FILE.csv", help="The table to adjudicate.")],
    coded: Coded = None,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Write what coders disagree on as a table to fill in, then to import as the coder adjudicated."""
    _refuse_to_overwrite(out)
    from models import codebook
    from models.coding import merge, sheets

    codings = _codings(coded, options.settings(config, home), codebook.load())
    rows = [dispute.row() for dispute in merge.merge(codings).disputes]
    sheets.write(out, rows, merge.further_columns(rows))
    print(f"gold: {len(rows)} sentences in dispute -> {out}", file=sys.stderr)


def agreement(
    coded: Coded = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a table.")] = False,
    resamples: Annotated[int, typer.Option(min=100, help="Resamples of pages behind each interval.")] = 1000,
    seed: Seed = SEED,
    config: options.Config = None,
    home: options.Home = None,
) -> None:
    """Krippendorff's alpha and Cohen's kappa of every code and language, with 95 % intervals."""
    from flows import output
    from models import codebook
    from models.coding import agreement as verb

    book = codebook.load()
    codings = _codings(coded, options.settings(config, home), book)
    found = verb.agreement(codings, book, resamples, seed)
    if as_json:
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
        return
    output.print_rows([line.row() for line in found.lines if not line.unused])
    for note in found.notes():
        print(note)


def _codings(coded: list[Path] | None, settings: Settings, book: Codebook) -> list[Coding]:
    from models.coding import folder

    with _faults_listed():
        return folder.codings_of(coded or [settings.home / "gold"], book, _today(settings))


def _refuse_to_overwrite(path: Path) -> None:
    if path.exists():
        raise Terminal(
            f"no file at {path}", "one, which may hold codings", "name another --out, or move it away"
        )


@contextmanager
def _faults_listed() -> Iterator[None]:
    """Faults of coded sentences come by the dozen: a line for each, then the one line that says how many."""
    from models.errors import CodingFaults

    try:
        yield
    except CodingFaults as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        found = f"{len(error.faults)} fault(s), listed above"
        raise Terminal(
            f"a valid {error.what}", found, "mend them and try again; nothing was taken in"
        ) from error


def _today(settings: Settings) -> str:
    return datetime.now(UTC).astimezone(settings.zone).date().isoformat()


def register(app: typer.Typer) -> None:
    """Add the verbs of this module; `gold` is a group of its own."""
    for verb in (sample, agreement):
        app.command()(verb)
