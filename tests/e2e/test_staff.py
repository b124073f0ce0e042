"""The worker's and the administrator's pages, the front page and the doors, in both languages and at both widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from outcomes.services.demo import content
from outcomes.services.sign_in import issue_sign_in_link
from tests.e2e.people import ask_once_more

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]


def sign_in_link(demo: Demo, email: str, organisation: str = content.SLUG) -> str:
    """A fresh link for a member of staff."""
    with demo.open() as runtime:
        return f"{demo.url}/log-ind/{issue_sign_in_link(runtime, organisation_slug=organisation, email=email)}"


def open_someone_with_a_band(visitor: Visitor) -> str:
    """Open the page of the first who waits and whose first curve has a band; gives the name. Others may be newcomers."""
    page = visitor.page
    band = visitor.word("Ups and downs inside the band can be chance.")
    names = page.locator(".turn h2 a").all_inner_texts()
    for name in names:
        page.locator(".turn h2 a", has_text=name).first.click()
        page.wait_for_url("**/borger/*")
        if page.locator("figure.chart", has_text=band).first.is_visible():
            return name
        page.go_back()
    raise AssertionError(f"none of {names} has a curve with a band")


def test_the_workers_day(visitor: Visitor, demo: Demo) -> None:
    """Today, a citizen with curve, band, table, goals and answers, and a goal's rating with everything that can happen."""
    page = visitor.page
    visitor.sign_in(demo.links["worker"])
    visitor.look("today")
    people = page.locator(".turn h2 a")
    assert people.count() >= 3
    expect(page.locator(".turn [class*=status-]").first).to_be_visible()
    name = open_someone_with_a_band(visitor)
    expect(page.locator("h1")).to_have_text(name)
    visitor.look("a citizen")
    expect(page.locator("figure.chart").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(
        visitor.word("That you have opened this page is recorded, and the citizen can ask to see who has.")
    )
    while page.locator("main details:not([open])").count():
        page.locator("main details:not([open]) > summary").first.click()
    visitor.look("a citizen, with the tables open")
    expect(page.locator("figure table").first).to_be_visible()
    expect(page.locator("blockquote").first).to_be_visible()
    assert page.locator("figure img").first.get_attribute("alt")

    page.locator(".goal a.button").first.click()
    visitor.look("rating a goal")
    page.get_by_role("textbox").fill("Hun gik selv i butikken.")
    visitor.press("Save")
    assert visitor.status() == 400
    visitor.look("rating a goal, nothing chosen")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_value("Hun gik selv i butikken.")
    page.keyboard.press("3")
    expect(page.locator("input[name=level]:checked")).to_have_count(0)  # a key counts only among the levels
    page.locator(".error-summary a").click()
    page.keyboard.press("3")
    expect(page.locator("input[name=level][value='1']")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(visitor.word("The rating is saved."))
    visitor.look("a citizen, with a rating just saved")
    expect(page.locator(".goal").first).to_contain_text(visitor.word("More than hoped for"))
    visitor.press("Sign out")
    visitor.choose_language()
    visitor.look("front page, signed out")
    page.goto(f"{demo.url}/i-dag")
    assert visitor.status() == 401


def test_new_answers_come_to_the_worker(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """What a citizen has just sent stands first thing on the worker's page, in words."""
    asked = ask_once_more(demo, "wellbeing")
    citizen, worker = visit("da", "phone"), visit("da", "desktop")
    citizen.open(asked.link)
    citizen.press("Start")
    while citizen.page.locator(".progress-words").count():
        citizen.page.get_by_label("Ofte", exact=True).check()
        citizen.press("Next")
    citizen.press("Send my answers")
    worker.sign_in(demo.links["worker"])
    turn = worker.page.locator(".turn", has=worker.page.locator(f"a[href$='{asked.citizen_id}']"))
    expect(turn).to_have_count(1)
    turn.get_by_role("link").last.click()
    expect(worker.page.locator(".said dd")).to_have_text(["Ofte"] * 5)
    expect(worker.page.locator("main")).to_contain_text(worker.word("the citizen"))


def test_somebody_elses_citizen(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """A worker of another team, and a made-up address, meet the same page."""
    asked = ask_once_more(demo, "wellbeing")
    visitor = visit("da", "desktop")
    visitor.sign_in(sign_in_link(demo, "thea@solbjerg.example"))
    pages = []
    for citizen_id in (asked.citizen_id, "00000000-0000-4000-8000-000000000000"):
        visitor.page.goto(f"{demo.url}/borger/{citizen_id}")
        assert visitor.status() == 404
        pages.append(visitor.page.locator("main").inner_text())
    assert pages[0] == pages[1]
    visitor.look("somebody else's citizen")


def test_the_administrator(visitor: Visitor, demo: Demo) -> None:
    """Measures, people with access, and the record of changes; no citizen."""
    visitor.sign_in(demo.links["administrator"])
    visitor.look("administration")
    visitor.press("Check now")
    visitor.look("administration, after the check")
    expect(visitor.page.locator(".status-ok")).to_be_visible()
    expect(visitor.page.locator("main")).to_contain_text("Mette Holmsted")
    visitor.page.goto(f"{demo.url}/i-dag")
    assert visitor.status() == 403
    visitor.look("a page for others")


def test_the_doors(visitor: Visitor, demo: Demo) -> None:
    """The front page, signing in, a link that is spent, and pages that aren't there."""
    page = visitor.page
    visitor.open(demo.url)
    visitor.look("front page")
    visitor.press("Sign in as staff")
    visitor.look("how staff sign in")
    page.goto(f"{demo.url}/i-dag")
    assert visitor.status() == 401
    visitor.look("a page behind the door")
    page.goto(f"{demo.url}/findes-ikke")
    assert visitor.status() == 404
    visitor.look("no such page")
    link = sign_in_link(demo, "yusuf@solbjerg.example")
    visitor.open(link)
    page.goto(link)
    visitor.look("a sign-in link")
    page.locator("main").get_by_role("button").click()
    visitor.choose_language()
    visitor.look("first time in")
    page.goto(link)
    assert visitor.status() == 404
    visitor.look("a sign-in link that is spent")


def test_a_form_from_elsewhere(visitor: Visitor, demo: Demo) -> None:
    """A form whose token is wrong does nothing, and the page says what to do."""
    visitor.sign_in(demo.links["worker"])
    visitor.page.locator(".sign-out input[name=csrf_token]").evaluate("each => { each.value = 'wrong' }")
    visitor.press("Sign out")
    assert visitor.status() == 400
    visitor.look("a form from elsewhere")
    visitor.page.goto(f"{demo.url}/i-dag")
    assert visitor.status() == 200, "still signed in"
