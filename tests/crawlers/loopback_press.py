"""A press on loopback for the tests of the crawler: real sockets, real HTTP, pages that behave or do not."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NOW = "2026-03-02T20:00:00+00:00"
NIGHT = "2026-03-02"
SENTENCE = (
    "The committee met in Astana on Monday and discussed the border posts at length before it adjourned. "
)


@dataclass
class Reply:
    """One canned answer. `act` may do anything else with the open connection instead."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None


Site = Mapping[str, Reply | Callable[[BaseHTTPRequestHandler], Reply]]


@dataclass
class Press:
    """A running server: its port, and every request it saw as (host, path)."""

    port: int
    seen: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self, host: str | None = None) -> list[str]:
        return [path for name, path in self.seen if host is None or name == host]


@contextmanager
def serve(make_site: Callable[[Press], Site], host: str = "127.0.0.1", wrap=None) -> Iterator[Press]:
    """Serve the site until the block ends; requests with an absolute URI (as to a proxy) are served by path too."""
    press = Press(0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def date_time_string(self, timestamp: float | None = None) -> str:
            return "Mon, 02 Mar 2026 20:00:00 GMT"

        def do_GET(self) -> None:
            press.seen.append((self.headers["Host"], self.path))
            press.headers.append(dict(self.headers.items()))
            found = site.get(
                self.path, Reply(404, b"<html>nothing here</html>", {"Content-Type": "text/html"})
            )
            reply = found(self) if callable(found) else found
            if reply.act is not None:
                self.close_connection = True
                reply.act(self)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # the crawler hangs up on what it does not want: that is the point

    server = Server((host, 0), Handler)
    if wrap is not None:
        server.socket = wrap(server.socket)
    press.port = server.server_address[1]
    site = make_site(press)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield press
    finally:
        server.shutdown()
        server.server_close()


def html(title: str, text: str = SENTENCE * 4, published: str | None = "2026-03-02T10:00:00+05:00") -> bytes:
    """A plain article page."""
    meta = f'<meta property="article:published_time" content="{published}">' if published else ""
    return (
        f"<html lang='en'><head><title>{title}</title>{meta}</head><body><h1>{title}</h1>"
        f"<article><p>{text}</p><p>{title} was the subject. {SENTENCE}</p></article></body></html>"
    ).encode()


def page(title: str, **headers: str) -> Reply:
    return Reply(200, html(title), {"Content-Type": "text/html; charset=utf-8", **headers})


def rss(*urls: str) -> Reply:
    items = "".join(
        f"<item><link>{url.replace('&', '&amp;')}</link><pubDate>Mon, 02 Mar 2026 05:00:00 +0500</pubDate></item>"
        for url in urls
    )
    return xml(f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>")


def xml(text: str) -> Reply:
    return Reply(200, text.encode(), {"Content-Type": "application/xml; charset=utf-8"})


def robots(text: str = "User-agent: *\nDisallow: /private/\n") -> Reply:
    return Reply(200, text.encode(), {"Content-Type": "text/plain"})


def write_source(
    folder: Path, source_id: str, host: str, discovery: str, article: str = r"^/news/", extra: str = ""
) -> None:
    """Write one registry file with one edition."""
    folder.mkdir(parents=True, exist_ok=True)
    scheme, _, name = host.partition("://") if "://" in host else ("http", "", host)
    (folder / f"{source_id}.toml").write_text(
        f"""
[outlet]
slug = "{source_id.replace("_", "-")}"
name = "{source_id}"
country = "KZ"
media_type = "agency"
timezone = "Asia/Almaty"

[[ownership]]
class = "unknown"
confidence = "low"
evidence = "made for a test"

[[edition]]
id = "{source_id}"
language = "en"
base_url = "{scheme}://{name}"
tier = "A"
hosts = ["{name}"]
article_url = ['{article}']
discovery = [{discovery}]
{extra}
""",
        encoding="utf-8",
    )


def entry(kind: str, url: str, **more: object) -> str:
    """One discovery entry in TOML."""
    fields = {"kind": kind, "url": url, **more}
    return "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in fields.items()) + " }"


def job(folder: Path, registry: Path, **changes: object) -> Path:
    """Write a job file with settings quick enough for a test; keyword arguments that are settings override them."""
    settings: dict[str, object] = {
        "delay_s": 0,
        "timeout_s": 5,
        "allow_private": True,
        "autothrottle": False,
        "retries": 1,
        "max_bytes": 200_000,
    }
    raw: dict[str, object] = {
        "night": NIGHT,
        "now": NOW,
        "registry": [str(registry)],
        "sources": None,
        "spool": str(folder / "spool" / NIGHT),
        "archive": str(folder / "archive"),
        "known": None,
    }
    for name, value in changes.items():
        (raw if name in raw else settings)[name] = value
    raw["settings"] = settings
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "job.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


def crawl(*jobs: Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the real child process."""
    command = [sys.executable, "-m", "crawlers.run", *map(str, jobs)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


def summary(done: subprocess.CompletedProcess[str]) -> dict:
    """The child's summary; fails with its complaints if it has none."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
