"""A shared tablet: one after the other, and nothing of the one before is left, however the next one looks for it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import request
from sqlalchemy import text

from outcomes import create_app
from outcomes.models import RiskProtocol
from outcomes.services.give_code import give_code
from outcomes.services.open_link import issue_link
from outcomes.services.redeem_code import PLACE_LIMIT
from outcomes.services.sign_in import make_actor
from outcomes.services.sign_in_citizen import begin_session, find_signed_in
from outcomes.store.organisations import find_user
from outcomes.views.admission import OWN_SESSION
from tests.integration.builders import add_case, add_citizen, add_course, small_instrument
from tests.integration.own_page import PHONE, give_contact, sent_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.views.conftest import Browser, World

SENDER = "Nordby Kommune"
MARKED = re.compile(r'name="helper" value="(\w*)" checked')
"""Who helped, as the review has it marked before anybody has touched it."""
OWN_PAGES = ("/svar", "/svar/1", "/svar/alle", "/svar/gennemse", "/svar/kvittering", "/svar/kurve", "/svar/hjaelp")


@pytest.fixture
def new_code(runtime: Runtime, world: World) -> Callable[[], str]:
    """Gives codes to the citizen's first occasion, as their worker does."""
    with runtime.database.transaction(world.tenant.scope) as session:
        user = find_user(session, email="worker@example.org")
        assert user is not None
        worker = make_actor(user)
    return lambda: give_code(runtime, worker, world.case.citizen_id, world.case.occasions["start"]).code


@pytest.fixture
def tablet(new_browser: Callable[[], Browser]) -> Browser:
    browser = new_browser()
    browser.get("/tablet")
    return browser


def answer_and_send(browser: Browser) -> TestResponse:
    browser.send("/svar")
    for number, item in enumerate(("enjoyed", "strength", "worries", "body", "hope"), 1):
        browser.get(f"/svar/{number}")
        browser.send(
            f"/svar/{number}", **{f"answer_{item}": "2", "item": item, "action": "next", "seen": seen(browser)}
        )
    browser.get("/svar/gennemse")
    return browser.send(
        "/svar/gennemse", reviewed=value_of(browser, "reviewed"), helper=MARKED.findall(browser.html)[0]
    )


def value_of(browser: Browser, name: str) -> str:
    _, _, rest = browser.html.partition(f'name="{name}" value="')
    return rest.partition('"')[0]


def seen(browser: Browser) -> str:
    return value_of(browser, "seen")


def nothing_is_shown(browser: Browser) -> None:
    for path in OWN_PAGES:
        response = browser.get(path)
        assert response.status_code == 404, path
        assert "checked" not in browser.html


def test_two_people_one_after_the_other(
    new_code: Callable[[], str], tablet: Browser, world: World, database: ServerDatabase
) -> None:
    assert tablet.send("/tablet", code=new_code().lower()).request.path == "/svar"
    assert "no-store" in tablet.get("/svar/1").headers["Cache-Control"]
    done = answer_and_send(tablet)
    assert done.request.path == "/tablet/tak"
    assert [step.headers.get("Clear-Site-Data") for step in done.history][-1] == '"cache"'
    with database.admin() as connection:
        assert connection.execute(text("SELECT mode, helper_kind FROM response")).all() == [("kiosk", None)]
    nothing_is_shown(tablet)
    tablet.get("/tablet")
    assert "Klar til den næste" in tablet.html or "Ready for the next person" in tablet.html
    refused = tablet.send("/tablet", code="CDFGHJ")
    assert refused.status_code == 400


def test_whoever_has_just_sent_can_ask_to_be_called(
    new_code: Callable[[], str], tablet: Browser, database: ServerDatabase, clock: Clock
) -> None:
    tablet.send("/tablet", code=new_code())
    answer_and_send(tablet)
    page = tablet.html
    assert tablet.send("/tablet/ring").request.path == "/tablet"
    with database.admin() as connection:
        assert connection.scalars(text("SELECT kind FROM signal")).all() == ["wants_contact"]
    nothing_is_shown(tablet)
    tablet.html = page
    tablet.send("/tablet/ring")
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM signal")) == 1


def test_the_thanks_are_soon_gone(new_code: Callable[[], str], tablet: Browser, clock: Clock) -> None:
    tablet.send("/tablet", code=new_code())
    answer_and_send(tablet)
    assert tablet.get("/tablet/tak").request.path == "/tablet/tak"
    clock.travel(minutes=3)
    assert tablet.get("/tablet/tak").request.path == "/tablet"


