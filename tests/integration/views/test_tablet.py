"""A shared tablet: one after the other, and nothing of the one before is left, however the next one looks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import request
from sqlalchemy import text

from outcomes import create_app
from outcomes.services.give_code import give_code
from outcomes.services.open_link import issue_link
from outcomes.services.redeem_code import PLACE_LIMIT
from outcomes.services.sign_in import make_actor
from outcomes.store.organisations import find_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.views.conftest import Browser, World

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
    return browser.send("/svar/gennemse", reviewed=value_of(browser, "reviewed"))


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


@pytest.mark.parametrize("how", ["leave", "decline", "time", "idle", "front", "code"])
def test_every_way_of_ending_leaves_nothing(
    new_code: Callable[[], str], tablet: Browser, clock: Clock, how: str, database: ServerDatabase
) -> None:
    first, second = new_code, new_code
    tablet.send("/tablet", code=first())
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
    assert tablet.send("/tablet", code=second()).request.path == "/svar"
    tablet.get("/svar/1")
    assert "checked" not in tablet.html, "the answer counts, and isn't shown"


def test_somebody_who_is_there_stays(new_code: Callable[[], str], tablet: Browser, clock: Clock) -> None:
    tablet.send("/tablet", code=new_code())
    for _ in range(5):
        clock.travel(minutes=9)
        assert tablet.get("/tablet/her").status_code == 200
    assert tablet.get("/svar/1").request.path == "/svar/1"
    tablet.get("/tablet/er-du-der")
    assert "checked" not in tablet.html
    clock.travel(minutes=9)
    assert tablet.get("/svar/1").request.path == "/svar/1"


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


@pytest.mark.parametrize("mode", ["kiosk", "assisted"])
def test_handing_over_signs_the_worker_out(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase, mode: str
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
        assert connection.scalar(text("SELECT mode FROM response")) == mode
    browser.get("/tablet")
    assert browser.client.get_cookie("outcomes-tablet") is None, "a worker's own device isn't a tablet for that"


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
    app = create_app(
        replace(runtime, settings=runtime.settings.model_copy(update={"trusted_proxies": proxies}))
    )
    seen = []
    app.before_request_funcs[None].insert(0, lambda: seen.append((request.remote_addr, request.host)))
    app.test_client().get(
        "/tablet", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.1, 192.0.2.2", "X-Forwarded-Host": "evil.example"}
    )
    assert seen == [(place, "localhost")]


def test_a_code_is_in_no_address_and_no_page_of_the_tablets(
    runtime: Runtime, world: World, new_code: Callable[[], str], tablet: Browser
) -> None:
    code = new_code()
    done = tablet.send("/tablet", code=code)
    assert code not in done.request.url
    assert code not in tablet.html
    assert issue_link(runtime, world.tenant.scope, occasion_id=world.case.occasions["start"]) not in tablet.html
