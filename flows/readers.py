"""Splitting and reading in several processes where there is much of it: an archive, never an ordinary night.

The answer to a sentence does not depend on its company, so tables are cut and joined again without a trace. The
processes end with the one that started them, however that ends.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from flows import annotate
from flows.errors import ReaderLost

if TYPE_CHECKING:
    from flows.settings import Reading

SPREAD_FROM = 4000  # rows; below this the processes would take longer to start than to read
PIECE = 1024
AT_MOST = 4  # each holds the model: some 250 MB

Part = TypeVar("Part")


class Readers:
    """What splits and reads tables; make one with `opened`."""

    def __init__(self, settings: Reading) -> None:
        self._settings = settings
        self._pool: ProcessPoolExecutor | None = None

    def split(self, versions: pa.Table) -> pa.Table:
        """As `annotate.split`."""
        return pa.concat_tables(self._spread(annotate.split, versions))

    def read(self, reading_id: str, unread: pa.Table) -> annotate.Found:
        """As `annotate.read`, with the reader that the settings name."""
        found = self._spread(partial(_read, self._settings, reading_id), unread)
        return annotate.Found(*(pa.concat_tables(tables) for tables in zip(*found, strict=True)))

    def close(self) -> None:
        """End the processes, if there are any."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _spread(self, work: Callable[[pa.Table], Part], table: pa.Table) -> list[Part]:
        """Do the work piece by piece, in order: here, or in processes of the embedded reader if there is much."""
        processes = min(AT_MOST, _cores())
        if table.num_rows < SPREAD_FROM or processes < 2 or not _embedded(self._settings):
            return [work(table)]
        if self._pool is None:
            apart = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(processes, mp_context=apart, initializer=_begin)
        try:
            return list(self._pool.map(work, _pieces(table)))
        except BrokenProcessPool as error:
            raise ReaderLost(
                "reading processes that live to the end",
                "one that was killed",
                "free some memory and run again",
            ) from error


@contextmanager
def opened(settings: Reading) -> Iterator[Readers]:
    """Readers for the length of a block."""
    readers = Readers(settings)
    try:
        yield readers
    finally:
        readers.close()


def _embedded(settings: Reading) -> bool:
    """Whether the small reader reads; a transformer uses all cores by itself, and fills the memory once already."""
    return settings.model is None and settings.encoder is None and settings.classifier is None


def _pieces(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, table.num_rows, PIECE):
        # A slice would travel with the whole table behind it.
        yield table.take(list(range(start, min(start + PIECE, table.num_rows))))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(settings: Reading, reading_id: str, unread: pa.Table) -> annotate.Found:
    return annotate.read(annotate.reader(settings), reading_id, unread)


def _begin() -> None:
    """One thread for each process, and none of them outlives the night."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
