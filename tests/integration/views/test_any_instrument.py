"""Whatever is asked and however: what was answered is what is stored, scored and shown again, by both paces, also where an
answer is changed on the way and hides other questions or brings new ones."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from outcomes.instruments import Instrument, NonAnswer, parse_instrument
from outcomes.services.open_link import issue_link
from tests.integration.builders import add_case, add_course, add_tenant, small_instrument
from tests.integration.views.conftest import ASKED, Browser

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from outcomes.instruments import Item
    from outcomes.services.runtime import Runtime
    from tests.conftest import ServerDatabase

pytestmark = pytest.mark.database

ANY = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn"), include_characters="\n"), max_size=60
)
"""Whatever can be written: letters of any script, spaces of every kind, line breaks, and signs that nobody sees."""
WORDS = st.tuples(ANY, st.sampled_from("aØش7?"), ANY).map(lambda parts: "".join(parts).strip())
TYPES = ("single_choice", "multi_choice", "number", "scale_0_10", "visual_analogue", "free_text")
ENDS = {"low": {"da": "Lidt", "en": "Little"}, "high": {"da": "Meget", "en": "Much"}}
ALONE = 3
"""The answer to several choices that means none of the others."""
INSTEAD = {NonAnswer.DONT_KNOW: "Det ved jeg ikke", NonAnswer.PREFER_NOT: "Jeg vil ikke svare"}
SKIPPED = "Du sprang det over"


@st.composite
def item(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(TYPES))
    made: dict[str, Any] = {
        "id": f"q{number}", "type": kind, "wording": {"da": f"Spørgsmål {number}?", "en": f"Question {number}?"},
    }  # fmt: skip
    if kind in {"single_choice", "multi_choice"}:
        made["options"] = [
            {"value": value, "wording": {"da": f"Svar {value}", "en": f"Answer {value}"}} for value in range(4)
        ]
    if kind == "multi_choice":
        made["options"][ALONE]["exclusive"] = True
    if kind in {"scale_0_10", "visual_analogue"}:
        made["ends"] = ENDS
    if kind == "number":
        made |= {"minimum": draw(st.sampled_from((-20, 0))), "maximum": 20, "step": draw(st.sampled_from((1, 0.25)))}
    if draw(st.booleans()):
        made["no_answer"] = ["dont_know", "prefer_not"]
    if number and draw(st.booleans()):
        made["show_if"] = {"item": f"q{draw(st.integers(0, number - 1))}", "answered": draw(st.booleans())}
    return made


def make_instrument(items: list[dict[str, Any]], turned: list[str]) -> Instrument:
    """The questions; where some are scales from 0 to 10, their sum is a score, ``turned`` around before."""
    scored = [each["id"] for each in items if each["type"] == "scale_0_10"]
    scale = {
        "key": "sum", "title": {"da": "Sum", "en": "Sum"}, "items": scored, "range": [0, 10 * len(scored)],
        "reversed": turned, "missing": {"min_answered": 1, "fill": "prorate"}, "direction": "higher_is_better",
    }  # fmt: skip
    made = {"key": f"any-{uuid4().hex[:12]}", "items": items, "scales": [scale] if scored else []}
    return parse_instrument(small_instrument().to_mapping() | made)


@dataclass
class Plan:
    """A questionnaire, what somebody answers to its questions, and what they change it to before they send."""

    instrument: Instrument
    answers: dict[str, Any]
    otherwise: dict[str, Any]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to five questions with an answer each, and another answer to one that is asked."""
    items = [draw(item(number)) for number in range(draw(st.integers(1, 5)))]
    scored = [each["id"] for each in items if each["type"] == "scale_0_10"]
    instrument = make_instrument(items, draw(st.lists(st.sampled_from(scored), unique=True)) if scored else [])
    answers = {each.id: draw(answer_to(each)) for each in instrument.items}
    changed = draw(st.sampled_from(list(asked_of(instrument, answers))))
    return Plan(instrument, answers, answers | {changed: draw(answer_to(instrument.item(changed)))})


def hidden_and_brought() -> Plan:
    """Every number below is turned around or has decimals, and the change hides one of them and brings another."""
    wording = {"da": "Spørgsmål {}?", "en": "Question {}?"}
    kinds: list[dict[str, Any]] = [
        {"type": "free_text"},
        {"type": "scale_0_10", "ends": ENDS},
        {"type": "scale_0_10", "ends": ENDS, "show_if": {"item": "q0", "answered": True}},
        {"type": "number", "minimum": -20, "step": 0.25, "show_if": {"item": "q0", "answered": False}},
    ]
    items = [
        {"id": f"q{number}", "wording": {code: words.format(number) for code, words in wording.items()}, **kind}
        for number, kind in enumerate(kinds)
    ]
    answers = {"q0": "Ja\n\n  og nej", "q1": 2, "q2": 9, "q3": -0.75}
    return Plan(make_instrument(items, ["q1"]), answers, {**answers, "q0": None})


