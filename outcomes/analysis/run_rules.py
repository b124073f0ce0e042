"""Run rules of a control chart: which patterns of points count as a signal, and how often they come by chance.

Question: is the latest point, together with those before it, more than ordinary variation?
Rules: beyond the limits (more than 3 standard deviations from the centre); two of the latest three beyond 2 on the same
side; four of the latest five beyond 1 on the same side; eight in a row on the same side. A rule signals at a point that
itself is part of the pattern.
Formula: what the rules remember of the latest points is a state; the chart's in-control run length is that of the
Markov chain over all states that can be reached without signal (:mod:`outcomes.analysis.run_length`). The very same
step from state to state reads a real series, so that chart and run length can't disagree.
Assumptions: for the run length: independent points from a normal distribution whose centre and spread are known.
Units: standard deviations from the centre; run lengths in points.
Missing data: none; a missing point is the caller's to handle, since it would break a run.
Errors: :class:`~outcomes.errors.EstimateError` where no rule is chosen.
Source: Western Electric 1956, Statistical Quality Control Handbook; Champ & Woodall 1987, doi:10.2307/1269645.
Checked: tests/reference/cusum (Champ and Woodall's published table) and by seeded simulation.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable


class RunRule(StrEnum):
    """A named pattern of points that counts as a signal."""

    BEYOND_LIMITS = "beyond_limits"
    TWO_OF_THREE = "two_of_three"
    FOUR_OF_FIVE = "four_of_five"
    EIGHT_ON_ONE_SIDE = "eight_on_one_side"


RULE_WORDS: dict[RunRule, Sentence] = {
    RunRule.BEYOND_LIMITS: Sentence("a point beyond the limits"),
    RunRule.TWO_OF_THREE: Sentence("two of three points in the outer third on the same side"),
    RunRule.FOUR_OF_FIVE: Sentence("four of five points beyond a third of the way to the limit on the same side"),
    RunRule.EIGHT_ON_ONE_SIDE: Sentence("eight points in a row on the same side of the centre"),
}
USUAL_RULES = frozenset({RunRule.BEYOND_LIMITS, RunRule.EIGHT_ON_ONE_SIDE})
LONGEST_RUN = 8

# A state: signed length of the run on one side, and the levels of the latest four points that a rule still needs.
State = tuple[int, tuple[int, int, int, int]]
START: State = (0, (0, 0, 0, 0))
# A level: the sign says the side, the number how many standard deviations from the centre, rounded up, 4 at most.
LEVELS = (-4, -3, -2, -1, 1, 2, 3, 4)


def read_signals(deviations: Iterable[float], rules: frozenset[RunRule]) -> tuple[tuple[RunRule, ...], ...]:
    """Rules that signal at each point of a series, from its ``deviations`` (standard deviations from the centre)."""
    state, found = START, []
    for deviation in deviations:
        state, signals = _step(state, _level(deviation), rules)
        found.append(signals)
    return tuple(found)


@lru_cache(maxsize=32)
def run_length_of_rules(rules: frozenset[RunRule]) -> float:
    """Expected points from a fresh start to the first signal of any of ``rules``, while nothing has changed."""
    if not rules:
        raise EstimateError(Sentence("A control chart needs at least one rule that says what a signal is."))
    from scipy.special import ndtr  # noqa: PLC0415 - scipy only where a number is worked out

    below = ndtr(np.array([-np.inf, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, np.inf]))
    chances = dict(zip(LEVELS, np.diff(below).tolist(), strict=True))
    moves: dict[State, list[tuple[State, float]]] = {}
    waiting = deque([START])
    while waiting:
        state = waiting.popleft()
        if state in moves:
            continue
        steps = [(*_step(state, level, rules), chance) for level, chance in chances.items()]
        moves[state] = [(following, chance) for following, signals, chance in steps if not signals]
        waiting.extend(following for following, _ in moves[state])
    place = {state: index for index, state in enumerate(moves)}
    system = np.eye(len(place))
    for state, steps_on in moves.items():
        for following, chance in steps_on:
            system[place[state], place[following]] -= chance
    return float(np.linalg.solve(system, np.ones(len(place)))[0])


def _level(deviation: float) -> int:
    size = sum(abs(deviation) > bound for bound in (0, 1, 2, 3))
    return size if deviation > 0 else -size


def _step(state: State, level: int, rules: frozenset[RunRule]) -> tuple[State, tuple[RunRule, ...]]:
    """State after a point at ``level``, and the rules that signal there."""
    run, latest = state
    side = (level > 0) - (level < 0)
    run = max(-LONGEST_RUN, min(LONGEST_RUN, run + side)) if run * side > 0 else side
    signals = []
    if abs(level) > 3:
        signals.append(RunRule.BEYOND_LIMITS)
    if abs(level) > 2 and sum(side * before > 2 for before in latest[:2]) >= 1:
        signals.append(RunRule.TWO_OF_THREE)
    if abs(level) > 1 and sum(side * before > 1 for before in latest) >= 3:
        signals.append(RunRule.FOUR_OF_FIVE)
    if abs(run) == LONGEST_RUN:
        signals.append(RunRule.EIGHT_ON_ONE_SIDE)
    kept_run = run if RunRule.EIGHT_ON_ONE_SIDE in rules else 0
    return (kept_run, _kept((level, *latest[:3]), rules)), tuple(rule for rule in signals if rule in rules)


def _kept(levels: tuple[int, ...], rules: frozenset[RunRule]) -> tuple[int, int, int, int]:
    """Of the latest four levels only what a rule in use looks at, so that there are few states."""
    kept = []
    for index, level in enumerate(levels):
        side = (level > 0) - (level < 0)
        if abs(level) > 2 and index < 2 and RunRule.TWO_OF_THREE in rules:
            kept.append(3 * side)
        elif abs(level) > 1 and RunRule.FOUR_OF_FIVE in rules:
            kept.append(2 * side)
        else:
            kept.append(0)
    return kept[0], kept[1], kept[2], kept[3]