def test_whoever_was_asked_what_may_call_for_help_is_told_whom_to_call_whatever_they_answered(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser]
) -> None:
    items = [
        {**item, "risk": {"at_least": 9}} if item["id"] == "pain" else item
        for item in small_instrument().to_mapping()["items"]
    ]
    course = add_course(runtime, world.tenant, slug="smaa", instrument=small_instrument(items=items))
    with runtime.database.transaction(world.tenant.scope) as session:
        session.add(
            RiskProtocol(
                organisation_id=world.tenant.organisation_id, instrument_key="small", version=1, act_within_hours=24,
                help_lines=[{"name": {"da": "Livslinjen"}, "phone": "70 201 201"}], decided_by="Ledelsen",
            )
        )  # fmt: skip
        session.commit()
    pages = []
    for pain in ("9", "0"):
        case = add_case(runtime, course, citizen_id=add_citizen(runtime, world.tenant, name=f"Nr {pain}"))
        token = issue_link(runtime, world.tenant.scope, occasion_id=case.occasions["start"])
        browser = new_browser()
        browser.client.set_cookie("outcomes-tablet", str(world.tenant.organisation_id))
        browser.get(f"/b/{token}")
        browser.send("/svar")
        browser.send("/svar/1", action="skip")
        browser.send("/svar/2", answer_pain=pain, action="next")
        if pain == "9":
            browser.get("/svar/3")
            browser.send("/svar/3", action="skip")
        browser.get("/svar/gennemse")
        assert browser.send("/svar/gennemse", reviewed=value_of(browser, "reviewed")).request.path == "/tablet/tak"
        pages.append(re.sub(r'name="csrf_token" value="[^"]+"', "", browser.html))
    assert 'href="tel:70201201"' in pages[0]
    assert pages[0] == pages[1]
    with runtime.database.transaction(world.tenant.scope) as session:
        session.execute(text("UPDATE personal_link SET revoked_at = now()"))
        session.commit()
    assert browser.get("/tablet/tak").status_code == 200, "the thanks stay where the link has ended since"
    assert 'href="tel:70201201"' not in browser.html


@pytest.mark.parametrize("how", ["leave", "decline", "time", "idle", "front", "code"])
def test_every_way_of_ending_leaves_nothing(
    new_code: Callable[[], str], tablet: Browser, clock: Clock, how: str, database: ServerDatabase
) -> None:
    tablet.send("/tablet", code=new_code())
    tablet.send("/svar")
    tablet.get("/svar/1")
    tablet.send("/svar/1", answer_enjoyed="3", item="enjoyed", action="next", seen=seen(tablet))
    if how == "leave":
        done = tablet.send("/svar/afslut")
    elif how == "decline":
        tablet.get("/svar/nej-tak")
        done = tablet.send("/svar/nej-tak")
    elif how == "time":
        done = tablet.get("/tablet/slut")
    elif how == "idle":
        clock.travel(minutes=11)
        done = tablet.get("/svar/1")
    elif how == "code":  # the next one types theirs while the page of the one before still stands there
        assert tablet.send("/tablet", code=new_code()).request.path == "/svar"
        tablet.get("/svar/1")
        assert "checked" not in tablet.html
        done = tablet.get("/tablet/slut")
    else:
        done = tablet.get("/tablet")
    assert done.request.path == "/tablet"
    assert done.history[-1].headers["Clear-Site-Data"] == '"cache"'
    nothing_is_shown(tablet)
    if how == "decline":
        return
    with database.admin() as connection:
        assert connection.scalars(text("SELECT answers FROM response_draft")).all() == [{"enjoyed": 3}]
    tablet.get("/tablet")
    assert tablet.send("/tablet", code=new_code()).request.path == "/svar"
    tablet.get("/svar/1")
    assert "checked" not in tablet.html, "the answer counts, and isn't shown"


def test_somebody_who_is_there_stays(new_code: Callable[[], str], tablet: Browser, clock: Clock) -> None:
    tablet.send("/tablet", code=new_code())
    for _ in range(5):
        clock.travel(minutes=9)
        assert tablet.get("/tablet/her").status_code == 200
    assert tablet.get("/svar/1").request.path == "/svar/1"
    assert tablet.get("/tablet/er-du-der").request.path == "/tablet/er-du-der"
    clock.travel(minutes=9)
    assert tablet.get("/svar/1").request.path == "/svar/1"
    clock.travel(minutes=11)
    assert tablet.get("/svar/1").request.path == "/tablet", "and whoever isn't there any more doesn't"


