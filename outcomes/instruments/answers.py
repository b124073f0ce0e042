"""Whether an answer is one that its item allows, and which items are to be answered.

Answers are a mapping from item id to value: a number (single choice, number, scales), text (free text), or a sequence
of option values (several choices). None or absent means that the question was skipped; a :class:`NonAnswer` that
something was said in place of an answer. Stored as JSON, a non-answer is ``{"no_answer": "dont_know"}``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.instruments.kinds import AnswerType, NonAnswer

if TYPE_CHECKING:
    from outcomes.instruments.model import Condition, Instrument, Item

Answer = int | float | str | Sequence[int | str] | NonAnswer | None
Answers = Mapping[str, Answer]

NO_ANSWER = "no_answer"
CHOOSE_ONE = Sentence("Choose one of the answers shown.")
CHOOSE_SOME = Sentence("Choose among the answers shown.")
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def is_number(value: object) -> TypeGuard[int | float]:
    """True for a finite number that isn't a truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_skipped(value: Answer) -> bool:
    """True where nothing was answered: None, an empty text, an empty choice, or something said in place of an answer."""
    return value is None or isinstance(value, NonAnswer) or (isinstance(value, (str, Sequence)) and len(value) == 0)


def to_json(value: Answer) -> Any:
    """An answer as it is kept in JSON."""
    if isinstance(value, NonAnswer):
        return {NO_ANSWER: value.value}
    return list(value) if isinstance(value, tuple) else value


def from_json(stored: Any) -> Answer:
    """The answer that :func:`to_json` wrote."""
    return NonAnswer(stored[NO_ANSWER]) if isinstance(stored, Mapping) else stored


def answer_fault(item: Item, value: Answer) -> Sentence | None:
    """What is wrong with one answer, said to the one who gave it; None where nothing is. Skipped is never wrong."""
    if isinstance(value, NonAnswer):
        return None if value in item.no_answer else CHOOSE_ONE
    if is_skipped(value):
        return None
    match item.type:
        case AnswerType.SINGLE_CHOICE:
            return None if _is_among(item, value) else CHOOSE_ONE
        case AnswerType.MULTI_CHOICE:
            return _multi_choice_fault(item, value)
        case AnswerType.FREE_TEXT:
            return _free_text_fault(item, value)
    return _number_fault(item, value)


def answer_faults(instrument: Instrument, answers: Answers) -> tuple[Fault, ...]:
    """Every answer that the instrument doesn't allow, with the item's id as place."""
    known = {item.id: item for item in instrument.items}
    faults = []
    for item_id, value in answers.items():
        if item_id not in known:
            faults.append(Fault(item_id, Sentence("The questionnaire has no such question.")))
        elif sentence := answer_fault(known[item_id], value):
            faults.append(Fault(item_id, sentence))
    return tuple(faults)


def check_answers(instrument: Instrument, answers: Answers) -> None:
    """Raise :class:`~outcomes.errors.AnswerError` with every fault, where there is one."""
    if faults := answer_faults(instrument, answers):
        raise AnswerError(Sentence("Some answers can't be used as they stand. Nothing was saved."), faults)


def visible_items(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """The items to be answered, in order, given the answers so far.

    An item whose condition doesn't hold is hidden; its own answer then counts as not given for those after it.
    """
    shown: list[Item] = []
    heard: dict[str, Answer] = {}
    for item in instrument.items:
        if item.show_if is None or holds(item.show_if, heard):
            shown.append(item)
            heard[item.id] = answers.get(item.id)
    return tuple(shown)


def visible_answers(instrument: Instrument, answers: Answers) -> dict[str, Answer]:
    """The given answers of visible items: what is stored and scored. Skipped and hidden ones are left out."""
    return {
        item.id: answers[item.id] for item in visible_items(instrument, answers) if not is_skipped(answers.get(item.id))
    }


def non_answers(instrument: Instrument, answers: Answers) -> dict[str, str]:
    """How each visible item without an answer was left: ``skipped``, ``dont_know`` or ``prefer_not``."""
    return {
        item.id: value.value if isinstance(value := answers.get(item.id), NonAnswer) else "skipped"
        for item in visible_items(instrument, answers)
        if is_skipped(answers.get(item.id))
    }


def hidden_answers(instrument: Instrument, answers: Answers) -> dict[str, Answer]:
    """What was answered and then hidden by another answer: kept beside the response, and never scored."""
    shown = {item.id for item in visible_items(instrument, answers)}
    return {item: value for item, value in answers.items() if item not in shown and not is_skipped(value)}


def risky_items(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """The items whose answers call for the crisis protocol."""
    given = visible_answers(instrument, answers)
    return tuple(
        item
        for item in instrument.items
        if item.risk and is_number(value := given.get(item.id)) and value >= item.risk.at_least
    )


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether a condition is met. A comparison with a question that wasn't answered is not met."""
    if condition.all_ is not None:
        return all(holds(part, answers) for part in condition.all_)
    if condition.any_ is not None:
        return any(holds(part, answers) for part in condition.any_)
    if condition.not_ is not None:
        return not holds(condition.not_, answers)
    value = answers.get(condition.item or "")
    if condition.answered is not None:
        return is_skipped(value) is not condition.answered
    if is_skipped(value):
        return False
    return _compare(condition, value)


def _compare(condition: Condition, value: Answer) -> bool:
    values = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if condition.equals is not None:
        return condition.equals in values
    if condition.in_ is not None:
        return any(one in condition.in_ for one in values)
    number = values[0]
    if not is_number(number):
        return False
    if condition.at_least is not None:
        return number >= condition.at_least
    return condition.at_most is not None and number <= condition.at_most


def _is_among(item: Item, value: object) -> bool:
    return any(type(option.value) is type(value) and option.value == value for option in item.options)


def _multi_choice_fault(item: Item, value: Answer) -> Sentence | None:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return CHOOSE_SOME
    if len(set(value)) != len(value) or not all(_is_among(item, one) for one in value):
        return CHOOSE_SOME
    alone = [option for option in item.options if option.exclusive and option.value in value]
    if alone and len(value) > 1:
        return Sentence("One of the answers you chose means none of the others. Choose either that one or the others.")
    return None


def _free_text_fault(item: Item, value: Answer) -> Sentence | None:
    if not isinstance(value, str) or FORBIDDEN_CHARACTERS.search(value):
        return Sentence("Write your answer in plain letters.")
    if len(value) > item.max_length:
        return Sentence(
            "Your answer has %(length)s characters. There is room for %(limit)s. Make it a little shorter.",
            length=float(len(value)),  # as a quantity, so that it is written as the language writes thousands
            limit=float(item.max_length),
        )
    return None


def _number_fault(item: Item, value: Answer) -> Sentence | None:
    if not is_number(value):
        return Sentence("Write a number in digits, for example 3.")
    low, high = item.bounds or (item.minimum, item.maximum)
    if (low is not None and value < low) or (high is not None and value > high):
        return _out_of_range(low, high)
    steps = (value - (item.minimum or 0)) / item.step
    if not math.isclose(steps, round(steps), abs_tol=1e-6):
        if item.step == 1:
            return Sentence("Write a whole number, without decimals.")
        return Sentence("Write a number in steps of %(step)s.", step=item.step)
    return None


def _out_of_range(low: float | None, high: float | None) -> Sentence:
    if high is None:
        return Sentence("Write a number of %(low)s or more.", low=low)
    if low is None:
        return Sentence("Write a number of %(high)s or less.", high=high)
    return Sentence("Write a number from %(low)s to %(high)s.", low=low, high=high)
