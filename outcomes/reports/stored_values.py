"""Sentences and the values in them as JSON, and back: stored in no language, and translated where they are read.

A value that JSON knows stands as it is. Every other one is an object with a single name for its kind, so that a number
keeps all its digits, a day stays a day, and a sentence can hold sentences.
"""

from __future__ import annotations

from datetime import date, datetime
from numbers import Integral, Real
from types import NoneType
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText, Points

if TYPE_CHECKING:
    from collections.abc import Callable


def to_stored(value: object) -> Any:
    """``value`` as JSON. Raises ``TypeError`` for a kind that :func:`from_stored` couldn't give back."""
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value)
    msg = f"A {type(value).__name__} can't be stored"
    raise TypeError(msg)


def from_stored(stored: Any) -> Any:
    """The value that :func:`to_stored` made JSON of. Raises ``ValueError`` for what it never makes."""
    if stored is None or isinstance(stored, bool | str | int):
        return stored
    for kind, read in READERS.items():
        if isinstance(stored, dict) and kind in stored:
            return read(stored)
    msg = "There is no such stored value"
    raise ValueError(msg)


def _same(value: Any) -> Any:
    return value


# A bool is a whole number to Python, and a moment a day: the narrower kind comes first. Numbers are text, because the
# database would keep 1e22 as a whole number.
WRITERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (NoneType, _same),
    (bool, _same),
    (str, str),
    (Integral, int),
    (Real, lambda value: {"number": repr(float(value))}),
    (datetime, lambda value: {"moment": value.isoformat()}),
    (date, lambda value: {"day": value.isoformat()}),
    (Points, lambda value: {"points": repr(float(value.value)), "decimals": value.decimals}),
    (LocalText, lambda value: {"texts": dict(value.texts)}),
    (
        Sentence,
        lambda value: {"sentence": value.message, "values": {name: to_stored(each) for name, each in value.values}},
    ),
)

READERS: dict[str, Callable[[Any], Any]] = {
    "number": lambda stored: float(stored["number"]),
    "moment": lambda stored: datetime.fromisoformat(stored["moment"]),
    "day": lambda stored: date.fromisoformat(stored["day"]),
    "points": lambda stored: Points(float(stored["points"]), stored["decimals"]),
    "texts": lambda stored: LocalText(tuple(sorted(stored["texts"].items()))),
    "sentence": lambda stored: Sentence(
        stored["sentence"], **{name: from_stored(each) for name, each in stored["values"].items()}
    ),
}
