from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.suppression import SHARE_SPAN, round_mean
from outcomes.analysis.value import CitizenOutcome, ValueEstimate, estimate_value
from outcomes.analysis.value_prices import (
    PAYERS,
    Assumptions,
    PricedArea,
    PriceTable,
    coarse_share,
    make_value_case,
    refusion_case,
    success_difference,
)
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from outcomes.analysis.value_case import ValueCase

WHO = {"municipality": 1.0, "region": 0.0, "state": 0.0}
ASSUMED = Assumptions(
    cost_per_month=2_000_00, cost_months=6, cost_shares=WHO, years=2, discount_rate=0.035, lasting=0.8,
    lasting_error=0.0, price_error=0.0, cost_error=0.0, without=0.10, without_error=0.05, refusion_part=0.5,
)  # fmt: skip
PRICES = PriceTable(
    2026,
    2,
    (
        PricedArea("work", {"municipality": (50_000_00, 40_000_00), "region": (0, 0), "state": (30_000_00, 10_000_00)}),
        PricedArea("health", {"municipality": (0, 0), "region": (20_000_00, 20_000_00), "state": (0, 5_000_00)}),
    ),
)
SUCCESS = TermEstimate("success", 0.25, 0.05, None, 0.152, 0.348, None)


def value_of(case: ValueCase) -> ValueEstimate:
    outcome = CitizenOutcome("wellbeing", TermEstimate("w", 6, 1, None, 4, 8, None), DesignLabel.D4, EvidenceGrade.A)
    return estimate_value(case, outcome)


def test_a_case_worked_by_hand_to_the_krone() -> None:
    """Forty people, of whom 25 in a hundred succeed because of the help: ten people.

    The help costs 6 months x 2,000 = 12,000 kroner a person, all paid by the municipality at the start: 480,000.
    Year 1, worth 1 / 1.035 = 0.966184 today, all ten:
        municipality 10 x 50,000 x 0.966184 = 483,091.79; region 10 x 20,000 x 0.966184 = 193,236.71;
        state 10 x 30,000 x 0.966184 = 289,855.07.
    Year 2, worth 1 / 1.035^2 = 0.933511 today, 0.8 of the ten are left:
        municipality 8 x 40,000 x 0.933511 = 298,723.42; region 8 x 20,000 x 0.933511 = 149,361.71;
        state 8 x (10,000 + 5,000) x 0.933511 = 112,021.28.
    Municipality: 483,091.79 + 298,723.42 - 480,000 = 301,815.21. Region: 342,598.42. State: 401,876.35.
    All: 10 x 100,000 x 0.966184 + 8 x 75,000 x 0.933511 - 480,000 = 966,183.57 + 560,106.42 - 480,000 = 1,046,290.00.
    """
    found = value_of(make_value_case(PRICES, ASSUMED, SUCCESS, persons=40))
    kroner = {payer: found.total_ore(payer=payer) / 100 for payer in PAYERS}
    assert kroner == pytest.approx({"municipality": 301_815.21, "region": 342_598.42, "state": 401_876.35}, abs=0.02)
    assert found.total_ore(year=1, payer="region") == pytest.approx(193_236_71, abs=1)
    assert found.total_ore(year=2, payer="state") == pytest.approx(112_021_28, abs=1)
    assert found.total_ore(year=0) == -480_000_00
    assert sum(found.total_ore(payer=payer) for payer in PAYERS) == found.total_ore() == 1_046_290_00


AMOUNTS = st.lists(st.integers(0, 30_000_000), min_size=3, max_size=3)


