"""A municipality's sums with what they are of: all that it must send for an estimate of everybody's people.

Question: what must each municipality send so that all together get the estimate of all their people, without the people?
Estimand: that of the model which is fitted to the sums.
Formula: the sums of :mod:`outcomes.analysis.pattern_sums` per pattern of answered occasions, of people taken by group
(alike in every indicator column) so that the rule of :mod:`outcomes.analysis.federation.protection` sees small groups.
Assumptions: none; these are sums.
Units: points of the measure, and each number column's own unit. The origins that are taken from scores and numbers before
they are summed are plain numbers near the mean: the mean itself would tell of those who are withheld.
Missing data: as in pattern_sums. ``due`` says how many should have answered at each occasion, rounded up to whole fives
where sums are protected, and so are the people withheld and the answers left out.
Errors: :class:`~outcomes.errors.EstimateError` where there is nobody, or a column isn't what it is described as.
Source: Little & Rubin 2019, chapter 7, doi:10.1002/9781119482260 (the sums); Wolfson et al. 2010,
doi:10.1093/ije/dyq111 (analysing individual data without sharing them).
Checked: tests/unit/analysis/test_federation.py (pooled fit against the fit on the pooled people, 1e-8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.federation.protection import LEAST, protect
from outcomes.analysis.pattern_sums import INTERCEPT, LongitudinalSums, sum_patterns
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.pattern_sums import Matrix

STEP = 5
"""Counts that describe a loss are given in whole fives, upwards."""


class ColumnKind(StrEnum):
    """Whether a column says yes or no (1 or 0) of a person, or how much."""

    INDICATOR = "indicator"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the people: ``Intercept``, an indicator of ``level`` of ``factor``, or a number.

    The name is for readers: which indicators belong together, ``factor`` alone says (None: a yes or no of its own).
    """

    name: str
    kind: ColumnKind
    factor: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What the scores are: instrument and scale, ``unit`` in words, and the scale's ends in points (None: no end)."""

    instrument: str
    scale: str
    unit: str = "points"
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """What the sums are about: measure, intervention, first and last day (ISO) on which an episode may have started.

    ``bases``: for each factor the level that has no column of its own.
    """

    measure: Measure
    intervention: str
    first_day: str
    last_day: str
    bases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    """The rule that was applied: fewest people behind a sum (1: none), and at most how many persons and answers it cost."""

    least: int
    people_withheld: int
    answers_left_out: int


@dataclass(frozen=True, slots=True, eq=False)
class Aggregate:
    """Sums of the people of ``organisations``. ``due``: how many should have answered at each occasion (None: not known)."""

    organisations: tuple[str, ...]
    study: Study
    columns: tuple[Column, ...]
    sums: LongitudinalSums
    due: tuple[int, ...] | None
    protection: Protection

    @property
    def answered(self) -> tuple[int, ...]:
        """How many answers there are at each occasion."""
        counts = [0] * len(self.sums.occasions)
        for pattern in self.sums.patterns:
            for place in pattern.observed:
                counts[place] += pattern.n
        return tuple(counts)

    @property
    def completeness(self) -> float | None:
        """Share (0-1) of the answers that were due which are in the sums; None where it isn't known how many were."""
        if self.due is None or not sum(self.due):
            return None
        return sum(self.answered) / sum(self.due)


