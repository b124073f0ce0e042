"""Subgroups: a dot with its interval for each, drawn together with others of its kind, on one scale with the zero line."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.language import gettext as _
from outcomes.language import translate
from outcomes.reports.charts.theme import (
    EXPECTED,
    GRID,
    INK,
    INTERVENTION,
    SOFT_INK,
    WIDTH,
    Spec,
    chart,
    lines,
    name_axis,
    names_above,
    rows,
)
from outcomes.reports.parts import LocalText

ROOM_FOR_LABELS = 210
ROW, ROW_UNDER_NAME = 30, 46


@dataclass(frozen=True, slots=True)
class SubgroupMark:
    """``estimate`` with its interval (points) after it is drawn towards the others, and ``own``, before that."""

    name: LocalText | Sentence
    n: int
    estimate: float
    low: float
    high: float
    own: float


@dataclass(frozen=True, slots=True)
class SubgroupPanel:
    """The subgroups of one characteristic."""

    title: LocalText | Sentence
    marks: tuple[SubgroupMark, ...]


@dataclass(frozen=True, slots=True)
class SubgroupChart:
    """One panel for each characteristic, under each other."""

    panels: tuple[SubgroupPanel, ...]
    lower_is_better: bool

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        ends = [end for panel in self.panels for mark in panel.marks for end in (mark.low, mark.high, mark.own, 0.0)]
        reach = max(ends) - min(ends) or 1.0
        domain = [min(ends) - 0.06 * reach, max(ends) + 0.06 * reach]
        panels = [
            self._panel(panel, domain, width, last=place == len(self.panels) - 1)
            for place, panel in enumerate(self.panels)
        ]
        return chart(vconcat=panels, spacing=14, resolve={"scale": {"x": "shared"}})

    def _panel(self, panel: SubgroupPanel, domain: list[float], width: int, *, last: bool) -> Spec:
        narrow = width < WIDTH
        values = [
            {
                "g": _("%(name)s (n = %(n)s)", name=_said(mark.name), n=mark.n),
                "e": mark.estimate,
                "l": mark.low,
                "h": mark.high,
                "o": mark.own,
                "u": mark.low <= 0 <= mark.high,
            }
            for mark in panel.marks
        ]
        x = {
            "type": "quantitative",
            "scale": {"domain": domain, "nice": False},
            "axis": {
                "title": self._axis() if last else None,
                "labels": last,
                "ticks": last,
                "domain": False,
                "grid": True,
                "gridColor": GRID,
                "tickCount": 5 if narrow else 7,
            },
        }
        y = {
            "field": "g",
            "type": "nominal",
            "sort": None,
            "axis": None if narrow else name_axis(ROOM_FOR_LABELS),
        }
        fill = {"condition": {"test": "datum.u", "value": "white"}, "value": INTERVENTION}
        data = rows(*values)
        point = {"type": "point", "size": 90, "stroke": INTERVENTION, "strokeWidth": 2, "opacity": 1}
        own = {"type": "tick", "orient": "vertical", "thickness": 2, "size": 14, "color": EXPECTED}
        return {
            "width": width - (20 if narrow else ROOM_FOR_LABELS + 30),
            "height": (ROW_UNDER_NAME if narrow else ROW) * len(values),
            "title": {"text": lines(_said(panel.title), width), "anchor": "start", "frame": "group", "fontSize": 13,
                      "color": SOFT_INK, "offset": 4},
            "layer": [
                {"data": rows({"z": 0}), "mark": {"type": "rule", "stroke": INK}, "encoding": {"x": {**x, "field": "z"}}},
                {"data": data, "mark": own, "encoding": {"x": {**x, "field": "o"}, "y": y}},
                {
                    "data": data,
                    "mark": {"type": "rule", "stroke": INTERVENTION, "strokeWidth": 2},
                    "encoding": {"x": {**x, "field": "l"}, "x2": {"field": "h"}, "y": y},
                },
                {"data": data, "mark": point, "encoding": {"x": {**x, "field": "e"}, "y": y, "fill": fill}},
                *(names_above(data, y, "g", 16, width - 20) if narrow else []),
            ],
        }  # fmt: skip

    def _axis(self) -> str:
        return _("Points; lower is better") if self.lower_is_better else _("Points; higher is better")


def _said(name: LocalText | Sentence) -> str:
    return translate(name) if isinstance(name, Sentence) else str(name)
