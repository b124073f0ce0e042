"""A place on a line between two words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.forms.handlers.fields import plain
from outcomes.forms.handlers.number import NumberHandler, in_digits
from outcomes.instruments import AnswerType
from outcomes.language import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.instruments import Answer


class VisualAnalogueHandler(NumberHandler):
    """A number field that a slider fills in; empty until it is touched, so that nobody answers by accident."""

    answer_type = AnswerType.VISUAL_ANALOGUE
    empty = Sentence("Mark your answer on the line, or press Skip.")

    def words(self, value: Answer) -> str:
        """The place on the line and where the line ends."""
        highest = self.item.bounds[1] if self.item.bounds else None
        return _("%(number)s out of %(highest)s", number=in_digits(value), highest=in_digits(highest))

    def words_language(self, _value: Answer) -> str:
        """The handler's: what is said are two numbers."""
        return self.language

    def attributes(self) -> Mapping[str, str]:
        """As of a number, with the ends of the line for the slider."""
        low, high = self.item.bounds or (0, 100)
        return {
            **super().attributes(),
            "inputmode": "text" if low < 0 else "numeric",
            "data-min": str(plain(low)),
            "data-max": str(plain(high)),
            "data-step": str(plain(self.item.step)),
        }
