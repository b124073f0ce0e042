"""A paper form comes back: typed in by keyboard alone, a second time with a difference, and chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.people import ask_once_more

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]


def type_in(visitor: Visitor, day: str, *, mood: str, sleep: str) -> None:
    """The day, two answers by digit, a number, and the rest left empty; no mouse."""
    page = visitor.page
    page.locator("#answered-on").focus()
    page.keyboard.type(day)
    page.keyboard.press("Enter")
    expect(page.locator("#question-mood input").first).to_be_focused()
    page.keyboard.press(mood)
    page.keyboard.press("Enter")
    page.keyboard.press(sleep)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    page.locator("[data-end] button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_sheet_by_keyboard(visitor: Visitor, demo: Demo) -> None:
    """Both times, what is to be put right, the difference, and the stored answers; axe looks at each page."""
    asked = ask_once_more(demo, "every-kind")
    visitor.sign_in(demo.links["worker"])
    page = visitor.page
    with demo.open() as runtime:
        day = f"{runtime.today():%d-%m-%Y}"
    page.goto(f"{demo.url}/indtast/every-kind/1.0")
    visitor.look("whose sheet it is")
    page.goto(f"{demo.url}/indtast/{asked.occasion_id}")
    visitor.look("typing a sheet in")
    type_in(visitor, "i overmorgen", mood="1", sleep="7")
    assert visitor.status() == 400
    visitor.look("typing a sheet in, with something wrong")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#question-mood input").first).to_be_checked()
    page.locator("#answered-on").fill("")
    type_in(visitor, day, mood="1", sleep="7")
    expect(page.locator("input[name=keying]")).to_have_value("2")
    expect(page.locator("#question-mood input:checked")).to_have_count(0)
    visitor.look("typing a sheet in the second time")
    type_in(visitor, day, mood="2", sleep="7")
    expect(page.locator("fieldset.difference")).to_have_count(1)
    visitor.look("the two times differ")
    page.locator("#mood-2").focus()
    page.keyboard.press("Space")
    visitor.look("the two times differ, chosen")
    page.locator("main form button").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.look("a sheet is stored")
    expect(page.locator("input[name=keying]")).to_have_count(0)


def test_a_sheet_without_a_script(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Everything but the quick keys works without one."""
    asked = ask_once_more(demo, "every-kind")
    worker = visit("da", "phone", java_script_enabled=False)
    worker.sign_in(demo.links["worker"])
    page = worker.page
    with demo.open() as runtime:
        day = f"{runtime.today():%d-%m-%Y}"
    page.goto(f"{demo.url}/indtast/{asked.occasion_id}")
    for _ in (1, 2):
        page.locator("#answered-on").fill(day)
        page.locator("#question-mood input").first.check()
        page.locator("#unreadable-sleep").check()
        with page.expect_navigation():
            page.locator("[data-end] button").click()
    expect(page.locator("input[name=keying]")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()
