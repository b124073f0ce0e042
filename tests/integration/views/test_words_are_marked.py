"""Words that aren't in the page's language say which they are in: a voice for Arabic can't read Danish (WCAG 3.1.2)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from outcomes.reports.own_copy import render_copy_html
from outcomes.services import copy_own_data
from outcomes.services.open_link import issue_link
from tests.integration.all_kinds import all_kinds, give_own_words
from tests.integration.builders import add_case, add_course, add_goal, answer, get_ticket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    import pytest
    from werkzeug.test import TestResponse

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock
    from tests.integration.builders import Case
    from tests.integration.views.conftest import Browser, World

THEIRS, OWN = "Kundansk", "Egenord"
"""What every text of the questionnaire holds, and what the citizen has written."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = {"aria-label", "alt", "title", "placeholder", "aria-valuetext"}
"""Attributes that are read aloud."""
NAMES = (f"{THEIRS} title", f"{THEIRS} scale")
"""A proper name inside a sentence needs no mark; where it stands alone, it does."""


def only_danish(name: str) -> dict[str, str]:
    return {"da": f"{THEIRS} {name}"}


class Words(HTMLParser):
    """What a page says, each with the language that it is marked with; ``""`` where the language isn't known."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.said: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        language = (named["lang"] or "") if "lang" in named else self.language
        self.said += [(value or "", language) for name, value in attrs if name in SPOKEN]
        if tag == "input" and named.get("type") == "text":
            self.said.append((named.get("value") or "", language))
        if tag not in VOID:
            self.open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.said.append((data, self.language))

    @property
    def language(self) -> str | None:
        return self.open[-1][1] if self.open else None


def check(name: str, page: TestResponse) -> int:
    """How many of the questionnaire's words the page says, and of the citizen's; fails where one isn't marked."""
    assert page.status_code in {200, 400, 409}, name
    return count(name, page.get_data(as_text=True))


def count(name: str, html: str) -> int:
    found = 0
    for text, language in Words(html).said:
        if text.strip() not in NAMES and any(each in text for each in NAMES):
            continue
        for mark, right in ((THEIRS, "da"), (OWN, "")):
            if mark in text:
                found += 1
                assert language == right, f"{name}: {text.strip()!r} is marked {language!r}"
    return found


SENT = {
    "single_choice": "1", "multi_choice": "1", "scale_0_10": "7", "visual_analogue": "40", "number": "3",
    "free_text": OWN,
}  # fmt: skip
STORED = {
    "single_choice": 2, "multi_choice": [0, 2], "scale_0_10": 8, "visual_analogue": 50, "number": 4, "free_text": OWN,
}  # fmt: skip


SILENT = {
    "to say what is wrong", "no words", "said what is wrong", "oversigt", "hvem-har-set", "hvem-kan-se", "kopi",
    "ret", "stop", "del",
}  # fmt: skip
"""Pages that say nothing of what the questionnaire or the citizen says."""


def fields_of(html: str) -> dict[str, str]:
    """What the page of all questions was made from, and the answers beside the one that is changed."""
    seen = dict(re.findall(r'name="(seen_[a-z0-9_]+)" value="([^"]*)"', html))
    return seen | {f"answer_{item}": said for item, said in SENT.items() if item != "free_text"}


def on_the_way(browser: Browser) -> Iterator[tuple[str, TestResponse]]:
    """From the start to the curve, one question at a time, with things to put right."""
    yield "start", browser.get("/svar", sprog="ar")
    for number, (item, said) in enumerate(SENT.items(), 1):
        yield item, browser.get(f"/svar/{number}")
        yield f"{item}, nothing sent", browser.send(f"/svar/{number}", action="next")
        browser.send(f"/svar/{number}", **{f"answer_{item}": said, "action": "next"})
    for number, item in ((1, "single_choice"), (6, "free_text")):
        browser.get(f"/svar/{number}")
        before = browser.html
        browser.send(f"/svar/{number}", **{f"answer_{item}": "0", "action": "next"})
        browser.html = before
        conflict = browser.send(f"/svar/{number}", **{f"answer_{item}": SENT[item], "action": "next"})
        assert conflict.status_code == 409
        yield f"{item}, answered in another window", conflict
        browser.send(f"/svar/{number}", **{f"answer_{item}": SENT[item], "action": "next"})
    browser.client.set_cookie("outcomes-reading", "pace-all")
    yield "all", browser.get("/svar/alle")
    before = browser.html
    browser.send("/svar/alle", **fields_of(before), answer_free_text=f"{OWN} to", action="save")
    browser.html = before
    conflict = browser.send("/svar/alle", **fields_of(before), answer_free_text=f"{OWN} tre", action="save")
    assert conflict.status_code == 409
    yield "all, answered in another window", conflict
    yield "review", browser.get("/svar/gennemse")
    yield "receipt", browser.send("/svar/gennemse", action="send")
    yield "curve", browser.get("/svar/kurve")


