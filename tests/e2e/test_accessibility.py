"""The citizen's pages for everybody: seven languages, two paces, every state, and the ways in which people read and press.

``docs/accessibility.md`` names these tests, criterion by criterion.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from outcomes.language import CITIZEN_LOCALES
from outcomes.models import Occasion
from outcomes.services.demo import content, staff
from outcomes.services.open_link import issue_link, open_link
from outcomes.services.save_answers import save_answer
from outcomes.services.sign_in import organisation_actor
from outcomes.services.submit_response import submit_response
from outcomes.views.reading import COOKIE, read_reading
from tests.e2e.people import ask_once_more
from tests.e2e.visitor import PHONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.people import Asked
    from tests.e2e.running import Demo
    from tests.e2e.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.database]

NARROW = {"width": 320, "height": 256}
"""A screen of 1280 by 1024 pixels, enlarged four times."""
OTHERS = tuple(code for code in CITIZEN_LOCALES if code not in {"da", "ar"})
SPACED = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } \
p { margin-bottom: 2em !important; }"
"""The values of WCAG 1.4.12, as its bookmarklet sets them."""
ADD_STYLE = """text => {
    const sheet = new CSSStyleSheet(); sheet.replaceSync(text); document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll("body *")].filter(each => {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    if (!each.offsetParent || each.closest(".sr-only, .skipnav, svg") || box.width < 2) return false;
    const hides = value => value !== "visible" && value !== "auto" && value !== "scroll";
    const wide = each.scrollWidth > each.clientWidth + 1, high = each.scrollHeight > each.clientHeight + 1;
    return (each.clientWidth && hides(style.overflowX) && wide) || (each.clientHeight && hides(style.overflowY) && high);
}).map(each => each.outerHTML.slice(0, 120))"""
"""What holds more than it shows."""
SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, summary")].filter(each => {
    if (!each.offsetParent || each.closest(".skipnav, .sr-only")) return false;
    const target = each.matches("input[type=radio], input[type=checkbox]") ? each.labels[0] : each;
    const inSentence = each.matches("a") && getComputedStyle(each).display === "inline" && each.closest("p, li, dd");
    const box = target.getBoundingClientRect();
    return !inSentence && (box.width < 24 || box.height < 24);
}).map(each => each.outerHTML.slice(0, 120))"""
"""What is smaller than a finger needs."""
FOCUS = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return "nothing has the focus";
    const drawn = (each, pseudo) => {
        if (!each) return false;
        const style = getComputedStyle(each, pseudo);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
    };
    const label = at.matches("[type=radio], [type=checkbox]") ? at.labels[0] : null;
    const marked = drawn(at) || drawn(label) || drawn(label, "::before");
    if (!marked) return `not marked: ${at.outerHTML.slice(0, 160)}`;
    const box = (label ?? at).getBoundingClientRect();
    const shown = at.matches(".skipnav") ? at.getBoundingClientRect() : box;
    const left = Math.max(shown.left, 0), right = Math.min(shown.right, innerWidth);
    const top = Math.max(shown.top, 0), bottom = Math.min(shown.bottom, innerHeight);
    if (right - left < 2 || bottom - top < 2) return `outside: ${at.outerHTML.slice(0, 160)}`;
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const own = above && (at.contains(above) || above.contains(at) || label?.contains(above) || above === at);
    return own ? "" : `behind ${above?.outerHTML.slice(0, 80)}: ${at.outerHTML.slice(0, 120)}`;
}"""
"""What is wrong with where the focus is: not marked, outside the window, or behind something else."""
MOVING = """() => [...document.querySelectorAll("*")].filter(each => {
    const style = getComputedStyle(each);
    return style.animationName !== "none" || style.transitionDuration.split(", ").some(one => parseFloat(one) > 0.01);
}).map(each => each.outerHTML.slice(0, 100))"""
"""What moves."""
EDGELESS = """() => [...document.querySelectorAll("button, .button, input, textarea, select")].filter(each => {
    if (!each.offsetParent || each.type === "hidden" || each.closest(".skipnav, .sr-only")) return false;
    const edged = (one, pseudo) => one && ["top", "right", "bottom", "left"].some(side => {
        const style = getComputedStyle(one, pseudo);
        const width = parseFloat(style.getPropertyValue(`border-${side}-width`));
        return style.getPropertyValue(`border-${side}-style`) !== "none" && width > 0;
    });
    const label = each.labels?.[0], line = each.type === "range" ? each.parentElement : null;
    const drawn = edged(each) || edged(label) || edged(label, "::before") || edged(line, "::before");
    return !drawn && !getComputedStyle(each).textDecorationLine.includes("underline");
}).map(each => each.outerHTML.slice(0, 120))"""
"""What is to be pressed or written in, and looks like any words where the system's own colours take every ground away: it has
no edge, nor its label, its mark or, on a line, the line's ends; and no line under it."""
OUT_OF_ORDER = """() => {
    const rightToLeft = document.documentElement.dir === "rtl";
    const words = "h1, h2, h3, p, dt, dd, li, label, button, a, textarea, summary, input[type=text]";
    const blocks = [...document.querySelectorAll(words)].filter(each => {
        const box = each.getBoundingClientRect(), inSentence = getComputedStyle(each).display === "inline";
        return each.checkVisibility() && box.width > 2 && box.height > 2 && !inSentence
            && !each.closest(".sr-only, .skipnav, .demo-mark");
    });
    const shown = blocks.filter(each => !blocks.some(other => other !== each && each.contains(other)));
    return shown.slice(1).flatMap((each, place) => {
        const before = shown[place].getBoundingClientRect(), box = each.getBoundingClientRect();
        const beside = Math.min(before.bottom, box.bottom) - Math.max(before.top, box.top) > 2;
        const wrongSide = rightToLeft ? box.left >= before.right : box.right <= before.left;
        const wrong = beside ? wrongSide : box.top < before.top;
        return wrong ? [[shown[place], each].map(one => one.outerHTML.slice(0, 120))] : [];
    });
}"""
"""What stands higher on the page than what is read before it, or nearer to where its line begins; each after what comes
before it. But for what only a demo says."""
LEFT_OPEN = {"one": 2, "all": 1}
"""By pace: the line, and one at a time the first question too, which two tabs have answered otherwise."""


