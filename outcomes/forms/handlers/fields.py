"""The WTForms fields that carry an answer: what was sent, what is stored, and what a template needs to draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wtforms.fields import Field
from wtforms.fields.choices import Choice, SelectFieldBase
from wtforms.utils import unset_value
from wtforms.validators import StopValidation
from wtforms.widgets import ListWidget, RadioInput, TextInput

from outcomes.errors import AnswerError, Sentence
from outcomes.forms.handlers.phrase import Phrase, phrase
from outcomes.instruments import NonAnswer, is_skipped
from outcomes.instruments.answers import CHOOSE_ONE
from outcomes.language import translate, use_locale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.forms.handlers.base import AnswerHandler

NON_ANSWER_SUFFIX = "_no"
NON_ANSWER_WORDS = {
    NonAnswer.DONT_KNOW: Sentence("I don't know"),
    NonAnswer.PREFER_NOT: Sentence("I don't want to answer"),
}


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One answer to choose, as a template needs it: ``value`` is what is sent, ``symbol`` a drawing's name or None,
    ``words`` its label with the language it is in."""

    id: str
    value: str
    words: Phrase
    checked: bool
    symbol: str | None = None

    @property
    def label(self) -> str:
        """The words alone."""
        return self.words.text


class AnswerField(Field):  # type: ignore[misc] # WTForms carries no types
    """A field that holds one answer, or what was said in place of one.

    ``data`` is the answer as it is stored (None: skipped or empty; a ``NonAnswer``: one of ``no_answer_view`` was chosen,
    which is sent under the field's name with ``_no``). What was typed is kept in ``text_value`` also where it can't be
    used. For templates see :mod:`outcomes.forms.build`.
    """

    widget = TextInput()

    def __init__(self, label: str, *, handler: AnswerHandler, **options: Any) -> None:
        super().__init__(label, **options)
        self.handler = handler
        self.item = handler.item
        self.kind = handler.answer_type.value
        self.fault: Sentence | None = None
        self.both_given = False
        self._instead: list[str] | None = None

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """As of any field, with what was sent in place of an answer."""
        self._instead = None if formdata is None else formdata.getlist(self.no_answer_name)
        super().process(formdata, data, extra_filters)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent; a fault waits for validation, so that a skipped question raises none."""
        self.fault = None
        try:
            instead = self._read_instead()
            self.both_given = instead is not None and any(part.strip() for part in valuelist)
            self.data = instead or self.handler.read(valuelist)
        except AnswerError as error:
            self.data, self.fault = None, error.sentence
        if self.both_given and isinstance(self.data, NonAnswer):
            self.fault = Sentence(
                "You gave an answer, and you also chose “%(words)s”. Choose the one you mean.",
                words=NON_ANSWER_WORDS[self.data],
            )
            self.data = None

    def _read_instead(self) -> NonAnswer | None:
        sent = set(self._instead or ())
        known = {each.value: each for each in self.item.no_answer}
        if len(sent) > 1 or not sent <= known.keys():
            raise AnswerError(CHOOSE_ONE)
        return known[sent.pop()] if sent else None

    def pre_validate(self, form: Any) -> None:
        """Say what is wrong, or that an answer is wanted."""
        fault = self.fault
        unanswered = is_skipped(self.data) and not isinstance(self.data, NonAnswer)
        if fault is None and form.answer_wanted and unanswered:
            fault = self.handler.empty
        if fault and not form.skipped:
            raise StopValidation(translate(fault))

    @property
    def text_value(self) -> str:
        """What a text field shows: what was typed, else the stored answer as this language writes it."""
        if self.raw_data:
            return str(self.raw_data[0])
        if isinstance(self.data, NonAnswer):
            return ""
        with use_locale(self.handler.language):
            return self.handler.shown(self.data)

    def _value(self) -> str:
        return self.text_value

    @property
    def no_answer_name(self) -> str:
        """The name that a choice of ``no_answer_view`` is sent under."""
        return f"{self.name}{NON_ANSWER_SUFFIX}"

    @property
    def no_answer_view(self) -> list[ChoiceView]:
        """What may be said in place of an answer. Where it was sent together with one, neither radio button is pressed
        when the page comes back: without a script nobody could lift it again."""
        chosen = self.data.value if isinstance(self.data, NonAnswer) else None
        with use_locale(self.handler.language):
            return [
                ChoiceView(
                    id=f"{self.id}{NON_ANSWER_SUFFIX}-{index}",
                    value=each.value,
                    words=Phrase(translate(NON_ANSWER_WORDS[each]), self.handler.language),
                    checked=each.value == chosen,
                )
                for index, each in enumerate(self.item.no_answer)
            ]

    @property
    def question(self) -> Phrase:
        """The question with the language that its words are in."""
        return phrase(self.item.wording, self.handler.locale)

    @property
    def help(self) -> Phrase:
        """The help beneath it; empty where there is none."""
        return phrase(self.item.help, self.handler.locale)

    @property
    def language(self) -> str:
        """Base code of the language that the question's words are in."""
        return self.question.language

    @property
    def foreign(self) -> bool:
        """True where that isn't the language of the page: the question isn't translated."""
        return self.question.foreign

    @property
    def untranslated(self) -> str:
        """A sentence that says so; empty where the question is in the page's language."""
        return self.question.untranslated

    @property
    def choices_view(self) -> list[ChoiceView]:
        """The answers to choose from; empty for types that are written."""
        return []

    @property
    def end_phrases(self) -> tuple[Phrase, Phrase]:
        """The words at the low and the high end of a scale with their language; empty where there are none."""
        ends, locale = self.item.ends, self.handler.locale
        return (
            (phrase(ends.low, locale), phrase(ends.high, locale)) if ends else (phrase({}, locale), phrase({}, locale))
        )

    @property
    def ends(self) -> tuple[str, str]:
        """The words at the low and the high end of a scale; empty where there are none."""
        low, high = self.end_phrases
        return low.text, high.text

    @property
    def limits(self) -> tuple[float, float] | None:
        """Lowest and highest answer, whole numbers as such."""
        bounds = self.item.bounds
        return (plain(bounds[0]), plain(bounds[1])) if bounds else None

    @property
    def unit_phrase(self) -> Phrase:
        """What a number counts, with its language; empty where it isn't said."""
        return phrase(self.item.unit, self.handler.locale)

    @property
    def unit(self) -> str:
        """What a number counts; empty where it isn't said."""
        return self.unit_phrase.text

    @property
    def described_by(self) -> str:
        """Ids of the help and of the error, for ``aria-describedby``; empty where there are none."""
        ids = [f"{self.id}-hint"] if self.description else []
        return " ".join([*ids, f"{self.id}-error"] if self.errors else ids)


