from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.outcome_payment import FrozenFigure, Terms, work_out_payment
from outcomes.analysis.target_status import TargetStatus

TERMS = Terms("share_success", 0.4, "at_least", 30, rate=4_000_00, cap=100_000_00)
FIGURE = FrozenFigure(estimate=0.6, ci_low=0.45, ci_high=0.73, n=40, counted=24)


def test_paid_for_each_who_counts() -> None:
    found = work_out_payment(TERMS, FIGURE, paid_before=0)
    assert (found.status, found.earned, found.due, found.amount) == (TargetStatus.MET, 96_000_00, 96_000_00, 96_000_00)
    assert not found.capped


def test_never_more_than_is_left_of_the_cap() -> None:
    found = work_out_payment(TERMS, FIGURE, paid_before=40_000_00)
    assert (found.left, found.amount, found.capped) == (60_000_00, 60_000_00, True)
    assert work_out_payment(TERMS, FIGURE, paid_before=100_000_00).amount == 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"ci_low": 0.39}, TargetStatus.NOT_SAID),
        ({"n": 29}, TargetStatus.NOT_SAID),
        ({"estimate": 0.3, "ci_low": 0.2, "ci_high": 0.39}, TargetStatus.NOT_MET),
        ({"estimate": 0.3, "ci_low": 0.2, "ci_high": 0.39, "highest": 0.5}, TargetStatus.NOT_SAID),
        ({"estimate": 0.3, "ci_low": 0.2, "ci_high": 0.38, "highest": 0.39}, TargetStatus.NOT_MET),
    ],
)
def test_nothing_is_paid_where_it_isnt_certain(changes: dict[str, float], status: TargetStatus) -> None:
    found = work_out_payment(TERMS, dataclasses.replace(FIGURE, **changes), paid_before=0)
    assert (found.status, found.amount) == (status, 0)


def test_corrected_figures_pay_what_is_missing_and_say_what_was_too_much() -> None:
    more = work_out_payment(TERMS, FIGURE, paid_before=0, paid_for_period=80_000_00)
    assert (more.due, more.amount, more.too_much) == (96_000_00, 16_000_00, 0)
    less = work_out_payment(TERMS, dataclasses.replace(FIGURE, counted=10), paid_before=0, paid_for_period=96_000_00)
    assert (less.due, less.amount, less.too_much) == (40_000_00, 0, 56_000_00)


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(1, 10**7), st.integers(0, 10**9))
def test_however_often_it_pays_the_cap_holds(counted: list[int], rate: int, more: int) -> None:
    terms = dataclasses.replace(TERMS, rate=rate, cap=rate + more)
    paid = 0
    for number in counted:
        paid += work_out_payment(terms, dataclasses.replace(FIGURE, counted=number), paid_before=paid).amount
    assert paid <= terms.cap


def test_a_rate_over_its_cap_is_nobodys_contract() -> None:
    with pytest.raises(ValueError, match="within the cap"):
        work_out_payment(dataclasses.replace(TERMS, rate=100_000_01), FIGURE, paid_before=0)
