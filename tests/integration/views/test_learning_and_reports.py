"""The learning meeting, subscriptions and all reports at once, as staff meet them in a browser without scripts."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from outcomes.models import Intervention
from tests.integration.builders import Course, add_analysis_plan
from tests.integration.outbox import queued_jobs

pytestmark = pytest.mark.database

MEETING = "/indsatser/hverdag/laering"


def intervention_id(runtime, world):
    with runtime.database.transaction(world.tenant.scope) as session:
        return session.query(Intervention.id).scalar()


def test_a_team_holds_a_meeting_writes_and_follows_up(signed_in):
    worker = signed_in("worker")
    assert worker.get("/laering").status_code == 200
    assert "Begin" in worker.get(MEETING, sprog="en").get_data(as_text=True)
    assert "Step 1 of 6" in worker.send(MEETING).get_data(as_text=True)
    for word in ("aendret", "for-hvem", "ved-ikke", "udrulning", "udskrift"):
        assert worker.get(f"{MEETING}/{word}").status_code == 200
    assert worker.get(f"{MEETING}/andet").status_code == 404
    worker.get(f"{MEETING}/tanker")
    wrong = worker.send(f"{MEETING}/tanker", kind="driver", words="Ring til 0101901234")
    assert wrong.status_code == 400
    assert 'href="#kind"' in worker.html, "a driver is written down at the step of the roll-out"
    assert "like a CPR number" in worker.html
    worker.send(f"{MEETING}/tanker", kind="action", words="Vi ringer først", due_on="2026-04-01")
    assert "It is written down." in worker.html
    assert "Vi ringer først" in worker.html
    manager = signed_in("manager")
    manager.get(f"{MEETING}/fulgt-op")
    assert "Vi ringer først" not in manager.html, "it was written down today"
    assert "Vi ringer først" in manager.get(f"{MEETING}/tanker").get_data(as_text=True)


def test_what_came_of_it_is_said_once(signed_in, clock):
    worker = signed_in("worker")
    worker.get(f"{MEETING}/udrulning")
    worker.send(f"{MEETING}/udrulning", kind="barrier", words="Ingen biler", observed_on="2026-02-01")
    worker.get(f"{MEETING}/udrulning", sprog="en")
    address = re.search(rf'href="({MEETING}/punkt/[^"]+)"', worker.html).group(1)
    worker.get(address)
    assert worker.send(address, state="dropped", outcome="x").status_code == 400
    assert worker.send(address, state="done", outcome="Vi fik to biler").status_code == 200
    again = worker.get(address)
    assert "Vi fik to biler" in again.get_data(as_text=True)
    assert 'name="state"' not in worker.html


def test_only_managers_subscribe_and_ask_for_reports(signed_in):
    for role in ("worker", "administrator"):
        browser = signed_in(role)
        for address in ("/abonnementer", "/rapporter"):
            assert browser.get(address).status_code == 403
    assert signed_in("administrator").get("/laering").status_code == 403


def test_a_manager_subscribes_and_stops_it(signed_in):
    manager = signed_in("manager")
    manager.get("/abonnementer", sprog="en")
    user = re.search(r'<option value="([^"]+)"', manager.html).group(1)
    assert manager.send("/abonnementer", user=user, subject="report:nothing", schedule="weekly").status_code == 400
    assert 'href="#subject"' in manager.html
    manager.send("/abonnementer", user=user, subject="report:hverdag", schedule="weekly")
    assert "The subscription runs." in manager.html
    manager.send(re.search(r'action="(/abonnementer/[^"]+/stop)"', manager.html).group(1))
    assert "Ended by a manager" in manager.html


def test_asking_for_reports_leads_to_a_page_that_can_be_followed(signed_in, world, runtime):
    manager = signed_in("manager")
    manager.get("/rapporter", sprog="en")
    assert manager.send("/rapporter", locale="da", file_format="json").status_code == 409, (
        "there is no plan to report by"
    )
    add_analysis_plan(runtime, Course(world.tenant, intervention_id(runtime, world), "hverdag", uuid4(), uuid4()))
    assert manager.send("/rapporter", file_format="json", from_date="i går").status_code == 400
    assert (
        manager.send("/rapporter", file_format="json", from_date="2026-01-01", to_date="2026-02-01").status_code == 400
    )
    response = manager.send("/rapporter", locale="da", file_format="json", foelg="1")
    assert response.headers["Refresh"] == "5"
    assert "Let it stand still" in manager.html
    assert "make_batch" in [name for name, _ in queued_jobs(runtime)]
    address = response.request.path
    assert "Refresh" not in manager.get(address).headers
    for missing in ("/1", "/99", "/alle.zip"):
        assert manager.get(f"{address}{missing}").status_code == 404
    manager.get(address)
    manager.send(address, action="stop")
    assert "Stopped after 0 of 1." in manager.html
