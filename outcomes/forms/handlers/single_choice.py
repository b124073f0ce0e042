"""One answer out of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Sentence
from outcomes.forms.handlers.base import AnswerHandler
from outcomes.forms.handlers.fields import ChoiceField
from outcomes.instruments import AnswerType
from outcomes.instruments.answers import CHOOSE_ONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.instruments import Answer


class SingleChoiceHandler(AnswerHandler):
    """Radio buttons; the stored answer is the option's value."""

    answer_type = AnswerType.SINGLE_CHOICE
    empty = Sentence("Choose an answer, or press Skip.")
    field_class = ChoiceField
    one_only = True

    def parse(self, sent: Sequence[str]) -> Answer:
        """The value of the chosen option."""
        if not sent:
            return None
        chosen = {str(option.value): option.value for option in self.options()}
        if len(set(sent)) > 1 or sent[0] not in chosen:
            raise AnswerError(CHOOSE_ONE)
        return chosen[sent[0]]

    def words(self, value: Answer) -> str:
        """The option's words; the value itself where the instrument doesn't know it."""
        return next((self.label(option) for option in self.options() if option.value == value), str(value))

    def words_language(self, value: Answer) -> str:
        """The option's."""
        chosen = (self.option_phrase(option).language for option in self.options() if option.value == value)
        return next(chosen, self.language)
