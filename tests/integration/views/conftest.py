"""People with a browser without scripts: a citizen behind a link, staff who have signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from flask.testing import FlaskClient

import outcomes.language
import outcomes.reports.environment
from outcomes.services.open_link import issue_link
from outcomes.services.sign_in import issue_sign_in_link
from outcomes.services.sign_in_citizen import begin_session
from outcomes.views.admission import OWN_SESSION
from tests.citizens_sentences import watch
from tests.integration.builders import (
    Case,
    Tenant,
    add_case,
    add_coordinator,
    add_course,
    add_goal,
    add_staff,
    add_tenant,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from outcomes.services.runtime import Runtime

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'name="submission_key" value="([^"]+)"')
ASKED = re.compile(r'name="item" value="([^"]+)">\s*<input type="hidden" name="seen" value="([^"]+)"')


@dataclass
class Browser:
    """A browser that fills in forms as a person does: from the page it has in front of it."""

    client: FlaskClient
    html: str = ""

    def get(self, path: str, **arguments: str) -> TestResponse:
        """Follow a link."""
        response = self.client.get(path, query_string=arguments, follow_redirects=True)
        self.html = response.get_data(as_text=True)
        return response

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send the form of the page in front of us."""
        token, key = TOKEN.search(self.html), KEY.search(self.html)
        if token:
            fields.setdefault("csrf_token", token.group(1))
        if key:
            fields.setdefault("submission_key", key.group(1))
        asked = ASKED.search(self.html)
        if asked and (f"answer_{asked.group(1)}" in fields or not any(name.startswith("answer_") for name in fields)):
            fields = {"item": asked.group(1), "seen": asked.group(2), **fields}
        response = self.client.post(path, data=fields, follow_redirects=True)
        self.html = response.get_data(as_text=True)
        return response


@dataclass
class World:
    """A municipality with one citizen in one intervention, and their worker."""

    tenant: Tenant
    case: Case
    goal_id: UUID
    token: str


@pytest.fixture(autouse=True)
def _citizens_sentences(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No page that a citizen meets says a sentence that only Danish and English hold."""
    strange: set[str] = set()
    watched = watch(strange)
    for module in (outcomes.language, outcomes.reports.environment):
        monkeypatch.setattr(module, "catalogue", watched)
    yield
    assert not strange, f"a citizen met sentences that aren't in CITIZEN_PLACES of .ci/translations.py: {strange}"


@pytest.fixture
def world(runtime: Runtime) -> World:
    """A citizen with a goal and an open first occasion, and the link to it."""
    tenant = add_tenant(runtime)
    case = add_case(runtime, add_course(runtime, tenant))
    worker = add_staff(runtime, tenant, "worker", email="worker@example.org")
    add_coordinator(runtime, worker, case.citizen_id)
    for role in ("manager", "administrator", "authority"):
        add_staff(runtime, tenant, role, email=f"{role}@example.org")
    token = issue_link(runtime, tenant.scope, occasion_id=case.occasions["start"])
    return World(tenant, case, add_goal(runtime, case), token)


@pytest.fixture
def new_browser(app: Flask) -> Callable[[], Browser]:
    """Opens browsers that share nothing."""
    return lambda: Browser(app.test_client())


@pytest.fixture
def citizen(world: World, new_browser: Callable[[], Browser]) -> Browser:
    """A citizen who has opened the link."""
    browser = new_browser()
    browser.get(f"/b/{world.token}")
    return browser


@pytest.fixture
def signed_in(runtime: Runtime, world: World, new_browser: Callable[[], Browser]) -> Callable[..., Browser]:
    """``signed_in("worker")``: a browser signed in as the tenant's own worker, manager or administrator."""

    def sign_in(role: str, slug: str = "nordby") -> Browser:
        token = issue_sign_in_link(runtime, organisation_slug=slug, email=f"{role}@example.org")
        browser = new_browser()
        browser.get(f"/log-ind/{token}")
        browser.send(f"/log-ind/{token}")
        return browser

    return sign_in


@pytest.fixture
def own_page_of(runtime: Runtime, new_browser: Callable[[], Browser]) -> Callable[[Case], Browser]:
    """``own_page_of(case)``: a browser in which the case's citizen is signed in to their own page."""

    def sign_in(case: Case) -> Browser:
        token = begin_session(runtime, case.tenant.organisation_id, case.citizen_id, method="code")
        browser = new_browser()
        with browser.client.session_transaction() as kept:
            kept[OWN_SESSION] = token
        return browser

    return sign_in
