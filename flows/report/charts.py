"""Charts as inline SVG that bends with the page: positions across are percentages, heights and letters are pixels.

So a chart is as legible at 360 px as on a desktop, needs no script, follows the page's colours (classes, never
colours, are written here) and prints. Every function returns markup whose texts are escaped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

TOP, BOTTOM = 14, 20
INNER = 1000.0
TICKS = (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10)
LANE = 36
CELL = 16
LOW_CELL = "partial"


@dataclass(frozen=True)
class Days:
    """A row of consecutive days as positions across, in percent."""

    names: Sequence[str]

    def left(self, i: float) -> float:
        """Where day `i` begins."""
        return 100 * i / max(len(self.names), 1)

    def middle(self, i: float) -> float:
        """The middle of day `i`."""
        return self.left(i + 0.5)


@dataclass(frozen=True)
class Heights:
    """Values as pixels from the top of a chart `height` pixels high, from 0 up to `top`."""

    top: float
    height: int

    def y(self, value: float) -> float:
        """The pixel of a value; what is above the top is drawn at the top."""
        room = self.height - TOP - BOTTOM
        return TOP + room * (1 - min(value, self.top) / self.top)


def tag(name: str, content: str | Markup = "", **attributes: object) -> Markup:
    """One SVG element; attribute values are escaped, `class_` is `class`, `stroke_width` is `stroke-width`."""
    parts = [name]
    for key, value in attributes.items():
        shown = _short(value) if isinstance(value, float) else str(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{escape(shown)}"')
    # names and keys are this package's own; values are escaped above, content by `escape` unless it is markup
    return Markup(f"<{' '.join(parts)}>{escape(content)}</{name}>")  # noqa: S704


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _percent(value: float) -> str:
    return _short(value) + "%"


def drawing(height: int, label: str, parts: Iterable[Markup], class_: str = "") -> Markup:
    """A whole chart: full width, `height` pixels, with the label that a screen reader says."""
    body = Markup("").join([tag("title", label), *parts])
    return tag(
        "svg",
        body,
        class_=f"chart {class_}".strip(),
        width="100%",
        height=height,
        role="img",
        aria_label=label,
    )


def nice_top(largest: float) -> float:
    """The smallest round number at or above `largest`, at least 2; its half is round as well."""
    if largest <= 2:
        return 2.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(step * power for step in TICKS if step * power >= largest)


def grid(heights: Heights, text: Callable[[float], str], lines: int = 2) -> list[Markup]:
    """Horizontal lines with their values written above them at the left."""
    marks = []
    for k in range(lines + 1):
        value = heights.top * k / lines
        y = heights.y(value)
        marks.append(tag("line", class_="grid" if k else "base", x1="0", x2="100%", y1=y, y2=y))
        if k:
            marks.append(tag("text", text(value), class_="tick", x="0", y=y - 3))
    return marks


def day_ticks(days: Days, height: int, text: Callable[[str], str], most: int = 4) -> list[Markup]:
    """The first day, the last, and some between them, below the chart."""
    last = len(days.names) - 1
    if last < 0:
        return []
    wanted = sorted({round(k * last / most) for k in range(most + 1)})
    marks = []
    for i in wanted:
        anchor = "start" if i == 0 else "end" if i == last else "middle"
        x = "0" if i == 0 else "100%" if i == last else _percent(days.middle(i))
        # the second tick of a narrow page would touch its neighbours: the style sheet hides odd ones there
        odd = " odd" if wanted.index(i) % 2 else ""
        marks.append(
            tag("text", text(days.names[i]), class_="tick day" + odd, x=x, y=height - 5, text_anchor=anchor)
        )
    return marks


def missing_days(days: Days, missing: Iterable[int], height: int, text: str) -> list[Markup]:
    """Hatched columns over days that were not collected, joined where they follow each other."""
    return [
        tag(
            "rect",
            tag("title", text),
            class_="missing",
            x=_percent(days.left(first)),
            width=_percent(days.left(last + 1) - days.left(first)),
            y=TOP,
            height=height - TOP - BOTTOM,
        )
        for first, last in _runs(sorted(missing))
    ]


def _runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for i in indices:
        if runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        else:
            runs.append((i, i))
    return runs


def bars(
    days: Days, values: Sequence[float | None], heights: Heights, titles: Sequence[str], loud: set[int]
) -> list[Markup]:
    """One column a day; those in `loud` in the colour of alarm. A missing value has no column."""
    floor = heights.y(0)
    width = _percent(0.76 * days.left(1))
    marks = []
    for i, value in enumerate(values):
        if value is None:
            continue
        y = min(heights.y(value), floor - 1.0)
        marks.append(
            tag(
                "rect",
                tag("title", titles[i]),
                class_="bar loud" if i in loud else "bar" if value else "bar nil",
                x=_percent(days.left(i + 0.12)),
                width=width,
                y=y,
                height=floor - y,
            )
        )
    return marks


def columns(days: Days, titles: Sequence[str], height: int) -> list[Markup]:
    """Invisible columns, one a day, that say something to a pointer."""
    width = _percent(days.left(1))
    return [
        tag(
            "rect",
            tag("title", said),
            class_="hover",
            x=_percent(days.left(i)),
            width=width,
            y=0,
            height=height,
        )
        for i, said in enumerate(titles)
    ]


def stretched(height: int, parts: Iterable[Markup]) -> Markup:
    """A layer for lines: its own units run 0 to 1000 across whatever the width, and stay pixels down."""
    return tag(
        "svg",
        Markup("").join(parts),
        viewBox=f"0 0 {INNER:.0f} {height}",
        preserveAspectRatio="none",
        x="0",
        y="0",
        width="100%",
        height=height,
        aria_hidden="true",
    )


def line(days: Days, values: Sequence[float | None], heights: Heights, class_: str) -> Markup:
    """A line through the middles of the days, broken where a value is missing."""
    strokes = []
    for run in _runs([i for i, value in enumerate(values) if value is not None]):
        points = [
            f"{_short(10 * days.middle(i))} {_short(heights.y(values[i] or 0))}"
            for i in range(run[0], run[1] + 1)
        ]
        # a single point is drawn as a line of no length, which its round cap makes a dot
        strokes.append("M" + "L".join(points if len(points) > 1 else points * 2))
    return tag("path", class_=class_, d="".join(strokes), vector_effect="non-scaling-stroke")


def band(days: Days, low: Sequence[float | None], high: Sequence[float | None], heights: Heights) -> Markup:
    """The area between two rows of values, broken where one is missing."""
    present = [i for i in range(len(low)) if low[i] is not None and high[i] is not None]
    shapes = []
    for first, last in _runs(present):
        edge = range(first, last + 1)
        # a lone week still shows how wide its interval is
        reach = 0.25 if first == last else 0.0
        upper = [(days.middle(i), heights.y(high[i] or 0)) for i in edge]
        lower = [(days.middle(i), heights.y(low[i] or 0)) for i in reversed(edge)]
        if reach:
            upper = [(days.middle(first - reach), upper[0][1]), (days.middle(first + reach), upper[0][1])]
            lower = [(days.middle(first + reach), lower[0][1]), (days.middle(first - reach), lower[0][1])]
        shapes.append("M" + "L".join(f"{_short(10 * x)} {_short(y)}" for x, y in upper + lower) + "Z")
    return tag("path", class_="band", d="".join(shapes))


@dataclass(frozen=True)
class Dot:
    """One thing on a lane: where (0 to 1), what a pointer over it says, and whether it was the first of all."""

    at: float
    title: str
    first: bool = False


@dataclass(frozen=True)
class Lane:
    """One row of a lane chart with its name above it."""

    name: str
    note: str
    dots: Sequence[Dot]


def lanes(rows: Sequence[Lane], ticks: Sequence[tuple[float, str]], label: str) -> Markup:
    """A row for each lane with a dot for each thing, over shared ticks at the bottom."""
    height = LANE * len(rows) + BOTTOM
    parts: list[Markup] = []
    for at, _ in ticks:
        x = _percent(_inside(at))
        parts.append(tag("line", class_="grid", x1=x, x2=x, y1=0, y2=height - BOTTOM))
    for k, row in enumerate(rows):
        y = LANE * (k + 1) - 9
        parts.append(tag("line", class_="base", x1="0", x2="100%", y1=y, y2=y))
        parts.append(
            tag(
                "text",
                Markup("{} {}").format(row.name, tag("tspan", row.note, class_="note")),
                class_="name",
                x="0",
                y=y - 12,
            )
        )
        for dot in row.dots:
            mark = "dot first" if dot.first else "dot"
            parts.append(
                tag(
                    "circle",
                    tag("title", dot.title),
                    class_=mark,
                    cx=_percent(_inside(dot.at)),
                    cy=y,
                    r=6 if dot.first else 5,
                )
            )
    for k, (at, text) in enumerate(ticks):
        odd = " odd" if k % 2 else ""
        anchor = "start" if at <= 0 else "end" if at >= 1 else "middle"
        x = "0" if at <= 0 else "100%" if at >= 1 else _percent(_inside(at))
        parts.append(tag("text", text, class_="tick day" + odd, x=x, y=height - 5, text_anchor=anchor))
    return drawing(height, label, parts)


def _inside(at: float) -> float:
    """A share of the width as a percentage that keeps a dot's whole circle on the page."""
    return 1.5 + 97 * min(max(at, 0.0), 1.0)


