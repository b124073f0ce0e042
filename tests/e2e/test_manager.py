"""The manager's pages and files: the overview, each report, what is withheld and why, and that all of it is one report."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import page as page_validation
import pypdf
import pytest
from playwright.sync_api import expect

from outcomes.services.demo import content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

EFFECT = -2.3151
"""The trial's effect in points, adjusted as its analysis plan says (tests/reference/mixed_model)."""
A4 = (595.3, 841.9)
NO_EFFECT_IS_POSSIBLE = "The uncertainty is so large that we can't rule out that the intervention makes no difference"
TRIAL = {"da": ("−2,3", "effekt, randomiseret"), "en": ("−2.3", "effect, randomised")}


def download(visitor: Visitor, name: str) -> bytes:
    """The file behind a button."""
    with visitor.page.expect_download() as waiting:
        visitor.page.get_by_role("link", name=name, exact=True).click()
    path: Path = waiting.value.path()
    return path.read_bytes()


def lasting(report: dict[str, Any]) -> dict[str, Any]:
    """A report without the moment it was made."""
    return {key: value for key, value in report.items() if key != "generated_at"}


def pdf_text(reader: pypdf.PdfReader) -> str:
    """All of its text, with soft hyphens and line breaks taken out."""
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\N{SOFT HYPHEN}", "").split())


def check_pdf(content_of_file: bytes, language: str) -> pypdf.PdfReader:
    """PDF/UA-1 without a finding, A4 throughout, the language declared, pages numbered."""
    found = page_validation.validate_pdf_bytes(content_of_file, profile="pdfua-1")
    assert found.is_compliant, [(failure.rule_id, failure.message) for failure in found.failures]
    reader = pypdf.PdfReader(io.BytesIO(content_of_file))
    for sheet in reader.pages:
        assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == pytest.approx(A4, abs=0.5)
    assert str(reader.trailer["/Root"]["/Lang"]).startswith(language)
    last = " ".join(reader.pages[-1].extract_text().split())
    total = len(reader.pages)
    assert f"{total} {'af' if language == 'da' else 'of'} {total}" in last
    return reader


def test_the_overview_and_every_report(visitor: Visitor, demo: Demo) -> None:
    """One finding per intervention, its report, and the plan that the report follows."""
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    visitor.look("overview")
    names = page.locator(".intervention h2 a").all_inner_texts()
    assert len(names) == len(content.OFFERED)
    for name in names:
        page.get_by_role("link", name=name, exact=True).click()
        while page.locator("main details:not([open])").count():
            page.locator("main details:not([open]) > summary").first.click()
        visitor.look(f"report of {name}, with every table open")
        page.locator(".downloads").get_by_role("link", name=visitor.word("Analysis plan")).click()
        visitor.look(f"analysis plan of {name}")
        visitor.press("Back to the report")
        visitor.press("All interventions")


def test_too_few_to_show(visitor: Visitor, demo: Demo) -> None:
    """Where fewer than ten stand behind a number, overview and report say so and show none."""
    visitor.sign_in(demo.links["manager"])
    reason = {"da": "færre end 10", "en": "Fewer than 10"}[visitor.language]
    row = visitor.page.locator(".intervention", has_text=content.FAMILY_SUPPORT.title[visitor.language])
    expect(row.locator(".withheld")).to_contain_text(reason)
    expect(row.locator("svg")).to_have_count(0)
    row.get_by_role("link").first.click()
    expect(visitor.page.locator("main")).to_contain_text(reason)
    expect(visitor.page.locator("main figure")).to_have_count(0)


def test_the_trial(visitor: Visitor, demo: Demo) -> None:
    """A published trial: its effect, what it may be called, how far it can be trusted, and that it may be nothing."""
    number, label = TRIAL[visitor.language]
    finding = visitor.word(NO_EFFECT_IS_POSSIBLE)
    visitor.sign_in(demo.links["trial_manager"])
    visitor.look("overview of the trial")
    expect(visitor.page.locator(".finding")).to_contain_text(finding)
    visitor.page.locator(".intervention h2 a").click()
    visitor.look("report of the trial")
    main = visitor.page.locator("main")
    expect(main).to_contain_text(number)
    expect(main).to_contain_text(label)
    expect(main).to_contain_text(finding)
    grade = visitor.page.locator(".report-figures li", has_text=visitor.word("evidence grade"))
    assert grade.inner_text().startswith("B")


