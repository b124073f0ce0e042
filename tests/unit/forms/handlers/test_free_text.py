"""Own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import AnswerError
from outcomes.forms.handlers import answer_text, handler_for
from outcomes.instruments.answers import answer_fault
from outcomes.language import translate, use_locale

ITEM = "text"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("Det går godt. Æøå", "Det går godt. Æøå"),
        ("  rundt om  ", "rundt om"),
        ("to\r\nlinjer\rtre", "to\nlinjer\ntre"),
        ("a\x00b\x07c\x7f", "abc"),
        ('<b>fed</b> & "citat"', '<b>fed</b> & "citat"'),
        ("مرحبا 🙂", "مرحبا 🙂"),
        ("می\u200cروم 👩\u200d👧", "می\u200cروم 👩\u200d👧"),
        ("❤\ufe0f", "❤\ufe0f"),
    ],
)
def test_kept_as_written_with_plain_line_ends(send, sent, stored):
    form, field = send(sent)
    assert field.errors == []
    assert form.answers() == {"text": stored}


def test_too_long_says_how_long_and_keeps_every_letter(send):
    long = "x" * 31
    form, field = send(long)
    with use_locale("en"):
        assert "31 characters. There is room for 30" in translate(field.fault)
    assert field.text_value == long
    assert long in field()
    assert form.answers() == {"text": None}


def test_a_line_end_counts_as_one_character(send):
    assert send("\r\n".join("x" * 15))[0].answers()["text"].count("\n") == 14


@pytest.mark.parametrize(
    "sent", ["", "   ", "\r\n\r\n", "\x00", "\u200b", " \u2060\ufeff\u200f ", "\u3164\u2800\ufe0f"]
)
def test_empty_asks_for_an_answer_or_skip(send, sent):
    form, field = send(sent)
    assert field.errors
    assert form.answers() == {"text": None}


@given(st.text(max_size=60))
def test_whatever_is_typed_is_stored_allowed_or_refused(instrument, typed):
    item = instrument.item("text")
    try:
        stored = handler_for(item, "da").read([typed])
    except AnswerError as error:
        assert "characters" in str(error)  # noqa: PT017 - the other outcome is below
        return
    assert answer_fault(item, stored) is None


def test_drawn_as_a_text_area_and_escaped(send):
    html = send("<script>alert(1)</script>")[1]()
    assert html.startswith("<textarea")
    assert "<script>" not in html


def test_in_words(item):
    assert answer_text(item, "to\nlinjer", "da") == "to\nlinjer"
