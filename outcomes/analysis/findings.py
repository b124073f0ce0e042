"""What is looked at before an estimate is graded: one function per finding, each with its sentence either way.

Limits and source: see :mod:`outcomes.analysis.evidence`. Percentages in sentences are rounded to one decimal; what is
compared with the limit is not.
"""

from __future__ import annotations

from outcomes.analysis.disclosure import may_show_cell
from outcomes.analysis.effect_results import primary_share
from outcomes.analysis.evidence import (
    LEAST_FOLLOW_UP,
    LEAST_OVERLAP,
    LEAST_PER_ARM,
    MOST_ARM_DIFFERENCE,
    MOST_AT_BOUND,
    MOST_IMBALANCE,
    MOST_LEFT_OUT,
    DesignLabel,
    Finding,
    FindingCode,
)
from outcomes.analysis.plan import AnalysisPlan, Design
from outcomes.analysis.results import (
    Artefacts,
    AttritionTable,
    BalanceTable,
    MixedModelFit,
    Share,
    Withheld,
    WithheldReason,
)
from outcomes.errors import Sentence


def collect_findings(
    plan: AnalysisPlan,
    label: DesignLabel,
    *,
    attrition: AttritionTable,
    balance: BalanceTable | Withheld,
    artefacts: Artefacts,
    overlap: float | None,
    smallest_group: int,
    model: MixedModelFit | Withheld,
) -> tuple[Finding, ...]:
    """Every finding for an estimate with ``label``, applied or not. ``smallest_group``: persons behind the estimate in
    the smaller arm (or the only one)."""
    compared = label >= DesignLabel.D2
    return (
        follow_up_finding(attrition, compared=compared),
        left_out_finding(model),
        arm_attrition_finding(attrition, compared=compared),
        imbalance_finding(balance, compared=compared),
        overlap_finding(overlap, compared=compared),
        pre_trend_finding(plan, compared=compared),
        bounds_finding(artefacts),
        number_finding(smallest_group),
    )


def follow_up_finding(attrition: AttritionTable, *, compared: bool) -> Finding:
    """Answered of due at the primary occasion under 60 %, in both arms together or in the arm with the fewest."""
    share = primary_share(attrition, compared=compared)
    if isinstance(share, Withheld):
        reason = (
            Sentence("Too few answered at the main time for the share to be shown.")
            if share.code is WithheldReason.TOO_FEW
            else Sentence("Nobody has come to the main time yet, so nobody has answered.")
        )
        return Finding(FindingCode.FOLLOW_UP, True, reason, None, LEAST_FOLLOW_UP)
    worst = min(
        (arm for arm in attrition.primary_by_arm if compared and isinstance(arm, Share)),
        key=lambda arm: arm.share,
        default=share,
    )
    low = min(share.share, worst.share) < LEAST_FOLLOW_UP
    in_one = low and share.share >= LEAST_FOLLOW_UP
    told = worst if in_one else share
    values = {
        "answered": told.count,
        "due": told.total,
        "percent": _percent(told.share),
        "limit": _percent(LEAST_FOLLOW_UP),
    }
    if in_one:
        reason = Sentence(
            "In one of the groups only %(answered)s of %(due)s answered at the main time (%(percent)s per cent; under"
            " %(limit)s per cent is too few).",
            **values,
        )
    elif low:
        reason = Sentence(
            "Only %(answered)s of %(due)s answered at the main time (%(percent)s per cent; under %(limit)s per cent is"
            " too few).",
            **values,
        )
    else:
        reason = Sentence(
            "%(answered)s of %(due)s answered at the main time (%(percent)s per cent; the limit is %(limit)s per"
            " cent).",
            **values,
        )
    return Finding(FindingCode.FOLLOW_UP, low, reason, told.share, LEAST_FOLLOW_UP)


