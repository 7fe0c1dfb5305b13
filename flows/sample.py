"""From the published warehouse to a file that people fill in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from baqylau import Faults
from models import codebook
from models.coding import label_studio, reading, sheets
from warehouse import sample

if TYPE_CHECKING:
    from warehouse.connection import Connection

ENDINGS = (".csv", ".json")


def write(con: Connection, wanted: sample.Draw, out: Path, without: Sequence[Path] = ()) -> list[str]:
    """Draw sentences and write them: a table (.csv), or tasks of Label Studio (.json) with their configuration.

    Args:
        con: an open reader.
        wanted: what to draw; what `without` holds is added to what it leaves out.
        out: the file, replaced whole or not at all.
        without: earlier samples, filled in or not, whose sentences are not drawn again.

    Returns:
        what was done, a line for each file.

    Raises:
        Faults: everything that is wrong with the question at once.
        InputRefused: an earlier sample cannot be read.
        SampleRefused: see `warehouse.sample.draw`.
    """
    faults = sample.faults(wanted)
    if out.suffix not in ENDINGS:
        faults.append(f"out -> expected a name that ends in {' or '.join(ENDINGS)}, found {out.name!r}")
    before = [raw for path in without for raw in reading.raw_lines(path)]
    faults += [f"without -> {raw.where}: {raw.fault}" for raw in before if raw.fault]
    if faults:
        raise Faults("sample", faults)
    ids, texts = ([str(raw.fields.get(name) or "") for raw in before] for name in ("id", "text"))
    drawn = sample.draw(con, replace(wanted, without_ids=ids, without_texts=texts))
    rows = drawn.sentences.to_pylist()
    strata = f" in {len(drawn.sizes)} strata" if wanted.how == "stratified" else ""
    lines = [f"{len(rows)} of {sum(drawn.sizes.values()):,} sentences{strata} -> {out}"]
    if out.suffix == ".csv":
        sheets.write(out, rows)
        return lines
    return [*lines, f"labelling configuration -> {label_studio.write(out, rows, codebook.load())}"]
