"""Sums that hold enough people: the rule for thin patterns, applied before anything leaves a municipality.

Question: which answers must stay at home so that no sum tells about too few people, or gives people back?
Formula: people are taken by group (alike in every indicator column) and by pattern (the K occasions answered). A pattern of
a group is thin with fewer than max(``least``, 2 K + 2) people, and where its sums all but say what everybody answered: no
spread at an occasion (a standard deviation under 5 % of the scale's range), an occasion that follows from the others, or
(sum of distances from an end of the scale) squared / sum of their squares under half of that number: so few can carry them.
A thin pattern loses its last answer and joins the pattern that is left: {0, 1, 3} becomes {0, 1}. That goes on from the
longest patterns to the shortest. Where not even the first answer alone has enough, the people are withheld. Leaving an
answer out means leaving out its row and column of the sums: the rule needs sums, not people. ``least`` 1 is no rule.
Sums whose groups aren't known apart are judged by what can be told from them: the count of each indicator, of those
without it, and of each two together; a pattern where one of these is above none and too few is thin as a whole.
Assumptions: 2 K + 2 people have K times as many answers, against K + K (K + 1) / 2 sums; many sets of whole scores then have
the same sums, which is measured and not proved. An answer is left out because few share the pattern; as the pattern follows
drop-out, which may follow the answers, this isn't exactly missing at random: the loss is measured in
docs/methods/federation.md. Scales with few values are told of there too.
Units: people, answers; the scale's ends in points. Missing data: an answer is never invented, only left out.
Errors: :class:`~outcomes.errors.EstimateError` where ``least`` is under 1.
Source: the threshold rule for sums, Hundepool et al. 2012, Statistical Disclosure Control, doi:10.1002/9781118348239.
Checked: tests/unit/analysis/test_federation_protection.py (the same rule applied person by person),
test_federation_attack.py (an attacker who solves small sums for the people; at the limit other people have the same sums).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.pattern_sums import LongitudinalSums, PatternSums, add_sums
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.analysis.pattern_sums import Matrix, Vector

    Families = tuple[tuple[int, ...], ...]
    Ends = tuple[float | None, float | None]

LEAST = 10
"""Fewest people behind a sum that leaves the municipality."""
LEAST_SPREAD = 0.05
"""Smallest standard deviation at an occasion, as part of the scale's range."""
ROUNDING = 1e-9
"""Part of a sum of squares that counts as nothing."""


def fewest_people(least: int, n_occasions: int) -> int:
    """How many people a pattern of so many answers must hold; ``least`` 1 is no rule."""
    return 1 if least == 1 else max(least, 2 * n_occasions + 2)


@dataclass(frozen=True, slots=True)
class _Rule:
    """``least`` people, factors' columns, and the scale's ends (points)."""

    least: int
    families: Families
    ends: Ends


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """Sums that may leave, and what they lack: ``people_withheld`` persons, and ``answers_left_out`` answers of them and
    of others."""

    sums: LongitudinalSums
    people_withheld: int
    answers_left_out: int


def protect(
    groups: Iterable[LongitudinalSums], *, families: Families = (), least: int = LEAST, ends: Ends = (None, None)
) -> Protected:
    """The sums of all ``groups`` together, each pattern of each group with enough people or none.

    Each of ``groups`` holds people alike in every indicator column; with ``families`` (the places of those columns, those of
    one factor together) a group may hold people who differ, and its patterns are judged as wholes. ``ends``: lowest and
    highest value of the scale (points; None: no end).
    """
    if least < 1:
        raise EstimateError(Sentence("The fewest people behind a sum must be a whole number from 1."))
    every, rule = list(groups), _Rule(least, families, ends)
    before = add_sums(every)
    after = add_sums([_merge_thin(group, rule) for group in every])
    return Protected(after, before.n_subjects - after.n_subjects, before.n_observations - after.n_observations)


def thin_places(sums: LongitudinalSums, families: Families, least: int, ends: Ends = (None, None)) -> tuple[int, ...]:
    """Places of the patterns that tell about too few people, or too much about them: none in protected sums."""
    rule = _Rule(least, families, ends)
    return tuple(place for place, pattern in enumerate(sums.patterns) if _is_thin(pattern, sums.origin, rule))


def _leave_last_out(pattern: PatternSums) -> PatternSums:
    """The same people without their last answer."""
    return PatternSums(pattern.observed[:-1], pattern.n, pattern.xx, pattern.xy[:, :-1], pattern.yy[:-1, :-1])


def _merge_thin(sums: LongitudinalSums, rule: _Rule) -> LongitudinalSums:
    """From the longest patterns to the shortest, each thin one goes on without its last answer; at the end, not at all."""
    held = {pattern.observed: pattern for pattern in sums.patterns}
    for size in range(len(sums.occasions), 0, -1):
        for observed in sorted(key for key in held if len(key) == size):
            if not _is_thin(held[observed], sums.origin, rule):
                continue
            shorter = _leave_last_out(held.pop(observed))
            if shorter.observed:
                other = held.get(shorter.observed)
                held[shorter.observed] = shorter if other is None else _join(other, shorter)
    return replace(sums, patterns=tuple(held[key] for key in sorted(held)))


def _join(one: PatternSums, other: PatternSums) -> PatternSums:
    return PatternSums(one.observed, one.n + other.n, one.xx + other.xx, one.xy + other.xy, one.yy + other.yy)


def _is_thin(pattern: PatternSums, origin: float, rule: _Rule) -> bool:
    fewest = fewest_people(rule.least, len(pattern.observed))
    if pattern.n < fewest:
        return True
    counts = np.rint(_cells(pattern, rule.families))
    if ((counts > 0) & (counts < fewest)).any():
        return True
    return fewest > 1 and (
        _follows(pattern, rule.ends) or any(_few_off(pattern, origin, end, fewest / 2) for end in rule.ends)
    )


def _follows(pattern: PatternSums, ends: Ends) -> bool:
    """Do scores at an occasion hardly differ, or follow from those at the others?"""
    total = pattern.xy[0]
    centred: Matrix = pattern.yy - np.outer(total, total) / pattern.n
    spread = np.diag(centred).copy()
    if (spread <= ROUNDING * np.diag(pattern.yy)).any():
        return True
    low, high = ends
    if low is not None and high is not None and (spread < pattern.n * (LEAST_SPREAD * (high - low)) ** 2).any():
        return True
    scale = np.sqrt(spread)
    return bool(np.linalg.eigvalsh(centred / np.outer(scale, scale))[0] <= ROUNDING)


def _few_off(pattern: PatternSums, origin: float, end: float | None, fewest: float) -> bool:
    """Can fewer than ``fewest`` people carry all the distance from this end of the scale, at some occasion?"""
    if end is None:
        return False
    step = origin - end
    total = pattern.xy[0] + pattern.n * step
    squares = np.diag(pattern.yy) + 2 * step * pattern.xy[0] + pattern.n * step**2
    return bool((total**2 < fewest * squares * (1 - ROUNDING)).any())


def _cells(pattern: PatternSums, families: Families) -> Vector:
    """How many people have both, one and none of each two indicators, and no level of a factor that has a column."""
    places = [place for family in families for place in family]
    both = pattern.xx[np.ix_(places, places)]
    single = np.diag(both)
    one = single[:, None] - both
    none = pattern.n - single[:, None] - single[None, :] + both
    base = [pattern.n - sum(float(pattern.xx[place, place]) for place in family) for family in families]
    return np.concatenate([both.ravel(), one.ravel(), none.ravel(), np.array(base, dtype=np.float64)])
