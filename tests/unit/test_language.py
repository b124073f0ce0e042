"""Words, numbers and dates in the language of the moment."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest

from outcomes.errors import Sentence
from outcomes.language import (
    current_locale,
    format_date,
    format_datetime,
    format_number,
    format_percent,
    gettext,
    localise,
    ngettext,
    set_locale,
    sort_key,
    supported_locale,
    text_direction,
    translate,
    use_locale,
)


def test_the_language_is_danish_unless_somebody_chose_another():
    assert current_locale() == "da"
    with use_locale("en"):
        assert current_locale() == "en"
        with use_locale("da"):
            assert current_locale() == "da"
        assert current_locale() == "en"
    assert current_locale() == "da"


@pytest.mark.parametrize(("asked", "given"), [("en", "en"), ("da", "da"), ("de", "da"), ("", "da"), (None, "da")])
def test_a_language_that_we_do_not_speak_is_danish(asked, given):
    assert supported_locale(asked) == given


def test_the_language_ends_with_its_block_also_after_an_error():
    with pytest.raises(ValueError, match="x"), use_locale("en"):
        raise ValueError("x")
    assert current_locale() == "da"


def test_each_thread_has_its_own_language():
    seen = []

    def speak_english():
        set_locale("en")
        seen.append(current_locale())

    thread = threading.Thread(target=speak_english)
    thread.start()
    thread.join()
    assert (seen, current_locale()) == (["en"], "da")


@pytest.mark.parametrize(
    ("locale", "number", "decimals", "text"),
    [
        ("da", 1234567.891, None, "1.234.567,89"),
        ("en", 1234567.891, None, "1,234,567.89"),
        ("da", -2.3151, 1, "\N{MINUS SIGN}2,3"),
        ("en", -2.3151, 2, "\N{MINUS SIGN}2.32"),
        ("da", 5.0, None, "5"),
        ("da", 5.0, 1, "5,0"),
        ("da", 0.5, 0, "0"),
    ],
)
def test_numbers(locale, number, decimals, text):
    with use_locale(locale):
        assert format_number(number, decimals) == text


def test_per_cent():
    assert format_percent(0.5) == "50\N{NO-BREAK SPACE}%"
    with use_locale("en"):
        assert format_percent(0.125, 1) == "12.5%"


def test_dates_and_times_are_danish_local_time():
    day = date(2026, 11, 1)
    assert format_date(day) == "1. november 2026"
    moment = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert format_datetime(moment).startswith("29. mar")
    assert format_datetime(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)).startswith("1. jul"), "summer time"
    with use_locale("en"):
        assert "November" in format_date(day)


def test_a_sentence_is_translated_with_its_values():
    inner = Sentence("points, lower is better")
    sentence = Sentence(
        "%(day)s %(number)s %(count)s %(inner)s", day=date(2026, 3, 2), number=2.5, count=2026, inner=inner
    )
    assert translate(sentence) == f"2. marts 2026 2,5 2026 {translate(inner)}"
    with use_locale("en"):
        assert translate(sentence) == "2 March 2026 2.5 2026 points, lower is better"


def test_counts_and_truths_stay_as_they_are():
    assert (localise(2026), localise(True), localise("x"), localise(None)) == (2026, True, "x", None)


def test_one_and_many_and_what_nobody_translated():
    with use_locale("en"):
        assert ngettext("%(num)s bird of no catalogue", "%(num)s birds of no catalogue", 1) == "1 bird of no catalogue"
        assert ngettext("%(num)s bird of no catalogue", "%(num)s birds of no catalogue", 0) == "0 birds of no catalogue"
    assert gettext("A sentence of no catalogue: 100 %") == "A sentence of no catalogue: 100 %"


def test_both_languages_run_from_left_to_right():
    assert text_direction() == "ltr"


def test_danish_alphabetical_order():
    names = ["Åse", "Ærø", "Østerbro", "Zeppelin", "Aabenraa", "Anders", "bo"]
    assert sorted(names, key=sort_key) == ["Anders", "bo", "Zeppelin", "Ærø", "Østerbro", "Aabenraa", "Åse"]
