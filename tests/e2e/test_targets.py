"""The manager steers by outcomes: targets, also such as nothing can be said of yet, and a requirement retired by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

PAGES = (
    "/maaltal", "/maaltal/tillid-til-hjaelpen", "/maaltal/nyt", "/maaltal/definitioner", "/proceskrav",
    "/proceskrav/handleplan", "/proceskrav/nyt",
)  # fmt: skip


def test_targets_say_what_is_met_and_what_cannot_be_said_yet(visitor: Visitor, demo: Demo) -> None:
    """Every page looked at; every answer that a target can have is there."""
    visitor.sign_in(demo.links["manager"])
    for path in PAGES:
        visitor.open(demo.url + path)
        visitor.look(path)
    visitor.open(demo.url + "/maaltal")
    for words in ("Met", "Not met", "Can't be said yet"):
        expect(visitor.page.locator(".status").filter(has_text=visitor.word(words)).first).to_be_visible()


def test_a_requirement_is_entered_proposed_heard_and_retired(visitor: Visitor, demo: Demo) -> None:
    """By hand, with a keyboard's names; then it stands among what is no longer written down."""
    page, title = visitor.page, f"Ugeskema {uuid4().hex[:6]}"
    visitor.sign_in(demo.links["manager"])
    visitor.open(demo.url + "/proceskrav/nyt")
    visitor.press("Put it into the register")
    visitor.look("a form with faults")
    page.locator("#title").fill(title)
    page.locator("label[for=source_kind-local_rule]").click()
    page.locator("#source").fill("Instruks")
    page.locator("#minutes").fill("10")
    page.locator("#minutes_source").fill("Optalt")
    visitor.press("Put it into the register")
    for step in ("proposed", "heard", "retired"):
        page.locator(f"label[for=step-{step}]").click()
        page.locator("#on_day").fill("2026-06-01")
        page.locator("#reason").fill("Borgerne svarer selv")
        page.locator("#by").fill("Udvalget")
        visitor.press("Write it down")
    visitor.look("a retired requirement")
    visitor.open(demo.url + "/proceskrav")
    expect(page.locator("#retired").get_by_role("link", name=title)).to_be_visible()
    visitor.look("the account")
