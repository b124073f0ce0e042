"""People with a browser without scripts: a citizen behind a link, staff who have signed in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from outcomes.services.open_link import issue_link
from outcomes.services.sign_in import issue_sign_in_link
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
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.test import TestResponse

    from outcomes.services.runtime import Runtime

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
KEY = re.compile(r'name="submission_key" value="([^"]+)"')


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


@pytest.fixture
def world(runtime: Runtime) -> World:
    """A citizen with a goal and an open first occasion, and the link to it."""
    tenant = add_tenant(runtime)
    case = add_case(runtime, add_course(runtime, tenant))
    worker = add_staff(runtime, tenant, "worker", email="worker@example.org")
    add_coordinator(runtime, worker, case.citizen_id)
    for role in ("manager", "administrator"):
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
