"""Loads repeated, interrupted and killed: the warehouse is the same as if nothing had happened."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import conftest as press
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse import checksum, connection, load

D1 = press.day(1)


def steppe(night, text, **changes):
    return press.article("steppe_wire_ru", night, text, **changes)


WORDS = st.sampled_from(
    [
        "threat chinese territory: x",
        "denial russian debunk: y",
        "fact chinese: z",
        "nothing",
        "threat russian chinese burden labour: w",
    ]
)
ARTICLES = st.lists(
    st.tuples(
        st.sampled_from(["steppe_wire_ru", "steppe_wire_kk", "city_evening_ru"]),
        st.integers(1, 3),
        st.integers(0, 4),
        st.lists(WORDS, max_size=3),
    ),
    max_size=8,
)


def spools(drawn):
    by_night: dict[str, dict[tuple[str, str], dict]] = {}
    for source, number, slug, words in drawn:
        night = press.day(number)
        row = press.article(source, night, "\n".join(["T", *words]), slug=f"s{slug}")
        by_night.setdefault(night, {})[(source, row["article_id"])] = row
    return [(night, press.spool(night, list(rows_.values()))) for night, rows_ in sorted(by_night.items())]


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ARTICLES, st.lists(st.integers(0, 2), max_size=4))
def test_any_repetition_of_loads_gives_the_same_warehouse(tmp_path_factory, template, drawn, again):
    sums = []
    for repeat in ([], again):
        with connection.open_writer(
            Path(shutil.copy(template, tmp_path_factory.mktemp("w"))), threads=1
        ) as con:
            house = press.House(con)
            nights = spools(drawn)
            for number, (night, spool) in enumerate(nights):
                load.spool(con, *spool, night)
                house.read()
                for place in repeat:
                    if place <= number:
                        assert load.spool(con, *nights[place][1], nights[place][0])["changed"] == 0
                house.count(night)
            sums.append(checksum.checksums(con))
    assert sums[0] == sums[1]


LOAD_MANY = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
import conftest as press
from warehouse import connection, load
con = connection.open_writer(Path(sys.argv[1]))
night = press.day(2)
texts = ["Title %d\\n%s" % (n, "\\n".join("sentence %d of %d" % (m, n) for m in range(30))) for n in range(3000)]
spool = press.spool(night, [press.article("steppe_wire_ru", night, text) for text in texts])
print("loading", flush=True)
with connection.transaction(con):
    load.spool(con, *spool, night)
    print("loaded", flush=True)
print("committed", flush=True)
con.close()
"""


@pytest.mark.parametrize(("line", "pause"), [("loading", 0.02), ("loading", 0.15), ("loaded", 0.0)])
def test_a_load_that_is_killed_leaves_the_warehouse_as_it_was(path, line, pause):
    with connection.open_writer(path) as con:
        press.House(con).night(D1, [steppe(D1, "A\nthreat chinese territory: x")])
        before = checksum.checksums(con)
    child = subprocess.Popen(
        [sys.executable, "-c", LOAD_MANY, str(path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    while child.stdout.readline().strip() != line:
        assert child.poll() is None
    time.sleep(pause)
    os.kill(child.pid, signal.SIGKILL)
    rest = child.communicate()[0]
    with connection.open_writer(path) as con:
        after = checksum.checksums(con)
        if "committed" not in rest:
            assert after == before
        else:
            assert after["article"][0] == 3001
