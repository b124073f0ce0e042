"""What the six answer types have in common: the handler's contract."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from outcomes.errors import AnswerError, Sentence
from outcomes.forms.handlers.fields import NON_ANSWER_WORDS
from outcomes.forms.handlers.phrase import Phrase, phrase
from outcomes.instruments import AnswerType, NonAnswer, Option, answer_fault, base_language, is_skipped, text
from outcomes.language import gettext as _
from outcomes.language import translate, use_locale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.forms.handlers.fields import AnswerField
    from outcomes.instruments import Answer, Item


class AnswerHandler(ABC):
    """Everything that depends on how an item is answered.

    A handler makes the field, reads what was sent into the answer that is stored, and says a stored answer in words.
    ``locale`` chooses the wording of the instrument, and may name a variant of it (``da-x-easy``); sentences of ours
    follow the language of the moment.
    """

    answer_type: ClassVar[AnswerType]
    empty: ClassVar[Sentence]
    field_class: ClassVar[type[AnswerField]]
    one_only: ClassVar[bool] = False
    """True where the choices are radio buttons."""

    def __init__(self, item: Item, locale: str) -> None:
        self.item = item
        self.locale = locale
        self.language = base_language(locale)

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
        with use_locale(self.language):
            if isinstance(value, NonAnswer):
                return translate(NON_ANSWER_WORDS[value])
            return _("Skipped") if is_skipped(value) else self.words(value)

    def answer_language(self, value: Answer) -> str:
        """The base code of the language that :meth:`answer_text` is in; empty where nobody knows."""
        return self.language if is_skipped(value) else self.words_language(value)

    def words_language(self, _value: Answer) -> str:
        """The same of :meth:`words`: the handler's own, where no words of the instrument are in them."""
        return self.language

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

    def option_phrase(self, option: Option) -> Phrase:
        """An option's words with their language."""
        return phrase(option.wording, self.locale)