def read_as(visitor: Visitor, demo: Demo, **choices: str) -> None:
    """Choose how to read, as the page of reading keeps it."""
    cookie = read_reading(choices).cookie()
    visitor.context.add_cookies([{"name": COOKIE, "value": cookie, "url": demo.url}])


def begin(visitor: Visitor, demo: Demo, instrument: str = "every-kind") -> None:
    """Open a link to questions of one's own, in one's own language."""
    visitor.open(ask_once_more(demo, instrument).link)


def answer_a_month_ago(demo: Demo, asked: Asked) -> None:
    """The same questions answered before: there is a curve to draw."""
    with demo.open() as today:
        runtime = replace(today, now=lambda: today.now() - timedelta(days=30))
        _, scope = organisation_actor(runtime, content.SLUG, "tests")
        with runtime.database.transaction(scope) as session:
            now = session.get_one(Occasion, (scope.organisation_id, asked.occasion_id))
            day = runtime.today()
            before = Occasion(
                id=uuid4(), organisation_id=scope.organisation_id, episode_id=now.episode_id, step_id=now.step_id,
                instrument_version_id=now.instrument_version_id, code=f"before-{uuid4().hex[:8]}", sequence=98,
                months=23.0, planned_on=day, opens_on=day, due_on=day, closes_on=day,
            )  # fmt: skip
            session.add(before)
            session.commit()
        ticket = open_link(runtime, issue_link(runtime, scope, occasion_id=before.id))
        save_answer(runtime, ticket, item_id="sleep", value=4)
        submit_response(runtime, ticket, submission_key=uuid4(), locale="da")


def questions(visitor: Visitor, go_on: Callable[[Visitor], None] | None = None) -> Iterator[int]:
    """Each page of questions that one comes to, leaving every question open, or going on as said; ends where the answers
    can be sent."""
    if visitor.page.locator(".one-of-all").count():
        yield 1
        send(visitor, "#review")
        return
    for number in range(1, 20):
        yield number
        (go_on or onward)(visitor)
        if not visitor.page.locator(".progress-words").count():
            return
    pytest.fail("no end of questions")


