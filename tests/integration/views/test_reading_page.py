"""Language and reading: one page, each choice kept, and back to where one was, which is never anywhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES
from outcomes.views.reading import CHOICES
from outcomes.views.reading_page import LOOK, WAY, own_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.conftest import ServerDatabase
    from tests.integration.builders import Case
    from tests.integration.views.conftest import Browser, World


@pytest.fixture
def anybody(new_browser: Callable[[], Browser]) -> Browser:
    """Somebody without a link."""
    return new_browser()


def language(browser: Browser) -> str:
    """The language of the page in front of the browser."""
    found = re.search(r'<html lang="(\w+)" dir="(\w+)"', browser.html)
    assert found
    assert (found[2] == "rtl") is (found[1] == "ar")
    return found[1]


def test_every_choice_is_on_the_page_and_the_usual_ones_are_marked(anybody: Browser) -> None:
    anybody.get("/laesning")
    assert {setting.name: tuple(value for value, _ in setting.values) for setting in (*LOOK, *WAY)} == {
        name: CHOICES[name] for name in (setting.name for setting in (*LOOK, *WAY))
    }
    assert {setting.name for setting in (*LOOK, *WAY)} == set(CHOICES)
    for name, values in CHOICES.items():
        assert f'id="{name}-{values[0]}" name="{name}" value="{values[0]}" checked' in anybody.html
    for code in CITIZEN_LOCALES:
        assert f'value="{code}" lang="{code}"' in anybody.html
        assert LANGUAGE_NAMES[code] in anybody.html


def test_what_is_saved_marks_every_page_and_the_choices_themselves(anybody: Browser) -> None:
    anybody.get("/laesning", til="/was")
    back = anybody.send("/laesning", til="/was", size="largest", contrast="strong", wording="easy", pace="one")
    assert back.request.path == "/was"
    assert 'class="reading-size-largest reading-contrast-strong reading-wording-easy"' in anybody.html
    anybody.get("/laesning")
    assert 'id="size-largest" name="size" value="largest" checked' in anybody.html
    anybody.send("/laesning", size="normal", contrast="normal")
    anybody.get("/was")
    assert '<html lang="da" dir="ltr">' in anybody.html


@pytest.mark.parametrize("code", CITIZEN_LOCALES)
def test_a_language_is_one_press_and_leads_back(anybody: Browser, code: str) -> None:
    anybody.get("/laesning", til="/was")
    assert anybody.send("/laesning", til="/was", sprog=code).request.path == "/was"
    assert language(anybody) == code
    anybody.get("/")
    assert language(anybody) == code


def test_choosing_a_language_keeps_the_settings(anybody: Browser) -> None:
    anybody.get("/laesning")
    anybody.send("/laesning", size="large")
    anybody.get("/laesning")
    anybody.send("/laesning", sprog="pl")
    anybody.get("/was")
    assert 'class="reading-size-large"' in anybody.html


def test_a_language_pressed_after_a_setting_keeps_both(anybody: Browser) -> None:
    anybody.get("/laesning")
    (form,) = re.findall(r"<form.*?</form>", anybody.html, re.DOTALL)
    assert form.count('name="sprog"') == len(CITIZEN_LOCALES)
    assert all(f'name="{name}"' in form for name in CHOICES)
    first = re.search(r"<button[^>]*>", form)
    assert first, "Enter in a setting presses the first button: it saves, and chooses no language"
    assert "name=" not in first[0]
    anybody.send("/laesning", til="/was", size="largest", pace="one", sprog="pl")
    assert 'lang="pl" dir="ltr" class="reading-size-largest"' in anybody.html


@pytest.mark.parametrize(
    ("accepted", "given_language"),
    [
        ("uk-UA,uk;q=0.9,en;q=0.5", "uk"),
        ("de-DE,de;q=0.9,tr;q=0.4", "tr"),
        ("de", "da"),
        ("*", "da"),
        ("", "da"),
        ("ar-SY", "ar"),
    ],
)
def test_without_a_choice_the_browser_says_which_language(anybody: Browser, accepted: str, given_language: str) -> None:
    anybody.html = anybody.client.get("/was", headers={"Accept-Language": accepted}).get_data(as_text=True)
    assert language(anybody) == given_language
    staff = anybody.client.get("/log-ind", headers={"Accept-Language": accepted}).get_data(as_text=True)
    assert '<html lang="da"' in staff, "the staff's pages are in Danish and English alone"


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/was",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "was",
        "",
        "/b/AAAAAAAAAAAAAAAAAAAAAA",
        "/log-ind/AAAAAAAAAAAAAAAAAAAAAA",
        "/static/css/outcomes.css",
        "/i-dag",
        "/svar/afslut",
        "/log-ud",
        "/laesning?til=/was",
        "/nothing-here",
        "http:/was",
        "/was\r\nSet-Cookie: x=y",
        "//[",
    ],
)
def test_nobody_is_led_anywhere_but_back(anybody: Browser, address: str) -> None:
    page = anybody.get("/laesning", til=address)
    assert page.status_code == 200
    assert 'class="back-link" href="/"' in anybody.html
    sent = anybody.send("/laesning", til=address, size="large")
    assert sent.request.path == "/"
    assert len(sent.history) == 1


@given(st.text(max_size=60))
def test_an_address_is_empty_or_our_own(text_from_outside: str) -> None:
    from flask import Flask  # noqa: PLC0415 - an application without a database is enough here

    from outcomes.views.reading_page import reading  # noqa: PLC0415

    app = Flask(__name__, static_folder=None)
    app.register_blueprint(reading)
    with app.test_request_context():
        assert own_address("/laesning" + text_from_outside) == ""
        assert own_address(text_from_outside) == ""


def test_the_way_back_keeps_the_query_and_drops_the_language(app: Flask) -> None:
    with app.test_request_context():
        assert own_address("/svar/3?change=1&sprog=ar") == "/svar/3?change=1"
        assert own_address("/svar/3?a=" + quote('"><script>')) == "/svar/3?a=%22%3E%3Cscript%3E"
        assert own_address("/was#here") == "/was"


def test_a_citizens_own_choice_is_stored_and_travels(citizen: Browser, world: World, database: ServerDatabase) -> None:
    citizen.get("/laesning", til="/svar")
    citizen.send("/laesning", til="/svar", sprog="so")
    assert language(citizen) == "so"
    with database.admin() as connection:
        stored = connection.execute(text("SELECT id, locale FROM citizen WHERE locale IS NOT NULL")).all()
    assert stored == [(world.case.citizen_id, "so")]


def test_the_choice_of_whoever_is_signed_in_is_stored_and_stands_in_their_copy(
    world: World, own_page_of: Callable[[Case], Browser], new_browser: Callable[[], Browser]
) -> None:
    own = own_page_of(world.case)
    own.get("/laesning", til="/min-side/oversigt")
    assert own.send("/laesning", til="/min-side/oversigt", sprog="pl").request.path == "/min-side/oversigt"
    assert language(own) == "pl"
    assert own.get("/min-side/kopi.json").json["person"]["locale"] == "pl"
    elsewhere = new_browser()
    elsewhere.get(f"/b/{world.token}")
    assert language(elsewhere) == "pl"


def test_looking_at_the_page_changes_nothing(citizen: Browser, database: ServerDatabase) -> None:
    for code in CITIZEN_LOCALES:
        citizen.get("/laesning", til="/svar", sprog=code)
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM citizen WHERE locale IS NOT NULL")) == 0


def test_on_a_question_the_languages_are_behind_one_link(citizen: Browser) -> None:
    assert citizen.html.count("hreflang=") == len(CITIZEN_LOCALES), "all of them on the first page"
    citizen.get("/svar/1")
    assert "hreflang=" not in citizen.html
    assert citizen.html.count('value="reading"') == 1
    assert citizen.send("/svar/1", action="reading").request.full_path == "/laesning?til=%2Fsvar%2F1"


def test_staff_read_danish_or_english(signed_in: Callable[..., Browser]) -> None:
    worker = signed_in("worker")
    worker.get("/i-dag", sprog="ar")
    assert language(worker) == "da"
    assert worker.html.count("hreflang=") == 2
    assert "/laesning" not in worker.html
    worker.get("/i-dag", sprog="en")
    assert language(worker) == "en"


def test_no_page_repeats_a_links_secret(anybody: Browser) -> None:
    page = anybody.client.get("/b/" + "A" * 22)
    assert "A" * 22 not in page.get_data(as_text=True)
