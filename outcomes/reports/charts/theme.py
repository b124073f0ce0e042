"""The common look of the charts: palette, type and axes."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from outcomes.reports.fonts import FAMILY

WIDTH = 640  # the text width of an A4 page in CSS pixels, so that type in charts is as large as it says
NARROW = 300  # a phone's: drawn for it rather than scaled down to it, so that the words are still read
INK = "#1a1a1a"
SOFT_INK = "#4d4d4d"
GRID = "#e3e6ea"
ZERO = "#1a1a1a"
INTERVENTION = "#0a4f8f"
COMPARISON = "#c46a00"
EXPECTED = "#767676"
BAND = "#cfdeec"
BETTER, UNCHANGED, WORSE, NOT_ANSWERED = "#0a4f8f", "#9fb9d3", "#c46a00", "#ffffff"

Spec = dict[str, Any]
BEHIND: Spec = {"stroke": "white", "strokeWidth": 4, "strokeJoin": "round", "aria": False}
"""What is drawn under words that stand on lines: the same letters, wider and white."""


def config() -> Spec:
    """Vega-Lite configuration shared by every chart."""
    font = f"{FAMILY}, Liberation Sans, Arial, sans-serif"
    return {
        "font": font,
        "background": "white",
        "view": {"stroke": None},
        "axis": {
            "labelFont": font,
            "titleFont": font,
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "labelColor": SOFT_INK,
            "titleColor": SOFT_INK,
            "gridColor": GRID,
            "domainColor": "#8a8f98",
            "tickColor": "#8a8f98",
            "labelPadding": 6,
            "titlePadding": 10,
        },
        "text": {"font": font, "fontSize": 12, "color": INK},
        "header": {"labelFont": font, "labelFontSize": 13, "labelFontWeight": 600, "labelColor": INK},
        "concat": {"spacing": 24},
        "facet": {"spacing": 24},
    }


def chart(**parts: Any) -> Spec:
    """A specification with the common configuration and a little air around it."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": config(),
        "padding": {"left": 2, "right": 10, "top": 6, "bottom": 2},
        **parts,
    }


def rows(*values: Spec) -> Spec:
    """Inline data."""
    return {"values": list(values)}


def lines(text: str, width: int, size: int = 13) -> list[str]:
    """``text`` in as many lines as it takes at ``size`` pixels in ``width``: the renderer doesn't break lines itself."""
    return wrap(text, max(12, int(width / (0.56 * size)))) or [""]


def name_axis(room: int) -> Spec:
    """The axis of a chart with a row for each name, the names beside the rows in ``room`` pixels."""
    return {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelLimit": room - 10,
        "minExtent": room,
        "maxExtent": room,
        "labelColor": INK,
        "labelFontSize": 13,
    }


def names_above(data: Spec, y: Spec, field: str, rise: int, width: int) -> list[Spec]:
    """On a narrow chart each name stands ``rise`` pixels over its row, with white behind its letters."""
    text = {"type": "text", "align": "left", "dy": -rise, "fontSize": 12, "color": INK, "limit": width}
    encoding = {"x": {"value": 0}, "y": y, "text": {"field": field, "type": "nominal"}}
    return [{"data": data, "mark": {**text, **more}, "encoding": encoding} for more in (BEHIND, {})]
