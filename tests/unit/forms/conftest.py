"""Items of every answer type, and a browser that sends texts."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from outcomes.forms.build import build_question_form
from outcomes.forms.handlers import handler_for
from outcomes.instruments import Instrument, Item, parse_instrument, shipped_instruments

WORDS = {"da": "Spørgsmål", "en": "Question"}
LICENCE = {"id": "x", "holder": "x", "text": {"da": "x", "en": "x"}, "may_ship_wording": True}


def option(value: int | str, da: str, en: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "wording": {"da": da, "en": en}, **more}


ITEMS: list[dict[str, Any]] = [
    {
        "id": "single",
        "type": "single_choice",
        "wording": WORDS,
        "help": {"da": "Vælg.", "en": "Choose."},
        "options": [option(0, "Nej", "No", symbol="sad"), option(1, "Ja", "Yes"), option("other", "Andet", "Other")],
    },
    {
        "id": "multi",
        "type": "multi_choice",
        "wording": WORDS,
        "options": [
            option("a", "Æble", "Apple"),
            option("b", "Brød", "Bread"),
            option("none", "Intet", "None", exclusive=True),
        ],
    },
    {
        "id": "number",
        "type": "number",
        "minimum": 0,
        "maximum": 3000,
        "step": 0.25,
        "unit": {"da": "timer", "en": "hours"},
        "wording": WORDS,
    },
    {"id": "whole", "type": "number", "minimum": -5, "maximum": 5, "wording": WORDS},
    {
        "id": "scale",
        "type": "scale_0_10",
        "wording": WORDS,
        "ends": {"low": {"da": "Lidt", "en": "A little"}, "high": {"da": "Meget", "en": "A lot"}},
    },
    {
        "id": "line",
        "type": "visual_analogue",
        "wording": WORDS,
        "ends": {"low": {"da": "Værst", "en": "Worst"}, "high": {"da": "Bedst", "en": "Best"}},
    },
    {"id": "text", "type": "free_text", "max_length": 30, "wording": WORDS},
]


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    return parse_instrument(
        {
            "format": 1,
            "key": "all-types",
            "version": "1",
            "kind": "measure",
            "own_authored": True,
            "validated": False,
            "languages": ["da", "en"],
            "title": WORDS,
            "items": ITEMS,
            "scales": [],
            "licence": LICENCE,
        }
    )


@pytest.fixture(scope="session")
def shipped() -> dict[str, Instrument]:
    return {one.key: one for one in shipped_instruments()}


@pytest.fixture
def item(instrument: Instrument, request: pytest.FixtureRequest) -> Item:
    """The item that a test module is about, by its ITEM."""
    return instrument.item(request.module.ITEM)


@pytest.fixture
def handler(item: Item):
    return handler_for(item, "da")


@pytest.fixture
def send(instrument: Instrument, item: Item):
    """Send texts for the module's item, as a browser would; gives the bound, validated form and its field."""

    def send_texts(*texts: str, locale: str = "da", action: str = "next"):
        data = MultiDict([(f"answer_{item.id}", text) for text in texts] + [("action", action)])
        form = build_question_form(instrument, item, locale=locale, formdata=data)
        form.validate()
        return form, form.answer_fields[0]

    return send_texts
