"""Reliable change of the persons of each arm: who became better, stayed or became worse, of all who were due.

Question: for how many did something change by more than the measure's error?
Formula: categories by :mod:`outcomes.analysis.reliable_change` between baseline and primary occasion; shares of all who
were due at the primary occasion, with Wilson intervals; difference between arms with Newcombe's interval. Success follows
the plan's kind of goal: reliable improvement (develop), no reliable worsening (maintain), better than expected (limit loss).
Assumptions: those of reliable change. Somebody lost is counted as not known to be better: with much drop-out the shares
are lower bounds, and the difference is fair only where drop-out is alike.
Units: persons, shares 0-1. Missing data: who didn't answer, or has no score at the start, stays in the denominator; whose
time hasn't come (or who could no longer be asked) isn't in it, and is counted apart.
Errors: none raised; withheld with reason.
Source: see reliable_change and proportions.
Checked: tests/reference/reliable_change, tests/reference/proportions, tests/unit/analysis/test_descriptions.py.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.analysis.attrition import share_answered
from outcomes.analysis.disclosure import (
    may_show_cell,
    may_show_estimate,
    may_show_share,
    suppress_counts,
    too_few_for_estimate,
    too_few_for_share,
)
from outcomes.analysis.effect_results import Cell, CellMark, Progression, ProgressionRow
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.analysis.reliable_change import (
    ChangeCategory,
    ChangeThreshold,
    PersonChange,
    change_threshold,
    classify_person,
    count_categories,
)
from outcomes.analysis.results import ArmSize, Share, ShareDifference, Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.frame import StudyData


def describe_progression(
    data: StudyData, *, compared: bool = True
) -> tuple[Progression | Withheld, tuple[PersonChange, ...]]:
    """Protected counts per arm, and the person rows behind them (not for publication).

    ``compared`` False: no difference between arms, because the main comparison couldn't be made either.
    """
    error = data.plan.measurement_error
    if error is None:
        return (
            Withheld(
                WithheldReason.NOT_PLANNED,
                Sentence(
                    "The measure's error isn't known, so we can't say who has changed reliably. A study of the measure,"
                    " named in the analysis plan, would make it possible."
                ),
            ),
            (),
        )
    baseline = data.answered(data.plan.baseline_occasion).tolist()
    try:
        threshold = change_threshold(error, baseline)
        persons = tuple(_person(data, threshold, subject) for subject in data.scores.index)
    except EstimateError as fault:
        return Withheld(WithheldReason.NOT_POSSIBLE, fault.sentence), ()
    if not any(may_show_estimate(_compared(persons, size)) for size in data.arms):
        return too_few_for_estimate(), persons
    rows = tuple(_row(data, size, [person for person in persons if person.arm == size.arm]) for size in data.arms)
    difference = (
        _difference(rows)
        if compared or len(rows) == 1
        else Withheld(
            WithheldReason.NOT_POSSIBLE,
            Sentence("The groups aren't compared, since the main comparison couldn't be made."),
        )
    )
    return Progression(threshold, data.plan.goal_kind, rows, difference), persons


def _person(data: StudyData, threshold: ChangeThreshold, subject: str) -> PersonChange:
    plan = data.plan
    return classify_person(
        subject,
        str(data.arm[subject]),
        _score(data, subject, plan.baseline_occasion),
        _score(data, subject, plan.primary_occasion),
        threshold=threshold,
        direction=plan.measure.direction,
        kind=plan.goal_kind,
        expected_change=plan.expected_change.points if plan.expected_change else None,
    )


def _score(data: StudyData, subject: str, occasion: str) -> float | None:
    score = float(data.scores[occasion][subject])
    return None if math.isnan(score) else score


def _compared(persons: Sequence[PersonChange], size: ArmSize) -> int:
    return sum(person.arm == size.arm and person.category is not ChangeCategory.NOT_COMPARED for person in persons)


def _row(data: StudyData, size: ArmSize, persons: Sequence[PersonChange]) -> ProgressionRow:
    counts = count_categories(persons)
    better, unchanged, worse = (
        counts[category] for category in (ChangeCategory.BETTER, ChangeCategory.UNCHANGED, ChangeCategory.WORSE)
    )
    compared = better + unchanged + worse
    answered, due = share_answered(data, data.plan.primary_occasion, size.arm)
    cells = suppress_counts([better, unchanged, worse], spare=1)  # "unchanged" tells the reader least
    if not may_show_estimate(compared):
        cells = (Cell(None, CellMark.WITHHELD),) * 3
    succeeded = _succeeded(data.plan.goal_kind, sum(person.succeeded or False for person in persons), cells, compared)
    shown, counted = may_show_cell(answered), may_show_cell(answered) and may_show_cell(compared)
    return ProgressionRow(
        arm=size.arm,
        label=size.label,
        n_started=size.n_started,
        n_due=due,
        n_compared=compared if counted else None,
        better=cells[0],
        unchanged=cells[1],
        worse=cells[2],
        not_better=_not_better(cells[0], unchanged + worse),
        succeeded=succeeded,
        not_compared=due - compared if counted else None,
        not_answered=due - answered if shown else None,
        no_start=answered - compared if counted else None,
        not_due=size.n_started - due,
        share_better=_share(cells[0], due),
        share_worse=_share(cells[2], due),
        share_succeeded=_share(succeeded, due),
    )


def _not_better(better: Cell, rest: int) -> Cell:
    shown = better.mark is CellMark.SHOWN and may_show_cell(rest)
    return Cell(rest, CellMark.SHOWN) if shown else Cell(None, CellMark.WITHHELD)


def _succeeded(kind: GoalKind, count: int, cells: tuple[Cell, ...], compared: int) -> Cell:
    """The count of success where it, what is left, and its distance to every count shown are no small numbers."""
    better, _unchanged, worse = cells
    if kind is GoalKind.DEVELOP:
        return better
    if kind is GoalKind.MAINTAIN:
        known = worse.count is not None and may_show_cell(compared - worse.count)
        return Cell(count, CellMark.SHOWN) if known else Cell(None, CellMark.WITHHELD)
    others = [better.count, None if worse.count is None else compared - worse.count]
    apart = [abs(count - other) for other in others if other is not None]
    large = may_show_estimate(compared) and may_show_cell(count) and may_show_cell(compared - count)
    if large and None not in others and all(gap == 0 or may_show_cell(gap) for gap in apart):
        return Cell(count, CellMark.SHOWN)
    return Cell(None, CellMark.WITHHELD)


def _share(cell: Cell, n_due: int) -> Share | Withheld:
    if cell.count is None or not may_show_share(cell.count, n_due):
        return too_few_for_share()
    return estimate_share(cell.count, n_due)


def _difference(rows: tuple[ProgressionRow, ...]) -> ShareDifference | Withheld:
    """Between the arms in the share reliably better."""
    if len(rows) == 1:
        return Withheld(WithheldReason.NOT_PLANNED, Sentence("The plan has nobody to compare with."))
    first, second = (row.share_better for row in rows)
    if isinstance(first, Withheld) or isinstance(second, Withheld):
        return too_few_for_share()
    return compare_shares(first, second)
