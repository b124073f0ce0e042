"""Every route against every kind of visitor: the one who may enter does, everybody else is refused, and nothing leaks.

The matrix is made from the application's own routes, so a new route without a rule fails here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.services.sign_in import issue_sign_in_link
from outcomes.views.admission import ANYONE, CITIZEN, OWN_PAGE, ROLES
from tests.integration.builders import Case, add_staff, add_tenant
from tests.integration.views.conftest import Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.routing import Rule

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.views.conftest import World

REFUSED = {401, 403, 404}


def find_rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def fill_in(rule: Rule, values: dict[str, str]) -> str:
    """The address of a rule with ids from ``values``; other ids are nobody's."""
    path = rule.rule
    for name in rule.arguments:
        usual = {f"<{name}>": "x", f"<uuid:{name}>": str(uuid4()), f"<int:{name}>": "1", f"<path:{name}>": "x"}
        for form, anything in usual.items():
            path = path.replace(form, values.get(name, anything))
    return path


def values_for(world: World) -> dict[str, str]:
    return {
        "token": "A" * 22,
        "number": "1",
        "citizen_id": str(world.case.citizen_id),
        "goal_id": str(world.goal_id),
        "occasion_id": str(world.case.occasions["start"]),
        "relation_id": "00000000-0000-4000-8000-000000000000",
        "share_id": str(uuid4()),
        "intervention_id": "hverdag",
        "file_format": "json",
        "filename": "css/outcomes.css",
    }


def test_every_route_says_who_may_enter(app: Flask) -> None:
    for rule in find_rules(app):
        admitted = getattr(app.view_functions[rule.endpoint], "admits", frozenset())
        assert admitted, f"{rule.rule} doesn't say who may enter"
        assert admitted <= {ANYONE, CITIZEN, OWN_PAGE, *ROLES}


def test_a_route_that_does_not_say_is_closed_to_everybody(own_app: Flask, world: World, runtime: Runtime) -> None:
    own_app.add_url_rule("/glemt", view_func=lambda: "open", endpoint="forgotten")
    assert own_app.test_client().get("/glemt").status_code == 401
    for role in ROLES:
        browser = Browser(own_app.test_client())
        token = issue_sign_in_link(runtime, organisation_slug="nordby", email=f"{role}@example.org")
        browser.get(f"/log-ind/{token}")
        browser.send(f"/log-ind/{token}")
        assert browser.client.get("/glemt").status_code == 403


@pytest.mark.parametrize("who", ["nobody", "citizen", OWN_PAGE, *ROLES])
def test_nobody_enters_a_route_that_is_not_theirs(
    app: Flask, world: World, new_browser: Callable[[], Browser], signed_in: Callable[..., Browser],
    own_page_of: Callable[[Case], Browser], who: str,
) -> None:  # fmt: skip
    browser = signed_in(who) if who in ROLES else own_page_of(world.case) if who == OWN_PAGE else new_browser()
    if who == "citizen":
        browser.get(f"/b/{world.token}")
    tried = 0
    for rule in find_rules(app):
        admitted = app.view_functions[rule.endpoint].admits  # type: ignore[attr-defined]
        if ANYONE in admitted or who in admitted:
            continue
        for method in {"GET", "POST"} & (rule.methods or set()):
            path = fill_in(rule, values_for(world))
            fields = {"csrf_token": "x"} if method == "POST" else {}
            response = browser.client.open(path, method=method, data=fields)
            body = response.get_data(as_text=True)
            assert response.status_code in REFUSED, f"{who} {method} {path}: {response.status_code}"
            assert "Karen" not in body, f"{who} {method} {path} shows a name"
            assert "Jeg vil handle ind selv" not in body
            tried += 1
    assert tried >= 5


def test_the_owner_of_each_role_enters_their_pages(app: Flask, world: World, signed_in: Callable[..., Browser]) -> None:
    entered = {"worker": ("/i-dag", f"/borger/{world.case.citizen_id}", f"/maal/{world.goal_id}"),
               "manager": ("/indsatser",), "administrator": ("/administration",)}  # fmt: skip
    for role, paths in entered.items():
        browser = signed_in(role)
        for path in paths:
            assert browser.get(path).status_code == 200, f"{role} {path}"


@pytest.mark.parametrize("row_security_alone", [False, True])
def test_another_municipalitys_ids_open_nothing(
    runtime: Runtime, world: World, app: Flask, new_browser: Callable[[], Browser],
    monkeypatch: pytest.MonkeyPatch, row_security_alone: bool,
) -> None:  # fmt: skip
    """Also with our own need-to-know check switched off: row-level security alone keeps tenants apart."""
    other = add_tenant(runtime, "sydby", "Sydby Kommune")
    for role in ROLES:
        add_staff(runtime, other, role, email=f"{role}@example.com")
    if row_security_alone:
        everything = (world.case.episode_id,)
        for which in ("helping", "readable"):
            monkeypatch.setattr(f"outcomes.store.citizens.list_{which}_episodes", lambda *_args, **_kinds: everything)
    for role in ROLES:
        browser = new_browser()
        token = issue_sign_in_link(runtime, organisation_slug="sydby", email=f"{role}@example.com")
        browser.get(f"/log-ind/{token}")
        browser.send(f"/log-ind/{token}")
        for path in (f"/borger/{world.case.citizen_id}", f"/maal/{world.goal_id}", "/indsatser/hverdag"):
            response = browser.get(path)
            assert response.status_code in REFUSED, f"{role} {path}"
            assert "Karen" not in browser.html


