"""`baqylau doctor`: what is in force, and whether everything opens."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from baqylau import BaqylauError
from flows.commands import options

if TYPE_CHECKING:
    from flows.settings import Settings

PACKAGES = (
    "baqylau",
    "scrapy",
    "transformers",
    "sentence-transformers",
    "torch",
    "prefect",
    "duckdb",
    "trafilatura",
)
FREE_ENOUGH_GB = 5.0


def doctor(config: options.Config = None, home: options.Home = None) -> None:
    """Print settings, versions and free disk; open the registry, the embedded model and the warehouse."""
    settings = options.settings(config, home)
    print("settings in force")
    for line in settings_lines(settings):
        print(f"  {line}")
    print(f"versions\n  python {platform.python_version()}")
    for package in PACKAGES:
        print(f"  {package} {version(package)}")
    failed = [name for name, check in CHECKS if not _report(name, check, settings)]
    if failed:
        raise typer.Exit(1)


def settings_lines(settings: Settings) -> list[str]:
    """Every setting as `section.name = value`."""
    lines = []
    for name, value in settings:
        if hasattr(value, "model_dump"):
            lines += [f"{name}.{key} = {inner}" for key, inner in value]
        else:
            lines.append(f"{name} = {[str(path) for path in value] if isinstance(value, list) else value}")
    return lines


def _report(name: str, check: Callable[[Settings], str], settings: Settings) -> bool:
    try:
        print(f"{name}: {check(settings)}")
    except BaqylauError as error:
        print(f"{name}: FAULT {error}")
        return False
    return True


def _disk(settings: Settings) -> str:
    place = next(
        path for path in [settings.home.resolve(), *settings.home.resolve().parents] if path.exists()
    )
    free = shutil.disk_usage(place).free / 1e9
    warning = (
        "" if free >= FREE_ENOUGH_GB else f" (less than {FREE_ENOUGH_GB:.0f} GB: a long crawl may fill it)"
    )
    return f"{free:.1f} GB free at {settings.home}{warning}"


def _registry(settings: Settings) -> str:
    from crawlers import registry

    sources = registry.load(settings.registry)
    return f"{len(sources)} editions, {sum(source.enabled for source in sources)} enabled"


def _contact(settings: Settings) -> str:
    return (
        settings.crawl.contact or "not set; outlets cannot reach you. Set crawl.contact before a real night"
    )


def _model(settings: Settings) -> str:
    from flows import annotate
    from models.speech_acts import Passage

    started = time.perf_counter()
    reader = annotate.reader(settings.reading)
    reader.read([Passage("doctor", "Қытай жерімізді алып қояды.")])
    reading = reader.reading
    seconds = time.perf_counter() - started
    return f"{reading['model']} opens and reads in {seconds:.1f} s (codebook {reading['codebook_version']})"


def _warehouse(settings: Settings) -> str:
    from warehouse import connection

    path: Path = settings.snapshot if settings.snapshot.exists() else settings.warehouse
    if not path.exists():
        return f"none yet at {settings.warehouse}; the first night makes it"
    with connection.open_reader(path) as reader:
        row = reader.execute("select count(*) from article").fetchone()
    return f"{path} opens, {row[0]} articles"


CHECKS: tuple[tuple[str, Callable[[Settings], str]], ...] = (
    ("disk", _disk),
    ("contact", _contact),
    ("registry", _registry),
    ("model", _model),
    ("warehouse", _warehouse),
)


def register(app: typer.Typer) -> None:
    """Add the verb of this module."""
    app.command()(doctor)
