"""A whole number from 0 to 10 between two words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.forms.handlers.phrase import Phrase
from outcomes.forms.handlers.single_choice import SingleChoiceHandler
from outcomes.instruments import AnswerType, Option
from outcomes.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.instruments import Answer

STEPS = tuple(Option(value=number) for number in range(11))


class Scale0To10Handler(SingleChoiceHandler):
    """Eleven radio buttons; the stored answer is the number."""

    answer_type = AnswerType.SCALE_0_10
    empty = Sentence("Choose a number from 0 to 10, or press Skip.")

    def options(self) -> Sequence[Option]:
        """The eleven steps."""
        return STEPS

    def label(self, option: Option) -> str:
        """The number itself; the words at the ends stand beside."""
        return str(option.value)

    def option_phrase(self, option: Option) -> Phrase:
        """The number is the same in every language."""
        return Phrase(self.label(option), self.language)

    def words(self, value: Answer) -> str:
        """The number and what it is out of."""
        return _("%(number)s out of %(highest)s", number=value, highest=10)
