"""An answer in one's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms.widgets import TextArea

from outcomes.errors import Sentence
from outcomes.forms.handlers.base import AnswerHandler
from outcomes.forms.handlers.fields import AnswerField
from outcomes.instruments import AnswerType
from outcomes.instruments.answers import FORBIDDEN_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.instruments import Answer


class TextAreaField(AnswerField):
    """A field of several lines."""

    widget = TextArea()


class FreeTextHandler(AnswerHandler):
    """A text area; the stored answer is the text, trimmed, with plain line ends and without control characters."""

    answer_type = AnswerType.FREE_TEXT
    empty = Sentence("Write an answer, or press Skip.")
    field_class = TextAreaField

    def parse(self, sent: Sequence[str]) -> Answer:
        """The text. Browsers send line ends as CR LF; the length counts a line end as one character."""
        if not sent:
            return None
        lines = sent[0].replace("\r\n", "\n").replace("\r", "\n")
        return FORBIDDEN_CHARACTERS.sub("", lines).strip() or None

    def words(self, value: Answer) -> str:
        """The text as it was written."""
        return str(value)

    def words_language(self, _value: Answer) -> str:
        """People write in the language that they please."""
        return ""

    def attributes(self) -> Mapping[str, str]:
        """Room to write; no limit in the browser, which would cut a pasted text silently."""
        return {"rows": "6", "autocomplete": "off"}