def in_danger(browser: Browser) -> Iterator[tuple[str, TestResponse]]:
    """An answer that calls for help at once."""
    browser.get("/svar/1", sprog="ar")
    yield "help", browser.send("/svar/1", answer_single_choice="2", action="next")


def of_the_workers(browser: Browser, case: Case, goal_id: UUID) -> Iterator[tuple[str, TestResponse]]:
    """The worker's pages, in English."""
    yield "the citizen", browser.get(f"/borger/{case.citizen_id}", sprog="en")
    yield "how to ask", browser.get(f"/borger/{case.citizen_id}/spoerg/{case.occasions['start']}")
    yield "the worker rates a goal", browser.get(f"/maal/{goal_id}")
    signal = re.search(r'href="(/signal/[^"]+)"', browser.get("/i-dag").get_data(as_text=True))
    assert signal
    yield "a signal", browser.get(signal.group(1))


def on_the_own_page(browser: Browser, goal_id: UUID) -> Iterator[tuple[str, TestResponse]]:
    """A goal rated and a correction made, and the pages that show them."""
    yield "to rate a goal", browser.get(f"/min-side/maal/{goal_id}", sprog="ar")
    yield "a form that was too old", browser.send(f"/min-side/maal/{goal_id}", level="1", note=OWN, csrf_token="old")
    yield "goals", browser.send(f"/min-side/maal/{goal_id}", level="1", note=OWN)
    yield "to say what is wrong", browser.get("/min-side/ret", maal=str(goal_id))
    yield "no words", browser.send(f"/min-side/ret?maal={goal_id}", words="")
    yield "said what is wrong", browser.send(f"/min-side/ret?maal={goal_id}", words=OWN)
    for page in ("oversigt", "svar", "maal", "hvem-har-set", "hvem-kan-se", "kopi", "ret", "stop", "del"):
        yield page, browser.get(f"/min-side/{page}")


def test_words_of_another_language_say_so(
    runtime: Runtime, world: World, clock: Clock, new_browser: Callable[[], Browser],
    own_page_of: Callable[[Case], Browser], signed_in: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    give_own_words(runtime, world.tenant, "danish", only_danish)
    course = add_course(runtime, world.tenant, slug="danish", instrument=all_kinds("danish", only_danish))
    case, endangered = (
        add_case(runtime, course, citizen_id=citizen_id) for citizen_id in (world.case.citizen_id, None)
    )
    goal_id = add_goal(runtime, case, OWN, levels=[f"{OWN} {level}" for level in range(5)])
    browser = new_browser()
    browser.get(f"/b/{issue_link(runtime, world.tenant.scope, occasion_id=case.occasions['start'])}")
    met = {name: check(name, page) for name, page in on_the_way(browser)}
    other = new_browser()
    other.get(f"/b/{issue_link(runtime, world.tenant.scope, occasion_id=endangered.occasions['start'])}")
    met |= {name: check(name, page) for name, page in in_danger(other)}
    clock.travel(days=31)
    answer(runtime, get_ticket(runtime, case, next(code for code in case.occasions if code != "start")), STORED)
    met |= {name: check(name, page) for name, page in on_the_own_page(own_page_of(case), goal_id)}
    printed: list[str] = []
    monkeypatch.setattr(
        copy_own_data, "render_copy_apart", lambda *part: printed.append(render_copy_html(*part)) or b""
    )
    own_page_of(case).get("/min-side/kopi.pdf", sprog="ar")
    met["own copy"] = count("own copy", *printed)
    assert met["own copy"] > 2 * len(SENT), met
    met |= {name: check(name, page) for name, page in of_the_workers(signed_in("worker"), case, goal_id)}
    assert {name for name, count in met.items() if not count} <= SILENT, met
    assert met["svar"] > 2 * len(SENT), met
