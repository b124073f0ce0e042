"""Two periods: the main number of each with its interval, under each other on one scale with the zero line."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.language import format_number, translate
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import (
    BEHIND,
    EXPECTED,
    GRID,
    INK,
    INTERVENTION,
    WIDTH,
    Spec,
    chart,
    name_axis,
    names_above,
    rows,
)

ROOM_FOR_LABELS = 190
ROW, ROW_UNDER_NAME = 56, 72


@dataclass(frozen=True, slots=True)
class PeriodMark:
    """A period's main number (points) with its interval. ``now``: the period that the report is about."""

    name: Sentence
    estimate: float
    low: float
    high: float
    now: bool


@dataclass(frozen=True, slots=True)
class PeriodChart:
    """The periods in order of time. ``decimals`` of the numbers written."""

    marks: tuple[PeriodMark, ...]
    lower_is_better: bool
    decimals: int = 1

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        narrow = width < WIDTH
        ends = [end for mark in self.marks for end in (mark.low, mark.high, 0.0)]
        room = 0.08 * (max(ends) - min(ends) or 1)
        axis = _("Points; lower is better") if self.lower_is_better else _("Points; higher is better")
        x = {
            "type": "quantitative",
            "scale": {"domain": [min(ends) - room, max(ends) + room], "nice": False},
            "axis": {
                "title": axis,
                "grid": True,
                "gridColor": GRID,
                "domain": False,
                "tickCount": 5 if narrow else 7,
            },
        }
        y = {
            "field": "g",
            "type": "nominal",
            "sort": None,
            "axis": None if narrow else name_axis(ROOM_FOR_LABELS),
        }
        layers: list[Spec] = [
            {"data": rows({"z": 0}), "mark": {"type": "rule", "stroke": INK}, "encoding": {"x": {**x, "field": "z"}}}
        ]
        for mark in self.marks:
            layers += self._mark(mark, x, y)
        if narrow:
            names = rows(*({"g": translate(mark.name)} for mark in self.marks))
            layers += names_above(names, y, "g", 20, width - 20)
        room, row = (20, ROW_UNDER_NAME) if narrow else (ROOM_FOR_LABELS + 30, ROW)
        return chart(width=width - room, height=row * len(self.marks), layer=layers)

    def _mark(self, mark: PeriodMark, x: Spec, y: Spec) -> list[Spec]:
        hue = INTERVENTION if mark.now else EXPECTED
        hollow = mark.low <= 0 <= mark.high
        number = _(
            "%(estimate)s (%(low)s to %(high)s)",
            estimate=format_number(mark.estimate, self.decimals),
            low=format_number(mark.low, self.decimals),
            high=format_number(mark.high, self.decimals),
        )
        data = rows({"g": translate(mark.name), "e": mark.estimate, "l": mark.low, "h": mark.high, "t": number})
        return [
            {
                "data": data,
                "mark": {"type": "rule", "stroke": hue, "strokeWidth": 3, "strokeDash": [] if mark.now else [6, 4]},
                "encoding": {"x": {**x, "field": "l"}, "x2": {"field": "h"}, "y": y},
            },
            {
                "data": data,
                "mark": {"type": "point", "shape": "circle" if mark.now else "square", "size": 150, "stroke": hue,
                         "strokeWidth": 2.5, "filled": False, "fill": "white" if hollow else hue, "opacity": 1},
                "encoding": {"x": {**x, "field": "e"}, "y": y},
            },
            *(
                {
                    "data": data,
                    "mark": {"type": "text", "dy": 20, "fontSize": 12, "fontWeight": 600, **more},
                    "encoding": {"x": {**x, "field": "e"}, "y": y, "text": {"field": "t"}},
                }
                for more in (BEHIND, {})
            ),
        ]  # fmt: skip
