"""A citizen's own page, in a browser: a whole visit by keyboard, each page looked at as different people see it; without
scripts; and sharing that ends at once."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from outcomes.models import Citizen, CitizenIdentity, Coordinator, Episode, Goal, Occasion, Response
from outcomes.services.demo import content, staff
from outcomes.services.set_contact import clean_contact, seal_contact
from outcomes.services.sign_in import issue_sign_in_link, organisation_actor
from outcomes.store import organisations
from tests.conftest import file_lock
from tests.e2e.keyboard import reach
from tests.e2e.test_accessibility import ADD_STYLE, CUT, EDGELESS, MOVING, NARROW, SMALL, SPACED

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

PAGES = ("answers", "goals", "looked", "readers", "share", "copy", "correct", "stop")
PATIENCE_SECONDS = 40


def give_address(demo: Demo) -> tuple[str, UUID]:
    """A mail address of their own for one of the worker's citizens whom no other test has signed in as; and who it is."""
    address, given = f"e2e-{uuid4().hex[:10]}@example.dk", demo.home / "tests-own-page"
    with file_lock(demo.home / "tests.lock"), demo.open() as runtime:
        taken = given.read_text().split() if given.exists() else []
        _, scope = organisation_actor(runtime, content.SLUG, "tests")
        with runtime.database.transaction(scope) as session:
            identity = most_answered(session, [UUID(each) for each in taken])
            _, email = clean_contact("", address)
            seal_contact(runtime.vault, identity, phone="", email=email)
            # Another test may have chosen a language as this citizen, and that is theirs from then on.
            session.get_one(Citizen, (scope.organisation_id, identity.citizen_id)).locale = None
            session.commit()
            given.write_text(" ".join([*taken, str(identity.citizen_id)]))
            return address, identity.citizen_id


def most_answered(session: Session, taken: list[UUID]) -> CitizenIdentity:
    """Who of the worker's citizens with a goal has answered most, of those that aren't ``taken``."""
    worker = organisations.find_user(session, email=staff.WORKER.email)
    assert worker is not None
    return session.scalars(
        select(CitizenIdentity)
        .join(Coordinator, Coordinator.citizen_id == CitizenIdentity.citizen_id)
        .join(Episode, Episode.citizen_id == CitizenIdentity.citizen_id)
        .join(Occasion, Occasion.episode_id == Episode.id)
        .join(Response, Response.occasion_id == Occasion.id)
        .where(
            Coordinator.user_id == worker.id,
            Coordinator.to_date.is_(None),
            Episode.id.in_(select(Goal.episode_id)),
            CitizenIdentity.citizen_id.not_in(taken),
        )
        .group_by(CitizenIdentity.organisation_id, CitizenIdentity.id)
        .order_by(func.count().desc(), CitizenIdentity.citizen_id)
        .limit(1)
    ).one()


def code_for(demo: Demo, address: str) -> str:
    """The code in the mail that the demo kept for ``address``."""
    for _ in range(PATIENCE_SECONDS * 5):
        for mail in (demo.home / "mail").glob("*.eml"):
            words = mail.read_text(encoding="utf-8", errors="replace")
            if address in words and (found := re.search(r"(?<!\d)\d{6}(?!\d)", words.partition("\n\n")[2])):
                return found[0]
        time.sleep(0.2)
    raise AssertionError("no code came")


def look_closely(visitor: Visitor, name: str) -> None:
    """The page as it is, and as others see it: enlarged four times, with WCAG's spacing, in the system's own colours, and
    where nothing may move."""
    page = visitor.page
    visitor.look(name)
    usual = page.viewport_size
    page.set_viewport_size(NARROW)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.evaluate(ADD_STYLE, SPACED)
    visitor.check_width(name)
    for wrong in (CUT, SMALL, MOVING, EDGELESS):
        assert page.evaluate(wrong) == [], name
    page.evaluate("() => { document.adoptedStyleSheets = []; }")
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")
    if usual:
        page.set_viewport_size(usual)


