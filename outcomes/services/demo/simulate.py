"""How invented people fare and answer: pure chance from a generator passed in, dates in and answers out.

A person has a level between 0 (worst) and 1 (best) that moves over the months; each question's answer is drawn around it.
Scores are never made up: they come from the answers, by the instrument's own scoring. Each person and each occasion has
a generator of its own, so that what day it is changes who has answered by now, and nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.instruments import Answer, AnswerType, Direction, Instrument, Item, visible_answers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

ITEM_SPREAD = 0.13
OCCASION_SPREAD = 0.06
SKIPPED = 0.015
WRITTEN = 0.25
"""Share who write something where they may write freely."""
MONTHS_TO_TURN = 4.0
"""After this many months about two thirds of a change have come."""
LATE = 0.03
LONGEST_DELAY = 26
LATE_DELAYS = (29, 38)
MODES = ("own_device",) * 15 + ("assisted",) * 3 + ("kiosk", "phone")


@dataclass(frozen=True, slots=True)
class Pattern:
    """How people of one group fare. ``turns``: (share of people, change in level in the end); ``stopping``: share who
    stop answering in a month; ``missing``: share of single measurements missed."""

    start: float
    spread: float
    turns: tuple[tuple[float, float], ...]
    stopping: float
    missing: float


@dataclass(frozen=True, slots=True)
class Life:
    """One person's level over time. ``answers_until``: months after the start."""

    start: float
    change: float
    answers_until: float
    missing: float

    def level(self, months: float) -> float:
        """Level after ``months``, before the day's chance."""
        return self.start + self.change * (1 - math.exp(-months / MONTHS_TO_TURN))


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one occasion: days after the planned day, minute of the day, and how it was given."""

    delay: int
    minute: int
    mode: str


def draw_life(pattern: Pattern, rng: Random, *, lift: float = 0.0) -> Life:
    """One person of the group; ``lift`` moves where they start."""
    start = rng.gauss(pattern.start + lift, pattern.spread)
    turn = rng.choices(pattern.turns, weights=[share for share, _ in pattern.turns])[0][1]
    change = rng.gauss(turn, 0.05)
    # Who fares worse stops answering sooner: drop-out that a report has to be honest about.
    hurry = 1.5 if turn < 0 else 1.0
    stops = rng.expovariate(hurry * pattern.stopping) if pattern.stopping else math.inf
    return Life(min(max(start, 0.12), 0.88), change, stops, pattern.missing)


def draw_reply(life: Life, months: float, rng: Random, *, on_time: bool = False) -> Reply | None:
    """When and how the person answers an occasion; None where they don't."""
    missed, late, quick = rng.random() < life.missing, rng.random() < LATE, rng.expovariate(0.2)
    delay = rng.randint(*LATE_DELAYS) if late and not on_time else min(int(quick), LONGEST_DELAY)
    reply = Reply(delay, rng.randint(8 * 60, 20 * 60), rng.choice(MODES))
    return None if (missed and months > 0) or months > life.answers_until else reply


def draw_answers(instrument: Instrument, level: float, rng: Random, remarks: Sequence[str] = ()) -> dict[str, Answer]:
    """Answers of somebody at ``level`` to every question that is shown to them."""
    today = level + rng.gauss(0, OCCASION_SPREAD)
    answers: dict[str, Answer] = {}
    for item in instrument.items:
        skip = rng.random() < SKIPPED
        answer = _draw_answer(item, today if _more_is_better(instrument, item) else 1 - today, rng, remarks)
        if not skip and answer is not None:
            answers[item.id] = answer
    return visible_answers(instrument, answers)


def _more_is_better(instrument: Instrument, item: Item) -> bool:
    for scale in instrument.scales:
        if item.id in scale.items:
            return (scale.direction is Direction.HIGHER_IS_BETTER) != (item.id in scale.reversed)
    return True


def _draw_answer(item: Item, place: float, rng: Random, remarks: Sequence[str]) -> Answer:
    """An answer to ``item`` by one whose place between its lowest and highest answer is about ``place`` (0-1)."""
    match item.type:
        case AnswerType.FREE_TEXT:
            return rng.choice(remarks) if remarks and rng.random() < WRITTEN else None
        case AnswerType.MULTI_CHOICE:
            return _draw_several(item, rng)
        case AnswerType.SINGLE_CHOICE if item.bounds is None:
            return rng.choice(item.options).value
    low, high = item.bounds or (0.0, 1.0)
    drawn = min(max(rng.gauss(place, ITEM_SPREAD), 0.0), 1.0)
    value = low + round(drawn * (high - low) / item.step) * item.step
    return int(value) if float(value).is_integer() else value


def _draw_several(item: Item, rng: Random) -> Answer:
    chosen = [option.value for option in item.options if not option.exclusive and rng.random() < 0.4]  # noqa: PLR2004
    alone = [option.value for option in item.options if option.exclusive]
    return chosen or alone[:1]
