"""Simulated counts with known truth, for calibration, benchmarks and tests. Every draw comes from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

import numpy as np
from numpy.typing import NDArray

from models.spikes.arrays import Floats
from models.spikes.strata import ANY, Series, Stratum

WEEKDAY_VOLUME = np.array([1.05, 1.1, 1.1, 1.05, 1.0, 0.85, 0.75])
STORIES = {"kk": 14.0, "ru": 16.0, "en": 10.0}
OWNERSHIP = {
    "state": 0.3,
    "pro_government_holding": 0.2,
    "private_independent": 0.25,
    "international_public": 0.15,
    "opposition": 0.1,
}
TARGETS = {
    "chinese": 0.22,
    "migrants_general": 0.2,
    "russian": 0.16,
    "uzbek": 0.12,
    "tajik": 0.1,
    "kyrgyz": 0.08,
    "south_asian": 0.07,
    "returnees": 0.05,
}
FRAMES = {"territory": 0.2, "burden": 0.25, "crime": 0.2, "identity": 0.15, "order": 0.1, "control": 0.1}
FIRST_NIGHT = "2026-03-02"


def negative_binomial(rng: np.random.Generator, mean: Floats, phi: float) -> Floats:
    """Counts with the given mean and variance phi * mean."""
    if phi <= 1.0:
        return rng.poisson(mean).astype(float)
    return rng.poisson(rng.gamma(np.maximum(mean, 1e-12) / (phi - 1.0), phi - 1.0)).astype(float)


@dataclass(frozen=True)
class Story:
    """One simulated story."""

    night: int
    language: str
    ownership: str
    copies: int
    targets: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spike:
    """Extra securitizing stories in one cell for some nights."""

    night: int
    nights: int
    stories: float
    language: str
    target: str
    frame: str


@dataclass(frozen=True)
class Plan:
    """Sixty nights and what is planted in them; nights count from 1."""

    nights: int = 60
    base_share: float = 0.06
    spikes: tuple[Spike, ...] = (Spike(41, 5, 7.0, "kk", "chinese", "territory"),)
    surge: tuple[int, int, float] | None = (35, 3, 2.5)
    """night, nights, factor: more of everything, share unchanged."""
    dark: tuple[int, int, float] | None = (46, 5, 0.12)
    """night, nights, share of all stories that one dark outlet carries."""
    late: tuple[int, float] | None = (33, 3.0)
    """night, stories a night of an outlet that is added late."""
    reprinted: tuple[int, int] | None = (38, 25)
    """night, copies of one securitizing story."""
    overdispersion: float = 1.3
    weekday: Floats = field(default_factory=lambda: WEEKDAY_VOLUME)


def _pick(rng: np.random.Generator, shares: dict[str, float]) -> str:
    weights = np.fromiter(shares.values(), dtype=float)
    return str(rng.choice(list(shares), p=weights / weights.sum()))


def _story(rng: np.random.Generator, night: int, language: str, share: float) -> Story:
    ownership, copies = _pick(rng, OWNERSHIP), 1 + int(rng.geometric(0.6) - 1)
    if rng.random() >= share:
        return Story(night, language, ownership, copies)
    targets = {_pick(rng, TARGETS)} | ({_pick(rng, TARGETS)} if rng.random() < 0.15 else set())
    frames = {_pick(rng, FRAMES)} | ({_pick(rng, FRAMES)} if rng.random() < 0.25 else set())
    return Story(night, language, ownership, copies, tuple(sorted(targets)), tuple(sorted(frames)))


def stories(plan: Plan, seed: int) -> list[Story]:
    """All stories of a plan; the share of securitizing ones wanders from night to night (overdispersion)."""
    rng = np.random.default_rng(seed)
    out: list[Story] = []
    for night in range(1, plan.nights + 1):
        weekday = (date.fromisoformat(FIRST_NIGHT).weekday() + night - 1) % 7
        volume = float(plan.weekday[weekday])
        if plan.surge and plan.surge[0] <= night < plan.surge[0] + plan.surge[1]:
            volume *= plan.surge[2]
        if plan.dark and plan.dark[0] <= night < plan.dark[0] + plan.dark[1]:
            volume *= 1.0 - plan.dark[2]
        for language, mean in STORIES.items():
            late = plan.late[1] if plan.late and night >= plan.late[0] and language == "ru" else 0.0
            share = plan.base_share * _wander(rng, plan.overdispersion, (mean + late) * plan.base_share)
            number = rng.poisson(mean * volume + late)
            out += [_story(rng, night, language, share) for _ in range(number)]
        out += _planted(rng, plan, night)
    return out


def _wander(rng: np.random.Generator, phi: float, mean: float) -> float:
    """A gamma factor of mean 1 that gives a count of this mean the variance phi * mean."""
    if phi <= 1.0:
        return 1.0
    size = mean / (phi - 1.0)
    return float(rng.gamma(size, 1.0 / size))


def _planted(rng: np.random.Generator, plan: Plan, night: int) -> list[Story]:
    out = []
    for spike in plan.spikes:
        if spike.night <= night < spike.night + spike.nights:
            for _ in range(rng.poisson(spike.stories)):
                copies = 1 + int(rng.geometric(0.5) - 1)
                owner = _pick(rng, OWNERSHIP)
                out.append(Story(night, spike.language, owner, copies, (spike.target,), (spike.frame,)))
    if plan.reprinted and night == plan.reprinted[0]:
        out.append(Story(night, "ru", "state", plan.reprinted[1], ("uzbek",), ("crime",)))
    return out


def cells(story: Story) -> set[Stratum]:
    """Every stratum a securitizing story counts in."""
    found: set[Stratum] = set()
    for language in (story.language, ANY):
        found |= {Stratum(language), Stratum(language, story.ownership)}
        for target in story.targets:
            found |= {Stratum(language, ANY, target), Stratum(language, story.ownership, target)}
            found |= {Stratum(language, ANY, target, frame) for frame in story.frames}
    return found


def all_strata() -> list[Stratum]:
    """The family: every stratum of the counting rule."""
    out = []
    for language in (*STORIES, ANY):
        out += [Stratum(language)] + [Stratum(language, owner) for owner in OWNERSHIP]
        out += [Stratum(language, ANY, target) for target in TARGETS]
        out += [Stratum(language, ANY, target, frame) for target, frame in product(TARGETS, FRAMES)]
        out += [Stratum(language, owner, target) for owner, target in product(OWNERSHIP, TARGETS)]
    return out


def nights(number: int) -> tuple[str, ...]:
    """ISO dates of the first `number` nights."""
    first = date.fromisoformat(FIRST_NIGHT)
    return tuple((first + timedelta(days=i)).isoformat() for i in range(number))


def series(plan: Plan, seed: int) -> list[Series]:
    """The series of every stratum of a simulated press."""
    strata = all_strata()
    place = {stratum: i for i, stratum in enumerate(strata)}
    shape = (len(strata), plan.nights)
    count, copies, total = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    groups: dict[tuple[str, str], NDArray[np.intp]] = {
        (language, owner): np.array(
            [i for s, i in place.items() if s.language in (language, ANY) and s.ownership in (owner, ANY)]
        )
        for language in STORIES
        for owner in OWNERSHIP
    }
    for story in stories(plan, seed):
        day = story.night - 1
        total[groups[story.language, story.ownership], day] += 1
        if story.targets:
            where = [place[stratum] for stratum in cells(story)]
            count[where, day] += 1
            copies[where, day] += story.copies
    days, complete = nights(plan.nights), np.ones(plan.nights, dtype=bool)
    return [Series(s, days, count[i], copies[i], total[i], complete) for s, i in place.items()]
