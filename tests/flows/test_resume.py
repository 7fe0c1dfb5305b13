"""A demo that is killed and started again ends with the same warehouse as one that was left alone."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from demo_process import demo_command

from warehouse import checksum, connection

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("resume")]
NIGHTS = ("--nights", "3")
PATIENCE_S = 180


def run(home):
    done = subprocess.run(
        demo_command(home, *NIGHTS), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def kill_when(home, condition):
    """Start a run and kill it, and nothing else, as soon as a condition holds."""
    process = subprocess.Popen(
        demo_command(home, *NIGHTS), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + PATIENCE_S
    while not condition(home):
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def leftover_servers(home):
    """Prefect's temporary servers whose run on this home was killed."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"prefect.server" in (process / "cmdline").read_bytes():
                environment = (process / "environ").read_bytes().split(b"\0")
                found += (
                    [int(process.name)] if f"PREFECT_HOME={home / 'prefect'}".encode() in environment else []
                )
        except OSError:
            continue
    return found


def checksums(home):
    with connection.open_reader(home / "warehouse.duckdb") as con:
        return checksum.checksums(con)


POINTS = {
    "the crawl has just ended": lambda home: (home / "spool" / "2026-03-02").is_dir(),
    "a crawl is under way": lambda home: (home / "jobs" / "2026-03-03.json").is_file(),
    "the last night is being read": lambda home: (home / "spool" / "2026-03-04").is_dir(),
}


def test_three_kills_change_nothing(tmp_path):
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    for condition in POINTS.values():
        kill_when(killed, condition)
    run(killed)
    run(alone)
    assert checksums(killed) == checksums(alone)
    assert checksums(alone)["article"][0] > 100
    assert leftover_servers(killed) == [], "a server of a killed run is still there"


def test_a_second_run_at_the_same_time_is_refused(tmp_path):
    first = subprocess.Popen(
        demo_command(tmp_path, "--nights", "1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + PATIENCE_S
        while not (tmp_path / "jobs").is_dir():
            assert time.monotonic() < end
            time.sleep(0.01)
        second = subprocess.run(
            demo_command(tmp_path, "--nights", "1"), capture_output=True, text=True, check=False
        )
        assert second.returncode == 3
        assert "no other run" in second.stderr and second.stderr.count("\n") == 1
    finally:
        first.send_signal(signal.SIGINT)
        first.wait(timeout=PATIENCE_S)
