"""Numbers as people write them."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import AnswerError
from outcomes.forms.build import build_question_form
from outcomes.forms.handlers import answer_text, handler_for
from outcomes.forms.handlers.number import in_digits, read_number
from outcomes.language import CITIZEN_LOCALES, use_locale

ITEM = "number"


@pytest.mark.parametrize(
    ("written", "da", "en"),
    [
        ("7", 7, 7),
        ("7,5", 7.5, 7.5),
        ("7.5", 7.5, 7.5),
        (" 7,50 ", 7.5, 7.5),
        ("1.250", 1250, 1.25),
        ("1,250", 1.25, 1250),
        ("1.250,75", 1250.75, 1250.75),
        ("1,250.75", 1250.75, 1250.75),
        ("1.250.000", 1250000, 1250000),
        ("1 250", 1250, 1250),
        ("1\N{NO-BREAK SPACE}250,5", 1250.5, 1250.5),
        ("0.125", 0.125, 0.125),
        ("0,125", 0.125, 0.125),
        (",5", 0.5, 0.5),
        ("+3", 3, 3),
        ("-3", -3, -3),
        ("\N{MINUS SIGN}3", -3, -3),
        ("٧", 7, 7),
        ("۷,۵", 7.5, 7.5),
        ("١٬٢٥٠٫٥", 1250.5, 1250.5),
        ("١٫٢٥٠", 1.25, 1.25),
        ("٣،٥", 3.5, 3.5),
        ("\u200e-3", -3, -3),
        ("\u061c-٣", -3, -3),
        ("1٫2٫3", None, None),
        ("7,", None, None),
        ("1,2,3", None, None),
        ("1.25.000", None, None),
        ("--3", None, None),
        ("3-", None, None),
        ("syv", None, None),
        ("1e3", None, None),
        ("nan", None, None),
        ("inf", None, None),
        ("0x10", None, None),
        ("1_000", None, None),
        ("½", None, None),
        ("²", None, None),
        ("", None, None),
        ("9" * 16, inf, inf),
        ("-" + "9" * 5000, -inf, -inf),
        ("9." + "9" * 15, None, None),
        ("12 345 678,5", 12345678.5, 12345678.5),
        ("1'000", 1000, 1000),
        ("1\N{RIGHT SINGLE QUOTATION MARK}000", 1000, 1000),
        ("1\N{NARROW NO-BREAK SPACE}000", 1000, 1000),
        ("-\N{NO-BREAK SPACE}1 000", -1000, -1000),
        ("١ ٠٠٠", 1000, 1000),
        ("0 5", None, None),
        ("1 0", None, None),
        ("0'5", None, None),
        ("١ ٠", None, None),
        ("١٬٠", None, None),
        ("1\N{NO-BREAK SPACE}0", None, None),
        ("0 500", None, None),
        ("1 0000", None, None),
        ("1 000 5", None, None),
        ("1000 000", None, None),
        ("7 ,5", None, None),
    ],
)
def test_reading(written, da, en):
    assert read_number(written, "da") == da
    assert read_number(written, "en") == en


@pytest.mark.parametrize(
    ("locale", "point", "comma"),
    [("tr", 1250, 1.25), ("ar", 1.25, 1250), ("so", 1.25, 1250), ("uk", 1.25, 1.25), ("pl", 1.25, 1.25)],
)
def test_thousands_are_read_as_the_language_writes_them(locale, point, comma):
    assert read_number("1.250", locale) == point
    assert read_number("1,250", locale) == comma
    assert read_number("1 250,5", locale) == 1250.5


def test_easy_words_read_numbers_as_their_language_does():
    assert read_number("1.250", "da-x-easy") == 1250
    assert read_number("1.250", "en-x-easy") == 1.25


@given(st.integers(-(10**7), 10**7), st.sampled_from(CITIZEN_LOCALES))
def test_what_is_shown_reads_back_to_the_same_number(quarters, locale):
    value = quarters / 4
    with use_locale(locale):
        assert read_number(in_digits(value), locale) == value


@pytest.mark.parametrize(("sent", "stored"), [("7", 7), ("7,25", 7.25), ("1.250", 1250), ("0", 0)])
def test_stored_whole_where_it_is_whole(send, sent, stored):
    form, field = send(sent)
    assert field.errors == []
    assert form.answers() == {"number": stored}
    assert type(form.answers()["number"]) is type(stored)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("abc", "in digits"),
        ("3001", "from 0.0 to 3000.0"),
        ("-0,25", "from 0.0 to 3000.0"),
        ("7,1", "steps of 0.25"),
        ("1e999", "in digits"),
        ("0 5", "in digits"),
        pytest.param("9" * 5000, "from 0.0 to 3000.0", id="too long"),
        pytest.param("-" + "9" * 16, "from 0.0 to 3000.0", id="too long below zero"),
        pytest.param("0," + "1" * 5000, "in digits", id="too exact"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(send, sent, words):
    form, field = send(sent)
    assert words in str(field.fault)
    assert field.text_value == sent
    assert form.answers() == {"number": None}


def test_a_whole_number_is_asked_for_without_decimals(instrument):
    item = instrument.item("whole")
    with_decimals = build_question_form(instrument, item, locale="da", formdata=None)
    assert with_decimals.answer_fields[0].render_kw["inputmode"] == "text"  # below zero: a minus sign is needed
    with pytest.raises(Exception, match="without decimals"):
        handler_for(item, "da").read(["2,5"])


def test_a_number_too_long_to_be_held_is_refused_where_none_is_too_large(instrument):
    item = instrument.item("whole").model_copy(update={"minimum": None, "maximum": None})
    with pytest.raises(AnswerError, match="in digits"):
        handler_for(item, "da").read(["9" * 16])


def test_empty_asks_for_a_number(send):
    assert send("")[1].errors
    assert send("   ")[1].errors


def test_attributes_limits_and_unit(send):
    field = send("1")[1]
    assert field.render_kw == {"inputmode": "decimal", "autocomplete": "off"}
    assert field.limits == (0, 3000)
    assert field.unit == "timer"
    assert 'inputmode="decimal"' in field()
    assert 'value="1"' in field()


def test_a_stored_number_is_shown_as_the_language_writes_it(instrument, item):
    for locale, shown in (("da", "7,25"), ("en", "7.25")):
        form = build_question_form(instrument, item, locale=locale, stored={"number": 7.25})
        assert form.answer_fields[0].text_value == shown
    assert build_question_form(instrument, item, locale="da").answer_fields[0].text_value == ""


def test_in_words(item):
    assert answer_text(item, 7.25, "da") == "7,25\N{NO-BREAK SPACE}timer"
    assert answer_text(item, 1250, "en") == "1,250\N{NO-BREAK SPACE}hours"
