"""Forms from instruments."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.csrf.core import CSRF
from wtforms.validators import ValidationError

from outcomes.forms.build import answer_field_name, build_form, build_question_form
from outcomes.forms.handlers import HANDLERS, answer_text
from outcomes.instruments import AnswerType, visible_items


def test_every_answer_type_has_a_handler_that_says_so():
    assert set(HANDLERS) == set(AnswerType)
    assert all(handler.answer_type is kind for kind, handler in HANDLERS.items())


def test_every_question_of_every_shipped_measure_makes_a_form_in_both_languages(shipped):
    for instrument in shipped.values():
        for item in instrument.items:
            for locale in ("da", "en"):
                (field,) = build_question_form(instrument, item, locale=locale).answer_fields
                assert field.kind == item.type
                assert field.label.text == item.wording.get(locale, "")
                assert field()


@pytest.mark.parametrize("action", ["next", "", "SKIP"])
def test_an_empty_question_wants_an_answer(instrument, action):
    for item in instrument.items:
        form = build_question_form(instrument, item, locale="da", formdata=MultiDict({"action": action}))
        assert not form.validate()
        assert len(form.errors[answer_field_name(item)]) == 1


def test_skip_needs_no_answer_and_drops_what_was_answered_before(instrument):
    for item in instrument.items:
        sent = MultiDict({"action": "skip", answer_field_name(item): "not allowed at all, and far too long for it"})
        form = build_question_form(instrument, item, locale="da", formdata=sent, stored={"single": 1})
        assert form.skipped
        assert form.validate()
        assert form.answers() == {item.id: None}
        assert form.all_answers() == ({} if item.id == "single" else {"single": 1})
        assert answer_text(item, None, "en") == "Skipped"


def test_shown_without_being_sent_it_holds_what_is_stored_and_no_errors(instrument):
    stored = {"single": 1, "multi": ["b"], "number": 2.5, "scale": 4, "line": 9, "text": "Ord"}
    form = build_form(instrument, locale="da", stored=stored)
    assert form.errors == {}
    assert form.answers() == {**stored, "whole": None}
    by_id = {field.item.id: field for field in form.answer_fields}
    assert [choice.checked for choice in by_id["multi"].choices_view] == [False, True, False]
    assert by_id["text"].text_value == "Ord"
    assert by_id["number"].text_value == "2,5"


def test_all_on_one_page_leaves_empty_ones_skipped_and_lists_every_fault(instrument):
    sent = MultiDict({"answer_number": "abc", "answer_scale": "12", "answer_text": "Fint"})
    form = build_form(instrument, locale="da", formdata=sent)
    assert not form.validate()
    assert set(form.errors) == {"answer_number", "answer_scale"}
    assert form.all_answers() == {"text": "Fint"}
    assert [field.text_value for field in form.answer_fields if field.item.id == "number"] == ["abc"]


def test_a_hidden_question_is_neither_checked_nor_kept(shipped):
    mastery = shipped["mastery"]
    sent = MultiDict({"answer_days_out": "5", "answer_kept_in": "forged"})
    form = build_form(mastery, locale="da", formdata=sent)
    assert form.validate()
    assert "kept_in" not in {field.item.id for field in form.answer_fields}
    assert form.all_answers() == {"days_out": 5}
    sent = MultiDict({"answer_days_out": "1", "answer_kept_in": "forged"})
    form = build_form(mastery, locale="da", formdata=sent)
    assert not form.validate()
    assert set(form.errors) == {"answer_kept_in"}


def test_changing_an_earlier_answer_drops_the_one_that_hung_on_it(shipped):
    mastery = shipped["mastery"]
    stored = {"days_out": 1, "kept_in": "health"}
    sent = MultiDict({"answer_days_out": "6", "action": "next"})
    form = build_question_form(mastery, mastery.item("days_out"), locale="da", formdata=sent, stored=stored)
    assert form.validate()
    assert form.all_answers() == {"days_out": 6}
    assert mastery.item("kept_in") not in visible_items(mastery, form.all_answers())


def test_each_language_has_its_own_wording_also_after_the_other_was_made(shipped):
    child = shipped["child"]
    item = child.item("school")
    assert build_question_form(child, item, locale="da").answer_fields[0].choices_view[4].label == "Rigtig godt"
    field = build_question_form(child, item, locale="en").answer_fields[0]
    assert field.choices_view[4].label == "Very good"
    assert [choice.symbol for choice in field.choices_view] == ["very_sad", "sad", "neutral", "glad", "very_glad"]


def test_two_people_do_not_share_a_form(shipped):
    item = shipped["child"].item("school")
    first = build_question_form(shipped["child"], item, locale="da", stored={"school": 1})
    second = build_question_form(shipped["child"], item, locale="da")
    assert type(first) is type(second)
    assert second.answers() == {"school": None}


class RefusingCSRF(CSRF):
    def generate_csrf_token(self, csrf_token_field):
        return "token"

    def validate_csrf_token(self, form, field):
        raise ValidationError(field.gettext("CSRF token missing."))


class ProtectedForm(Form):
    class Meta:
        csrf = True
        csrf_class = RefusingCSRF


def test_another_base_class_keeps_its_protection_and_gets_our_words(instrument):
    sent = MultiDict({"action": "skip"})
    form = build_question_form(instrument, instrument.item("single"), locale="en", formdata=sent, base=ProtectedForm)
    assert not form.validate()
    assert list(form.errors) == ["csrf_token"]
    assert form.errors["csrf_token"][0].startswith("The page had been open for a long time")
    assert [field.item.id for field in form.answer_fields] == ["single"]
