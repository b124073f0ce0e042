"""What the manager publishes, and what the national authority sees of it: every municipality, never a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from outcomes.services.demo import content

if TYPE_CHECKING:
    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

STEERED_BY = ("value", "hours", "signals", "contracts")


def test_all_municipalities_and_what_each_has_published(visitor: Visitor, demo: Demo) -> None:
    page = visitor.page
    visitor.sign_in(demo.links["authority"])
    visitor.look("all municipalities")
    for part in STEERED_BY:
        municipalities = page.locator(f"section[aria-labelledby={part}]")
        expect(municipalities).to_contain_text(visitor.word("Unknown"))
        expect(municipalities.get_by_text(content.NAME).first).to_be_visible()
    while page.locator("main details:not([open])").count():
        page.locator("main details:not([open]) > summary").first.click()
    visitor.look("all municipalities, with every table open")
    page.locator("main .place a").first.click()
    visitor.look("a release that the authority reads")
    for name in ("Targets", "Need"):
        visitor.press(name)
        visitor.look(name)


def test_what_a_manager_publishes(visitor: Visitor, demo: Demo) -> None:
    visitor.sign_in(demo.links["manager"])
    visitor.press("More")
    visitor.look("everything else that is steered by")
    visitor.page.goto(f"{demo.url}/udgivelser")
    visitor.look("releases")
    visitor.page.locator("main table a").first.click()
    visitor.look("a release")
    visitor.page.goto(f"{demo.url}/udgivelser")
    visitor.press("Look at what would be out")
    visitor.look("a draft")
