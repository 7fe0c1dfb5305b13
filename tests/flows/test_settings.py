"""File < environment < flags; every fault at once."""

import pytest

from baqylau import Faults
from flows import settings
from flows.errors import SettingsFault


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_flags_win_over_environment_and_file(tmp_path, monkeypatch):
    (tmp_path / "baqylau.toml").write_text(
        'timezone = "Asia/Bishkek"\nhome = "a"\n[crawl]\ndelay_s = 2\nper_host = 3\n'
    )
    monkeypatch.setenv("BAQYLAU_CRAWL__DELAY_S", "5")
    monkeypatch.setenv("BAQYLAU_HOME", "b")
    found = settings.load(home="c")
    assert (str(found.home), found.timezone, found.crawl.delay_s, found.crawl.per_host) == (
        "c",
        "Asia/Bishkek",
        5,
        3,
    )


def test_every_fault_is_reported_with_its_path(tmp_path):
    (tmp_path / "baqylau.toml").write_text(
        'timezone = "Mars/Base"\n[crawl]\ndelay_s = -1\nrobots = false\n[alerts]\nq = 2\n'
    )
    with pytest.raises(Faults) as caught:
        settings.load()
    text = str(caught.value)
    assert all(
        path in text for path in ("timezone -> ", "crawl.delay_s -> ", "crawl.robots -> ", "alerts.q -> ")
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.toml", None, "nothing at"),
        ("bad.toml", "home = [", "bad.toml"),
        ("bytes.toml", b"\xff\xfe", "bytes.toml"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsFault, match=said):
        settings.load(path)


def test_there_is_no_switch_for_robots():
    assert not [name for name in settings.Crawl.model_fields if "robot" in name]
