"""Errors of the layer that wires the others."""

from __future__ import annotations

from baqylau import Terminal, Transient


class SettingsFault(Terminal):
    """A setting is unknown, missing or out of range."""


class NightBusy(Transient):
    """Another night is running on the same home folder."""


class CrawlFailed(Transient):
    """The crawl's child process ended badly in a way that may pass."""


class CrawlImpossible(Terminal):
    """The crawl's child process refused its job: it will refuse again until something is changed."""


class ReaderLost(Transient):
    """A process that was reading sentences was killed."""


class NotFound(Terminal):
    """Something named on the command line does not exist."""


class ServerSilent(Transient):
    """Prefect's server did not come up."""


class PastNight(Terminal):
    """A past night is asked for that was never crawled."""
