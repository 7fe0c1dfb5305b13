"""Drawing sentences to code: known chances, the same again for the same seed, nothing twice."""

from __future__ import annotations

import math
from collections import Counter

import conftest as press
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau import Faults
from warehouse import load
from warehouse.errors import SampleRefused
from warehouse.sample import Draw, allocate, draw

D1, D2, D3 = press.day(1), press.day(2), press.day(3)


@pytest.fixture
def printed(house):
    """Thirty neutral, ten securitizing and two desecuritizing sentences of one owner, four neutral ones of another."""
    state = [f"fact chinese: {n}" for n in range(30)] + [f"threat chinese territory: {n}" for n in range(10)]
    state += [f"denial russian: {n}" for n in range(2)]
    articles = [
        press.article("steppe_wire_ru", D1, "\n".join(state[place::3]), slug=f"a{place}")
        for place in range(3)
    ]
    private = "\n".join(f"fact russian: {n}" for n in range(4))
    house.night(D1, [*articles, press.article("city_evening_ru", D1, private)])
    return house


def texts(found):
    return found.sentences["text"].to_pylist()


def test_a_random_sample_gives_every_sentence_the_same_chance(printed):
    found = draw(printed.con, Draw(n=23))
    assert len(set(texts(found))) == 23
    assert found.sizes == {"*": 46}
    assert set(found.sentences["inclusion_probability"].to_pylist()) == {0.5}


def test_a_sentence_comes_as_coders_need_it(printed):
    found = draw(printed.con, Draw(n=46)).sentences
    assert found.column_names == [
        *("id", "lang", "prev", "text", "next", "source", "published_day", "url", "inclusion_probability")
    ]
    row = next(row for row in found.to_pylist() if row["text"] == "fact chinese: 3")
    assert (row["prev"], row["next"]) == ("fact chinese: 0", "fact chinese: 6")
    assert (row["lang"], row["source"]) == ("ru", "steppe_wire_ru")
    assert (row["published_day"].isoformat(), row["url"]) == (D1, "http://steppe_wire.test/a0")


def test_strata_are_language_move_and_owner_each_with_its_own_chance(printed):
    found = draw(printed.con, Draw(n=20, how="stratified"))
    assert found.sizes == {
        "ru desecuritizing state": 2,
        "ru neutral private_independent": 4,
        "ru neutral state": 30,
        "ru securitizing state": 10,
    }
    assert list(found.quotas.values()) == [2, 4, 7, 7]
    chances = {row["text"].split(":")[0]: row["inclusion_probability"] for row in found.sentences.to_pylist()}
    assert chances == {
        "denial russian": 1.0,
        "fact russian": 1.0,
        "fact chinese": 7 / 30,
        "threat chinese territory": 0.7,
    }
    by_source = draw(printed.con, Draw(n=20, how="stratified", by="source"))
    assert "ru neutral city_evening_ru" in by_source.sizes


def test_weighted_by_its_inverse_a_stratified_sample_estimates_without_bias(printed):
    """Horvitz and Thompson's estimate of a total, over many seeds, is the total: 17 facts end in an even digit."""
    estimates = []
    for seed in range(40):
        rows = draw(printed.con, Draw(n=20, how="stratified", seed=seed)).sentences.to_pylist()
        even = [row for row in rows if row["text"].startswith("fact") and int(row["text"][-1]) % 2 == 0]
        estimates.append(sum(1 / row["inclusion_probability"] for row in even))
    mean, spread = sum(estimates) / 40, (max(estimates) - min(estimates)) / 4
    assert mean == pytest.approx(17, abs=3 * spread / math.sqrt(40))  # 15 of the one source, 2 of the other


def test_the_seed_decides(printed):
    one, same, other = (draw(printed.con, Draw(n=12, seed=seed)).sentences for seed in (1, 1, 2))
    assert one == same
    assert one != other
    counts = Counter(name for seed in range(60) for name in texts(draw(printed.con, Draw(n=23, seed=seed))))
    assert len(counts) == 46
    assert all(12 <= count <= 48 for count in counts.values())  # of 60 draws at one half: four deviations


def test_what_was_drawn_before_is_not_drawn_again(printed):
    first = draw(printed.con, Draw(n=30)).sentences
    ids, told = first["id"].to_pylist(), first["text"].to_pylist()
    by_id = draw(printed.con, Draw(n=30, without_ids=ids))
    by_text = draw(printed.con, Draw(n=30, without_texts=told))
    assert by_id.sentences == by_text.sentences
    assert len(texts(by_id)) == 16
    assert not set(texts(by_id)) & set(told)
    with pytest.raises(SampleRefused, match="not drawn before"):
        draw(printed.con, Draw(n=1, without_ids=[*ids, *by_id.sentences["id"].to_pylist()]))


