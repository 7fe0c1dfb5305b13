"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from flows.settings import Settings

Config = Annotated[
    Path | None,
    typer.Option("--config", help="Settings file; default: baqylau.toml here, if any.", show_default=False),
]
Home = Annotated[
    Path | None,
    typer.Option(
        "--home", help="Folder of spool, archive, warehouse and reports; default: var.", show_default=False
    ),
]
Night = Annotated[
    str | None,
    typer.Option("--night", help="Local date YYYY-MM-DD; default: the newest.", show_default=False),
]

Model = Annotated[
    Path | None, typer.Option("--model", help="Folder of a trained reader; default: the embedded one.")
]
Encoder = Annotated[
    str | None, typer.Option("--encoder", help="sentence-transformers model, local path or hub name.")
]
Classifier = Annotated[
    str | None, typer.Option("--classifier", help="transformers sequence classifier, path or hub name.")
]


def settings(config: Path | None, home: Path | None, **flags: Any) -> Settings:
    """The settings in force for this call (imported late: `--help` must answer at once)."""
    from flows import settings as module

    return module.load(config, home=home, **flags)
