"""Stretches of whole quarters that figures may be asked for, so that no two of them differ by a few people.

Question: from which days, and to which, may a page be asked, where somebody holds one answer against another?
Rule: quarters are joined until enough people began in them; what is left over at the end goes with the last stretch. Every
period that is shown begins and ends where a stretch does, so two of them differ by whole stretches, each with enough.
Stretches for figures of outcomes are joined from those for counts of people, so that these two don't differ by a few either.
Units: persons by the first day of a quarter. Missing data: whoever hasn't answered is begun, and not known.
Errors: none raised; no stretch where there are too few people altogether: then only the whole is shown.
Source: METHODS.md section 7. Checked: tests/unit/analysis/test_quarters.py takes the differences of all periods.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_CELL, MINIMUM_ESTIMATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def first_day_of_quarter(day: date) -> date:
    """The first day of the quarter that the day is in."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def join_for_counts(begun: Mapping[date, int]) -> tuple[date, ...]:
    """First days of the stretches in which at least five people began; ``begun``: people by the first day of a quarter."""
    return _join({quarter: (count,) for quarter, count in begun.items()}, MINIMUM_CELL)


def join_for_outcomes(begun: Mapping[date, int], known: Mapping[date, tuple[int, ...]]) -> tuple[date, ...]:
    """First days of the stretches with at least ten people whose outcome is known, each of them whole ones for counts.

    ``known``: by the first day of a quarter, people of the intervention and of whoever they are compared with: of these,
    none or at least ten.
    """
    starts = join_for_counts(begun)
    joined: dict[date, tuple[int, ...]] = {}
    for quarter in sorted(known):
        start = start_of(starts, quarter) or quarter
        before = joined.get(start, (0,) * len(known[quarter]))
        joined[start] = tuple(one + other for one, other in zip(before, known[quarter], strict=True))
    found = _join(joined, MINIMUM_ESTIMATE)
    return found if set(found) <= set(starts) else ()


def open_from(begun: Mapping[date, int], known: Mapping[date, tuple[int, ...]]) -> date | None:
    """First day of the quarters that no stretch is made of yet, since too few of their people have answered; the first day
    after the last quarter where all are in a stretch. None where there are no quarters."""
    quarters = sorted({*begun, *known})
    if not quarters:
        return None
    after = first_day_of_quarter(quarters[-1] + timedelta(days=100))  # a quarter has at most 92 days
    width = max((len(counts) for counts in known.values()), default=1)
    enough = {after: (MINIMUM_ESTIMATE,) * width}
    starts = join_for_outcomes({**begun, after: MINIMUM_CELL}, {**known, **enough})
    return starts[-1] if starts else quarters[0]


def join_within(starts: Sequence[date], counts: Mapping[date, int]) -> tuple[date, ...]:
    """First days of the stretches with at least ten people, each of them whole ones of ``starts`` (none: of quarters).

    ``counts``: people by the first day of a quarter.
    """
    joined: dict[date, tuple[int, ...]] = {}
    for quarter in sorted(counts):
        start = (start_of(starts, quarter) or starts[0]) if starts else quarter
        joined[start] = (joined.get(start, (0,))[0] + counts[quarter],)
    return _join(joined, MINIMUM_ESTIMATE)


def start_of(starts: Sequence[date], day: date) -> date | None:
    """First day of the stretch that the day is in; None before the first one."""
    return max((start for start in starts if start <= day), default=None)


def _join(counts: Mapping[date, tuple[int, ...]], least: int) -> tuple[date, ...]:
    starts: list[date] = []
    since: date | None = None
    waiting: tuple[int, ...] = ()
    for quarter in sorted(counts):
        if since is None:
            waiting = counts[quarter]
        else:
            waiting = tuple(one + other for one, other in zip(waiting, counts[quarter], strict=True))
        since = since or quarter
        if waiting[0] >= least and all(each == 0 or each >= least for each in waiting[1:]):
            starts.append(since)
            since = None
    return tuple(starts)
