"""A place on a line."""

from __future__ import annotations

import pytest

from outcomes.forms.handlers import answer_text

ITEM = "line"


@pytest.mark.parametrize(("sent", "stored"), [("0", 0), ("62", 62), ("100", 100), ("62,0", 62)])
def test_stored(send, sent, stored):
    form, field = send(sent)
    assert field.errors == []
    assert form.answers() == {"line": stored}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("101", "from 0 to 100"),
        ("-1", "from 0"),
        ("62,5", "whole number"),
        ("midt", "in digits"),
        ("9" * 5000, "from 0 to 100"),
    ],
)
def test_refused(send, sent, words):
    _, field = send(sent)
    assert words in str(field.fault)
    assert field.text_value == sent


def test_untouched_is_empty_and_not_the_middle(send):
    form, field = send("")
    assert field.text_value == ""
    assert form.answers() == {"line": None}
    assert field.errors


def test_what_the_slider_needs(send):
    field = send("62")[1]
    assert field.limits == (0, 100)
    assert field.ends == ("Værst", "Bedst")
    assert {key: field.render_kw[key] for key in ("data-min", "data-max", "data-step", "inputmode")} == {
        "data-min": "0",
        "data-max": "100",
        "data-step": "1",
        "inputmode": "numeric",
    }


def test_in_words(item):
    assert "62" in answer_text(item, 62, "da")
    assert "100" in answer_text(item, 62, "da")
