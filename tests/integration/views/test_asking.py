"""A worker asks: the ways of asking, the interview's screen without a script, and who is asked beside the citizen."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from outcomes.services.save_answers import save_answer
from outcomes.store import answering
from tests.integration.builders import get_ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.services.runtime import Runtime
    from tests.conftest import ServerDatabase
    from tests.integration.views.conftest import Browser, World

ITEMS = ("enjoyed", "strength", "worries", "body", "hope")
SEEN = re.compile(r'name="(seen_\w+)" value="(\w+)"')


@pytest.fixture
def place(world: World) -> str:
    return f"/borger/{world.case.citizen_id}/spoerg/{world.case.occasions['start']}"


@pytest.fixture
def interview(world: World) -> str:
    return f"/borger/{world.case.citizen_id}/interview/{world.case.occasions['start']}"


@pytest.fixture
def worker(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in("worker")


def seen(browser: Browser) -> dict[str, str]:
    return dict(SEEN.findall(browser.html))


def one(database: ServerDatabase, query: str) -> object:
    with database.admin() as connection:
        return connection.scalar(text(query))


def test_from_the_citizens_page_to_the_ways_of_asking(world: World, worker: Browser, place: str) -> None:
    worker.get(f"/borger/{world.case.citizen_id}")
    assert f'href="{place}"' in worker.html
    later = f"/borger/{world.case.citizen_id}/spoerg/{world.case.occasions['month-1']}"
    assert f'href="{later}"' not in worker.html, "it can't be asked yet"
    assert worker.get(place).status_code == 200
    assert "Karen Prøvesen" in worker.html
    assert "på deres sprog" in worker.html
    assert "ord=da-x-easy" in worker.html
    worker.get(later)
    assert "2. april 2026" not in worker.html or "formaction" not in worker.html
    assert "formaction" not in worker.html


def test_a_link_and_a_code_are_shown_once_and_open_the_questions(
    worker: Browser, new_browser: Callable[[], Browser], place: str
) -> None:
    worker.get(place)
    worker.send(f"{place}/link", who="")
    found = re.search(r'value="http://[^/]+(/b/[\w-]+)"', worker.html)
    assert found is not None
    assert new_browser().get(found[1]).request.path == "/svar"
    worker.get(place)
    assert "/b/" not in worker.html
    worker.send(f"{place}/kode", who="")
    code = re.search(r'class="the-code"><bdi>([^<]+)</bdi>', worker.html)
    assert code is not None
    tablet = new_browser()
    tablet.get("/tablet")
    assert tablet.send("/tablet", code=code[1]).request.path == "/svar"


def change_instrument(database: ServerDatabase, path: str, value: object) -> None:
    """Change what is asked, before anybody has asked for it."""
    with database.admin(unwatched=True) as connection:
        connection.execute(
            text("UPDATE instrument_version SET definition = jsonb_set(definition, :path, cast(:value AS jsonb))"),
            {"path": path, "value": json.dumps(value)},
        )


def test_a_sheet_that_is_not_there_in_their_language_says_so(
    worker: Browser, place: str, database: ServerDatabase
) -> None:
    change_instrument(database, "{languages}", ["da", "en"])
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE citizen SET locale = 'ar'"))
    worker.get(place)
    assert "på deres sprog" not in worker.html
    assert "arabisk" in worker.html
    english = re.search(r'href="([^"]+papir[^"]+ord=en)"', worker.html)
    assert english is not None
    assert worker.client.get(english[1]).mimetype == "application/pdf"


def test_only_what_was_asked_becomes_hidden(worker: Browser, interview: str, database: ServerDatabase) -> None:
    change_instrument(database, "{items,4,show_if}", {"item": "enjoyed", "at_least": 3})
    worker.get(interview)
    assert "seen_hope" not in worker.html
    worker.send(
        interview, **seen(worker), seen_hope="", answer_enjoyed="1", answer_hope="2", action="send", mode="phone"
    )
    with database.admin() as connection:
        row = connection.execute(text("SELECT answers, hidden_answers FROM response")).one()
    assert tuple(row) == ({"enjoyed": 1}, {})


def test_an_interview_saved_gone_on_with_and_sent(worker: Browser, interview: str, database: ServerDatabase) -> None:
    worker.get(interview)
    assert worker.html.count("data-question") == len(ITEMS)
    saved = worker.send(interview, **seen(worker), answer_enjoyed="3", action="save", ord="en", mode="phone")
    assert saved.status_code == 200
    assert "What do you" in worker.html or 'lang="en"' in worker.html
    assert re.search(r'value="3"\s+checked', worker.html)
    answers = {f"answer_{item}": "2" for item in ITEMS}
    done = worker.send(interview, **seen(worker), **answers, action="send", ord="en", mode="phone")
    assert done.status_code == 200
    assert "data-question" not in worker.html
    with database.admin() as connection:
        row = connection.execute(text("SELECT mode, locale, entered_by IS NOT NULL, answers FROM response")).one()
    assert tuple(row) == ("phone", "en", True, dict.fromkeys(ITEMS, 2))


def test_what_is_wrong_comes_back_filled_in(worker: Browser, interview: str, database: ServerDatabase) -> None:
    worker.get(interview)
    refused = worker.send(interview, **seen(worker), answer_enjoyed="3", answer_hope="99", action="send", mode="phone")
    assert refused.status_code == 400
    assert "<title>Fejl:" in worker.html
    assert 'href="#answer_hope-0"' in worker.html
    assert re.search(r'value="3"\s+checked', worker.html)
    assert one(database, "SELECT count(*) FROM response") == 0
    refused = worker.send(interview, **seen(worker), action="send", mode="phone")
    assert refused.status_code == 400
    again = worker.send(interview, **seen(worker), answer_enjoyed="3", action="send", mode="phone", csrf_token="x")
    assert again.status_code == 400
    assert re.search(r'value="3"\s+checked', worker.html), "an old page loses nothing"


def test_an_obstacle_that_came_meanwhile_is_told_on_the_sheet(
    worker: Browser, interview: str, database: ServerDatabase
) -> None:
    worker.get(interview)
    page = worker.html
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE occasion SET state = 'withdrawn'"))
    for action in ("save", "send"):
        worker.html = page
        told = worker.send(interview, **seen(worker), answer_enjoyed="3", action=action, mode="phone")
        assert (told.status_code, told.request.path) == (409, interview)
        assert re.search(r'value="3"\s+checked', worker.html)
        assert "trukket tilbage" in worker.html
    assert one(database, "SELECT count(*) FROM response_draft") == 0
    assert worker.get(interview).request.path != interview, "without anything typed there is nothing to show"


def test_what_was_kept_meanwhile_is_no_success(
    worker: Browser, interview: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.get(interview)
    monkeypatch.setattr(answering, "keep_answers", lambda *_arguments, **_values: False)
    told = worker.send(interview, **seen(worker), answer_enjoyed="3", action="save", mode="phone")
    assert told.status_code == 409
    assert re.search(r'value="3"\s+checked', worker.html)


def test_a_database_that_is_away_for_a_moment_loses_nothing(
    worker: Browser, interview: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object, **_values: object) -> None:
        raise psycopg.errors.LockNotAvailable

    worker.get(interview)
    monkeypatch.setattr(answering, "keep_answers", away)
    told = worker.send(interview, **seen(worker), answer_enjoyed="3", action="save", mode="phone")
    assert told.status_code == 503
    assert re.search(r'value="3"\s+checked', worker.html)


def test_another_language_loses_nothing_and_keeps_nothing(
    worker: Browser, interview: str, database: ServerDatabase
) -> None:
    worker.get(interview)
    worker.send(interview, **seen(worker), answer_enjoyed="3", action="language", ord="en", mode="interview")
    assert '<div lang="en"' in worker.html
    assert '<html lang="da"' in worker.html
    assert re.search(r'value="3"\s+checked', worker.html)
    assert one(database, "SELECT count(*) FROM response_draft") == 0


def test_what_the_citizen_has_answered_is_not_on_the_workers_screen(
    runtime: Runtime, world: World, worker: Browser, interview: str, database: ServerDatabase
) -> None:
    save_answer(runtime, get_ticket(runtime, world.case), item_id="enjoyed", value=4)
    worker.get(interview)
    assert not re.search(r'name="answer_\w+" value="\d"\s+checked', worker.html)
    assert "Du ser ikke" in worker.html or "You don" in worker.html
    answers = {f"answer_{item}": "2" for item in ITEMS[1:]}
    worker.send(interview, **seen(worker), **answers, action="send", mode="interview")
    with database.admin() as connection:
        stored = connection.scalar(text("SELECT answers FROM response"))
    assert stored == {"enjoyed": 4, **dict.fromkeys(ITEMS[1:], 2)}


def test_what_was_answered_meanwhile_is_told_and_decided_by_pressing_again(
    runtime: Runtime, world: World, worker: Browser, interview: str, database: ServerDatabase
) -> None:
    worker.get(interview)
    save_answer(runtime, get_ticket(runtime, world.case), item_id="enjoyed", value=4)
    answers = {f"answer_{item}": "2" for item in ITEMS}
    refused = worker.send(interview, **seen(worker), **answers, action="send", mode="interview")
    assert refused.status_code == 409
    assert 'href="#answer_enjoyed-0"' in worker.html
    assert 'value="4" checked' not in worker.html
    assert worker.send(interview, **seen(worker), **answers, action="send", mode="interview").status_code == 200
    with database.admin() as connection:
        assert connection.scalar(text("SELECT answers FROM response")) == dict.fromkeys(ITEMS, 2)


def test_the_ways_of_asking_refuse_who_is_not_asked(worker: Browser, place: str, interview: str) -> None:
    worker.get(place)
    page = worker.html
    for way in ("kode", "link", "aflever"):
        worker.html = page
        assert worker.send(f"{place}/{way}", who=str(uuid4())).status_code == 404
    assert worker.get(interview, hvem=str(uuid4())).status_code == 404
    assert worker.get("/i-dag").status_code == 200, "nobody was signed out"


def test_somebody_is_added_and_taken_off(world: World, worker: Browser, database: ServerDatabase) -> None:
    people = f"/borger/{world.case.citizen_id}/omkring"
    worker.get(people)
    refused = worker.send(people, kind="", name="", phone="1", locale="uk", from_date="i går")
    assert refused.status_code == 400
    assert "<title>Fejl:" in worker.html
    assert 'value="i går"' in worker.html
    assert '<option value="uk" lang="uk" selected>' in worker.html
    worker.send(people, kind="parent", name="Mor Prøvesen", phone="22 33 44 55", locale="uk", from_date="1. marts 2026")
    assert "Mor Prøvesen" in worker.html
    assert one(database, "SELECT from_date::text FROM relation") == "2026-03-01"
    assert one(database, "SELECT locale FROM relation") == "uk"
    relation_id = one(database, "SELECT id FROM relation")
    done = worker.send(f"{people}/{relation_id}/slut")
    assert done.request.path == people
    assert "/slut" not in worker.html
    assert one(database, "SELECT ended_on::text FROM relation") == "2026-03-02"
