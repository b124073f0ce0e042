"""The manager's pages about money: prices taken in, a case decided, a contract agreed and paid, and the sums on the page."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.sign_in import issue_sign_in_link
from tests.integration.builders import add_analysis_plan, add_course, add_staff, add_tenant
from tests.integration.steered import add_scored
from tests.integration.wishes.test_value import ENDS, STARTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock
    from tests.integration.views.conftest import Browser

pytestmark = pytest.mark.database

PRICES = Path(__file__).parents[3] / "docs" / "examples" / "value" / "priser.csv"
CELL = re.compile(r"<t[hd][^>]*>([^<]*)</t[hd]>")
CASE = {
    "cost_per_month": "2000", "cost_months": "6", "cost_municipality": "60", "cost_region": "0", "cost_state": "40",
    "cost_error": "5", "years": "10", "discount_rate": "3,5", "lasting": "80", "lasting_error": "10", "price_error": "10",
    "without": "10", "without_error": "5", "refusion_part": "50", "refusion": "municipality-state",
    "decided_by": "Socialudvalget",
}  # fmt: skip
CONTRACT = {
    "title": "Flere får det bedre", "intervention": "hverdag", "payer": "Fonden", "payee": "Nordby Kommune",
    "verifier": "Revisionen", "indicator": "share_better", "threshold": "20", "minimum_n": "15", "rate": "4000",
    "cap": "100000", "first_day": "2026-01-01", "last_day": "2026-03-31", "decided_by": "Socialudvalget",
}  # fmt: skip


@pytest.fixture
def manager(runtime: Runtime, new_browser: Callable[[], Browser], clock: Clock) -> Browser:
    """A manager of a municipality with thirty people who have answered."""
    course = add_course(runtime, add_tenant(runtime))
    error = {"kind": "smallest_detectable_change", "smallest_detectable_change": 20, "inclusive": True, "source": "x"}
    add_analysis_plan(runtime, course, measurement_error=error)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    add_scored(runtime, course, STARTS, ENDS)
    clock.travel(days=150)
    add_staff(runtime, course.tenant, "manager", email="manager@example.org")
    browser = new_browser()
    token = issue_sign_in_link(runtime, organisation_slug="nordby", email="manager@example.org")
    browser.get(f"/log-ind/{token}")
    browser.send(f"/log-ind/{token}")
    return browser


def take_in(browser: Browser, content: bytes, **fields: str) -> int:
    browser.get("/priser")
    written = {"name": "Opdigtede priser", "source": "Ingen", "price_year": "2026", "invented": "yes", **fields}
    return browser.send("/priser", **written, file=(io.BytesIO(content), "priser.csv")).status_code  # type: ignore[arg-type]


def amounts(table: str) -> list[list[Decimal]]:
    """The rows of a table of whole kroner as numbers, without their headings; nothing for other tables."""
    rows = [[cell.strip() for cell in CELL.findall(row)[1:]] for row in table.partition("</thead>")[2].split("<tr")[1:]]
    if not all(re.fullmatch("[\N{MINUS SIGN}0-9.]+", cell) for row in rows for cell in row):
        return []
    return [
        [Decimal(cell.replace(".", "").replace(",", ".").replace("\N{MINUS SIGN}", "-")) for cell in row]
        for row in rows
    ]


def test_from_a_file_of_prices_to_sums_that_can_be_added_by_hand(manager: Browser) -> None:
    manager.get("/indsatser/hverdag/vaerdi")
    assert manager.html.count("<fieldset>") == 4  # no case yet: the form
    assert take_in(manager, PRICES.read_bytes().replace(b";stat;3;2750", b";stat;3;-2750")) == 400
    assert "kolonne beloeb" in manager.html or "column beloeb" in manager.html
    assert 'value="Opdigtede priser"' in manager.html
    assert take_in(manager, PRICES.read_bytes()) == 200
    manager.get("/indsatser/hverdag/vaerdi")
    chosen = re.findall(r'<option value="([0-9a-f-]{36})"', manager.html)
    refused = manager.send(
        "/indsatser/hverdag/vaerdi/forudsaetninger", **{**CASE, "cost_state": "50"}, price_set=chosen[0]
    )
    assert refused.status_code == 400
    assert 'href="#cost_municipality"' in manager.html
    manager.send("/indsatser/hverdag/vaerdi/forudsaetninger", **CASE, price_set=chosen[0])
    tables = manager.html.split("<table")[1:]
    checked = 0
    for table in tables:
        rows = amounts(table)
        if len(rows) > 3 and len({len(row) for row in rows}) == 1 and len(rows[0]) in {3, 4}:
            assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1]
            checked += 1
    assert checked == 4  # payers, payers by year, areas, another refund


def test_a_contract_is_agreed_paid_and_comes_out_the_same(manager: Browser) -> None:
    manager.get("/kontrakter/ny")
    assert manager.send("/kontrakter/ny", **{**CONTRACT, "rate": "100000,01"}).status_code == 400
    assert 'href="#rate"' in manager.html
    assert 'value="Flere får det bedre"' in manager.html
    done = manager.send("/kontrakter/ny", **CONTRACT)
    assert done.request.path == "/kontrakter/flere-faar-det-bedre"
    manager.send("/kontrakter/flere-faar-det-bedre")
    assert "48.000,00" in manager.html
    again = manager.send("/kontrakter/flere-faar-det-bedre")
    assert again.status_code == 409
    assert manager.html.count("<article") == 1
    (payment,) = re.findall(r"/kontrakter/betaling/([0-9a-f-]{36})", manager.html) or [None]
    assert payment is None  # whoever worked it out isn't offered to verify it
