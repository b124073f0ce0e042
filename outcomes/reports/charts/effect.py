"""The main number: a dot with its interval against the line of no difference."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.language import format_number
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import BEHIND, GRID, INK, INTERVENTION, SOFT_INK, WIDTH, Spec, chart, rows

HALF_THE_NUMBERS = 75
"""Pixels from the middle of the numbers to their end: they are kept inside the picture where the dot is far out."""


@dataclass(frozen=True, slots=True)
class EffectChart:
    """``estimate`` with its interval in points. Hollow where the interval holds zero.

    ``against_zero``: the zero line is "no change" rather than "no difference". ``decimals`` of the numbers written.
    ``with_title`` False: the axis isn't named, because the text beside the chart does.
    """

    estimate: float
    low: float
    high: float
    lower_is_better: bool
    against_zero: bool = False
    decimals: int = 1
    height: int = 96
    with_title: bool = True

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        width -= 30
        reach = 1.25 * max(abs(self.low), abs(self.high), 1e-9)
        hollow = self.low <= 0 <= self.high
        title = _("Change in points") if self.against_zero else _("Difference in points")
        x = {
            "type": "quantitative",
            "scale": {"domain": [-reach, reach], "nice": False},
            "axis": {
                "title": title if self.with_title else None,
                "grid": True,
                "gridColor": GRID,
                "tickCount": max(5, width // 68),
                "domain": False,
            },
        }
        reach_of_words = reach * (1 - 2 * HALF_THE_NUMBERS / width)
        words = max(-reach_of_words, min(self.estimate, reach_of_words))
        point = rows({"e": self.estimate, "l": self.low, "h": self.high, "t": self._numbers(), "w": words, "y": 0})
        y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [-1, 1]}}
        left, right = (_("Better"), _("Worse")) if self.lower_is_better else (_("Worse"), _("Better"))
        ends = rows(
            {"x": -reach, "t": f"← {left}", "y": 1},
        )
        other = rows({"x": reach, "t": f"{right} →", "y": 1})
        middle = rows({"x": 0, "t": _("No change") if self.against_zero else _("No difference"), "y": 1})
        return chart(
            width=width,
            height=self.height,
            layer=[
                {
                    "data": middle,
                    "mark": {"type": "rule", "stroke": INK, "strokeWidth": 1.5},
                    "encoding": {"x": {**x, "field": "x"}},
                },
                _words(ends, x, "left"),
                _words(other, x, "right"),
                _words(middle, x, "center", weight=600, colour=INK),
                {
                    "data": point,
                    "mark": {"type": "rule", "stroke": INTERVENTION, "strokeWidth": 4},
                    "encoding": {"x": {**x, "field": "l"}, "x2": {"field": "h"}, "y": y},
                },
                {
                    "data": point,
                    "mark": {
                        "type": "point",
                        "size": 220,
                        "stroke": INTERVENTION,
                        "strokeWidth": 3,
                        "filled": False,
                        "fill": "white" if hollow else INTERVENTION,
                        "opacity": 1,
                    },
                    "encoding": {"x": {**x, "field": "e"}, "y": y},
                },
                *(
                    {
                        "data": point,
                        "mark": {"type": "text", "dy": 24, "fontSize": 13, "fontWeight": 600, **more},
                        "encoding": {"x": {**x, "field": "w"}, "y": y, "text": {"field": "t"}},
                    }
                    for more in (BEHIND, {})
                ),
            ],
        )

    def _numbers(self) -> str:
        return _(
            "%(estimate)s (%(low)s to %(high)s)",
            estimate=format_number(self.estimate, self.decimals),
            low=format_number(self.low, self.decimals),
            high=format_number(self.high, self.decimals),
        )


def _words(data: Spec, x: Spec, align: str, weight: int = 400, colour: str = SOFT_INK) -> Spec:
    mark = {
        "type": "text",
        "align": align,
        "baseline": "bottom",
        "dy": -6,
        "fontSize": 12,
        "fontWeight": weight,
        "color": colour,
    }
    return {
        "data": data,
        "mark": mark,
        "encoding": {"x": {**x, "field": "x"}, "y": {"value": 0}, "text": {"field": "t"}},
    }
