from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.value import CitizenOutcome, ValueEstimate, estimate_value
from outcomes.analysis.value_case import (
    DANISH_REAL_RATE,
    Consequence,
    Cost,
    DiscountSchedule,
    ValueCase,
    with_reimbursement,
)
from outcomes.analysis.value_uncertainty import (
    PriceDistribution,
    net_std_deviation,
    persistence_moments,
    simulate_net,
    variance_shares,
)
from outcomes.errors import EstimateError

PAYERS = ("municipality", "region", "state")
SHARES = {"municipality": 0.5, "region": 0.2, "state": 0.3}
ALL_MUNICIPALITY = {"municipality": 1.0, "region": 0.0, "state": 0.0}


def effect(term: str = "job", estimate: float = 0.1, std_error: float = 0.02) -> TermEstimate:
    margin = 1.959963984540054 * std_error
    return TermEstimate(term, estimate, std_error, None, estimate - margin, estimate + margin, None)


def make_case(**changes: Any) -> ValueCase:
    given: dict[str, Any] = {
        "persons": 40,
        "years": 4,
        "price_year": 2026,
        "payers": PAYERS,
        "effects": (effect(),),
        "consequences": (
            Consequence("benefits", "job", 150_000, 8_000, SHARES),
            Consequence("care", "job", 30_000, 5_000, ALL_MUNICIPALITY, profile=(1.0, 1.0, 0.5, 0.0)),
        ),
        "costs": (Cost("course", 20_000, 1_000, ALL_MUNICIPALITY), Cost("follow-up", 4_000, 0, SHARES, year=2)),
        "persistence": 0.7,
    }
    return ValueCase(**{**given, **changes})


def outcome(label: DesignLabel = DesignLabel.D4, grade: EvidenceGrade = EvidenceGrade.B) -> CitizenOutcome:
    return CitizenOutcome("wellbeing", effect("wellbeing", 6.0, 1.5), label, grade)


def value_of(case: ValueCase, **options: Any) -> ValueEstimate:
    return estimate_value(case, outcome(), **options)


def test_net_by_hand() -> None:
    found = value_of(make_case())
    factor = [1.035**-year for year in range(5)]
    benefits = 0.1 * 150_000 * sum(0.7 ** (year - 1) * factor[year] for year in range(1, 5))
    care = 0.1 * 30_000 * (factor[1] + 0.7 * factor[2] + 0.49 * 0.5 * factor[3])
    costs = 20_000 + 4_000 * factor[2]
    assert found.consequences == pytest.approx(benefits + care, rel=1e-12)
    assert found.costs == pytest.approx(costs, rel=1e-12)
    assert found.net == pytest.approx(benefits + care - costs, rel=1e-12)
    assert found.benefit_cost_ratio == pytest.approx((benefits + care) / costs, rel=1e-12)
    assert found.total_ore() == round(found.net * 40 * 100)
    assert found.outcome.estimate.estimate == 6.0
    assert found.distribution == ()
    assert found.total_ore(year=2, payer="state", line="follow-up") == pytest.approx(
        -4_000 * factor[2] * 0.3 * 4000, abs=1
    )


def test_every_amount_stands_in_its_year() -> None:
    found = value_of(make_case())
    assert {(cell.line, cell.year) for cell in found.cells} == {
        *(("benefits", year) for year in range(1, 5)),
        *(("care", year) for year in range(1, 5)),
        ("course", 0),
        ("follow-up", 2),
    }
    assert found.total_ore(year=0) == -20_000 * 40 * 100
    assert found.total_ore(year=1) == pytest.approx(0.1 * 180_000 / 1.035 * 4000, abs=2)
    assert found.total_ore(year=4) == pytest.approx(0.1 * 150_000 * 0.7**3 / 1.035**4 * 4000, abs=2)


def test_even_half_a_krone_is_a_cost() -> None:
    found = value_of(make_case(costs=(Cost("c", 0.5, 0, ALL_MUNICIPALITY),)))
    assert found.benefit_cost_ratio == pytest.approx(found.consequences / 0.5)


