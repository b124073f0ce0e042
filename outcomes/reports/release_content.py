"""The content of a release: plain JSON in one canonical writing, of a size and kind that may be published for good.

What is published can't be taken back. So content is refused that holds what never may be out: a CPR number, a count of people
under 5, a number that isn't one; and content so large or so deep that nobody could have looked at it.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.analysis.disclosure import MINIMUM_CELL
from outcomes.errors import Fault, InputError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.models.base import Json

MOST_BYTES = 2 * 2**20
MOST_VALUES = 100_000
DEEPEST = 24
LARGEST = 2**53
"""Up to here every whole number is itself, whoever reads it."""
COUNTS_OF_PEOPLE = frozenset({"n", "n_begun", "n_due", "n_answered", "n_behind", "count", "people", "persons"})
CPR = re.compile(r"(?<![\w-])(?:0[1-9]|[12]\d|3[01]|[67]\d|8\d|9[01])(?:0[1-9]|1[0-2])\d{2}[- ]?\d{4}(?![\w-])")
IDENTIFIER = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)

REFUSED = Sentence("This can't be published. Nothing was stored.")


def clean_content(content: Mapping[str, Any]) -> Json:
    """The content as it is stored, with each number in one writing. Raises ``InputError`` with what may not be published."""
    faults: list[Fault] = []
    count = 0

    def clean(value: Any, place: str, depth: int) -> Any:
        nonlocal count
        count += 1
        if count > MOST_VALUES or depth > DEEPEST:
            raise InputError(REFUSED, [Fault(place, Sentence("It is too large or too deep for anybody to look at."))])
        if isinstance(value, dict):
            _require_names(value, place)
            return {str(key): clean(each, _below(place, key), depth + 1) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [clean(each, _below(place, row), depth + 1) for row, each in enumerate(value)]
        faults.extend(_value_faults(value, place))
        return _one_writing(value)

    cleaned: Json = clean(dict(content), "", 0)
    if faults:
        raise InputError(REFUSED, faults)
    if len(canonical_json(cleaned).encode()) > MOST_BYTES:
        raise InputError(REFUSED, [Fault("", Sentence("It is too large or too deep for anybody to look at."))])
    return cleaned


def canonical_json(content: object) -> str:
    """The content as text: the same for all who hold the same content."""
    return json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def content_checksum(heading: Mapping[str, Any], content: Mapping[str, Any]) -> bytes:
    """SHA-256 of heading and content together."""
    return hashlib.sha256(canonical_json([dict(heading), dict(content)]).encode()).digest()


def identifiers_in(content: object) -> frozenset[UUID]:
    """Everything in the content that could be the id of a row."""
    return frozenset(UUID(each) for text in _texts(content) for each in IDENTIFIER.findall(text))


def counts_few(value: object) -> bool:
    """True where a sentence or a cell counts fewer than 5 people: it is left out of what is published."""
    values = dict(value.values) if isinstance(value, Sentence) else {}
    return any(_is_few(name, each) or counts_few(each) for name, each in values.items())


def _is_few(name: str, value: object) -> bool:
    return name in COUNTS_OF_PEOPLE and isinstance(value, int) and 0 < value < MINIMUM_CELL


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _require_names(value: dict[Any, Any], place: str) -> None:
    for key in value:
        faults = _value_faults(key, place) if isinstance(key, str) else [Fault(place, Sentence("A name must be text."))]
        if faults:
            raise InputError(REFUSED, faults)


def _below(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


def _value_faults(value: object, place: str) -> list[Fault]:
    name = place.rpartition(".")[2]
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, str):
        return text_faults(value, place)
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > LARGEST:
            return [Fault(place, Sentence("It isn't a number that everybody reads alike."))]
        if _is_few(name, value):
            return [Fault(place, Sentence("It counts fewer than %(minimum)s people.", minimum=MINIMUM_CELL))]
        return []
    return [Fault(place, Sentence("It is neither text nor a number."))]


def text_faults(value: str, place: str) -> list[Fault]:
    """What keeps a text from being published: characters that can't be stored, and what could be a CPR number."""
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        return [Fault(place, Sentence("It holds characters that can't be stored."))]
    if CPR.search(value):
        return [Fault(place, Sentence("It holds what could be a CPR number."))]
    return []


def _one_writing(value: Any) -> Any:
    """Whole numbers without a point, as the database gives them back; and no negative zero."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