def test_a_colleague_without_need_to_know_is_refused_and_not_told_why(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser], database: ServerDatabase
) -> None:
    add_staff(runtime, world.tenant, "worker", email="nosy@example.org")
    token = issue_sign_in_link(runtime, organisation_slug="nordby", email="nosy@example.org")
    browser = new_browser()
    browser.get(f"/log-ind/{token}")
    browser.send(f"/log-ind/{token}")
    refused = browser.get(f"/borger/{world.case.citizen_id}").get_data(as_text=True)
    unknown = uuid4()
    nobody = browser.get(f"/borger/{unknown}").get_data(as_text=True)
    assert refused == nobody.replace(str(unknown), str(world.case.citizen_id))
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM access_entry")) == 0


def test_each_page_that_reads_a_person_logs_exactly_one_row(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    browser = signed_in("worker")  # and so to the list of the day, which names the citizen
    purposes = ["caseload"]
    pages = {
        "/i-dag": [],
        f"/borger/{world.case.citizen_id}": ["citizen page"],
        f"/borger/{world.case.citizen_id}/kontakt": ["contact"],
        f"/maal/{world.goal_id}": ["goal rating"],
    }
    for path, purpose in pages.items():
        assert browser.get(path).status_code == 200
        assert "Karen" in browser.html
        purposes += purpose
        with database.admin() as connection:
            assert connection.scalars(text("SELECT purpose FROM access_entry ORDER BY at")).all() == purposes, path


def test_a_sign_in_link_works_once_and_a_scanner_does_not_use_it_up(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser]
) -> None:
    token = issue_sign_in_link(runtime, organisation_slug="nordby", email="worker@example.org")
    for _ in range(5):
        assert new_browser().get(f"/log-ind/{token}").status_code == 200
    browser = new_browser()
    browser.get(f"/log-ind/{token}")
    assert browser.send(f"/log-ind/{token}").request.path == "/i-dag"
    late = new_browser()
    assert late.get(f"/log-ind/{token}").status_code == 404


def test_an_ended_account_is_out_at_once(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    browser = signed_in("worker")
    assert browser.get("/i-dag").status_code == 200
    with database.admin() as connection:
        connection.execute(text("UPDATE app_user SET ended_on = '2026-01-01'"))
    assert browser.get("/i-dag").status_code == 401


def test_a_session_ends_with_the_working_day_and_with_signing_out(
    world: World, signed_in: Callable[..., Browser], clock: Clock
) -> None:
    browser = signed_in("worker")
    cookie = browser.client.get_cookie("outcomes")
    assert cookie is not None
    browser.get("/i-dag")
    browser.send("/log-ud")
    browser.client.set_cookie("outcomes", cookie.value)
    assert browser.get("/i-dag").status_code == 401, "the old cookie is worth nothing after signing out"
    again = signed_in("worker")
    clock.travel(hours=11)
    assert again.get("/i-dag").status_code == 401


def test_every_form_without_a_token_changes_nothing(
    app: Flask, world: World, citizen: Browser, signed_in: Callable[..., Browser],
    own_page_of: Callable[[Case], Browser], database: ServerDatabase,
) -> None:  # fmt: skip
    citizen.send("/svar")
    citizen.send("/svar/1", answer_enjoyed="2", action="next")
    browsers = {
        "worker": signed_in("worker"), "manager": signed_in("manager"), "citizen": citizen,
        "own page": own_page_of(world.case),
    }  # fmt: skip
    with database.admin() as connection:
        before = connection.scalar(text("SELECT count(*) FROM audit_entry WHERE table_name NOT IN ('access_entry')"))
    tried = 0
    for rule in find_rules(app):
        if "POST" not in (rule.methods or set()):
            continue
        for browser in browsers.values():
            response = browser.client.post(fill_in(rule, values_for(world)), data={"action": "next", "level": "1"})
            assert 400 <= response.status_code < 500, f"{rule.rule}: {response.status_code}"
            tried += 1
    assert tried >= 15
    with database.admin() as connection:
        after = connection.scalar(text("SELECT count(*) FROM audit_entry WHERE table_name NOT IN ('access_entry')"))
        assert connection.scalars(text("SELECT answers FROM response_draft")).all() == [{"enjoyed": 2}]
    assert after == before


def test_every_page_carries_the_headers_that_keep_it_to_itself(
    app: Flask, world: World, citizen: Browser, signed_in: Callable[..., Browser]
) -> None:
    pages = [citizen.get("/svar"), citizen.get("/nowhere"), signed_in("worker").get("/i-dag"), citizen.get("/")]
    for page in pages:
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in page.headers["Cache-Control"]


def test_a_personal_link_lets_nobody_into_staff_pages_and_back(
    world: World, new_browser: Callable[[], Browser]
) -> None:
    browser = new_browser()
    browser.get(f"/b/{world.token}")
    assert browser.get("/i-dag").status_code == 401


def test_a_worker_of_the_same_team_may_open_and_a_manager_may_not(
    runtime: Runtime, world: World, new_browser: Callable[[], Browser], signed_in: Callable[..., Browser]
) -> None:
    add_staff(runtime, world.tenant, "worker", email="team@example.org", in_team=True)
    browser = new_browser()
    token = issue_sign_in_link(runtime, organisation_slug="nordby", email="team@example.org")
    browser.get(f"/log-ind/{token}")
    browser.send(f"/log-ind/{token}")
    assert browser.get(f"/borger/{world.case.citizen_id}").status_code == 200
    assert signed_in("manager").get(f"/borger/{world.case.citizen_id}").status_code == 403
