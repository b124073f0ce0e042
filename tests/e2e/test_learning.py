"""A learning meeting, a subscription, and all reports at once, in a real browser."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

MEETING = "/indsatser/bostoette/laering"
STEPS = ("aendret", "for-hvem", "ved-ikke", "udrulning", "tanker")


def test_a_meeting_from_the_first_step_to_the_paper(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """A worker on a phone: every step, writing something down, and the printout."""
    visitor = visit("da", "phone")
    visitor.sign_in(demo.links["worker"])
    visitor.press("Learning")
    visitor.look("learning meetings")
    visitor.open(f"{demo.url}{MEETING}")
    visitor.look("start of the meeting")
    visitor.press("Begin today's meeting")
    visitor.look("step 1")
    for word in STEPS:
        visitor.page.locator(".learning-onward .button-primary").click()
        expect(visitor.page).to_have_url(f"{demo.url}{MEETING}/{word}")
        visitor.look(f"step {word}")
    visitor.press("Write it down")
    visitor.look("step tanker, with what is wrong")
    visitor.page.locator("#kind-action").check()
    visitor.page.locator("#words").fill("Vi prøver at ringe om aftenen")
    visitor.press("Write it down")
    expect(visitor.page.locator(".learning-points")).to_contain_text("Vi prøver at ringe om aftenen")
    visitor.open(f"{demo.url}{MEETING}/udskrift")
    visitor.look("printout")
    visitor.open(f"{demo.url}{MEETING}/fulgt-op")
    visitor.page.locator(".learning-points a").first.click()
    visitor.look("follow up")


def test_a_manager_subscribes_and_stops_it(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """What is told to whom stands on the page, and can be stopped there."""
    visitor = visit("en", "desktop")
    visitor.sign_in(demo.links["manager"])
    visitor.open(f"{demo.url}/abonnementer")
    visitor.look("subscriptions")
    visitor.page.locator("#subject").select_option("report:bostoette")
    visitor.press("Subscribe")
    visitor.look("subscriptions, with a new one")
    running = visitor.page.locator("#running ~ article")
    expect(running).to_have_count(2)
    with visitor.page.expect_navigation():
        running.last.get_by_role("button").click()
    expect(visitor.page.locator("#running ~ article")).to_have_count(1)


def test_all_reports_at_once_are_made_while_the_page_is_looked_at(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The page comes anew by itself until everything is there to take."""
    visitor = visit("da", "desktop")
    visitor.sign_in(demo.links["manager"])
    visitor.open(f"{demo.url}/rapporter")
    visitor.look("all reports at once")
    for box in ("#locale-en", "#file_format-pdf", "#file_format-xlsx"):
        visitor.page.locator(box).uncheck()
    visitor.press("Make the reports")
    everything = visitor.page.locator("main .button-primary")
    expect(everything).to_be_visible(timeout=120_000)
    expect(visitor.page.locator("main progress")).to_be_visible()
    stop = visitor.page.get_by_role("link", name=visitor.word("Let it stand still"))
    expect(stop).to_have_count(0, timeout=120_000)
    visitor.look("batch of reports")
    with visitor.page.expect_download() as waiting:
        everything.click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) >= 3
