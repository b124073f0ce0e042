"""The funnel: each provider by its number of people, with the limits that size and ordinary differences explain."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.language import format_percent
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import (
    BEHIND,
    COMPARISON,
    EXPECTED,
    INK,
    INTERVENTION,
    SOFT_INK,
    WIDTH,
    Spec,
    chart,
    rows,
)

MOST_LABELS = 12
HEIGHT, NARROW_HEIGHT = 250, 300
NAME_HEIGHT = 15
"""Pixels that a name takes in height."""
SHAPES = {"inside": "circle", "outside": "diamond", "far": "square"}


@dataclass(frozen=True, slots=True)
class FunnelMark:
    """A provider with ``n`` people at ``value`` (points). ``place``: ``inside``, ``outside`` (95 %) or ``far`` (99.8 %)."""

    name: str
    n: int
    value: float
    place: str


@dataclass(frozen=True, slots=True)
class FunnelCurve:
    """Limits (points) at ``n`` people."""

    n: float
    low_998: float
    low_95: float
    high_95: float
    high_998: float


@dataclass(frozen=True, slots=True)
class FunnelChart:
    """Providers and limits; providers are named beside their marks where they are at most twelve, else those outside."""

    marks: tuple[FunnelMark, ...]
    curve: tuple[FunnelCurve, ...]
    lower_is_better: bool

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        narrow = width < WIDTH
        people = [mark.n for mark in self.marks] + [line.n for line in self.curve]
        ends = [end for line in self.curve for end in (line.low_998, line.high_998)] + [m.value for m in self.marks]
        room, tall = 0.05 * (max(people) - min(people) or 1), 0.08 * (max(ends) - min(ends) or 1)
        x = {
            "type": "quantitative",
            "scale": {
                "domain": [max(0, min(people) - 2 * room), max(people) + (1 if narrow else 3.4) * room],
                "nice": False,
                "zero": False,
            },
            "axis": {
                "title": _("People who answered both times"),
                "grid": False,
                "tickMinStep": 1,
                "tickCount": 4 if narrow else 8,
            },
        }
        y = {
            "type": "quantitative",
            "scale": {"domain": [min(ends) - tall, max(ends) + tall], "nice": False, "zero": False},
            "axis": {"title": _("Points from what was expected"), "tickCount": 7},
        }
        return chart(
            width=width - (60 if narrow else 80),
            height=NARROW_HEIGHT if narrow else HEIGHT,
            title={
                "text": _("↓ Better than expected") if self.lower_is_better else _("↑ Better than expected"),
                "anchor": "start",
                "fontSize": 12,
                "fontWeight": "normal",
                "color": SOFT_INK,
                "offset": 8,
            },
            layer=[*self._limits(x, y, inside=narrow), *self._marks(x, y, narrow=narrow)],
        )

    def _limits(self, x: Spec, y: Spec, *, inside: bool) -> list[Spec]:
        curve = rows(*({"n": c.n, "a": c.low_998, "b": c.low_95, "c": c.high_95, "d": c.high_998} for c in self.curve))
        last = self.curve[-1]
        names = rows(
            {"n": last.n, "v": last.high_998, "t": format_percent(0.998, 1)},
            {"n": last.n, "v": last.high_95, "t": format_percent(0.95)},
            *([] if inside else [{"n": last.n, "v": 0.0, "t": _("as expected")}]),
        )
        lines = [
            {
                "data": curve,
                "mark": {"type": "line", "stroke": EXPECTED, "strokeWidth": 1.5, "strokeDash": dash},
                "encoding": {"x": {**x, "field": "n"}, "y": {**y, "field": field}},
            }
            for field, dash in (("a", []), ("b", [5, 4]), ("c", [5, 4]), ("d", []))
        ]
        zero = rows({"n": self.curve[0].n, "m": last.n, "v": 0})
        return [
            *lines,
            {
                "data": zero,
                "mark": {"type": "rule", "stroke": INK},
                "encoding": {"x": {**x, "field": "n"}, "x2": {"field": "m"}, "y": {**y, "field": "v"}},
            },
            {
                "data": names,
                "mark": {"type": "text", "fontSize": 12, "color": SOFT_INK,
                         **({"align": "right", "dy": -8} if inside else {"align": "left", "dx": 5})},
                "encoding": {"x": {**x, "field": "n"}, "y": {**y, "field": "v"}, "text": {"field": "t"}},
            },
        ]  # fmt: skip

    def _marks(self, x: Spec, y: Spec, *, narrow: bool) -> list[Spec]:
        found: list[Spec] = []
        names: list[Spec] = []
        heights = self._heights(y, narrow=narrow)
        for place, shape in SHAPES.items():
            marks = [mark for mark in self.marks if mark.place == place]
            if not marks:
                continue
            hue = INTERVENTION if place == "inside" else COMPARISON
            data = rows(*({"n": mark.n, "v": mark.value, "t": mark.name} for mark in marks))
            found.append(
                {
                    "data": data,
                    "mark": {"type": "point", "shape": shape, "size": 90 if place == "inside" else 150, "stroke": hue,
                             "strokeWidth": 2, "filled": False, "fill": "white" if place == "inside" else hue, "opacity": 1},
                    "encoding": {"x": {**x, "field": "n"}, "y": {**y, "field": "v"}},
                }
            )  # fmt: skip
            if place != "inside" or len(self.marks) <= MOST_LABELS:
                strong = place != "inside"
                names += [
                    each
                    for right in (True, False)
                    for each in self._names(marks, x, y, heights, right=right, strong=strong, narrow=narrow)
                ]
        return [*found, *names]

    def _heights(self, y: Spec, *, narrow: bool) -> dict[str, float]:
        """Where each name stands on the scale: by its mark, and clear of the names before it on the same side.

        On a phone the two sides meet, so that every name is kept clear of all before it.
        """
        low, high = y["scale"]["domain"]
        line = (high - low) * NAME_HEIGHT / (NARROW_HEIGHT if narrow else HEIGHT)
        found: dict[str, float] = {}
        for side in ((True, False),) if narrow else ((True,), (False,)):
            last = high + line
            for mark in sorted(self.marks, key=lambda mark: (-mark.value, mark.name)):
                if self._at_the_right(mark, narrow=narrow) in side:
                    last = found[mark.name] = min(mark.value, last - line)
        return found

    def _at_the_right(self, mark: FunnelMark, *, narrow: bool) -> bool:
        """At the right end, where the limits' names begin, a name stands to the left of its mark; a phone's half."""
        ends = [line.n for line in self.curve]
        return mark.n > max(ends) - (0.5 if narrow else 0.25) * (max(ends) - min(ends))

    def _names(
        self,
        marks: list[FunnelMark],
        x: Spec,
        y: Spec,
        heights: dict[str, float],
        *,
        right: bool,
        strong: bool,
        narrow: bool,
    ) -> list[Spec]:
        """Names beside their marks, each with white behind its letters, so that no line goes through them."""
        chosen = [mark for mark in marks if self._at_the_right(mark, narrow=narrow) is right]
        text = {"type": "text", "align": "right" if right else "left", "dx": -10 if right else 10, "fontSize": 12,
                "limit": 190 if narrow else 210, "fontWeight": 600 if strong else 400}  # fmt: skip
        data = rows(*({"n": mark.n, "v": heights[mark.name], "t": mark.name} for mark in chosen))
        encoding = {"x": {**x, "field": "n"}, "y": {**y, "field": "v"}, "text": {"field": "t"}}
        return [{"data": data, "mark": {**text, **more}, "encoding": encoding} for more in (BEHIND, {})]
