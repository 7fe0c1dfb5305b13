"""Many strata, one cause: fold the alarms of a night into groups with one headline each.

A spike in (kk, chinese, territory) also lifts (kk, chinese), (kk), and everything else that contains it. Within a
night the broadest alarm is followed down to the narrowest stratum that still carries most of its excess: that one
is the headline, the rest stand beside it as parents, children or overlaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from models.spikes.strata import SEVERITIES, Alarm, Stratum


def headline(excess: Mapping[Stratum, float], share: float = 0.6) -> Stratum:
    """The narrowest stratum inside the one with the largest excess that carries at least `share` of it.

    Ties of depth go to the larger excess, then to the name.
    """
    root = max(excess, key=lambda s: (excess[s], -s.depth, str(s)))
    able = [s for s in excess if root.contains(s) and excess[s] >= share * excess[root]]
    return min(able, key=lambda s: (-s.depth, -excess[s], str(s)))


def role(stratum: Stratum, of: Stratum) -> str:
    """How a stratum stands to the headline."""
    if stratum == of:
        return "headline"
    if stratum.contains(of):
        return "parent"
    return "child" if of.contains(stratum) else "overlap"


def fold(alarms: Sequence[Alarm], share: float = 0.6) -> list[Alarm]:
    """Give every alarm its group's headline and its role.

    Groups are taken strongest first, each from the alarms no earlier group took: every alarm whose stories may be
    the headline's too (`Stratum.related`). A watch alarm never leads a group that holds an alert.
    """
    left = {alarm.stratum: alarm for alarm in alarms}
    out: list[Alarm] = []
    while left:
        strong = [alarm for alarm in left.values() if alarm.severity != "watch"]
        lead = _lead(strong or list(left.values()), share)
        group = [alarm for alarm in left.values() if alarm.stratum.related(lead)]
        for alarm in group:
            out.append(replace(alarm, headline=lead, role=role(alarm.stratum, lead)))
            del left[alarm.stratum]
    return out


def _lead(alarms: Sequence[Alarm], share: float) -> Stratum:
    """Follow the strongest alarm down; where two contradicting children share its excess, the stronger child leads."""
    first = min(alarms, key=lambda a: (a.p, -a.excess, str(a.stratum)))
    inside = {a.stratum: a.excess for a in alarms if first.stratum.contains(a.stratum)}
    lead = headline({**inside, first.stratum: max(first.excess, 1e-9)}, share)
    if lead != first.stratum:
        return lead
    rivals = {s: e for s, e in inside.items() if s != lead}
    return _strongest_rival(rivals, first.excess, share) or lead


def _strongest_rival(excess: Mapping[Stratum, float], whole: float, share: float) -> Stratum | None:
    """The strongest of several contradicting strata that together carry most of `whole`, or None."""
    chosen: list[Stratum] = []
    for stratum in sorted(excess, key=lambda s: (-excess[s], -s.depth, str(s))):
        if not any(stratum.related(other) for other in chosen):
            chosen.append(stratum)
    if len(chosen) < 2 or sum(excess[s] for s in chosen) < share * whole:
        return None
    inside = {s: e for s, e in excess.items() if chosen[0].contains(s)}
    return headline(inside, share)


def severest(severities: Iterable[str]) -> str:
    """The highest of some severities."""
    return max(severities, key=SEVERITIES.index)
