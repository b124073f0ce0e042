"""What somebody wrote in a form's fields, as what is stored: days, numbers, and a code that people can read."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from outcomes.services.decide_protocol import LONGEST, plain_words

LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ð": "d", "ß": "ss", "ł": "l"})
LONGEST_CODE = 60
NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?[0-9]{1,8}([.,][0-9]{1,4})?")


def one_line(text: str) -> str:
    """One line, as it is stored: trimmed, without control characters, and no longer than a line may be."""
    return " ".join(plain_words(text).split())[:LONGEST]


def written_day(text: str) -> date | None:
    """The day in ``2026-03-31``; None where it isn't one."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def written_number(text: str) -> Decimal | None:
    """The number in ``2.5`` or ``2,5``, at most four decimals; None where it isn't one."""
    plain = text.strip()
    if not NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", ".").replace("\N{MINUS SIGN}", "-"))


def code_of(title: str) -> str:
    """A code that can be read in an address, made of a title: ``Ugentlig status`` -> ``ugentlig-status``."""
    folded = unicodedata.normalize("NFKD", title.casefold().translate(LETTERS))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub("[^a-z0-9]+", "-", plain)[:LONGEST_CODE].strip("-")


def free_code(title: str, taken: set[str]) -> str:
    """The code of a title, with a number where somebody has it already."""
    code = code_of(title) or "x"
    numbered = (f"{code}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (code, *numbered) if each not in taken)