PARTS = st.floats(-3e5, 3e5).filter(lambda value: abs(value) > 1)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(PARTS, min_size=1, max_size=4),
    st.lists(PARTS, max_size=3),
    st.floats(-0.5, 0.5),
    st.integers(1, 5000),
    st.tuples(*[st.floats(0.01, 1)] * 3),
)
def test_every_table_adds_up_to_the_last_ore(
    prices: list[float], costs: list[float], size: float, persons: int, weights: tuple[float, ...]
) -> None:
    shares = {payer: weight / sum(weights) for payer, weight in zip(PAYERS, weights, strict=True)}
    case = make_case(
        persons=persons,
        effects=(effect(estimate=size),),
        consequences=tuple(Consequence(f"k{i}", "job", price, 0, shares) for i, price in enumerate(prices)),
        costs=tuple(Cost(f"c{i}", amount, 0, shares, year=i) for i, amount in enumerate(costs)),
    )
    found = value_of(case)
    total = found.total_ore()
    assert total == round(found.net * persons * 100) or abs(total - found.net * persons * 100) <= 1
    assert sum(found.total_ore(payer=payer) for payer in PAYERS) == total
    assert sum(found.total_ore(year=year) for year in range(5)) == total
    names = [line.name for line in case.consequences] + [line.name for line in case.costs]
    assert sum(found.total_ore(line=name) for name in names) == total
    assert all(isinstance(cell.ore, int) for cell in found.cells)


@pytest.mark.parametrize(
    ("label", "grade", "scenario"),
    [
        (DesignLabel.D0, EvidenceGrade.C, True),
        (DesignLabel.D1, EvidenceGrade.A, True),
        (DesignLabel.D2, EvidenceGrade.C, False),
        (DesignLabel.D2, EvidenceGrade.D, True),
        (DesignLabel.D4, EvidenceGrade.D, True),
        (DesignLabel.D4, EvidenceGrade.A, False),
    ],
)
def test_below_d2_or_grade_d_it_is_a_scenario(label: DesignLabel, grade: EvidenceGrade, scenario: bool) -> None:
    found = estimate_value(make_case(), outcome(label, grade))
    assert found.scenario is scenario
    assert str(found.heading) == ("Scenario, not value created" if scenario else "Value created")
    assert any("what it would be" in str(warning) for warning in found.warnings) is scenario


def test_warnings() -> None:
    assert [str(warning)[:15] for warning in value_of(make_case()).warnings] == ["How much of the"]
    assert value_of(make_case(persistence_error=0.1)).warnings == ()
    flat = tuple(dataclasses.replace(line, profile=()) for line in make_case().consequences)
    assert len(value_of(make_case(years=2, consequences=flat)).warnings) == 1
    one = make_case(years=1, consequences=flat, costs=(), effects=(effect(std_error=0.2),))
    assert ["holds zero" in str(warning) for warning in value_of(one).warnings] == [True]


def test_break_even() -> None:
    case = make_case()
    found = value_of(case)
    assert [even.term for even in found.break_even] == ["job"]
    at = dataclasses.replace(case, effects=(effect(estimate=found.break_even[0].effect),))
    assert value_of(at).net == pytest.approx(0, abs=1e-8)
    none = make_case(consequences=(Consequence("nothing", "job", 0, 0, SHARES),))
    assert value_of(none).break_even[0].effect is None
    two = make_case(
        effects=(effect(), effect("home", 0.05, 0.01)),
        consequences=(*case.consequences, Consequence("rent", "home", 80_000, 1_000, SHARES)),
    )
    for index, found_even in enumerate(value_of(two).break_even):
        moved = [*two.effects]
        moved[index] = effect(moved[index].term, found_even.effect)
        assert value_of(dataclasses.replace(two, effects=tuple(moved))).net == pytest.approx(0, abs=1e-8)