def enter(visitor: Visitor) -> None:
    """Press Enter, and wait for the page that it leads to."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")


def sign_in(visitor: Visitor, demo: Demo, address: str) -> None:
    """From the first page to the own page, by keyboard."""
    page = visitor.page
    visitor.open(f"{demo.url}/min-side")
    reach(page.locator("#address"))
    page.keyboard.type(address)
    enter(visitor)
    reach(page.locator("#code"))
    page.keyboard.type(code_for(demo, address))
    enter(visitor)


def test_a_whole_visit_by_keyboard(demo: Demo, visit: Callable[..., Visitor], spoken: str) -> None:
    address, _ = give_address(demo)
    visitor = visit(spoken, "phone")
    page = visitor.page
    visitor.open(f"{demo.url}/min-side")
    look_closely(visitor, "sign in")
    reach(page.locator("main button"))
    enter(visitor)
    look_closely(visitor, "sign in: nothing written")
    sign_in(visitor, demo, address)
    look_closely(visitor, "home")
    for place, name in enumerate(PAGES):
        reach(page.locator(".own-ways a").nth(place))
        enter(visitor)
        look_closely(visitor, name)
        reach(page.locator(".back-link"))
        enter(visitor)
    assert page.locator("html").get_attribute("dir") == ("rtl" if spoken == "ar" else "ltr")
    say_how_a_goal_goes(visitor)
    say_that_something_is_wrong(visitor)
    reach(page.locator(".sign-out button"))
    enter(visitor)
    look_closely(visitor, "signed out")
    page.goto(f"{demo.url}/min-side/svar")
    assert visitor.status() == 401
    look_closely(visitor, "not signed in")


def say_how_a_goal_goes(visitor: Visitor) -> None:
    page = visitor.page
    with page.expect_navigation():
        page.locator(".own-ways a").nth(1).click()
    words = page.locator("article h2").first.inner_text()
    reach(page.locator("article .button").first)
    enter(visitor)
    look_closely(visitor, "rate a goal")
    reach(page.locator("main button[type=submit]"))
    enter(visitor)
    look_closely(visitor, "rate a goal: nothing chosen")
    reach(page.locator("input[type=radio]").first)
    page.keyboard.press("Space")
    enter(visitor)
    look_closely(visitor, "goals, saved")
    assert page.locator("article h2").first.inner_text() == words
    reach(page.locator(".back-link"))
    enter(visitor)


def say_that_something_is_wrong(visitor: Visitor) -> None:
    page = visitor.page
    with page.expect_navigation():
        page.locator(".own-ways a").first.click()
    reach(page.locator("article p a").first)
    enter(visitor)
    reach(page.locator("#words"))
    page.keyboard.type("7 3 1")
    reach(page.locator("main button[type=submit]"))
    enter(visitor)
    look_closely(visitor, "home, saved")
    with page.expect_navigation():
        page.locator(".own-ways a").first.click()
    expect(page.locator("article blockquote").first).to_have_text("7 3 1")
    look_closely(visitor, "answers with a correction")


def test_a_new_worker_reads_and_stopping_blocks_at_once_without_scripts(
    demo: Demo, visit: Callable[..., Visitor]
) -> None:
    address, citizen_id = give_address(demo)
    citizen = visit("da", "phone", java_script_enabled=False)
    page = citizen.page
    page.goto(f"{demo.url}/min-side")
    page.locator("#address").fill(address)
    page.locator("main button").click()
    page.locator("#code").fill(code_for(demo, address))
    page.locator("main button").click()
    page.goto(f"{demo.url}/min-side/del")
    page.locator("main button").click()
    code = page.locator(".share-code").inner_text()
    worker = visit("da", "desktop")
    worker.sign_in(f"{demo.url}/log-ind/{new_worker(demo)}")
    worker.page.goto(f"{demo.url}/borger/{citizen_id}")
    assert worker.status() == 404
    worker.page.goto(f"{demo.url}/delt")
    worker.look("the code of a share")
    worker.page.locator("#code").fill(code)
    worker.press("Open the page")
    assert worker.status() == 200
    worker.look("a shared page")
    page.goto(f"{demo.url}/min-side/hvem-kan-se")
    page.locator("main button").first.click()
    worker.page.reload()
    assert worker.status() == 404


def new_worker(demo: Demo) -> str:
    """A sign-in link of a worker who has nothing to do with the first one's citizens."""
    with demo.open() as runtime:
        _, scope = organisation_actor(runtime, content.SLUG, "tests")
        with runtime.database.transaction(scope) as session:
            first = organisations.find_user(session, email=staff.WORKER.email)
            assert first is not None
            other = next(
                user
                for user in organisations.list_users(session)
                if user.role == "worker" and user.unit_id != first.unit_id
            )
        return issue_sign_in_link(runtime, organisation_slug=content.SLUG, email=other.email)
