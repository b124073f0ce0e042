"""Every page of the citizen's is the same page in each language: other words in the same markup.

So what axe finds, or doesn't, in Danish and Arabic (``tests/e2e/test_accessibility.py``) holds for the other five too, at
both paces, for each kind of question and in every state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from werkzeug.test import TestResponse

from outcomes.language import CITIZEN_LOCALES, gettext, use_locale
from outcomes.services.give_code import give_code
from outcomes.services.open_link import issue_link
from outcomes.services.runtime import Actor, Runtime
from outcomes.services.sign_in import make_actor
from outcomes.store.organisations import find_user
from tests.integration.all_kinds import all_kinds, give_own_words
from tests.integration.builders import (
    Case,
    add_cases,
    add_coordinator,
    add_course,
    answer,
    get_ticket,
)
from tests.integration.views.conftest import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Clock
    from tests.integration.views.conftest import World

MEANS = {
    "aria-describedby", "aria-hidden", "aria-invalid", "aria-labelledby", "autocomplete", "checked", "class", "disabled",
    "for", "id", "maxlength", "max", "min", "name", "novalidate", "required", "role", "scope", "tabindex", "type",
}  # fmt: skip
"""Attributes whose values say what an element is; the values of others are words, languages and addresses."""
CURRENT = "aria-current"
"""Stands at the name of the page's own language."""
START = "How are things going for you?"
REVIEW = "Check your answers before you send them"
THANKS = "Thank you. Your answers have been received"
READY = "Ready for the next person"
NOW = "month-1"
WAYS = ("one", "all", "tablet", "no")
"""Each has a citizen of its own in each language: at both paces, on a shared tablet, and who says no."""
SAID: Mapping[str, Any] = {
    "single_choice": "2", "multi_choice": ["0", "2"], "scale_0_10": "7", "visual_analogue": "40", "number": "3",
    "free_text": "Words of their own",
}  # fmt: skip
"""An answer of each kind as it is sent; the first calls for help."""
BEFORE = {
    "single_choice": 1, "multi_choice": [1], "scale_0_10": 4, "visual_analogue": 50, "number": 4, "free_text": "Before",
}  # fmt: skip
"""What those who answer one at a time answered a month ago: their curve is drawn."""
MARKED = {
    "single_choice": 1, "multi_choice": 2, "scale_0_10": 1, "visual_analogue": 'value="40"', "number": 'value="3"',
    "free_text": "\nWords of their own</textarea>",
}  # fmt: skip
"""How a page shows each of the answers: how many choices are marked, or the text that stands in the field."""


def everywhere(name: str) -> dict[str, str]:
    """Words in each language: the questionnaire is translated."""
    return {code: f"{name} {code}" for code in CITIZEN_LOCALES}


def worker_of(runtime: Runtime, world: World) -> Actor:
    with runtime.database.transaction(world.tenant.scope) as session:
        user = find_user(session, email="worker@example.org")
        assert user is not None
        return make_actor(user)


class Markup(HTMLParser):
    """The elements of a page in their order, without words; and its title and heading."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.root: dict[str, str | None] = {}
        self.said = {"title": "", "h1": ""}
        self.within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.root = dict(attrs)
        if tag in self.said:
            self.within = tag
        what = ((name, value if name in MEANS else None) for name, value in attrs if name != CURRENT)
        self.found.append((tag, tuple(what)))

    def handle_endtag(self, tag: str) -> None:
        if tag == self.within:
            self.within = ""

    def handle_data(self, data: str) -> None:
        if self.within:
            self.said[self.within] += data


@dataclass
class State:
    """A page that somebody is on, and what tells that it is this page and no other."""

    name: str
    page: TestResponse
    path: str
    heading: str
    """A sentence of ours, or one of the questionnaire's words."""
    status: int = 200
    holds: Mapping[str, int | None] = field(default_factory=dict)
    """What the page says, and how often; None: at least once."""

    def check(self, seen: dict[tuple[str, str], list[object]], way: str, language: str) -> None:
        """It is the page that it is called, in the language, in the markup of the language before."""
        html, where = self.page.get_data(as_text=True), f"{way}, {self.name}, in {language}"
        markup = Markup(html)
        assert (self.page.request.path, self.page.status_code) == (self.path, self.status), where
        with use_locale(language):
            heading = everywhere(self.heading)[language] if self.heading in SAID else gettext(self.heading)
            fault = gettext("Error:")
        assert " ".join(markup.said["h1"].split()) == heading, where
        assert markup.said["title"].strip().startswith(fault) is (self.status in {400, 409}), where
        for words, times in self.holds.items():
            assert (words in html) if times is None else (html.count(words) == times), f"{where}: {words!r}"
        assert markup.root["lang"] == language, where
        assert markup.root["dir"] == ("rtl" if language == "ar" else "ltr"), where
        usual = seen.setdefault((way, self.name), markup.found)
        different = [pair for pair in zip(usual, markup.found, strict=False) if pair[0] != pair[1]]
        assert markup.found == usual, f"{where}: {different[:3]}"


