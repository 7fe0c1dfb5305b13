"""What may go wrong around detection: a table that cannot be read, an option that makes no sense."""

from __future__ import annotations

from baqylau import Faults, Terminal
from models.errors import ModelsError


class CountsRefused(Terminal, ModelsError):
    """A table of counts cannot be read: columns, dates or numbers are not as agreed."""


class OptionFaults(Faults, ModelsError):
    """Options contradict each other or the data; every fault is listed."""
