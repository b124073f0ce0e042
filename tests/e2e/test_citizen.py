"""A citizen answers, from the link in a message to the own curve, in the browsers and with the habits that people have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from outcomes.models import Response
from outcomes.services.demo import content
from outcomes.services.sign_in import organisation_actor
from tests.e2e.people import ask_once_more

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.people import Asked
    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

WORDS = {
    "da": {"mood": "Godt", "friends": "Venner", "why": "Jeg var ikke sulten, og så glemte jeg det.", "half": "0,5"},
    "en": {"mood": "Well", "friends": "Friends", "why": "I wasn't hungry, and then I forgot.", "half": "0.5"},
}


def begin(visitor: Visitor, asked: Asked) -> None:
    """Open the link, choose the language, and press the big button."""
    visitor.open(asked.link)
    visitor.press("Start")


def choose(visitor: Visitor, label: str) -> None:
    """Mark one answer by its words."""
    visitor.page.get_by_label(label, exact=True).check()


def count_responses(demo: Demo, asked: Asked) -> int:
    """How many responses there are to what was asked."""
    with demo.open() as runtime:
        _, scope = organisation_actor(runtime, content.SLUG, "tests")
        with runtime.database.transaction(scope) as session:
            return session.scalar(select(func.count()).where(Response.occasion_id == asked.occasion_id)) or 0


def answer_to_the_end(visitor: Visitor) -> None:
    """From the first question of wellbeing to the review, the first answer each time."""
    while visitor.page.locator(".progress-words").count():
        visitor.page.locator("main input[type=radio]").first.check()
        visitor.press("Next")


def test_the_whole_way(visitor: Visitor, demo: Demo) -> None:
    """Every kind of question and every state of it, the review, the receipt and the curve."""
    asked, words = ask_once_more(demo, "every-kind"), WORDS[visitor.language]
    walk_through_a_question(visitor, asked, words)
    walk_to_the_review(visitor, words)
    walk_to_the_curve(visitor, words)
    assert count_responses(demo, asked) == 1
    visitor.context.clear_cookies()
    visitor.open(asked.link)
    visitor.look("already answered")
    expect(visitor.page.locator("main")).not_to_contain_text(words["why"])


def walk_through_a_question(visitor: Visitor, asked: Asked, words: dict[str, str]) -> None:
    """The link, why and who, and the first question, first without an answer."""
    page = visitor.page
    visitor.open(asked.link)
    assert "/b/" not in page.url, "the link's secret stays in no address bar"
    visitor.look("start")
    expect(page.locator("main")).to_contain_text("Mette Holmsted")
    visitor.press("Start")

    visitor.look("faces")
    visitor.press("Next")
    assert visitor.status() == 400
    assert page.title().startswith(visitor.word("Error:"))
    visitor.look("faces, nothing chosen")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link").click()
    expect(page.locator("main input[type=radio]").first).to_be_focused()
    choose(visitor, words["mood"])
    visitor.press("Next")


def walk_to_the_review(visitor: Visitor, words: dict[str, str]) -> None:
    """Each other kind of question, with what can be wrong about it."""
    page = visitor.page
    visitor.look("scale from 0 to 10")
    choose(visitor, "7")
    visitor.press("Next")

    visitor.look("number")
    field = page.locator("main input[type=text]")
    field.fill("elleve")
    visitor.press("Next")
    assert visitor.status() == 400
    visitor.look("number, not a number")
    expect(field).to_have_value("elleve")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill(words["half"])
    visitor.press("Next")

    visitor.look("free text that only some are asked")
    page.locator("textarea").fill(words["why"])
    visitor.press("Next")

    visitor.look("more than one choice")
    choose(visitor, words["friends"])
    page.locator("main input[type=checkbox]").last.check()
    visitor.press("Next")
    assert visitor.status() == 400, "nobody and friends can't both be"
    visitor.look("more than one choice, at odds")
    page.locator("main input[type=checkbox]").last.uncheck()
    visitor.press("Next")

    visitor.look("line")
    visitor.press("Next")
    assert visitor.status() == 400, "an untouched line is no answer"
    visitor.look("line, not touched")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    visitor.press("Next")

    visitor.look("free text")
    visitor.press("Skip")


def walk_to_the_curve(visitor: Visitor, words: dict[str, str]) -> None:
    """Review, change one answer, send, look at the receipt and the curve."""
    page = visitor.page
    visitor.look("review")
    expect(page.locator("main")).to_contain_text(words["why"])
    expect(page.locator(".answer-words.skipped")).to_have_count(1)
    page.locator(".answer-change a").nth(1).click()
    visitor.look("changing an answer")
    expect(page.get_by_label("7", exact=True)).to_be_checked()
    choose(visitor, "8")
    visitor.press("Save and go back")
    expect(page.locator(".answer-words").nth(1)).to_contain_text("8")
    visitor.press("Send my answers")

    visitor.look("receipt")
    assert page.url.endswith("/svar/kvittering")
    visitor.press("Show my curve")
    visitor.look("own curve")
    expect(page.locator(".chart-title").first).to_be_visible()
    if page.locator("summary").count():  # one answer is a sentence, and has no table
        page.locator("summary").first.click()
        visitor.look("own curve with its table")


def test_a_link_that_opens_nothing(spoken: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The same kind page for a made-up link and for one without a letter; no way to tell which."""
    visitor = visit(spoken, "phone")
    asked = ask_once_more(demo, "wellbeing")
    bodies = []
    for link in (f"{demo.url}/b/{'x' * 22}", asked.link[:-1]):
        visitor.open(link)
        visitor.page.goto(link)
        assert visitor.status() == 404
        bodies.append(visitor.page.locator("main").inner_text())
    assert bodies[0] == bodies[1]
    visitor.look("a link that opens nothing")
    visitor.open(f"{demo.url}/svar")
    assert visitor.status() == 404
    visitor.look("questions without a link")


