"""Adding municipalities' sums: the sums of all their people, as if one had held them.

Question: what do all municipalities' sums say together?
Formula: sums are added pattern by pattern and column by column, about the first one's origins. An indicator column that
one of them doesn't have is zero for all its people; a number that one of them doesn't have is a fault.
Assumptions: the same measure, intervention, occasions, period and base levels, which is checked; the same way of asking.
Units: points of the measure, and each number column's own unit.
Missing data: as in pattern_sums.
Errors: :class:`~outcomes.errors.EstimateError` where sums can't be added, naming what differs, and where an organisation
would count twice.
Source: Wolfson et al. 2010, doi:10.1093/ije/dyq111 (analysing individual data without sharing them).
Checked: tests/unit/analysis/test_federation.py (pooled fit against the fit on the pooled people, 1e-8).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.federation.aggregate import Aggregate, Column, ColumnKind, Measure, Protection, Study
from outcomes.analysis.pattern_sums import INTERCEPT, LongitudinalSums, PatternSums, add_sums, move_origins
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outcomes.analysis.pattern_sums import Vector


def add_aggregates(parts: Iterable[Aggregate]) -> Aggregate:
    """The sums of all people of ``parts``; no organisation twice."""
    every = list(parts)
    if not every:
        raise EstimateError(Sentence("There is nothing to add: no sums were given."))
    organisations = [name for part in every for name in part.organisations]
    for part in every[1:]:
        _require_same(every[0], part)
    alike = Counter(name.strip().casefold() for name in organisations)
    twice = sorted({name for name in organisations if alike[name.strip().casefold()] > 1})
    if twice:
        raise EstimateError(
            Sentence("%(names)s would count twice. Give one file for each organisation.", names=", ".join(twice))
        )
    columns = _all_columns(every)
    sums = add_sums([_align(part, columns) for part in every])
    dues = [part.due for part in every if part.due is not None]
    return Aggregate(
        tuple(organisations),
        every[0].study,
        columns,
        sums,
        tuple(map(sum, zip(*dues, strict=True))) if len(dues) == len(every) else None,
        Protection(
            min(part.protection.least for part in every),
            sum(part.protection.people_withheld for part in every),
            sum(part.protection.answers_left_out for part in every),
        ),
    )


def require_different_people(parts: Sequence[Aggregate]) -> None:
    """Raises ``EstimateError`` where two parts hold the same people under two names.

    That is told by sums that agree to the last digit: those of any pattern with two answers or more, or all of them. Of one
    answer alone, two groups of ten people may well have the same sum and sum of squares.
    """
    known = [{_said(pattern, part): pattern.observed for pattern in part.sums.patterns} for part in parts]
    for (one, these), (other, those) in combinations(zip(parts, known, strict=True), 2):
        shared = these.keys() & those.keys()
        if these.keys() == those.keys() or any(len(these[key]) > 1 for key in shared):
            raise EstimateError(
                Sentence(
                    "%(first)s and %(other)s sent the same sums to the last digit: the same people would count twice. Ask"
                    " which of the two files is right.",
                    first=", ".join(one.organisations), other=", ".join(other.organisations),
                )
            )  # fmt: skip


def _said(pattern: PatternSums, part: Aggregate) -> tuple[object, ...]:
    """What the pattern's sums are of scores alone, about 0, to the digits that rounding leaves."""
    (plain,) = move_origins(replace(part.sums, patterns=(pattern,)), 0.0, part.sums.column_origins).patterns
    numbers = (*plain.xy[0].tolist(), *plain.yy[np.triu_indices(len(plain.observed))].tolist())
    return pattern.observed, pattern.n, *(f"{number + 0.0:.9e}" for number in numbers)


