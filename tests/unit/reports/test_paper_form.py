"""The form on paper: every question with room for a pen, in the reader's language and direction, and accessible."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import page
import pytest
import segno
from babel.messages.pofile import read_po
from pypdf import PdfReader

from outcomes.instruments import Instrument, Kind, parse_instrument, restore_instrument, shipped_instruments
from outcomes.language import CITIZEN_LOCALES, catalogue_directory, translate, use_locale
from outcomes.reports.paper_form import Sheet, build_paper_form, render_paper, render_paper_html
from outcomes.reports.paper_form.pdf import PAPER_CSS
from outcomes.reports.paper_form.pictures import draw_pictures, picture_rules
from outcomes.reports.paper_form.qr import make_code, qr_code
from outcomes.reports.pdf import REPORT_CSS, make_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from outcomes.reports.paper_form.conditions import When

ADDRESS = "https://outcomes.example.dk/indtast/6ff4ecc1-1fc1-4bb1-9a31-5d3a8c2f3b11"
MEASURES = [each for each in shipped_instruments() if each.kind is Kind.MEASURE]
SHEET = Sheet("Solbakke Kommune", ADDRESS, "6FF4 ECC1", phone="72 11 22 33")


def both(danish: str, arabic: str) -> dict[str, str]:
    return {"da": danish, "ar": arabic}


def item(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "type": kind, "wording": both(f"Spørgsmål {key}?", "سؤال؟"), **more}


ENDS = {"low": both("Lavt", "قليل"), "high": both("Højt", "كثير")}
OPTIONS = [{"value": value, "wording": both(f"Svar {value}", f"جواب {value}")} for value in range(3)]
FACES = [each | {"symbol": face} for each, face in zip(OPTIONS, ("sad", "neutral", "glad"), strict=True)]


@pytest.fixture(scope="module")
def every_kind() -> Instrument:
    """One question of each kind, and conditions of each."""
    items = [
        item("mood", "single_choice", options=FACES, no_answer=["dont_know", "prefer_not"]),
        item("pain", "scale_0_10", ends=ENDS, faces="sadder", symbol="health"),
        item("where", "multi_choice", options=OPTIONS, show_if={"item": "pain", "at_least": 5}),
        item("sleep", "visual_analogue", ends=ENDS, show_if={"item": "mood", "in": [0, 1]}),
        item("days", "number", minimum=0, maximum=30, unit=both("dage", "أيام"),
             show_if={"not": {"item": "pain", "at_most": 2}}),
        item("why", "free_text", show_if={"any": [
            {"item": "mood", "equals": 2},
            {"all": [{"item": "pain", "at_least": 8}, {"item": "days", "answered": True}]},
            {"item": "where", "answered": False},
        ]}),
    ]  # fmt: skip
    scale = {"key": "pain", "title": both("Ondt", "ألم"), "items": ["pain"], "range": [0, 10],
             "direction": "lower_is_better", "missing": {"min_answered": 1}}  # fmt: skip
    licence = {"id": "CC-BY-SA-4.0", "holder": "Us", "text": both("Vores", "لنا"), "may_ship_wording": True}
    return parse_instrument(
        {"format": 1, "key": "every", "version": "1.0", "kind": "measure", "own_authored": True, "validated": False,
         "languages": ["da", "ar"], "title": both("Hverdag", "الحياة"), "items": items, "scales": [scale],
         "licence": licence}
    )  # fmt: skip


@pytest.fixture(scope="module")
def pdf_in(every_kind: Instrument) -> Callable[[str], bytes]:
    """That sheet on paper in a language, made once."""
    return cache(lambda locale: render_paper(build_paper_form(every_kind, locale, SHEET), locale))


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(each.extract_text().split()) for each in PdfReader(BytesIO(pdf)).pages]


def sentences(when: When) -> Iterator[str]:
    yield translate(when.sentence)
    for part in when.parts:
        yield from sentences(part)


@pytest.mark.parametrize("locale", ["da", "ar"])
def test_the_pdf_is_accessible_in_both_directions(
    every_kind: Instrument, pdf_in: Callable[[str], bytes], locale: str
) -> None:
    pdf = pdf_in(locale)
    found = page.validate_pdf_bytes(pdf, profile="pdfua-1")
    assert not found.failures, found.failures
    reader = PdfReader(BytesIO(pdf))
    assert reader.trailer["/Root"]["/Lang"] == locale
    assert {(round(each.mediabox.width), round(each.mediabox.height)) for each in reader.pages} == {(595, 842)}
    assert reader.metadata is not None
    assert reader.metadata.title == every_kind.title[locale]


@pytest.mark.parametrize("instrument", MEASURES, ids=lambda each: each.key)
def test_every_question_and_answer_of_each_measure_is_on_the_sheet(instrument: Instrument) -> None:
    for locale in (*instrument.languages[:1], f"{instrument.languages[0]}-x-easy"):
        form = build_paper_form(instrument, locale, SHEET)
        html = render_paper_html(form, locale)
        words = [text for each in form.questions for text in (each.words, *each.options, *(each.ends or ()))]
        assert [text.text for text in words if text.text.split()[0] not in html] == []
        assert len(form.questions) == len(instrument.items)
        assert not any(each.untranslated for each in form.questions)


@pytest.mark.parametrize("locale", ["da", "ar"])
def test_faces_and_pictograms_are_those_of_the_screen_in_grey(every_kind: Instrument, locale: str) -> None:
    form = build_paper_form(every_kind, locale, SHEET)
    assert [(each.symbol, each.symbols, each.faces) for each in form.questions][:2] == [
        ("", ("sad", "neutral", "glad"), ()),
        ("health", (), ("very_glad", "glad", "neutral", "sad", "very_sad")),
    ]
    html = render_paper_html(form, locale)
    for name in ("sad", "neutral", "glad", "very-sad", "very-glad", "health"):
        assert f'drawn-{name}"' in html, "drawn where it belongs"
    assert picture_rules(form.drawings).count(".drawn-") == 6, "and kept once"
    for picture in draw_pictures().values():
        drawing = unquote(picture)
        assert drawing.startswith("data:image/svg+xml,<svg xmlns=")
        colours = {each.lower() for each in re.findall(r"#[0-9a-fA-F]{3,6}", drawing)}
        assert colours <= {"#000", "#fff", "#d9d9d9"}


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts of a document, and whether each lies in it."""
    found = {}
    for each in PdfReader(BytesIO(pdf)).pages:
        for reference in each["/Resources"].get("/Font", {}).values():
            font = reference.get_object()
            descendant = font.get("/DescendantFonts", [font])[0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            name = str(font["/BaseFont"]).partition("+")[2]
            found[name] = any(file in descriptor for file in ("/FontFile", "/FontFile2", "/FontFile3"))
    return found


def every_character(code: str) -> list[str]:
    """All that our sentences and the shipped questionnaires write in a language."""
    file = catalogue_directory() / code / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        said = [str(each.string) for each in read_po(opened, locale=code)]
    asked = [json.dumps(each.to_mapping(), ensure_ascii=False) for each in MEASURES]
    return sorted({letter for each in said + asked for letter in each if letter.isprintable()})


@pytest.mark.parametrize("styles", [PAPER_CSS, REPORT_CSS], ids=["sheet", "letter"])
def test_each_language_is_printed_with_fonts_of_our_own(styles: Path) -> None:
    """On a machine without a single font too: what our own lack would show here as a font of this machine."""
    words = "".join(
        f'<p lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">{escape("".join(every_character(code)))}</p>'
        for code in CITIZEN_LOCALES
    )
    html = f'<!DOCTYPE html><html lang="da"><head><title>A</title></head><body><h1>A ا</h1>{words}</body></html>'
    fonts = fonts_of(make_pdf(html, styles=styles))
    assert {name.split("-Arabic")[0].removesuffix("-Bold") for name in fonts} == {"IBM-Plex-Sans"}, fonts
    assert any("Arabic" in name for name in fonts)
    assert all(fonts.values())


def test_the_pages_are_numbered_and_say_which_sheet_they_are(pdf_in: Callable[[str], bytes]) -> None:
    pages = pages_of(pdf_in("da"))
    assert len(pages) >= 2
    for number, text in enumerate(pages, 1):
        assert f"Side {number} af {len(pages)}" in text
        assert "every 1.0 · 6FF4 ECC1" in text
    assert ADDRESS in pages[-1].replace(" ", "")


def test_there_is_a_box_for_everything_that_can_be_chosen(every_kind: Instrument) -> None:
    html = render_paper_html(build_paper_form(every_kind, "da", SHEET), "da")
    main = html.partition("<main>")[2].partition("</main>")[0]
    assert main.count('class="box"') == 3 + 2 + 11 + 3
    assert main.count("figure-box") == 1
    assert main.count('class="line"') == 1
    assert main.count("writing-line") == 6


def test_conditions_are_said_by_the_numbers_on_the_sheet(every_kind: Instrument) -> None:
    form = build_paper_form(every_kind, "da", SHEET)
    with use_locale("en"):
        said = {each.number: list(sentences(each.when)) for each in form.questions if each.when}
    assert said == {
        3: ["Answer this only if you answered 5 or more to question 2."],
        4: ["Answer this only if you answered “Svar 0” or “Svar 1” to question 1."],
        5: ["Answer this only if this is not true:", "You answered 2 or less to question 2."],
        6: [
            "Answer this only if at least one of these is true:",
            "You answered “Svar 2” to question 1.",
            "All of this is true:",
            "You answered 8 or more to question 2.",
            "You answered question 5.",
            "You left question 3 empty.",
        ],
    }


def test_a_question_in_another_language_says_so_and_is_marked(every_kind: Instrument) -> None:
    document = every_kind.to_mapping()
    document["items"][1]["wording"].pop("ar")
    form = build_paper_form(restore_instrument(document), "ar", SHEET)
    assert [each.number for each in form.questions if each.untranslated] == [2]
    html = render_paper_html(form, "ar")
    assert '<html lang="ar" dir="rtl">' in html
    assert '<span lang="da" dir="ltr">Spørgsmål pain?</span>' in html


def drawn_modules(svg: str) -> set[tuple[int, int]]:
    """The dark modules of the picture, by row and column inside its rim."""
    path = re.search(r"stroke='#000' d='([^']+)'", svg)
    assert path
    x = y = 0.0
    found = set()
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]*)", path[1]):
        steps = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if letter == "M":
            x, y = steps
        elif letter == "m":
            x, y = x + steps[0], y + steps[1]
        else:
            found |= {(int(y - 4), int(x - 4) + step) for step in range(int(steps[0]))}
            x += steps[0]
    return found


def test_the_code_is_that_of_the_address_and_of_nothing_else(every_kind: Instrument) -> None:
    form = build_paper_form(every_kind, "da", SHEET)
    expected = segno.make_qr(ADDRESS, error="m", boost_error=False).matrix
    dark = {(row, column) for row, line in enumerate(expected) for column, module in enumerate(line) if module & 1}
    assert drawn_modules(unquote(form.qr)) == dark
    assert make_code(ADDRESS).matrix == expected
    assert form.qr == qr_code(ADDRESS)


def test_words_of_others_stay_words(every_kind: Instrument) -> None:
    sheet = Sheet("<script>alert(1)</script>", ADDRESS, phone='"><b>')
    html = render_paper_html(build_paper_form(every_kind, "da", sheet), "da")
    assert "<script>" not in html
    assert "<b>" not in html


def test_somebody_beside_the_citizen_is_told_why_they_are_asked(every_kind: Instrument) -> None:
    own = render_paper_html(build_paper_form(every_kind, "da", SHEET), "da")
    parents = Sheet("Solbakke Kommune", ADDRESS, respondent="parent")
    assert render_paper_html(build_paper_form(every_kind, "da", parents), "da") != own
