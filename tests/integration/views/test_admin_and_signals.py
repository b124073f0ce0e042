"""The administrator's forms and the worker's signals, in a browser without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from outcomes.services.install_instrument import install_instrument
from tests.integration.risk import RISKY, add_protocol, answer_risky, risky_case, risky_instrument

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.views.conftest import Browser, World

pytestmark = pytest.mark.database

PROTOCOL = {
    "line-0-name-da": "Livslinjen",
    "line-0-phone": "70 201 201",
    "line-0-hours-da": "Hver dag 11-05",
    "line-1-name-da": "Alarm",
    "line-1-name-ar": "طوارئ",
    "line-1-phone": "112",
    "words-da": "Ring, hvis du er i fare.",
    "hours": "24",
    "decided_by": "Lars Bakkely, leder",
}


def duty(browser: Browser) -> str:
    """The first worker that can be chosen."""
    found = re.search(r'<option value="([0-9a-f-]{36})"', browser.html)
    assert found
    return found[1]


def test_a_questionnaire_with_risk_is_taken_in_guarded_and_switched_on(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    """The administrator's way without any developer: upload, refused switch, protocol, switch."""
    admin = signed_in("administrator")
    admin.get("/administration/spoergeskemaer/nyt")
    shown = admin.send("/administration/spoergeskemaer/nyt", content=RISKY)
    page = shown.request.path
    assert shown.status_code == 200
    assert "Slukket" in admin.html or "Switched off" in admin.html
    refused = admin.send(page, active="on")
    assert refused.status_code == 409
    admin.get("/administration/protokol/safety")
    done = admin.send("/administration/protokol/safety", after="0", duty=duty(admin), **PROTOCOL)
    assert done.status_code == 200
    assert "Livslinjen: 70 201 201" in admin.html
    admin.get(page)
    assert admin.send(page, active="on").status_code == 200
    with database.admin() as connection:
        assert connection.scalar(text("SELECT active FROM instrument_version WHERE key = 'safety'"))
        lines = connection.scalar(text("SELECT help_lines FROM risk_protocol"))
    assert lines[1] == {"name": {"da": "Alarm", "ar": "طوارئ"}, "phone": "112", "hours": {}}


