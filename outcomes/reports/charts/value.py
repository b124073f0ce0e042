"""Who pays and who saves in each year: a row of bars for each payer on one common scale."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.language import format_number, translate
from outcomes.language import gettext as _
from outcomes.reports.charts.theme import COMPARISON, GRID, INK, INTERVENTION, SOFT_INK, WIDTH, Spec, chart, lines, rows

THOUSAND = 1000
TALLEST = 150
"""Pixels of the row with the largest amounts."""
ROOM, ROOM_BESIDE = 18, 56
"""Pixels for the numbers beyond the ends of the bars, over and beside them."""


@dataclass(frozen=True, slots=True)
class PayerRow:
    """One payer: its name, and kroner in each year from year 0; below 0 where it pays more than it saves."""

    name: Sentence
    kroner: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PayersByYear:
    """Bars by year, a row for each payer. Bars below the line are hollow: paid, not saved."""

    payers: tuple[PayerRow, ...]

    def spec(self, width: int = WIDTH) -> Spec:
        """Vega-Lite specification in the locale in force, for ``width`` pixels: a line for each year on a phone."""
        if width < WIDTH:
            return chart(vconcat=self._for_phone(width), spacing=20)
        spans = [_span(payer) for payer in self.payers]
        most = max(high - low for low, high in spans) or 1.0
        parts = [
            self._row(place, payer, span, most)
            for place, (payer, span) in enumerate(zip(self.payers, spans, strict=True))
        ]
        return chart(vconcat=parts, spacing=18)

    def _row(self, place: int, payer: PayerRow, span: tuple[float, float], most: float) -> Spec:
        """Each row is as high as its own amounts are on the scale that all rows share, with room for the numbers."""
        last = place == len(self.payers) - 1
        widest = max(len(each.kroner) for each in self.payers)
        low, high = span
        kroner_a_pixel = most / TALLEST
        domain = [low - (ROOM if low < 0 else 0) * kroner_a_pixel, high + ROOM * kroner_a_pixel]
        data = rows(
            *(
                {"year": year, "amount": amount / THOUSAND, "text": format_number(round(amount / THOUSAND), 0)}
                for year, amount in enumerate(payer.kroner)
                if round(amount)
            )
        )
        x = {
            "type": "quantitative",
            "scale": {"domain": [-0.6, widest - 0.4], "nice": False},
            "axis": {
                "title": _("Year, counted from the start") if last else None,
                "values": list(range(widest)),
                "grid": False,
                "domain": False,
                "ticks": last,
                "labels": last,
                "format": "d",
            },
        }
        y = {
            "type": "quantitative",
            "scale": {"domain": domain, "nice": False},
            "axis": {"title": None, "labels": False, "ticks": False, "domain": False, "grid": False},
        }
        above = {"test": "datum.amount >= 0"}
        return {
            "width": WIDTH - 40,
            "height": round((domain[1] - domain[0]) / kroner_a_pixel),
            "title": {
                "text": self._title(payer),
                "anchor": "start",
                "fontSize": 13,
                "fontWeight": 600,
                "color": INK,
                "offset": 4,
            },
            "layer": [
                {
                    "data": data,
                    "mark": {"type": "bar", "width": 26, "strokeWidth": 1.5},
                    "encoding": {
                        "x": {**x, "field": "year"},
                        "y": {**y, "field": "amount"},
                        "fill": {"condition": {**above, "value": INTERVENTION}, "value": "white"},
                        "stroke": {"condition": {**above, "value": INTERVENTION}, "value": COMPARISON},
                    },
                },
                {
                    "data": rows({"zero": 0}),
                    "mark": {"type": "rule", "stroke": SOFT_INK, "strokeWidth": 1},
                    "encoding": {"y": {**y, "field": "zero"}},
                },
                _numbers(data, x, y, above=True),
                _numbers(data, x, y, above=False),
            ],
            "view": {"stroke": GRID},
        }

    def _for_phone(self, width: int) -> list[Spec]:
        """The same bars on their side, so that the numbers have room beside them. All on one scale."""
        spans = [_span(payer) for payer in self.payers]
        low, high = min(low for low, _ in spans), max(high for _, high in spans)
        room = ROOM_BESIDE / (width - 40 - 2 * ROOM_BESIDE) * ((high - low) or 1.0)
        domain = [low - (room if low < 0 else 0), high + room]
        return [self._payer_for_phone(payer, domain, width) for payer in self.payers]

    def _payer_for_phone(self, payer: PayerRow, domain: list[float], width: int) -> Spec:
        amounts = [(year, amount / THOUSAND) for year, amount in enumerate(payer.kroner) if round(amount)]
        data = rows(*({"year": year, "amount": a, "text": format_number(round(a), 0)} for year, a in amounts))
        x = {"field": "amount", "type": "quantitative", "scale": {"domain": domain, "nice": False}, "axis": None}
        axis = {
            "title": _("Year"),
            "titleAngle": 0,
            "titleAlign": "left",
            "titleX": -30,
            "titleY": -6,
            "domain": False,
            "ticks": False,
            "minExtent": 24,
        }
        y = {"field": "year", "type": "ordinal", "axis": axis, "scale": {"domain": list(range(len(payer.kroner)))}}
        above = {"test": "datum.amount >= 0"}
        return {
            "width": width - 40,
            "height": {"step": 20},
            "title": {"text": lines(self._title(payer), width), "anchor": "start", "fontSize": 13, "fontWeight": 600,
                      "color": INK, "offset": 14},
            "layer": [
                {
                    "data": data,
                    "mark": {"type": "bar", "height": 13, "strokeWidth": 1.5},
                    "encoding": {
                        "x": x,
                        "y": y,
                        "fill": {"condition": {**above, "value": INTERVENTION}, "value": "white"},
                        "stroke": {"condition": {**above, "value": INTERVENTION}, "value": COMPARISON},
                    },
                },
                {"data": rows({"zero": 0}), "mark": {"type": "rule", "stroke": SOFT_INK, "strokeWidth": 1},
                 "encoding": {"x": {**x, "field": "zero"}}},
                *(
                    {
                        "data": data,
                        "transform": [{"filter": f"datum.amount {'>=' if right else '<'} 0"}],
                        "mark": {"type": "text", "align": "left" if right else "right", "dx": 5 if right else -5,
                                 "fontSize": 12, "color": INK},
                        "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
                    }
                    for right in (True, False)
                ),
            ],
        }  # fmt: skip

    def _title(self, payer: PayerRow) -> str:
        total = sum(payer.kroner) / THOUSAND
        return _(
            "%(payer)s: %(amount)s thousand kroner in all",
            payer=translate(payer.name),
            amount=format_number(round(total), 0),
        )


def _span(payer: PayerRow) -> tuple[float, float]:
    """The lowest and highest amount of a row in thousands, 0 among them."""
    amounts = [amount / THOUSAND for amount in payer.kroner]
    return min([0.0, *amounts]), max([0.0, *amounts])


def _numbers(data: Spec, x: Spec, y: Spec, *, above: bool) -> Spec:
    """The amounts in thousands, outside the ends of the bars."""
    return {
        "data": data,
        "transform": [{"filter": f"datum.amount {'>=' if above else '<'} 0"}],
        "mark": {"type": "text", "dy": -8 if above else 9, "fontSize": 12, "color": INK},
        "encoding": {
            "x": {**x, "field": "year"},
            "y": {**y, "field": "amount"},
            "text": {"field": "text", "type": "nominal"},
        },
    }
