"""Supervision as a manager meets it: from the list to a reason, the dialogue, the pack on page and paper, and the themes."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import page as page_validation
import pypdf
import pytest
from playwright.sync_api import expect

from outcomes.services.demo import staff

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]


def test_from_the_list_to_the_pack(visitor: Visitor, demo: Demo) -> None:
    """A planted decline is on the list with its reason; a fault comes back in words; the pack is a tagged PDF."""
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    page.goto(f"{demo.url}/tilsyn")
    visitor.look("supervision")
    expect(page.locator("article h2")).to_have_text([staff.LINDEN_OFFER.name])
    page.locator("article .button").click()
    visitor.look("a signal about a provider")
    page.locator("form .button-primary").click()
    visitor.look("a signal, nothing written")
    expect(page.locator(".error-summary a").first).to_have_attribute(
        "href", re.compile("#(response|state-in_dialogue)")
    )
    page.locator("main > p a").last.click()
    visitor.look("pack of evidence")
    expect(page.locator("h1")).to_have_text(staff.LINDEN_OFFER.name)
    with page.expect_download() as waiting:
        page.locator(".downloads a").first.click()
    path: Path = waiting.value.path()
    found = page_validation.validate_pdf_bytes(path.read_bytes(), profile="pdfua-1")
    assert found.is_compliant, [(failure.rule_id, failure.message) for failure in found.failures]
    text = " ".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages)
    assert staff.LINDEN_OFFER.name in text
    page.goto(f"{demo.url}/tilsyn/temaer")
    while page.locator("main details:not([open])").count():
        page.locator("main details:not([open]) > summary").first.click()
    visitor.look("themes of the authorities")