def test_break_even_year_is_the_first_that_lasts() -> None:
    flat = DiscountSchedule(((10, 0.0),), "none")
    yearly = (Consequence("gain", "job", 1_000, 0, ALL_MUNICIPALITY),)
    base = {"persistence": 1.0, "discount": flat, "consequences": yearly, "effects": (effect(estimate=1.0),)}
    assert value_of(make_case(**base, costs=(Cost("c", 1_500, 0, ALL_MUNICIPALITY),))).break_even_year == 2
    # The sum must come above zero, not only to it.
    assert value_of(make_case(**base, costs=(Cost("c", 2_000, 0, ALL_MUNICIPALITY),))).break_even_year == 3
    assert value_of(make_case(**base, costs=(Cost("c", 4_000, 0, ALL_MUNICIPALITY),))).break_even_year is None
    assert value_of(make_case(**base, costs=(Cost("c", 3_999, 0, ALL_MUNICIPALITY),))).break_even_year == 4
    later = (Cost("c", 500, 0, ALL_MUNICIPALITY), Cost("d", 2_600, 0, ALL_MUNICIPALITY, year=3))
    # Above zero in years 1 and 2, below in year 3: it doesn't last until year 4.
    assert value_of(make_case(**base, costs=later)).break_even_year == 4
    late = (Cost("d", 2_500, 0, ALL_MUNICIPALITY, year=2),)
    assert value_of(make_case(**base, costs=late)).break_even_year == 3
    assert value_of(make_case(**base, costs=(Cost("c", -5, 0, ALL_MUNICIPALITY),))).break_even_year == 0
    free = value_of(make_case(**base, costs=()))
    assert (free.break_even_year, free.benefit_cost_ratio) == (1, None)


def test_discount_schedule() -> None:
    factors = DANISH_REAL_RATE.factors(70)
    assert factors[0] == 1.0
    assert factors[35] == pytest.approx(1.035**-35, rel=1e-12)
    assert factors[36] == pytest.approx(1.035**-35 / 1.025, rel=1e-12)
    assert factors[70] == pytest.approx(1.035**-35 * 1.025**-35, rel=1e-12)
    with pytest.raises(EstimateError, match="year 71"):
        DANISH_REAL_RATE.factors(71)
    for rate in (-1.0, math.nan):
        with pytest.raises(EstimateError, match="must be a number above -1"):
            DiscountSchedule(((5, rate),), "x").factors(1)


def test_reimbursement_moves_between_payers_only() -> None:
    case = make_case()
    moved = with_reimbursement(case, {"care": 0.4, "course": 0.25})
    before, after = value_of(case), value_of(moved)
    assert after.total_ore() == before.total_ore()
    assert after.total_ore(payer="region") == before.total_ore(payer="region")
    assert after.total_ore(line="care", payer="state") == pytest.approx(0.4 * before.total_ore(line="care"), abs=3)
    assert moved.costs[0].payers == {"municipality": 0.75, "region": 0.0, "state": 0.25}
    assert after.std_deviation == pytest.approx(before.std_deviation)
    assert moved.consequences[0] == case.consequences[0]
    assert moved.costs[1] == case.costs[1]
    assert with_reimbursement(case, {"care": 0.0}) == case
    two = make_case(payers=("municipality", "state"), **line(payers={"municipality": 1.0, "state": 0.0}), costs=())
    halved = with_reimbursement(two, {"benefits": 0.5}).consequences[0].payers
    assert halved == {"municipality": 0.5, "state": 0.5}
    other = with_reimbursement(case, {"care": 1.0}, from_payer="municipality", to_payer="region")
    assert other.consequences[1].payers == {"municipality": 0.0, "region": 1.0, "state": 0.0}
    for shares, payers, words in (
        ({"rent": 0.5, "fuel": 0.5}, {}, "aren't there: fuel, rent"),
        ({"care": 1.5}, {}, "between 0 and 1"),
        ({"care": math.nan}, {}, "between 0 and 1"),
        ({"care": 0.5}, {"to_payer": "EU"}, "two of the payers"),
        ({"care": 0.5}, {"to_payer": "municipality"}, "two of the payers"),
    ):
        with pytest.raises(EstimateError, match=words):
            with_reimbursement(case, shares, **payers)