def answer_to(asked: Item) -> st.SearchStrategy[Any]:
    """An answer that the question allows, what may be said in place of one, or nothing."""
    low, step = asked.minimum or 0, asked.step
    some = st.lists(st.integers(0, ALONE - 1), min_size=1, unique=True).map(sorted)
    said: dict[str, st.SearchStrategy[Any]] = {
        "single_choice": st.integers(0, 3),
        "multi_choice": st.one_of(some, st.just([ALONE])),
        "number": st.integers(0, int((20 - low) / step)).map(lambda steps: low + steps * step),
        "scale_0_10": st.integers(0, 10),
        "visual_analogue": st.integers(0, 100),
        "free_text": WORDS,
    }
    return st.one_of(said[asked.type.value], st.sampled_from((*asked.no_answer, None)))


def in_danish(number: float) -> str:
    """A number as people write it, with a comma."""
    return f"{number:g}".replace(".", ",")


def fields(asked: Item, value: Any) -> dict[str, Any]:
    """What a browser sends for an answer."""
    name = f"answer_{asked.id}"
    if value is None:
        return {}
    if isinstance(value, NonAnswer):
        return {f"{name}_no": value.value}
    if isinstance(value, str):
        return {name: value.replace("\n", "\r\n")}
    return {name: [str(one) for one in value] if isinstance(value, list) else in_danish(value)}


def shown(page: str, asked: Item) -> Any:
    """The answer that a page of the question shows."""
    name = f"answer_{asked.id}"
    inputs = [tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}' in tag]
    marked = [re.search(r'name="([^"]*)" value="([^"]*)"', tag) for tag in inputs if tag.endswith(" checked>")]
    chosen = [found.groups() for found in marked if found]
    if any(each == f"{name}_no" for each, _ in chosen):
        return NonAnswer(chosen[0][1])
    values = [int(value) for _, value in chosen]
    match asked.type.value:
        case "multi_choice":
            return values or None
        case "single_choice" | "scale_0_10":
            return values[0] if values else None
        case "free_text":
            found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
            return html.unescape(found.group(1)) or None if found else None
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    written = found.group(1).replace(",", ".").replace("\N{MINUS SIGN}", "-") if found else ""
    return float(written) if written else None


def on_review(page: str) -> list[tuple[str, str]]:
    """Questions and answers as the review shows them."""
    lines = re.findall(r"<dt>(.*?)</dt>\s*<dd class=\"answer-words[^>]*>(.*?)</dd>", page, re.DOTALL)
    return [
        (question.strip(), html.unescape(re.sub(r"</?span[^>]*>", "", answer)).strip()) for question, answer in lines
    ]


def in_words(asked: Item, value: Any) -> str:
    """An answer as the review should say it."""
    if value is None or isinstance(value, NonAnswer):
        return SKIPPED if value is None else INSTEAD[value]
    match asked.type.value:
        case "single_choice":
            return f"Svar {value}"
        case "multi_choice":
            return ", ".join(f"Svar {each}" for each in value)
        case "scale_0_10" | "visual_analogue":
            return f"{value} ud af {10 if asked.type.value == 'scale_0_10' else 100}"
        case "number":
            return in_danish(value).replace("-", "\N{MINUS SIGN}")
    return str(value)


def is_answer(value: Any) -> bool:
    return value is not None and not isinstance(value, NonAnswer)


def asked_of(instrument: Instrument, said: dict[str, Any]) -> dict[str, Any]:
    """The questions that are asked of somebody who has said this, with what they said."""
    asked: dict[str, Any] = {}
    for each in instrument.items:
        condition = each.show_if
        if condition is None or is_answer(asked.get(condition.item or "")) is condition.answered:
            asked[each.id] = said.get(each.id)
    return asked


def scores_of(instrument: Instrument, asked: dict[str, Any]) -> list[tuple[float | None, int]]:
    """The sum of what was answered, some of it turned around, scaled up to all; and of how many answers."""
    scores: list[tuple[float | None, int]] = []
    for scale in instrument.scales:
        given_ones = {each: asked[each] for each in scale.items if is_answer(asked.get(each))}
        values = [10 - value if each in scale.reversed else value for each, value in given_ones.items()]
        whole = pytest.approx(sum(values) * len(scale.items) / len(values)) if values else None
        scores.append((whole, len(values)))
    return scores


@pytest.fixture
def world(runtime: Runtime) -> Any:
    return add_tenant(runtime)


