"""The question page: each answer type drawn from a real instrument, by label, keyboard and without script."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from tinyhtml5.parser import HTMLParser
from werkzeug.datastructures import MultiDict

from outcomes.forms.build import build_question_form
from outcomes.instruments import (
    FACES,
    PICTOGRAMS,
    FaceOrder,
    Instrument,
    Item,
    NonAnswer,
    base_language,
    parse_instrument,
    shipped_instruments,
)
from outcomes.language import use_locale
from outcomes.reports.environment import install_language

PACKAGE = Path(__file__).parents[3] / "outcomes"
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


def draw(
    render: Any,
    kind: str,
    *,
    sent: Any = None,
    stored: Any = None,
    with_faces: bool = False,
    locale: str = "en",
    previous: int | None = 1,
    from_review: bool = False,
    **how: Any,
) -> str:
    """The page of a question, and in it the question as its macro draws it (``how``: the macro's own wishes)."""
    instrument, item = find_item(kind, with_faces=with_faces)
    form = build_question_form(
        instrument, item, locale=locale, formdata=sent, stored=None if stored is None else {item.id: stored}
    )
    if sent is not None:
        form.validate()
    (field,) = form.answer_fields
    page: str = render(
        NAME,
        locale=base_language(locale),
        form=form if sent is not None else None,
        block=draw_block(field, base_language(locale), **how),
        item=item.id,
        title=field.label.text,
        seen="seen-1",
        number=2,
        total=8,
        previous=previous,
        from_review=from_review,
    )
    return page


@cache
def macro_environment() -> Environment:
    """What the macros are compiled in, once in a process."""
    environment = Environment(
        loader=FileSystemLoader(PACKAGE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    install_language(environment)
    return environment


def draw_block(field: Any, locale: str, heading: str = "h1", **how: Any) -> Markup:
    """One question by its macro."""
    with use_locale(locale):
        module: Any = macro_environment().get_template("macros/questions.html").make_module()
        drawn: Markup = module.question(field, heading, **how)
    return drawn


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


def test_the_ways_back_and_to_reading_keep_what_stands_on_the_page(render: Any) -> None:
    html = draw(render, "single_choice")
    assert 'id="answers"' in html
    for action in ("back", "reading"):
        assert f'<button type="submit" form="answers" name="action" value="{action}"' in html
    first = re.search(r'<button type="submit"[^>]*value="(\w+)"', html)
    assert first
    assert first[1] == "next", "Enter in a field presses the first button of the form"
    assert "Back to your answers" in draw(render, "single_choice", from_review=True)


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind != "free_text"])
def test_a_question_can_be_left_by_saying_so_in_a_group_of_its_own(kind: str, render: Any) -> None:
    _, item = find_item(kind)
    html = draw(render, kind, stored=NonAnswer.PREFER_NOT)
    group = re.search(r'<fieldset class="form-group instead".*?</fieldset>', html, re.DOTALL)

    assert group
    radios = re.findall(rf'<input type="radio"[^>]*name="answer_{item.id}_no" value="(\w+)"( checked)?', group[0])
    assert radios == [("dont_know", ""), ("prefer_not", " checked")]
    assert re.findall(r"<label[^>]*>([^<]+)</label>", group[0]) == ["I don&#39;t know", "I don&#39;t want to answer"]
    labels = re.search(r'aria-labelledby="([^"]+)"', group[0])
    assert labels
    assert all(f'id="{each}"' in html for each in labels[1].split()), "named by its own words and the question's"
    assert html.index("<h1") < html.index(group[0])


def test_a_question_that_allows_no_way_out_has_no_such_group(render: Any) -> None:
    assert "instead" not in draw(render, "free_text")


def test_the_whole_is_valid_markup(render: Any) -> None:
    for kind in TYPES:
        parser = HTMLParser()
        parser.parse(draw(render, kind, aloud=True, locale="da"))
        assert not parser.errors


def test_faces_over_a_scale_are_five_and_turn_with_it() -> None:
    instrument, item = find_item("scale_0_10")
    faces = {}
    for order in FaceOrder:
        mapping = instrument.to_mapping()
        next(each for each in mapping["items"] if each["id"] == item.id)["faces"] = order.value
        changed = parse_instrument(mapping)
        (field,) = build_question_form(changed, changed.item(item.id), locale="en").answer_fields
        html = draw_block(field, "en")
        steps = html.split('<div class="scale-step">')[1:]
        faces[order] = {
            place: face[1]
            for place, step in enumerate(steps)
            if (face := re.search(r"aria-hidden=\"true\"><svg class=\"face face-([\w-]+)\"", step))
        }
    assert faces[FaceOrder.GLADDER] == {0: "very-sad", 2: "sad", 5: "neutral", 7: "glad", 10: "very-glad"}
    assert faces[FaceOrder.SADDER] == {0: "very-glad", 2: "glad", 5: "neutral", 7: "sad", 10: "very-sad"}


def test_a_picture_stands_beside_the_question_unless_pictures_are_off() -> None:
    instrument = next(each for each in shipped_instruments() if each.key == "wellbeing")
    (field,) = build_question_form(instrument, instrument.item("worries"), locale="en").answer_fields

    assert draw_block(field, "en").count('<svg class="pictogram"') == 1
    for kind, with_faces in (("single_choice", True), ("scale_0_10", False)):
        shown, item = find_item(kind, with_faces=with_faces)
        (drawn,) = build_question_form(shown, item, locale="en").answer_fields
        assert draw_block(drawn, "en").count("<svg") == 6, "what it is about, and five faces"
        assert "<svg" not in draw_block(drawn, "en", pictures=False)
    assert "<svg" not in draw_block(field, "en", pictures=False)


def test_every_picture_that_can_be_named_is_drawn() -> None:
    environment = Environment(loader=FileSystemLoader(PACKAGE / "templates"), autoescape=True)
    pictograms: Any = environment.get_template("macros/pictograms.html").module
    faces: Any = environment.get_template("macros/faces.html").module

    assert set(pictograms.drawings) == set(PICTOGRAMS)
    assert tuple(faces.order) == FACES == tuple(faces.mouths)
    for name in PICTOGRAMS:
        drawn = str(pictograms.pictogram(name))
        assert 'aria-hidden="true"' in drawn
        assert len(drawn) < 700, "light"


def test_a_drawing_that_is_not_known_any_more_is_left_out() -> None:
    instrument = next(each for each in shipped_instruments() if each.key == "wellbeing")
    old = instrument.item("worries").model_copy(update={"symbol": "unicorn"})
    (field,) = build_question_form(instrument, instrument.item("worries"), locale="en").answer_fields
    field.item = old

    assert "<svg" not in draw_block(field, "en")


@pytest.mark.parametrize("kind", TYPES)
def test_words_in_another_language_are_marked_and_said(kind: str) -> None:
    instrument, item = find_item(kind)
    plain = parse_instrument(only_languages(instrument.to_mapping(), {"da", "en"}))
    (field,) = build_question_form(plain, plain.item(item.id), locale="ar").answer_fields
    html = draw_block(field, "ar")

    assert f'<span lang="da" dir="ltr">{escape(item.wording["da"])}</span>' in html
    assert '<p class="note note-info untranslated">' in html
    for option in item.options:
        assert f'<span lang="da" dir="ltr">{escape(option.wording["da"])}</span>' in html
    assert "untranslated" not in draw_block(field, "ar", notice=False)
    (own,) = build_question_form(plain, plain.item(item.id), locale="da").answer_fields
    assert set(re.findall(r'lang="(\w*)"', draw_block(own, "da"))) == ({""} if kind == "free_text" else set())


def only_languages(part: Any, languages: set[str]) -> Any:
    """A file's content with no other languages than these."""
    if isinstance(part, dict):
        if "da" in part and "en" in part:
            return {code: text for code, text in part.items() if base_language(code) in languages}
        kept = {key: only_languages(value, languages) for key, value in part.items() if key != "translations"}
        return {**kept, "languages": sorted(languages)} if "languages" in part else kept
    return [only_languages(each, languages) for each in part] if isinstance(part, list) else part


def test_reading_aloud_is_offered_where_it_is_wanted() -> None:
    instrument, item = find_item("single_choice")
    (field,) = build_question_form(instrument, item, locale="en").answer_fields
    off, voice = draw_block(field, "en"), draw_block(field, "en", aloud=True)
    recorded = draw_block(field, "en", aloud=True, recording="/lyd/x")

    assert "aloud" not in off
    assert "<audio" not in off
    assert re.search(r'<button type="button"[^>]* data-read-aloud hidden', voice), "of no use without a script"
    assert 'role="status"' in voice
    assert '<audio controls preload="none" src="/lyd/x"' in recorded
    assert "data-read-aloud" not in recorded
    assert "autoplay" not in recorded
