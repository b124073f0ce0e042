"""A citizen's own page, from the browser: the way in, each page, each form, and the way out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from flask import url_for
from sqlalchemy import text

from outcomes.language import CITIZEN_LOCALES, gettext, use_locale
from outcomes.services import request_code
from tests.integration.builders import add_case, add_citizen, add_course, add_staff, add_tenant, answer, get_ticket
from tests.integration.own_page import PHONE, give_contact, sent_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.builders import Case
    from tests.integration.views.conftest import Browser, World

ANSWERS = {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4}
PAGES = ("oversigt", "svar", "maal", "hvem-har-set", "hvem-kan-se", "kopi", "ret", "stop", "del")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_code, "SECONDS", 0.0001)


@pytest.fixture
def own(world: World, own_page_of: Callable[[Case], Browser]) -> Browser:
    """The world's citizen, signed in."""
    return own_page_of(world.case)


def test_the_whole_way_in_and_out_by_a_code(runtime: Runtime, world: World, new_browser: Callable[[], Browser]) -> None:
    give_contact(runtime, world.tenant, world.case.citizen_id)
    browser = new_browser()
    assert browser.get("/min-side").status_code == 200
    assert browser.send("/min-side", address=PHONE).request.path == "/min-side/kode"
    assert browser.send("/min-side/kode", code="nej").status_code == 400
    assert 'href="#code"' in browser.html
    (code,) = sent_codes(runtime, world.tenant)
    assert browser.send("/min-side/kode", code=code).request.path == "/min-side/oversigt"
    assert "Karen Prøvesen" in browser.html
    assert browser.get("/min-side").request.path == "/min-side/oversigt"
    kept = browser.client.get_cookie("outcomes")
    assert kept is not None
    assert browser.send("/min-side/log-ud").status_code == 200
    assert browser.get("/min-side/oversigt").status_code == 401
    browser.client.set_cookie("outcomes", kept.value)
    assert browser.get("/min-side/oversigt").status_code == 401, "the old cookie is worth nothing after signing out"


@pytest.mark.parametrize(("stored", "pressed", "shown"), [("ar", "", "ar"), ("ar", "tr", "tr"), (None, "", "uk")])
def test_the_own_page_speaks_the_citizens_language_where_this_browser_chose_none(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser], database: ServerDatabase, stored: str | None,
    pressed: str, shown: str,
) -> None:  # fmt: skip
    give_contact(runtime, world.tenant, world.case.citizen_id)
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen SET locale = :locale"), {"locale": stored})
    browser = new_browser()
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "uk"
    browser.get("/min-side", sprog=pressed)
    browser.send("/min-side", address=PHONE)
    (code,) = sent_codes(runtime, world.tenant)
    assert browser.send("/min-side/kode", code=code).request.path == "/min-side/oversigt"
    assert f'<html lang="{shown}"' in browser.html
    with database.admin() as connection:
        assert connection.scalars(text("SELECT locale FROM citizen")).all() == [stored], "signing in chooses nothing"


def test_known_and_unknown_see_the_same_pages(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser]
) -> None:
    give_contact(runtime, world.tenant, world.case.citizen_id)
    seen = []
    for address in (PHONE, "29 99 99 99"):
        browser = new_browser()
        browser.get("/min-side")
        pages = [
            browser.send("/min-side", address=address),
            *(browser.send("/min-side/kode", code="1") for _ in range(6)),
        ]
        seen.append([(page.status_code, without_tokens(page.get_data(as_text=True))) for page in pages])
    assert seen[0] == seen[1]
    assert [status for status, _ in seen[0]] == [200, 400, 400, 400, 400, 400, 429]


def without_tokens(html: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", html)


def test_no_address_and_no_code_stands_in_an_address(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser]
) -> None:
    give_contact(runtime, world.tenant, world.case.citizen_id)
    browser = new_browser()
    browser.get("/min-side")
    page = browser.send("/min-side", address=PHONE)
    for response in (*page.history, page):
        assert not re.search(r"\d{3}", response.headers.get("Location", ""))


def test_each_page_shows_mine_in_every_language(runtime: Runtime, world: World, own: Browser) -> None:
    answer(runtime, get_ticket(runtime, world.case), ANSWERS)
    for locale in CITIZEN_LOCALES:
        for page in PAGES:
            assert own.get(f"/min-side/{page}", sprog=locale).status_code == 200, (locale, page)
            assert f'<html lang="{locale}"' in own.html
            with use_locale(locale):
                assert gettext("My page") in own.html


