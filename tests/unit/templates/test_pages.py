"""Every page, in both languages: one heading, landmarks, parts that are named, nothing unescaped, sound HTML."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from tinyhtml5.parser import HTMLParser

ROOT = Path(__file__).parents[3] / "outcomes" / "templates"
# The question has its own tests; the report is tested with its own context.
ELSEWHERE = {
    "pages/citizen/question.html",
    "pages/manager/committee.html",
    "pages/manager/part.html",
    "pages/manager/report.html",
    "pages/value/value.html",
}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("pages", "errors")
    for path in (ROOT / folder).rglob("*.html")
    if path.name != "base.html"
)
PLAIN = [name for name in PAGES if name not in ELSEWHERE]
ENDPOINTS = {
    "reports.committee", "steering.home",
    "authority.national", "releases.listing", "releases.draft", "releases.show", "releases.data",
    "admin.home", "asking.ask", "asking.code", "asking.link", "asking.hand_device_over", "asking.people",
    "asking.end", "citizen.start", "citizen.question", "citizen.review", "citizen.decline", "citizen.all_questions",
    "citizen.ask_to_be_called", "citizen.receipt", "citizen.curve", "citizen.leave", "contact.edit", "interview.ask",
    "manager.overview", "manager.report", "manager.report_file", "manager.analysis_plan", "own_organisation.edit",
    "own_organisation.languages", "own_page.home", "own_page.answers", "own_page.goals", "own_page.rate_goal",
    "own_page.looked", "own_page.readers", "own_page.copy", "own_page.copy_file", "own_page.correct", "own_page.stop",
    "own_page.share", "own_page.stop_share", "own_sign_in.start", "own_sign_in.code", "own_sign_in.openid",
    "own_sign_in.choose", "own_sign_in.sign_out", "paper.blank", "paper.for_occasion", "paper.key", "paper.settle",
    "paper.again", "protocols.decide", "public.front", "public.accessibility", "public.sign_in", "public.sign_out",
    "questionnaires.listing", "questionnaires.show", "questionnaires.upload", "reading.choose", "shared.redeem",
    "signals.handle", "staff.today", "staff.citizen", "staff.rate_goal", "static", "tablet.ready", "tablet.time_out",
    "tablet.call_me", "tablet.own_device", "tablet.still_here",
    "offers.listing", "offers.show", "offers.record", "offers.new", "offers.import", "offers.coverage",
    "offers.specialisation", "offers.assess", "offers.need_map", "offers.card",
    "supervision.dialogue", "supervision.listing", "supervision.pack", "supervision.pack_file", "supervision.themes",
    "targets.board", "targets.change", "targets.data", "targets.definitions", "targets.new", "targets.show",
    "targets.show_national", "requirements.data", "requirements.new", "requirements.register", "requirements.show",
    "value.case", "value.file", "value.price_set", "value.prices", "value.show", "contracts.change", "contracts.listing",
    "contracts.new", "contracts.show", "contracts.verify",
    "learning.listing", "learning.start", "learning.begin", "learning.step", "learning.printout", "learning.pdf",
    "learning.follow_up", "subscriptions.listing", "subscriptions.end", "batches.listing", "batches.show", "batches.file",
    "batches.all_files",
}  # fmt: skip
USER = Thing(name="Mette Holm", role="worker")


def html_faults(html: str) -> list[str]:
    """What the HTML parser stumbles over."""
    parser = HTMLParser()
    parser.parse(html)
    return [f"{place}: {code}" for place, code, *_ in parser.errors]


@pytest.mark.parametrize("locale", ["da", "en"])
@pytest.mark.parametrize("name", PLAIN)
def test_each_page_is_whole(name: str, locale: str, render: Any, samples: dict[str, dict[str, Any]]) -> None:
    html = render(name, locale, USER if "/staff/" in name else None, **samples[name])

    assert html_faults(html) == []
    assert html.count("<h1") == 1
    assert html.count("<main") == 1
    assert f'<html lang="{locale}" dir="ltr">' in html
    assert "<script>alert(1)" not in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id stands twice"
    for target in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html):
        assert set(target.split()) <= set(ids)
    for control in re.findall(r'<(?:input|textarea|select)\b(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', html):
        assert f'for="{control}"' in html or re.search(rf'id="{control}"[^>]*aria-label=', html)


@pytest.mark.parametrize("name", PLAIN)
def test_each_form_that_sends_carries_the_token(name: str, render: Any, samples: dict[str, dict[str, Any]]) -> None:
    html = render(name, "en", USER, **samples[name])

    for form in re.findall(r'<form[^>]*method="post".*?</form>', html, re.DOTALL):
        assert 'name="csrf_token" value="the-token"' in form


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_known_places(name: str) -> None:
    source = (ROOT / name).read_text(encoding="utf-8")

    assert set(re.findall(r"url_for\('([\w.]+)'", source)) <= ENDPOINTS


def test_the_parser_check_sees_a_fault() -> None:
    assert html_faults("<!doctype html><title>x</title><p><b>one</p>") != []


def test_the_start_page_says_who_why_how_long_and_that_it_is_voluntary(
    render: Any, samples: dict[str, dict[str, Any]]
) -> None:
    html = render("pages/citizen/start.html", **samples["pages/citizen/start.html"])

    for words in ("3 minutes", "8 questions", "Mette Holm", "voluntary", "does not change the help you get"):
        assert words in html
    assert html.count('<button type="submit"') == 1


def test_whoever_answers_for_somebody_is_asked_about_them(render: Any, samples: dict[str, dict[str, Any]]) -> None:
    html = render("pages/citizen/start.html", **{**samples["pages/citizen/start.html"], "of_somebody": True})

    assert "How are things going for the one you answer about?" in html
    assert "does not change the help they get" in html
    assert "for you?" not in html


def test_the_page_of_a_dead_link_says_nothing_of_whose_it_was(render: Any) -> None:
    html = render("pages/citizen/link_not_valid.html")

    assert "This link does not open anything" in html
    assert "kommune" not in html.lower()


def test_a_status_has_a_shape_and_a_word(render: Any, samples: dict[str, dict[str, Any]]) -> None:
    html = render("pages/staff/citizen.html", user=USER, **samples["pages/staff/citizen.html"])
    tags = re.findall(r'<span class="status[^>]*>(.*?)</span>', html, re.DOTALL)

    assert len(tags) == 10
    for tag in tags:
        assert "<svg" in tag
        assert re.sub(r"<svg.*?</svg>", "", tag, flags=re.DOTALL).strip()


def test_a_withheld_number_says_so_and_draws_nothing(render: Any, samples: dict[str, dict[str, Any]]) -> None:
    html = render("pages/manager/overview.html", user=USER, **samples["pages/manager/overview.html"])
    second = html.split('id="intervention-2"')[1]

    assert "Fewer than 10" in second
    assert "share-bar" not in second
    assert html.count("hollow") == 1, "an interval that holds zero is drawn hollow"


def test_the_overview_says_when_it_was_worked_out_and_what_has_come_since(
    render: Any, samples: dict[str, dict[str, Any]]
) -> None:
    sample = samples["pages/manager/overview.html"]
    html = render("pages/manager/overview.html", user=USER, **sample)
    first, second = html.split('id="intervention-1"')[1].split('id="intervention-2"')

    assert "Worked out 21 November 2026" in html
    assert "Answers have come since" in first
    assert "Answers have come since" not in second
    assert "Work it out now" in html
    page = Thing(**{**vars(sample["page"]), "outdated": False, "computed_at": None})
    fresh = render("pages/manager/overview.html", user=USER, **{**sample, "page": page})
    assert "Work it out now" not in fresh
    assert "Worked out" not in fresh


def test_a_page_with_errors_says_so_first_in_its_title(render: Any, samples: dict[str, dict[str, Any]]) -> None:
    sample = samples["pages/staff/rate_goal.html"]

    assert "<title>Error: " in render("pages/staff/rate_goal.html", user=USER, **sample)
    assert "<title>Rate a goal" in render("pages/staff/rate_goal.html", user=USER, **{**sample, "errors": []})


def test_nobody_waiting_is_said_in_words(render: Any, samples: dict[str, dict[str, Any]]) -> None:
    sample = {**samples["pages/staff/today.html"], "people": [], "upcoming": [], "signals": [], "count": 0}
    html = render("pages/staff/today.html", user=USER, **sample)

    assert "Nobody is waiting for you today" in html
    assert "Nothing is planned for the next seven days" in html


def test_error_pages_need_nothing_from_the_application(templates: Any) -> None:
    html = templates.get_template("errors/500.html").render()

    assert "What you got a receipt for is safely stored" in html or "gemt sikkert" in html
    assert '<html lang="da"' in html
