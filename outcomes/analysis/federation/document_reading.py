"""Takes a parsed document apart and remembers every fault with its place, so that all are named at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Fault, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.pattern_sums import Vector

MOST_TEXT = 200
MOST_ENTRIES = 100_000


class Reader:
    """Reads one part at a time. What is wrong is noted in ``faults``, and something harmless is given in its place."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, place: str, sentence: Sentence) -> None:
        self.faults.append(Fault(place, sentence))

    def mapping(self, place: str, value: Any, names: Sequence[str]) -> dict[str, Any] | None:
        """An object with exactly these names; None where it is anything else."""
        if not isinstance(value, dict):
            self.fault(place, Sentence("This must be an object with names."))
            return None
        dot = f"{place}." if place else ""
        absent = [name for name in names if name not in value]
        unknown = [name for name in value if name not in names]
        for name in absent:
            self.fault(f"{dot}{name}", Sentence("This is missing."))
        for name in unknown:
            self.fault(f"{dot}{name[:MOST_TEXT]}", Sentence("This isn't part of the format."))
        return None if absent or unknown else value

    def sequence(self, place: str, value: Any, most: int = MOST_ENTRIES) -> list[Any]:
        if not isinstance(value, list):
            self.fault(place, Sentence("This must be a list."))
            return []
        if len(value) > most:
            self.fault(place, Sentence("This list has more than %(most)s entries.", most=most))
            return []
        return value

    def text(self, place: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > MOST_TEXT:
            self.fault(place, Sentence("This must be a text of 1 to %(most)s characters.", most=MOST_TEXT))
            return ""
        return value

    def names(self, place: str, value: Any, most: int = MOST_ENTRIES) -> tuple[str, ...]:
        """At least one text, none of them twice."""
        found = tuple(
            self.text(f"{place}[{number}]", each) for number, each in enumerate(self.sequence(place, value, most))
        )
        if not found or len(set(found)) < len(found):
            self.fault(place, Sentence("There must be at least one entry, and none twice."))
        return found

    def factor_level(self, place: str, value: Any) -> tuple[str, str]:
        """A category and one of its levels."""
        match self.sequence(place, value):
            case [factor, level]:
                return self.text(f"{place}[0]", factor), self.text(f"{place}[1]", level)
            case _:
                self.fault(place, Sentence("There must be the name of a factor and of one of its levels here."))
                return "", ""

    def texts(self, place: str, value: Any) -> tuple[tuple[str, str], ...]:
        """An object whose values are texts."""
        if not isinstance(value, dict):
            self.fault(place, Sentence("This must be an object with names."))
            return ()
        return tuple((self.text(place, name), self.text(f"{place}.{name[:MOST_TEXT]}", value[name])) for name in value)

    def choice(self, place: str, value: Any, choices: Sequence[str]) -> str:
        if value not in choices:
            self.fault(place, Sentence("This must be one of: %(choices)s.", choices=", ".join(choices)))
            return choices[0]
        return str(value)

    def count(self, place: str, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
            self.fault(place, Sentence("This must be a whole number from 0."))
            return 0
        return value

    def counts(self, place: str, value: Any, length: int) -> tuple[int, ...]:
        return tuple(
            self.count(f"{place}[{number}]", each) for number, each in enumerate(self._long(place, value, length))
        )

    def places(self, place: str, value: Any, below: int) -> tuple[int, ...]:
        """Whole numbers under ``below``, ascending, at least one."""
        found = tuple(
            self.count(f"{place}[{number}]", each)
            for number, each in enumerate(self.sequence(place, value, MOST_ENTRIES))
        )
        if not found or list(found) != sorted(set(found)) or found[-1] >= below:
            self.fault(place, Sentence("This must be numbers of occasions, counted from 0, in ascending order."))
            return (0,)
        return found

    def number(self, place: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            self.fault(place, Sentence("This must be a number."))
            return 0.0
        return float(value)

    def numbers(self, place: str, value: Any, length: int) -> Vector:
        found = self._long(place, value, length)
        vector = np.zeros(length)
        vector[: len(found)] = [self.number(f"{place}[{number}]", each) for number, each in enumerate(found)]
        return vector

    def _long(self, place: str, value: Any, length: int) -> list[Any]:
        found = self.sequence(place, value, MOST_ENTRIES + length)
        if len(found) != length:
            self.fault(
                place,
                Sentence("There must be %(wanted)s numbers here, not %(found)s.", wanted=length, found=len(found)),
            )
            return []
        return found


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