def make_aggregate(
    scores: Matrix,
    columns: Matrix,
    *,
    occasions: Sequence[str],
    described: Sequence[Column],
    organisation: str,
    study: Study,
    due: Sequence[int] | None = None,
    least: int = LEAST,
) -> Aggregate:
    """From people: ``scores`` n x K (points, NaN where not answered), ``columns`` n x m as ``described``, ones first."""
    described = read_columns(columns, described)
    number = np.array([column.kind is ColumnKind.NUMBER for column in described])
    origin = plain_origin(scores)
    origins = np.array([plain_origin(columns[:, [place]]) if number[place] else 0.0 for place in range(number.size)])
    indicators = np.flatnonzero(~number)
    _, group = np.unique(columns[:, indicators], axis=0, return_inverse=True)
    names = [column.name for column in described]
    groups = [
        sum_patterns(
            scores[group == each], columns[group == each], occasions=occasions, names=names, origin=origin,
            column_origins=origins,
        )
        for each in range(int(group.max(initial=-1)) + 1)
    ]  # fmt: skip
    if not groups:
        raise EstimateError(Sentence("There is nobody to sum over. Choose a longer period."))
    return make_aggregate_of_groups(groups, described, organisation=organisation, study=study, due=due, least=least)


def make_aggregate_of_groups(
    groups: Sequence[LongitudinalSums],
    described: Sequence[Column],
    *,
    organisation: str,
    study: Study,
    due: Sequence[int] | None = None,
    least: int = LEAST,
) -> Aggregate:
    """From sums of groups of people, each alike in every indicator; without indicators that nobody is left with."""
    protected = protect(groups, least=least, ends=(study.measure.minimum, study.measure.maximum))
    round_up = least > 1
    carried = _carried(protected.sums, described)
    return Aggregate(
        (organisation,),
        study,
        tuple(described[place] for place in carried),
        _take_columns(protected.sums, carried),
        None if due is None else tuple(_whole_fives(count) if round_up else count for count in due),
        Protection(
            least,
            _whole_fives(protected.people_withheld) if round_up else protected.people_withheld,
            _whole_fives(protected.answers_left_out) if round_up else protected.answers_left_out,
        ),
    )


def read_columns(columns: Matrix, described: Sequence[Column]) -> tuple[Column, ...]:
    """``described`` once it is known to describe ``columns``; raises ``EstimateError`` where an indicator isn't 0 or 1."""
    if columns.shape[1] != len(described) or described[0] != Column(INTERCEPT, ColumnKind.INDICATOR):
        raise ValueError("one description per column, the intercept's first")
    for place, column in enumerate(described):
        if column.kind is ColumnKind.INDICATOR and not np.isin(columns[:, place], (0.0, 1.0)).all():
            raise EstimateError(
                Sentence("The column %(name)s must hold 0 and 1, or be described as a number.", name=column.name)
            )
    return tuple(described)


def families_of(columns: Sequence[Column]) -> tuple[tuple[int, ...], ...]:
    """The places of the indicators of each factor together; an indicator of no factor stands alone."""
    families: dict[str | int, list[int]] = {}
    for place, column in enumerate(columns):
        if place and column.kind is ColumnKind.INDICATOR:
            families.setdefault(place if column.factor is None else column.factor, []).append(place)
    return tuple(tuple(family) for family in families.values())


def plain_origin(values: Matrix) -> float:
    """A plain number near the mean: its last digit is worth about a standard deviation."""
    known = values[np.isfinite(values)]
    spread = float(known.std()) if known.size else 0.0
    if not spread:
        return 0.0
    return float(round(float(known.mean()), -math.floor(math.log10(spread))))


def _whole_fives(count: int) -> int:
    return -(-count // STEP) * STEP


def _carried(sums: LongitudinalSums, described: Sequence[Column]) -> list[int]:
    counts = sum((np.diag(pattern.xx) for pattern in sums.patterns), np.zeros(len(described)))
    return [
        place
        for place, column in enumerate(described)
        if column.kind is ColumnKind.NUMBER or counts[place] or column.name == INTERCEPT
    ]


def _take_columns(sums: LongitudinalSums, places: Sequence[int]) -> LongitudinalSums:
    keep = list(places)
    patterns = tuple(
        replace(pattern, xx=pattern.xx[np.ix_(keep, keep)], xy=pattern.xy[keep]) for pattern in sums.patterns
    )
    return replace(
        sums,
        columns=tuple(sums.columns[place] for place in keep),
        column_origins=sums.column_origins[keep],
        patterns=patterns,
    )
