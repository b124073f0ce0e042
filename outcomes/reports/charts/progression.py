"""What became of each person: better, unchanged, worse or not answered, as one labelled bar per group."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from outcomes.language import format_number, format_percent
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import (
    BETTER,
    EXPECTED,
    INK,
    NOT_ANSWERED,
    UNCHANGED,
    WIDTH,
    WORSE,
    Spec,
    chart,
    lines,
    rows,
)
from outcomes.reports.parts import LocalText

LEAST_SHARE_FOR_WORDS = 0.09
LEAST_SHARE_FOR_NUMBER = 0.045
BAR_HEIGHT = 46
STEP = 84
PHONE_BAR, PHONE_LINE = 28, 20
"""Pixels: on a phone a bar has no words in it, but a line for each of its parts below."""


class Part(StrEnum):
    """What a part of the bar stands for."""

    BETTER = "better"
    UNCHANGED = "unchanged"
    WORSE = "worse"
    NOT_BETTER = "not_better"
    WITHHELD = "withheld"
    NO_START = "no_start"
    NOT_COMPARED = "not_compared"


OPEN = frozenset({Part.NO_START, Part.NOT_COMPARED})
FILL = {
    Part.BETTER: BETTER,
    Part.UNCHANGED: UNCHANGED,
    Part.WORSE: WORSE,
    Part.NOT_BETTER: "#d5d9de",
    Part.WITHHELD: "#eceef1",
    Part.NO_START: NOT_ANSWERED,
    Part.NOT_COMPARED: NOT_ANSWERED,
}
TEXT = {
    Part.BETTER: "white",
    Part.UNCHANGED: INK,
    Part.WORSE: INK,
    Part.NOT_BETTER: INK,
    Part.WITHHELD: INK,
    Part.NO_START: INK,
    Part.NOT_COMPARED: INK,
}


def part_name(part: Part) -> str:
    """The word in the bar, in the locale in force."""
    return {
        Part.BETTER: _("Better"),
        Part.UNCHANGED: _("Unchanged"),
        Part.WORSE: _("Worse"),
        Part.NOT_BETTER: _("Unchanged or worse"),
        Part.WITHHELD: _("Withheld"),
        Part.NO_START: _("No score at the start"),
        Part.NOT_COMPARED: _("Not answered"),
    }[part]


@dataclass(frozen=True, slots=True)
class ProgressionBar:
    """One group of ``n`` persons: the parts that may be shown, in order, with their counts."""

    group: LocalText
    n: int
    parts: tuple[tuple[Part, int], ...]


@dataclass(frozen=True, slots=True)
class ProgressionChart:
    """Bars of equal length, since everybody who was due is in them."""

    bars: tuple[ProgressionBar, ...]

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels."""
        if width < WIDTH:
            return chart(vconcat=[_for_phone(bar, width - 20) for bar in self.bars], spacing=18)
        values = [value for place, bar in enumerate(self.bars) for value in _segments(bar, place)]
        heads = [{"y": place * STEP, "g": f"{bar.group}  ·  {_people(bar.n)}"} for place, bar in enumerate(self.bars)]
        x = {"field": "a", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "nice": False}}
        y_scale = {"domain": [0, STEP * len(self.bars)], "nice": False, "reverse": True}
        y = {"type": "quantitative", "axis": None, "scale": y_scale}
        middle = {
            "x": {**x, "field": "mid"},
            "text": {"field": "word"},
            "color": {"field": "ink", "type": "nominal", "scale": None},
        }
        return chart(
            width=width - 20,
            height=STEP * len(self.bars),
            data=rows(*values),
            layer=[
                {
                    "data": rows(*heads),
                    "mark": {
                        "type": "text",
                        "align": "left",
                        "baseline": "top",
                        "fontSize": 13,
                        "fontWeight": 600,
                        "dy": 8,
                    },
                    "encoding": {"x": {"value": 0}, "y": {**y, "field": "y"}, "text": {"field": "g"}},
                },
                {
                    "mark": {"type": "rect", "strokeWidth": 1},
                    "encoding": {
                        "x": x,
                        "x2": {"field": "b"},
                        "y": {**y, "field": "top"},
                        "y2": {"field": "bottom"},
                        "fill": {"field": "fill", "type": "nominal", "scale": None},
                        "stroke": {"field": "stroke", "type": "nominal", "scale": None},
                        "strokeDash": {"condition": {"test": "datum.open", "value": [3, 2]}, "value": [1, 0]},
                    },
                },
                {
                    "mark": {"type": "text", "dy": -8, "fontSize": 12},
                    "encoding": {**middle, "y": {**y, "field": "level"}},
                },
                {
                    "mark": {"type": "text", "dy": 9, "fontSize": 13, "fontWeight": 600},
                    "encoding": {**middle, "text": {"field": "number"}, "y": {**y, "field": "level"}},
                },
            ],
        )


