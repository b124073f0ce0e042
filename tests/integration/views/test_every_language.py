"""Every page of the citizen's is the same page in each language: other words in the same markup.

So what axe finds, or doesn't, in Danish and Arabic (``tests/e2e/test_accessibility.py``) holds for the other five too, at
both paces and in every state.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from outcomes.language import CITIZEN_LOCALES
from outcomes.services.give_code import give_code
from outcomes.services.open_link import issue_link
from outcomes.services.sign_in import make_actor
from outcomes.store.organisations import find_user
from tests.integration.views.test_citizen import ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.services.runtime import Runtime
    from tests.integration.views.conftest import Browser, World

MEANS = {
    "aria-describedby", "aria-hidden", "aria-invalid", "aria-labelledby", "autocomplete", "checked", "class", "disabled",
    "for", "id", "maxlength", "max", "min", "name", "novalidate", "required", "role", "scope", "tabindex", "type",
}  # fmt: skip
"""Attributes that say what an element is; the others hold words, languages and addresses."""
PACES = ("one", "all")


class Markup(HTMLParser):
    """The elements of a page in their order, without words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.root: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.root = dict(attrs)
        self.found.append((tag, tuple(each for each in attrs if each[0] in MEANS)))


def states_before_sending(browser: Browser, pace: str) -> Iterator[tuple[str, str]]:
    """Each state on the way, in the language in force; nothing is answered."""
    browser.client.set_cookie("outcomes-reading", f"pace-{pace}")
    yield "start", browser.get("/svar").get_data(as_text=True)
    if pace == "one":
        for number, item in enumerate(ITEMS, 1):
            yield item, browser.get(f"/svar/{number}").get_data(as_text=True)
        browser.send("/svar/1", answer_enjoyed="forged", action="next")
        yield "a fault", browser.html
        browser.get("/svar/2")
        yield "a page that was open too long", browser.send("/svar/2", csrf_token="old").get_data(as_text=True)
    else:
        yield "all", browser.get("/svar/alle").get_data(as_text=True)
        yield "a fault", browser.send("/svar/alle", action="save", answer_enjoyed="forged").get_data(as_text=True)
    for name in ("gennemse", "nej-tak"):
        yield name, browser.get(f"/svar/{name}").get_data(as_text=True)


def on_the_tablet(tablet: Browser, code: str, language: str) -> Iterator[tuple[str, str]]:
    """The tablet's own pages and its time-outs."""
    yield "ready", tablet.html
    yield "a code that opens nothing", tablet.send("/tablet", code="CDFGHJ").get_data(as_text=True)
    yield "begun", tablet.send("/tablet", code=code).get_data(as_text=True)
    yield "still here?", tablet.get("/tablet/er-du-der").get_data(as_text=True)
    tablet.get("/tablet/slut")
    yield "nobody was", tablet.get("/tablet", slut="tid", sprog=language).get_data(as_text=True)


def afterwards(browser: Browser, other: Browser, nobody: Browser, language: str) -> Iterator[tuple[str, str]]:
    """What comes after sending, for whoever sent and for others; and where there is no link, or no page."""
    yield "receipt", browser.get("/svar/kvittering", sprog=language).get_data(as_text=True)
    yield "curve", browser.get("/svar/kurve", sprog=language).get_data(as_text=True)
    yield "already answered", other.get("/svar", sprog=language).get_data(as_text=True)
    for path in (
        "/svar",
        "/b/nothing",
        "/link-hjaelp",
        "/laesning",
        "/was",
        "/min-side",
        "/min-side/oversigt",
        "/nowhere",
    ):
        yield path, nobody.get(path, sprog=language).get_data(as_text=True)


def check(
    seen: dict[tuple[str, str], list[object]], language: str, kind: str, pages: Iterator[tuple[str, str]]
) -> None:
    for name, html in pages:
        page = Markup(html)
        where = f"{kind}, {name}, in {language}"
        assert page.root["lang"] == language, where
        assert page.root["dir"] == ("rtl" if language == "ar" else "ltr"), where
        usual = seen.setdefault((kind, name), page.found)
        different = [pair for pair in zip(usual, page.found, strict=False) if pair[0] != pair[1]]
        assert page.found == usual, f"{where}: {different[:3]}"


def test_every_state_has_the_same_markup_in_every_language(
    runtime: Runtime, world: World, citizen: Browser, new_browser: Callable[[], Browser]
) -> None:
    seen: dict[tuple[str, str], list[object]] = {}
    with runtime.database.transaction(world.tenant.scope) as session:
        user = find_user(session, email="worker@example.org")
        assert user is not None
        worker = make_actor(user)
    for language in CITIZEN_LOCALES:
        citizen.get("/svar", sprog=language)
        for pace in PACES:
            check(seen, language, pace, states_before_sending(citizen, pace))
        tablet = new_browser()
        tablet.get("/tablet", sprog=language)
        code = give_code(runtime, worker, world.case.citizen_id, world.case.occasions["start"]).code
        check(seen, language, "tablet", on_the_tablet(tablet, code, language))
    citizen.client.delete_cookie("outcomes-reading")
    for number, item in enumerate(ITEMS, 1):
        citizen.get(f"/svar/{number}")
        citizen.send(f"/svar/{number}", **{f"answer_{item}": "3", "action": "next"})
    citizen.get("/svar/gennemse")
    citizen.send("/svar/gennemse", action="send")
    other = new_browser()
    other.get(f"/b/{issue_link(runtime, world.tenant.scope, occasion_id=world.case.occasions['start'])}")
    for language in CITIZEN_LOCALES:
        check(seen, language, "after", afterwards(citizen, other, new_browser(), language))
    assert len(seen) > 2 * len(ITEMS)
