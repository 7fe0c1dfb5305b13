"""Agreement: figures of the textbooks, intervals, and what cannot be measured said as such."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models import codebook
from models.coding import coefficients
from models.coding.agreement import EVERYWHERE, MOVED, SECURED, agreement
from models.coding.coded import Coding, Sentence
from models.coding.coefficients import alpha, kappa
from models.decide import Codes
from models.errors import InputRefused

BOOK = codebook.load()


def said(*coders: str) -> np.ndarray:
    """Values from texts, a letter or digit for each unit, a star where nothing was said."""
    kinds = sorted(set("".join(coders)) - {"*"})
    return np.array([[kinds.index(each) if each != "*" else -1 for each in coder] for coder in coders])


# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: https://repository.upenn.edu/asc_papers/43
ALPHAS = {
    "A: binary, two observers": (("0100000010", "1110010000"), 0.095),
    "B: nominal, two observers": (("aabbdcccedda", "babbbccceddd"), 0.692),
    "C: four observers, values missing": (
        ("123321412***", "1233224125*3", "*3332342251*", "12332441251*"),
        0.743,
    ),
    # Krippendorff (2004), Content Analysis, as carried by https://en.wikipedia.org/wiki/Krippendorff%27s_alpha
    "three observers, most missing": (("*****34121133*3", "1*213343*******", "**21344*21133*4"), 0.691),
}


@pytest.mark.parametrize("name", ALPHAS)
def test_alpha_of_published_examples(name):
    coders, expected = ALPHAS[name]
    values = said(*coders)
    assert alpha(values, values.max() + 1) == pytest.approx(expected, abs=5e-4)


# The table of two judges, its kappa, and where it is printed.
KAPPAS = {
    "Cohen 1960, table 2": ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], 0.492),
    "Fleiss, Levin & Paik 2003, table 18.1": ([[75, 1, 4], [5, 4, 1], [0, 0, 10]], 0.676),
}


def crossed(table: list[list[int]]) -> np.ndarray:
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    return np.array(pairs).T


@pytest.mark.parametrize("name", KAPPAS)
def test_kappa_of_published_examples(name):
    table, expected = KAPPAS[name]
    assert kappa(crossed(table)) == pytest.approx(expected, abs=5e-4)


def test_kappa_of_more_than_two_is_the_mean_of_all_pairs():
    one, two, three = said("0011010011", "0011010110", "01*1010**0")
    pairs = [
        kappa(np.array([one, two])),
        kappa(np.array([one, three])),
        kappa(np.array([two, three])),
    ]
    assert kappa(np.array([one, two, three])) == pytest.approx(np.mean(pairs))
    alone = np.full(10, -1)
    assert kappa(np.array([one, two, alone])) == pytest.approx(pairs[0])


values = arrays.arrays(
    np.int64, st.tuples(st.integers(2, 4), st.integers(1, 12)), elements=st.integers(-1, 2)
)


@settings(deadline=None, max_examples=200)
@given(values)
def test_what_is_resampled_is_what_the_libraries_count(values):
    """The same formula on tables: alpha and kappa of the sample itself are those of krippendorff and scikit-learn."""
    counts = coefficients.value_counts(values, 3)
    ours = coefficients.alphas_of(coefficients.coincidences(counts).sum(0))
    theirs = alpha(values, 3)
    assert np.isnan(ours) if theirs is None else ours == pytest.approx(theirs, abs=1e-9)
    tables = [table.sum(0) for table in coefficients.crosses(values, 3)]
    pairs = np.array([coefficients.kappas_of(table) for table in tables]).reshape(-1, 1)
    ours, theirs = coefficients.mean_of_defined(pairs)[0], kappa(values)
    assert np.isnan(ours) if theirs is None else ours == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(values, st.permutations([0, 1, 2]))
def test_names_of_values_and_order_of_coders_do_not_matter(values, names):
    renamed = np.where(values < 0, -1, np.array(names)[values])[::-1]
    for figure, other in ((alpha(values, 3), alpha(renamed, 3)), (kappa(values), kappa(renamed))):
        assert figure is other is None or figure == pytest.approx(other)
        assert figure is None or figure <= 1 + 1e-9


def noisy(n: int, wrong: float, seed: int = 4) -> np.ndarray:
    generator = np.random.default_rng(seed)
    truth = generator.integers(0, 2, n)
    return np.array([truth, np.where(generator.random(n) < wrong, 1 - truth, truth)])


def test_an_interval_holds_the_figure_and_narrows_with_more_sentences():
    spans = []
    for n in (40, 400):
        values = noisy(n, 0.2)
        for found in coefficients.intervals(values, 2, [str(place) for place in range(n)], 800, 1):
            assert found.low < found.value < found.high
            spans.append(found.high - found.low)
    assert spans[2] < spans[0] / 2
    # An asymptotic standard error for kappa (Fleiss, Cohen & Everitt 1969) is near, at 400 sentences.
    from statsmodels.stats.inter_rater import cohens_kappa

    table = np.histogram2d(*noisy(400, 0.2), bins=2)[0]
    assert spans[3] == pytest.approx(2 * 1.96 * cohens_kappa(table).std_kappa, rel=0.15)


def test_pages_are_drawn_not_sentences():
    """Ten copies of every sentence on one page carry no more than the sentence: the interval must not narrow."""
    values = noisy(40, 0.2)
    pages = [str(place) for place in range(40)]
    once, _ = coefficients.intervals(values, 2, pages, 500, 1)
    ten, _ = coefficients.intervals(np.repeat(values, 10, 1), 2, list(np.repeat(pages, 10)), 500, 1)
    assert ten.high - ten.low == pytest.approx(once.high - once.low, rel=0.05)


REASONS = {
    "nobody varies": (("0000", "0000"), "no variation"),
    "one page": (("0101", "0111"), "one page only"),
    "nobody disagrees": (("0101", "0101"), "nobody disagrees"),
    "one rare value": (("00000001", "00000000"), "resamples have no variation"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_has_no_interval_says_why(name):
    coders, reason = REASONS[name]
    values = said(*coders)
    pages = ["p"] * 8 if name == "one page" else [str(place) for place in range(8)]
    for found in coefficients.intervals(values, 2, pages[: values.shape[1]], 200, 1):
        assert reason in found.reason
        assert (found.low, found.high) == (None, None)
        assert (found.value is None) == (name == "nobody varies")


def test_without_the_package_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "krippendorff", None)
    with pytest.raises(InputRefused, match=r"baqylau\[agreement\]"):
        alpha(said("01", "01"), 2)


def coding(coder: str, name: str, codes: Codes, lang: str = "ru", **changes: str) -> Coding:
    sentence = Sentence(name, lang, f"text {name}", url=f"http://a.test/{name[0]}")
    return dataclasses.replace(Coding(sentence, codes, coder, "2026-03-02", "2-abc"), **changes)


THREAT = Codes("securitizing", ["chinese"], "public", ["state"], True, ["territory"])
OTHER_THREAT = Codes("securitizing", ["chinese"], "expert", ["economy"], False, ["territory", "labour"])
DENIAL = Codes("desecuritizing", ["chinese"], "public", [], False, ["territory", "debunk"])
BARE_DENIAL = Codes("desecuritizing", ["chinese"], "public", [], False, ["debunk"])
FACT = Codes("neutral", ["russian"])
NOTHING = Codes()


def measured(*pairs: tuple[Codes, Codes], resamples: int = 100):
    codings = [
        coding(coder, f"{place}", codes)
        for place, pair in enumerate(pairs)
        for coder, codes in zip(("aigul", "bolat"), pair, strict=True)
    ]
    found = agreement(codings, BOOK, resamples)
    return {line.code: line for line in found.lines}, found


PAIRS = ((THREAT, OTHER_THREAT), (THREAT, THREAT), (DENIAL, BARE_DENIAL), (FACT, FACT), (NOTHING, FACT))


def test_every_code_of_the_codebook_has_a_line_over_its_sentences():
    lines, found = measured(*PAIRS)
    expected = ["move", "securitizing"]
    expected += [f"target:{name}" for name in BOOK.targets] + [f"frame:{name}" for name in BOOK.frames]
    expected += ["voice", *(f"voice:{name}" for name in BOOK.voices)]
    expected += [f"referent:{name}" for name in BOOK.referents] + ["measure"]
    assert list(lines) == expected
    assert {(line.over, line.n) for line in found.lines} == {(EVERYWHERE, 5), (MOVED, 3), (SECURED, 2)}
    assert (lines["move"].over, lines["voice:public"].over, lines["measure"].over) == (
        EVERYWHERE,
        MOVED,
        SECURED,
    )
    assert lines["target:russian"].prevalence == 0.3
    assert lines["securitizing"].alpha.value == lines["securitizing"].kappa.value == 1
    assert lines["voice"].kappa.value == pytest.approx(kappa(said("ppp", "epp")))


def test_a_denied_threats_frame_is_not_scored():
    lines, _ = measured(*PAIRS)
    assert lines["frame:territory"].alpha.value == 1
    assert lines["frame:territory"].prevalence == 0.4
    assert lines["frame:labour"].alpha.value < 1


def test_what_nobody_says_is_undefined_and_said_so():
    lines, found = measured(*PAIRS)
    assert lines["frame:health"].alpha.reason == "no variation: nobody says so in 5 sentences"
    assert lines["frame:health"].unused
    assert any("nobody says so: target:central_asian" in note for note in found.notes())
    only, _ = measured((THREAT, THREAT))
    assert only["securitizing"].kappa.reason == "no variation: everybody says so in 1 sentences"
    assert only["move"].alpha.reason == "no variation: all say the same in 1 sentences"
    none, _ = measured((FACT, THREAT))
    assert (none["measure"].n, none["measure"].alpha.reason) == (0, "no two coders share such a sentence")
    assert none["measure"].row()["alpha"] == "undefined"


def test_who_adjudicated_and_who_coded_alone_are_not_compared():
    codings = [
        *(coding("aigul", name, THREAT) for name in ("a", "b", "c")),
        *(coding("bolat", name, FACT) for name in ("a", "b")),
        coding("adjudicated", "a", THREAT),
        coding("aigul", "z", FACT, "kk", codebook="3-def"),
    ]
    found = agreement(codings, BOOK, 100)
    assert found.coders == {"kk": {"aigul": 1}, "ru": {"aigul": 3, "bolat": 2}}
    lines = {(line.lang, line.code): line for line in found.lines}
    assert lines["ru", "move"].n == 2
    assert lines["kk", "move"].alpha.reason == "no two coders share a sentence"
    assert "coded by different codebooks: 2-abc, 3-def" in found.notes()
    assert not [line for line in found.lines if line.lang == "en"]


def test_the_same_codings_in_any_order_give_the_same_figures():
    codings = [
        coding(coder, f"{place}", codes)
        for place, pair in enumerate(PAIRS * 4)
        for coder, codes in zip(("aigul", "bolat"), pair, strict=True)
    ]
    assert agreement(codings, BOOK, 100) == agreement(codings[::-1], BOOK, 100)
    assert agreement(codings, BOOK, 100, seed=1) != agreement(codings, BOOK, 100, seed=2)