def left_out_finding(model: MixedModelFit | Withheld) -> Finding:
    """Over 10 % of those with a later answer aren't in the model, as their starting score or a covariate is missing."""
    if isinstance(model, Withheld):
        reason = Sentence("There is no model that anybody could be left out of.")
        return Finding(FindingCode.LEFT_OUT, False, reason, None, MOST_LEFT_OUT)
    whole = model.n_subjects + model.n_incomplete
    share, limit = model.n_incomplete / whole, _percent(MOST_LEFT_OUT)
    if share > MOST_LEFT_OUT and may_show_cell(model.n_incomplete):
        reason = Sentence(
            "%(persons)s of the %(whole)s who have answered are left out, since their starting score or background is"
            " missing (%(percent)s per cent; over %(limit)s per cent is too many).",
            persons=model.n_incomplete,
            whole=whole,
            percent=_percent(share),
            limit=limit,
        )
        return Finding(FindingCode.LEFT_OUT, True, reason, share, MOST_LEFT_OUT)
    if share > MOST_LEFT_OUT:
        reason = Sentence(
            "More than %(limit)s per cent of those who have answered are left out, since their starting score or background"
            " is missing.",
            limit=limit,
        )
        return Finding(FindingCode.LEFT_OUT, True, reason, None, MOST_LEFT_OUT)
    if not model.n_incomplete:
        reason = Sentence("Everybody who has answered is in the model.")
        return Finding(FindingCode.LEFT_OUT, False, reason, 0.0, MOST_LEFT_OUT)
    reason = Sentence(
        "Few of those who have answered are left out because their starting score or background is missing (the limit is"
        " %(limit)s per cent).",
        limit=limit,
    )
    measured = share if may_show_cell(model.n_incomplete) else None
    return Finding(FindingCode.LEFT_OUT, False, reason, measured, MOST_LEFT_OUT)


def arm_attrition_finding(attrition: AttritionTable, *, compared: bool) -> Finding:
    """Arms differ by over 10 percentage points in the share answered at the primary occasion."""
    if not compared:
        reason = Sentence("There is no comparison group whose drop-out could differ.")
        return Finding(FindingCode.ARM_ATTRITION, False, reason, None, MOST_ARM_DIFFERENCE)
    difference = attrition.arm_difference
    if difference is None:
        reason = Sentence("Too few answered in one of the groups to compare their drop-out.")
        return Finding(FindingCode.ARM_ATTRITION, True, reason, None, MOST_ARM_DIFFERENCE)
    # shares such as 0.7 and 0.6 differ by 0.1 but for rounding: exactly 10 points isn't over 10 points
    high = difference > MOST_ARM_DIFFERENCE + 1e-12
    values = {"points": round(100 * difference, 1), "limit": _percent(MOST_ARM_DIFFERENCE)}
    reason = (
        Sentence(
            "Drop-out differs by %(points)s percentage points between the groups (over %(limit)s is too much).",
            **values,
        )
        if high
        else Sentence(
            "Drop-out differs by %(points)s percentage points between the groups (the limit is %(limit)s).", **values
        )
    )
    return Finding(FindingCode.ARM_ATTRITION, high, reason, difference, MOST_ARM_DIFFERENCE)


def imbalance_finding(balance: BalanceTable | Withheld, *, compared: bool) -> Finding:
    """A baseline difference over 0.1 SD in something that the model doesn't adjust for."""
    if not compared:
        reason = Sentence("There is no comparison group that could differ at the start.")
        return Finding(FindingCode.IMBALANCE, False, reason, None, MOST_IMBALANCE)
    if isinstance(balance, Withheld):
        reason = Sentence("Too few to tell whether the groups were alike at the start.")
        return Finding(FindingCode.IMBALANCE, True, reason, None, MOST_IMBALANCE)
    largest = balance.largest_unadjusted
    if any(row.hidden and abs(row.smd) == largest for row in balance.rows):
        largest = round(largest, 2)  # at full precision a small count could be worked out from it
    if largest > MOST_IMBALANCE:
        reason = Sentence(
            "The groups differed at the start by %(smd)s standard deviations in something that the model doesn't adjust"
            " for (over %(limit)s is too much).",
            smd=round(largest, 2),
            limit=MOST_IMBALANCE,
        )
        return Finding(FindingCode.IMBALANCE, True, reason, largest, MOST_IMBALANCE)
    reason = (
        Sentence("Everything measured at the start is adjusted for in the model.")
        if all(row.adjusted_for for row in balance.rows)
        else Sentence("The groups were alike at the start in what the model doesn't adjust for.")
    )
    return Finding(FindingCode.IMBALANCE, False, reason, largest, MOST_IMBALANCE)


