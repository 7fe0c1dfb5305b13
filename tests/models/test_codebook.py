"""The codebook: read whole, and every fault named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from models import codebook
from models.errors import CodebookFaults

SHARED = Path(__file__).parents[2].parent / "shared"


@pytest.fixture(scope="module")
def book() -> codebook.Codebook:
    return codebook.load()


def test_what_may_be_coded(book: codebook.Codebook) -> None:
    assert book.version == 2
    assert list(book.targets) == [
        "chinese", "central_asian", "russian", "returnee", "uyghur_dungan", "refugee", "emigrant", "migrants",
    ]  # fmt: skip
    assert tuple(book.moves) == codebook.MOVES
    assert list(book.voices) == [
        "author",
        "official",
        "politician",
        "expert",
        "activist",
        "public",
        "foreign",
    ]
    assert list(book.referents) == ["state", "society", "economy", "individual"]
    assert (len(book.threat_frames), book.counter_frames) == (16, ("humanitarian", "benefit", "debunk"))
    assert (book.frames["terrorism"].sector, book.frames["terrorism"].weiner) == ("military", 1)
    assert (len(book.decisions), len(book.open_questions)) == (22, 5)


def test_identity_changes_with_the_content(book: codebook.Codebook, tmp_path: Path) -> None:
    changed = tmp_path / "codebook.toml"
    changed.write_bytes(codebook.DEFAULT.read_bytes() + b"\n# a word more\n")
    assert codebook.load(changed).identity != book.identity
    assert codebook.load().identity == book.identity


def test_nothing_can_be_changed(book: codebook.Codebook) -> None:
    with pytest.raises(AttributeError):
        book.version = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        book.targets["martian"] = book.targets["chinese"]  # type: ignore[index]


FAULTS = [
    (
        '[frames.labour]\nsector = "economic"',
        '[frames.labour]\nsector = "office"',
        "frames.labour.sector -> expected one of",
    ),
    (
        'sector = "military"\nweiner = 1',
        'sector = "military"\nweiner = 9',
        "frames.terrorism.weiner -> expected 1 to 5",
    ),
    (
        "[frames.debunk]\n",
        "[frames.debunk]\nweiner = 2\n",
        "frames.debunk.weiner -> a counter frame has none",
    ),
    ("[targets.russian]\n", '[targets.russian]\nfr = "x"\n', "targets.russian.fr -> unknown key"),
    ('from = "russians2022"', 'from = "hearsay"', "'hearsay' is not among the documents"),
    ("version = 2", "version = 0", "version -> expected a whole number"),
    ("version = 2", "verson = 2", "verson -> not a section"),
    ("[moves.neutral]", "[moves.undecided]", "moves.undecided -> not one of"),
    ("[targets.refugee]", "[targets.labour]", "frames.labour -> already the name of a target"),
    ("[targets.refugee]", '[targets."Refu gee"]', "targets.Refu gee -> not a lower-case name"),
    ('"direction"', '"quantity"', "claims.fields -> 'quantity' given twice"),
    ('type = "bool"', 'type = "scale"', "measure.type -> expected 'bool'"),
    ("[voices]", "[voices]\nauthor = 1\n[spare]", "voices.author -> expected a text, found 1"),
    ("[voices]", '[voices]\nauthor = "twice"', "file -> "),  # TOML itself refuses a repeated name
]


@pytest.mark.parametrize(("before", "after", "fault"), FAULTS, ids=[fault for _, _, fault in FAULTS])
def test_a_fault_is_named_with_its_path(before: str, after: str, fault: str, tmp_path: Path) -> None:
    text = codebook.DEFAULT.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "codebook.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(CodebookFaults) as raised:
        codebook.load(path)
    assert any(fault in each for each in raised.value.faults), raised.value.faults


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = codebook.DEFAULT.read_text(encoding="utf-8")
    path = tmp_path / "codebook.toml"
    for before, after, _ in FAULTS[:5]:
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CodebookFaults) as raised:
        codebook.load(path)
    assert all(any(fault in each for each in raised.value.faults) for _, _, fault in FAULTS[:5])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"version ="], ids=["empty", "not text", "not TOML"])
def test_unreadable_files(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_bytes(content)
    with pytest.raises(CodebookFaults, match=r"codebook\.toml"):
        codebook.load(path)
    with pytest.raises(CodebookFaults):
        codebook.load(tmp_path / "absent.toml")


@pytest.mark.shared
@pytest.mark.skipif(
    not (SHARED / "design").is_dir(), reason="the project's design documents are not beside the checkout"
)
def test_every_text_of_the_design_is_here() -> None:
    """The design's codebook is YAML; every quoted text of it must stand in ours."""
    ours = codebook.DEFAULT.read_text(encoding="utf-8")
    design = (SHARED / "design" / "codebook.yaml").read_text(encoding="utf-8")
    texts = [
        part for line in design.splitlines() if not line.startswith("#") for part in line.split('"')[1::2]
    ]
    assert len(texts) > 80
    flat = " ".join(_texts(tomllib.loads(ours)))
    assert [text for text in texts if text not in flat] == []


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)]
