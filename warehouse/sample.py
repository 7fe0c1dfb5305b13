"""Drawing sentences for people to code: at random, by stratum, or where the reader doubts most.

The sentences drawn from are the distinct ones of the latest versions, of the first publisher of each story, so that no
coder reads a reprint. Who is drawn is decided by a hash of seed and key (permanent random numbers: Ohlsson 1995): the
same seed and warehouse give the same sample, whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from baqylau import Faults
from warehouse import files
from warehouse.connection import Connection, arrow, ask
from warehouse.errors import SampleRefused, translated

LANGUAGES = ("kk", "ru", "en")
WAYS = ("random", "stratified", "uncertain")
PARTS = ("ownership", "source")
DOUBTS = ("entropy", "margin")
MEMORY = "4GB"  # for eight million sentences, some two years of the press; half a kilobyte each (measured)
MOST = 100_000  # sentences in one sample; nobody codes more by hand


@dataclass(frozen=True, slots=True)
class Draw:
    """What is to be drawn, and how."""

    n: int
    """Sentences at most."""
    how: str = "random"
    """One of WAYS."""
    languages: Sequence[str] = LANGUAGES
    since: str | None = None
    """First published day (ISO); sentences without a trusted date are then left out."""
    until: str | None = None
    """Last published day (ISO)."""
    seed: int = 0
    by: str = "ownership"
    """Third part of a stratum, beside language and the move as read: one of PARTS."""
    doubt: str = "entropy"
    """What `uncertain` means: one of DOUBTS."""
    without_ids: Sequence[str] = field(default=())
    """Sentences drawn before."""
    without_texts: Sequence[str] = field(default=())
    """Their texts: an edited article gives the same sentence another key."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The sentences drawn, and how many there were of each stratum and were drawn of it."""

    sentences: pa.Table
    sizes: Mapping[str, int]
    quotas: Mapping[str, int]


def draw(con: Connection, wanted: Draw) -> Sample:
    """Draw sentences from a warehouse.

    `random` is a simple random sample; `stratified` one within each stratum (language, move as read, ownership or
    source), as many of each as there are, so that rare moves are well represented; `uncertain` takes those whose
    probabilities of the moves have the highest entropy (Settles 2009) or the smallest margin.

    Returns:
        a table with id, lang, prev, text, next, source, published_day, url and inclusion_probability: the chance that
        the sentence had to be drawn, n / N of its stratum, by whose inverse an estimate is weighted (Horvitz & Thompson
        1952). It is null for `uncertain`, which is no chance: such a sample can teach, but estimates nothing. Rows
        come in an order that says nothing of their stratum.

    Raises:
        Faults: unknown ways, languages or dates, all at once.
        SampleRefused: nothing to draw from, or fewer sentences asked for than there are strata.
        OutOfMemory: more sentences than fit the connection's limit; days or languages narrow them.
    """
    if wrong := faults(wanted):
        raise Faults("sample", wrong)
    strata = _strata(con, wanted)
    quotas = allocate({name: size for name, (size, _) in strata.items()}, wanted.n)
    chances = {
        key: None if wanted.how == "uncertain" else quotas[name] / size
        for name, (size, keys) in strata.items()
        for key in keys[: quotas[name]]
    }
    parameters = {"ids": list(chances), "chances": list(chances.values()), "seed": str(wanted.seed)}
    table = arrow(con, files.query("sample_sentences"), parameters)
    return Sample(table, {name: size for name, (size, _) in strata.items()}, quotas)


def faults(wanted: Draw) -> list[str]:
    """What is wrong with a question, each with the name of what is wrong; empty where nothing is."""
    found = [] if 0 < wanted.n <= MOST else [f"n -> expected 1 to {MOST:,}, found {wanted.n}"]
    known = {"how": (wanted.how, WAYS), "by": (wanted.by, PARTS), "doubt": (wanted.doubt, DOUBTS)}
    found += [
        f"{name} -> no {value!r}; there are {', '.join(values)}"
        for name, (value, values) in known.items()
        if value not in values
    ]
    found += [
        f"lang -> no {name!r}; there are {', '.join(LANGUAGES)}"
        for name in wanted.languages
        if name not in LANGUAGES
    ]
    found += [] if wanted.languages else ["lang -> none given"]
    days = {"since": wanted.since, "until": wanted.until}
    return found + [
        f"{name} -> {day!r} is no ISO date" for name, day in days.items() if day and not _is_date(day)
    ]


def allocate(sizes: Mapping[str, int], n: int) -> dict[str, int]:
    """How many to draw of each stratum: the same of all, and all of those that have fewer.

    Args:
        sizes: sentences of each stratum, each at least 1.
        n: sentences to draw; the sum of the answer is `n`, or all there are.
    """
    quotas: dict[str, int] = {}
    left = n
    ordered = sorted(sizes, key=lambda name: (sizes[name], name))
    for place, name in enumerate(ordered):
        quotas[name] = min(sizes[name], left // (len(ordered) - place))
        left -= quotas[name]
    return {name: quotas[name] for name in sorted(quotas)}


def _strata(con: Connection, wanted: Draw) -> dict[str, tuple[int, list[str]]]:
    """By name: how many sentences a stratum has, and the keys of the first of them in the order of drawing."""
    with translated("the snapshot"):
        found = ask(con, files.query("sample_strata"), _parameters(wanted))
    if not found:
        beside = " with probabilities of the moves" if wanted.how == "uncertain" else ""
        raise SampleRefused(
            f"sentences{beside} in {', '.join(wanted.languages)} that were not drawn before",
            "none",
            "widen --lang, --since and --until, or run more nights",
        )
    if wanted.n < len(found):
        raise SampleRefused(
            f"at least one sentence for each of {len(found)} strata",
            f"{wanted.n} asked for",
            "raise --n, or ask for fewer strata with --lang and --by ownership",
        )
    return {name: (size, first) for name, size, first in found}


def _parameters(wanted: Draw) -> dict[str, object]:
    return {
        "texts": list(wanted.without_texts),
        "ids": list(wanted.without_ids),
        "languages": list(wanted.languages),
        "since": wanted.since,
        "until": wanted.until,
        "by": wanted.by if wanted.how == "stratified" else None,
        "doubt": wanted.doubt if wanted.how == "uncertain" else None,
        "seed": str(wanted.seed),
        "n": wanted.n,
    }


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
