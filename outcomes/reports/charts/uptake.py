"""Uptake: a line of how many have begun in all, with numbered marks where something helped the roll-out or hindered it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outcomes.language import gettext as _
from outcomes.reports.charts.theme import COMPARISON, INK, INTERVENTION, SOFT_INK, WIDTH, Spec, chart, rows

ROOM_FOR_AXIS = 80
HEIGHT = 260
AIR = 1.12
"""How much higher than the line the picture goes, so that marks have room above it."""


@dataclass(frozen=True, slots=True)
class UptakeMark:
    """A driver or barrier: ``number`` in the list below the picture."""

    number: int
    on: date
    helps: bool


@dataclass(frozen=True, slots=True)
class UptakeChart:
    """``points``: (day, people begun in all until then), the first one 0 at the first day; ``marks``, by day."""

    points: tuple[tuple[date, int], ...]
    marks: tuple[UptakeMark, ...]

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        first, last = self.points[0][0], self.points[-1][0]
        days = [mark.on for mark in self.marks]
        domain = [str(min([first, *days])), str(max([last, *days]))]
        top = self.points[-1][1] * AIR
        x: Spec = {
            "type": "temporal",
            "scale": {"domain": domain, "nice": False},
            "axis": {
                "grid": False,
                "title": None,
                "format": "%b %Y",
                "labelOverlap": True,
                "tickCount": 3 if width < WIDTH else 6,
            },
        }
        y: Spec = {
            "type": "quantitative",
            "scale": {"domain": [0, top], "nice": False},
            "axis": {"title": _("People who have begun, in all"), "tickCount": 5, "format": ",d"},
        }
        return chart(
            width=width - ROOM_FOR_AXIS,
            height=HEIGHT,
            layer=[*self._marks(x, y, top, narrow=width < WIDTH), *self._line(x, y)],
        )

    def _line(self, x: Spec, y: Spec) -> list[Spec]:
        data = rows(*({"d": str(day), "v": value} for day, value in self.points))
        place = {"x": {**x, "field": "d"}, "y": {**y, "field": "v"}}
        dot = {"type": "point", "size": 40, "stroke": INTERVENTION, "fill": INTERVENTION, "opacity": 1}
        end = rows({"d": str(self.points[-1][0]), "v": self.points[-1][1], "t": str(self.points[-1][1])})
        label = {"type": "text", "dy": -12, "align": "right", "fontSize": 13, "fontWeight": 600, "color": INK}
        return [
            {"data": data, "mark": {"type": "line", "stroke": INTERVENTION, "strokeWidth": 2.5}, "encoding": place},
            {"data": data, "mark": dot, "encoding": place},
            {"data": end, "mark": label, "encoding": {**place, "text": {"field": "t"}}},
        ]

    def _marks(self, x: Spec, y: Spec, top: float, *, narrow: bool) -> list[Spec]:
        """A helping one has a full line and a triangle upwards, a hindering one dashes and a triangle downwards.

        The number stands beside the triangle, on a phone over it.
        """
        layers: list[Spec] = []
        for helps, colour, dash, shape in (
            (True, INTERVENTION, [1, 0], "triangle-up"),
            (False, COMPARISON, [4, 4], "triangle-down"),
        ):
            data = rows(
                *(
                    {"d": str(mark.on), "v": top, "zero": 0, "t": str(mark.number)}
                    for mark in self.marks
                    if mark.helps is helps
                )
            )
            if not data["values"]:
                continue
            place = {"x": {**x, "field": "d"}, "y": {**y, "field": "v"}}
            line = {"type": "rule", "stroke": colour, "strokeDash": dash, "strokeWidth": 1.25, "opacity": 0.7}
            sign = {"type": "point", "shape": shape, "size": 90, "fill": colour, "stroke": colour, "opacity": 1}
            beside = {"dy": -14, "align": "center"} if narrow else {"dx": 9, "align": "left"}
            number = {"type": "text", **beside, "baseline": "middle", "fontSize": 12, "color": SOFT_INK}
            layers += [
                {"data": data, "mark": line, "encoding": {**place, "y2": {"field": "zero"}}},
                {"data": data, "mark": sign, "encoding": place},
                {"data": data, "mark": number, "encoding": {**place, "text": {"field": "t"}}},
            ]
        return layers
