"""One person's scores over time, with a soft band for what chance alone may do around the first score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from outcomes.language import format_number
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import BAND, EXPECTED, INK, INTERVENTION, SOFT_INK, WIDTH, Spec, chart, rows
from outcomes.reports.parts import LocalText

MOST_LABELLED, MOST_ON_A_PHONE = 12, 6
AROUND_ONE = timedelta(days=45)  # either side of an only answer


@dataclass(frozen=True, slots=True)
class TrajectoryChart:
    """``points``: (day, score in points), oldest first; ``band``: (low, high) in points or None; ``cut_offs``: (points,
    wording)."""

    points: tuple[tuple[date, float], ...]
    band: tuple[float, float] | None
    minimum: float
    maximum: float
    decimals: int
    lower_is_better: bool
    cut_offs: tuple[tuple[float, LocalText], ...]

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        narrow = width < WIDTH
        first, last = self.points[0][0], self.points[-1][0]
        air = max((last - first) // 20, timedelta(days=3)) if last > first else AROUND_ONE
        ends = {"a": str(first - air), "b": str(last + air)}
        x: Spec = {
            "type": "temporal",
            "scale": {"domain": [ends["a"], ends["b"]], "nice": False},
            "axis": {
                "grid": False,
                "title": None,
                "format": "%-d. %b %y",
                "labelOverlap": True,
                "tickCount": 3 if narrow else 6,
            },
        }
        scale = {"domain": [self.minimum, self.maximum], "nice": False}
        y: Spec = {"type": "quantitative", "scale": scale, "axis": {"title": _("Points"), "tickCount": 6}}
        better = _("↓ Lower is better") if self.lower_is_better else _("↑ Higher is better")
        return chart(
            width=width - (60 if narrow else 80),
            height=260,
            title={
                "text": better,
                "anchor": "start",
                "fontSize": 12,
                "fontWeight": "normal",
                "color": SOFT_INK,
                "offset": 8,
            },
            layer=[
                *self._band(x, y, ends),
                *self._cut_offs(x, y, ends),
                *self._scores(x, y, MOST_ON_A_PHONE if narrow else MOST_LABELLED),
            ],
        )

    def _band(self, x: Spec, y: Spec, ends: Spec) -> list[Spec]:
        if self.band is None:
            return []
        data = rows({**ends, "low": self.band[0], "high": self.band[1]})
        encoding = {
            "x": {**x, "field": "a"},
            "x2": {"field": "b"},
            "y": {**y, "field": "low"},
            "y2": {"field": "high"},
        }
        return [{"data": data, "mark": {"type": "rect", "fill": BAND, "opacity": 0.6}, "encoding": encoding}]

    def _cut_offs(self, x: Spec, y: Spec, ends: Spec) -> list[Spec]:
        if not self.cut_offs:
            return []
        data = rows(*({**ends, "c": value, "w": str(wording)} for value, wording in self.cut_offs))
        words = {"type": "text", "align": "right", "baseline": "bottom", "dy": -3, "fontSize": 11, "color": SOFT_INK}
        return [
            {
                "data": data,
                "mark": {"type": "rule", "stroke": EXPECTED, "strokeDash": [4, 4]},
                "encoding": {"y": {**y, "field": "c"}},
            },
            {
                "data": data,
                "mark": words,
                "encoding": {"x": {**x, "field": "b"}, "y": {**y, "field": "c"}, "text": {"field": "w"}},
            },
        ]

    def _scores(self, x: Spec, y: Spec, most: int) -> list[Spec]:
        data = rows(*({"d": str(day), "v": v, "t": format_number(v, self.decimals)} for day, v in self.points))
        place = {"x": {**x, "field": "d"}, "y": {**y, "field": "v"}}
        point = {"type": "point", "size": 80, "stroke": INTERVENTION, "fill": INTERVENTION, "opacity": 1}
        label = {"type": "text", "dy": -14, "fontSize": 12, "fontWeight": 600, "color": INK}
        layers: list[Spec] = [
            {"data": data, "mark": {"type": "line", "stroke": INTERVENTION, "strokeWidth": 2.5}, "encoding": place},
            {"data": data, "mark": point, "encoding": place},
        ]
        if len(self.points) <= most:
            layers.append({"data": data, "mark": label, "encoding": {**place, "text": {"field": "t"}}})
        return layers