def rich_case() -> ValueCase:
    base = make_case()
    lines = tuple(dataclasses.replace(line, share_concentration=6.0) for line in base.consequences)
    return make_case(
        effects=(effect(), effect("home", 0.05, 0.03)),
        effect_covariance=((0.0004, 0.0003), (0.0003, 0.0009)),
        consequences=(*lines, Consequence("extra rent", "home", -80_000, 20_000, SHARES)),
        persistence_error=0.1,
    )


@pytest.mark.parametrize("prices", PriceDistribution)
def test_closed_form_and_simulation_agree(prices: PriceDistribution) -> None:
    case, draws = rich_case(), 60_000
    found = simulate_net(case, np.random.default_rng(4), draws=draws, prices=prices)
    assert [one.payer for one in found] == [None, *PAYERS]
    value = value_of(case)
    assert found[0].mean == pytest.approx(value.net * 40, abs=5 * found[0].std_deviation / math.sqrt(draws))
    for one, payer in zip(found, (None, *PAYERS), strict=True):
        # Heavy tails make the error of a simulated standard deviation larger than a normal one's: 5 % is over 4 errors.
        assert one.std_deviation == pytest.approx(net_std_deviation(case, payer), rel=0.05)
        assert one.low < one.median < one.high
        assert one.chance_error == pytest.approx(math.sqrt(one.chance_positive * (1 - one.chance_positive) / draws))
        assert one.draws == draws
    assert value.std_deviation * 40 == pytest.approx(net_std_deviation(case), rel=1e-12)
    assert value.payer_deviations == pytest.approx([net_std_deviation(case, payer) / 40 for payer in PAYERS])


def test_simulation_is_seeded_and_payers_sum() -> None:
    one, two = (simulate_net(rich_case(), np.random.default_rng(7), draws=500) for _ in range(2))
    assert one == two
    assert math.fsum(part.mean for part in one[1:]) == pytest.approx(one[0].mean)
    assert value_of(rich_case(), generator=np.random.default_rng(7), draws=500).distribution == one
    with pytest.raises(EstimateError, match="at least 100 draws"):
        simulate_net(rich_case(), np.random.default_rng(7), draws=99)
    assert simulate_net(rich_case(), np.random.default_rng(7), draws=100)[0].draws == 100


def test_a_gamma_price_stays_on_its_side_of_zero_and_a_normal_one_does_not() -> None:
    sure = {"effects": (effect(std_error=0.0),), "persistence": 1.0}
    price = Consequence("gain", "job", 1_000, 2_000, ALL_MUNICIPALITY)
    nothing = dataclasses.replace(price, price=0, price_error=0)
    only_price = make_case(**sure, consequences=(price,), costs=())
    only_cost = make_case(**sure, consequences=(nothing,), costs=(Cost("c", 1_000, 2_000, ALL_MUNICIPALITY),))
    for case, gamma, normal in ((only_price, 1.0, 0.69), (only_cost, 0.0, 0.31)):
        of_gamma, of_normal = (
            value_of(case, generator=np.random.default_rng(3), draws=4_000, prices=prices).distribution[0]
            for prices in (PriceDistribution.GAMMA, PriceDistribution.NORMAL)
        )
        assert of_gamma.chance_positive == pytest.approx(gamma, abs=0.01)
        assert of_normal.chance_positive == pytest.approx(normal, abs=0.04)


