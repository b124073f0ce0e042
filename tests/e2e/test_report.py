"""The report of an intervention with all its parts, and the one page for the committee, on a phone and on a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from outcomes.services.demo import content

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

PARTS = ("Who was in", "For whom", "The providers beside each other", "Quarter by quarter", "Since the period before")


@pytest.mark.parametrize(("language", "screen"), [("da", "phone"), ("en", "desktop")])
def test_from_the_report_to_the_committees_page_and_back(
    visit: Callable[..., Visitor], demo: Demo, language: str, screen: str
) -> None:
    """Every part has its heading, every picture its words and its table, and the page for the committee is short."""
    visitor = visit(language, screen)
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    page.goto(f"{demo.url}/indsatser/{content.HOME_SUPPORT.slug}")
    visitor.look("the whole report")
    for part in PARTS:
        expect(page.get_by_role("heading", name=visitor.word(part), exact=True)).to_have_count(1)
    pictures = page.locator("main figure img")
    assert pictures.count() >= 7
    assert all(len(pictures.nth(place).get_attribute("alt") or "") > 40 for place in range(pictures.count()))
    page.get_by_role("link", name=visitor.word("One page for the committee"), exact=True).click()
    visitor.look("the page for the committee")
    assert len(page.locator(".report-committee").inner_text().split()) <= 300
    page.get_by_role("link", name=visitor.word("The whole report")).click()
    expect(page.locator(".report-section").first).to_be_visible()
