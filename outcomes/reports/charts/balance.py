"""Balance at the start: how many standard deviations two groups are apart in each characteristic, with the limit of small."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.language import gettext as _
from outcomes.language import translate
from outcomes.reports.charts.theme import (
    BAND,
    COMPARISON,
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
from outcomes.reports.parts import LocalText

ROOM_FOR_LABELS = 220
ROW, ROW_UNDER_NAME = 28, 46


@dataclass(frozen=True, slots=True)
class BalanceMark:
    """``smd`` in pooled standard deviations; ``adjusted``: the model takes it into account."""

    name: LocalText | Sentence
    smd: float
    adjusted: bool


@dataclass(frozen=True, slots=True)
class BalanceChart:
    """One row per characteristic; the band reaches ``limit`` to either side of zero."""

    marks: tuple[BalanceMark, ...]
    limit: float

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        narrow = width < WIDTH
        reach = 1.15 * max([abs(mark.smd) for mark in self.marks] + [2 * self.limit])
        x = {
            "type": "quantitative",
            "scale": {"domain": [-reach, reach], "nice": False},
            "axis": {
                "title": _("Standard deviations apart"),
                "grid": True,
                "gridColor": GRID,
                "domain": False,
                "tickCount": 5 if narrow else 10,
            },
        }
        y = {
            "field": "g",
            "type": "nominal",
            "sort": None,
            "axis": None if narrow else name_axis(ROOM_FOR_LABELS),
        }
        layers: list[Spec] = [
            {
                "data": rows({"a": -self.limit, "b": self.limit}),
                "mark": {"type": "rect", "fill": BAND, "opacity": 0.7},
                "encoding": {"x": {**x, "field": "a"}, "x2": {"field": "b"}},
            },
            {"data": rows({"z": 0}), "mark": {"type": "rule", "stroke": INK}, "encoding": {"x": {**x, "field": "z"}}},
        ]
        for mark in self.marks:
            over = abs(mark.smd) > self.limit
            hue = COMPARISON if over else INTERVENTION
            layers.append(
                {
                    "data": rows({"g": _said(mark.name), "s": mark.smd}),
                    "mark": {"type": "point", "shape": "diamond" if over else "circle", "size": 110, "stroke": hue,
                             "strokeWidth": 2, "filled": False, "fill": hue if over and not mark.adjusted else "white",
                             "opacity": 1},
                    "encoding": {"x": {**x, "field": "s"}, "y": y},
                }
            )  # fmt: skip
        if narrow:
            layers += names_above(rows(*({"g": _said(mark.name)} for mark in self.marks)), y, "g", 16, width - 20)
        room, row = (20, ROW_UNDER_NAME) if narrow else (ROOM_FOR_LABELS + 30, ROW)
        return chart(width=width - room, height=row * len(self.marks), layer=layers)


def _said(name: LocalText | Sentence) -> str:
    return translate(name) if isinstance(name, Sentence) else str(name)
