"""Somebody in front of a browser, and what every page they meet is checked for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import BrowserContext, Page, Response
from tinyhtml5.parser import HTMLParser

from outcomes.language import LANGUAGE_NAMES, LOCALES, catalogue_directory, gettext, use_locale

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
EXPECTED_STATUS = "Failed to load resource: the server responded with a status of 4"
"""What the browser says of every page that isn't 200; the tests look at the status themselves."""
BEYOND = """() => [...document.querySelectorAll("body *")].filter(each => {
    const box = each.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1) && !each.closest(".skipnav, .sr-only");
}).map(each => each.outerHTML.slice(0, 120))"""
"""What reaches over an edge of the screen."""
AXE_OPTIONS = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
WHOLE_PHRASE = 3
"""From so many words on, a message of the other language is no name or loan word."""


@dataclass
class Visitor:
    """Somebody with a browser, their language and the width of their screen."""

    context: BrowserContext
    language: str
    page: Page = field(init=False)
    document: Response | None = field(init=False, default=None)
    complaints: list[str] = field(default_factory=list)
    forgiven: set[str] = field(default_factory=set)
    """Rules of axe that can't be judged in this visitor's surroundings."""

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._keep_document)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED_STATUS):
            self.complaints.append(message.text)

    def _keep_document(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.document = response

    def word(self, message: str, **values: object) -> str:
        """An interface sentence in the visitor's language."""
        with use_locale(self.language):
            return gettext(message, **values)

    def button(self, message: str, **values: object) -> Locator:
        """The button or link with this sentence on it."""
        words = self.word(message, **values)
        page = self.page
        return page.get_by_role("button", name=words, exact=True).or_(page.get_by_role("link", name=words, exact=True))

    def press(self, message: str, **values: object) -> None:
        """Press a button or link, and wait for the page that it leads to."""
        button = self.button(message, **values)
        with self.page.expect_navigation():
            button.click()

    def heading(self) -> str:
        """The page's heading."""
        return self.page.locator("h1").inner_text()

    def status(self) -> int:
        """HTTP status of the page in front of the visitor."""
        assert self.document is not None
        return self.document.status

    def open(self, url: str) -> None:
        """Go to an address in the visitor's language."""
        self.page.goto(url)
        self.choose_language()

    def choose_language(self) -> None:
        """Press the name of the visitor's language, where the page isn't in it."""
        page, name = self.page, LANGUAGE_NAMES[self.language]
        if page.locator("html").get_attribute("lang") == self.language:
            return
        choice = page.locator(".languages").get_by_role("link", name=name, exact=True)
        if not choice.count():  # in the middle of the questions they are behind one link
            with page.expect_navigation():
                page.locator(".reading-way").click()
            choice = page.get_by_role("button", name=name, exact=True)
        with page.expect_navigation():
            choice.click()

    def sign_in(self, link: str) -> None:
        """Follow a sign-in link of the staff's."""
        self.page.goto(link)
        self.page.locator("main").get_by_role("button").click()
        self.choose_language()

    def look(self, name: str) -> None:
        """Check the page in front of us: markup, axe, console, width, language, headings, words."""
        self.page.wait_for_load_state("load")
        self.check_markup(name)
        self.check_axe(name)
        self.check_width(name)
        self.check_words(name)
        assert self.page.locator("html").get_attribute("lang") == self.language, name
        assert self.page.locator("h1").count() == 1, f"{name}: one h1"
        assert self.page.locator("main").count() == 1, f"{name}: one main"
        assert self.page.title().strip(" –").strip(), name
        assert not self.complaints, f"{name}: {self.complaints}"

    def check_axe(self, name: str) -> None:
        """No violation of any rule that axe knows."""
        if not self.page.evaluate("() => 'beginAxe' in window"):  # where pages run no scripts, we still may
            self.page.evaluate(axe_script())
        found = self.page.evaluate("options => { beginAxe(); return axe.run(options); }", AXE_OPTIONS)
        faults = [
            f"{fault['id']} ({fault['impact']}): {fault['help']}: {[node['html'][:160] for node in fault['nodes'][:3]]}"
            for fault in found["violations"]
            if fault["id"] not in self.forgiven
        ]
        assert not faults, f"{name}: " + json.dumps(faults, indent=1, ensure_ascii=False)

    def check_markup(self, name: str) -> None:
        """The document as it was sent has no parse error."""
        assert self.document is not None
        parser = HTMLParser()
        parser.parse(self.document.text())
        assert not parser.errors, f"{name}: {parser.errors[:5]}"

    def check_width(self, name: str) -> None:
        """Nothing is wider than the screen."""
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name}: the page is {overflow} px wider than the screen: {self.page.evaluate(BEYOND)}"

    def check_words(self, name: str) -> None:
        """No sentence of another language that isn't marked as such, no placeholder that wasn't filled, no code word."""
        text = " ".join(self.page.locator("body").inner_text().split())
        for marked in self.page.locator(f"body [lang]:not([lang={self.language}])").all_inner_texts():
            text = text.replace(" ".join(marked.split()), " ") if marked.strip() else text
        strange = sorted(phrase for phrase in foreign_phrases(self.language) if phrase in text)
        assert not strange, f"{name}: {strange}"
        left = re.findall(r"%\(\w+\)s|\{\{|\bNone\b(?! of)|\bnan\b|Sentence\(", text)
        assert not left, f"{name}: {left}"


@cache
def axe_script() -> str:
    """axe itself, as a function that stands ready on each page: the browser has read it before, and begins it when asked."""
    return f"window.beginAxe = () => {{ if (!window.axe) {{ {Axe().axe_script} }} }};"


@cache
def foreign_phrases(language: str) -> frozenset[str]:
    """Interface phrases that have no place on a page in ``language``: those of Danish and English, beside its own."""
    spoken = {code: _spoken(code) for code in {*LOCALES, language}}
    return frozenset().union(*(spoken[code] for code in LOCALES if code != language)) - spoken[language]


def _spoken(language: str) -> frozenset[str]:
    """The phrases of a language's catalogue."""
    with (catalogue_directory() / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale=language) if message.id]
    return frozenset(phrase for message in messages for phrase in _phrases(message.string))


def _phrases(texts: Any) -> set[str]:
    """The unbroken parts of messages, between placeholders, that are long enough to tell a language by."""
    found = set()
    for text in (texts,) if isinstance(texts, str) else texts:
        for part in re.split(r"%\(\w+\)s|%%", text):
            words = part.strip(" .,:;()–-")
            if len(words.split()) >= WHOLE_PHRASE:
                found.add(words)
    return found
