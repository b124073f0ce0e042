"""Where the need is: small multiples, one panel per target group, one bar per place, unknown as a part of its own.

The bars are of all who began, so that who hasn't answered takes up room. Need goes from dark to light; unknown is white
with a dashed edge, what is withheld is grey, so that neither looks like low need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outcomes.errors import Sentence
from outcomes.language import gettext as _
from outcomes.language import translate
from outcomes.reports.charts.theme import EXPECTED, INK, WIDTH, Spec, chart, lines, names_above, rows
from outcomes.reports.environment import say
from outcomes.reports.parts import LocalText

HUES = {
    "high": "#0a4f8f",
    "some": "#5f8db8",
    "low": "#cfdeec",
    "lower": "#9fb9d3",
    "withheld": "#b9bec5",
    "unknown": "#ffffff",
}
"""From the left: by lightness, so that they read in grey."""
ROOM_FOR_PLACES, ROOM_FOR_BARS = 150, 240
"""Of a wide picture. On a phone the places stand over their bars."""
ROOM_FOR_COUNTS = 86
ROW, ROW_UNDER_NAME = 28, 44


@dataclass(frozen=True, slots=True)
class NeedBar:
    """One place: what is said of how many began, and the parts of the bar (0-1) by key of :data:`HUES`."""

    place: LocalText | Sentence | str
    people: Sentence
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class NeedPanelChart:
    """The bars of one target group and section, everybody first."""

    title: LocalText | Sentence | str
    bars: tuple[NeedBar, ...]


@dataclass(frozen=True, slots=True)
class NeedMapChart:
    """Panels below each other on one axis, with the words for the parts in a legend on top."""

    panels: tuple[NeedPanelChart, ...]
    words: tuple[tuple[str, Sentence], ...]

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        last = len(self.panels) - 1
        return chart(
            vconcat=[
                self._panel(panel, width, legend=number == 0, axis=number == last)
                for number, panel in enumerate(self.panels)
            ]
        )

    def _panel(self, panel: NeedPanelChart, width: int, *, legend: bool, axis: bool) -> Spec:
        narrow = width < WIDTH
        words = {key: translate(sentence) for key, sentence in self.words}
        values = [
            {"place": say(bar.place), "part": words[key], "share": share, "order": number}
            for bar in panel.bars
            for number, (key, share) in enumerate(bar.parts)
        ]
        counts = [{"place": say(bar.place), "n": translate(bar.people), "all": 1} for bar in panel.bars]
        y: dict[str, Any] = {
            "field": "place",
            "type": "ordinal",
            "sort": None,
            "scale": {"domain": [say(bar.place) for bar in panel.bars]},
            "axis": None
            if narrow
            else {
                "domain": False,
                "ticks": False,
                "title": None,
                "labelLimit": ROOM_FOR_PLACES - 10,
                "minExtent": ROOM_FOR_PLACES,
                "maxExtent": ROOM_FOR_PLACES,
            },
        }
        ticks = {"format": ".0%", "values": [0, 0.5, 1], "grid": False, "title": _("Share of all who began")}
        x = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": ticks if axis else None}
        keys = [key for key in HUES if key in words]
        colour = {
            "field": "part",
            "type": "nominal",
            "scale": {"domain": [words[key] for key in keys], "range": [HUES[key] for key in keys]},
            "legend": {
                "orient": "top",
                "title": None,
                "symbolType": "square",
                "symbolStrokeColor": EXPECTED,
                "labelFontSize": 12,
                "columns": 1 if narrow else 2,
            }
            if legend
            else None,
        }
        bar = {"type": "bar", "stroke": EXPECTED, "strokeWidth": 0.75, "height": 18}
        unknown = f"datum.part === {_quoted(words.get('unknown', ''))}"
        dash = {"condition": {"test": unknown, "value": [3, 2]}, "value": [1, 0]}
        return {
            "width": width - ROOM_FOR_COUNTS if narrow else ROOM_FOR_BARS,
            "height": {"step": ROW_UNDER_NAME if narrow else ROW},
            "title": {
                "text": lines(say(panel.title), width),
                "anchor": "start",
                "fontSize": 13,
                "color": INK,
                "offset": 8,
            },
            "layer": [
                {
                    "data": rows(*values),
                    "mark": bar,
                    "encoding": {
                        "x": {**x, "field": "share", "stack": "zero"},
                        "y": y,
                        "color": colour,
                        "strokeDash": dash,
                        "order": {"field": "order", "type": "quantitative"},
                    },
                },
                {
                    "data": rows(*counts),
                    "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "color": INK},
                    "encoding": {"x": {**x, "field": "all"}, "y": y, "text": {"field": "n"}},
                },
                *(names_above(rows(*counts), y, "place", 17, width - ROOM_FOR_COUNTS) if narrow else []),
            ],
        }


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