def _require_same(first: Aggregate, other: Aggregate) -> None:
    """Raises ``EstimateError`` naming what the two aren't alike in."""
    compared: tuple[tuple[Sentence, object, object], ...] = (
        (Sentence("the instrument"), first.study.measure.instrument, other.study.measure.instrument),
        (Sentence("the scale"), first.study.measure.scale, other.study.measure.scale),
        (Sentence("the unit"), first.study.measure.unit, other.study.measure.unit),
        (Sentence("the range of the scale"), _ends(first.study.measure), _ends(other.study.measure)),
        (Sentence("the intervention"), first.study.intervention, other.study.intervention),
        (Sentence("the period"), _period(first.study), _period(other.study)),
        (Sentence("the list of base levels"), _bases(first.study), _bases(other.study)),
        (Sentence("the list of occasions"), ", ".join(first.sums.occasions), ", ".join(other.sums.occasions)),
    )
    for what, one, two in compared:
        if one != two:
            raise EstimateError(
                Sentence(
                    "The sums of %(first)s and %(other)s can't be added: %(what)s is %(one)s in one and %(two)s in the"
                    " other. Make them anew with the same plan.",
                    first=", ".join(first.organisations), other=", ".join(other.organisations), what=what, one=one or "-",
                    two=two or "-",
                )
            )  # fmt: skip


def _ends(measure: Measure) -> str:
    """The scale's ends as numbers are written shortest, so that 27 and 27.0 are the same."""
    return " - ".join("-" if end is None else f"{end + 0.0:.17g}" for end in (measure.minimum, measure.maximum))


def _bases(study: Study) -> str:
    return ", ".join(f"{factor}[{level}]" for factor, level in sorted(study.bases))


def _period(study: Study) -> str:
    return f"{study.first_day} - {study.last_day}"


def _all_columns(parts: Sequence[Aggregate]) -> tuple[Column, ...]:
    """Every column of any part: the intercept, then by name; raises ``EstimateError`` for a number that a part lacks."""
    known: dict[str, Column] = {}
    for part in parts:
        for column in part.columns:
            if known.setdefault(column.name, column) != column:
                raise EstimateError(
                    Sentence(
                        "The column %(name)s says one thing in one part and another thing in another: a number or not, or a"
                        " level of something else. Make them anew with the same plan.",
                        name=column.name,
                    )
                )
    for part in parts:
        absent = {name for name, column in known.items() if column.kind is ColumnKind.NUMBER} - set(part.sums.columns)
        if absent:
            raise EstimateError(
                Sentence(
                    "The sums of %(organisations)s lack the number %(names)s, which others have. Make them anew with the"
                    " same plan.",
                    organisations=", ".join(part.organisations), names=", ".join(sorted(absent)),
                )
            )  # fmt: skip
    later = sorted(set(known) - {INTERCEPT})
    return tuple(known[name] for name in (INTERCEPT, *later))


def _align(part: Aggregate, columns: Sequence[Column]) -> LongitudinalSums:
    """The part's sums with all ``columns``, in their order; nobody has what the part hasn't heard of."""
    places = {name: place for place, name in enumerate(part.sums.columns)}
    targets = [place for place, column in enumerate(columns) if column.name in places]
    sources = [places[columns[place].name] for place in targets]
    return replace(
        part.sums,
        columns=tuple(column.name for column in columns),
        column_origins=_spread_vector(part.sums.column_origins, targets, sources, len(columns)),
        patterns=tuple(_spread(pattern, targets, sources, len(columns)) for pattern in part.sums.patterns),
    )


def _spread(pattern: PatternSums, targets: Sequence[int], sources: Sequence[int], size: int) -> PatternSums:
    xx = np.zeros((size, size))
    xx[np.ix_(targets, targets)] = pattern.xx[np.ix_(sources, sources)]
    xy = np.zeros((size, len(pattern.observed)))
    xy[list(targets)] = pattern.xy[list(sources)]
    return replace(pattern, xx=xx, xy=xy)


def _spread_vector(vector: Vector, targets: Sequence[int], sources: Sequence[int], size: int) -> Vector:
    spread = np.zeros(size)
    spread[list(targets)] = vector[list(sources)]
    return spread
