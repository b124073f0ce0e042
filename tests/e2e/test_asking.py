"""A worker asks: a tablet that two people use, an interview by keyboard alone, and both without a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.people import ask_once_more

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.e2e.people import Asked
    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

OWN_WORDS = "Kun mine egne ord"


def place_of(demo: Demo, asked: Asked, what: str = "spoerg") -> str:
    return f"{demo.url}/borger/{asked.citizen_id}/{what}/{asked.occasion_id}"


def new_code(worker: Visitor, demo: Demo, asked: Asked) -> str:
    """A code from the worker's page."""
    worker.page.goto(place_of(demo, asked))
    with worker.page.expect_navigation():
        worker.page.locator("button[formaction$='/kode']").click()
    return worker.page.locator(".the-code").inner_text()


def enter_code(tablet: Visitor, demo: Demo, code: str) -> None:
    tablet.page.goto(f"{demo.url}/tablet")
    tablet.page.get_by_role("textbox").fill(code)
    with tablet.page.expect_navigation():
        tablet.page.locator("main form button[type=submit]").first.click()


def test_the_ways_of_asking(visitor: Visitor, demo: Demo) -> None:
    """The page to ask from, a code, a link, and who is asked beside the citizen, with what can go wrong."""
    asked = ask_once_more(demo, "every-kind")
    visitor.sign_in(demo.links["worker"])
    page = visitor.page
    page.goto(place_of(demo, asked))
    visitor.look("how to ask")
    for way, name in (("kode", "a code for the tablet"), ("link", "a link to pass on")):
        with page.expect_navigation():
            page.locator(f"button[formaction$='/{way}']").click()
        visitor.look(name)
        page.goto(place_of(demo, asked))
    visitor.press("Who is asked beside the citizen")
    visitor.look("who is asked")
    visitor.press("Add")
    assert visitor.status() == 400
    visitor.look("who is asked, nothing written")
    page.locator("#kind-relative").check()
    page.locator("#name").fill("Bente Prøvesen")
    visitor.press("Add")
    visitor.look("who is asked, somebody added")
    with page.expect_navigation():
        page.locator("form[action$='/slut'] button").first.click()
    expect(page.locator("form[action$='/slut']")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_people_on_one_tablet(demo: Demo, visit: Callable[..., Visitor], scripts: bool) -> None:
    """The second one goes back, reloads and looks through the history: nothing of the first one's is there."""
    asked = ask_once_more(demo, "every-kind")
    worker, tablet = visit("da", "desktop"), visit("da", "phone", java_script_enabled=scripts)
    worker.sign_in(demo.links["worker"])
    page = tablet.page
    code = new_code(worker, demo, asked)
    page.goto(f"{demo.url}/tablet")
    if scripts:
        tablet.look("ready for the next person")
    enter_code(tablet, demo, "CDFGHJ")
    assert tablet.status() == 400
    if scripts:
        tablet.look("a code that opens nothing")
    enter_code(tablet, demo, code)
    assert page.url.endswith("/svar")
    tablet.press("Start")
    page.get_by_label("Godt", exact=True).check()
    tablet.press("Next")
    if scripts:
        tablet.look("a question on a tablet")
    addresses = [page.url, f"{demo.url}/svar/1"]
    while page.locator(".progress-words").count():
        if page.get_by_role("textbox").count() and "mere, du vil sige" in page.locator("main").inner_text():
            page.get_by_role("textbox").fill(OWN_WORDS)
            tablet.press("Next")
        else:
            tablet.press("Skip")
    expect(page.locator("main")).to_contain_text(OWN_WORDS)
    addresses.append(page.url)
    tablet.press("Send my answers")
    assert page.url.endswith("/tablet/tak")
    if scripts:
        tablet.look("thanks on a tablet")
    for _ in range(12):
        page.go_back()
        assert OWN_WORDS not in page.content()
        assert "checked" not in page.content()
        page.reload()
        assert OWN_WORDS not in page.content()
    for address in addresses:
        page.goto(address)
        assert tablet.status() == 404
        assert OWN_WORDS not in page.content()
    enter_code(tablet, demo, code)
    assert tablet.status() == 400, "a code opens once"
    worker.page.goto(place_of(demo, asked))
    expect(worker.page.locator("main")).to_contain_text(worker.word("on a shared device"))


def test_a_tablet_that_nobody_touches(spoken: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """It asks, calmly and beside the questions; a touch is an answer; no touch, and it is ready for the next person."""
    asked = ask_once_more(demo, "every-kind")
    worker, tablet = visit("da", "desktop"), visit(spoken, "phone")
    worker.sign_in(demo.links["worker"])
    code = new_code(worker, demo, asked)
    page = tablet.page
    page.clock.install()
    enter_code(tablet, demo, code)
    tablet.choose_language()
    tablet.press("Start")
    question = page.url
    warning = page.get_by_role("alert")
    page.clock.run_for(119_000)
    expect(warning).to_be_empty()
    page.clock.run_for(3_000)
    expect(warning).to_contain_text(tablet.word("Are you still here?"))
    tablet.look("asked whether somebody is there")
    page.get_by_role("button", name=tablet.word("I am still here"), exact=True).press("Enter")
    expect(warning).to_be_empty()
    page.clock.run_for(122_000)
    page.keyboard.press("Tab")
    expect(warning).to_be_empty()
    with page.expect_navigation():
        page.clock.run_for(182_000)
    assert "/tablet" in page.url
    tablet.choose_language()
    expect(page.locator("h1")).to_have_text(tablet.word("Ready for the next person"))
    tablet.look("ready, after a while")
    page.goto(question)
    assert tablet.status() == 404


def test_without_a_script_a_tablet_asks_and_ends_by_itself(demo: Demo, visit: Callable[..., Visitor]) -> None:
    asked = ask_once_more(demo, "every-kind")
    worker, tablet = visit("da", "desktop"), visit("da", "phone", java_script_enabled=False)
    worker.sign_in(demo.links["worker"])
    enter_code(tablet, demo, new_code(worker, demo, asked))
    refresh = tablet.page.locator("meta[http-equiv=refresh]")
    assert refresh.get_attribute("content") == "300;url=/tablet/er-du-der"
    tablet.page.goto(f"{demo.url}/tablet/er-du-der")
    assert refresh.first.get_attribute("content") in {"300;url=/tablet/er-du-der", "120;url=/tablet/slut"}
    assert "120;url=/tablet/slut" in tablet.page.content()
    tablet.press("I am still here")
    assert tablet.page.url.endswith("/svar")
    tablet.page.goto(f"{demo.url}/tablet/slut")
    assert tablet.page.url.endswith("/tablet?slut=tid")


def mistake_and_take_away(page: Page) -> None:
    """A wrong digit leaves nothing behind, also where a question can't be answered with "doesn't know"."""
    page.keyboard.press("2")
    expect(page.locator("#answer_mood-1")).to_be_checked()
    page.keyboard.press("Backspace")
    expect(page.locator("#question-mood input:checked")).to_have_count(0)


def test_an_interview_by_keyboard_alone(visitor: Visitor, demo: Demo) -> None:
    """Every kind of answer, from the link that opens the screen to the receipt, without touching the mouse."""
    asked = ask_once_more(demo, "every-kind")
    visitor.sign_in(demo.links["worker"])
    page = visitor.page
    page.goto(f"{place_of(demo, asked, 'interview')}?ord={visitor.language}")
    visitor.look("an interview")
    keys = page.keyboard

    page.locator("#mode-interview").focus()
    keys.press("ArrowDown")
    expect(page.locator("#mode-phone")).to_be_checked()
    keys.press("Enter")
    mistake_and_take_away(page)
    keys.press("3")
    expect(page.locator("#answer_mood-2")).to_be_checked()
    keys.press("Enter")
    keys.type("10")
    expect(page.locator("#answer_sleep-10")).to_be_checked()
    keys.press("ArrowLeft")
    expect(page.locator("#answer_sleep-9")).to_be_checked()
    keys.press("Enter")
    keys.type("0,5")
    keys.press("Enter")
    keys.press("1")
    keys.press("2")
    expect(page.locator("#answer_with-1")).to_be_checked()
    keys.press("2")
    expect(page.locator("#answer_with-1")).not_to_be_checked()
    keys.press("Enter")
    keys.type("60")
    keys.press("Enter")
    keys.type("Tak for alt, v og x")
    keys.press("Tab")
    with page.expect_navigation():
        keys.press("Enter")
    visitor.look("an interview that brought a question")
    expect(page.get_by_role("status")).to_contain_text(
        visitor.word("Saved. The answers have brought more questions. Ask them too, and then send.")
    )
    why = page.locator("#answer_why")
    why.focus()
    keys.type("Ingen appetit")
    end = page.locator("[data-end] button").first
    end.focus()
    with page.expect_navigation():
        keys.press("Enter")
    visitor.look("an interview, sent")
    page.goto(place_of(demo, asked))
    page.locator("main details summary").first.click()
    visitor.look("whose answers")
    expect(page.locator(".said")).to_contain_text("Tak for alt, v og x")
    expect(page.locator(".said")).to_contain_text("Ingen appetit")
    expect(page.locator("main")).to_contain_text(re.compile(visitor.word("by phone")))


def test_an_interview_without_a_script(demo: Demo, visit: Callable[..., Visitor]) -> None:
    asked = ask_once_more(demo, "every-kind")
    worker = visit("da", "desktop", java_script_enabled=False)
    worker.sign_in(demo.links["worker"])
    page = worker.page
    page.goto(place_of(demo, asked, "interview"))
    expect(page.locator("[data-keys]")).to_be_hidden()
    page.locator("#answer_meals").fill("99")
    worker.press("Send the answers")
    assert worker.status() == 400
    page.locator("#answer_meals").fill("3")
    page.locator("#ord").select_option("en")
    worker.press("Change language")
    expect(page.locator("#answer_meals")).to_have_value("3")
    expect(page.locator("main")).to_contain_text("How are you?")
    worker.press("Save for later")
    expect(page.locator("#answer_meals")).to_have_value("3")
    worker.press("Send the answers")
    expect(page.locator("h1")).to_have_text(worker.word("The answers are stored"))
