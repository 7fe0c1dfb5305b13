"""Claims in the warehouse: loaded once, checked, and held against the proper official figure."""

from __future__ import annotations

import conftest as press
import pyarrow as pa
import pytest

from warehouse import load
from warehouse.errors import BadRows

D1 = press.day(1)
CLAIM = {
    "ordinal": 0,
    "target": "chinese",
    "low": 500_000.0,
    "high": 500_000.0,
    "point": 500_000.0,
    "unit": "persons",
    "direction": "present",
    "place": None,
    "year": 2009,
    "hedge": "exact",
    "rejected": False,
    "text": "500 000",
    "start_offset": 0,
    "end_offset": 7,
}
TYPES = {"ordinal": pa.int32(), "year": pa.int32(), "start_offset": pa.int32(), "end_offset": pa.int32()}
TYPES |= dict.fromkeys(("low", "high", "point"), pa.float64()) | {"rejected": pa.bool_()}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in ("reading_id", "sentence_id", *CLAIM)])
PLACES = pa.table(
    {
        "name": ["kazakhstan", "almaty", "russia"],
        "kind": ["country", "city", "country"],
        "within": ["kazakhstan", "kazakhstan", "russia"],
        "iso": ["KZ", None, "RU"],
    }
)


@pytest.fixture
def told(house):
    """A warehouse with one article, whose sentences claim what a test says."""
    load.places(house.con, PLACES)
    load.targets(house.con, pa.table({"name": [*press.TARGETS, "emigrant", "migrants", "returnee"]}))
    house.night(D1, [press.article("steppe_wire_kk", D1, "Alarm\nthreat chinese territory: x", slug="a")])
    house.sentences = [key for (key,) in house.ask("select sentence_id from sentence order by position")]
    return house


def table(house, *changes: dict) -> pa.Table:
    key = {"reading_id": house.reading, "sentence_id": house.sentences[1]}
    return pa.Table.from_pylist([key | CLAIM | each for each in changes], schema=SCHEMA)


def test_a_repeated_load_changes_nothing(told):
    rows = table(told, {}, {"ordinal": 1, "low": 5000.0, "high": 5000.0, "point": 5000.0})
    assert load.claims(told.con, rows) == {"claims_new": 2, "claims_seen": 0, "changed": 2}
    assert load.claims(told.con, rows) == {"claims_new": 0, "claims_seen": 2, "changed": 0}
    assert told.ask("select ordinal, point from claim order by 1") == [(0, 500_000.0), (1, 5000.0)]


def test_no_claims_are_no_fault(told):
    assert load.claims(told.con, table(told))["changed"] == 0


BAD = [
    ({"reading_id": "other"}, "reading_id 'other'"),
    ({"target": "martian"}, "target 'martian', which is not in the codebook"),
    ({"place": "mars"}, "place 'mars', which is not in the gazetteer"),
    ({"unit": "tons"}, "unit = 'tons'"),
    ({"direction": "up"}, "direction = 'up'"),
    ({"low": 600_000.0}, "CHECK"),
    ({"text": None}, "text empty"),
]


@pytest.mark.parametrize(("change", "fault"), BAD, ids=[fault for _, fault in BAD])
def test_a_claim_that_does_not_fit_is_refused_with_the_batch(told, change, fault):
    with pytest.raises(BadRows, match=fault.replace("(", r"\(")):
        load.claims(told.con, table(told, {}, {"ordinal": 1} | change))
    assert told.ask("select count(*) from claim") == [(0,)]


def test_a_claim_twice_in_a_batch_is_refused(told):
    with pytest.raises(BadRows, match="twice"):
        load.claims(told.con, table(told, {}, {}))


def held(house) -> list[tuple]:
    return house.ask(
        """select measure, figure_year, years_apart, round(ratio, 2), round(ratio_low, 2), round(ratio_high, 2), reason
            from claim_against_official order by ordinal"""
    )


AGAINST = [
    # the stock of registered residents of that very year
    ({}, ("temporary_residents", 2009, 0, 21.07, 21.07, 21.07, None)),
    # a range against one figure
    ({"low": 23_725.0, "high": 47_450.0, "point": 35_587.5}, ("temporary_residents", 2009, 0, 1.5, 1.0, 2.0, None)),
    # the nearest year, here an estimate with a range of its own
    ({"year": 2012}, ("expert_estimate", 2010, 2, 12.5, 10.0, 16.67, None)),
    # no year in the sentence: that of publication
    ({"year": None}, ("expert_estimate", 2010, 16, 12.5, 10.0, 16.67, None)),
    # a flow is held against flows, not against the stock
    ({"direction": "arriving"}, (None, None, None, None, None, None, "no_figure_for_direction")),
    ({"direction": "naturalised", "low": 3040.0, "high": 3040.0, "point": 3040.0},
     ("citizenship_granted", 2009, 0, 1.0, 1.0, 1.0, None)),
    ({"direction": "expelled", "low": 302.0, "high": 302.0, "point": 302.0}, ("expelled", 2009, 0, 2.0, 2.0, 2.0, None)),
    ({"target": "migrants", "direction": "arriving", "low": 41_400.0, "high": 41_400.0, "point": 41_400.0},
     ("immigration", 2009, 0, 1.0, 1.0, 1.0, None)),
    # who left for Russia, and who left
    ({"target": "emigrant", "direction": "leaving", "place": "russia", "year": 1994},
     ("emigration_from_kazakhstan_to_russia", 1994, 0, 1.44, 1.44, 1.44, None)),
    ({"target": "emigrant", "direction": "leaving", "place": "kazakhstan", "year": 1994},
     ("emigration", 1994, 0, 1.09, 1.09, 1.09, None)),
    ({"unit": "share", "low": 0.1, "high": 0.1, "point": 0.1}, (None, None, None, None, None, None, "share")),
    ({"place": "almaty"}, (None, None, None, None, None, None, "no_figure_for_place")),
    ({"target": "returnee", "direction": "present"}, (None, None, None, None, None, None, "no_figure_for_direction")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), AGAINST, ids=[str(number) for number in range(len(AGAINST))])
def test_a_claim_is_held_against_the_proper_figure(told, change, expected):
    load.claims(told.con, table(told, change))
    assert held(told) == [expected]


def test_a_country_that_no_place_stands_for_has_no_figure(told):
    told.con.execute("update source set country = 'DE'")
    load.claims(told.con, table(told, {}))
    assert held(told)[0][-1] == "no_place"


def test_a_target_without_figures_says_so(told):
    load.targets(
        told.con, pa.table({"name": [*press.TARGETS, "emigrant", "migrants", "returnee", "refugee"]})
    )
    load.claims(told.con, table(told, {"target": "refugee"}))
    assert held(told)[0][-1] == "no_figure_for_target"


def test_the_view_tells_the_sentence_the_move_and_the_source(told):
    load.claims(told.con, table(told, {}))
    found = told.ask(
        "select sentence, move::varchar, place, place_used, year_used, figure_source from claim_against_official"
    )
    assert found[0][:5] == ("threat chinese territory: x", "securitizing", None, "kazakhstan", 2009)
    assert "Syroezhkin 2009" in found[0][5]


def test_claims_of_another_reading_are_not_shown(told):
    load.claims(told.con, table(told, {}))
    load.reading(told.con, press.READING | {"model": "large"})
    assert held(told) == []
