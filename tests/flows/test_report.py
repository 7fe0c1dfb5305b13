"""The three files of a report: harmless with hostile texts, equal in figures, equal in bytes, whole when empty."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import small_warehouse as small
from hypothesis import given
from hypothesis import strategies as st

from flows import evidence, report
from flows.errors import NotFound
from flows.report import episodes, markdown, marks, outputs, pages, phrases, urls
from flows.report.data import Mark, Sentence
from warehouse import connection

LAST = small.NIGHTS - 1
WORDS = phrases.load("en")
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Every element with its attributes, and every table as rows of cell texts."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        self.text += data
        if "td" in self.open or "th" in self.open:
            self.tables[-1][-1][-1] += data


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """The three files of a night, written once: texts by file name."""
    path = small.shared(tmp_path_factory.getbasetemp())

    @cache
    def of(k: int) -> dict[str, str]:
        folder = tmp_path_factory.mktemp("report")
        with connection.open_reader(path) as con:
            files = report.write(con, small.day(k), folder, errors=None)
        return {file.name: file.read_text(encoding="utf-8") for file in files}

    return of


@pytest.fixture(scope="session")
def told(tmp_path_factory):
    path = small.shared(tmp_path_factory.getbasetemp())
    with connection.open_reader(path) as con:
        return evidence.gather(con, small.day(LAST))


def test_nothing_is_loaded_and_nothing_runs(written):
    page = Page(written(LAST)["report.html"])
    assert not page.open, "every element is closed"
    for tag, attributes in page.elements:
        assert tag not in ("script", "iframe", "object", "embed", "img", "base", "form", "foreignobject"), tag
        assert not [
            name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset")
        ]
        for name in ("href", "xlink:href"):
            target = attributes.get(name)
            if target is None or target.startswith("#") or (tag == "link" and target == "data:,"):
                continue
            assert tag == "a" and target.startswith("http://"), (tag, target)
            assert set((attributes["rel"] or "").split()) >= {"noreferrer", "noopener"}


def test_the_policy_allows_the_pages_own_style_alone(written):
    text = written(LAST)["report.html"]
    policy = next(
        a["content"] for tag, a in Page(text).elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search(r"<style>(.*?)</style>", text, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert "url(" not in style.replace("url(#hatch)", "") and "@import" not in style


def test_hostile_texts_are_shown_not_obeyed(written):
    files = written(LAST)
    page, plain = files["report.html"], files["report.md"]
    for text in (page, plain):
        assert "<script" not in text and "<img" not in text and "\u202e" not in text
    assert html.escape(small.HOSTILE) in page
    assert small.HOSTILE in Page(page).text, "the reader sees what the outlet printed"
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in plain
    assert not re.search(r"(?<!\\)\]\((?!<http)", plain), (
        "only our own links, their addresses in angle brackets"
    )
    assert r"\[x\](javascript:alert(1))" in plain, "a link of theirs is no link of ours"
    assert r"\*деді\*" in plain and r"http\://evil" in plain


@pytest.mark.parametrize("place", ["title", "outlet", "sentence", "label", "address", "edit"])
@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '"><svg onload=alert(1)>', "{{ 7*7 }}", "</style><b>"]
)
def test_every_place_of_crawled_text_is_escaped(told, payload, place):
    poisoned = _poisoned(told, place, payload)
    page, plain = pages.html(WORDS, poisoned), markdown.document(WORDS, poisoned)
    parsed = Page(page)
    assert not parsed.open
    assert {tag for tag, _ in parsed.elements} <= {tag for tag, _ in Page(pages.html(WORDS, told)).elements}
    assert not [a for _, a in parsed.elements if any(name.startswith("on") for name in a)]
    assert "<script" not in plain and "<svg" not in plain and "<b>" not in plain
    if place not in ("address", "label"):
        assert payload in parsed.text


def _poisoned(told, place, payload):
    episode = told.episodes[0]
    story = episode.stories[0]
    if place == "edit":
        return replace(told, edits=(replace(told.edits[0], before=payload, after=payload),))
    if place == "outlet":
        publisher = replace(episode.publishers[0], outlet=payload)
        episode = replace(episode, publishers=(publisher, *episode.publishers[1:]))
        return replace(told, episodes=(episode,), coverage=(replace(told.coverage[0], outlet=payload),))
    if place == "title":
        story = replace(story, title=payload)
    elif place == "address":
        story = replace(story, url=payload)
    else:
        mark = Mark(0, 3, payload if place == "label" else "target:chinese")
        text = payload if place == "sentence" else story.sentences[0].text
        story = replace(story, sentences=(replace(story.sentences[0], text=text, marks=(mark,)),))
    return replace(told, episodes=(replace(episode, stories=(story,)),))


def _pipe_tables(text: str) -> list[list[list[str]]]:
    """The tables of a Markdown text, unescaped."""
    tables: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("| "):
            if not re.fullmatch(r"[| :-]+", line):
                tables[-1].append([_plain(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def _plain(cell: str) -> str:
    cell = re.sub(r"^ ?\[(.*)\]\(<[^>]*>\) ?$", r"\1", cell).strip(" ")
    return html.unescape(re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", cell)).replace("\u200b", "")


def test_page_and_markdown_have_the_same_tables(written):
    files = written(LAST)
    on_page = [
        [[cell.replace("\u200b", "").strip(" ") for cell in row] for row in t]
        for t in Page(files["report.html"]).tables
    ]
    in_text = _pipe_tables(files["report.md"])
    assert len(in_text) >= 8
    for table in in_text:
        assert table in on_page, table[:3]


def test_all_three_files_tell_the_same_figures(written):
    files = written(LAST)
    data = json.loads(files["report.json"])
    page, plain = Page(files["report.html"]).text, html.unescape(files["report.md"])
    (episode,) = data["episodes"]
    of = episode["strength"]
    figures = [
        f"{of['count']} stories on 19 February 2026",
        WORDS.times(of["ratio"]),
        WORDS.interval(of["ratio_low"], of["ratio_high"], 1),
        WORDS.p_value(of["p_value"]),
        WORDS.p_value(of["q_value"]),
        f"{episode['stories_count']} stories, in {episode['articles_count']} articles",
        episode["reading"]["model_sha"][:12],
        episode["command"],
        WORDS.percent(data["totals"]["securitizing_stories"] / data["totals"]["stories"]),
    ]
    for figure in figures:
        assert figure in page and figure in plain, figure
    for story in episode["stories"]:
        assert story["title"] in page


def test_json_times_are_utc_and_its_numbers_are_numbers(written):
    data = json.loads(written(LAST)["report.json"])
    first = data["episodes"][0]["publishers"][0]
    assert first["first_seen_at"] == small.at(small.SPIKE[0], 15).isoformat().replace("+00:00", "Z")
    assert isinstance(data["episodes"][0]["strength"]["p_value"], float)
    assert data["format"] == outputs.FORMAT


def test_times_are_shown_in_almaty(written):
    page = Page(written(LAST)["report.html"]).text
    assert "Appeared 18 Feb 2026, 08:03, seen by us 18 Feb 2026, 20:00" in page


def test_writing_again_gives_the_same_bytes(written, tmp_path, tmp_path_factory):
    path = small.shared(tmp_path_factory.getbasetemp())
    (tmp_path / "report.html").write_text("an older report")
    with connection.open_reader(path) as con:
        files = report.write(con, small.day(LAST), tmp_path, errors=None)
    assert {file.name: file.read_text(encoding="utf-8") for file in files} == written(LAST)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(outputs.NAMES), "no part is left behind"


def test_a_quiet_night_says_so_and_stays_whole(written):
    files = written(small.SPIKE[0] - 1)
    page = Page(files["report.html"])
    assert not page.open
    assert json.loads(files["report.json"])["episodes"] == []
    for text in (page.text, files["report.md"]):
        assert "No unusual rise in threat talk" in text
        assert "No episode in the last 30 days." in text
        assert "2 episodes" not in text and "None" not in text and "nan" not in text.split()


def test_what_was_not_collected_is_never_a_zero(written):
    page = Page(written(LAST)["report.html"])
    blackout = WORDS.table_day(small.day(small.BLACKOUT))
    (row,) = [row for table in page.tables for row in table if row and row[0] == blackout]
    assert row[1:4] == ["not collected"] * 3 and not any(row[4:])
    partly = WORDS.table_day(small.day(small.DARK[0]))
    (row,) = [row for table in page.tables for row in table if row and row[0] == partly]
    assert row[1].endswith("(not fully collected)")


def test_a_night_without_any_collection_shows_no_zeros(written):
    files = written(small.BLACKOUT)
    page = Page(files["report.html"])
    rows = [row for table in page.tables for row in table if row and row[0].startswith("Khan Portal (kk)")]
    assert rows[0][5:] == ["not collected"] * 4
    assert "- new articles: **not collected**" in files["report.md"]
    assert "Nothing could be tested on this night." in page.text, "untested is not quiet"
    assert "No unusual rise" not in page.text


def test_an_empty_warehouse_gives_a_whole_report(tmp_path):
    con = connection.open_writer(tmp_path / "empty.duckdb")
    files = report.write(con, "2026-01-05", tmp_path / "out", errors=None)
    con.close()
    page = Page(files[0].read_text(encoding="utf-8"))
    assert not page.open
    assert "No coverage is on record for this night" in page.text


def test_a_full_report_stays_small(told, tmp_path):
    episode = told.episodes[0]
    sentence = replace(episode.stories[0].sentences[0], text="Қытайлар жерімізді алып қояды. " * 12)
    story = replace(episode.stories[0], sentences=(sentence,) * 3)
    many = replace(
        episode, stories=(story,) * 8, publishers=episode.publishers * 10, coverage=episode.coverage * 40
    )
    full = replace(told, episodes=(many,) * 10, calendar=told.calendar * 40, coverage=told.coverage * 40)
    html_file, *_ = outputs.render(full, tmp_path)
    assert html_file.stat().st_size < 1_500_000


def test_explain_and_strongest_name_the_episode(tmp_path_factory):
    with connection.open_reader(small.shared(tmp_path_factory.getbasetemp())) as con:
        (line,) = report.strongest(con, 3)
        episode_id = connection.ask(con, "select episode_id from episode")[0][0]
        text = report.explain(con, episode_id)
    assert line.startswith(
        "Chinese presence as a threat: land and borders (Kazakh-language press). 11 stories on 19 February"
    )
    assert "First at People's Gazette (18 Feb 2026, 08:03)" in line
    assert text.startswith("### Chinese presence as a threat: land and borders\n")
    assert f"`baqylau explain {episode_id}`" in text


def _sentence(text, spans):
    return Sentence("s", text, "kk", tuple(spans), "securitizing", 0.9, None, (), (), (), False, False)


SPANS = st.lists(
    st.builds(
        Mark,
        st.integers(-5, 60),
        st.integers(-5, 60),
        st.sampled_from(["target:chinese", "frame:territory", "measure", "voice:expert", "x"]),
    ),
    max_size=6,
)


@given(st.text(max_size=50), SPANS)
def test_highlighting_loses_no_letter(text, spans):
    pieces = marks.pieces(WORDS, _sentence(text, spans))
    assert "".join(piece.text for piece in pieces) == text


def test_overlapping_spans_name_both_labels():
    spans = [Mark(0, 6, "target:chinese"), Mark(3, 9, "frame:territory")]
    pieces = marks.pieces(WORDS, _sentence("абвгдежзик", spans))
    assert [(piece.text, piece.kind) for piece in pieces] == [
        ("абв", "target"),
        ("где", "threat"),
        ("жзи", "threat"),
        ("к", ""),
    ]
    assert pieces[1].title == "threat: land and borders; who it is about: Chinese presence"


@given(st.text(alphabet=st.sampled_from("ab1.) \n\r#-+*_`[]()<>&|!\\~@:/w"), max_size=40))
def test_escaped_markdown_opens_nothing(text):
    line = markdown.escape(text)
    assert "\n" not in line and "<" not in line and ">" not in line
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_\[\]|~@]", line)
    assert not re.match(r"\s*(?:[-+#=]|\d+[.)](?:\s|$))", line)
    assert "http://" not in line and "://" not in line


@pytest.mark.parametrize(
    "url, safe",
    [
        ("https://a.kz/б?x=1&y=%20", "https://a.kz/%D0%B1?x=1&y=%20"),
        ('http://a.kz/"><script>', "http://a.kz/%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.kz/x", None),
        ("http:///x", None),
        ("http://[bad", None),
        ("", None),
    ],
)
def test_only_web_addresses_become_links(url, safe):
    assert urls.safe_url(url) == safe


@pytest.mark.parametrize(
    "value, shown",
    [
        (None, "not collected"),
        (0, "0"),
        (1234567, "1\u202f234\u202f567"),
        (1.375, "1.38"),
        (12.34, "12.3"),
        (0.5, "0.50"),
    ],
)
def test_numbers_are_written_for_readers(value, shown):
    assert WORDS.number(value) == shown


@pytest.mark.parametrize(
    "value, shown",
    [(0.00001, "< 0.0001"), (0.00034, "0.00034"), (0.0412, "0.041"), (0.3, "0.30"), (1.0, "1")],
)
def test_p_values_keep_two_digits(value, shown):
    assert WORDS.p_value(value) == shown


def test_every_string_that_is_asked_for_exists():
    root = Path(phrases.__file__).parents[1]
    files = [*(root / "report").glob("*.py"), *(root / "templates" / "report").glob("*.html")]
    asked = {
        key
        for file in files
        for key in re.findall(r"""\bt\(\s*["']([a-z_]+(?:\.[a-z_0-9]+)*)["']""", file.read_text())
    }
    assert len(asked) > 80
    assert sorted(key for key in asked if not WORDS.has(key)) == []


def test_every_word_of_the_codebook_has_a_name():
    from models import codebook

    book = codebook.load()
    named = {
        "target": book.targets,
        "frame": book.frames,
        "voice": book.voices,
        "referent": book.referents,
        "move": book.moves,
    }
    assert [
        f"{group}.{name}"
        for group, names in named.items()
        for name in names
        if not WORDS.has(f"{group}.{name}")
    ] == []


@pytest.mark.parametrize("language", ["xx", "../en", "EN.toml"])
def test_an_unknown_language_is_refused(told, tmp_path, language):
    with pytest.raises(NotFound, match="choose one of these"):
        outputs.render(told, tmp_path, language)
    assert not list(tmp_path.iterdir())


def test_chips_tell_speaker_referent_and_measure(told):
    said = told.episodes[0].stories[0].sentences[0]
    assert [chip.text for chip in episodes.chips(WORDS, said)] == [
        "probability 0.91",
        "about: Chinese presence",
        "as: land and borders",
        "at stake: the state",
        "said by an activist",
        "demands or announces a measure",
    ]
