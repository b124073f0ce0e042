"""Who answered: bars of the share answered at each occasion, one panel per group."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.language import format_number, translate
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import COMPARISON, EXPECTED, INK, INTERVENTION, WIDTH, Spec, chart, lines, rows
from outcomes.reports.parts import LocalText

ROOM_FOR_OCCASIONS = 76
ROOM_FOR_COUNTS = 62


@dataclass(frozen=True, slots=True)
class FlowBar:
    """One occasion: ``answered`` of ``due`` persons, ``share`` 0-1; None where it isn't shown."""

    occasion: Sentence
    due: int
    answered: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class FlowPanel:
    """The occasions of one group, in order."""

    group: LocalText
    is_intervention: bool
    bars: tuple[FlowBar, ...]


@dataclass(frozen=True, slots=True)
class FlowChart:
    """Panels beside each other, with a dashed line at ``least_share``, below which the evidence is graded down."""

    panels: tuple[FlowPanel, ...]
    least_share: float

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels: the panels under each other on a phone."""
        if width < WIDTH:
            across = width - ROOM_FOR_OCCASIONS - ROOM_FOR_COUNTS - 16
            return chart(vconcat=[self._panel(panel, across, first=True) for panel in self.panels])
        width = (width - ROOM_FOR_OCCASIONS) // len(self.panels) - ROOM_FOR_COUNTS - 16
        return chart(hconcat=[self._panel(panel, width, first=i == 0) for i, panel in enumerate(self.panels)])

    def _panel(self, panel: FlowPanel, width: int, *, first: bool) -> Spec:
        hue = INTERVENTION if panel.is_intervention else COMPARISON
        values = [{"o": translate(bar.occasion), "s": bar.share, "all": 1, "n": _label(bar)} for bar in panel.bars]
        plain = {"domain": False, "ticks": False, "title": None}
        y = {"field": "o", "type": "ordinal", "sort": None, "axis": plain if first else None}
        ticks = {"format": ".0%", "values": [0, self.least_share, 1], "title": _("Share who answered")}
        x = {"type": "quantitative", "stack": None, "scale": {"domain": [0, 1]}, "axis": {**ticks, "grid": False}}
        due = {"type": "bar", "fill": "white", "stroke": EXPECTED, "strokeWidth": 0.75, "height": {"band": 0.6}}
        answered = {"type": "bar", "fill": hue, "height": {"band": 0.6}}
        count = {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "color": INK}
        limit = {"type": "rule", "strokeDash": [5, 4], "stroke": INK, "strokeWidth": 1.25}
        return {
            "width": width,
            "height": {"step": 30},
            "title": {
                "text": lines(str(panel.group), width + ROOM_FOR_COUNTS),
                "anchor": "start",
                "fontSize": 13,
                "color": hue,
                "offset": 8,
            },
            "data": rows(*values),
            "layer": [
                {"mark": due, "encoding": {"x": {**x, "field": "all"}, "y": y}},
                {"mark": answered, "encoding": {"x": {**x, "field": "s"}, "y": y}},
                {"mark": count, "encoding": {"x": {**x, "field": "all"}, "y": y, "text": {"field": "n"}}},
                {"data": rows({"limit": self.least_share}), "mark": limit, "encoding": {"x": {**x, "field": "limit"}}},
            ],
        }


def _label(bar: FlowBar) -> str:
    if bar.answered is None:
        return _("withheld")
    return _("%(part)s of %(whole)s", part=format_number(bar.answered), whole=format_number(bar.due))