def overlap_finding(overlap: float | None, *, compared: bool) -> Finding:
    """Under 90 % of the persons could, by what was measured, have been in either arm."""
    if not compared:
        reason = Sentence("There is no comparison group to overlap with.")
        return Finding(FindingCode.OVERLAP, False, reason, None, LEAST_OVERLAP)
    if overlap is None:
        reason = Sentence("Too few to tell whether people like these are found in both groups.")
        return Finding(FindingCode.OVERLAP, True, reason, None, LEAST_OVERLAP)
    low = overlap < LEAST_OVERLAP
    values = {"percent": _percent(overlap), "limit": _percent(LEAST_OVERLAP)}
    reason = (
        Sentence(
            "Only %(percent)s per cent have somebody like them in both groups (under %(limit)s per cent is too few).",
            **values,
        )
        if low
        else Sentence(
            "%(percent)s per cent have somebody like them in both groups (the limit is %(limit)s per cent).", **values
        )
    )
    return Finding(FindingCode.OVERLAP, low, reason, overlap, LEAST_OVERLAP)


def pre_trend_finding(plan: AnalysisPlan, *, compared: bool) -> Finding:
    """Only a staggered roll-out rests on both groups having gone the same way before the start."""
    if plan.design is not Design.STAGGERED or not compared:
        reason = Sentence("The comparison doesn't rest on how things went before the start.")
        return Finding(FindingCode.PRE_TREND, False, reason, None, None)
    reason = Sentence("Whether the groups went the same way before the start hasn't been checked.")
    return Finding(FindingCode.PRE_TREND, True, reason, None, None)


def bounds_finding(artefacts: Artefacts) -> Finding:
    """Over 15 % at an end of the scale at baseline or primary occasion."""
    shares = [share for bound in artefacts.bounds for share in (bound.at_lowest, bound.at_highest) if share is not None]
    largest = max(shares, default=None)
    limit = _percent(MOST_AT_BOUND)
    if any(bound.over_limit for bound in artefacts.bounds):
        reason = Sentence(
            "More than %(limit)s per cent stand at an end of the scale, where no further change can be seen.",
            limit=limit,
        )
        return Finding(FindingCode.BOUNDS, True, reason, largest, MOST_AT_BOUND)
    if not artefacts.bounds:
        reason = Sentence("Nothing is known of an end of the scale that scores could gather at.")
    elif largest is None:
        reason = Sentence("Fewer than 5 people stand at an end of the scale.")
    else:
        reason = Sentence(
            "%(percent)s per cent stand at an end of the scale (the limit is %(limit)s per cent).",
            percent=_percent(largest),
            limit=limit,
        )
    return Finding(FindingCode.BOUNDS, False, reason, largest, MOST_AT_BOUND)


def number_finding(smallest_group: int) -> Finding:
    """Fewer than 30 persons behind the estimate in the smaller group."""
    few = smallest_group < LEAST_PER_ARM
    if not may_show_cell(smallest_group):
        reason = Sentence("Fewer than 5 people stand behind the number.")
        return Finding(FindingCode.NUMBER, few, reason, None, float(LEAST_PER_ARM))
    values = {"n": smallest_group, "limit": LEAST_PER_ARM}
    reason = (
        Sentence(
            "Only %(n)s people stand behind the number in the smallest group (under %(limit)s is too few).", **values
        )
        if few
        else Sentence("%(n)s people stand behind the number in the smallest group (the limit is %(limit)s).", **values)
    )
    return Finding(FindingCode.NUMBER, few, reason, float(smallest_group), float(LEAST_PER_ARM))


def _percent(share: float) -> int | float:
    """Per cent with one decimal where it has one, so that 59.9 doesn't read as the limit of 60."""
    percent = round(100 * share, 1)
    return int(percent) if percent == int(percent) else percent
