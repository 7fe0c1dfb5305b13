"""What can go wrong while collecting the press, as errors a caller can tell apart."""

from __future__ import annotations

from pathlib import Path

from baqylau import Faults, Terminal, Transient


class RegistryFaults(Faults):
    """One or more registry files do not describe an outlet; `faults` holds a line for each place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("source registry", faults)


class UnknownSource(Terminal):
    """A source id was asked for that no registry file declares."""

    def __init__(self, ids: list[str], known: list[str]) -> None:
        self.ids = ids
        self.known = known
        some = ", ".join(known[:8]) + (", …" if len(known) > 8 else "") if known else "none at all"
        super().__init__(
            "source ids of the registry",
            f"unknown id(s) {', '.join(ids)} (known: {some})",
            "see `baqylau sources list`",
        )


class BadJob(Faults):
    """The job file of a crawl is not one."""

    def __init__(self, path: Path | str, faults: list[str]) -> None:
        super().__init__(f"crawl job {path}", faults)


class SpoolMissing(Terminal):
    """A spool folder, or a file of it, is not there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            "a spool folder with articles.parquet and fetches.parquet", f"no {path}", "crawl first"
        )


class SpoolDamaged(Terminal):
    """A spool file cannot be read, or holds columns or values it must not hold."""

    def __init__(self, path: Path, found: str) -> None:
        self.path = path
        super().__init__(f"a readable spool file {path}", found, "remove the spool folder and crawl again")


class ArchiveUnwritable(Terminal):
    """The WARC or spool folder cannot be written (rights, a file in its place, no space)."""

    def __init__(self, path: Path | str, found: str) -> None:
        self.path = path
        super().__init__(f"a writable folder for {path}", found, "free space or set other folders")


class NetworkDown(Transient):
    """Not one source answered at all: the machine is offline, or the proxy is."""

    def __init__(self, sources: int) -> None:
        super().__init__(
            "an answer from at least one source",
            f"no answer from any of {sources} source(s)",
            "check the network and the proxy, then try again",
        )


class Refused(Exception):
    """A request that must not be sent, or an answer that must not be used; `status` says why."""

    def __init__(self, status: str, detail: str | None = None) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