class ChoiceField(AnswerField, SelectFieldBase):  # type: ignore[misc]
    """A field of radio buttons; WTForms' own widgets can draw it too."""

    widget = ListWidget(prefix_label=False)
    option_widget = RadioInput()

    def iter_choices(self) -> Iterator[Choice]:
        """The choices as WTForms' widgets want them."""
        chosen = self._chosen()
        for option in self.handler.options():
            value = str(option.value)
            yield Choice(value=value, label=self.handler.label(option), selected=value in chosen, render_kw={})

    @property
    def choices_view(self) -> list[ChoiceView]:
        """The choices as our templates want them."""
        chosen = self._chosen()
        return [
            ChoiceView(
                id=f"{self.id}-{index}",
                value=str(option.value),
                words=self.handler.option_phrase(option),
                checked=str(option.value) in chosen,
                symbol=option.symbol,
            )
            for index, option in enumerate(self.handler.options())
        ]

    def _chosen(self) -> set[str]:
        if self.both_given and self.handler.one_only:
            return set()  # a pressed radio button can't be lifted: the one who answers chooses anew
        if self.raw_data is not None:
            return set(self.raw_data)
        data = None if isinstance(self.data, NonAnswer) else self.data
        return {str(one) for one in (data if isinstance(data, (list, tuple)) else [data]) if one is not None}


def plain(value: float) -> float:
    """A whole number without its decimals (0 rather than 0.0)."""
    return int(value) if float(value).is_integer() else value
