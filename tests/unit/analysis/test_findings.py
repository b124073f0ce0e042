"""Each finding on both sides of its limit."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from outcomes.analysis.disclosure import too_few_for_estimate
from outcomes.analysis.evidence import DesignLabel, Finding, FindingCode
from outcomes.analysis.findings import (
    arm_attrition_finding,
    bounds_finding,
    collect_findings,
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


def test_each_finding_holds_its_code_its_limit_and_its_numbers(make_plan) -> None:
    due = Withheld(WithheldReason.NOT_POSSIBLE, Sentence("Nobody was due to answer at this time yet."))
    randomised = make_plan(design="randomised")
    found = [
        (follow_up_finding(attrition(estimate_share(59, 100)), compared=True), "follow_up", 0.59, 0.6),
        (follow_up_finding(attrition(estimate_share(60, 100)), compared=True), "follow_up", 0.6, 0.6),
        (follow_up_finding(attrition(due), compared=True), "follow_up", None, 0.6),
        (left_out_finding(model(84, 36)), "left_out", 0.3, 0.1),
        (left_out_finding(model(31, 4)), "left_out", None, 0.1),
        (left_out_finding(model(95, 5)), "left_out", 0.05, 0.1),
        (left_out_finding(model(40, 0)), "left_out", 0.0, 0.1),
        (left_out_finding(too_few_for_estimate()), "left_out", None, 0.1),
        (arm_attrition_finding(attrition(due, 0.25), compared=True), "arm_attrition", 0.25, 0.1),
        (arm_attrition_finding(attrition(due, 0.05), compared=True), "arm_attrition", 0.05, 0.1),
        (arm_attrition_finding(attrition(due, None), compared=True), "arm_attrition", None, 0.1),
        (arm_attrition_finding(attrition(due, 0.25), compared=False), "arm_attrition", None, 0.1),
        (imbalance_finding(balance(-0.256), compared=True), "imbalance", 0.256, 0.1),
        (imbalance_finding(balance(0.05), compared=True), "imbalance", 0.05, 0.1),
        (imbalance_finding(balance(0.9, adjusted=True), compared=True), "imbalance", 0.0, 0.1),
        (imbalance_finding(due, compared=True), "imbalance", None, 0.1),
        (imbalance_finding(due, compared=False), "imbalance", None, 0.1),
        (overlap_finding(0.5, compared=True), "overlap", 0.5, 0.9),
        (overlap_finding(0.95, compared=True), "overlap", 0.95, 0.9),
        (overlap_finding(None, compared=True), "overlap", None, 0.9),
        (overlap_finding(0.5, compared=False), "overlap", None, 0.9),
        (pre_trend_finding(randomised, compared=True), "pre_trend", None, None),
        (pre_trend_finding(make_plan(design="staggered"), compared=True), "pre_trend", None, None),
        (pre_trend_finding(make_plan(design="staggered"), compared=False), "pre_trend", None, None),
        (bounds_finding(artefacts(BoundShare("m6", 100, 0.16, 0.2, True))), "bounds", 0.2, 0.15),
        (bounds_finding(artefacts(BoundShare("m6", 100, 0.12, None, False))), "bounds", 0.12, 0.15),
        (bounds_finding(artefacts(BoundShare("m6", 50, None, None, False))), "bounds", None, 0.15),
        (bounds_finding(artefacts()), "bounds", None, 0.15),
        (number_finding(4), "number", None, 30.0),
        (number_finding(12), "number", 12.0, 30.0),
        (number_finding(77), "number", 77.0, 30.0),
    ]
    for finding, code, measured, threshold in found:
        assert finding.code == code
        assert finding.measured == pytest.approx(measured)
        assert finding.threshold == threshold
        assert "%(" not in str(finding.reason)
        assert "None" not in str(finding.reason)
    assert [finding.applies for finding, *_ in found] == [
        bool(mark)
        for mark in (1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0)
    ]


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        (
            follow_up_finding(attrition(estimate_share(59, 100)), compared=True),
            "Only 59 of 100 .* .59 per cent; under 60",
        ),
        (
            follow_up_finding(attrition(estimate_share(7, 10)), compared=True),
            "^7 of 10 .* .70 per cent; the limit is 60",
        ),
        (left_out_finding(model(84, 36)), "^36 of the 120 .* .30 per cent; over 10 per cent"),
        (left_out_finding(model(31, 4)), "^More than 10 per cent"),
        (left_out_finding(model(95, 5)), "^Few of those .* limit is 10 per cent"),
        (left_out_finding(model(40, 0)), "^Everybody"),
        (left_out_finding(too_few_for_estimate()), "^There is no model"),
        (arm_attrition_finding(attrition(too_few_for_estimate(), 0.2567), compared=True), "by 25.7 .*over 10 is too"),
        (arm_attrition_finding(attrition(too_few_for_estimate(), 0.0567), compared=True), "by 5.7 .*limit is 10"),
        (arm_attrition_finding(attrition(too_few_for_estimate(), None), compared=True), "^Too few answered in one"),
        (arm_attrition_finding(attrition(too_few_for_estimate(), None), compared=False), "^There is no comparison"),
        (imbalance_finding(balance(-0.256), compared=True), "by 0.26 standard deviations .*over 0.1 is"),
        (imbalance_finding(balance(0.9, adjusted=True), compared=True), "^Everything measured"),
        (imbalance_finding(balance(0.05), compared=True), "^The groups were alike"),
        (imbalance_finding(too_few_for_estimate(), compared=True), "^Too few to tell"),
        (imbalance_finding(too_few_for_estimate(), compared=False), "^There is no comparison"),
        (bounds_finding(artefacts(BoundShare("m6", 100, 0.16, 0.2, True))), "^More than 15 per cent"),
        (bounds_finding(artefacts(BoundShare("m6", 100, 0.125, None, False))), "^12.5 per cent .*limit is 15 per"),
        (bounds_finding(artefacts()), "^Nothing is known"),
        (number_finding(4), "^Fewer than 5"),
        (number_finding(12), "^Only 12 people .*under 30 is"),
        (number_finding(77), "^77 people .*limit is 30"),
    ],
)
def test_each_reason_names_its_numbers(finding: Finding, words: str) -> None:
    assert re.search(words, str(finding.reason))


def test_a_hidden_group_is_rounded_so_that_it_cannot_be_worked_out() -> None:
    row = BalanceRow("place", "island", None, None, None, None, -0.12345, False)
    other = BalanceRow("place", "town", 0.5, None, 0.5, None, 0.01, False)
    table = BalanceTable("new", "usual", 40, 40, (row, other))
    assert imbalance_finding(table, compared=True).measured == 0.12


def test_all_are_collected_and_know_whether_there_is_a_comparison(make_plan) -> None:
    def collect(label: DesignLabel) -> tuple[Finding, ...]:
        return collect_findings(
            make_plan(design="staggered"),
            label,
            attrition=replace(
                attrition(estimate_share(70, 100), 0.2), primary_by_arm=(estimate_share(10, 40), estimate_share(60, 60))
            ),
            balance=balance(0.5),
            artefacts=artefacts(BoundShare("m6", 100, 0.3, None, True)),
            overlap=0.5,
            smallest_group=12,
            model=model(50, 50),
        )

    compared, alone = collect(DesignLabel.D2), collect(DesignLabel.D1)
    assert [finding.code for finding in compared] == list(FindingCode)
    assert all(finding.applies for finding in compared)
    assert [finding.code for finding in alone if finding.applies] == ["follow_up", "left_out", "bounds", "number"]
    assert [finding.measured for finding in alone] == [0.25, 0.5, None, None, None, None, 0.3, 12.0]
