"""Uptake: how many people have begun an intervention, month by month, with no month that shows fewer than five.

Question: is the intervention being taken up, and when did that change?
Formula: people by the month of their first start. A month of fewer than five is put together with those after it until there
are five; what is left over at the end goes with the last period. No period reaches over the end of a stretch of quarters that
other pages begin and end at (:mod:`outcomes.analysis.quarters`): their counts and these can't be held against each other.
Assumptions: each person counts once, where they first began.
Units: persons; months from the first day of one to the last of another.
Missing data: none; whoever hasn't begun isn't in it.
Errors: none raised; no period at all where fewer than five have begun.
Source: METHODS.md section 7. Checked: tests/unit/analysis/test_uptake.py adds every split of random starts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import may_show_cell
from outcomes.analysis.quarters import first_day_of_quarter, join_for_counts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class UptakePeriod:
    """From ``first_day`` to ``last_day`` (whole months) ``begun`` people began; ``so_far`` in all until then."""

    first_day: date
    last_day: date
    begun: int
    so_far: int


def count_uptake(starts: Iterable[date], until: date) -> tuple[UptakePeriod, ...]:
    """People by the months of their first starts, from the first one to the month of ``until``."""
    months = Counter(day.replace(day=1) for day in starts)
    if not months:
        return ()
    quarters: Counter[date] = Counter()
    for month, begun in months.items():
        quarters[first_day_of_quarter(month)] += begun
    stretches = join_for_counts(quarters)
    found: list[UptakePeriod] = []
    waiting, since, so_far, until = 0, None, 0, max([until, *months])
    for month in _months(min(months), until):
        if month in stretches[1:]:
            found, waiting, since = list(_with_rest(found, waiting, so_far, month - timedelta(days=1))), 0, None
        since = since or month
        waiting += months[month]
        so_far += months[month]
        if may_show_cell(waiting):
            found.append(UptakePeriod(since, _last_day(month), waiting, so_far))
            waiting, since = 0, None
    return _with_rest(found, waiting, so_far, until)


def _with_rest(found: Sequence[UptakePeriod], rest: int, so_far: int, until: date) -> tuple[UptakePeriod, ...]:
    if not found:
        return ()
    last = found[-1]
    end = _last_day(until.replace(day=1))
    if end == last.last_day:
        return tuple(found)
    if rest:
        return (*found[:-1], replace(last, last_day=end, begun=last.begun + rest, so_far=so_far))
    return (*found, UptakePeriod(last.last_day + timedelta(days=1), end, 0, so_far))


def _months(first: date, last: date) -> Iterator[date]:
    month = first
    while month <= last:
        yield month
        month = _last_day(month) + timedelta(days=1)


def _last_day(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
