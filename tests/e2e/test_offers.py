"""The manager's register of offers, from the list to a change in it, and what is said of coverage, levels and need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]


@pytest.mark.parametrize(("language", "screen"), [("da", "phone"), ("en", "desktop")])
def test_from_the_register_to_the_need(visit: Callable[..., Visitor], demo: Demo, language: str, screen: str) -> None:
    """Each page stands, the filter counts what it leaves, and the demo shows all three verdicts."""
    visitor = visit(language, screen)
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    page.goto(f"{demo.url}/tilbud")
    visitor.look("register of offers")
    page.locator("#ejer").select_option("self_governing")
    visitor.press("Show these offers")
    expect(page.locator("#register tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Bofællesskabet Lindehøj").click()
    visitor.look("an offer with its history")
    expect(page.locator(".record")).to_have_count(2)
    page.get_by_role("link", name=visitor.word("Record a change")).click()
    visitor.look("the form of a change")
    visitor.press("Save in the register")
    visitor.look("the form with what is missing in it")
    for path in ("/tilbud/indlaes", "/tilbud/daekning", "/specialisering/ny", "/behov", "/indsatser/bostoette/kort"):
        page.goto(f"{demo.url}{path}")
        visitor.look(path)
    page.goto(f"{demo.url}/specialisering")
    visitor.look("specialisation")
    verdicts = page.locator(".speciality .finding").all_inner_texts()
    assert [text.strip() for text in verdicts] == [
        visitor.word("It has become less specialised."),
        visitor.word("It has not become less specialised."),
        visitor.word("Whether it has become less specialised can't be said."),
    ]