def test_an_edited_article_does_not_bring_a_sentence_back(house):
    house.night(D1, [press.article("steppe_wire_ru", D1, "Old title\nfact chinese: 1", slug="a")])
    first = draw(house.con, Draw(n=9)).sentences
    house.night(D2, [press.article("steppe_wire_ru", D2, "New title\nfact chinese: 1", slug="a")])
    again = draw(house.con, Draw(n=9, without_ids=first["id"].to_pylist()))
    assert texts(again) == ["New title"]


def test_a_sentence_printed_twice_stands_once_and_a_reprint_not_at_all(house):
    first = press.article("steppe_wire_ru", D1, "Title\nthreat chinese territory: x\nAdvertisement", slug="a")
    copy = press.article("city_evening_ru", D2, "Other title\nthreat chinese territory: x", slug="b")
    house.night(D1, [first, press.article("steppe_wire_ru", D1, "Third\nAdvertisement")])
    house.night(D2, [copy])
    members = {"story_id": ["s", "s"], "article_id": [first["article_id"], copy["article_id"]]}
    load.stories(house.con, pa.table(members | {"similarity": [None, 0.9], "joined_day": [D1, D2]}))
    assert sorted(texts(draw(house.con, Draw(n=50)))) == [
        "Advertisement",
        "Third",
        "Title",
        "threat chinese territory: x",
    ]


def test_languages_and_days(house):
    house.night(D1, [press.article("steppe_wire_kk", D1, "a\nb"), press.article("steppe_wire_ru", D1, "c")])
    house.night(D2, [press.article("steppe_wire_ru", D2, "d")])
    undated = {"published_at": None, "published_day": None, "date_rule": "none", "date_status": "undated"}
    house.night(D3, [press.article("steppe_wire_ru", D3, "e", **undated)])
    cases = {
        (): "abcde",
        (("languages", ("kk",)),): "ab",
        (("since", D2),): "d",
        (("until", D1),): "abc",
        (("since", D1), ("until", D1), ("languages", ("ru",))): "c",
    }
    for changes, expected in cases.items():
        assert "".join(sorted(texts(draw(house.con, Draw(n=50, **dict(changes)))))) == expected


SHARES = {
    "fact chinese: 0": (0.25, 0.25, 0.25, 0.25),
    "fact chinese: 1": (0.49, 0.48, 0.02, 0.01),
    "fact chinese: 2": (0.4, 0.3, 0.3, 0.0),
    "fact chinese: 3": (0.97, 0.01, 0.01, 0.01),
}


@pytest.fixture
def doubtful(printed):
    moves = ("securitizing", "desecuritizing", "neutral", "irrelevant")
    for text, shares in SHARES.items():
        scores = dict(zip((f"move:{move}" for move in moves), shares, strict=True))
        printed.con.execute(
            "update speech_act set scores = $scores::map(varchar, double) where sentence_id in"
            " (select sentence_id from sentence where text = $text)",
            {"scores": scores, "text": text},
        )
    return printed


@pytest.mark.parametrize(("doubt", "expected"), [("entropy", "02"), ("margin", "01")])
def test_the_most_doubtful_are_drawn_and_have_no_chance_to_weigh_by(doubtful, doubt, expected):
    found = draw(doubtful.con, Draw(n=2, how="uncertain", doubt=doubt))
    assert "".join(sorted(text[-1] for text in texts(found))) == expected
    assert found.sentences["inclusion_probability"].to_pylist() == [None, None]
    everything = draw(doubtful.con, Draw(n=50, how="uncertain", doubt=doubt))
    assert set(texts(everything)) == set(SHARES)  # those without probabilities are left out


def test_doubt_needs_probabilities(printed):
    with pytest.raises(SampleRefused, match="probabilities of the moves"):
        draw(printed.con, Draw(n=2, how="uncertain"))


def test_every_stratum_needs_a_sentence(printed):
    with pytest.raises(SampleRefused, match="each of 4 strata; found 3"):
        draw(printed.con, Draw(n=3, how="stratified"))


def test_everything_wrong_is_said_at_once(con):
    wrong = Draw(n=0, how="best", languages=("de",), since="May", until="2026-13-01", by="mood", doubt="some")
    with pytest.raises(Faults) as caught:
        draw(con, wrong)
    assert [fault.split(" -> ")[0] for fault in caught.value.faults] == [
        *("n", "how", "by", "doubt", "lang", "since", "until")
    ]
    with pytest.raises(Faults, match="none given"):
        draw(con, Draw(n=1, languages=()))


@given(st.dictionaries(st.text(max_size=4), st.integers(1, 50), min_size=1), st.integers(1, 400))
def test_an_allocation_is_even_and_whole(sizes, n):
    quotas = allocate(sizes, n)
    assert sum(quotas.values()) == min(n, sum(sizes.values()))
    assert all(0 <= quotas[name] <= sizes[name] for name in sizes)
    cut = [quotas[name] for name in sizes if quotas[name] < sizes[name]]
    assert not cut or max(quotas.values()) - min(cut) <= 1
    assert n < len(sizes) or min(quotas.values()) > 0