def onward(visitor: Visitor) -> None:
    """Leave what is on the page unanswered and go on."""
    with visitor.page.expect_navigation():
        visitor.page.locator("main button[value=skip]").click()


def answer(visitor: Visitor) -> bool:
    """Answer on a scale, with a number, several choices and words; whether there was any of them. Nothing is sent by it."""
    page, document = visitor.page, visitor.document
    marks = page.locator(".scale-step:nth-child(8) input").all()
    marks += page.locator(".answer-row input[type=checkbox]").all()[:1]
    for mark in marks:
        mark.check()
    written = {"main .form-input-wrapper input[type=text]": "8", "main textarea": "Ja, og أنام جيدا"}
    fields = [(field, words) for kind, words in written.items() for field in page.locator(kind).all()]
    for field, words in fields:
        field.fill(words)
    assert visitor.document is document, "nothing is sent before a button is pressed"
    return bool(marks or fields)


def answer_and_go_on(visitor: Visitor) -> None:
    """Answer what :func:`answer` can, and leave the rest."""
    if answer(visitor):
        send(visitor, "main button[value=next]")
    else:
        onward(visitor)


def send(visitor: Visitor, selector: str = "main form button.button-primary") -> None:
    """Press what sends the page."""
    with visitor.page.expect_navigation():
        visitor.page.locator(selector).first.click()


def answer_first(visitor: Visitor) -> None:
    """Mark the first answer of the first question."""
    visitor.page.locator("main input[type=radio]").first.check()


