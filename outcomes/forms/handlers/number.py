"""A number written in digits of any script, with the separators of any of our languages."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Sentence
from outcomes.forms.handlers.base import AnswerHandler
from outcomes.forms.handlers.fields import AnswerField, plain
from outcomes.forms.handlers.phrase import phrase
from outcomes.instruments import AnswerType, answer_fault, base_language, text
from outcomes.language import format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.instruments import Answer

MAX_DIGITS = 15  # as many as a floating-point number holds exactly
LARGEST = 10**MAX_DIGITS
NUMBER = re.compile(r"-?(\d+(\.\d+)?|\.\d+)")
GROUPED_BY_SPACES = re.compile(r"-?[1-9]\d{0,2}([\s'’\u066c]\d{3})+(?!\d)")
"""Thousands as any language may part them: by spaces of any width, apostrophes, or the Arabic sign."""
GROUPED_BY_POINT = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
GROUPED_BY_COMMA = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
POINT_GROUPS = frozenset({"da", "tr"})
COMMA_GROUPS = frozenset({"en", "ar", "so"})
DIRECTION_MARKS = "\u200e\u200f\u061c"
"""Unseen signs that keep a minus on its side of the digits in text that runs from right to left."""
ARABIC_DECIMAL, ARABIC_COMMA = "\u066b", "\u060c"


class NumberHandler(AnswerHandler):
    """A text field; the stored answer is a whole number, or one with decimals where the item has smaller steps."""

    answer_type = AnswerType.NUMBER
    empty = Sentence("Write a number, or press Skip.")
    field_class = AnswerField

    def parse(self, sent: Sequence[str]) -> Answer:
        """The number that was written."""
        if not sent:
            return None
        number = read_number(sent[0], self.locale)
        if number is None or math.isinf(number):
            limit = None if number is None else answer_fault(self.item, math.copysign(LARGEST, number))
            raise AnswerError(limit or Sentence("Write a number in digits, for example 3."))
        return plain(number)

    def shown(self, value: Answer) -> str:
        """The number as this language writes it."""
        return in_digits(value)

    def words(self, value: Answer) -> str:
        """The number with its unit."""
        unit = text(self.item.unit, self.locale)
        return f"{in_digits(value)}\N{NO-BREAK SPACE}{unit}" if unit else in_digits(value)

    def words_language(self, _value: Answer) -> str:
        """The unit's."""
        return phrase(self.item.unit, self.locale).language

    def attributes(self) -> Mapping[str, str]:
        """A keypad with the keys that are needed, and no suggestions from other pages."""
        keypad = "numeric" if float(self.item.step).is_integer() else "decimal"
        below_zero = self.item.minimum is None or self.item.minimum < 0
        # The keypads of some phones have no minus sign.
        return {"inputmode": "text" if below_zero else keypad, "autocomplete": "off"}


def in_digits(value: Answer) -> str:
    """A stored number as the language of the moment writes it, with all of its decimals."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "" if value is None else str(value)
    decimals = len(f"{value:.10f}".rstrip("0").partition(".")[2])
    return format_number(value, decimals)


def read_number(written: str, locale: str) -> float | None:
    """The number in a text, or None where it isn't one.

    A comma and a point are both understood as the decimal sign, except where the text is grouped in thousands:
    ``1.250`` is 1250 in Danish and Turkish and 1.25 in English and Arabic, ``1,250`` the other way round; Polish and
    Ukrainian group by spaces. Digits of any script are read, and the Arabic signs between them. A space that parts no
    thousands may be a slip of the finger: ``1 0`` is no number. A whole one too long to be held exactly is endless.
    """
    compact = _compact(written)
    if ARABIC_DECIMAL in compact:  # it says itself what it is
        compact = compact.replace(ARABIC_DECIMAL, ".")
    else:
        compact = _without_groups(compact, base_language(locale)).replace(",", ".")
    if not NUMBER.fullmatch(compact):
        return None
    if sum(sign.isdecimal() for sign in compact) > MAX_DIGITS:
        return None if "." in compact else float("-inf" if compact.startswith("-") else "inf")
    return float(compact)


def _compact(written: str) -> str:
    """Latin digits, signs and separators, without unseen marks and without spaces and apostrophes between thousands."""
    digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in written)
    bare = re.sub(f"[{DIRECTION_MARKS}]", "", digits).strip().replace("\N{MINUS SIGN}", "-").replace(ARABIC_COMMA, ",")
    bare = re.sub(r"^(-?)\s+", r"\1", bare.removeprefix("+"))
    grouped = GROUPED_BY_SPACES.match(bare)
    return re.sub(r"[^-\d]", "", grouped[0]) + bare[grouped.end() :] if grouped else bare


def _without_groups(compact: str, language: str) -> str:
    # With both signs present the last one is the decimal sign; alone, the language decides whether it groups.
    if GROUPED_BY_POINT.fullmatch(compact):
        if language in POINT_GROUPS or "," in compact or compact.count(".") > 1:
            return compact.replace(".", "")
    elif GROUPED_BY_COMMA.fullmatch(compact) and (language in COMMA_GROUPS or "." in compact or compact.count(",") > 1):
        return compact.replace(",", "")
    return compact
