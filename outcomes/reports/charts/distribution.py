"""The scores themselves: one small histogram per group and occasion, with the median marked."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.language import format_number, translate
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import COMPARISON, INK, INTERVENTION, SOFT_INK, WIDTH, Spec, chart, lines, rows
from outcomes.reports.parts import LocalText


@dataclass(frozen=True, slots=True)
class Histogram:
    """``n`` persons of one group at one occasion: bins as (low, high, count) in points, and the median."""

    group: LocalText
    is_intervention: bool
    occasion: Sentence
    n: int
    median: float
    bins: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class DistributionChart:
    """Histograms of equal area on one scale, two beside each other (start and primary occasion), one row per group."""

    histograms: tuple[Histogram, ...]
    minimum: float
    maximum: float

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels: under each other on a phone."""
        columns = 1 if width < WIDTH else 2
        across = (width - 24 * (columns - 1)) // columns - 14
        top = max(count / h.n / (high - low) for h in self.histograms for low, high, count in h.bins)
        return chart(columns=columns, concat=[self._panel(histogram, top, across) for histogram in self.histograms])

    def _panel(self, histogram: Histogram, top: float, width: int) -> Spec:
        hue = INTERVENTION if histogram.is_intervention else COMPARISON
        values = [
            {"a": low, "b": high, "d": count / histogram.n / (high - low), "z": 0}
            for low, high, count in histogram.bins
        ]
        x = {
            "type": "quantitative",
            "scale": {"domain": [self.minimum, self.maximum], "nice": False},
            "axis": {"grid": False, "title": None, "tickCount": 7},
        }
        y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, top * 1.18], "nice": False}}
        median = rows({"m": histogram.median, "t": _("Median %(value)s", value=format_number(histogram.median, 1))})
        head = f"{histogram.group}, {translate(histogram.occasion)}"
        return {
            "width": width,
            "height": 92,
            "title": {
                "text": lines(head, width),
                "subtitle": _("%(n)s people", n=format_number(histogram.n)),
                "anchor": "start",
                "fontSize": 13,
                "color": hue,
                "subtitleColor": SOFT_INK,
                "subtitleFontSize": 12,
                "offset": 6,
            },
            "layer": [
                {
                    "data": rows(*values),
                    "mark": {
                        "type": "rect",
                        "fill": hue,
                        "fillOpacity": 0.75 if histogram.is_intervention else 0.55,
                        "stroke": "white",
                    },
                    "encoding": {
                        "x": {**x, "field": "a"},
                        "x2": {"field": "b"},
                        "y": {**y, "field": "d"},
                        "y2": {"field": "z"},
                    },
                },
                {
                    "data": median,
                    "mark": {"type": "rule", "stroke": INK, "strokeWidth": 1.5},
                    "encoding": {"x": {**x, "field": "m"}},
                },
                {
                    "data": median,
                    "mark": {"type": "text", "align": "left", "baseline": "top", "dx": 5, "fontSize": 12},
                    "encoding": {"x": {**x, "field": "m"}, "y": {"value": 0}, "text": {"field": "t"}},
                },
            ],
        }
