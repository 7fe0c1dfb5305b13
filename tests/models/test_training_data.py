"""The coded sentences: true to the codebook, each once, and none of them known from what the reader is measured on."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

import pytest

from models import codebook
from models.evaluation import functional
from models.evaluation.report import gold_files, load_gold
from models.training import data

OURS = ("retold", "contrast")
COUNTER = {"humanitarian", "benefit", "debunk"}


@pytest.fixture(scope="module")
def rows():
    return data.load()


def runs(text, length):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def of_kind(row, kind):
    return {label.split(":")[1] for label in row.labels if label.startswith(f"{kind}:")}


def faults(row):
    """Rules between codes that a retold row or a pair must keep."""
    found, move = [], row.move()
    frames, said = (
        of_kind(row, "frame"),
        {kind: of_kind(row, kind) for kind in ("target", "voice", "referent")},
    )
    if (move == "irrelevant") == bool(said["target"]):
        found.append("targets")
    if (move in ("securitizing", "desecuritizing")) != (len(said["voice"]) == 1):
        found.append("voice")
    if move == "securitizing" and (not frames or frames & COUNTER or not said["referent"]):
        found.append("frames or referents of a threat")
    if move == "desecuritizing" and not frames & COUNTER:
        found.append("no counter frame")
    if move in ("neutral", "irrelevant") and frames:
        found.append("frames without a move")
    return found


def test_every_row_keeps_the_rules_of_the_codebook(rows):
    known = {f"frame:{name}" for name in codebook.load().frames}
    ours = [row for row in rows if row.origin in OURS]
    assert len(ours) > 8000
    assert {row.passage.id: faults(row) for row in ours if faults(row)} == {}
    assert {label for row in ours for label in row.labels if label.startswith("frame:")} == known


def test_no_row_is_there_twice(rows):
    repeated = [name for name, count in Counter(row.passage.id for row in rows).items() if count > 1]
    assert repeated == []


def test_nothing_new_shares_five_words_with_the_gold(rows):
    gold = set(chain.from_iterable(runs(row.passage.text, 5) for row in load_gold(gold_files())))
    shared = [row.passage.id for row in rows if row.origin in OURS and runs(row.passage.text, 5) & gold]
    assert shared == []


def test_no_functional_case_was_learnt(rows):
    cases = set(chain.from_iterable(runs(case.passage.text, 8) for case in functional.load()))
    shared = [row.passage.id for row in rows if runs(row.passage.text, 8) & cases]
    assert shared == []


def test_an_address_and_its_key_are_one_page():
    address = "https://example.org/a"
    assert data.page_key(address) == data.page_key(data.page_key(address)) != address
    assert data.page_key("own-name") == "own-name"
