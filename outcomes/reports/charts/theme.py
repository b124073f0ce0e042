"""The common look of the charts: palette, type and axes."""

from __future__ import annotations

from typing import Any

from outcomes.reports.fonts import FAMILY

WIDTH = 640  # the text width of an A4 page in CSS pixels, so that type in charts is as large as it says
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