@pytest.mark.parametrize("pace", ["one", "all"])
def test_every_state_on_the_way(spoken: str, pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Start, questions, what is wrong, two tabs, review, receipt, curve, afterwards: markup, axe, width, words, headings."""
    visitor = visit(spoken, "phone")
    page = visitor.page
    read_as(visitor, demo, pace=pace)
    asked = ask_once_more(demo, "every-kind")
    answer_a_month_ago(demo, asked)
    visitor.open(asked.link)
    visitor.look("start")
    visitor.press("Start")
    titles, faults = set(), 0
    answer_in_two_tabs(visitor)
    for number in questions(visitor, answer_and_go_on):
        visitor.look(f"questions, page {number}")
        assert page.title() not in titles, "each page has a title of its own"
        titles.add(page.title())
        if page.locator("main input[type=text]").count():
            page.locator("main input[type=text]").first.fill("x")
            send(visitor)
            assert visitor.status() == 400
            assert page.title().startswith(visitor.word("Error:"))
            expect(page.locator(".error-summary")).to_be_focused()
            visitor.look("something to put right")
            page.locator("main input[type=text]").first.fill("")
            faults += 1
        if pace == "all":
            answer(visitor)
            visitor.press("Save")
            visitor.look("saved on the way")
    assert faults == {"one": 2, "all": 1}[pace], "the number and the line"
    visitor.look("review")
    assert page.locator(".answer-words").count() == 6
    assert page.locator(".answer-words.skipped").count() == LEFT_OPEN[pace]
    visitor.press("Send my answers")
    visitor.look("receipt")
    visitor.press("Show my curve")
    expect(page.locator("img.chart-picture")).to_be_visible()
    page.locator("summary").click()
    expect(page.locator("main table")).to_be_visible()
    visitor.look("own curve with its table")
    page.goto(f"{demo.url}/svar/1")
    visitor.look("already answered")
    visitor.context.clear_cookies(name="outcomes")
    page.goto(f"{demo.url}/svar/gennemse")
    assert visitor.status() == 404
    visitor.choose_language()
    visitor.look("after the session is over")


def answer_in_two_tabs(visitor: Visitor) -> None:
    """The first question answered in one tab, and then otherwise in another that was open before."""
    other = visitor.context.new_page()
    other.goto(visitor.page.url)
    answer_first(visitor)
    other.locator("main input[type=radio]").nth(1).check()
    with other.expect_navigation():
        other.locator("main form button[value=next], main form button[value=save]").click()
    other.close()
    where = visitor.page.url
    send(visitor, "main form button[value=next], main form button[value=save]")
    assert visitor.status() == 409
    visitor.look("answered in another tab")
    visitor.page.goto(where)


def test_pages_beside_the_way(spoken: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Reading, the accessibility statement, the front page, a link that opens nothing, an address that isn't there."""
    visitor = visit(spoken, "phone")
    for path in ("/laesning", "/was", "/", "/link-hjaelp", "/findes-ikke"):
        visitor.page.goto(f"{demo.url}{path}?sprog={spoken}")
        visitor.look(path)
    begin(visitor, demo, "wellbeing")
    visitor.page.goto(f"{demo.url}/svar/nej-tak")
    visitor.look("saying no")
    send(visitor)
    visitor.look("after saying no")


def test_help_at_once(spoken: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The page that an answer calls for which tells of danger, while one answers and after it is sent."""
    visitor = visit(spoken, "phone")
    # Somebody whom another worker helps: what the first one has to look at is other tests' matter.
    visitor.open(ask_once_more(demo, "safety-demo", of=staff.HOME_WORKERS[0].email).link)
    visitor.press("Start")
    while visitor.page.locator(".progress-words").count():
        visitor.page.locator("main input[type=radio]").last.check()
        send(visitor)
    expect(visitor.page.locator("a[href='tel:112']")).to_be_visible()
    visitor.look("help at once")
    visitor.page.locator(".onward a").click()
    visitor.press("Send my answers")
    visitor.look("receipt, with help")
    expect(visitor.page.locator("a[href='tel:112']")).to_be_visible()


@pytest.mark.parametrize(("language", "pace"), [(code, ("one", "all")[place % 2]) for place, code in enumerate(OTHERS)])
def test_the_other_languages(language: str, pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """The same way, a shorter round, in each language; on a narrow screen, in the largest letters."""
    visitor = visit(language, "phone", viewport={"width": 320, "height": 640})
    read_as(visitor, demo, pace=pace, size="largest")
    begin(visitor, demo)
    visitor.look("start")
    visitor.page.locator(".reading-link .reading-way").click()
    visitor.look("language and reading")
    visitor.press("Save and go back")
    visitor.press("Start")
    for number in questions(visitor):
        if number == 1:
            visitor.look("questions")
        else:
            visitor.check_width(f"question {number}")
    visitor.look("before sending")
    visitor.press("Send my answers")
    visitor.look("receipt")


@pytest.mark.parametrize("language", ["ar", "so"])
def test_a_language_is_one_press_away_on_every_page(language: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Behind one link on a question, by its own name, and back to the same question."""
    visitor = visit(language, "phone")
    visitor.page.goto(ask_once_more(demo, "wellbeing").link)
    visitor.page.locator("main form button.button-primary").click()
    where = visitor.page.url
    visitor.page.locator(".reading-link .reading-way").click()
    names = visitor.page.locator(f".choose-language button[lang={language}]")
    expect(names).to_have_count(1)
    names.click()
    assert visitor.page.url == where
    root = visitor.page.locator("html")
    expect(root).to_have_attribute("lang", language)
    expect(root).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("pace", ["one", "all"])
def test_nothing_is_cut_or_pushed_out(spoken: str, pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Enlarged four times, in the largest letters, and with WCAG's text spacing: no sideways scrolling, nothing cut."""
    visitor = visit(spoken, "phone", viewport=NARROW)
    page = visitor.page

    def check(name: str) -> None:
        for spaced in (False, True):
            if spaced:
                page.evaluate(ADD_STYLE, SPACED)
            visitor.check_width(f"{name}, spaced {spaced}")
            assert page.evaluate(CUT) == [], f"{name}, spaced {spaced}"
            low = page.locator(".skipnav").evaluate("each => each.getBoundingClientRect().bottom + window.scrollY")
            assert low <= 0, f"{name}, spaced {spaced}: the way past the head lies on it"

    read_as(visitor, demo, pace=pace, size="largest", spacing="wide")
    begin(visitor, demo)
    check("start")
    page.goto(f"{demo.url}/laesning?til=/svar")
    check("reading")
    page.goto(f"{demo.url}/was")
    check("statement")
    page.goto(f"{demo.url}/svar")
    visitor.press("Start")
    for number in questions(visitor):
        check(f"questions, page {number}")
    check("review")
    visitor.press("Send my answers")
    check("receipt")


@pytest.mark.parametrize(
    ("surroundings", "choices"),
    [
        ({}, {"contrast": "strong"}),
        ({"color_scheme": "dark"}, {"contrast": "strong"}),
        ({}, {"contrast": "dark", "spacing": "wide"}),
        ({"color_scheme": "dark"}, {}),
        ({"forced_colors": "active"}, {"contrast": "dark"}),
    ],
    ids=["strong", "strong where the system is dark", "dark", "the system is dark", "forced colours"],
)
def test_colours_of_ones_own(
    surroundings: dict[str, Any], choices: dict[str, str], demo: Demo, visit: Callable[..., Visitor]
) -> None:
    """Strong contrast, light on dark, and the system's own colours: everything is there to be seen."""
    visitor = visit("da", "phone", **surroundings)
    if "forced_colors" in surroundings:  # the system's own colours, which axe takes for the page's
        visitor.forgiven.add("color-contrast")
    read_as(visitor, demo, pace="all", **choices)
    begin(visitor, demo)
    visitor.look("start")
    visitor.press("Start")
    answer_first(visitor)
    visitor.look("all questions, one of them answered")
    if "forced_colors" in surroundings:
        assert visitor.page.locator("main input[type=range]").is_visible()
        assert visitor.page.evaluate(EDGELESS) == []
    visitor.page.goto(f"{demo.url}/laesning?til=/svar")
    visitor.look("reading")


@pytest.mark.parametrize(("language", "pace"), [("ar", "one"), ("so", "all")])
def test_by_keyboard_alone(language: str, pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """From the link to the receipt with Tab, space and enter: the focus always to be seen, and behind nothing."""
    visitor = visit(language, "phone")
    page, keyboard = visitor.page, visitor.page.keyboard
    read_as(visitor, demo, pace=pace)
    begin(visitor, demo)

    def tab_to(selector: str, key: str = "Enter") -> None:
        target = page.locator(selector).first
        assert page.evaluate(OUT_OF_ORDER) == [], page.url
        for _ in range(80):
            keyboard.press("Tab")
            assert page.evaluate(FOCUS) == "", page.url
            if target.evaluate("each => each === document.activeElement"):
                break
        else:
            pytest.fail(f"no Tab leads to {selector}")
        with page.expect_navigation():
            keyboard.press(key)

    tab_to(".reading-link .reading-way")
    tab_to(f".choose-language button[lang={language}]", "Space")
    tab_to("main form button.button-primary")
    while page.locator(".progress-words").count():
        tab_to("main button[value=skip]")
    if pace == "all":
        tab_to("#review", "Space")
    assert visitor.status() == 200
    tab_to("#send", "Space")
    assert visitor.heading() == visitor.word("Thank you. Your answers have been received")


@pytest.mark.parametrize(("language", "pace"), [("uk", "all"), ("tr", "one")])
def test_without_scripts(language: str, pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Every choice and the whole way, in a browser that runs no script."""
    visitor = visit(language, "phone", java_script_enabled=False)
    page = visitor.page
    begin(visitor, demo)
    page.locator(".reading-link .reading-way").click()
    for name, value in (("size", "large"), ("pace", pace), ("wording", "easy")):
        page.locator(f"#{name}-{value}").check()
    visitor.press("Save and go back")
    assert "reading-size-large" in (page.locator("html").get_attribute("class") or "")
    visitor.press("Start")
    pages = sum(1 for _ in questions(visitor))
    assert (pages > 1) is (pace == "one")
    visitor.press("Send my answers")
    assert page.url.endswith("/svar/kvittering")


def test_the_sample_follows_the_choices_before_they_are_saved(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Size, colours, words and pictures can be seen at once, without a script."""
    visitor = visit("da", "phone", java_script_enabled=False)
    page = visitor.page
    page.goto(f"{demo.url}/laesning")
    document = visitor.document
    words = page.locator(".sample-words:visible")
    usual, before = words.inner_text(), words.bounding_box()
    page.locator("#wording-easy").check()
    expect(words).not_to_have_text(usual)
    page.locator("#wording-usual").check()
    page.locator("#size-largest").check()
    after = words.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] > before["height"]
    page.locator("#contrast-dark").check()
    expect(page.locator(".sample")).to_have_css("background-color", "rgb(0, 0, 0)")
    page.locator("#pictures-no").check()
    expect(page.locator(".sample-picture")).to_be_hidden()
    assert visitor.document is document, "nothing is sent before a button is pressed"


@pytest.mark.parametrize("pace", ["one", "all"])
def test_mirrored_from_right_to_left(pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """In Arabic the layout, the scale and the progress run from the right; the numbers themselves don't."""
    visitor = visit("ar", "desktop")
    page = visitor.page
    read_as(visitor, demo, pace=pace)
    begin(visitor, demo)
    visitor.press("Start")
    middle = page.viewport_size["width"] / 2 if page.viewport_size else 0

    def left(selector: str) -> float:
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2

    assert left(".sender") > middle > left(".reading-link")
    assert page.evaluate(OUT_OF_ORDER) == []
    if pace == "one":
        assert left(".back-link") > middle
        expect(page.locator("progress").first).to_have_css("direction", "rtl")
        onward(visitor)
    assert left(".scale-step:first-child") > left(".scale-step:last-child")
    expect(page.locator(".scale-step label").first).to_contain_text("0")
    assert left(".scale-ends p:first-child") > left(".scale-ends p:last-child")
    if pace == "all":
        box = page.locator("main textarea").first
        for words, direction in (("", "rtl"), ("Jeg sover godt", "ltr"), ("أنام جيدا", "rtl"), ("", "rtl")):
            box.fill(words)
            expect(box).to_have_css("direction", direction)


@pytest.mark.parametrize("pace", ["one", "all"])
def test_everything_to_press_is_large_enough(pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """At least 24 by 24 px, on the smallest phone; links inside a sentence stand in its line."""
    visitor = visit("da", "phone", viewport={"width": 320, "height": 640})
    page = visitor.page
    read_as(visitor, demo, pace=pace)
    for path in ("/laesning", "/was"):
        page.goto(demo.url + path)
        assert page.evaluate(SMALL) == [], path
    begin(visitor, demo)
    assert page.evaluate(SMALL) == []
    visitor.press("Start")
    for number in questions(visitor):
        assert page.evaluate(SMALL) == [], number
    assert page.evaluate(SMALL) == []
    visitor.press("Send my answers")
    assert page.evaluate(SMALL) == []


def test_nothing_moves_for_those_who_want_it_still(demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Neither transitions nor animations where the system asks for less motion; nothing plays by itself anywhere."""
    visitor = visit("da", "phone", reduced_motion="reduce")
    begin(visitor, demo)
    visitor.press("Start")
    for path in (visitor.page.url, f"{demo.url}/laesning", f"{demo.url}/was"):
        visitor.page.goto(path)
        assert visitor.page.evaluate(MOVING) == []
        assert visitor.page.locator("[autoplay], marquee, blink, meta[http-equiv=refresh]").count() == 0


@pytest.mark.parametrize("size", [PHONE, {"width": PHONE["height"], "height": PHONE["width"]}], ids=["tall", "wide"])
def test_either_way_up(size: dict[str, int], demo: Demo, visit: Callable[..., Visitor]) -> None:
    """A phone held either way shows the whole page."""
    visitor = visit("da", "phone", viewport=size)
    begin(visitor, demo)
    visitor.press("Start")
    visitor.check_width("question")
    expect(visitor.page.locator("main form button.button-primary").first).to_be_visible()


@pytest.mark.parametrize("pace", ["one", "all"])
def test_help_stands_in_the_same_place(pace: str, demo: Demo, visit: Callable[..., Visitor]) -> None:
    """Head and foot, with whom to call and the way to the languages, are alike from the first page to the last."""
    visitor = visit("da", "phone")
    page = visitor.page
    read_as(visitor, demo, pace=pace)
    begin(visitor, demo, "wellbeing")
    foot = page.locator("footer").inner_text()
    assert page.locator("footer a[href^='tel:']").count() == 1
    visitor.press("Start")
    for _ in questions(visitor):
        assert page.locator("footer").inner_text() == foot
        expect(page.locator("header .reading-link .reading-way")).to_be_visible()
    assert page.locator("footer").inner_text() == foot
    visitor.press("Send my answers")
    assert page.locator("footer").inner_text() == foot
