"""The manager's overview: from a finding to its part of the report and to its method and back, by provider, at every size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from outcomes.services.demo import content

if TYPE_CHECKING:
    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_from_the_overview_to_a_finding_to_its_method_and_back(visitor: Visitor, demo: Demo) -> None:
    """By provider and without a script: every part says what it knows, what is unknown, and how it is counted."""
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    page.locator("#gruppering").select_option("udbyder")
    page.locator(".overview-choice").get_by_role("button").click()
    visitor.look("overview by provider")
    assert page.locator(".overview-group").count() > len(content.OFFERED)
    assert page.locator(".unshown").count()
    row = page.locator(".intervention", has=page.locator(".caution")).first
    expect(row.locator(".caution")).to_contain_text("100")
    row.locator(".figure-method").first.click()
    assert "/maaltal/definitioner?" in page.url
    assert "#share_success" in page.url
    expect(page.locator("#share_success")).to_be_visible()
    page.locator(".back-link").click()
    assert "/indsatser?gruppering=udbyder" in page.url
    page.locator(".overview-figures a:not(.figure-method)").first.click()
    assert "udbyder=" in page.url
    assert "#report-flow-title" in page.url
    expect(page.locator("#report-flow-title")).to_be_visible()
    visitor.look("report of one provider's people")
    page.locator(".back-link").click()
    assert "/indsatser?gruppering=udbyder" in page.url