def test_a_link_opened_on_a_remembered_tablet_is_shared_too(
    runtime: Runtime, world: World, new_code: Callable[[], str], tablet: Browser, clock: Clock
) -> None:
    tablet.send("/tablet", code=new_code())
    tablet.get("/tablet/slut")
    tablet.get(f"/b/{world.token}")
    assert "data-still-here" in tablet.html
    clock.travel(minutes=11)
    assert tablet.get("/svar/1").request.path == "/tablet"
    tablet.send("/tablet/enhed")
    tablet.get(f"/b/{world.token}")
    assert "data-still-here" not in tablet.html


def test_a_phone_of_ones_own_is_never_asked_to_hurry(citizen: Browser, clock: Clock) -> None:
    citizen.get("/svar/1")
    assert "data-still-here" not in citizen.html
    clock.travel(hours=6)
    assert citizen.get("/svar/1").request.path == "/svar/1"


def test_the_next_one_reads_in_their_own_way(new_code: Callable[[], str], tablet: Browser) -> None:
    tablet.send("/tablet", code=new_code())
    tablet.client.set_cookie("outcomes-reading", "size-largest")
    tablet.get("/svar", sprog="ar")
    assert '<html lang="ar"' in tablet.html
    tablet.get("/tablet/slut")
    assert tablet.client.get_cookie("outcomes-reading") is None
    tablet.get("/tablet")
    assert '<html lang="ar"' not in tablet.html


@pytest.mark.parametrize(("mode", "helper"), [("kiosk", None), ("assisted", "worker")])
def test_handing_over_signs_the_worker_out(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase, mode: str, helper: str | None
) -> None:
    browser = signed_in("worker")
    place = f"/borger/{world.case.citizen_id}/spoerg/{world.case.occasions['start']}"
    browser.get(place)
    assert browser.send(f"{place}/aflever", who="", mode=mode).request.path == "/svar"
    for path in ("/i-dag", place, f"/borger/{world.case.citizen_id}"):
        assert browser.client.get(path).status_code == 401
    browser.get("/svar")
    assert answer_and_send(browser).request.path == "/tablet/tak"
    with database.admin() as connection:
        assert connection.execute(text("SELECT mode, helper_kind FROM response")).one() == (mode, helper)
    browser.get("/tablet")
    assert browser.client.get_cookie("outcomes-tablet") is None, "a worker's own device isn't a tablet for that"


def test_it_says_who_asks_and_whom_to_turn_to(
    world: World, new_code: Callable[[], str], tablet: Browser, new_browser: Callable[[], Browser]
) -> None:
    """By its address before anybody has used it, and by itself from then on; of anything else it says nothing."""
    assert SENDER not in tablet.html
    new = new_browser()
    for slug, said in ((world.tenant.slug, True), ("somewhere-else", False), ("\x00", False)):
        assert new.get("/tablet", hos=slug).status_code == 200
        assert (SENDER in new.html, "00 00 00 00" in new.html) == (said, said)
    new.get("/tablet", hos=world.tenant.slug)
    assert new.send(f"/tablet?hos={world.tenant.slug}", code="CDFGHJ").status_code == 400
    assert SENDER in new.html, "also beside what is to be put right"
    tablet.send("/tablet", code=new_code())
    tablet.get("/tablet/slut")
    assert (SENDER in tablet.html, "00 00 00 00" in tablet.html) == (True, True)
    tablet.client.set_cookie("outcomes-tablet", "1")
    tablet.get("/tablet")
    assert SENDER not in tablet.html


def test_a_language_chosen_with_the_code_is_gone_on_with(new_code: Callable[[], str], tablet: Browser) -> None:
    tablet.get("/tablet", sprog="tr")
    tablet.send("/tablet", code=new_code())
    assert '<html lang="tr"' in tablet.html
    tablet.get("/tablet/slut")
    tablet.get("/tablet")
    assert '<html lang="tr"' not in tablet.html


def test_guessing_is_slowed_down(tablet: Browser) -> None:
    for _ in range(30):
        tablet.get("/tablet")
        assert tablet.send("/tablet", code="CDFGHJ").status_code == 400
    tablet.get("/tablet")
    assert tablet.send("/tablet", code="CDFGHJ").status_code == 429


@pytest.mark.parametrize(("proxies", "status"), [(1, 400), (0, 429)])
def test_each_tablet_behind_a_proxy_is_a_place_of_its_own(runtime: Runtime, proxies: int, status: int) -> None:
    settings = runtime.settings.model_copy(update={"trusted_proxies": proxies})
    client = create_app(replace(runtime, settings=settings)).test_client()

    def type_code(address: str) -> int:
        token = client.get("/tablet").get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
        headers = {"X-Forwarded-For": f"203.0.113.9, {address}"}
        return client.post("/tablet", data={"code": "CDFGHJ", "csrf_token": token}, headers=headers).status_code

    assert {type_code("192.0.2.1") for _ in range(PLACE_LIMIT)} == {400}
    assert type_code("192.0.2.1") == 429
    assert type_code("192.0.2.2") == status


