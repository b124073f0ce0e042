"""The reader's choices, from a form and from a cookie that anybody may have written anything into."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from outcomes.language import use_locale
from outcomes.views.reading import CHOICES, COOKIE, Reading, current_reading, keep_reading, read_reading

ALL = [dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())]


def kept(cookie: str) -> Reading:
    """The settings of a browser with this cookie."""
    with Flask(__name__).test_request_context(headers={"Cookie": f"{COOKIE}={cookie}"}):
        return current_reading()


def test_the_first_of_each_choices_is_the_usual_one() -> None:
    assert asdict(Reading()) == {name: values[0] for name, values in CHOICES.items()}
    assert (Reading().classes, Reading().cookie()) == ("", "")


def test_every_combination_comes_back_from_its_cookie() -> None:
    assert len(ALL) == 432
    for values in ALL:
        chosen = read_reading(values)
        assert asdict(chosen) == values
        assert kept(chosen.cookie()) == chosen


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,"\\')))
def test_a_cookie_with_anything_in_it_is_passed_over(cookie: str) -> None:
    found = kept(cookie)
    assert all(value in CHOICES[name] for name, value in asdict(found).items())


@pytest.mark.parametrize("cookie", ["size-huge", "size", "size-large-largest", "x-y.size-", "SIZE-large", "-.-.."])
def test_what_is_no_choice_is_the_usual_one(cookie: str) -> None:
    assert kept(cookie) == Reading()


def test_one_good_choice_among_bad_ones_is_kept() -> None:
    found = kept("size-huge.contrast-dark.<script>")
    assert found == Reading(contrast="dark")
    assert found.classes == "reading-contrast-dark"


def test_the_wording_is_asked_for_by_language_and_variant() -> None:
    with use_locale("ar"):
        assert Reading().wording_locale == "ar"
        assert Reading(wording="easy").wording_locale == "ar-x-easy"
    with use_locale("da"):
        assert Reading(wording="child").wording_locale == "da-x-child"


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_lasts_a_year_and_no_script_reads_it(secure: bool) -> None:
    app = Flask(__name__)
    response = app.response_class()
    keep_reading(response, Reading(size="large"), secure=secure)
    written = response.headers["Set-Cookie"]
    assert written.startswith(f"{COOKIE}=size-large;")
    assert "Max-Age=31536000" in written
    assert "HttpOnly" in written
    assert "SameSite=Lax" in written
    assert ("Secure" in written) is secure