@pytest.mark.parametrize("instrument", ["child", "influence", "loneliness", "mastery", "wellbeing"])
def test_each_measure_that_ships(instrument: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Every question fits on a phone and passes; skipping all of them is an answer too."""
    visitor = visit("da", "phone")
    begin(visitor, ask_once_more(demo, instrument))
    asked = []
    while visitor.page.locator(".progress-words").count():
        asked.append(visitor.heading())
        visitor.look(f"{instrument}: {asked[-1]}")
        visitor.press("Skip")
    assert len(asked) == len(set(asked)) >= 5
    visitor.look(f"{instrument}: review")
    expect(visitor.page.locator(".answer-words.skipped")).to_have_count(len(asked))
    visitor.press("Send my answers")
    visitor.look(f"{instrument}: receipt")


def test_by_keyboard_alone(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Tab, arrows, space and enter go all the way, and one always sees where one is."""
    visitor = visit("da", "desktop")
    page, keyboard = visitor.page, visitor.page.keyboard
    visitor.open(ask_once_more(demo, "every-kind").link)
    keyboard.press("Tab")
    expect(page.locator(".skipnav")).to_be_focused()
    keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    def tab_to(selector: str) -> None:
        target = page.locator(selector).first
        for _ in range(25):
            keyboard.press("Tab")
            assert shows_focus(visitor), page.evaluate("document.activeElement.outerHTML")
            if target.evaluate("each => each === document.activeElement"):
                return
        pytest.fail(f"no Tab leads to {selector}")

    def send(key: str = "Enter") -> None:
        with page.expect_navigation():
            keyboard.press(key)

    tab_to("main form button")
    send()
    tab_to("main input[type=radio]")
    keyboard.press("ArrowDown")
    expect(page.locator("main input[type=radio]").nth(1)).to_be_checked()
    send()
    tab_to("main input[type=radio]")
    keyboard.press("Space")
    send()
    tab_to("main input[type=text]")
    keyboard.type("3")
    send()
    tab_to("main input[type=checkbox]")
    keyboard.press("Space")
    tab_to("main button[value=next]")
    send("Space")
    tab_to("main input[type=range]")
    keyboard.press("PageUp")
    expect(page.locator(".analogue-state")).to_contain_text(re.compile(r"\d"))
    tab_to("main button[value=next]")
    send()
    tab_to("textarea")
    keyboard.type("Tak")
    tab_to("main button[value=skip]")
    keyboard.press("Shift+Tab")
    send()
    expect(page.locator(".answer-words").last).to_have_text("Tak")
    tab_to("main form button")
    send()
    expect(page.locator("h1")).to_have_text(visitor.word("Thank you. Your answers have been received"))


def shows_focus(visitor: Visitor) -> bool:
    """Whether what has the focus, or the label beside it, is drawn differently for it."""
    marked: bool = visitor.page.evaluate(
        """() => {
            const drawn = (each, pseudo) => {
                if (!each) return false;
                const style = getComputedStyle(each, pseudo);
                return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
            };
            const at = document.activeElement, next = at.nextElementSibling;
            return drawn(at) || drawn(next) || drawn(next, "::before");
        }"""
    )
    return marked


def test_without_scripts(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Nothing needs JavaScript: the line has its number, the summary its links, the receipt its words."""
    visitor = visit("da", "phone", java_script_enabled=False)
    page = visitor.page
    asked = ask_once_more(demo, "every-kind")
    begin(visitor, asked)
    visitor.press("Next")
    expect(page.locator(".error-summary a")).to_have_attribute("href", re.compile("#."))
    choose(visitor, "Godt")
    visitor.press("Next")
    choose(visitor, "10: Meget godt")
    visitor.press("Next")
    page.locator("main input[type=text]").fill("3")
    visitor.press("Next")
    choose(visitor, "Ingen")
    visitor.press("Next")
    expect(page.locator(".analogue-line")).to_be_hidden()
    page.locator("main input[type=text]").fill("62")
    visitor.press("Next")
    page.locator("textarea").fill("<b>Tak</b> & farvel\nog på gensyn")
    visitor.press("Next")
    expect(page.locator(".answer-words").nth(4)).to_contain_text("62")
    expect(page.locator(".answer-words").last).to_have_text("<b>Tak</b> & farvel\nog på gensyn")
    visitor.press("Send my answers")
    assert page.url.endswith("/svar/kvittering")
    visitor.press("Show my curve")
    expect(page.locator(".chart-title").first).to_be_visible()
    assert count_responses(demo, asked) == 1


def test_sending_twice(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Two impatient presses, and the same page sent again from another tab, give one response."""
    visitor = visit("da", "phone")
    asked = ask_once_more(demo, "wellbeing")
    begin(visitor, asked)
    answer_to_the_end(visitor)
    other = visitor.context.new_page()
    other.goto(visitor.page.url)
    visitor.button("Send my answers").dblclick()
    visitor.page.wait_for_url("**/svar/kvittering")
    other.get_by_role("button", name=visitor.word("Send my answers")).click()
    expect(other.locator("h1")).to_have_text(visitor.word("Thank you. Your answers have been received"))
    assert count_responses(demo, asked) == 1


def test_going_back_and_coming_again(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The browser's own back button, a closed browser and another phone lose nothing that was sent."""
    visitor = visit("da", "phone")
    page = visitor.page
    asked = ask_once_more(demo, "wellbeing")
    begin(visitor, asked)
    first = visitor.heading()
    choose(visitor, "Ofte")
    visitor.press("Next")
    choose(visitor, "Slet ikke")
    visitor.press("Next")
    page.go_back()
    page.go_back()
    assert visitor.heading() == first
    expect(page.get_by_label("Ofte", exact=True)).to_be_checked()
    choose(visitor, "Nogle gange")
    visitor.press("Next")
    expect(page.get_by_label("Slet ikke", exact=True)).to_be_checked()
    visitor.press("Back")
    expect(page.get_by_label("Nogle gange", exact=True)).to_be_checked()

    elsewhere = visit("da", "phone")
    elsewhere.open(asked.link)
    elsewhere.press("Go on where you stopped")
    expect(elsewhere.page.locator(".progress-words p")).to_have_text(
        visitor.word("Question %(number)s of %(total)s", number=3, total=5)
    )
    answer_to_the_end(elsewhere)
    elsewhere.look("review of answers given in two browsers")
    expect(elsewhere.page.locator("main")).not_to_contain_text("Nogle gange")
    page.goto(f"{demo.url}/svar/gennemse")
    expect(page.locator(".answer-words").first).to_have_text("Nogle gange")
    elsewhere.page.locator(".answer-change a").first.click()
    elsewhere.look("a question that was answered in another browser")
    elsewhere.press("Keep it and go on")

    elsewhere.press("Send my answers")
    elsewhere.page.go_back()
    page.goto(f"{demo.url}/svar")
    expect(page.locator("h1")).to_have_text(visitor.word("You have already answered. Thank you"))
    assert count_responses(demo, asked) == 1


def test_on_a_device_that_others_use(spoken: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """One press forgets everything here; the page left behind says how to come back, and sent answers stay sent."""
    visitor = visit(spoken, "phone")
    asked = ask_once_more(demo, "wellbeing")
    begin(visitor, asked)
    answer_to_the_end(visitor)
    visitor.press("Send my answers")
    visitor.press("I am done on this device")
    visitor.look("after leaving")
    visitor.open(f"{demo.url}/svar/kvittering")
    assert visitor.status() == 404
    visitor.look("the receipt, after leaving")
    assert count_responses(demo, asked) == 1


def test_before_and_after_the_time(spoken: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Too early: a kind page that says from when. After the last day an answer is still taken."""
    visitor = visit(spoken, "phone")
    early, late = ask_once_more(demo, "wellbeing", in_days=3), ask_once_more(demo, "wellbeing", in_days=-30)
    visitor.open(early.link)
    visitor.look("before one can answer")
    assert visitor.heading() == visitor.word("It is not time to answer yet")
    visitor.open(late.link)
    visitor.look("after the last day")
    visitor.press("Start")
    answer_to_the_end(visitor)
    visitor.press("Send my answers")
    assert count_responses(demo, late) == 1


def test_another_language_on_the_way(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The language can be changed in the middle; what was answered is still there, in the other words."""
    visitor = visit("da", "phone")
    begin(visitor, ask_once_more(demo, "wellbeing"))
    choose(visitor, "Ofte")
    visitor.press("Next")
    visitor.language = "en"
    visitor.choose_language()
    visitor.look("second question in English")
    visitor.press("Back")
    expect(visitor.page.get_by_label("Often", exact=True)).to_be_checked()
    answer_to_the_end(visitor)
    visitor.language = "da"
    visitor.choose_language()
    visitor.look("review, in Danish again")
    expect(visitor.page.locator(".answer-words").first).to_have_text("Slet ikke")


def test_a_page_left_open_for_days(spoken: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """A form whose token is no good any more comes back with everything in it."""
    visitor = visit(spoken, "phone")
    begin(visitor, ask_once_more(demo, "wellbeing"))
    answer = visitor.page.locator("main input[type=radio]").nth(1)
    answer.check()
    visitor.page.locator("input[name=csrf_token]").evaluate("each => { each.value = 'old' }")
    visitor.press("Next")
    assert visitor.status() == 400
    visitor.look("a form that was too old")
    expect(answer).to_be_checked()
    visitor.press("Next")
    expect(visitor.page.locator(".progress-words p")).to_contain_text("2")


@pytest.mark.parametrize(
    "surroundings",
    [
        {"viewport": {"width": 320, "height": 256}},
        {"color_scheme": "dark"},
        {"forced_colors": "active"},
        {"forced_colors": "active", "color_scheme": "dark"},
    ],
    ids=["zoomed to 400 %", "dark", "forced colours", "forced dark colours"],
)
def test_in_other_surroundings(surroundings: dict[str, object], demo: Demo, visit: Callable[..., Visitor]) -> None:
    """A screen zoomed in, dark, or in colours of the system's own."""
    visitor = visit("da", "phone", **surroundings)
    if "forced_colors" in surroundings:  # the system's own colours, which axe takes for the page's
        visitor.forgiven.add("color-contrast")
    visitor.open(ask_once_more(demo, "every-kind").link)
    visitor.look("start")
    visitor.press("Start")
    while visitor.page.locator(".progress-words").count():
        visitor.press("Next")
        visitor.look("a question with an error")
        visitor.press("Skip")
    visitor.look("review")
    visitor.press("Send my answers")
    visitor.look("receipt")
    visitor.press("Show my curve")
    visitor.look("own curve")


def test_large_enough_to_press(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Answers and buttons are at least 44 px, on the smallest phone."""
    visitor = visit("da", "phone", viewport={"width": 320, "height": 600})
    begin(visitor, ask_once_more(demo, "every-kind"))
    while visitor.page.locator(".progress-words").count():
        small = visitor.page.evaluate(
            """() => [...document.querySelectorAll("main label, main button, main input[type=range]")]
                .filter(each => each.control?.type !== "text" && each.control?.tagName !== "TEXTAREA")
                .filter(each => each.offsetParent && each.getBoundingClientRect().height < 43.5)
                .map(each => `${each.innerText} ${each.getBoundingClientRect().height}`)"""
        )
        assert not small, (visitor.heading(), small)
        visitor.press("Skip")


def test_a_question_is_light(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Under 15 kB over the wire for a question after the first one: everything but the page itself is kept by the browser."""
    visitor = visit("da", "phone")
    begin(visitor, ask_once_more(demo, "wellbeing"))
    session = visitor.context.new_cdp_session(visitor.page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    choose(visitor, "Ofte")
    visitor.press("Next")
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.locator(".progress-words p").inner_text().startswith("Spørgsmål 2")
    assert received
    assert 1_000 < sum(received) < 15_000, received
