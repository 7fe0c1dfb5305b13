"""The demo, run once for all tests that look at its result; it is the real command in a process of its own."""

import os
import subprocess

import pytest
from demo_process import demo_command


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Home folder and output of a whole demo."""
    home = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        demo_command(home),
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env=dict(os.environ, COLUMNS="120"),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return home, done.stdout
