"""When a question is to be answered, in words: on paper nothing hides it.

Each sentence names the earlier question by the number that stands before it on the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.instruments import text
from outcomes.reports.parts import Points

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.instruments import Instrument
    from outcomes.instruments.model import Condition, Item

MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class When:
    """A condition: a sentence, and where it is made of several, those."""

    sentence: Sentence
    parts: tuple[When, ...] = ()


def say_condition(condition: Condition, instrument: Instrument, numbers: Mapping[str, int], locale: str) -> When:
    """The condition of a question. ``numbers``: the number of each question on the sheet, by id."""
    if condition.item is None:
        return _joined(condition, instrument, numbers, locale)
    return When(
        Sentence(
            "Answer this only if you answered %(answer)s to question %(number)s.",
            **_asked(condition, instrument, numbers, locale),
        )
        if condition.answered is None
        else Sentence("Answer this only if you answered question %(number)s.", number=numbers[condition.item])
        if condition.answered
        else Sentence("Answer this only if you left question %(number)s empty.", number=numbers[condition.item])
    )


def _joined(condition: Condition, instrument: Instrument, numbers: Mapping[str, int], locale: str) -> When:
    if condition.all_ is not None:
        lead, parts = Sentence("Answer this only if all of this is true:"), condition.all_
    elif condition.any_ is not None:
        lead, parts = Sentence("Answer this only if at least one of these is true:"), condition.any_
    else:
        lead, parts = Sentence("Answer this only if this is not true:"), _denied(condition)
    return When(lead, tuple(_part(part, instrument, numbers, locale) for part in parts))


def _part(condition: Condition, instrument: Instrument, numbers: Mapping[str, int], locale: str) -> When:
    """One of several conditions: a sentence that can be true or not."""
    if condition.item is None:
        lead = (
            Sentence("All of this is true:")
            if condition.all_ is not None
            else Sentence("At least one of these is true:")
            if condition.any_ is not None
            else Sentence("This is not true:")
        )
        parts = condition.all_ or condition.any_ or _denied(condition)
        return When(lead, tuple(_part(part, instrument, numbers, locale) for part in parts))
    if condition.answered is None:
        return When(
            Sentence(
                "You answered %(answer)s to question %(number)s.", **_asked(condition, instrument, numbers, locale)
            )
        )
    number = numbers[condition.item]
    if condition.answered:
        return When(Sentence("You answered question %(number)s.", number=number))
    return When(Sentence("You left question %(number)s empty.", number=number))


def _denied(condition: Condition) -> tuple[Condition, ...]:
    return (condition.not_,) if condition.not_ is not None else ()


def _asked(
    condition: Condition, instrument: Instrument, numbers: Mapping[str, int], locale: str
) -> dict[str, Sentence | int]:
    item = instrument.item(str(condition.item))
    return {"answer": _answer(condition, item, locale), "number": numbers[item.id]}


def _answer(condition: Condition, item: Item, locale: str) -> Sentence:
    """The answers that are meant: the words of a choice, or the numbers from and to."""
    if condition.at_least is not None:
        return Sentence("%(number)s or more", number=_number(condition.at_least))
    if condition.at_most is not None:
        return Sentence("%(number)s or less", number=_number(condition.at_most))
    meant = condition.in_ if condition.in_ is not None else (condition.equals,)
    words = [_quoted(word) for word in _words(item, meant, locale)]
    found = words[0]
    for more in words[1:]:
        found = Sentence("%(first)s or %(second)s", first=found, second=more)
    return found


def _words(item: Item, meant: tuple[object, ...], locale: str) -> Iterator[str | Points]:
    labels = {option.value: text(option.wording, locale) for option in item.options}
    for value in meant:
        known = labels.get(value) if isinstance(value, int | str) else None
        yield known or (_number(value) if isinstance(value, int | float) else str(value))


def _quoted(word: str | Points) -> Sentence:
    if isinstance(word, str):
        return Sentence("“%(words)s”", words=word)
    return Sentence("%(value)s", value=word)


def _number(value: float) -> Points:
    decimals = len(f"{value:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2])
    return Points(float(value), decimals)