def calendar(
    rows: Sequence[tuple[str, Sequence[tuple[str, str]]]],
    days: Sequence[str],
    text: Callable[[str], str],
    label: str,
) -> Markup:
    """A row of cells for each source, one a day: (class of the cell, what a pointer over it says)."""
    span = Days(days)
    height = LANE * len(rows) + BOTTOM
    parts: list[Markup] = []
    for k, (name, cells) in enumerate(rows):
        y = LANE * k + 16
        parts.append(tag("text", name, class_="name", x="0", y=y - 4))
        parts.extend(_cells(cells, span, y))
    parts.extend(day_ticks(span, height, text))
    return drawing(height, label, parts, "calendar")


def _cells(cells: Sequence[tuple[str, str]], span: Days, y: int) -> list[Markup]:
    """Neighbouring cells of one kind are one rectangle: sixty days of a healthy source are a single one."""
    marks = []
    start = 0
    for i in range(1, len(cells) + 1):
        if i < len(cells) and cells[i][0] == cells[start][0]:
            continue
        kind, first = cells[start]
        # told apart by height too, not by colour alone
        low = CELL // 2 if kind == LOW_CELL else 0
        said = first if i - start == 1 else f"{first} – {cells[i - 1][1]}"
        marks.append(
            tag(
                "rect",
                tag("title", said),
                class_=f"cell {kind}",
                x=_percent(span.left(start)),
                width=_percent(span.left(i) - span.left(start)),
                y=y + low,
                height=CELL - low,
            )
        )
        start = i
    return marks
