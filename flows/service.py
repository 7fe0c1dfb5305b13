"""Prefect's surroundings: where it keeps its files, and a server for as long as the schedule is served."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.errors import ServerSilent
from flows.settings import Settings

START_WITHIN_S = 180.0


def prepare_prefect(settings: Settings, log_level: str = "CRITICAL") -> None:
    """Keep Prefect's database below `home` and its log quiet; must run before Prefect is imported.

    A failed step reaches the user as one line of ours, so Prefect's traceback of it is left out unless asked for.
    """
    home = (settings.home / "prefect").resolve()
    home.mkdir(parents=True, exist_ok=True)
    _end_leftover_servers(home)
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", log_level)
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    # The first start on a machine makes a database and may take longer than Prefect's own 20 seconds.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", str(int(START_WITHIN_S)))


def _end_leftover_servers(home: Path) -> None:
    """End the temporary servers of runs on this home that were killed; Prefect's outlive their run for ever then.

    Only orphans are meant (their parent is process 1), never the server of a schedule that is being served. Where
    there is no /proc nothing is done.
    """
    own = f"PREFECT_HOME={home}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            is_server = b"prefect.server" in (process / "cmdline").read_bytes()
            if parent == "1" and is_server and own in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGTERM)


def run(settings: Settings, cron: str, config: Path | None) -> None:
    """Serve the nightly by the clock until interrupted, with a server of our own unless one is named.

    Raises:
        ServerSilent: the server did not answer in time.
    """
    prepare_prefect(settings, "WARNING")
    with _server():
        from flows.nightly import serve

        serve(settings, cron, config)


@contextmanager
def _server() -> Iterator[None]:
    """A Prefect server on loopback; one that `PREFECT_API_URL` names is used instead."""
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    host = os.environ.get("PREFECT_SERVER_API_HOST", "127.0.0.1")
    port = os.environ.get("PREFECT_SERVER_API_PORT", "4200")
    # Host and port by environment, not by flag: with the flag the server's own pages look for it elsewhere.
    environment = os.environ | {"PREFECT_SERVER_API_HOST": host, "PREFECT_SERVER_API_PORT": port}
    server = subprocess.Popen([sys.executable, "-m", "prefect", "server", "start"], env=environment)
    try:
        _wait_for(f"http://{host}:{port}/api/health", server)
        os.environ["PREFECT_API_URL"] = f"http://{host}:{port}/api"
        yield
    finally:
        _stop(server)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    found = (
        f"nothing after {START_WITHIN_S:.0f} s" if server.poll() is None else f"it ended with {server.poll()}"
    )
    raise ServerSilent(
        "Prefect's server to answer at " + url, found, "set PREFECT_SERVER_API_PORT to a free port"
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