def test_a_faulty_file_comes_back_with_every_fault_and_its_line(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    admin = signed_in("administrator")
    admin.get("/administration/spoergeskemaer/nyt")
    faulty = RISKY.replace("type: single_choice", "type: guess", 1).replace("at_least: 1", "at_least: 9")
    refused = admin.send("/administration/spoergeskemaer/nyt", content=faulty)
    assert refused.status_code == 400
    assert "<title>Fejl:" in admin.html
    assert "(linje " in admin.html
    assert "(line " not in admin.html
    assert "type: guess" in admin.html, "what was sent is shown back"
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM instrument_version WHERE key = 'safety'")) == 0


def test_a_faulty_file_that_is_no_text_is_a_fault_and_no_crash(world: World, signed_in: Callable[..., Browser]) -> None:
    admin = signed_in("administrator")
    admin.get("/administration/spoergeskemaer/nyt")
    for content in ("", "\x00", "- a\n- &b c", "{", '{"key": 1, "key": 2}', "a: [1", "\ufffd" * 10, "x" * 100_000):
        assert admin.send("/administration/spoergeskemaer/nyt", content=content).status_code == 400, content[:20]


def test_a_faulty_protocol_keeps_what_was_written(
    world: World, signed_in: Callable[..., Browser], runtime: Runtime, database: ServerDatabase
) -> None:
    install_instrument(runtime, world.tenant.scope, risky_instrument())
    admin = signed_in("administrator")
    admin.get("/administration/protokol/safety")
    changes = {"hours": "mange", "line-1-phone": "ring", "decided_by": "", "duty": "nobody"}
    refused = admin.send("/administration/protokol/safety", after="0", **{**PROTOCOL, **changes})
    assert refused.status_code == 400
    for place in ("hours", "line-1-phone", "decided_by", "duty"):
        assert f'href="#{place}"' in admin.html
        assert f'id="{place}"' in admin.html
    assert 'value="mange"' in admin.html
    assert "Ring, hvis du er i fare." in admin.html
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM risk_protocol")) == 0
    assert admin.get("/administration/protokol/findes-ikke").status_code == 404


def test_two_administrators_dont_overwrite_each_other(
    world: World, signed_in: Callable[..., Browser], runtime: Runtime, database: ServerDatabase
) -> None:
    install_instrument(runtime, world.tenant.scope, risky_instrument())
    first, second = signed_in("administrator"), signed_in("administrator")
    for browser in (first, second):
        browser.get("/administration/protokol/safety")
    who = duty(first)
    assert first.send("/administration/protokol/safety", after="0", duty=who, **PROTOCOL).status_code == 200
    again = second.send("/administration/protokol/safety", after="0", duty=who, **PROTOCOL)
    assert again.status_code == 200, "the same decision twice is one"
    late = second.send("/administration/protokol/safety", after="0", duty=who, **{**PROTOCOL, "hours": "12"})
    assert late.status_code == 409
    assert 'value="12"' in second.html
    assert second.send("/administration/protokol/safety", after="1", duty=who, **{**PROTOCOL, "hours": "12"})
    with database.admin() as connection:
        rows = connection.execute(text("SELECT version, act_within_hours FROM risk_protocol ORDER BY version")).all()
    assert rows == [(1, 24), (2, 12)]


def test_what_citizens_are_told_is_the_administrators_to_write(
    world: World, signed_in: Callable[..., Browser], citizen: Browser
) -> None:
    admin = signed_in("administrator")
    admin.get("/administration/organisation")
    seen = re.search(r'name="seen" value="([^"]+)"', admin.html)
    assert seen
    told = {
        "name": "Borgerlinjen", "phone": "12 34 56 78", "email": "", "kept_for-da": "Vi gemmer svarene i fem år.",
        "legal_basis-da": "Serviceloven § 148", "legal_basis-ar": "القانون", "hours-da": "Hverdage 9-15",
        "adviser_name": "Ib Råd", "adviser_email": "ib@nordby.example",
    }  # fmt: skip
    refused = admin.send("/administration/organisation", **{**told, "phone": "", "adviser_email": "ib"}, seen=seen[1])
    assert refused.status_code == 400
    assert "Vi gemmer svarene i fem år." in admin.html
    assert admin.send("/administration/organisation", **told, seen=seen[1]).status_code == 200
    stale = admin.send("/administration/organisation", **{**told, "name": "En anden"}, seen="old")
    assert stale.status_code == 409
    assert 'value="En anden"' in admin.html
    citizen.get("/svar")
    for words in ("Borgerlinjen", "12 34 56 78", "Vi gemmer svarene i fem år.", "Serviceloven § 148"):
        assert words in citizen.html


def test_every_language_says_whether_a_person_has_checked_it(world: World, signed_in: Callable[..., Browser]) -> None:
    admin = signed_in("administrator")
    assert admin.get("/administration/sprog").status_code == 200
    assert admin.html.count("<tr") == 8
    assert "ikke kontrolleret af et menneske endnu" in admin.html or "not checked by a person yet" in admin.html
    admin.get("/administration/spoergeskemaer")
    assert "Trivsel" in admin.html
    found = re.search(r'href="(/administration/spoergeskemaer/[0-9a-f-]{36})"', admin.html)
    assert found
    for code in ("da", "en", "da-x-easy", "xx", "ar"):
        assert admin.get(found[1], ordlyd=code).status_code == 200


def test_a_worker_sees_the_signal_opens_it_and_writes_what_was_done(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser], database: ServerDatabase, clock: Clock
) -> None:
    risky = risky_case(runtime, world.tenant, owner="worker@example.org")
    answer_risky(runtime, risky)
    browser = signed_in("worker")
    assert "status-signal" in browser.html
    found = re.search(r'href="(/signal/[0-9a-f-]{36})"', browser.html)
    assert found
    browser.get(found[1])
    assert "Har du lyst til at leve?" in browser.html
    page = browser.html
    assert browser.send(found[1], handling="  ").status_code == 400
    browser.html = page
    for _ in range(2):
        browser.html = page
        assert browser.send(found[1], handling="Ringede op. Vi mødes torsdag.").status_code == 200
    assert "Ringede op. Vi mødes torsdag." in browser.html
    browser.html = page
    assert browser.send(found[1], handling="Noget andet").status_code == 409
    browser.get("/i-dag")
    assert "status-signal" not in browser.html
    browser.get(f"/borger/{risky.citizen_id}")
    assert "Ringede op. Vi mødes torsdag." in browser.html
    with database.admin() as connection:
        assert connection.execute(text("SELECT handling FROM signal")).all() == [("Ringede op. Vi mødes torsdag.",)]


def test_the_citizens_page_has_the_form_itself(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser]
) -> None:
    risky = risky_case(runtime, world.tenant, owner="worker@example.org")
    answer_risky(runtime, risky)
    browser = signed_in("worker")
    browser.get(f"/borger/{risky.citizen_id}")
    found = re.search(r'action="(/signal/[0-9a-f-]{36})"', browser.html)
    assert found
    assert browser.send(found[1], handling="Talte med hende.").status_code == 200
    assert "Talte med hende." in browser.html


def test_somebody_elses_signal_is_no_signal(runtime: Runtime, world: World, signed_in: Callable[..., Browser]) -> None:
    add_protocol(runtime, world.tenant, duty=None)
    risky = risky_case(runtime, world.tenant, owner=None)
    signal_id = answer_risky(runtime, risky)
    browser = signed_in("worker")
    mine, nobodys = browser.get(f"/signal/{signal_id}"), browser.get(f"/signal/{world.goal_id}")
    assert mine.status_code == nobodys.status_code == 404
    assert mine.get_data() == nobodys.get_data()
    browser.get(f"/borger/{world.case.citizen_id}")
    assert browser.send(f"/signal/{signal_id}", handling="x").status_code == 404
