"""From an instrument to a WTForms form: one question on a page, or all of them.

Both functions give a bound form. ``formdata`` is what a browser sent (a multi-dict), or None where the page is only
shown; ``stored`` is what was answered before. A browser that sends ``action=skip`` skips the question: nothing is
required of it.

What templates use of a form: ``form.answer_fields`` (the fields of the questions to show, in order), ``form.errors``,
``form.form_errors``. What views use: ``form.validate()``, ``form.skipped``, ``form.answers()``.

What templates use of a field in it:

=====================  =================================================================================================
``field.kind``         answer type: single_choice, multi_choice, number, scale_0_10, visual_analogue, free_text
``field.label.text``   the question; ``field.description`` the help beneath it, or empty
``field.errors``       sentences about what is wrong
``field.id``           id of the input, or of the group; ``field.name`` its name; choices are ``{id}-0``, ``{id}-1`` ..
``field.question``     the question as a phrase: ``text``, ``language``, ``direction``, ``foreign`` (not the page's language)
``field.help``         the help beneath it as a phrase; so are ``field.end_phrases`` (low, high) and ``field.unit_phrase``
``field.untranslated``  a sentence that says that the question isn't in the page's language, or empty
``field.choices_view``  choices: ``id``, ``value``, ``label``, ``words`` (a phrase), ``checked``, ``symbol`` (a drawing's
                       name or None)
``field.no_answer_view``  what may be said in place of an answer, as choices; sent under ``field.no_answer_name``
``field.text_value``   what stands in a text field: what was typed, else what is stored
``field.ends``         words at the low and the high end of a scale
``field.limits``       lowest and highest answer, or None
``field.unit``         what a number counts, or empty
``field.described_by``  ids of help (``{id}-hint``) and error (``{id}-error``), or empty
``field.render_kw``    attributes for the input (``inputmode``, ``autocomplete``, ``rows``, ``data-min`` ..)
``field.item``         the instrument's item
=====================  =================================================================================================
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from outcomes.forms.handlers import handler_for
from outcomes.forms.handlers.fields import AnswerField
from outcomes.forms.messages import OwnWordsForm, OwnWordsMeta
from outcomes.instruments import base_language, visible_answers, visible_items
from outcomes.language import use_locale

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from outcomes.instruments import Answer, Answers, Instrument, Item

PREFIX = "answer_"
ACTION = "action"
SKIP = "skip"


class AnswerForm:
    """What a form of answers adds to WTForms; mixed into the base class that the view chooses."""

    instrument: Instrument
    locale: str
    answer_wanted: bool
    _fields: dict[str, Any]

    class Meta(OwnWordsMeta):
        """Our words, whatever the base class brings."""

    def __init__(
        self, formdata: Any, data: Mapping[str, Answer], elsewhere: Mapping[str, Answer] | None = None
    ) -> None:
        self.skipped = formdata is not None and formdata.get(ACTION) == SKIP
        self._elsewhere: Mapping[str, Answer] = elsewhere or {}
        self._known: dict[str, Answer] = {**self._elsewhere, **data}
        super().__init__(formdata=formdata, data={PREFIX + key: value for key, value in data.items()})  # type: ignore[call-arg]

    @property
    def answer_fields(self) -> list[AnswerField]:
        """The fields of the questions that are to be shown, given the answers so far."""
        fields = self._all_answer_fields()
        if self.answer_wanted:
            return fields  # one question: whoever chose it has looked at its condition
        shown = {item.id for item in visible_items(self.instrument, self._known | self._given(fields))}
        return [field for field in fields if field.item.id in shown]

    def answers(self) -> dict[str, Answer]:
        """The answers on this page by item id. A skipped question is None; hidden ones are left out, and so are those
        that were answered elsewhere and left as they are."""
        if self.skipped:
            return {field.item.id: None for field in self.answer_fields}
        return self._given(self.answer_fields)

    def hidden_answers(self, asked: Collection[str]) -> dict[str, Answer]:
        """What was answered to questions of the page (``asked``) that another answer on it hides."""
        shown = {field.name for field in self.answer_fields}
        rest = [field for field in self._all_answer_fields() if field.name not in shown and field.item.id in asked]
        return {field.item.id: field.data for field in rest if field.data is not None}

    def _given(self, fields: list[AnswerField]) -> dict[str, Answer]:
        return {
            field.item.id: field.data
            for field in fields
            if field.data is not None or field.fault or field.item.id not in self._elsewhere
        }

    def all_answers(self) -> dict[str, Answer]:
        """What was answered before together with what this page adds, without skipped and hidden questions."""
        return visible_answers(self.instrument, self._known | self.answers())

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every shown question in the form's own language; skipped and hidden ones have no faults."""
        shown = {field.name for field in self.answer_fields}
        with use_locale(base_language(self.locale)):
            super().validate(extra_validators)  # type: ignore[misc]
        for field in self._all_answer_fields():
            if field.name not in shown:
                field.errors = []
        return not self.errors  # type: ignore[attr-defined]

    def _all_answer_fields(self) -> list[AnswerField]:
        return [field for field in self._fields.values() if isinstance(field, AnswerField)]


def build_question_form(
    instrument: Instrument,
    item: Item,
    *,
    locale: str,
    formdata: Any = None,
    stored: Answers | None = None,
    base: Any = OwnWordsForm,
) -> Any:
    """The form of one question. Sent empty without ``action=skip`` it asks for an answer or a press on Skip.

    ``stored`` are all answers so far (item id to answer). Returns a bound form, an :class:`AnswerForm` and a ``base``.
    """
    form_class = _form_class(instrument, item.id, locale, base)
    return form_class(formdata, stored or {})


def build_form(
    instrument: Instrument,
    *,
    locale: str,
    formdata: Any = None,
    stored: Answers | None = None,
    elsewhere: Answers | None = None,
    base: Any = OwnWordsForm,
) -> Any:
    """The form of all questions on one page. A question left empty is skipped: there is no Skip button for each.

    ``elsewhere``: answers that count and are never shown; such a question left empty keeps its answer.
    """
    form_class = _form_class(instrument, None, locale, base)
    return form_class(formdata, stored or {}, elsewhere)


def find_item(instrument: Instrument, item_id: str) -> Item | None:
    """The question with this id, which may come from anywhere; None where there is none."""
    return next((item for item in instrument.items if item.id == item_id), None)


def answer_field_name(item: Item) -> str:
    """The name of an item's field in a form, and of its input in the page."""
    return PREFIX + item.id


@lru_cache(maxsize=512)
def _form_class(instrument: Instrument, item_id: str | None, locale: str, base: Any) -> Any:
    """The form's class: made once per instrument version, question and language."""
    items = instrument.items if item_id is None else (instrument.item(item_id),)
    fields = {answer_field_name(item): handler_for(item, locale).make_field() for item in items}
    members = {"instrument": instrument, "locale": locale, "answer_wanted": item_id is not None, **fields}
    return type(base)("AnswersForm", (AnswerForm, base), members)
