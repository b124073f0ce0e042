"""People and money in a browser: sums that can be added by hand, files that hold both, prices and contracts."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_manager import check_pdf, download, pdf_text

if TYPE_CHECKING:
    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]


def kroner(text: str, language: str) -> Decimal:
    """An amount as it stands on the page."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    return Decimal(plain.replace(".", "").replace(",", ".") if language == "da" else plain.replace(",", ""))


def test_the_payers_are_added_by_hand_and_every_file_holds_people_and_money(visitor: Visitor, demo: Demo) -> None:
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    visitor.open(f"{demo.url}/indsatser/bostoette/vaerdi")
    visitor.look("people and money")
    page.locator("main details > summary").first.click()
    visitor.look("people and money, with every table open")
    for caption in ("Kroner by year and payer", "Kroner by area and payer"):
        message = f"{caption}, in today's value: what is saved less what is spent"
        if "area" in caption:
            message = f"{caption} in all years together, in today's value"
        table = page.get_by_role("table", name=visitor.word(message))
        rows = [
            [kroner(cell, visitor.language) for cell in row.locator("td").all_inner_texts()]
            for row in table.locator("tbody tr").all()
        ]
        assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1]
        assert all(sum(row[:3]) == row[3] for row in rows)
    label = {"da": "Dansk", "en": "English"}[visitor.language]
    text = pdf_text(check_pdf(download(visitor, f"PDF, {label}"), visitor.language))
    data = json.loads(download(visitor, "JSON"))
    assert visitor.word("What changed for the citizens") in text
    assert visitor.word("Scenario, not value created") in text
    assert data["citizens"]["finding"]
    assert (
        sum(data["money"]["ore"][payer]["net"] for payer in ("municipality", "region", "state"))
        == (data["money"]["ore"]["total"])
    )


def test_prices_a_case_and_a_contract(visitor: Visitor, demo: Demo) -> None:
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    visitor.open(f"{demo.url}/priser")
    visitor.look("prices")
    page.locator("main h2 a").first.click()
    visitor.look("one price set")
    visitor.open(f"{demo.url}/indsatser/bostoette/vaerdi/forudsaetninger")
    visitor.look("the case")
    visitor.open(f"{demo.url}/kontrakter")
    visitor.look("contracts")
    page.locator("main h2 a").first.click()
    visitor.look("one contract")
    visitor.open(f"{demo.url}/kontrakter/ny")
    page.locator("#rate").fill("5000")
    page.locator("#cap").fill("4000")
    visitor.press("Put in force")
    visitor.look("a contract that can't be")
    assert page.locator("#rate-error").count() == 1
    assert page.locator("#cap-error").count() == 0
