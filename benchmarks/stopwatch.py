"""What the benchmarks share: a stopwatch for the steps of a program, the machine's name, tables in Markdown."""

from __future__ import annotations

import functools
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import baqylau

DOCS = Path(__file__).parents[1] / "docs" / "benchmarks"


class Stopwatch:
    """Processor seconds spent in named steps, a step inside another one counted once, for the inner one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside: list[float] = []

    def wrap(self, owner: Any, name: str, step: str) -> None:
        """From now on count the time in ``owner.name`` as a step."""
        setattr(owner, name, self.timed(getattr(owner, name), step))

    def timed(self, function: Callable[..., Any], step: str) -> Callable[..., Any]:
        """A function that counts its time as a step."""

        @functools.wraps(function)
        def counted(*arguments: Any, **named: Any) -> Any:
            self._inside.append(0.0)
            began = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self._count(step, time.process_time() - began)

        return counted

    def items(self, values: Iterable[Any], step: str) -> Iterator[Any]:
        """The values, the time it takes to make each counted as a step."""
        following = self.timed(functools.partial(next, iter(values), None), step)
        while (value := following()) is not None:
            yield value

    def _count(self, step: str, spent: float) -> None:
        self.seconds[step] = self.seconds.get(step, 0.0) + spent - self._inside.pop()
        if self._inside:
            self._inside[-1] += spent


def machine() -> str:
    """One line: processor, cores that may be used, load, Python."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    name = names[0] if names else platform.machine()
    return f"{name}, {cores} cores, load {load:.1f} at the start, Python {platform.python_version()}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, numbers to the right."""
    lines = [f"| {' | '.join(columns)} |", f"|---|{'---:|' * (len(columns) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def write(path: Path, parts: Iterable[str]) -> None:
    """Print a page and put it in its place."""
    text = "\n\n".join(parts) + "\n"
    print(text)
    with baqylau.replacing(path) as temporary:
        temporary.write_text(text, "utf-8")