def test_simulated_persistence_and_shares_spread_as_given() -> None:
    sure = {"effects": (effect(std_error=0.0),), "years": 2, "costs": ()}
    gain = Consequence("gain", "job", 1_000, 0, ALL_MUNICIPALITY)
    lasting = make_case(**sure, consequences=(gain,), persistence=0.5, persistence_error=0.25)
    found = simulate_net(lasting, np.random.default_rng(5), draws=40_000)[0]
    assert found.std_deviation == pytest.approx(0.25 * 100 * 1.035**-2 * 40, rel=0.02)
    assert found.std_deviation == pytest.approx(net_std_deviation(lasting), rel=0.02)
    halves = dataclasses.replace(
        gain, payers={"municipality": 0.5, "region": 0.0, "state": 0.5}, share_concentration=3.0
    )
    shared = make_case(**sure, consequences=(halves,), persistence=0.0)
    together, municipality, region, state = simulate_net(shared, np.random.default_rng(5), draws=40_000)
    assert together.std_deviation == pytest.approx(0, abs=1e-6)
    assert municipality.std_deviation == pytest.approx(100 / 1.035 * 40 * math.sqrt(0.25 / 4), rel=0.02)
    assert state.std_deviation == pytest.approx(municipality.std_deviation)
    assert (region.mean, region.std_deviation) == (0.0, 0.0)


def test_a_gain_is_anything_above_zero() -> None:
    sure = {"effects": (effect(std_error=0.0),), "costs": (), "persons": 1}
    for price, chance in ((0.0, 0.0), (0.1, 1.0)):
        case = make_case(**sure, consequences=(Consequence("gain", "job", price, 0, ALL_MUNICIPALITY),))
        assert simulate_net(case, np.random.default_rng(1), draws=100)[0].chance_positive == chance


def test_nothing_uncertain() -> None:
    case = make_case(
        effects=(effect(std_error=0.0),),
        consequences=(Consequence("benefits", "job", 150_000, 0, SHARES),),
        costs=(Cost("course", 20_000, 0, ALL_MUNICIPALITY),),
    )
    found = value_of(case, generator=np.random.default_rng(1), draws=100)
    assert (found.std_deviation, found.variance_shares) == (0.0, ())
    assert found.distribution[0].low == pytest.approx(found.net * 40)
    assert found.distribution[0].chance_positive == 1.0


def test_variance_shares_are_what_is_left_when_all_else_is_sure() -> None:
    case = make_case(persistence_error=0.1, costs=(Cost("later", 9_000, 2_000, SHARES, year=3),))
    shares = {share.name: share.share for share in variance_shares(case)}
    assert list(shares) == ["job", "benefits", "care", "persistence", "later", "together"]
    assert math.fsum(shares.values()) == pytest.approx(1)
    certain = dataclasses.replace(case, persistence_error=0.0)
    shares = {share.name: share.share for share in variance_shares(certain)}
    sure = tuple(dataclasses.replace(line, price_error=0) for line in case.consequences)
    none = dataclasses.replace(certain, consequences=sure, costs=(), effects=(effect(std_error=0),))
    variance = net_std_deviation(certain) ** 2
    only = {
        "job": dataclasses.replace(none, effects=case.effects),
        "benefits": dataclasses.replace(none, consequences=(case.consequences[0], sure[1])),
        "care": dataclasses.replace(none, consequences=(sure[0], case.consequences[1])),
        "later": dataclasses.replace(none, costs=case.costs),
    }
    for name, alone in only.items():
        assert shares[name] == pytest.approx(net_std_deviation(alone) ** 2 / variance, rel=1e-10)
    assert shares["later"] == pytest.approx((40 * 2_000 * 1.035**-3) ** 2 / variance, rel=1e-10)
    joint = [share.name for share in variance_shares(rich_case())]
    assert joint[0] == "job, home"
    two = dataclasses.replace(rich_case(), effect_covariance=(), persistence_error=0.0)
    shares = {share.name: share.share for share in variance_shares(two)}
    assert [*shares][:2] == ["job", "home"]
    none = dataclasses.replace(
        two,
        effects=(effect(), effect("home", 0.05, 0.0)),
        consequences=tuple(dataclasses.replace(line, price_error=0) for line in two.consequences),
        costs=(),
    )
    lasting = dataclasses.replace(none, persistence_error=0.1)
    assert shares["job"] == pytest.approx((net_std_deviation(none) / net_std_deviation(two)) ** 2, rel=1e-10)
    assert [share.name for share in variance_shares(none)] == ["job", "together"]
    assert [share.name for share in variance_shares(lasting)] == ["job", "persistence", "together"]


