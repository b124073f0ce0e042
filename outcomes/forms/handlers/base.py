"""What the six answer types have in common: the handler's contract, and the WTForms field that carries an answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from wtforms.fields import Field
from wtforms.fields.choices import Choice, SelectFieldBase
from wtforms.validators import StopValidation
from wtforms.widgets import ListWidget, RadioInput, TextInput

from outcomes.errors import AnswerError, Sentence
from outcomes.instruments import AnswerType, Option, answer_fault, is_skipped, text
from outcomes.language import gettext as _
from outcomes.language import translate, use_locale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.instruments import Answer, Item


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One answer to choose, as a template needs it: ``value`` is what is sent, ``symbol`` a drawing's name or None."""

    id: str
    value: str
    label: str
    checked: bool
    symbol: str | None = None


class AnswerHandler(ABC):
    """Everything that depends on how an item is answered.

    A handler makes the field, reads what was sent into the answer that is stored, and says a stored answer in words.
    ``locale`` chooses the wording of the instrument; sentences of ours follow the language of the moment.
    """

    answer_type: ClassVar[AnswerType]
    empty: ClassVar[Sentence]
    field_class: ClassVar[type[AnswerField]]

    def __init__(self, item: Item, locale: str) -> None:
        self.item = item
        self.locale = locale

    def make_field(self) -> Any:
        """The WTForms field of the item, not yet bound to a form."""
        return self.field_class(
            label=text(self.item.wording, self.locale),
            description=text(self.item.help, self.locale),
            handler=self,
            render_kw=dict(self.attributes()),
        )

    def read(self, sent: Sequence[str]) -> Answer:
        """The answer in what a browser sent for the field (none, one or several texts); None where it is empty.

        Raises :class:`~outcomes.errors.AnswerError` where it isn't an answer that the item allows.
        """
        value = self.parse([part for part in sent if part.strip()])
        if fault := answer_fault(self.item, value):
            raise AnswerError(fault)
        return None if is_skipped(value) else value

    @abstractmethod
    def parse(self, sent: Sequence[str]) -> Answer:
        """The answer in the non-empty texts that were sent; None where there are none."""

    @abstractmethod
    def words(self, value: Answer) -> str:
        """A given answer in words, in the language of the moment."""

    def answer_text(self, value: Answer) -> str:
        """A stored answer in words, in the handler's language; a skipped one says that it was skipped."""
        with use_locale(self.locale):
            return _("Skipped") if is_skipped(value) else self.words(value)

    def shown(self, value: Answer) -> str:
        """A stored answer as it stands in a text field."""
        return "" if value is None else str(value)

    def attributes(self) -> Mapping[str, str]:
        """Attributes of the input element, beyond id, name and value."""
        return {}

    def options(self) -> Sequence[Option]:
        """The answers to choose from; none for types that are written."""
        return self.item.options

    def label(self, option: Option) -> str:
        """An option's words."""
        return text(option.wording, self.locale)


class AnswerField(Field):  # type: ignore[misc] # WTForms carries no types
    """A field that holds one answer; ``data`` is the answer as it is stored (None: skipped or empty).

    What was typed is kept in ``text_value`` also where it can't be used. For templates see :mod:`outcomes.forms.build`.
    """

    widget = TextInput()

    def __init__(self, label: str, *, handler: AnswerHandler, **options: Any) -> None:
        super().__init__(label, **options)
        self.handler = handler
        self.item = handler.item
        self.kind = handler.answer_type.value
        self.fault: Sentence | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent; a fault waits for validation, so that a skipped question raises none."""
        self.fault = None
        try:
            self.data = self.handler.read(valuelist)
        except AnswerError as error:
            self.data, self.fault = None, error.sentence

    def pre_validate(self, form: Any) -> None:
        """Say what is wrong, or that an answer is wanted."""
        fault = self.fault
        if fault is None and form.answer_wanted and is_skipped(self.data):
            fault = self.handler.empty
        if fault and not form.skipped:
            raise StopValidation(translate(fault))

    @property
    def text_value(self) -> str:
        """What a text field shows: what was typed, else the stored answer as this language writes it."""
        if self.raw_data:
            return str(self.raw_data[0])
        with use_locale(self.handler.locale):
            return self.handler.shown(self.data)

    def _value(self) -> str:
        return self.text_value

    @property
    def choices_view(self) -> list[ChoiceView]:
        """The answers to choose from; empty for types that are written."""
        return []

    @property
    def ends(self) -> tuple[str, str]:
        """The words at the low and the high end of a scale; empty where there are none."""
        ends, locale = self.item.ends, self.handler.locale
        return (text(ends.low, locale), text(ends.high, locale)) if ends else ("", "")

    @property
    def limits(self) -> tuple[float, float] | None:
        """Lowest and highest answer, whole numbers as such."""
        bounds = self.item.bounds
        return (plain(bounds[0]), plain(bounds[1])) if bounds else None

    @property
    def unit(self) -> str:
        """What a number counts; empty where it isn't said."""
        return text(self.item.unit, self.handler.locale)

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
        symbols = [option.symbol for option in self.handler.options()]
        return [
            ChoiceView(f"{self.id}-{index}", choice.value, choice.label, choice.selected, symbol)
            for index, (choice, symbol) in enumerate(zip(self.iter_choices(), symbols, strict=True))
        ]

    def _chosen(self) -> set[str]:
        if self.raw_data is not None:
            return set(self.raw_data)
        data = self.data
        return {str(one) for one in (data if isinstance(data, (list, tuple)) else [data]) if one is not None}


def plain(value: float) -> float:
    """A whole number without its decimals (0 rather than 0.0)."""
    return int(value) if float(value).is_integer() else value
