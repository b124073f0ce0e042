"""Whatever is asked and however: what was answered is what is stored, and what is shown again, by both paces."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from outcomes.instruments import NonAnswer, parse_instrument
from outcomes.services.open_link import issue_link
from tests.integration.builders import add_case, add_course, add_tenant, small_instrument
from tests.integration.views.conftest import Browser

if TYPE_CHECKING:
    from flask import Flask

    from outcomes.instruments import Instrument, Item
    from outcomes.services.runtime import Runtime
    from tests.conftest import ServerDatabase

pytestmark = pytest.mark.database

PLAIN = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf", "Co", "Cn")), min_size=1
)
TYPES = ("single_choice", "multi_choice", "number", "scale_0_10", "visual_analogue", "free_text")
EITHER = {"da": "Det ene", "en": "This"}
ENDS = {"low": {"da": "Lidt", "en": "Little"}, "high": {"da": "Meget", "en": "Much"}}


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
    if kind in {"scale_0_10", "visual_analogue"}:
        made["ends"] = ENDS
    if kind == "number":
        made |= {"minimum": 0, "maximum": 50}
    if draw(st.booleans()):
        made["no_answer"] = ["dont_know", "prefer_not"]
    if number and draw(st.booleans()):
        made["show_if"] = {"item": f"q{draw(st.integers(0, number - 1))}", "answered": draw(st.booleans())}
    return made


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    items = [draw(item(number)) for number in range(draw(st.integers(1, 5)))]
    return parse_instrument(
        {**small_instrument().to_mapping(), "key": f"any-{uuid4().hex[:12]}", "items": items, "scales": []}
    )


def answer_to(asked: Item) -> st.SearchStrategy[Any]:
    said: dict[str, st.SearchStrategy[Any]] = {
        "single_choice": st.integers(0, 3),
        "multi_choice": st.lists(st.integers(0, 3), min_size=1, unique=True).map(sorted),
        "number": st.integers(0, 50),
        "scale_0_10": st.integers(0, 10),
        "visual_analogue": st.integers(0, 100),
        "free_text": PLAIN.filter(str.strip).map(lambda words: words[:200]),
    }
    instead = st.sampled_from(asked.no_answer) if asked.no_answer else st.none()
    return st.one_of(said[asked.type.value], instead, st.none())


def fields(asked: Item, value: Any, name: str) -> dict[str, Any]:
    """What a browser sends for an answer."""
    if value is None:
        return {}
    if isinstance(value, NonAnswer):
        return {f"{name}_no": value.value}
    return {name: [str(one) for one in value] if isinstance(value, list) else str(value)}


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
    return int(found.group(1)) if found and found.group(1) else None


@pytest.fixture
def world(runtime: Runtime) -> Any:
    return add_tenant(runtime)


@pytest.mark.parametrize("pace", ["one", "all"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_what_was_answered_is_stored_and_shown_again(
    runtime: Runtime, world: Any, app: Flask, database: ServerDatabase, pace: str, data: st.DataObject
) -> None:
    instrument = data.draw(instruments())
    course = add_course(runtime, world, slug=f"any-{uuid4().hex[:12]}", instrument=instrument)
    case = add_case(runtime, course)
    browser = Browser(app.test_client())
    browser.client.set_cookie("outcomes-reading", f"pace-{pace}")
    browser.get(f"/b/{issue_link(runtime, world.scope, occasion_id=case.occasions['start'])}", sprog="da")
    given_answers = {each.id: data.draw(answer_to(each), label=each.id) for each in instrument.items}
    answer = answer_one_by_one if pace == "one" else answer_all
    sent, said = answer(browser, instrument, given_answers)
    assert browser.html.count("Kvittering"), sent
    with database.admin() as connection:
        row = connection.execute(
            text("SELECT answers, hidden_answers, non_answers FROM response WHERE occasion_id = :id"),
            {"id": case.occasions["start"]},
        ).one()
    given_ones = {each: value for each, value in sent.items() if is_answer(value)}
    assert row.answers == given_ones
    assert row.hidden_answers == {
        each: given_answers[each] for each in said - sent.keys() if is_answer(given_answers[each])
    }
    assert row.non_answers == {
        each: value.value if isinstance(value, NonAnswer) else "skipped"
        for each, value in sent.items()
        if each not in given_ones
    }


def is_answer(value: Any) -> bool:
    return value is not None and not isinstance(value, NonAnswer)


def answer_one_by_one(
    browser: Browser, instrument: Instrument, answers: dict[str, Any]
) -> tuple[dict[str, Any], set[str]]:
    """Answer each question that is asked; each is looked at again before the next. Gives what was asked and said in the
    end, and everything that was said on the way."""
    said: dict[str, Any] = {}
    response = browser.send("/svar")
    while (path := response.request.path).removeprefix("/svar/").isdigit():
        name = re.search(r'name="item" value="([^"]*)"', browser.html)
        assert name
        asked = instrument.item(name.group(1))
        value = answers[asked.id]
        said[asked.id] = value
        action = "skip" if value is None else "next"
        page, response = browser.html, browser.send(path, action=action, **fields(asked, value, f"answer_{asked.id}"))
        assert response.status_code == 200, (asked, value, page)
        onward = browser.html
        browser.get(path)
        assert shown(browser.html, asked) == value
        browser.html = onward
    assert path == "/svar/gennemse"
    browser.send("/svar/gennemse", action="send")
    return said, set(said)


def answer_all(browser: Browser, instrument: Instrument, answers: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Answer all that stands on the page and save, until nothing new is asked; then send it. Gives the same as above."""
    browser.send("/svar")
    known: list[str] = []
    said: set[str] = set()
    while True:
        seen = dict(re.findall(r'name="(seen_[^"]+)" value="([^"]+)"', browser.html))
        asked = [name.removeprefix("seen_") for name in seen]
        filled: dict[str, Any] = {}
        for each in asked:
            filled |= fields(instrument.item(each), answers[each], f"answer_{each}")
        if asked == known:
            browser.send("/svar/alle", action="review", **seen, **filled)
            browser.send("/svar/gennemse", action="send")
            return {each: answers[each] for each in asked}, said
        known = asked
        said |= set(asked)
        response = browser.send("/svar/alle", action="save", **seen, **filled)
        assert response.status_code == 200, browser.html
        still = {
            name.removeprefix("seen_") for name, _ in re.findall(r'name="(seen_[^"]+)" value="([^"]+)"', browser.html)
        }
        for each in still & set(asked):
            assert shown(browser.html, instrument.item(each)) == answers[each]
