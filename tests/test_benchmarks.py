"""The benchmarks run, on a small scale, and write their page; what they measure is for docs/benchmarks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CASES = {
    "stories.py": (["--articles", "600", "--days", "10"], "| 600 | 10 |"),
    "reading.py": (["--sentences", "30", "--few", "32", "--starts", "1"], "| transformer, 12 x 384 |"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_benchmark_writes_its_page(name, tmp_path):
    flags, row = CASES[name]
    command = [sys.executable, ROOT / "benchmarks" / name, *flags, "--out", tmp_path / "page.md"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.md").read_text("utf-8")
    assert row in page
    assert f"`python benchmarks/{name} " in page