def test_the_uncertainty_of_small_amounts_counts_too() -> None:
    small = make_case(
        consequences=(Consequence("benefits", "job", 0.15, 0.008, SHARES),), costs=(Cost("c", 0.02, 0.001, SHARES),)
    )
    assert [share.name for share in variance_shares(small)] == ["job", "benefits", "c", "together"]


def test_covariance_adds_to_the_spread() -> None:
    case = dataclasses.replace(
        rich_case(), consequences=(*make_case().consequences, Consequence("rent", "home", 80_000, 0, SHARES))
    )
    apart = dataclasses.replace(case, effect_covariance=())
    assert net_std_deviation(case) > net_std_deviation(apart)
    diagonal = dataclasses.replace(case, effect_covariance=((0.0004, 0.0), (0.0, 0.0009)))
    assert net_std_deviation(diagonal) == pytest.approx(net_std_deviation(apart), rel=1e-12)


def test_persistence_moments() -> None:
    assert persistence_moments(0.8, 0.0, 3) == pytest.approx([1, 0.8, 0.64, 0.512])
    moments = persistence_moments(0.8, 0.1, 2)
    assert moments[1] == pytest.approx(0.8)
    assert moments[2] - moments[1] ** 2 == pytest.approx(0.01)
    assert persistence_moments(0.0, 0.0, 2) == pytest.approx([1, 0, 0])


@pytest.mark.parametrize("scale", [1e-3, 1e9])
def test_money_scales(scale: float) -> None:
    base = make_case()
    scaled = make_case(
        consequences=tuple(
            dataclasses.replace(line, price=line.price * scale, price_error=line.price_error * scale)
            for line in base.consequences
        ),
        costs=tuple(
            dataclasses.replace(line, amount=line.amount * scale, amount_error=line.amount_error * scale)
            for line in base.costs
        ),
    )
    assert value_of(scaled).net == pytest.approx(value_of(base).net * scale, rel=1e-9)
    assert value_of(scaled).std_deviation == pytest.approx(value_of(base).std_deviation * scale, rel=1e-9)


BENEFITS, CARE = make_case().consequences


