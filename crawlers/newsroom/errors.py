"""What can go wrong in the fictional press."""

from __future__ import annotations

from baqylau import Faults, Terminal


class StockFaults(Faults):
    """The newsroom's own texts are malformed; `faults` holds one line for each place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("newsroom stock", faults)


class StockExhausted(Terminal):
    """No further story can be composed that is not a near-duplicate of an earlier one."""

    def __init__(self, language: str, kind: str) -> None:
        self.language = language
        self.kind = kind
        super().__init__(
            f"enough {language} texts for another {kind} story",
            "only near-duplicates of stories already printed",
            "add lines to crawlers/newsroom/stock",
        )


class UnknownNight(Terminal):
    """A night outside the plan."""

    def __init__(self, day: str, first: str, last: str) -> None:
        self.day = day
        super().__init__(f"a night between {first} and {last}", repr(day), "pass one of `plan.nights`")