@pytest.mark.parametrize(("proxies", "place"), [(0, "127.0.0.1"), (1, "192.0.2.2"), (2, "192.0.2.1")])
def test_only_the_proxies_of_our_own_are_believed(runtime: Runtime, proxies: int, place: str) -> None:
    app = create_app(replace(runtime, settings=runtime.settings.model_copy(update={"trusted_proxies": proxies})))
    seen = []
    app.before_request_funcs[None].insert(0, lambda: seen.append((request.remote_addr, request.host)))
    app.test_client().get(
        "/tablet", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.1, 192.0.2.2", "X-Forwarded-Host": "evil.example"}
    )
    assert seen == [(place, "localhost")]


def test_a_code_is_in_no_address_and_no_page_of_the_tablets(
    runtime: Runtime, world: World, new_code: Callable[[], str], tablet: Browser
) -> None:
    token = issue_link(runtime, world.tenant.scope, occasion_id=world.case.occasions["start"])
    tablet.get(f"/b/{token}")
    pages, addresses = [tablet.html], []
    tablet.get("/tablet")
    code = new_code()
    done = tablet.send("/tablet", code=code)
    for path in ("/svar", "/svar/1", "/svar/alle", "/tablet/er-du-der", "/tablet/slut"):
        addresses += [step.request.url for step in (*done.history, done)]
        pages.append(tablet.html)
        done = tablet.get(path)
    for secret in (code, code.lower(), token):
        assert not any(secret in page for page in pages)
        assert not any(secret in address for address in addresses)


def sign_in_here(browser: Browser, runtime: Runtime, world: World) -> str:
    """The citizen signs in to their own page in this browser; the session's token."""
    token = begin_session(runtime, world.tenant.organisation_id, world.case.citizen_id, method="code")
    with browser.client.session_transaction() as kept:
        kept[OWN_SESSION] = token
    return token


@pytest.fixture
def used_tablet(tablet: Browser, new_code: Callable[[], str]) -> Browser:
    """A tablet that somebody has answered on, and left."""
    tablet.send("/tablet", code=new_code())
    tablet.get("/tablet/slut")
    return tablet


@pytest.mark.parametrize("how", ["front", "idle", "time", "sign out"])
def test_an_own_page_on_a_tablet_ends_there_and_on_the_server(
    runtime: Runtime, world: World, used_tablet: Browser, clock: Clock, how: str
) -> None:
    token = sign_in_here(used_tablet, runtime, world)
    assert used_tablet.get("/min-side/oversigt").status_code == 200
    assert "data-still-here" in used_tablet.html
    if how == "idle":
        clock.travel(minutes=11)
        done = used_tablet.get("/min-side/oversigt")
    elif how == "sign out":
        done = used_tablet.send("/min-side/log-ud")
    else:
        done = used_tablet.get("/tablet" if how == "front" else "/tablet/slut")
    assert done.request.path == "/tablet"
    assert done.history[-1].headers["Clear-Site-Data"] == '"cache"'
    assert used_tablet.get("/min-side/oversigt").status_code == 401
    assert find_signed_in(runtime, token) is None, "what the browser may still hold opens nothing"


def test_signing_in_keeps_a_shared_session_shared(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser], clock: Clock
) -> None:
    """A worker's own device that was handed over isn't remembered as a tablet; whoever signs in there is watched all the
    same."""
    give_contact(runtime, world.tenant, world.case.citizen_id)
    browser = signed_in("worker")
    place = f"/borger/{world.case.citizen_id}/spoerg/{world.case.occasions['start']}"
    browser.get(place)
    browser.send(f"{place}/aflever", who="", mode="kiosk")
    browser.get("/min-side")
    browser.send("/min-side", address=PHONE)
    done = browser.send("/min-side/kode", code=sent_codes(runtime, world.tenant)[-1])
    assert done.request.path == "/min-side/oversigt"
    clock.travel(minutes=11)
    assert browser.get("/min-side/oversigt").request.path == "/tablet"


def test_a_code_that_was_asked_for_on_a_tablet_is_not_left_for_the_next_one(
    runtime: Runtime, world: World, used_tablet: Browser
) -> None:
    used_tablet.get("/min-side")
    assert 'id="address" name="address" value="" dir="ltr" autocomplete="off"' in used_tablet.html
    assert used_tablet.send("/min-side", address=PHONE).request.path == "/min-side/kode"
    used_tablet.get("/tablet")
    assert used_tablet.get("/min-side/kode").request.path == "/min-side"
