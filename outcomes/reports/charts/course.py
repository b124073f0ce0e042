"""The course: mean score at each occasion with its interval, one line per group."""

from __future__ import annotations

import math
from dataclasses import dataclass

from outcomes.language import gettext as _
from outcomes.reports.charts.theme import COMPARISON, INTERVENTION, SOFT_INK, WIDTH, Spec, chart, rows
from outcomes.reports.parts import LocalText

ROOM_FOR_LABELS = 150
NAME_HEIGHT = 18
UNCERTAIN_UNDER = 30  # fewer persons than this behind a mean: drawn hollow


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """Mean score of ``n`` persons (points) with its interval, ``time`` months after the start."""

    time: float
    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class CourseLine:
    """The points of one group, in order."""

    group: LocalText
    is_intervention: bool
    points: tuple[CoursePoint, ...]


@dataclass(frozen=True, slots=True)
class CourseChart:
    """Lines on the measure's own scale, which begins where the scale begins (``minimum``, ``maximum`` in points)."""

    lines: tuple[CourseLine, ...]
    minimum: float | None
    maximum: float | None
    lower_is_better: bool

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels: the groups' names on top on a phone."""
        narrow = width < WIDTH
        times = sorted({point.time for line in self.lines for point in line.points})
        reach = max(times) - min(times) or 1.0
        low, high = self._domain()
        x = {
            "field": "t",
            "type": "quantitative",
            "scale": {"domain": [min(times) - 0.03 * reach, max(times) + 0.03 * reach], "nice": False},
            "axis": {"values": times, "grid": False, "title": _("Months since the start")},
        }
        y = {
            "type": "quantitative",
            "scale": {"domain": [low, high], "nice": False},
            "axis": {"title": _("Points"), "tickCount": 6},
        }
        layers = [layer for i, line in enumerate(self.lines) for layer in self._line(line, i, reach, x, y)]
        if narrow:
            names = enumerate(reversed(self.lines))
            layers += [layer for place, line in names for layer in self._name_on_top(line, place, width)]
        else:
            layers += [self._name_at_the_end(line, reach, x, y) for line in self.lines]
        return chart(
            width=width - (60 if narrow else ROOM_FOR_LABELS + 70),
            height=215,
            title={
                "text": self._better(),
                "anchor": "start",
                "fontSize": 12,
                "fontWeight": "normal",
                "color": SOFT_INK,
                "offset": 8 + (NAME_HEIGHT * len(self.lines) if narrow else 0),
            },
            layer=layers,
        )

    def _better(self) -> str:
        return _("↓ Lower is better") if self.lower_is_better else _("↑ Higher is better")

    def _domain(self) -> tuple[float, float]:
        ends = [end for line in self.lines for point in line.points for end in (point.low, point.high)]
        low = min(ends) - 1 if self.minimum is None else self.minimum
        step = 10 ** math.floor(math.log10(max(max(ends) - low, 1e-9))) / 2
        high = low + step * math.ceil((max(ends) - low) * 1.05 / step)
        return low, high if self.maximum is None else min(high, self.maximum)

    def _line(self, line: CourseLine, place: int, reach: float, x: Spec, y: Spec) -> list[Spec]:
        hue = INTERVENTION if line.is_intervention else COMPARISON
        shift = 0.006 * reach * (1 if place else -1) if len(self.lines) > 1 else 0.0
        values = [
            {"t": p.time + shift, "m": p.mean, "l": p.low, "h": p.high, "few": p.n < UNCERTAIN_UNDER}
            for p in line.points
        ]
        fill = {"condition": {"test": "datum.few", "value": "white"}, "value": hue}
        dash = [] if line.is_intervention else [6, 4]
        shape = "circle" if line.is_intervention else "square"
        return [
            {
                "data": rows(*values),
                "mark": {"type": "rule", "stroke": hue, "strokeWidth": 1.5},
                "encoding": {"x": x, "y": {**y, "field": "l"}, "y2": {"field": "h"}},
            },
            {
                "data": rows(*values),
                "mark": {"type": "line", "stroke": hue, "strokeWidth": 2.5, "strokeDash": dash},
                "encoding": {"x": x, "y": {**y, "field": "m"}},
            },
            {
                "data": rows(*values),
                "mark": {
                    "type": "point",
                    "shape": shape,
                    "size": 75,
                    "stroke": hue,
                    "strokeWidth": 2,
                    "opacity": 1,
                    "filled": False,
                },
                "encoding": {"x": x, "y": {**y, "field": "m"}, "fill": fill},
            },
        ]

    def _name_at_the_end(self, line: CourseLine, reach: float, x: Spec, y: Spec) -> Spec:
        hue = INTERVENTION if line.is_intervention else COMPARISON
        mark = {"type": "text", "align": "left", "dx": 14, "fontSize": 13, "fontWeight": 600, "color": hue,
                "limit": ROOM_FOR_LABELS, "clip": False}  # fmt: skip
        return {
            "data": rows(self._label(line, reach)),
            "mark": mark,
            "encoding": {"x": x, "y": {**y, "field": "m"}, "text": {"field": "g"}},
        }

    def _name_on_top(self, line: CourseLine, place: int, width: int) -> list[Spec]:
        """The name with the shape of the group's points before it, ``place`` lines over the lowest name."""
        hue = INTERVENTION if line.is_intervention else COMPARISON
        name = {"type": "text", "align": "left", "dx": 14, "fontSize": 13, "fontWeight": 600, "color": hue,
                "limit": width - 60, "clip": False}  # fmt: skip
        shape = {"type": "point", "shape": "circle" if line.is_intervention else "square", "size": 75, "fill": hue,
                 "stroke": hue, "opacity": 1, "clip": False}  # fmt: skip
        data = rows({"g": str(line.group)})
        over = {"value": -12 - NAME_HEIGHT * place}
        return [
            {"data": data, "mark": shape, "encoding": {"x": {"value": 6}, "y": over}},
            {
                "data": data,
                "mark": name,
                "encoding": {"x": {"value": 0}, "y": over, "text": {"field": "g", "type": "nominal"}},
            },
        ]

    def _label(self, line: CourseLine, reach: float) -> Spec:
        """Where the group's name stands: at its last point, moved apart where two would meet."""
        low, high = self._domain()
        apart = 0.075 * (high - low)
        lasts = sorted(((ln.points[-1].mean, ln.group) for ln in self.lines), key=lambda pair: pair[0])
        middle = sum(mean for mean, _group in lasts) / len(lasts)
        place = line.points[-1].mean
        if len(lasts) > 1 and lasts[-1][0] - lasts[0][0] < apart:
            rank = [group for _mean, group in lasts].index(line.group)
            place = middle + (rank - (len(lasts) - 1) / 2) * apart
        return {"t": line.points[-1].time + 0.006 * reach, "m": place, "g": str(line.group)}