@given(
    st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=4),
    st.floats(-0.4, 0.6),
    st.integers(1, 3000),
    st.floats(0, 1),
    st.sampled_from([(first, second) for first in PAYERS for second in PAYERS if first != second]),
)
def test_a_refund_moves_payers_and_not_the_total(
    areas: list[tuple[list[int], ...]], size: float, persons: int, part: float, between: tuple[str, str]
) -> None:
    prices = PriceTable(
        2026,
        3,
        tuple(
            PricedArea(f"area-{number}", {payer: tuple(own) for payer, own in zip(PAYERS, amounts, strict=True)})
            for number, amounts in enumerate(areas)
        ),
    )
    assumed = dataclasses.replace(
        ASSUMED, years=3, refusion_part=part, refusion_from=between[0], refusion_to=between[1]
    )
    success = TermEstimate("success", size, 0.05, None, size - 0.1, size + 0.1, None)
    if not any(any(own) for amounts in areas for own in amounts):
        with pytest.raises(EstimateError):
            make_value_case(prices, assumed, success, persons=persons)
        return
    case = make_value_case(prices, assumed, success, persons=persons)
    before, after = value_of(case), value_of(refusion_case(case, assumed))
    assert after.total_ore() == before.total_ore()
    assert sum(after.total_ore(payer=payer) for payer in PAYERS) == before.total_ore()
    assert [after.total_ore(year=year) for year in range(4)] == [before.total_ore(year=year) for year in range(4)]
    (third,) = set(PAYERS) - set(between)
    assert after.total_ore(payer=third) == pytest.approx(before.total_ore(payer=third), abs=len(before.cells))
    moved = -part * before.total_ore(payer=between[0])
    assert after.total_ore(payer=between[0]) - before.total_ore(payer=between[0]) == pytest.approx(moved, abs=200)


def test_success_is_what_the_comparison_doesnt_reach_too() -> None:
    reached, compared = estimate_share(60, 100), estimate_share(40, 100)
    found = success_difference(reached, compared, ASSUMED)
    assert found.estimate == pytest.approx(0.20)
    assert found.ci_low < found.estimate < found.ci_high
    assert found.std_error == pytest.approx((found.ci_high - found.ci_low) / (2 * 1.959964), rel=1e-6)


def test_without_a_comparison_the_assumption_and_its_uncertainty_count() -> None:
    reached = estimate_share(60, 100)
    sure = success_difference(reached, None, dataclasses.replace(ASSUMED, without_error=0.0))
    unsure = success_difference(reached, None, dataclasses.replace(ASSUMED, without_error=0.2))
    assert sure.estimate == unsure.estimate == pytest.approx(0.50)
    assert unsure.std_error > 2 * sure.std_error


def test_longer_help_is_paid_in_the_years_it_is_given() -> None:
    case = make_value_case(PRICES, dataclasses.replace(ASSUMED, cost_months=15), SUCCESS, persons=1)
    assert [(cost.year, cost.amount) for cost in case.costs] == [(0, 24_000), (1, 6_000)]


def test_a_price_is_too_high_for_all_its_payers_and_years_alike() -> None:
    """One area split between payers is as uncertain as the same area paid by one; two areas are less so together."""
    unsure = dataclasses.replace(ASSUMED, price_error=0.3)
    certain = dataclasses.replace(SUCCESS, std_error=0.0)

    def deviation(*areas: PricedArea) -> float:
        return value_of(make_value_case(PriceTable(2026, 1, areas), one_year, certain, persons=1)).std_deviation

    one_year = dataclasses.replace(unsure, years=1)
    nothing = {"region": (0,), "state": (0,)}
    whole = deviation(PricedArea("a", {"municipality": (90_000,), **nothing}))
    split = deviation(PricedArea("a", {"municipality": (30_000,), "region": (30_000,), "state": (30_000,)}))
    apart = deviation(
        PricedArea("a", {"municipality": (45_000,), **nothing}), PricedArea("b", {"municipality": (45_000,), **nothing})
    )
    assert split == pytest.approx(whole)
    assert apart == pytest.approx(whole / 2**0.5)


def test_more_years_than_there_are_prices_for_is_refused() -> None:
    with pytest.raises(EstimateError, match="at most so many years"):
        make_value_case(PRICES, dataclasses.replace(ASSUMED, years=3), SUCCESS, persons=1)


@given(st.integers(10, 3000), st.data())
def test_a_published_share_tells_no_count(total: int, data: st.DataObject) -> None:
    """It follows from the share as the overview publishes it and from nothing finer; the interval holds the exact one."""
    count = data.draw(st.integers(5, max(5, total - 5)))
    made, told = coarse_share(estimate_share(count, total)), round_mean(count / total, total, span=SHARE_SPAN)
    for other in range(max(5, count - 5), min(total - 5, count + 5) + 1):
        if round_mean(other / total, total, span=SHARE_SPAN) == told:
            assert coarse_share(estimate_share(other, total)) == made
    exact = estimate_share(count, total)
    assert made.ci_low <= exact.ci_low <= exact.ci_high <= made.ci_high
    assert 0 < made.count < total
