"""The classify file contract, and the rules that hold inside every answer."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import classify, codebook
from models.codebook import MOVES
from models.decide import DEFAULT_REFERENT, Thresholds, decide
from models.errors import InputRefused
from models.speech_acts import MAX_LENGTH, Passage, ReadError, SpeechAct
from models.training import data

FIELDS = {
    "id", "lang", "script", "targets", "move", "p_securitizing", "voice", "referents", "measure", "frames", "scores",
    "spans", "claims",
}  # fmt: skip
BOOK = codebook.load()

# line, what its answer must hold ("error" or not), its id
NASTY: list[tuple[str, bool, object]] = [
    ('{"id": "ok", "text": "Қытайлар жерді алып жатыр."}', False, "ok"),
    ('{"id": "empty", "text": ""}', True, "empty"),
    ('{"id": "blank", "text": " \\n\\t "}', True, "blank"),
    ('{"id": "none"}', True, "none"),
    ('{"id": "null", "text": null}', True, "null"),
    ('{"id": "number", "text": 5}', True, "number"),
    ('{"id": "list", "text": ["a"]}', True, "list"),
    ('{"text": "no id"}', True, None),
    ('{"id": "", "text": "empty id"}', True, None),
    ('{"id": true, "text": "odd id"}', True, None),
    ('{"id": 17, "text": "Мигранты приехали."}', False, 17),
    ("{broken", True, None),
    ("", True, None),
    ("[1, 2]", True, None),
    ("null", True, None),
    ("[" * 3000, True, None),
    ('{"id": "emoji", "text": "🚫🇰🇿😡 Мигранты!!! 😡"}', False, "emoji"),
    ('{"id": "only-emoji", "text": "😡😡"}', False, "only-emoji"),
    ('{"id": "rtl", "text": "\\u202eМигранты\\u202c \\u200f\\u061c"}', False, "rtl"),
    ('{"id": "arabic", "text": "قىتاي جەرى"}', False, "arabic"),
    ('{"id": "half", "text": "Мигранты \\ud83d едут"}', False, "half"),
    ('{"id": "zero", "text": "a\\u0000b"}', False, "zero"),
    ('{"id": "lang", "text": "Мигранты", "lang": "kz"}', True, "lang"),
    ('{"id": "lang-number", "text": "Мигранты", "lang": 3}', True, "lang-number"),
    ('{"id": "prev", "text": "Они едут.", "prev": "Мигранты!", "next": null}', False, "prev"),
    ('{"id": "prev-bad", "text": "Они едут.", "prev": 1}', True, "prev-bad"),
    ('{"id": "long", "text": "' + "мигранты едут " * 7000 + '"}', False, "long"),
    ('{"id": "one-word", "text": "' + "щ" * 100_000 + '"}', False, "one-word"),
    ('{"id": "german", "text": "Die Regierung spricht über Arbeitsplätze und Wohnungen."}', False, "german"),
]


def written(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def answers(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_thousand_nasty_lines_are_all_answered_in_order(tmp_path, reader):
    chosen = NASTY + random.Random(1).choices(
        [each for each in NASTY if len(each[0]) < 5000], k=1000 - len(NASTY)
    )
    source = written(tmp_path / "in.jsonl", [line.encode() for line, _, _ in chosen])
    summary = classify.run(source, tmp_path / "out.jsonl", reader)
    found = answers(tmp_path / "out.jsonl")
    assert summary.lines == len(found) == 1000
    for number, ((line, wrong, name), answer) in enumerate(zip(chosen, found, strict=True), start=1):
        assert ("error" in answer) == wrong, line[:80]
        assert answer["id"] == name
        if name is None:
            assert answer["line"] == number
        elif not wrong:
            assert set(answer) - {"note"} == FIELDS
    assert summary.errors == sum(wrong for _, wrong, _ in chosen)
    assert summary.read == 1000 - summary.errors
    assert summary.cut == sum("note" in answer for answer in found) == 2


def test_invalid_bytes_are_an_error_of_their_line(tmp_path, reader):
    source = written(
        tmp_path / "in.jsonl", [b'{"id": "a", "text": "\xff\xfe"}', b'{"id": "b", "text": "Weather."}']
    )
    classify.run(source, tmp_path / "out.jsonl", reader)
    first, second = answers(tmp_path / "out.jsonl")
    assert first["id"] is None
    assert first["line"] == 1
    assert second["move"] == "irrelevant"


def test_gzip_is_read(tmp_path, reader):
    plain = written(tmp_path / "in.jsonl", [NASTY[0][0].encode()] * 3)
    (tmp_path / "in.jsonl.gz").write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    classify.run(plain, tmp_path / "plain.jsonl", reader)
    classify.run(tmp_path / "in.jsonl.gz", tmp_path / "zipped.jsonl", reader)
    assert (tmp_path / "plain.jsonl").read_bytes() == (tmp_path / "zipped.jsonl").read_bytes()


@pytest.mark.parametrize("content", [None, gzip.compress(b'{"id": "a", "text": "b"}\n' * 500, mtime=0)[:-20]])
def test_a_file_that_cannot_be_read_leaves_the_old_answer(tmp_path, reader, content):
    out = tmp_path / "out.jsonl"
    out.write_text("old", "utf-8")
    if content:
        (tmp_path / "in.gz").write_bytes(content)
    with pytest.raises(InputRefused):
        classify.run(tmp_path / "in.gz", out, reader)
    assert out.read_text("utf-8") == "old"
    assert [path for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_an_empty_file_gives_an_empty_file(tmp_path, reader):
    source = written(tmp_path / "in.jsonl", [])
    assert classify.run(source, tmp_path / "out.jsonl", reader).lines == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def sentences(count: int) -> list[Passage]:
    rows = data.load([data.DEFAULT[0]])
    return [row.passage for row in random.Random(2).sample(rows, count)]


def test_an_answer_does_not_depend_on_its_company(reader):
    passages = sentences(400)
    together = reader.read(passages)
    assert [reader.read([passage])[0] for passage in passages[:20]] == together[:20]
    shuffled = random.Random(3).sample(range(400), 400)
    assert reader.read([passages[place] for place in shuffled]) == [together[place] for place in shuffled]


def test_codes_are_consistent_in_every_answer(reader):
    acts = reader.read(sentences(600))
    assert {act.move for act in acts} == set(MOVES)
    for act in acts:
        assert isinstance(act, SpeechAct)
        assert (act.move == "irrelevant") == (not act.targets)
        moved = act.move in ("securitizing", "desecuritizing")
        assert bool(act.frames) == bool(act.voice) == moved
        assert bool(act.referents) == (act.move == "securitizing")
        assert not act.measure or act.move == "securitizing"
        assert act.p_securitizing == act.scores["move:securitizing"]
        assert sum(act.scores[f"move:{move}"] for move in MOVES) == pytest.approx(1, abs=3e-4)
        assert all(0 <= score <= 1 for score in act.scores.values())


def test_spans_lie_in_the_text_and_name_given_labels(reader):
    passages = sentences(300)
    seen = 0
    for passage, act in zip(passages, reader.read(passages), strict=True):
        labels = {f"target:{name}" for name in act.targets} | {f"frame:{name}" for name in act.frames}
        for span in act.spans:
            assert 0 <= span["start"] < span["end"] <= len(passage.text)
            assert span["label"] in labels | {f"move:{act.move}", "measure:yes"}
            seen += 1
    assert seen > 100


def test_a_language_that_is_not_ours_is_irrelevant(reader):
    german, told = reader.read(
        [
            Passage("a", "Die Regierung spricht über Arbeitsplätze und Wohnungen."),
            Passage("b", "word", "other"),
        ]
    )
    for act in (german, told):
        assert (act.lang, act.move, act.targets, act.p_securitizing) == ("other", "irrelevant", [], 0.0)
        assert act.scores["move:irrelevant"] == 1.0


def test_a_long_text_is_cut_with_a_note(reader):
    text = "Мигранты едут. " * 5000
    cut, whole = reader.read([Passage("a", text), Passage("b", text[:MAX_LENGTH])])
    assert cut.note == f"only the first {MAX_LENGTH} of {len(text)} characters were read"
    assert whole.note is None
    assert cut.scores == whole.scores


def test_reading_nothing_gives_nothing(reader):
    assert reader.read([]) == []
    assert isinstance(reader.read([Passage("a", "  ")])[0], ReadError)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=120), lang=st.sampled_from([None, "kk", "ru", "en"]))
def test_any_text_is_answered(reader, text, lang):
    (answer,) = reader.read([Passage("a", text, lang)])
    assert answer.id == "a"
    assert isinstance(answer, ReadError) == (not text.strip())


THRESHOLDS = Thresholds(
    securitizing={"ru": 0.5}, moves={}, target=0.3, last_target=0.15, frame=0.2, referent=0.4, measure=0.5
)


def scored(move: str, **scores: float) -> dict[str, list[tuple[str, float]]]:
    kinds = {
        "move": MOVES, "target": BOOK.targets, "voice": BOOK.voices, "referent": BOOK.referents,
        "measure": ("yes",), "frame": BOOK.frames,
    }  # fmt: skip
    given_scores = {move: 0.7, **scores}
    return {kind: [(name, given_scores.get(name, 0.1)) for name in names] for kind, names in kinds.items()}


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        (scored("securitizing"), ("irrelevant", [], [], [])),  # no target at all
        (scored("securitizing", chinese=0.2), ("securitizing", ["chinese"], ["territory"], ["state"])),
        (scored("securitizing", chinese=0.9, labour=0.5), ("securitizing", ["chinese"], ["labour"], ["economy"])),
        (scored("securitizing", chinese=0.9, labour=0.5, society=0.6), ("securitizing", ["chinese"], ["labour"],
                                                                        ["society"])),
        (scored("neutral", chinese=0.9, labour=0.9), ("neutral", ["chinese"], [], [])),
        (scored("irrelevant", chinese=0.9), ("irrelevant", [], [], [])),
        (scored("desecuritizing", chinese=0.9, debunk=0.6), ("desecuritizing", ["chinese"], ["debunk"], [])),
        (scored("desecuritizing", chinese=0.9), ("desecuritizing", ["chinese"], ["humanitarian"], [])),
    ],
)  # fmt: skip
def test_rules_between_codes(scores, expected):
    codes = decide(scores, "ru", THRESHOLDS)
    assert (codes.move, codes.targets, codes.frames, codes.referents) == expected


def test_below_the_threshold_nothing_is_called_securitizing():
    scores = scored("securitizing", chinese=0.9)
    scores["move"] = [("securitizing", 0.45), ("desecuritizing", 0.1), ("neutral", 0.35), ("irrelevant", 0.1)]
    assert decide(scores, "ru", THRESHOLDS).move == "neutral"
    assert decide(scores, "ru", Thresholds({"ru": 0.4}, {}, 0.3, 0.15, 0.2, 0.4, 0.5)).move == "securitizing"


def test_every_threat_frame_has_a_default_referent():
    assert set(DEFAULT_REFERENT) == set(BOOK.threat_frames)
    assert set(DEFAULT_REFERENT.values()) <= set(BOOK.referents)