def test_my_answers_my_goals_and_who_has_looked(
    runtime: Runtime, world: World, own: Browser, signed_in: Callable[..., Browser]
) -> None:
    answer(runtime, get_ticket(runtime, world.case), ANSWERS)
    signed_in("worker").get(f"/borger/{world.case.citizen_id}")
    own.get("/min-side/svar")
    assert own.html.count('class="answer"') == 5
    assert "<figure" not in own.html, "one answer is a sentence, not a curve"
    own.get("/min-side/maal")
    assert "Jeg vil handle ind selv" in own.html
    own.get("/min-side/hvem-har-set")
    assert "Test worker" in own.html
    assert "Socialrådgiver" in own.html


def test_i_say_how_my_goal_goes(world: World, own: Browser, database: ServerDatabase) -> None:
    path = f"/min-side/maal/{world.goal_id}"
    own.get(path)
    assert own.send(path).status_code == 400
    assert 'href="#level-1"' in own.html
    assert '<fieldset class="form-group question form-error" aria-describedby="level-error">' in own.html
    assert re.search(r'id="level-error"><span class="sr-only">[^<]+</span>[^<]+</p>', own.html)
    assert 'id="note-error"' not in own.html
    assert own.send(path, level="1", note="Godt").request.path == "/min-side/maal"
    with database.admin() as connection:
        row = connection.execute(text("SELECT level, rated_by, user_id, note FROM goal_rating")).one()
    assert tuple(row) == (1, "citizen", None, "Godt")


def test_an_old_form_keeps_what_i_wrote(world: World, own: Browser, database: ServerDatabase) -> None:
    own.get("/min-side/ret")
    assert own.send("/min-side/ret", words="Det er forkert", csrf_token="gammel").status_code == 400
    assert "Det er forkert" in own.html
    assert own.send("/min-side/ret", words="Det er forkert").request.path == "/min-side/oversigt"
    with database.admin() as connection:
        assert connection.scalars(text("SELECT words FROM correction")).all() == ["Det er forkert"]


def test_something_is_wrong_in_my_answers_and_the_worker_reads_it_beside_them(
    runtime: Runtime, world: World, own: Browser, signed_in: Callable[..., Browser]
) -> None:
    answer(runtime, get_ticket(runtime, world.case), ANSWERS)
    own.get("/min-side/svar")
    link = re.search(r'href="/min-side/ret\?svar=([^"]+)"', own.html)
    assert link is not None
    own.get("/min-side/ret", svar=link[1])
    hidden = re.search(r'name="svar" value="([^"]+)"', own.html)
    assert hidden is not None
    own.send("/min-side/ret", svar=hidden[1], maal="", words="<b>Jeg ramte forkert</b>")
    own.get("/min-side/svar")
    assert "&lt;b&gt;Jeg ramte forkert" in own.html
    worker = signed_in("worker")
    worker.get(f"/borger/{world.case.citizen_id}")
    assert "&lt;b&gt;Jeg ramte forkert" in worker.html


def test_sharing_from_code_to_stop(
    runtime: Runtime, world: World, own: Browser, signed_in: Callable[..., Browser]
) -> None:
    add_staff(runtime, world.tenant, email="new@example.org")
    own.get("/min-side/del")
    assert own.send("/min-side/del", days="nej").status_code == 400
    assert own.send("/min-side/del", days="7").status_code == 200
    code = re.search(r"<strong>(\w{4} \w{4})</strong>", own.html)
    assert code is not None
    own.get("/min-side/del")
    assert code[1] not in own.html, "the code is shown once"
    worker = signed_in("new")
    page = f"/borger/{world.case.citizen_id}"
    assert worker.get(page).status_code == 404
    worker.get("/delt")
    assert worker.send("/delt", code="forkert").status_code == 400
    assert worker.send("/delt", code=code[1].lower()).request.path == page
    assert "Karen" in worker.html
    assert f"/maal/{world.goal_id}" not in worker.html, "nothing is offered that would be refused"
    worker.get("/i-dag")
    assert "Karen" in worker.html
    own.get("/min-side/hvem-kan-se")
    stop = re.search(r'action="(/min-side/del/[^"]+/stop)"', own.html)
    assert stop is not None
    own.send(stop[1])
    assert worker.get(page).status_code == 404
    assert "Karen" not in worker.get("/i-dag").get_data(as_text=True)


