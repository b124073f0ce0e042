"""Each finding on both sides of its limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outcomes.analysis.disclosure import too_few_for_estimate
from outcomes.analysis.evidence import FindingCode
from outcomes.analysis.findings import (
    arm_attrition_finding,
    bounds_finding,
    follow_up_finding,
    imbalance_finding,
    left_out_finding,
    number_finding,
    overlap_finding,
    pre_trend_finding,
)
from outcomes.analysis.plan import Design
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import (
    Artefacts,
    AttritionTable,
    BalanceRow,
    BalanceTable,
    BoundShare,
    MixedModelFit,
    Share,
    Withheld,
    WithheldReason,
)
from outcomes.errors import Sentence


def attrition(share: Share | Withheld, difference: float | None = None) -> AttritionTable:
    return AttritionTable((), share, difference, too_few_for_estimate())


def balance(smd: float, *, adjusted: bool = False) -> BalanceTable:
    row = BalanceRow("age", None, 1.0, 1.0, 1.0, 1.0, smd, adjusted)
    return BalanceTable("new", "usual", 40, 40, (row,))


def artefacts(*bounds: BoundShare) -> Artefacts:
    return Artefacts(bounds, too_few_for_estimate())


@pytest.mark.parametrize(("answered", "applies"), [(59, True), (60, False), (100, False)])
def test_follow_up(answered: int, applies: bool) -> None:
    finding = follow_up_finding(attrition(estimate_share(answered, 100)), compared=True)
    assert finding.applies is applies
    assert str(answered) in str(finding.reason)


def test_a_share_just_under_the_limit_does_not_read_as_the_limit() -> None:
    finding = follow_up_finding(attrition(estimate_share(599, 1000)), compared=True)
    assert finding.applies
    assert "59.9 per cent" in str(finding.reason)


def test_follow_up_unknown_counts() -> None:
    finding = follow_up_finding(attrition(too_few_for_estimate()), compared=True)
    assert finding.applies
    assert "Too few answered" in str(finding.reason)
    nobody = Withheld(WithheldReason.NOT_POSSIBLE, Sentence("Nobody was due to answer at this time yet."))
    assert "Nobody has come" in str(follow_up_finding(attrition(nobody), compared=True).reason)


def test_follow_up_is_judged_by_the_worse_arm() -> None:
    table = replace(
        attrition(estimate_share(170, 240)), primary_by_arm=(estimate_share(20, 40), estimate_share(150, 200))
    )
    finding = follow_up_finding(table, compared=True)
    assert (finding.applies, finding.measured) == (True, 0.5)
    assert "In one of the groups only 20 of 40" in str(finding.reason)
    alone = follow_up_finding(
        replace(table, primary_by_arm=(estimate_share(30, 40), estimate_share(1, 9))), compared=False
    )
    assert (alone.applies, alone.measured) == (False, 0.75)


def model(subjects: int, incomplete: int) -> MixedModelFit:
    return MixedModelFit("y ~ x", (), 1.0, 1.0, -1.0, True, False, subjects, 2 * subjects, incomplete, ())


@pytest.mark.parametrize(
    ("subjects", "incomplete", "applies", "measured"),
    [(84, 36, True, 0.3), (90, 10, False, 0.1), (97, 0, False, 0.0), (97, 3, False, None), (31, 4, True, None)],
)
def test_left_out_of_the_model(subjects: int, incomplete: int, applies: bool, measured: float | None) -> None:
    finding = left_out_finding(model(subjects, incomplete))
    assert (finding.code, finding.applies, finding.measured) == (FindingCode.LEFT_OUT, applies, measured)
    assert not left_out_finding(too_few_for_estimate()).applies


@pytest.mark.parametrize(("difference", "applies"), [(0.7 - 0.6, False), (0.101, True), (0.0, False), (None, True)])
def test_arm_attrition(difference: float | None, applies: bool) -> None:
    share = estimate_share(70, 100)
    assert arm_attrition_finding(attrition(share, difference), compared=True).applies is applies
    assert not arm_attrition_finding(attrition(share, difference), compared=False).applies


@pytest.mark.parametrize(
    ("smd", "adjusted", "applies"), [(-0.11, False, True), (0.1, False, False), (0.9, True, False)]
)
def test_imbalance(smd: float, adjusted: bool, applies: bool) -> None:
    assert imbalance_finding(balance(smd, adjusted=adjusted), compared=True).applies is applies


def test_imbalance_unknown_counts_only_in_a_comparison() -> None:
    assert imbalance_finding(too_few_for_estimate(), compared=True).applies
    assert not imbalance_finding(too_few_for_estimate(), compared=False).applies


@pytest.mark.parametrize(("overlap", "applies"), [(0.89, True), (0.9, False), (None, True)])
def test_overlap(overlap: float | None, applies: bool) -> None:
    assert overlap_finding(overlap, compared=True).applies is applies
    assert not overlap_finding(overlap, compared=False).applies


def test_only_staggered_rests_on_a_trend(make_plan) -> None:
    for design in (Design.RANDOMISED, Design.STAGGERED, Design.WAITING_LIST):
        finding = pre_trend_finding(make_plan(design=str(design)), compared=True)
        assert finding.applies is (design is Design.STAGGERED)


def test_bounds() -> None:
    over = bounds_finding(artefacts(BoundShare("m6", 100, 0.16, None, True)))
    under = bounds_finding(artefacts(BoundShare("m6", 100, 0.15, None, False)))
    hidden = bounds_finding(artefacts(BoundShare("m6", 20, None, None, True)))
    assert (over.applies, over.measured) == (True, 0.16)
    assert (under.applies, under.measured) == (False, 0.15)
    assert (hidden.applies, hidden.measured) == (True, None)
    assert "Fewer than 5" in str(bounds_finding(artefacts(BoundShare("m6", 50, None, None, False))).reason)
    assert not bounds_finding(artefacts()).applies


@pytest.mark.parametrize(("n", "applies", "measured"), [(29, True, 29.0), (30, False, 30.0), (4, True, None)])
def test_number(n: int, applies: bool, measured: float | None) -> None:
    finding = number_finding(n)
    assert (finding.code, finding.applies, finding.measured) == (FindingCode.NUMBER, applies, measured)
