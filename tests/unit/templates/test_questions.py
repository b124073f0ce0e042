"""The question page: each answer type drawn from a real instrument, by label, keyboard and without script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from outcomes.forms.build import build_question_form
from outcomes.instruments import Instrument, Item, shipped_instruments

NAME = "pages/citizen/question.html"
TYPES = ("single_choice", "multi_choice", "scale_0_10", "visual_analogue", "number", "free_text")


def find_item(kind: str, *, with_faces: bool = False) -> tuple[Instrument, Item]:
    """The first shipped question of a type."""
    for instrument in shipped_instruments():
        for item in instrument.items:
            faces = any(option.symbol for option in item.options)
            if item.type == kind and item.wording and faces == with_faces:
                return instrument, item
    raise LookupError(kind)


def draw(render: Any, kind: str, *, sent: Any = None, stored: Any = None, with_faces: bool = False) -> str:
    """The page of a question."""
    instrument, item = find_item(kind, with_faces=with_faces)
    form = build_question_form(
        instrument, item, locale="en", formdata=sent, stored=None if stored is None else {item.id: stored}
    )
    if sent is not None:
        form.validate()
    page: str = render(NAME, form=form, field=form.answer_fields[0], number=2, total=8, previous=1, from_review=False)
    return page


@pytest.mark.parametrize("kind", TYPES)
def test_the_heading_is_the_question_itself(kind: str, render: Any) -> None:
    _, item = find_item(kind)
    html = draw(render, kind)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)

    assert heading
    assert re.sub(r"<[^>]+>", "", heading[1]).replace("&#39;", "'").strip() == item.wording["en"]
    assert "Question 2 of 8" in html


@pytest.mark.parametrize("kind", TYPES)
def test_next_and_skip_stand_side_by_side(kind: str, render: Any) -> None:
    html = draw(render, kind)

    assert re.findall(r'<button type="submit" name="action" value="(\w+)"', html) == ["next", "skip"]


@pytest.mark.parametrize("kind", TYPES)
def test_an_empty_answer_is_explained_on_top_and_at_the_field(kind: str, render: Any) -> None:
    html = draw(render, kind, sent=MultiDict({"action": "next"}))
    target = re.search(r'id="error-summary".*?<a href="#([^"]+)">([^<]+)</a>', html, re.DOTALL)

    assert target
    assert f'id="{target[1]}"' in html
    assert html.count(target[2]) == 2
    assert "<title>Error: " in html
    assert html.index("error-summary") < html.index("<h1")
    assert "data-take-focus" in html


@pytest.mark.parametrize("kind", ["single_choice", "multi_choice", "scale_0_10"])
def test_every_choice_has_a_label_and_none_is_chosen_beforehand(kind: str, render: Any) -> None:
    html = draw(render, kind)
    ids = re.findall(r'<input type="(?:radio|checkbox)"[^>]*\sid="([^"]+)"', html)

    assert len(ids) >= 2
    assert all(f'<label for="{each}"' in html for each in ids)
    assert not re.search(r"<input[^>]*\schecked", html)


def test_a_scale_has_eleven_steps_with_words_at_its_ends(render: Any) -> None:
    _, item = find_item("scale_0_10")
    html = draw(render, "scale_0_10", stored=7)

    assert re.findall(r'<input type="radio"[^>]*value="(\d+)"', html) == [str(step) for step in range(11)]
    assert re.search(r'value="7" checked', html)
    assert item.ends
    assert html.count(item.ends.low["en"]) == 2, "once for the eye, once in the first step's label"


def test_a_line_is_empty_until_it_is_touched(render: Any) -> None:
    html = draw(render, "visual_analogue")
    number = re.search(r'<input type="text"[^>]*name="([^"]+)" value="([^"]*)"', html)

    assert number
    assert number[2] == ""
    line = re.search(r'<input type="range"[^>]*>', html)
    assert line
    assert " name=" not in line[0], "without script the number is sent, and nothing else"
    assert '<div class="analogue-line" hidden>' in html
    assert "Not answered yet" in html


def test_what_was_typed_wrong_stands_there_still(render: Any) -> None:
    _, item = find_item("number")
    html = draw(render, "number", sent=MultiDict({f"answer_{item.id}": "<otte>", "action": "next"}))

    assert 'value="&lt;otte&gt;"' in html
    assert 'aria-invalid="true"' in html


def test_a_text_keeps_its_first_line_break(render: Any) -> None:
    html = draw(render, "free_text", stored="one\ntwo")

    assert re.search(r"<textarea[^>]*>\none\ntwo</textarea>", html)


def test_faces_are_drawn_with_words_beside(render: Any) -> None:
    _, item = find_item("single_choice", with_faces=True)
    html = draw(render, "single_choice", with_faces=True)

    assert html.count('<svg class="face') == len(item.options)
    assert len(set(re.findall(r'class="face face-([\w-]+)"', html))) == len(item.options)
    assert all(option.wording["en"].replace("'", "&#39;") in html for option in item.options)


def test_the_last_step_back_leads_to_the_start(render: Any) -> None:
    instrument, item = find_item("single_choice")
    form = build_question_form(instrument, item, locale="en")
    shared = {"form": form, "field": form.answer_fields[0], "number": 1, "total": 8, "previous": None}

    assert 'href="/citizen.start"' in render(NAME, **shared, from_review=False)
    assert 'href="/citizen.review"' in render(NAME, **shared, from_review=True)
