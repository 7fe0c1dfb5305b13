"""What all four layers may know: the base errors, and how a file is replaced whole or not at all.

The layers (`crawlers`, `models`, `warehouse`, `flows`) know each other in one direction only; this module
knows none of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BaqylauError(Exception):
    """Base of every error the product raises on purpose.

    Args:
        expected: what should have been there.
        found: what was there instead.
        remedy: what the user can do about it.
    """

    def __init__(self, expected: str, found: str, remedy: str) -> None:
        super().__init__(expected, found, remedy)
        self.expected = expected
        self.found = found
        self.remedy = remedy

    def __str__(self) -> str:
        return f"expected {self.expected}; found {self.found}; {self.remedy}"


class Transient(BaqylauError):
    """May succeed if tried again unchanged (a busy file, a host that does not answer). Prefect retries these."""


class Terminal(BaqylauError):
    """Will fail again until somebody changes something. Never retried."""


class Faults(Terminal):
    """Several faults of one configuration, reported at once.

    Args:
        what: the thing that was read, for example a file.
        faults: one line each, starting with the path inside the thing (`edition.0.language -> ...`).
    """

    def __init__(self, what: str, faults: list[str]) -> None:
        self.what = what
        self.faults = list(faults)
        super().__init__(
            f"a valid {what}", f"{len(faults)} fault(s): " + " | ".join(faults), "mend them and try again"
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it is synced and renamed onto `path`, else removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
