"""An answer in one's own words."""

from __future__ import annotations

import unicodedata
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


UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
"""Categories of signs that nobody sees: spaces, and those that join, part or turn the letters beside them."""
FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)
"""Signs of other categories that are drawn as nothing."""


class TextAreaField(AnswerField):
    """A field of several lines."""

    widget = TextArea()


class FreeTextHandler(AnswerHandler):
    """A text area; the stored answer is the text, trimmed, with plain line ends and without control characters."""

    answer_type = AnswerType.FREE_TEXT
    empty = Sentence("Write an answer, or press Skip.")
    field_class = TextAreaField

    def parse(self, sent: Sequence[str]) -> Answer:
        """The text; None where nobody would see a letter of it. Signs between letters, which join or part them, stay.

        Browsers send line ends as CR LF; the length counts a line end as one character.
        """
        if not sent:
            return None
        lines = sent[0].replace("\r\n", "\n").replace("\r", "\n")
        written = FORBIDDEN_CHARACTERS.sub("", lines).strip()
        return written if any(_is_seen(sign) for sign in written) else None

    def words(self, value: Answer) -> str:
        """The text as it was written."""
        return str(value)

    def words_language(self, _value: Answer) -> str:
        """People write in the language that they please."""
        return ""

    def attributes(self) -> Mapping[str, str]:
        """Room to write; no limit in the browser, which would cut a pasted text silently."""
        return {"rows": "6", "autocomplete": "off"}


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in UNSEEN and sign not in FILLERS
