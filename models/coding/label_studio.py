"""Label Studio: tasks to import there with the labelling configuration for them, and its exports read back.

Formats: https://labelstud.io/guide/task_format and https://labelstud.io/guide/export (JSON and JSON-MIN).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from baqylau import replacing
from models.codebook import Codebook
from models.coding.coded import CODES, Raw
from models.coding.rules import MOVING
from models.coding.sheets import SENTENCE
from models.errors import InputRefused

CONFIGURATION = ".labelling.xml"
_KEY = "sentence_id"  # JSON-MIN puts the number of the task into `id`
_WHEN = {
    "targets": (*MOVING, "neutral"),
    "voice": MOVING,
    "referents": ("securitizing",),
    "measure": ("securitizing",),
    "frames": MOVING,
}


def write(path: Path, rows: Sequence[Mapping[str, Any]], book: Codebook) -> Path:
    """Write tasks without predictions, and the labelling configuration beside them.

    Returns:
        the path of the configuration.
    """
    with replacing(path) as temporary:
        tasks = [{"data": _data(row)} for row in rows]
        temporary.write_text(json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", "utf-8")
    configured = path.with_name(path.stem + CONFIGURATION)
    with replacing(configured) as temporary:
        temporary.write_text(configuration(book), "utf-8")
    return configured


def configuration(book: Codebook) -> str:
    """The labelling configuration: one group of choices for each code, shown where the move allows it."""
    view = Xml.Element("View")
    view.append(Xml.Comment(f" baqylau codebook {book.identity} "))
    for name, heading in (("prev", "Before"), ("text", "Sentence"), ("next", "After"), ("url", "Printed at")):
        Xml.SubElement(view, "Header", value=heading, size="6")
        # Plain text, said to be in the task itself: never HTML, and never an address to load.
        Xml.SubElement(view, "Text", name=name, value=f"${name}", valueType="text")
    for name, hints in _choices(book).items():
        _group(view, name, hints)
    Xml.SubElement(
        view, "TextArea", name="note", toName="text", maxSubmissions="1", rows="2", placeholder="Note"
    )
    _rules(view, book)
    Xml.indent(view)
    return Xml.tostring(view, encoding="unicode") + "\n"


def read(path: Path) -> Iterator[Raw]:
    """The annotations of an export, one line for each; skipped ones are left out, tasks without any are empty lines.

    Raises:
        InputRefused: the file is no export of Label Studio.
    """
    try:
        tasks = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputRefused(
            f"a JSON export of Label Studio at {path}", str(error), "export it again"
        ) from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise InputRefused(f"a list of tasks in {path}", "something else", "export it as JSON or JSON-MIN")
    for number, task in enumerate(tasks, start=1):
        yield from _lines(f"{path.name} task {task.get('id', number)}", task)


def _data(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row.get(name) for name in SENTENCE}
    values[_KEY] = values.pop("id")
    return {
        name: value if isinstance(value, float) else "" if value is None else str(value)
        for name, value in values.items()
    }


def _choices(book: Codebook) -> dict[str, dict[str, str]]:
    """Names and meanings of what may be chosen, by code."""
    return {
        "move": {name: move.definition for name, move in book.moves.items()},
        "targets": {name: target.en for name, target in book.targets.items()},
        "voice": dict(book.voices),
        "referents": dict(book.referents),
        "measure": {"yes": book.measure.definition, "no": ""},
        "frames": {name: frame.en for name, frame in book.frames.items()},
    }


def _group(view: Xml.Element, name: str, hints: Mapping[str, str]) -> None:
    several = name in ("targets", "referents", "frames")
    shown = Xml.SubElement(view, "View")
    if name in _WHEN:
        shown.attrib |= {
            "visibleWhen": "choice-selected",
            "whenTagName": "move",
            "whenChoiceValue": ",".join(_WHEN[name]),
        }
    Xml.SubElement(shown, "Header", value=name.capitalize(), size="5")
    group = Xml.SubElement(
        shown,
        "Choices",
        name=name,
        toName="text",
        choice="multiple" if several else "single",
        showInline="true",
    )
    if name == "move":
        group.attrib |= {"required": "true", "requiredMessage": "Every sentence makes one move"}
    for value, hint in hints.items():
        Xml.SubElement(group, "Choice", {"value": value} | ({"hint": hint} if hint else {}))


def _rules(view: Xml.Element, book: Codebook) -> None:
    """The codebook in words, folded away below."""
    panel = Xml.SubElement(Xml.SubElement(view, "Collapse"), "Panel", value="Codebook")
    sections = {**_choices(book), "decisions": dict(book.decisions)}
    for section, meanings in sections.items():
        Xml.SubElement(panel, "Header", value=section.capitalize(), size="5")
        for name, meaning in meanings.items():
            if meaning:
                Xml.SubElement(panel, "Header", value=f"{name}: {meaning}", size="6")


def _lines(where: str, task: dict[str, Any]) -> Iterator[Raw]:
    data = task.get("data", task)
    if not isinstance(data, dict) or _KEY not in data:
        raise InputRefused(
            f"the field {_KEY} in {where}", "none", "import the tasks that `baqylau sample` wrote"
        )
    sentence = {**{name: data.get(name) for name in SENTENCE}, "id": data[_KEY]}
    if "annotations" not in task:
        codes = {name: _flat(data.get(name)) for name in (*CODES, "note")}
        found = sentence | codes | {"coded": _day(data)}
        yield Raw(where, found, _annotator(data.get("annotator")))
        return
    kept = [each for each in task["annotations"] if not each.get("was_cancelled")]
    for each in kept:
        found = sentence | _codes(each.get("result", [])) | {"coded": _day(each)}
        yield Raw(where, found, _annotator(each.get("completed_by")))
    if not kept:
        yield Raw(where, sentence)


def _codes(regions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Fields from the regions of one annotation; what belongs to no field of ours is left."""
    return {
        region["from_name"]: _flat(region.get("value"))
        for region in regions
        if region.get("from_name") in (*CODES, "note")
    }


def _flat(value: Any) -> Any:
    """What was chosen or written: a list of names, or a text."""
    if not isinstance(value, Mapping):
        return value
    said = value.get("choices", value.get("text", ""))
    one = isinstance(said, list) and len(said) == 1
    return said[0] if one else said


def _annotator(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("email") or value.get("id")
    return None if value is None else str(value)


def _day(made: Mapping[str, Any]) -> str:
    return str(made.get("updated_at") or made.get("created_at") or "")[:10]
