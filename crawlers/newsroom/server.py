"""The fictional press on loopback: a threaded HTTP server that answers as a proxy, or by Host header.

A crawler that is given `.proxy` as its HTTP proxy sends `GET http://steppe-wire.test/... HTTP/1.1` here; no name
is ever resolved. The clock of the answers is the simulated night's.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus

from crawlers.newsroom.model import Plan
from crawlers.newsroom.site import Answer, Site

PACK_FROM = 400  # bytes below which gzip is not worth it
LINE_LIMIT = 65_536
HEADERS_LIMIT = 200
RETRY_AFTER = 3600


@dataclass(frozen=True)
class Hit:
    """One request the press has seen."""

    day: str
    url: str
    status: int


class Press:
    """A running press. `proxy` is its address, `hits` what it was asked for, `set_night` moves its clock."""

    def __init__(self, plan: Plan, day: str) -> None:
        self.plan = plan
        self.site = Site(plan, day)
        self.hits: list[Hit] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.press = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def proxy(self) -> str:
        """The address to use as HTTP proxy."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def night(self) -> str:
        """The night the press is in."""
        return self.site.day

    def set_night(self, day: str) -> None:
        """Show the press as it is at the end of that night.

        Raises:
            UnknownNight: the plan has no such night.
        """
        if day != self.site.day:
            self.site = Site(self.plan, day)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def serve(plan: Plan, night: str) -> Iterator[Press]:
    """Run the press on a free loopback port for as long as the block lasts.

    Args:
        plan: what is printed.
        night: the night to begin with, one of `plan.nights`.
    """
    press = Press(plan, night)
    press.start()
    try:
        yield press
    finally:
        press.stop()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    press: Press


class _Handler(socketserver.StreamRequestHandler):
    """Reads requests off one connection until it is closed; answers each in one write."""

    server: _Server
    timeout = 30
    rbufsize = 16_384

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def handle(self) -> None:
        """Serve requests one after another."""
        try:
            while self._one():
                pass
        except (ConnectionError, TimeoutError):
            return

    def _one(self) -> bool:
        words = self.rfile.readline(LINE_LIMIT).decode("latin-1").split()
        if len(words) != 3:
            return False
        headers = self._headers()
        method, target = words[0], words[1]
        url = target if target.startswith("http://") else f"http://{headers.get('host', '')}{target}"
        site = self.server.press.site
        answer = site.answer(url.partition("#")[0]) if method in ("GET", "HEAD") else Answer(405)
        self.server.press.hits.append(Hit(site.day, url, answer.status))
        if answer.status == 0:
            return False
        self.wfile.write(_response(answer, headers, site, with_body=method == "GET"))
        return headers.get("connection", "").lower() != "close" and method in ("GET", "HEAD")

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(HEADERS_LIMIT):
            line = self.rfile.readline(LINE_LIMIT).decode("latin-1").strip()
            if not line:
                break
            name, _, value = line.partition(":")
            found[name.strip().lower()] = value.strip()
        return found


def _response(answer: Answer, asked: dict[str, str], site: Site, *, with_body: bool) -> bytes:
    status, body = answer.status, answer.body
    lines = [f"Date: {format_datetime(site.now, usegmt=True)}", "Server: newsroom"]
    if status == HTTPStatus.OK:
        lines.append(f"ETag: {answer.etag}")
        if answer.modified:
            lines.append(f"Last-Modified: {answer.modified}")
        if answer.etag in asked.get("if-none-match", ""):
            status, body = 304, b""
    if answer.location:
        lines.append(f"Location: {answer.location}")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append(f"Retry-After: {RETRY_AFTER}")
    if status != HTTPStatus.NOT_MODIFIED:
        if (
            len(body) >= PACK_FROM
            and "gzip" in asked.get("accept-encoding", "")
            and "gzip" not in answer.content_type
        ):
            body = answer.packed
            lines.append("Content-Encoding: gzip")
        lines += [
            f"Content-Type: {answer.content_type}",
            f"Content-Length: {len(body)}",
            "Vary: Accept-Encoding",
        ]
    head = "\r\n".join([f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *lines, "", ""])
    return head.encode("latin-1") + (body if with_body else b"")
