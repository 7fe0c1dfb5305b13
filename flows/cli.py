"""`baqylau`: the command line. Each verb is a function elsewhere; this layer parses, calls and prints."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from baqylau import BaqylauError, Transient
from flows.commands import ask, coding, files, model, nights, sources, system

EXIT_TERMINAL = 2
EXIT_TRANSIENT = 3
EXIT_INTERRUPTED = 130

# In force before torch, Prefect or a hub client is imported: nothing phones home, no thread spins.
ENVIRONMENT = {
    "OMP_WAIT_POLICY": "PASSIVE",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "TOKENIZERS_PARALLELISM": "false",
}

app = typer.Typer(
    name="baqylau",
    help="Watches how the Kazakh, Russian and English press of Central Asia turns migration into a threat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (nights, files, ask, coding, model, system):
    group.register(app)
app.add_typer(sources.app, name="sources")
app.add_typer(coding.gold, name="gold")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"baqylau {version('baqylau')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of `baqylau` itself; the verbs have their own."""


def main() -> None:
    """Run the command line; an error of ours becomes one line on stderr and an exit code."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        app()
    except BaqylauError as error:
        # One line, whatever a library put into its message.
        print("baqylau:", *str(error).split(), file=sys.stderr)
        sys.exit(EXIT_TRANSIENT if isinstance(error, Transient) else EXIT_TERMINAL)
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): not a fault, and nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        print("baqylau: interrupted; run the same command again to go on where it stopped", file=sys.stderr)
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
