"""Drawing: a Vega-Lite specification to SVG, on the server, without a browser and without the network."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

import vl_convert

from outcomes.language import current_locale
from outcomes.reports.fonts import chart_font_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBER_FORMATS: dict[str, dict[str, object]] = {
    "da": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " kr."], "minus": "−", "percent": " %"},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["DKK ", ""], "minus": "−", "percent": "%"},
}
TIME_LOCALES: dict[str, Literal["da-DK", "en-GB"]] = {"da": "da-DK", "en": "en-GB"}


@cache
def register_fonts() -> None:
    """Make our typeface known to the renderer, once per process; without it the renderer's own is used."""
    directory = chart_font_directory()
    if directory is not None:
        vl_convert.register_font_directory(str(directory))


@lru_cache(maxsize=128)
def _draw(spec: str, locale: str) -> str:
    register_fonts()
    svg: str = vl_convert.vegalite_to_svg(
        json.loads(spec),
        allowed_base_urls=[],
        format_locale=NUMBER_FORMATS[locale],
        time_format_locale=TIME_LOCALES[locale],
    )
    return svg


def draw(spec: Mapping[str, object]) -> str:
    """``spec`` as an SVG document, numbers and dates written as in the locale in force."""
    return _draw(json.dumps(spec, sort_keys=True), current_locale())
