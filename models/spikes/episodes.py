"""Episodes: alarms of one stratum family within seven days, with onset, peak, end and state."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, timedelta

from models.spikes.folding import headline, severest
from models.spikes.strata import Alarm, Episode, Member, Stratum

QUIET_DAYS = 7
"""nights without an alarm after which an episode is over."""
LONGEST_EXCLUSION = 28
"""days from its onset during which an unconfirmed episode keeps its days out of baselines; after that a lasting
rise is the new normal and stops alarming."""


def episodes(
    alarms: Sequence[Alarm],
    previous: Sequence[Episode],
    day: str | None = None,
    *,
    stories: Mapping[Stratum, AbstractSet[str]] | None = None,
) -> list[Episode]:
    """Fold one night's alarms into the episodes known so far. Running a night twice changes nothing.

    Args:
        alarms: of one night, as `night` gives them; 'watch' alarms neither open nor prolong an episode.
        previous: every episode known so far, of any state.
        day: the night; needed where there may be no alarm (episodes close on quiet nights).
        stories: ids of tonight's stories by stratum. Where given, groups of contradicting strata that rest on the
            same stories (a sentence may have two targets) become one episode.

    Returns:
        all episodes, oldest first.
    """
    strong = [alarm for alarm in alarms if alarm.severity != "watch"]
    tonight = day or max((alarm.day for alarm in strong), default=None)
    known = list(previous)
    if tonight is None:
        return known
    for group in _groups(strong, stories):
        place = _home(group, known, tonight)
        if place is None:
            known.append(_open(group))
        else:
            known[place] = _extend(known[place], group)
    return sorted((_aged(e, tonight) for e in known), key=lambda e: (e.onset, str(e.stratum), e.episode_id))


def _groups(alarms: Sequence[Alarm], stories: Mapping[Stratum, AbstractSet[str]] | None) -> list[list[Alarm]]:
    groups: dict[Stratum, list[Alarm]] = {}
    merged: dict[Stratum, Stratum] = {}
    for lead in dict.fromkeys(alarm.headline for alarm in alarms):
        same = next((other for other in groups if _same_stories(lead, other, stories)), lead)
        merged[lead] = same
        groups.setdefault(same, [])
    for alarm in alarms:
        groups[merged[alarm.headline]].append(alarm)
    return list(groups.values())


def _same_stories(one: Stratum, other: Stratum, stories: Mapping[Stratum, AbstractSet[str]] | None) -> bool:
    if stories is None or not stories.get(one) or not stories.get(other):
        return False
    smaller = min(len(stories[one]), len(stories[other]))
    return len(stories[one] & stories[other]) >= smaller / 2


def _home(group: Sequence[Alarm], known: Sequence[Episode], tonight: str) -> int | None:
    """The recent episode this group belongs to: the most closely related, then the latest."""
    lead = group[0].headline
    fitting = []
    for i, episode in enumerate(known):
        recent = episode.onset <= tonight and _gap(episode.end, tonight) <= QUIET_DAYS
        if recent and lead.related(episode.stratum):
            closeness = sum(a == b for a, b in zip(lead, episode.stratum, strict=True))
            fitting.append((closeness, episode.end, -i))
    return -max(fitting)[2] if fitting else None


def _gap(earlier: str, later: str) -> int:
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def episode_id(stratum: Stratum, onset: str) -> str:
    """Stable id of an episode: first 16 hex of sha256 of headline and onset."""
    return hashlib.sha256(f"{stratum}\n{onset}".encode()).hexdigest()[:16]


def _open(group: Sequence[Alarm]) -> Episode:
    lead = next(alarm for alarm in group if alarm.stratum == alarm.headline)
    empty = Episode(
        episode_id=episode_id(lead.stratum, lead.day),
        stratum=lead.stratum,
        onset=lead.day,
        peak=lead.day,
        end=lead.day,
        state="open",
        severity=lead.severity,
        nights=(),
        peak_count=0,
        peak_expected=0.0,
        peak_ratio=0.0,
        members=(),
    )
    return _extend(empty, group)


def _extend(episode: Episode, group: Sequence[Alarm]) -> Episode:
    members = _members(episode.members, group)
    lead = headline({member.stratum: member.excess for member in members})
    nights = tuple(sorted({*episode.nights, *(alarm.day for alarm in group)}))
    state = "open" if episode.state == "closed" else episode.state
    grown = replace(
        episode,
        stratum=lead,
        nights=nights,
        end=nights[-1],
        state=state,
        members=members,
        severity=severest([episode.severity, *(alarm.severity for alarm in group)]),
        tags=tuple(sorted({*episode.tags, *(tag for alarm in group for tag in alarm.tags)})),
    )
    return _peak(grown, group)


def _peak(episode: Episode, group: Sequence[Alarm]) -> Episode:
    """Move the peak where tonight's headline count stands further above expectation than any night before."""
    lead = next((a for a in group if a.stratum == episode.stratum), None) or group[0]
    above = lead.count - lead.expected
    if episode.peak_count and above <= episode.peak_count - episode.peak_expected:
        return episode
    ratio = lead.count / lead.expected if lead.expected > 0 else lead.rate_ratio
    return replace(
        episode, peak=lead.day, peak_count=lead.count, peak_expected=lead.expected, peak_ratio=ratio
    )


def _members(known: Sequence[Member], group: Sequence[Alarm]) -> tuple[Member, ...]:
    """Members with tonight's alarms added; excess is the largest of one night, so that a repeat adds nothing."""
    found = {member.stratum: member for member in known}
    for alarm in group:
        old = found.get(alarm.stratum, Member(alarm.stratum, 0.0, (), alarm.severity))
        found[alarm.stratum] = Member(
            alarm.stratum,
            max(old.excess, alarm.excess),
            tuple(sorted({*old.nights, alarm.day})),
            severest([old.severity, alarm.severity]),
        )
    return tuple(found[stratum] for stratum in sorted(found))


def _aged(episode: Episode, tonight: str) -> Episode:
    if episode.state == "open" and _gap(episode.end, tonight) >= QUIET_DAYS:
        return replace(episode, state="closed")
    return episode


def excluded_days(stratum: Stratum, known: Sequence[Episode], tonight: str) -> frozenset[str]:
    """Days of earlier episodes that stay out of a stratum's baseline, against masking.

    All days from the first to the last alarm of every episode whose headline is related to the stratum: without
    end where an analyst confirmed it, for the first 28 days where nobody has decided yet, none where it was
    dismissed. An undecided episode thus cannot alarm for ever: a lasting rise becomes the baseline.
    """
    days: set[str] = set()
    for episode in known:
        if episode.state == "dismissed" or episode.onset > tonight or not stratum.related(episode.stratum):
            continue
        span = min(_gap(episode.onset, episode.end), _gap(episode.onset, tonight)) + 1
        if episode.state != "confirmed":
            span = min(span, LONGEST_EXCLUSION)
        start = date.fromisoformat(episode.onset)
        days.update((start + timedelta(days=i)).isoformat() for i in range(span))
    return frozenset(days - {tonight})
