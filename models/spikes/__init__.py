"""Detecting spikes: counts in, expected values, p-values, alarms and episodes out. Pure functions.

`night` tests all strata of one night and `episodes` folds its alarms over time; `detect` runs one detector on one
series, `detect_file` on a table. The detectors themselves: `farrington`, `daily` and `window` (short history),
`ears_c1` to `ears_c3`. Only `detect_file` touches files;
`models.spikes.tables` turns Arrow tables into series.
"""

from models.spikes.choice import METHODS, DetectOptions, Grid, detect
from models.spikes.counts import Summary, detect_file, parse_min_cases
from models.spikes.ears import EarsOptions, ears_c1, ears_c2, ears_c3
from models.spikes.episodes import episode_id, episodes, excluded_days
from models.spikes.errors import CountsRefused, OptionFaults
from models.spikes.family import Night, NightOptions, examine, night
from models.spikes.flexible import ORIGINAL_1996, FarringtonOptions, farrington
from models.spikes.results import Tests
from models.spikes.short_history import Block, ShortOptions, daily, window
from models.spikes.strata import Alarm, Episode, Member, Series, Stratum

__all__ = [
    "METHODS",
    "ORIGINAL_1996",
    "Alarm",
    "Block",
    "CountsRefused",
    "DetectOptions",
    "EarsOptions",
    "Episode",
    "FarringtonOptions",
    "Grid",
    "Member",
    "Night",
    "NightOptions",
    "OptionFaults",
    "Series",
    "ShortOptions",
    "Stratum",
    "Summary",
    "Tests",
    "daily",
    "detect",
    "detect_file",
    "ears_c1",
    "ears_c2",
    "ears_c3",
    "episode_id",
    "episodes",
    "examine",
    "excluded_days",
    "farrington",
    "night",
    "parse_min_cases",
    "window",
]
