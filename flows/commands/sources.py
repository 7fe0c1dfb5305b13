"""`baqylau sources`: what the registry says, and whether it is sound."""

from __future__ import annotations

import typer

from flows.commands import options

app = typer.Typer(help="The registry of sources.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_sources(config: options.Config = None) -> None:
    """List every edition with its language, ownership and ways in; a guess is marked with a question mark."""
    from crawlers import registry
    from flows import output

    settings = options.settings(config, None)
    output.print_rows(registry.describe(registry.load(settings.registry)))


@app.command("check")
def check(config: options.Config = None) -> None:
    """Validate every source file; all faults are reported at once."""
    from crawlers import registry

    settings = options.settings(config, None)
    sources = registry.load(settings.registry)
    enabled = sum(source.enabled for source in sources)
    print(
        f"{len(sources)} editions of {len({source.outlet for source in sources})} outlets are valid, {enabled} enabled"
    )
