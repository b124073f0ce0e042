"""The citizen's whole path, without a script: link, questions, review, receipt, curve; and what goes wrong on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.services.open_link import issue_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.views.conftest import Browser, World

ITEMS = ("enjoyed", "strength", "worries", "body", "hope")


def answer_all(browser: Browser, value: str = "3") -> str:
    """Answer every question alike; gives the path of the page that comes after."""
    browser.send("/svar")
    path = ""
    for number, item in enumerate(ITEMS, 1):
        path = browser.send(f"/svar/{number}", **{f"answer_{item}": value, "action": "next"}).request.path
    return path


def count_rows(database: ServerDatabase) -> dict[str, int]:
    with database.admin() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables}


def test_the_token_leaves_the_address_at_once(world: World, new_browser: Callable[[], Browser]) -> None:
    response = new_browser().client.get(f"/b/{world.token}")
    assert response.status_code == 303
    assert response.headers["Location"] == "/svar"
    assert world.token not in response.headers["Set-Cookie"]
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_opening_a_link_a_hundred_times_changes_no_row(
    world: World, new_browser: Callable[[], Browser], database: ServerDatabase
) -> None:
    before = count_rows(database)
    for _ in range(100):
        assert new_browser().get(f"/b/{world.token}").status_code == 200
    assert count_rows(database) == before


def test_the_start_page_says_who_asks_how_long_who_sees_it_and_that_it_is_voluntary(citizen: Browser) -> None:
    for words in ("Nordby Kommune", "5 spørgsmål", "Test worker", "frivilligt", "00 00 00 00"):
        assert words in citizen.html
    talk = citizen.html.partition('id="talk"')[2].partition("</section>")[0]
    assert ("00 00 00 00" in talk, "help-lines" in talk) == (True, False), "nothing that is asked calls for help"
    assert "Karen" not in citizen.html, "the bare link tells nobody who the citizen is"


def test_the_whole_path_ends_in_one_response_with_its_score(
    citizen: Browser, runtime: Runtime, world: World, database: ServerDatabase
) -> None:
    assert answer_all(citizen) == "/svar/gennemse"
    assert citizen.html.count("change=1") == len(ITEMS)
    sent = citizen.send("/svar/gennemse", action="send")
    assert sent.status_code == 200
    assert sent.request.path == "/svar/kvittering"
    with database.admin() as connection:
        rows = connection.execute(text("SELECT answers, mode, locale, late FROM response")).all()
        assert rows == [(dict.fromkeys(ITEMS, 3), "own_device", "da", False)]
        assert connection.scalars(text("SELECT value FROM score")).all() == [65.0], (
            "one item is reversed: 3+3+1+3+3 of 20"
        )
        assert connection.scalar(text("SELECT count(*) FROM response_draft")) == 0
    curve = citizen.get("/svar/kurve", sprog="en").get_data(as_text=True)
    assert "<img" not in curve, "one answer is a sentence, not a curve"
    assert "It gave 65. 100 is best." in curve


def test_an_empty_question_says_what_to_do_and_skip_goes_on(citizen: Browser) -> None:
    citizen.send("/svar")
    refused = citizen.send("/svar/1", action="next")
    assert refused.status_code == 400
    assert "eller tryk Spring over" in citizen.html
    assert "<title>Fejl:" in citizen.html
    assert 'href="#answer_enjoyed' in citizen.html
    assert citizen.send("/svar/1", action="skip").request.path == "/svar/2"


def test_a_forged_choice_is_refused_and_nothing_is_kept(citizen: Browser, database: ServerDatabase) -> None:
    citizen.send("/svar")
    assert citizen.send("/svar/1", answer_enjoyed="99", action="next").status_code == 400
    assert count_rows(database)["response_draft"] == 0


def test_answers_come_back_when_the_form_token_is_no_good(citizen: Browser, database: ServerDatabase) -> None:
    citizen.send("/svar")
    refused = citizen.send("/svar/1", answer_enjoyed="4", action="next", csrf_token="old")
    assert refused.status_code == 400
    assert "tryk én gang til" in citizen.html.lower()
    checked = [line for line in citizen.html.split("<input") if "checked" in line]
    assert any('value="4"' in line for line in checked)
    assert count_rows(database)["response_draft"] == 0
    assert citizen.send("/svar/1", answer_enjoyed="4", action="next").request.path == "/svar/2"


def test_another_device_goes_on_where_the_first_stopped(
    citizen: Browser, world: World, new_browser: Callable[[], Browser]
) -> None:
    citizen.send("/svar")
    citizen.send("/svar/1", answer_enjoyed="4", action="next")
    other = new_browser()
    other.get(f"/b/{world.token}")
    assert other.send("/svar").request.path == "/svar/2"


def test_sending_twice_gives_one_response_and_the_same_receipt(citizen: Browser, database: ServerDatabase) -> None:
    answer_all(citizen)
    page = citizen.html
    first = citizen.send("/svar/gennemse", action="send").get_data(as_text=True)
    citizen.html = page
    second = citizen.send("/svar/gennemse", action="send").get_data(as_text=True)
    receipt = [line for line in first.splitlines() if "Kvittering" in line]
    assert receipt
    assert receipt[0] in second
    assert count_rows(database)["response"] == 1


def test_who_comes_back_later_sees_that_it_was_received_and_nothing_else(
    citizen: Browser, world: World, new_browser: Callable[[], Browser]
) -> None:
    answer_all(citizen)
    citizen.send("/svar/gennemse", action="send")
    later = new_browser()
    later.get(f"/b/{world.token}")
    assert "allerede svaret" in later.html
    assert "/svar/kurve" not in later.html
    assert later.get("/svar/kurve").status_code == 404
    assert later.get("/svar/kvittering").request.path == "/svar"


@pytest.mark.parametrize("token", ["", "nothing", "A" * 22, "../../etc", "%00"])
def test_every_wrong_link_meets_the_same_kind_page(new_browser: Callable[[], Browser], token: str) -> None:
    browser = new_browser()
    response = browser.get(f"/b/{token or uuid4().hex}")
    assert response.status_code == 404
    if "/" not in token:
        assert "Det er ikke din skyld" in browser.html


def test_an_expired_and_an_unknown_link_look_the_same(
    runtime: Runtime, world: World, clock: Clock, new_browser: Callable[[], Browser]
) -> None:
    unknown = new_browser().get("/b/" + "A" * 22)
    clock.travel(days=400)
    expired = new_browser().get(f"/b/{world.token}")
    assert expired.status_code == unknown.status_code == 404
    assert expired.get_data() == unknown.get_data()


def test_a_ticket_ends_with_its_link(citizen: Browser, database: ServerDatabase) -> None:
    with database.admin() as connection:
        connection.execute(text("UPDATE personal_link SET revoked_at = now()"))
    assert citizen.get("/svar/1").status_code == 404


def test_the_language_is_the_citizens_own_choice_and_stays(citizen: Browser) -> None:
    citizen.get("/svar", sprog="en")
    assert '<html lang="en"' in citizen.html
    citizen.send("/svar")
    assert "Question 1 of 5" in citizen.html


@pytest.mark.parametrize(
    ("chosen", "browser", "shown", "stored"),
    [
        (None, "ar-SY,da;q=0.3", "ar", None),
        (None, "de", "da", None),
        (None, "", "da", None),
        ("uk", "ar", "uk", "uk"),
    ],
)
def test_where_nobody_has_chosen_a_language_the_browser_says_it_and_nothing_is_chosen(
    world: World, new_browser: Callable[[], Browser], database: ServerDatabase, chosen: str | None, browser: str,
    shown: str, stored: str | None,
) -> None:  # fmt: skip
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen SET locale = :locale"), {"locale": chosen})
    citizen = new_browser()
    citizen.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = browser
    citizen.get(f"/b/{world.token}")
    assert f'<html lang="{shown}"' in citizen.html
    answer_all(citizen)
    citizen.send("/svar/gennemse", action="send")
    with database.admin() as connection:
        assert connection.scalars(text("SELECT locale FROM response")).all() == [shown]
        assert connection.scalars(text("SELECT locale FROM citizen")).all() == [stored]


def test_another_links_browser_forgets_the_first_receipt(citizen: Browser, runtime: Runtime, world: World) -> None:
    answer_all(citizen)
    citizen.send("/svar/gennemse", action="send")
    token = issue_link(runtime, world.tenant.scope, occasion_id=world.case.occasions["month-1"])
    citizen.get(f"/b/{token}")
    assert citizen.get("/svar/kvittering").request.path == "/svar"
    assert citizen.get("/svar/kurve").status_code == 404


def field(html: str, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"the page has no {name}"
    return found.group(1)


def checked(html: str) -> list[str]:
    return [line for line in html.split("<input") if "checked" in line.split(">")[0]]


def test_another_browser_shows_no_answer_that_it_did_not_give(
    citizen: Browser, world: World, new_browser: Callable[[], Browser], database: ServerDatabase
) -> None:
    citizen.send("/svar")
    citizen.send("/svar/1", answer_enjoyed="4", action="next")
    citizen.send("/svar/2", answer_strength="2", action="next")
    other = new_browser()
    other.get(f"/b/{world.token}")
    other.get("/svar", sprog="en")
    assert other.send("/svar").request.path == "/svar/3"
    other.get("/svar/1")
    assert checked(other.html) == []
    assert "The answer is kept, and is not shown here." in other.html
    assert 'href="/svar/2"' in other.html, "one may leave it as it is"
    for number, item in enumerate(ITEMS[2:], 3):
        other.get(f"/svar/{number}")
        other.send(f"/svar/{number}", **{f"answer_{item}": "3", "action": "next"})
    assert other.html.count("Answered earlier, in another browser") == 2
    assert other.html.count("change=1") == len(ITEMS), "each can be answered again"
    sent = other.send("/svar/gennemse", action="send", reviewed=field(other.html, "reviewed"))
    assert sent.request.path == "/svar/kvittering"
    with database.admin() as connection:
        stored = connection.scalar(text("SELECT answers FROM response"))
    assert stored == {"enjoyed": 4, "strength": 2, "worries": 3, "body": 3, "hope": 3}


def test_the_browser_that_answered_sees_its_answers_again(citizen: Browser, world: World) -> None:
    citizen.send("/svar")
    citizen.send("/svar/1", answer_enjoyed="4", action="next")
    citizen.get(f"/b/{world.token}")
    citizen.get("/svar/1")
    assert len(checked(citizen.html)) == 1
    assert 'value="4"' in checked(citizen.html)[0]


def test_a_review_that_another_tab_made_old_is_shown_again(citizen: Browser, database: ServerDatabase) -> None:
    answer_all(citizen)
    old_tab = citizen.html
    citizen.get("/svar/1")
    citizen.send("/svar/1", answer_enjoyed="0", action="next")
    citizen.html = old_tab
    refused = citizen.send("/svar/gennemse", action="send", reviewed=field(old_tab, "reviewed"))
    assert refused.status_code == 409
    assert 'id="error-summary"' in citizen.html
    assert 'href="#send"' in citizen.html
    assert count_rows(database)["response"] == 0
    sent = citizen.send("/svar/gennemse", action="send", reviewed=field(citizen.html, "reviewed"))
    assert sent.request.path == "/svar/kvittering"


def test_a_review_that_differs_from_what_was_sent_is_no_receipt(citizen: Browser, database: ServerDatabase) -> None:
    answer_all(citizen)
    old_tab = citizen.html
    citizen.get("/svar/1")
    citizen.send("/svar/1", answer_enjoyed="0", action="next")
    citizen.get("/svar/gennemse")
    citizen.send("/svar/gennemse", action="send", reviewed=field(citizen.html, "reviewed"))
    citizen.html = old_tab
    refused = citizen.send("/svar/gennemse", action="send", reviewed=field(old_tab, "reviewed"))
    assert refused.status_code == 409
    assert refused.request.path == "/svar/gennemse"
    assert count_rows(database)["response"] == 1


def test_a_review_with_an_old_token_says_so_and_can_be_sent_again(citizen: Browser, database: ServerDatabase) -> None:
    answer_all(citizen)
    refused = citizen.send("/svar/gennemse", action="send", csrf_token="old")
    assert refused.status_code == 400
    assert "<title>Fejl:" in citizen.html
    summary = citizen.html.split('id="error-summary"')[1].split("</ul>")[0]
    assert "data-take-focus" in summary
    assert 'href="#send"' in summary
    assert 'id="send"' in citizen.html
    assert count_rows(database)["response"] == 0
    assert citizen.send("/svar/gennemse", action="send").request.path == "/svar/kvittering"


def test_an_answer_that_can_not_be_sent_is_named_on_the_review(citizen: Browser, database: ServerDatabase) -> None:
    answer_all(citizen)
    with database.admin() as connection:
        connection.execute(text("UPDATE response_draft SET answers = answers || '{\"worries\": 77}'"))
    refused = citizen.send("/svar/gennemse", action="send")
    assert refused.status_code == 400
    assert 'href="#change-3"' in citizen.html
    assert 'id="change-3"' in citizen.html
    assert count_rows(database)["response"] == 0


def test_an_answer_from_an_old_tab_after_sending_is_not_acknowledged(citizen: Browser) -> None:
    answer_all(citizen)
    citizen.send("/svar/gennemse", action="send")
    late = citizen.send("/svar/1", answer_enjoyed="0", action="next")
    assert (late.status_code, late.request.path) == (409, "/svar/1")


def test_before_the_window_opens_there_is_a_kind_page(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser], database: ServerDatabase
) -> None:
    token = issue_link(runtime, world.tenant.scope, occasion_id=world.case.occasions["month-1"])
    browser = new_browser()
    assert browser.get(f"/b/{token}", sprog="en").status_code == 200
    for path in ("/svar", "/svar/1", "/svar/gennemse"):
        browser.get(path, sprog="en")
        assert "You can answer these questions from 26 March 2026" in browser.html, path
    assert browser.send("/svar/1", answer_enjoyed="3", action="next").status_code == 409
    assert count_rows(database)["response_draft"] == 0


def test_the_language_that_was_chosen_is_kept_when_the_questions_begin(
    citizen: Browser, database: ServerDatabase
) -> None:
    citizen.get("/svar", sprog="ar")
    citizen.send("/svar")
    with database.admin() as connection:
        assert connection.scalar(text("SELECT locale FROM citizen")) == "ar"


def test_every_page_says_who_asks_also_when_the_device_has_forgotten_the_rest(citizen: Browser) -> None:
    citizen.get("/svar", sprog="en")
    sender = re.search(r'class="sender-name">([^<]+)<', citizen.html)
    assert sender is not None
    citizen.get("/laesning")
    assert f'class="sender-name">{sender[1]}<' in citizen.html
    citizen.get("/svar")
    citizen.send("/svar/afslut")
    assert f'class="sender-name">{sender[1]}<' in citizen.html
    citizen.get("/svar")
    assert f'class="sender-name">{sender[1]}<' not in citizen.html


def test_a_link_of_what_was_withdrawn_opens_nothing(
    citizen: Browser, database: ServerDatabase, world: World, new_browser: Callable[[], Browser]
) -> None:
    with database.admin() as connection:
        connection.execute(text("UPDATE occasion SET state = 'withdrawn'"))
    assert citizen.get("/svar").status_code == 404
    later = new_browser()
    assert later.get(f"/b/{world.token}").status_code == 404
    assert "Det er ikke din skyld" in later.html


def test_who_said_no_thanks_meets_their_own_answer_and_a_way_back(
    citizen: Browser, database: ServerDatabase, world: World, new_browser: Callable[[], Browser]
) -> None:
    with database.admin() as connection:
        connection.execute(
            text("UPDATE organisation SET contact = :contact"), {"contact": '{"name": "Bente", "phone": "33 44 55 66"}'}
        )
    citizen.get("/svar")
    citizen.send("/svar/nej-tak", action="decline")
    later = new_browser()
    for browser, path in ((citizen, "/svar"), (later, f"/b/{world.token}")):
        assert browser.get(path, sprog="en").status_code == 404
        assert "You have said no thanks to these questions" in browser.html
        assert "33 44 55 66" in browser.html
    with database.admin() as connection:
        connection.execute(text("UPDATE personal_link SET revoked_at = now()"))
    assert "You have said no thanks" not in new_browser().get(f"/b/{world.token}", sprog="en").get_data(as_text=True)


def test_who_is_done_leaves_nothing_on_the_device(citizen: Browser, database: ServerDatabase) -> None:
    answer_all(citizen)
    citizen.send("/svar/gennemse", action="send")
    assert 'action="/svar/afslut"' in citizen.html
    citizen.get("/svar/kvittering", sprog="en")
    assert citizen.send("/svar/afslut").status_code == 200
    assert "You can close this page" in citizen.html
    for path in ("/svar", "/svar/kvittering", "/svar/kurve", "/svar/gennemse"):
        gone = citizen.get(path, sprog="en")
        assert gone.status_code == 404
        assert "Open your link again" in citizen.html, "the link is good: only this browser has forgotten it"
    assert count_rows(database)["response"] == 1


def test_a_session_that_is_over_is_not_called_a_dead_link(new_browser: Callable[[], Browser], citizen: Browser) -> None:
    stranger = new_browser()
    stranger.get("/svar/1", sprog="en")
    assert "Open your link again" in stranger.html
    citizen.client.set_cookie("outcomes", "not-a-session")
    citizen.get("/svar/1", sprog="en")
    assert "Open your link again" in citizen.html
