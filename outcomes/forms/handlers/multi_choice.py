"""Several answers out of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms.widgets import CheckboxInput

from outcomes.errors import AnswerError, Sentence
from outcomes.forms.handlers.base import AnswerHandler
from outcomes.forms.handlers.fields import ChoiceField
from outcomes.instruments import AnswerType
from outcomes.instruments.answers import CHOOSE_SOME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.instruments import Answer


class CheckboxField(ChoiceField):
    """A field of check boxes."""

    option_widget = CheckboxInput()


class MultiChoiceHandler(AnswerHandler):
    """Check boxes; the stored answer is the list of chosen values in the instrument's order."""

    answer_type = AnswerType.MULTI_CHOICE
    empty = Sentence("Choose one answer or more, or press Skip.")
    field_class = CheckboxField

    def parse(self, sent: Sequence[str]) -> Answer:
        """The values of the chosen options, each once."""
        known = {str(option.value) for option in self.options()}
        if not known.issuperset(sent):
            raise AnswerError(CHOOSE_SOME)
        return [option.value for option in self.options() if str(option.value) in sent] or None

    def words(self, value: Answer) -> str:
        """The options' words, with commas between."""
        chosen = value if isinstance(value, (list, tuple)) else [value]
        labels = {str(option.value): self.label(option) for option in self.options()}
        return ", ".join(labels.get(str(one), str(one)) for one in chosen)

    def words_language(self, value: Answer) -> str:
        """The language that the options chosen have in common; empty where they have none."""
        chosen = {str(one) for one in value} if isinstance(value, (list, tuple)) else {str(value)}
        languages = {self.option_phrase(option).language for option in self.options() if str(option.value) in chosen}
        return (languages or {self.language}).pop() if len(languages) < 2 else ""  # noqa: PLR2004