def test_dont_ask_me_and_ask_me_again(world: World, own: Browser, new_browser: Callable[[], Browser]) -> None:
    own.get("/min-side/oversigt")
    assert own.html.count('href="/min-side/stop"') == 1
    own.get("/min-side/stop")
    own.send("/min-side/stop", action="stop")
    assert own.get("/min-side/oversigt").status_code == 200
    assert own.html.count('href="/min-side/stop"') == 1, "it is offered to be changed, and not to be done again"
    assert "Spørg mig ikke mere" not in own.html
    assert new_browser().get(f"/b/{world.token}").status_code == 404
    own.get("/min-side/stop")
    own.send("/min-side/stop", action="again")
    assert new_browser().get(f"/b/{world.token}").status_code == 200


def test_the_copy_comes_as_a_file(world: World, own: Browser) -> None:
    page = own.get("/min-side/kopi.json")
    assert page.headers["Content-Disposition"] == 'attachment; filename="alt-om-mig-2026-03-02.json"'
    assert json.loads(page.data)["person"]["name"] == "Karen Prøvesen"
    assert "no-store" in page.headers["Cache-Control"]
    assert own.get("/min-side/kopi.xml").status_code == 404


def test_nothing_of_another_citizen_opens(
    runtime: Runtime, world: World, own_page_of: Callable[[Case], Browser], app: Flask
) -> None:
    """Another citizen of the same place, with every id of the first one's in hand."""
    answer(runtime, get_ticket(runtime, world.case), ANSWERS)
    course = add_course(runtime, world.tenant, slug="andet")
    stranger = own_page_of(add_case(runtime, course, citizen_id=add_citizen(runtime, world.tenant, "Bent")))
    assert stranger.get(f"/min-side/maal/{world.goal_id}").status_code == 404
    for page in PAGES:
        stranger.get(f"/min-side/{page}")
        assert "Karen" not in stranger.html
        assert "handle ind" not in stranger.html
    stranger.get("/min-side/ret", maal=str(world.goal_id))
    assert stranger.send("/min-side/ret", maal=str(world.goal_id), words="x").status_code == 404
    stranger.get("/min-side/hvem-kan-se")
    assert stranger.send(f"/min-side/del/{uuid4()}/stop").status_code == 404


def test_known_in_two_places_one_chooses_and_can_change(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser]
) -> None:
    other = add_tenant(runtime, "sydby", "Sydby Kommune")
    second = add_case(runtime, add_course(runtime, other), citizen_id=add_citizen(runtime, other, "Karen P."))
    for tenant, citizen_id in ((world.tenant, world.case.citizen_id), (other, second.citizen_id)):
        give_contact(runtime, tenant, citizen_id)
    browser = new_browser()
    browser.get("/min-side")
    browser.send("/min-side", address=PHONE)
    (code,) = sent_codes(runtime, world.tenant) + sent_codes(runtime, other)
    assert browser.send("/min-side/kode", code=code).request.path == "/min-side/vaelg"
    for place, name in enumerate(("Nordby Kommune", "Sydby Kommune")):
        browser.get("/min-side/vaelg")
        browser.send("/min-side/vaelg", place=str(place))
        assert browser.get("/min-side/oversigt").status_code == 200
        assert name in browser.html
    browser.get("/min-side/vaelg")
    assert browser.send("/min-side/vaelg", place="7").status_code == 200
    browser.get("/min-side/oversigt")
    browser.send("/min-side/log-ud")
    assert browser.get("/min-side/oversigt").status_code == 401


def test_the_page_closes_by_itself_and_says_why(own: Browser, clock: Clock) -> None:
    assert own.get("/min-side/svar").status_code == 200
    clock.travel(minutes=31)
    assert own.get("/min-side/svar").status_code == 401
    assert "30" in own.html
    assert 'href="/min-side"' in own.html


def test_mitid_is_offered_only_where_it_is_set_up(app: Flask, own: Browser, new_browser: Callable[[], Browser]) -> None:
    assert "MitID" not in new_browser().get("/min-side").get_data(as_text=True)
    returned = new_browser().get("/min-side/openid/retur", code="abc", state="def")
    assert returned.request.path == "/min-side"
    assert "abc" not in returned.get_data(as_text=True)
    with use_locale("da"):
        assert gettext("The sign-in was not finished. Begin again from here.") in returned.get_data(as_text=True)
    with app.test_request_context():
        assert url_for("own_sign_in.openid") == "/min-side/openid"
