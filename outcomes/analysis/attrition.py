"""Flow of measurement: who began, who was due, who answered, and how those who were lost differ.

Question: how much of what should have been measured was measured, alike in both arms, and who is missing?
Estimand: share answered of due at each occasion; due leaves out who is dead, moved, withdrawn or not yet there.
Formula: share with Wilson interval; difference between arms in the share at the primary occasion; standardised mean
differences at baseline between answered and lost (see balance).
Assumptions: none about why answers are missing; this page is what such assumptions are judged by.
Units: persons, shares 0-1, months.
Missing data: the subject of the page. An answered count under 5 isn't shown, nor the sum that would give it away; how
many did *not* answer is part of the flow and says nothing about anybody's condition. What is shown of answers by arm
and occasion is decided once, by :func:`hidden_arm`: every other table of answers asks it.
Errors: none raised; what can't be given is withheld with its reason.
Source: CONSORT 2010, doi:10.1136/bmj.c332.
Checked: tests/reference/mixed_model (counts of the trial by R's aggregate), tests/reference/proportions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.balance import compare_baseline
from outcomes.analysis.disclosure import (
    may_show_cell,
    may_show_estimate,
    too_few_for_estimate,
    too_few_in_an_arm,
)
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import (
    AttritionTable,
    BalanceTable,
    OccasionFlow,
    Share,
    Withheld,
    WithheldReason,
)
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from outcomes.analysis.frame import StudyData


def describe_attrition(data: StudyData) -> AttritionTable:
    """Flow per occasion and arm, the primary occasion's share, and who was lost by then."""
    rows = tuple(row for occasion in data.plan.occasions for row in _occasion_rows(data, occasion))
    primary = [row for row in rows if row.occasion == data.plan.primary_occasion]
    by_arm = tuple(row.share for row in primary if row.arm is not None)
    return AttritionTable(rows, primary[-1].share, _arm_difference(data), _compare_lost(data), by_arm)


def share_answered(data: StudyData, occasion: str, arm: str | None = None) -> tuple[int, int]:
    """Persons who answered, and persons due, at one occasion in one arm (None: all)."""
    due = data.due.loc[data.members(arm), occasion]
    return int(data.answered(occasion, arm).size), int(due.sum())


def hidden_arm(data: StudyData, occasion: str, arm: str) -> bool:
    """True where so few of ``arm`` answered at ``occasion`` that the number isn't shown."""
    return not may_show_cell(share_answered(data, occasion, arm)[0])


def hides_an_arm(data: StudyData, occasion: str) -> bool:
    """True where, with two arms, a sum over both would give away how few of one answered at ``occasion``."""
    return len(data.arms) > 1 and any(hidden_arm(data, occasion, size.arm) for size in data.arms)


def _occasion_rows(data: StudyData, occasion: str) -> list[OccasionFlow]:
    """Rows of the arms and, where there are two, of both together last."""
    arms: list[str | None] = [size.arm for size in data.arms]
    rows = [_row(data, occasion, arm, hidden=False) for arm in arms]
    return rows if len(arms) == 1 else [*rows, _row(data, occasion, None, hidden=hides_an_arm(data, occasion))]


def _row(data: StudyData, occasion: str, arm: str | None, *, hidden: bool) -> OccasionFlow:
    answered, due = share_answered(data, occasion, arm)
    hidden = hidden or not may_show_cell(answered)
    share: Share | Withheld
    if due == 0:
        share = Withheld(WithheldReason.NOT_POSSIBLE, Sentence("Nobody was due to answer at this time yet."))
    elif hidden or not may_show_estimate(due):
        share = too_few_for_estimate()
    else:
        share = estimate_share(answered, due)
    begun = int(data.members(arm).sum())
    return OccasionFlow(occasion, data.times[occasion], arm, begun, due, None if hidden else answered, share)


def _arm_difference(data: StudyData) -> float | None:
    if len(data.arms) == 1:
        return None
    shares = []
    for size in data.arms:
        answered, due = share_answered(data, data.plan.primary_occasion, size.arm)
        if not may_show_cell(answered) or not may_show_estimate(due):
            return None
        shares.append(answered / due)
    return max(shares) - min(shares)


def _compare_lost(data: StudyData) -> BalanceTable | Withheld:
    due = data.due[data.plan.primary_occasion]
    answered = due & data.scores[data.plan.primary_occasion].notna()
    lost = due & ~answered
    if not lost.any():
        return Withheld(
            WithheldReason.NOT_POSSIBLE,
            Sentence("Nobody was lost, so there is nobody to compare with those who answered."),
        )
    if hides_an_arm(data, data.plan.primary_occasion):
        return too_few_in_an_arm()
    if not may_show_estimate(min(int(answered.sum()), int(lost.sum()))):
        return too_few_for_estimate()
    return compare_baseline(data, answered, lost, "answered", "lost", adjusted=frozenset())
