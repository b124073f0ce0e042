"""The full report: every part is there, in every form, with its words, and nothing in it points at a person."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import openpyxl
import page
import pytest
from pypdf import PdfReader

from outcomes.language import translate, use_locale
from outcomes.reports.cells import table_data
from outcomes.reports.effect_report import build_context, render_archive_pdf, render_html, to_json, write_workbook
from outcomes.reports.effect_report.committee import MOST_WORDS
from outcomes.reports.effect_report.pdf import COMMITTEE, render_committee_pdf
from outcomes.reports.pdf import count_pages
from tests.unit.reports.whole_report import whole_context, whole_material
from tests.unit.templates.supervision_samples import POLYGLOT, make_group

PARTS = (
    *("people", "flow", "starting_point", "course", "progression", "levels", "effect", "distribution", "experience"),
    *("subgroups", "providers", "trend", "periods", "targets", "money", "duties"),
)
LOCALES = ("da", "en")
STREAM_LENGTH = "PDFA3A-STREAM-LENGTH-001"
STREAM = re.compile(rb"(\d+) 0 obj\n<<(?:(?!endobj).)*?/Length (\d+)(?:(?!endobj).)*?>>\s*stream\r?\n", re.DOTALL)


def said(key: str, locale: str = "en") -> str:
    with use_locale(locale):
        return translate(whole_context().section(key).finding)


def test_every_part_is_there_in_order_and_says_what_was_found() -> None:
    assert tuple(section.key for section in whole_context().sections) == PARTS
    assert said("people").startswith("200 people began")
    assert "Age" in said("subgroups")
    assert said("providers") == "At Lind people fare worse than people like them elsewhere"
    assert said("targets") == "Targets met: 1. Not met: 0. Can't be said yet: 1"
    with use_locale("en"):
        apart = translate(whole_context().section("targets").body[0])
    assert "for a single provider or group, 0 are met, 1 not met" in apart
    assert said("duties") == "No longer written down: 1, which has freed about 389 hours"
    assert "period before" in said("periods")


def test_a_part_that_the_material_lacks_is_absent() -> None:
    bare = replace(
        whole_material(), breakdown=None, previous=None, experience=None, targets=(), duties=None, money=None
    )
    keys = {section.key for section in build_context(bare).sections}
    assert keys == {"flow", "starting_point", "course", "progression", "effect", "distribution"}
    alone = build_context(replace(whole_material(), previous=None))
    assert "shorter period" in str(alone.section("periods").withheld)
    undated = build_context(replace(whole_material(), period_from=None, period_to=None, previous=None))
    assert not {"trend", "periods"} & {section.key for section in undated.sections}


@pytest.mark.parametrize("locale", LOCALES)
def test_figures_of_the_parts_have_words_numbers_and_a_table(locale: str) -> None:
    html = render_html(whole_context(), locale)
    for section in whole_context().sections:
        if section.figure is not None:
            assert section.figure.table.rows
            with use_locale(locale):
                assert len(translate(section.figure.description)) > 40
                assert "NaN" not in section.figure.svg
    assert "style=" not in html


def test_json_and_excel_hold_every_table_of_the_parts() -> None:
    data = to_json(whole_context(), "en")
    assert {"people", "subgroups", "providers", "trend", "periods", "periods_shares", "targets", "levels"} <= set(data)
    assert data["people_snapshot"] == "aaaa"
    assert data["previous_snapshot"] == "bbbb"
    keys = [table.key for table in whole_context().tables]
    assert len(keys) == len(set(keys)), "two tables under one key would hide each other"
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(whole_context(), "da")), read_only=True)
    assert len(book.sheetnames) == len(PARTS) + 3
    book.close()


def test_no_count_under_five_is_in_any_table() -> None:
    rows = [row for table in whole_context().tables for row in table_data(table)]
    counts = [row[key] for row in rows for key in ("n", "all", "positive") if isinstance(row.get(key), int)]
    assert len(counts) > 30
    assert [count for count in counts if 0 < count < 5] == []  # type: ignore[operator]


def test_an_open_signal_comes_first_and_the_funnel_does_not_speak_against_it() -> None:
    signals = make_group().lines
    found = build_context(replace(whole_material(), signals=signals)).section("providers")
    with use_locale("en"):
        assert translate(found.body[0]).startswith(f"{POLYGLOT} has an open signal. People measured between")
        assert translate(found.finding) == (
            f"At Lind people fare worse than people like them elsewhere; there is an open signal about {POLYGLOT} too"
        )


def test_providers_stand_by_name_and_not_by_what_they_show() -> None:
    figure = whole_context().section("providers").figure
    assert figure is not None
    names = [str(row[0]) for row in figure.table.rows]
    assert names == sorted(names)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_committees_page_is_one_page_of_at_most_300_words(locale: str) -> None:
    pdf = render_committee_pdf(whole_context(), locale)
    assert count_pages(pdf) == len(PdfReader(io.BytesIO(pdf)).pages) == 1
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text().replace("\u00ad\n", "").replace("-\n", "")
    assert 120 < len(text.split()) <= MOST_WORDS
    assert page.validate_pdf_bytes(pdf).is_compliant
    html = render_html(whole_context(), locale, template=COMMITTEE)
    words = re.sub(r"<[^>]+>", " ", html[html.index("<body") :]).split()
    assert len(words) <= MOST_WORDS


def test_the_committees_page_says_the_finding_the_doubt_and_the_money_together() -> None:
    committee = whole_context().committee
    keys = [answer.key for answer in committee.answers]
    assert keys[:2] == ["happened", "sure"]
    assert {"cost", "targets"} <= set(keys)
    assert committee.cannot_say
    with use_locale("en"):
        cost = " ".join(
            translate(sentence) for answer in committee.answers if answer.key == "cost" for sentence in answer.sentences
        )
        said = "Scenario, not value created: −17,800 kroner per citizen in 10\u00a0years, more spent than saved"
        assert said in cost, "an amount, and what it must be called"
        told = {answer.key: " ".join(translate(each) for each in answer.sentences) for answer in committee.answers}
        assert told["targets"] == "Can't be said yet: “Flere får det bedre”. Met: “Flere får det bedre”."
        assert told["duties"] == "Ugentlig status: about 389 hours freed."
        assert told["experience"] == "75 per cent (67 to 82) of 120 are more for than against."
        assert translate(committee.finding) == translate(whole_context().summary.finding)


def false_lengths(pdf: bytes) -> list[bytes]:
    """Streams whose length isn't what it says. The validator's own rule takes a last byte 13 for a part of the line's end,
    which depends on nothing but how the data happen to be compressed."""
    found, streams = [], list(STREAM.finditer(pdf))
    assert len(streams) > len(LOCALES)
    for stream in streams:
        end = stream.end() + int(stream[2])
        if not re.match(rb"\r?\n?endstream", pdf[end:]):
            found.append(stream[1])
    return found


def test_the_archive_is_pdf_a_3_and_pdf_ua_at_once_with_its_figures_attached() -> None:
    pdf = render_archive_pdf(whole_context(), "da")
    for profile in (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1):
        report = page.validate_pdf_bytes(pdf, profile=profile)
        failures = [failure.message for failure in report.failures if failure.rule_id != STREAM_LENGTH]
        assert failures == [], profile
    assert false_lengths(pdf) == []
    reader = PdfReader(io.BytesIO(pdf))
    assert {name.rpartition(".")[2] for name in reader.attachments} == {"json", "xlsx"}
    (data,) = next(content for name, content in reader.attachments.items() if name.endswith("json"))
    assert b'"report": "effect"' in data
    files = [each.get_object() for each in reader.trailer["/Root"]["/AF"]]
    assert {str(each["/AFRelationship"]) for each in files} == {"/Data"}
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