@pytest.mark.parametrize("pace", ["one", "all"])
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@example(plan=hidden_and_brought())
@given(plan=plans())
def test_what_was_answered_is_stored_and_shown_again(
    runtime: Runtime, world: Any, app: Flask, database: ServerDatabase, pace: str, plan: Plan
) -> None:
    instrument = plan.instrument
    case = add_case(runtime, add_course(runtime, world, slug=f"any-{uuid4().hex[:12]}", instrument=instrument))
    browser = Browser(app.test_client())
    browser.client.set_cookie("outcomes-reading", f"pace-{pace}")
    browser.get(f"/b/{issue_link(runtime, world.scope, occasion_id=case.occasions['start'])}", sprog="da")
    answer = answer_one_by_one if pace == "one" else answer_all
    said = answer(browser, instrument, plan.answers, plan.otherwise)
    asked = asked_of(instrument, said)
    assert on_review(browser.html) == [
        (f"Spørgsmål {each.removeprefix('q')}?", in_words(instrument.item(each), value))
        for each, value in asked.items()
    ]
    assert browser.send("/svar/gennemse", action="send").request.path == "/svar/kvittering"
    check_stored(database, case.occasions["start"], instrument, asked, said)


def check_stored(
    database: ServerDatabase, occasion_id: UUID, instrument: Instrument, asked: dict[str, Any], said: dict[str, Any]
) -> None:
    """What was asked in the end is an answer or the lack of one, what was hidden is kept beside it, and isn't scored."""
    with database.admin() as connection:
        row = connection.execute(
            text("SELECT id, answers, hidden_answers, non_answers FROM response WHERE occasion_id = :id"),
            {"id": occasion_id},
        ).one()
        scores = connection.execute(
            text("SELECT value, n_answered FROM score WHERE response_id = :id"), {"id": row.id}
        ).all()
    assert row.answers == {each: value for each, value in asked.items() if is_answer(value)}
    assert row.hidden_answers == {each: value for each, value in said.items() if each not in asked and is_answer(value)}
    assert row.non_answers == {
        each: value.value if isinstance(value, NonAnswer) else "skipped"
        for each, value in asked.items()
        if not is_answer(value)
    }
    assert [tuple(score) for score in scores] == scores_of(instrument, asked)


def answer_one_by_one(
    browser: Browser, instrument: Instrument, answers: dict[str, Any], otherwise: dict[str, Any]
) -> dict[str, Any]:
    """Answer each question that is asked, looking at it again before the next; at the review, change one answer, and
    answer what that brings. Gives what was said in the end to every question that was asked on the way."""
    said: dict[str, Any] = {}

    def to_review(path: str) -> None:
        while not path.startswith("/svar/gennemse"):
            page = ASKED.search(browser.html)
            assert page
            asked = instrument.item(page[1])
            value = said[asked.id] = otherwise[asked.id] if asked.id in said else answers[asked.id]
            sent = {"action": "skip" if value is None else "next", "item": asked.id, "seen": page[2]}
            response = browser.send(path, **sent, **fields(asked, value))
            assert response.status_code == 200, (asked, value)
            onward = browser.html
            browser.get(path.partition("?")[0])
            if asked.id in asked_of(instrument, said):
                assert shown(browser.html, asked) == value
            browser.html, path = onward, response.request.full_path.removesuffix("?")

    to_review(browser.send("/svar").request.path)
    changed = next((each for each in answers if otherwise[each] != answers[each]), None)
    if changed is not None:
        number = list(asked_of(instrument, said)).index(changed) + 1
        browser.get(f"/svar/{number}", change="1")
        assert shown(browser.html, instrument.item(changed)) == answers[changed]
        to_review(f"/svar/{number}?change=1")
    return said


def answer_all(
    browser: Browser, instrument: Instrument, answers: dict[str, Any], otherwise: dict[str, Any]
) -> dict[str, Any]:
    """Answer all that stands on the page and save, until nothing new is asked; then change one answer, save until
    nothing new is asked again, and go on to the review. Gives the same as above."""
    browser.send("/svar")
    said: dict[str, Any] = {}
    for now in (answers, otherwise):
        known: list[str] = []
        while (asked := list(seen_on(browser))) != known:
            known = asked
            said |= {each: now[each] for each in asked}
            assert send_all(browser, instrument, said, "save") == 200
            for each in seen_on(browser):
                assert each not in said or shown(browser.html, instrument.item(each)) == said[each]
    assert send_all(browser, instrument, said, "review") == 200
    return said


def seen_on(browser: Browser) -> dict[str, str]:
    """The questions on the page of all, with what the page was made from."""
    return dict(re.findall(r'name="seen_([^"]+)" value="([^"]+)"', browser.html))


def send_all(browser: Browser, instrument: Instrument, said: dict[str, Any], action: str) -> int:
    """Send what stands on the page of all questions."""
    sent: dict[str, Any] = {"action": action}
    for each, seen in seen_on(browser).items():
        sent |= {f"seen_{each}": seen} | fields(instrument.item(each), said[each])
    return browser.send("/svar/alle", **sent).status_code
