"""The Prefect flows: one night, many nights, and the service that starts a night by the clock.

Tasks are coarse (a step of a night, not an article); what a step does stands in `flows.steps` and knows no Prefect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from baqylau import Transient
from flows import settings as settings_module
from flows import steps

RETRIES_AFTER_S = [5.0, 30.0]
Watch = Callable[[str, str], None]


def is_transient(_task: Any, _run: Any, state: Any) -> bool:
    """Whether a failed step may succeed unchanged; anything else would only fail again, later."""
    return isinstance(state.result(raise_on_failure=False), Transient)


@task(
    retries=len(RETRIES_AFTER_S),
    retry_delay_seconds=RETRIES_AFTER_S,
    retry_condition_fn=is_transient,
    cache_policy=NO_CACHE,
)
def step(name: str, night: steps.Night) -> steps.Count:
    """One step of a night as a Prefect task, named after the step."""
    return steps.perform(name, night)


def run_steps(night: steps.Night, watch: Watch | None = None) -> list[steps.Count]:
    """All steps that the ledger does not yet show as done, in order."""
    counts = []
    for name in steps.remaining(night):
        if watch:
            watch(night.night, name)
        counts.append(step.with_options(name=name, task_run_name=f"{name} {night.night}")(name, night))
    return counts


@flow(name="nightly", log_prints=False, validate_parameters=False)
def nightly(
    night: str | None = None,
    sources: list[str] | None = None,
    config: str | None = None,
    home: str | None = None,
) -> str:
    """One real night, from the crawl to the report.

    Returns:
        the path of the report.
    """
    settings = settings_module.load(Path(config) if config else None, home=Path(home) if home else None)
    with steps.opened(settings, steps.tonight(settings, night), sources=sources) as opened:
        run_steps(opened)
    return str(settings.reports / opened.night / "report.html")


@flow(name="nights", log_prints=False, validate_parameters=False)
def nights(begin: Callable[[], Iterable[steps.Night]], watch: Watch | None = None) -> int:
    """Several nights in order, as the demo needs them: one flow run, many coarse tasks.

    Args:
        begin: gives the nights; not an iterator itself, because Prefect looks into a flow's parameters and would
            use up the first night.
        watch: told of every step that begins.

    Returns:
        how many nights were gone through.
    """
    done = 0
    for night in begin():
        run_steps(night, watch)
        done += 1
    return done


def serve(settings: settings_module.Settings, cron: str, config: Path | None) -> None:
    """Start a nightly by the clock until interrupted; an overlapping run is refused, a missed one is not lost."""
    from prefect.schedules import Cron

    parameters = {"home": str(settings.home), "config": str(config) if config else None}
    nightly.serve(
        name="nightly",
        schedules=[Cron(cron, timezone=settings.timezone)],
        parameters=parameters,
        limit=1,
        pause_on_shutdown=False,
    )