def test_every_file_holds_the_same_numbers(demo: Demo, visit: Callable[..., Visitor], tmp_path: Path) -> None:
    """Page, PDF, Excel, JSON and the command beside the running demo agree to the last digit."""
    visitor = visit("da", "desktop")
    visitor.sign_in(demo.links["trial_manager"])
    visitor.page.locator(".intervention h2 a").click()
    report = json.loads(download(visitor, "JSON: Dansk"))
    assert report["effect"]["estimate"] == pytest.approx(EFFECT, abs=5e-5)
    assert report["log_likelihood"] == pytest.approx(-933.4513, abs=5e-5)
    assert (report["design_label"], report["evidence_grade"]) == ("D4", "B")
    assert report["verdict"] == "interval_includes_zero"
    assert visitor.page.locator("main").get_by_text(report["data_snapshot"]).count() >= 1

    printed = demo.command(
        "report", "--organisation", "btheb-trial", "--intervention", "btheb", "--format", "json", "--language", "da"
    )
    assert printed.returncode == 0, printed.stderr
    assert lasting(json.loads(printed.stdout)) == lasting(report)

    book = openpyxl.load_workbook(io.BytesIO(download(visitor, "Excel, Dansk")))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    numbers = [cell for cell in cells if isinstance(cell, float)]
    for name in ("estimate", "std_error", "ci_low", "ci_high"):
        assert any(number == pytest.approx(report["effect"][name], rel=1e-14) for number in numbers), name
    assert report["data_snapshot"] in cells

    text = pdf_text(check_pdf(download(visitor, "PDF, Dansk"), "da"))
    for words in (*TRIAL["da"], visitor.word(NO_EFFECT_IS_POSSIBLE)):
        assert words in text
    assert report["data_snapshot"] in text


def test_a_file_in_english(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The other language's PDF is a whole report of its own, also where numbers are withheld."""
    visitor = visit("da", "desktop")
    visitor.sign_in(demo.links["manager"])
    visitor.page.locator(".intervention", has_text=content.FAMILY_SUPPORT.title["da"]).locator("h2 a").click()
    text = pdf_text(check_pdf(download(visitor, "PDF, English"), "en"))
    assert content.FAMILY_SUPPORT.title["en"] in text
    assert "Fewer than 10" in text


def test_choosing_a_period(visitor: Visitor, demo: Demo) -> None:
    """Days that make no period are said in words; a short period changes what is shown."""
    page = visitor.page
    visitor.sign_in(demo.links["manager"])
    page.locator(".intervention", has_text=content.HOME_SUPPORT.title[visitor.language]).locator("h2 a").click()
    address = page.url.split("?")[0]
    page.goto(f"{address}?from_date=2026-03-01&to_date=2026-02-01")
    visitor.look("report, days in the wrong order")
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#from_date")
    page.goto(f"{address}?from_date=i+g%C3%A5r")
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#from_date")
    page.goto(f"{demo.url}/indsatser?from_date=2026-03-01&to_date=2026-02-01")
    visitor.look("overview, days in the wrong order")
    page.goto(f"{address}?from_date=2001-01-01&to_date=2001-12-31")
    visitor.look("report of a time before anybody began")


def test_what_is_not_there(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Another organisation's intervention and a made-up one are the same to a manager; so is a made-up format."""
    visitor = visit("da", "desktop")
    visitor.sign_in(demo.links["manager"])
    pages = []
    for address in ("indsatser/btheb", "indsatser/findes-ikke", "indsatser/bostoette/rapport.docx"):
        visitor.page.goto(f"{demo.url}/{address}")
        assert visitor.status() == 404
        pages.append(visitor.page.locator("h1").inner_text())
    assert len(set(pages)) == 1
    visitor.look("an intervention that is not there")


def test_an_answer_changes_the_report(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The whole loop: a citizen answers, the worker sees it, and the manager's report counts one more."""
    manager, citizen, worker = visit("da", "desktop"), visit("da", "phone"), visit("da", "desktop")
    manager.sign_in(demo.links["manager"])
    manager.page.locator(".intervention", has_text=content.HOME_SUPPORT.title["da"]).locator("h2 a").click()
    before = json.loads(download(manager, "JSON: Dansk"))

    citizen.open(demo.links["citizen"])
    citizen.press("Start")
    while citizen.page.locator(".progress-words").count():
        citizen.page.get_by_label("Ofte", exact=True).check()
        citizen.press("Next")
    citizen.press("Send my answers")
    assert citizen.page.url.endswith("/svar/kvittering")

    worker.sign_in(demo.links["worker"])
    expect(worker.page.locator(".status-new_answer").first).to_be_visible()

    manager.page.reload()
    after = json.loads(download(manager, "JSON: Dansk"))
    assert after["data_snapshot"] != before["data_snapshot"]
    assert sum(row["answered"] for row in after["attrition"]) == sum(row["answered"] for row in before["attrition"]) + 1
    expect(manager.page.locator("main")).to_contain_text(after["data_snapshot"])