def fields_of(html: str, **said: Any) -> dict[str, Any]:
    """What the page of all questions was made from, and answers."""
    seen = dict(re.findall(r'name="(seen_[a-z0-9_]+)" value="([^"]*)"', html))
    return seen | {f"answer_{item}": value for item, value in said.items()}


def shown(kind: str) -> dict[str, int | None]:
    """How a page of the question shows that it is answered."""
    marked = MARKED[kind]
    return {" checked>": marked} if isinstance(marked, int) else {marked: 1}


def one_at_a_time(browser: Browser) -> Iterator[State]:
    """Each question without an answer, with something to put right, answered, and answered otherwise elsewhere."""
    yield State("start", browser.get("/svar"), "/svar", START)
    browser.get("/svar/1")
    old = browser.send("/svar/1", csrf_token="old", answer_single_choice="1", action="next")
    yield State("a page that was open too long", old, "/svar/1", "single_choice", 400, {" checked>": 1})
    for number, (kind, said) in enumerate(SAID.items(), 1):
        path = f"/svar/{number}"
        yield State(kind, browser.get(path), path, kind, 200, {" checked>": 0, "error-summary": 0})
        refused = browser.send(path, action="next")
        yield State(f"{kind}, nothing said", refused, path, kind, 400, {"error-summary": None})
        onward = browser.send(path, **{f"answer_{kind}": said, "action": "next"})
        if number == 1:
            help_now = "You don't have to be alone with this"
            yield State("help at once", onward, "/svar/hjaelp", help_now, 200, {"70 201 201": None})
        yield State(f"{kind}, answered", browser.get(path), path, kind, 200, shown(kind))
    for number, kind in ((1, "single_choice"), (6, "free_text")):
        yield answered_meanwhile(browser, number, kind)
    yield State(
        "changing an answer", browser.get("/svar/3", change="1"), "/svar/3", "scale_0_10", 200, shown("scale_0_10")
    )


def answered_meanwhile(browser: Browser, number: int, kind: str) -> State:
    """The page of a question that was answered otherwise in another window after it was opened."""
    path = f"/svar/{number}"
    browser.get(path)
    before = browser.html
    browser.send(path, **{f"answer_{kind}": "0", "action": "next"})
    browser.html = before
    conflict = browser.send(path, **{f"answer_{kind}": SAID[kind], "action": "next"})
    browser.send(path, **{f"answer_{kind}": SAID[kind], "action": "next"})
    return State(f"{kind}, answered meanwhile", conflict, path, kind, 409, {"other-answer": 1} | shown(kind))


def all_on_one(browser: Browser) -> Iterator[State]:
    """The same on one page: empty, with faults, saved, and answered otherwise elsewhere."""
    path, heading, sections = "/svar/alle", "The questions", {'class="one-of-all"': len(SAID)}
    yield State("start", browser.get("/svar"), "/svar", START)
    yield State("nothing answered", browser.get(path), path, heading, 200, sections | {" checked>": 0})
    refused = browser.send(path, **fields_of(browser.html, **dict.fromkeys(SAID, "forged")), action="save")
    yield State("faults", refused, path, heading, 400, sections | {"error-summary": None})
    before = browser.get(path).get_data(as_text=True)
    said = {**SAID, "single_choice": "1"}
    saved = browser.send(path, **fields_of(before, **said), action="save")
    yield State("saved", saved, path, heading, 200, sections | {" checked>": 4, 'role="status"': None})
    browser.html = before
    meanwhile = browser.send(path, **fields_of(before, **{**said, "number": "5", "free_text": "Else"}), action="save")
    yield State("answered meanwhile", meanwhile, path, heading, 409, sections | {'lang="" dir="auto">Words of': None})


def to_the_end(browser: Browser, other: Browser, *, drawn: bool) -> Iterator[State]:
    """Review, receipt, curve, and what another browser and somebody after them see."""
    answers = {'class="answer-words"': len(SAID), "Words of their own": 1, "change=1": len(SAID)}
    elsewhere = {'class="answer-words"': len(SAID), "Words of their own": 0}
    yield State("no thanks?", browser.get("/svar/nej-tak"), "/svar/nej-tak", "You don't want to answer this time?")
    yield State("review, elsewhere", other.get("/svar/gennemse"), "/svar/gennemse", REVIEW, 200, elsewhere)
    yield State("review", browser.get("/svar/gennemse"), "/svar/gennemse", REVIEW, 200, answers)
    sent = browser.send("/svar/gennemse", action="send")
    yield State("receipt", sent, "/svar/kvittering", THANKS, 200, {"Words of their own": 1, "70 201 201": int(drawn)})
    curve = {"<img": int(drawn), "<table": int(drawn), 'class="chart-title"': 1}
    yield State("curve", browser.get("/svar/kurve"), "/svar/kurve", "How it has gone over time", 200, curve)
    yield State("answered before", other.get("/svar"), "/svar", "You have already answered. Thank you")
    browser.get("/svar/kvittering")
    yield State("left", browser.send("/svar/afslut"), "/svar/afslut", "You can close this page")


