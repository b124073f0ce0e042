"""Any report context as plain data, ready for ``json.dumps``: raw numbers at full precision, sentences in one language."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from numbers import Integral, Real
from types import NoneType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.analysis.results import Withheld as WithheldResult
from outcomes.errors import Sentence
from outcomes.language import translate, use_locale
from outcomes.reports.parts import LocalText, Points, Withheld

if TYPE_CHECKING:
    from collections.abc import Callable


def to_plain(value: object, locale: str) -> Any:
    """``value`` as JSON knows it, with sentences and names in ``locale``.

    Dataclasses are objects by their fields, what is withheld is ``{"withheld": why}``, days and moments are ISO text, an
    enumeration is its code, kroner and other decimals are numbers. Raises ``TypeError`` for a kind that JSON can't hold.
    """
    with use_locale(locale):
        return _plain(value)


def _plain(value: Any) -> Any:
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    msg = f"A {type(value).__name__} can't be written as plain data"
    raise TypeError(msg)


def _code(value: Enum) -> object:
    return value.name if isinstance(value.value, int) else value.value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# An enumeration may be a number or a text too, and a bool is a whole number to Python: the narrower kind comes first.
WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (NoneType, lambda value: value),
    (bool, lambda value: value),
    (Enum, _code),
    (str, str),
    (Integral, int),
    (Real, lambda value: float(value) if math.isfinite(value) else None),
    (Decimal, _number),
    (datetime, datetime.isoformat),
    (date, date.isoformat),
    (UUID, str),
    (LocalText, str),
    (Sentence, translate),
    (Points, lambda value: value.value),
    (Withheld, lambda value: {"withheld": translate(value.reason)}),
    (WithheldResult, lambda value: {"withheld": translate(value.sentence)}),
    (Mapping, lambda value: {str(_plain(key)): _plain(each) for key, each in value.items()}),
    ((list, tuple), lambda value: [_plain(each) for each in value]),
    (Set, lambda value: sorted(_plain(each) for each in value)),
)
