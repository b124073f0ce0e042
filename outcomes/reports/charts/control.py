"""The control chart: one value per quarter, with centre and limits where there are quarters enough to know them."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.language import gettext as _
from outcomes.reports.charts.theme import (
    BAND,
    BEHIND,
    COMPARISON,
    INK,
    INTERVENTION,
    SOFT_INK,
    WIDTH,
    Spec,
    chart,
    rows,
)


@dataclass(frozen=True, slots=True)
class ControlMark:
    """One quarter's ``value`` (points) with its interval; ``signal``: a rule says that it is more than ordinary variation."""

    quarter: str
    value: float
    low: float
    high: float
    signal: bool


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """Centre and limits in points, as the first quarters give them."""

    centre: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ControlChartPicture:
    """Quarters in order of time; ``limits`` None where there are too few of them: then the line is the mean of all."""

    marks: tuple[ControlMark, ...]
    limits: ControlLimits | None
    mean: float
    lower_is_better: bool

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels: the lines' names inside on a phone."""
        narrow = width < WIDTH
        x = {
            "field": "q",
            "type": "ordinal",
            "sort": None,
            "axis": {"title": _("Quarter in which they began"), "labelAngle": 0, "labelOverlap": True, "grid": False},
        }
        ends = [end for mark in self.marks for end in (mark.low, mark.high)] + [0.0]
        if self.limits is not None:
            ends += [self.limits.low, self.limits.high]
        room = 0.06 * (max(ends) - min(ends) or 1)
        y = {
            "type": "quantitative",
            "scale": {"domain": [min(ends) - room, max(ends) + room], "nice": False, "zero": False},
            "axis": {"title": _("Change in points"), "tickCount": 6},
        }
        return chart(
            width=width - (56 if narrow else 196),
            height=220,
            title={
                "text": _("↓ Lower is better") if self.lower_is_better else _("↑ Higher is better"),
                "anchor": "start",
                "fontSize": 12,
                "fontWeight": "normal",
                "color": SOFT_INK,
                "offset": 8,
            },
            layer=[*self._lines(y), *self._marks(x, y), *self._names(y, inside=narrow)],
        )

    def _lines(self, y: Spec) -> list[Spec]:
        limits = self.limits
        wide = {"value": "width"}
        if limits is None:
            return [_rule(self.mean, y, [])]
        band = rows({"a": limits.low, "b": limits.high})
        return [
            {
                "data": band,
                "mark": {"type": "rect", "fill": BAND, "opacity": 0.6},
                "encoding": {"y": {**y, "field": "a"}, "y2": {"field": "b"}, "x": {"value": 0}, "x2": wide},
            },
            _rule(limits.centre, y, []),
            _rule(limits.low, y, [5, 4]),
            _rule(limits.high, y, [5, 4]),
        ]

    def _names(self, y: Spec, *, inside: bool) -> list[Spec]:
        """What the lines are: beside them, or on them at the end of the picture, with white behind the letters."""
        limits = self.limits
        if limits is None:
            return _name(self.mean, _("mean of all"), y, inside=inside)
        return [
            *_name(limits.centre, _("the first quarters"), y, inside=inside),
            *_name(limits.high, _("limit of the ordinary"), y, inside=inside),
            *_name(limits.low, _("limit of the ordinary"), y, inside=inside),
        ]

    def _marks(self, x: Spec, y: Spec) -> list[Spec]:
        found = []
        every = [{"q": mark.quarter, "v": mark.value, "l": mark.low, "h": mark.high} for mark in self.marks]
        found.append(
            {
                "data": rows(*every),
                "mark": {"type": "line", "stroke": INTERVENTION, "strokeWidth": 2},
                "encoding": {"x": x, "y": {**y, "field": "v"}},
            }
        )
        found.append(
            {
                "data": rows(*every),
                "mark": {"type": "rule", "stroke": INTERVENTION, "strokeWidth": 1.5},
                "encoding": {"x": x, "y": {**y, "field": "l"}, "y2": {"field": "h"}},
            }
        )
        for signal, shape, hue in ((False, "circle", INTERVENTION), (True, "diamond", COMPARISON)):
            chosen = [row for row, mark in zip(every, self.marks, strict=True) if mark.signal is signal]
            if chosen:
                fill = hue if signal else "white"
                mark = {"type": "point", "shape": shape, "size": 170 if signal else 80, "stroke": hue, "strokeWidth": 2,
                        "filled": False, "fill": fill, "opacity": 1}  # fmt: skip
                found.append({"data": rows(*chosen), "mark": mark, "encoding": {"x": x, "y": {**y, "field": "v"}}})
        return found


def _rule(value: float, y: Spec, dash: list[int]) -> Spec:
    return {
        "data": rows({"v": value}),
        "mark": {"type": "rule", "stroke": INK, "strokeWidth": 1, "strokeDash": dash},
        "encoding": {"y": {**y, "field": "v"}},
    }


def _name(value: float, text: str, y: Spec, *, inside: bool) -> list[Spec]:
    place = {"align": "right", "dx": -2, "dy": -8} if inside else {"align": "left", "dx": 6}
    mark = {"type": "text", **place, "fontSize": 12, "color": SOFT_INK, "clip": False}
    return [
        {
            "data": rows({"v": value, "t": text}),
            "mark": {**mark, **more},
            "encoding": {"x": {"value": "width"}, "y": {**y, "field": "v"}, "text": {"field": "t"}},
        }
        for more in ((BEHIND, {}) if inside else ({},))
    ]