def on_the_tablet(tablet: Browser, code: str, language: str) -> Iterator[State]:
    """The tablet's own pages, its thanks and its time-outs."""
    yield State("ready", tablet.get("/tablet", sprog=language), "/tablet", READY)
    yield State("a code that opens nothing", tablet.send("/tablet", code="CDFGHJ"), "/tablet", READY, 400)
    yield State("begun", tablet.send("/tablet", code=code), "/svar", START)
    yield State("question", tablet.get("/svar/6"), "/svar/6", "free_text")
    tablet.send("/svar/6", answer_free_text="Words", action="next")
    yield State("still here?", tablet.get("/tablet/er-du-der"), "/tablet/er-du-der", "Are you still here?")
    tablet.get("/svar/gennemse")
    yield State("thanks", tablet.send("/svar/gennemse", action="send"), "/tablet/tak", THANKS)
    tablet.get("/tablet/slut")
    nobody = tablet.get("/tablet", slut="tid", sprog=language)
    yield State("nobody was", nobody, "/tablet", READY, 200, {'role="status"': None})


def who_says_no(browser: Browser) -> Iterator[State]:
    """No thanks, and the link afterwards."""
    browser.get("/svar/nej-tak")
    yield State("said no", browser.send("/svar/nej-tak"), "/svar/nej-tak/tak", "Thank you for telling us")


def without_a_link(nobody: Browser, language: str) -> Iterator[State]:
    """Where there is no link, or no page."""
    for path, status, heading in (
        ("/svar", 404, "Open your link again"),
        ("/b/nothing", 404, "This link does not open anything"),
        ("/link-hjaelp", 200, "This link does not open anything"),
        ("/laesning", 200, "Language and reading"),
        ("/was", 200, "Accessibility statement"),
        ("/min-side", 200, "Sign in to your own page"),
        ("/min-side/oversigt", 401, "You are not signed in"),
        ("/nowhere", 404, "There is nothing here"),
    ):
        yield State(path, nobody.get(path, sprog=language), path, heading, status)


@dataclass
class People:
    """Somebody in each language for each way to answer, asked a month ago and now again."""

    runtime: Runtime
    worker: Actor
    cases: Mapping[tuple[str, str], Case]
    new_browser: Callable[[], Browser]

    def opened(self, language: str, way: str) -> Browser:
        """A browser that has opened the link in the language, at the pace of the way."""
        case = self.cases[language, way]
        browser = self.new_browser()
        browser.client.set_cookie("outcomes-reading", f"pace-{'all' if way == 'all' else 'one'}")
        browser.get(f"/b/{issue_link(self.runtime, case.tenant.scope, occasion_id=case.occasions[NOW])}")
        browser.get("/svar", sprog=language)
        return browser

    def code(self, language: str) -> str:
        """What the worker gives for the tablet."""
        case = self.cases[language, "tablet"]
        add_coordinator(self.runtime, self.worker, case.citizen_id)
        return give_code(self.runtime, self.worker, case.citizen_id, case.occasions[NOW]).code

    def states(self, language: str) -> Iterator[tuple[str, State]]:
        """Every state in the language, each with the way that leads to it."""
        for way, on_the_way in (("one", one_at_a_time), ("all", all_on_one)):
            browser = self.opened(language, way)
            yield from ((way, state) for state in on_the_way(browser))
            ends = to_the_end(browser, self.opened(language, way), drawn=way == "one")
            yield from ((way, state) for state in ends)
        tablet = on_the_tablet(self.new_browser(), self.code(language), language)
        yield from (("tablet", state) for state in tablet)
        yield from (("no", state) for state in who_says_no(self.opened(language, "no")))
        yield from (("beside", state) for state in without_a_link(self.new_browser(), language))


def test_every_state_has_the_same_markup_in_every_language(
    runtime: Runtime, world: World, clock: Clock, new_browser: Callable[[], Browser]
) -> None:
    give_own_words(runtime, world.tenant, "translated", everywhere)
    worker = worker_of(runtime, world)
    course = add_course(runtime, world.tenant, slug="translated", instrument=all_kinds("translated", everywhere))
    wanted = [(language, way) for language in CITIZEN_LOCALES for way in WAYS]
    cases = dict(zip(wanted, add_cases(runtime, course, [None] * len(wanted)), strict=True))
    for language in CITIZEN_LOCALES:
        answer(runtime, get_ticket(runtime, cases[language, "one"]), BEFORE)
    clock.travel(days=31)
    seen: dict[tuple[str, str], list[object]] = {}
    for language in CITIZEN_LOCALES:
        for way, state in People(runtime, worker, cases, new_browser).states(language):
            state.check(seen, way, language)
    assert len(seen) > len(WAYS) * len(SAID)
