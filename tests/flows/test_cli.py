"""The command line: every verb has help, every kind of bad input ends in one line and leaves things as they were."""

import gzip
import json
import sys

import pytest
from typer.testing import CliRunner

from flows import cli
from warehouse import checksum, connection

VERBS = {
    *("demo", "nightly", "schedule", "crawl", "ingest", "classify", "detect", "extract", "sources"),
    *("sql", "trend", "alerts", "explain", "report", "publish", "train", "evaluate", "doctor"),
    *("sample", "gold", "agreement"),
}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def call(monkeypatch, capsys):
    """Run the command line as `main` does; return exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["baqylau", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        code = ended.value.code
        return (0 if code is None else code), said.out, said.err

    return run


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb):
    answer = CliRunner().invoke(cli.app, [verb, "--help"])
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 5


def test_no_verb_is_forgotten_here():
    names = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    names |= {group.name for group in cli.app.registered_groups}
    assert {name.replace("_", "-") for name in names} == VERBS


def posts(tmp_path, count=40):
    rows = [
        {
            "text": f"Жители села номер {n} пожаловались на разбитую дорогу и плохой свет.",
            "date": f"2026-01-{n % 28 + 1:02d}T08:00:00Z",
            "channel": "a",
        }
        for n in range(count)
    ]
    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


MAP = ("--map", "text=text", "--map", "date=date", "--map", "source=channel")


def test_an_archive_read_twice_changes_nothing(tmp_path, call):
    path = posts(tmp_path)
    code, _, first = call("ingest", path, *MAP, "--home", tmp_path / "home")
    assert code == 0 and "40 articles" in first and "changed: " in first
    with connection.open_reader(tmp_path / "home" / "warehouse.duckdb") as con:
        before = checksum.checksums(con)
    code, _, second = call("ingest", path, *MAP, "--home", tmp_path / "home")
    assert code == 0 and "nothing changed" in second
    with connection.open_reader(tmp_path / "home" / "warehouse.duckdb") as con:
        assert checksum.checksums(con) == before


def corrupt_gzip(tmp_path):
    path = tmp_path / "posts.jsonl.gz"
    path.write_bytes(gzip.compress(posts(tmp_path).read_bytes())[:-30])
    return ["ingest", path, *MAP]


def corrupt_parquet(tmp_path):
    path = tmp_path / "posts.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 50 + b"PAR1")
    return ["ingest", path, *MAP]


def corrupt_warc(tmp_path):
    path = tmp_path / "pages.warc.gz"
    path.write_bytes(gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\n")[:-9])
    return ["ingest", path]


def no_archive(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG")
    return ["ingest", path]


def bad_mapping(tmp_path):
    return ["ingest", posts(tmp_path), "--map", "colour=x"]


def malformed_settings(tmp_path):
    (tmp_path / "baqylau.toml").write_text("home = [")
    return ["doctor"]


def bad_registry(tmp_path):
    folder = tmp_path / "sources" / "kz"
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text('[outlet]\nslug = 5\n[[edition]]\nid = "a"\n')
    (tmp_path / "baqylau.toml").write_text(f'registry = ["{tmp_path / "sources"}"]')
    return ["sources", "check"]


def unknown_source(tmp_path):
    return ["crawl", "no_such_source"]


def past_night(tmp_path):
    return ["nightly", "--night", "1999-01-01"]


def foreign_warehouse(tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "published.duckdb").write_bytes(b"this is no database" * 1000)
    return ["alerts"]


def nothing_published(tmp_path):
    return ["sql", "select 1"]


FAULTS = {
    corrupt_gzip: "posts.jsonl.gz",
    corrupt_parquet: "posts.parquet",
    corrupt_warc: "pages.warc.gz",
    no_archive: "picture.png",
    bad_mapping: "colour",
    malformed_settings: "baqylau.toml",
    bad_registry: "a.toml",
    unknown_source: "no_such_source",
    past_night: "1999-01-01",
    foreign_warehouse: "published.duckdb",
    nothing_published: "published.duckdb",
}


@pytest.mark.parametrize("make", FAULTS, ids=lambda make: make.__name__)
def test_bad_input_ends_in_one_line(make, tmp_path, call):
    code, _, error = call(*make(tmp_path))
    lines = [line for line in error.splitlines() if line.startswith("baqylau: ")]
    assert code in (2, 3), error
    assert len(lines) == 1 and error.rstrip().endswith(lines[0]), error
    assert "expected" in lines[0] and "found" in lines[0] and FAULTS[make] in lines[0]


def test_a_locked_warehouse_is_said_to_be_busy(tmp_path, call):
    from flows import settings, steps

    with steps.locked(settings.load(home=tmp_path / "home")):
        code, _, error = call("ingest", posts(tmp_path), *MAP, "--home", tmp_path / "home")
    assert code == 3 and "no other run" in error


def test_a_warehouse_from_a_newer_version_is_refused(tmp_path, call):
    call("ingest", posts(tmp_path), *MAP, "--home", tmp_path / "home")
    with connection.open_writer(tmp_path / "home" / "warehouse.duckdb") as con:
        con.execute("insert into migration select 999, 'later', 'x', '9.9', 'x'")
    before = (tmp_path / "home" / "warehouse.duckdb").read_bytes()
    code, _, error = call("ingest", posts(tmp_path), *MAP, "--home", tmp_path / "home")
    assert code == 2 and "999" in error
    assert (tmp_path / "home" / "warehouse.duckdb").read_bytes() == before


def test_the_command_line_imports_nothing_heavy():
    """Heavy packages are imported by the verbs that need them, not by the command line."""
    import subprocess

    program = "import sys, flows.cli; print([m for m in ('torch', 'prefect', 'scrapy', 'duckdb', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