def line(**changes: Any) -> dict[str, Any]:
    return {"consequences": (dataclasses.replace(BENEFITS, **changes),)}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"years": 0}, "at least one year"),
        ({"persons": 0}, "at least one person"),
        ({"payers": ()}, "Name every payer once"),
        ({"payers": ("state", "state")}, "Name every payer once"),
        ({"consequences": ()}, "one effect and one consequence"),
        ({"effects": ()}, "one effect and one consequence"),
        ({"consequences": (BENEFITS, BENEFITS, CARE, CARE)}, "more than once: benefits, care"),
        ({"effects": (effect(), effect())}, "more than once: job"),
        ({"costs": (Cost("benefits", 1, 0, SHARES),)}, "more than once: benefits"),
        ({"persistence": 1.1}, "from 0 to 1"),
        ({"persistence": -0.1}, "from 0 to 1"),
        ({"persistence": math.nan}, "from 0 to 1"),
        ({"persistence_error": 0.46}, "as uncertain as that"),
        ({"persistence": 1.0, "persistence_error": 0.1}, "as uncertain as that"),
        ({"persistence": 0.5, "persistence_error": 0.5}, "as uncertain as that"),
        ({"persistence_error": -0.1}, "standard error of persistence is negative"),
        ({"effects": (effect(std_error=-0.1),)}, "standard error of job is negative"),
        ({"effects": (effect(estimate=math.nan),)}, "job isn't a finite number"),
        (line(price_error=-1), "standard error of benefits is negative"),
        (line(price=math.inf), "benefits isn't a finite number"),
        (line(price=0), "benefits is 0 and can't be uncertain"),
        (line(effect="home"), "benefits follows from the effect home"),
        (line(profile=(1.0, 1.0)), "benefits has a profile of 2 years, but the horizon is 4"),
        (line(profile=(1.0, 1.0, math.nan, 1.0)), "profile of benefits holds"),
        (line(share_concentration=0.0), "shares of benefits are must be above zero"),
        (line(share_concentration=math.inf), "must be above zero"),
        (line(payers={"municipality": 0.5, "state": 0.5}), "benefits has no share for region"),
        (line(payers={**SHARES, "UN": 0.0, "EU": 0.0}), "benefits has a share for a payer that isn't named: EU, UN"),
        (line(payers={**SHARES, "state": 0.4000001}), "shares of benefits sum to 1.1 and not to 1"),
        (line(payers={"municipality": 1.5, "region": -0.5, "state": 0.0}), "of benefits must be numbers from 0 to 1"),
        (line(payers={**SHARES, "state": math.nan}), "numbers from 0 to 1"),
        ({"costs": (Cost("c", 1, -1, SHARES),)}, "standard error of c is negative"),
        ({"costs": (Cost("c", 0, 1, SHARES),)}, "c is 0 and can't be uncertain"),
        ({"costs": (Cost("c", 1, 0, {"state": 1.0}),)}, "c has no share for municipality, region"),
        ({"costs": (Cost("c", 1, 0, SHARES, year=5),)}, "cost c falls in a year outside the horizon"),
        ({"costs": (Cost("c", 1, 0, SHARES, year=-1),)}, "outside the horizon"),
        ({"years": 71, **line(profile=())}, "year 71"),
        ({"effect_covariance": ((0.0004, 0.0),)}, "a row and a column for each"),
        ({"effect_covariance": ((0.0005,),)}, "must be symmetric"),
        ({"effect_covariance": ((0.0004 * (1 + 5e-6),),)}, "must be symmetric"),
        ({"effects": (effect(std_error=1e-6),), "effect_covariance": ((2e-12,),)}, "must be symmetric"),
        (
            {
                "effects": (effect(), effect("home", 0.1, 0.02)),
                "effect_covariance": ((4e-4, 1e-4), (1.000001e-4, 4e-4)),
            },
            "must be symmetric",
        ),
        (
            {
                "effects": (effect(std_error=1e-6), effect("home", 0.1, 1e-6)),
                "effect_covariance": ((1e-12, 1e-13), (2e-13, 1e-12)),
            },
            "must be symmetric",
        ),
        (
            {
                "effects": (effect(std_error=1e-6), effect("home", 0.1, 1e-6)),
                "effect_covariance": ((1e-12, 2e-12), (2e-12, 1e-12)),
            },
            "must be symmetric",
        ),
        (
            {"effects": (effect(), effect("home", 0.1, 0.02)), "effect_covariance": ((4e-4, 5e-4), (5e-4, 4e-4))},
            "must be symmetric",
        ),
        (
            {"effects": (effect(), effect("home", 0.1, 0.02)), "effect_covariance": ((4e-4, 1e-4), (2e-4, 4e-4))},
            "must be symmetric",
        ),
    ],
)
def test_what_cannot_be(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        make_case(**changes)


def test_what_just_can_be() -> None:
    assert make_case(years=70, **line(profile=())).years == 70
    assert make_case(costs=(Cost("c", 1, 0, SHARES, year=4),)).costs[0].year == 4
    assert make_case(persistence=1.0).persistence == 1.0
    assert make_case(persistence=0.0).persistence == 0.0
    thirds = dict.fromkeys(PAYERS, 1 / 3)
    assert make_case(**line(payers=thirds)).consequences[0].payers == thirds
    assert make_case(effect_covariance=((0.0004,),)).effect_covariance == ((0.0004,),)
    one_and_the_same = ((0.0004, 0.0004), (0.0004, 0.0004))
    two = (effect(), effect("home", 0.1, 0.02))
    assert make_case(effects=two, effect_covariance=one_and_the_same).effect_covariance == one_and_the_same
    assert make_case(persistence_error=0.4).persistence_error == 0.4
    assert make_case(**line(share_concentration=0.5)).consequences[0].share_concentration == 0.5