def _people(n: int) -> str:
    return _("%(n)s people", n=format_number(n))


def _segments(bar: ProgressionBar, place: int) -> list[Spec]:
    values: list[Spec] = []
    start = 0.0
    for part, count in bar.parts:
        share = count / bar.n
        values.append(
            {
                "a": start,
                "b": start + share,
                "mid": start + share / 2,
                "top": place * STEP + 30,
                "bottom": place * STEP + 30 + BAR_HEIGHT,
                "level": place * STEP + 30 + BAR_HEIGHT / 2,
                "fill": FILL[part],
                "ink": TEXT[part],
                "open": part in OPEN,
                "stroke": EXPECTED if part in OPEN else "white",
                "word": part_name(part) if share >= LEAST_SHARE_FOR_WORDS else "",
                "number": _number(count, share),
            }
        )
        start += share
    return values


def _number(count: int, share: float) -> str:
    if share < LEAST_SHARE_FOR_NUMBER:
        return ""
    if share < LEAST_SHARE_FOR_WORDS:
        return format_number(count)
    return f"{format_number(count)}  ({format_percent(share)})"


def _for_phone(bar: ProgressionBar, width: int) -> Spec:
    """The bar of one group, and below it each part with its mark, word and number."""
    parts = [
        {**value, "key": 1.5 * PHONE_BAR + PHONE_LINE * (place + 0.5)} for place, value in enumerate(_segments(bar, 0))
    ]
    for (part, count), value in zip(bar.parts, parts, strict=True):
        value["said"] = f"{part_name(part)}: {format_number(count)} ({format_percent(count / bar.n)})"
    height = 1.5 * PHONE_BAR + PHONE_LINE * len(parts)
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [0, height], "nice": False, "reverse": True}}
    x = {"field": "a", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1], "nice": False}}
    look = {
        "fill": {"field": "fill", "type": "nominal", "scale": None},
        "stroke": {"field": "stroke", "type": "nominal", "scale": None},
        "strokeDash": {"condition": {"test": "datum.open", "value": [3, 2]}, "value": [1, 0]},
    }
    word = {"type": "text", "align": "left", "dx": 20, "fontSize": 13, "color": INK}
    return {
        "width": width,
        "height": height,
        "title": {"text": lines(f"{bar.group}  ·  {_people(bar.n)}", width), "anchor": "start", "fontSize": 13,
                  "color": INK, "offset": 6},
        "data": rows(*parts),
        "layer": [
            {
                "mark": {"type": "rect", "strokeWidth": 1},
                "encoding": {"x": x, "x2": {"field": "b"}, "y": {**y, "datum": 0}, "y2": {"datum": PHONE_BAR}, **look},
            },
            {
                "mark": {"type": "point", "shape": "square", "size": 130, "strokeWidth": 1, "opacity": 1},
                "encoding": {"x": {"value": 7}, "y": {**y, "field": "key"}, **look},
            },
            {
                "mark": word,
                "encoding": {"x": {"value": 0}, "y": {**y, "field": "key"}, "text": {"field": "said", "type": "nominal"}},
            },
        ],
    }  # fmt: skip
