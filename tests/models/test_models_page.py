"""docs/models.md: every command on the page runs as written, with tiny models under the names it uses."""

from __future__ import annotations

import functools
import json
import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest
from tiny_models import bert, sentence_encoder

from flows import cli, settings
from models import evaluation
from models.training import __main__ as release
from models.training import data, finetune

PAGE = Path(__file__).parents[2] / "docs" / "models.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HUB = "intfloat/multilingual-e5-base"


def blocks(kind: str) -> list[str]:
    return [content for name, content in BLOCK.findall(PAGE.read_text("utf-8")) if name == kind]


COMMANDS = [line for block in blocks("") for line in block.splitlines()]


@pytest.fixture
def here(tmp_path, few_rows, monkeypatch) -> Path:
    """A folder with what the page takes for granted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(data, "DEFAULT", (few_rows,))
    quick = functools.partial(evaluation.evaluate, resamples=3)
    monkeypatch.setattr(evaluation, "evaluate", quick)
    monkeypatch.setattr(release, "evaluate", quick)
    (tmp_path / "my-sentences").symlink_to(few_rows)
    sentence_encoder(bert(tmp_path / "bert", ["one", "two"]), tmp_path / HUB)
    passages = [row.passage for row in data.load([few_rows])[::40]]
    lines = [json.dumps({"id": each.id, "text": each.text}) for each in passages]
    (tmp_path / "sentences.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path


def run(command: str, monkeypatch) -> None:
    words = shlex.split(command)
    if words[0] == "python":
        assert words[1:3] == ["-m", "models.training.finetune"]
        assert finetune.main(words[3:]) == 0
        return
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code, command


@pytest.mark.slow
def test_every_command_runs_as_written(here, monkeypatch, capsys):
    assert len(COMMANDS) > 10
    for command in COMMANDS:
        run(command, monkeypatch)
    said = capsys.readouterr()
    assert said.err.count("0 errors") == sum(command.startswith("baqylau classify") for command in COMMANDS)
    assert (here / "my-classifier" / "config.json").is_file()
    assert json.loads((here / "e5-reader" / "model.json").read_text("utf-8"))["encoder"] == HUB


def test_the_settings_are_settings(tmp_path):
    (text,) = blocks("toml")
    path = tmp_path / "baqylau.toml"
    path.write_text(text, "utf-8")
    read = settings.load(path).reading
    given = tomllib.loads(text)["reading"]
    assert {name: str(getattr(read, name)) for name in given} == given


def test_the_coded_sentence_is_one(tmp_path):
    (line,) = blocks("json")
    (tmp_path / "ru.jsonl").write_text(line, "utf-8")
    (row,) = data.load([tmp_path])
    assert {"move:securitizing", "target:central_asian", "frame:labour"} <= row.labels


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text("utf-8")))
def test_links_lead_somewhere(link):
    assert (PAGE.parent / link).exists()
