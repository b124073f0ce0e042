"""Staggered roll-out: known effects, properties, gaps, and every refusal and warning."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.staggered_rollout import StaggeredRollout, estimate_staggered_rollout, two_way_fixed_effects
from outcomes.analysis.staggered_rollout.inference import simultaneous_band
from outcomes.analysis.staggered_rollout.panel import Panel
from outcomes.errors import EstimateError


def simulate(n: int = 120, seed: int = 1, noise: float = 1.0) -> dict[str, Any]:
    """Units starting in period 3, 4, 5 or never, seen in 1 to 6; the effect grows by 1 a period from 2 on."""
    random = np.random.default_rng(seed)
    start = np.array([3.0, 4.0, 5.0, 0.0])[np.arange(n) % 4]
    size = random.normal(size=n)
    level = random.normal(0, 2, n)
    unit, period = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(1.0, 7.0), indexing="ij"))
    started = (start[unit] > 0) & (period >= start[unit])
    effect = np.where(started, 2 + period - start[unit], 0.0)
    outcome = level[unit] + 0.5 * period + 0.3 * period * size[unit] + effect + random.normal(0, noise, unit.size)
    return {
        "outcome": outcome,
        "unit": [f"u{number}" for number in unit],
        "period": period,
        "first_treated": start[unit],
        "covariates": size[unit][:, None],
        "terms": ["size"],
    }


def fit(**changes: Any) -> StaggeredRollout:
    return estimate_staggered_rollout(**simulate() | changes)


def values(found: StaggeredRollout) -> list[float]:
    estimates = [found.simple, *found.dynamic.estimates, found.dynamic.overall, *found.group.estimates]
    estimates += [found.group.overall, *found.calendar.estimates, found.calendar.overall]
    return [number for estimate in estimates for number in (estimate.estimate, estimate.std_error)]


@pytest.mark.parametrize("method", ["doubly_robust", "outcome_regression", "inverse_probability"])
@pytest.mark.parametrize("comparison", ["not_yet", "never"])
def test_finds_the_effect(method: str, comparison: str) -> None:
    data = simulate(800, noise=0.5)
    found = estimate_staggered_rollout(**data, method=method, comparison=comparison)
    truth = {-3: 0, -2: 0, -1: 0, 0: 2, 1: 3, 2: 4, 3: 5}
    for position, estimate in zip(found.dynamic.positions, found.dynamic.estimates, strict=True):
        assert abs(estimate.estimate - truth[int(position)]) < 4 * estimate.std_error
    assert [term.term for term in found.group.estimates] == ["group[3]", "group[4]", "group[5]"]
    assert found.calendar.positions == (3, 4, 5, 6)
    assert (found.n_units, found.n_never, found.n_clusters, found.warnings) == (800, 200, None, ())
    assert found.pre_trend is not None
    assert found.pre_trend.df == 6
    assert found.cells[0].effect.term == "ATT(3, 2)"
    assert (found.cells[0].before_start, found.cells[0].base_period, found.cells[1].before_start) == (True, 1.0, False)
    assert (found.cells[-1].n_treated, found.cells[-1].n_comparison) == (200, 200)


def test_a_trend_before_the_start_is_seen() -> None:
    data = simulate()
    tilted = data["outcome"] + 2.0 * data["period"] * (data["first_treated"] > 0)
    found = fit(outcome=tilted, comparison="never")
    assert found.pre_trend is not None
    assert found.pre_trend.p_value < 1e-6


def test_order_names_and_scale_do_not_matter() -> None:
    data = simulate()
    plain = values(fit())
    order = np.random.default_rng(4).permutation(data["outcome"].size)
    turned = {key: data[key][order] for key in ("outcome", "period", "first_treated", "covariates")}
    assert values(fit(**turned, unit=[f"x{data['unit'][row]}" for row in order])) == pytest.approx(plain, rel=1e-8)
    large = values(fit(outcome=1e9 * data["outcome"]))
    assert large == pytest.approx([1e9 * value for value in plain], rel=1e-8)
    levels = data["outcome"] + np.array([int(name[1:]) % 97 for name in data["unit"]]) + 10 * np.cos(data["period"])
    assert values(fit(outcome=levels)) == pytest.approx(plain, rel=1e-7)
    later = np.where(data["first_treated"] > 0, data["first_treated"] + 2000, 0)
    shifted = fit(period=data["period"] + 2000, first_treated=later)
    assert values(shifted) == pytest.approx(plain, rel=1e-10)
    assert shifted.group.positions == (2003, 2004, 2005)


def test_never_may_be_written_in_several_ways() -> None:
    data = simulate()
    plain = values(fit())
    for never in (math.nan, math.inf, 7.0, 99.0):
        starts = np.where(data["first_treated"] == 0, never, data["first_treated"])
        assert values(fit(first_treated=starts)) == plain


def test_clusters_of_one_unit_are_units() -> None:
    data = simulate()
    assert values(fit(cluster=data["unit"])) == pytest.approx(values(fit()), rel=1e-12)
    places = [int(name[1:]) % 40 for name in data["unit"]]
    clustered = fit(cluster=places)
    assert clustered.n_clusters == 40
    assert clustered.simple.estimate == pytest.approx(fit().simple.estimate)
    assert clustered.simple.std_error != pytest.approx(fit().simple.std_error)


def test_a_unit_never_seen_does_not_count() -> None:
    data = simulate()
    gone = np.array([name == "u7" for name in data["unit"]])
    found = fit(outcome=np.where(gone, math.nan, data["outcome"]))
    kept = ~gone
    without = estimate_staggered_rollout(
        data["outcome"][kept],
        [name for name in data["unit"] if name != "u7"],
        data["period"][kept],
        data["first_treated"][kept],
        covariates=data["covariates"][kept],
        terms=["size"],
    )
    assert values(found) == values(without)
    assert (found.n_units, found.warnings) == (119, ())


def test_gaps_are_named() -> None:
    data = simulate()
    holes = np.random.default_rng(3).random(data["outcome"].size) < 0.1
    found = fit(outcome=np.where(holes, math.nan, data["outcome"]))
    lacking = len({name for name, hole in zip(data["unit"], holes, strict=True) if hole})
    assert str(found.warnings[0]).startswith(f"{lacking} of 120 units lack")
    rows = np.flatnonzero(~holes)
    absent = estimate_staggered_rollout(
        data["outcome"][rows],
        [data["unit"][row] for row in rows],
        data["period"][rows],
        data["first_treated"][rows],
        covariates=data["covariates"][rows],
        terms=["size"],
    )
    assert values(absent) == values(found)


def test_those_who_had_started_are_left_out() -> None:
    data = simulate()
    starts = np.where(data["first_treated"] == 3, 1.0, data["first_treated"])
    found = fit(first_treated=starts)
    assert str(found.warnings[0]).startswith("30 units had started in the first period")
    assert found.group.positions == (4, 5)
    assert found.n_units == 90


def test_a_group_of_one_is_left_out() -> None:
    data = simulate()
    starts = np.where([name == "u3" for name in data["unit"]], 6.0, data["first_treated"])
    found = fit(first_treated=starts)
    assert found.group.positions == (3, 4, 5)
    assert "started in 6 is one unit" in str(found.warnings[0])
    places = np.where(data["first_treated"] == 4, "same", np.array(data["unit"])).tolist()
    clustered = fit(cluster=places)
    assert clustered.group.positions == (3, 5)
    assert "started in 4 is one unit" in str(clustered.warnings[0])


@pytest.mark.parametrize(("n", "warned"), [(24, True), (28, False)])
def test_few_adopters_are_warned_about(n: int, warned: bool) -> None:
    found = estimate_staggered_rollout(**simulate(n) | {"covariates": None, "terms": ()})
    assert bool(found.warnings) is warned
    if warned:
        assert "18 units or clusters start, under 20" in str(found.warnings[0])


def test_everyone_starts_in_the_end() -> None:
    """Without units that never start, the last group is compared with nobody: its effects are named as not given."""
    data = simulate()
    starts = np.where(data["first_treated"] == 0, 6.0, data["first_treated"])
    found = fit(first_treated=starts)
    assert found.n_never == 0
    assert any("in 6 on those who started in 3 isn't given" in str(warning) for warning in found.warnings)
    assert max(cell.period for cell in found.cells if not cell.before_start) == 5
    with pytest.raises(EstimateError, match=r"No effect of the roll-out can be estimated. The effect in 2"):
        fit(first_treated=starts, comparison="never")


def test_no_period_before_the_start() -> None:
    data = simulate()
    starts = np.where(data["first_treated"] > 0, 2.0, 0.0)
    assert fit(first_treated=starts).pre_trend is None


def test_fewer_clusters_than_periods_before_the_start() -> None:
    data = simulate()
    assert fit(cluster=[int(name[1:]) % 5 for name in data["unit"]]).pre_trend is None


def test_bands() -> None:
    found = fit()
    band = found.band("dynamic", np.random.default_rng(5), draws=999)
    assert band == found.band("dynamic", np.random.default_rng(5), draws=999)
    assert 1.96 < band.critical_value < 3.5
    for (low, high), estimate in zip(band.limits, found.dynamic.estimates, strict=True):
        assert low < estimate.ci_low
        assert high > estimate.ci_high
    assert len(found.cells_band(np.random.default_rng(5), draws=999).limits) == len(found.cells)
    clustered = fit(cluster=[int(name[1:]) % 40 for name in simulate()["unit"]])
    assert clustered.band("group", np.random.default_rng(5), draws=999).critical_value >= 1.959963984540054
    with pytest.raises(EstimateError, match="at least 999 draws"):
        found.band("dynamic", np.random.default_rng(5), draws=998)


def test_refusals() -> None:
    data = simulate()
    size = data["outcome"].size
    twice = np.where(np.arange(size) == 1, 5, data["first_treated"])
    for pattern, changes in (
        ("estimated by doubly_robust, outcome_regression", {"method": "best"}),
        ("against not_yet, never started", {"comparison": "all"}),
        ("one value for each row", {"period": data["period"][:-1]}),
        ("one value for each row", {"terms": ["size", "more"]}),
        ("one value for each row", {"cluster": ["a"]}),
        ("A period must be a finite number", {"period": np.where(np.arange(size) == 0, math.nan, data["period"])}),
        ("A period must be a finite number", {"outcome": np.where(np.arange(size) == 0, math.inf, data["outcome"])}),
        ("A period must be a finite number", {"covariates": np.full((size, 1), math.inf)}),
        ("Unit u0 has more than one row in period 1", {"period": np.where(np.arange(size) == 1, 1.0, data["period"])}),
        (
            "Unit u0 has more than one first period",
            {"first_treated": twice},
        ),
        ("Unit u0 is in more than one cluster", {"cluster": ["b", *["a"] * (size - 1)]}),
        ("Row 2 has no cluster", {"cluster": ["a", "", *["a"] * (size - 2)]}),
        ("No group of two or more units or clusters", {"first_treated": np.zeros(size)}),
        ("No group of two or more units or clusters", {"first_treated": np.ones(size)}),
        ("No effect of the roll-out can be estimated", {"first_treated": np.full(size, 3.0)}),
    ):
        with pytest.raises(EstimateError, match=pattern):
            fit(**changes)
    one = data["period"] == 1
    with pytest.raises(EstimateError, match="at least two periods"):
        estimate_staggered_rollout(
            data["outcome"][one], list(np.array(data["unit"])[one]), data["period"][one], data["first_treated"][one]
        )
    with pytest.raises(EstimateError, match="one value for each row"):
        estimate_staggered_rollout([], [], [], [])


def test_too_many_covariates_are_named_per_cell() -> None:
    data = simulate(16)
    random = np.random.default_rng(2)
    columns = random.normal(size=(data["outcome"].size, 6))
    choices = {"covariates": columns, "terms": list("abcdef"), "method": "outcome_regression", "comparison": "never"}
    with pytest.raises(EstimateError, match="so many covariates"):
        estimate_staggered_rollout(**data | choices)


def test_two_way_fixed_effects_count_some_effects_the_wrong_way() -> None:
    data = simulate()
    arguments = data["outcome"], data["unit"], data["period"], data["first_treated"]
    found = two_way_fixed_effects(*arguments)
    assert 0 < found.negative_weight_share < 0.5
    names = np.array(data["unit"])
    design = np.column_stack(
        [
            (data["first_treated"] > 0) & (data["period"] >= data["first_treated"]),
            names[:, None] == np.unique(names),
            data["period"][:, None] == np.arange(2, 7),
        ]
    ).astype(float)
    assert found.coefficient.estimate == pytest.approx(np.linalg.lstsq(design, data["outcome"], rcond=None)[0][0])
    holes = np.arange(data["outcome"].size) % 7 == 0
    gappy = two_way_fixed_effects(np.where(holes, math.nan, data["outcome"]), *arguments[1:])
    direct = np.linalg.lstsq(design[~holes], data["outcome"][~holes], rcond=None)[0][0]
    assert gappy.coefficient.estimate == pytest.approx(direct)
    clustered = two_way_fixed_effects(*arguments, cluster=data["unit"])
    assert clustered.coefficient == found.coefficient
    with pytest.raises(EstimateError, match="follows from unit and period alone"):
        two_way_fixed_effects(data["outcome"], data["unit"], data["period"], np.full(data["outcome"].size, 3.0))
    with pytest.raises(EstimateError, match="one value for each row"):
        two_way_fixed_effects(data["outcome"][:-1], *arguments[1:])
    one = data["period"] == 3
    alone = data["outcome"][one], names[one].tolist(), data["period"][one], data["first_treated"][one]
    with pytest.raises(EstimateError, match="follows from unit and period alone"):
        two_way_fixed_effects(*alone)


def test_two_way_standard_error_written_out() -> None:
    """CR0 by cluster, and what isn't a start: zero, NaN and infinity all mean never."""
    data = simulate()
    places = [int(name[1:]) % 40 for name in data["unit"]]
    arguments = data["outcome"], data["unit"], data["period"]
    found = two_way_fixed_effects(*arguments, data["first_treated"], cluster=places)
    started = ((data["first_treated"] > 0) & (data["period"] >= data["first_treated"])).astype(float)
    levels = np.column_stack(
        [np.array(data["unit"])[:, None] == np.unique(data["unit"]), data["period"][:, None] == np.arange(2, 7)]
    ).astype(float)
    free, left = (
        column - levels @ np.linalg.lstsq(levels, column, rcond=None)[0] for column in (started, data["outcome"])
    )
    slope = float(free @ left) / float(free @ free)
    scores = np.bincount(places, weights=free * (left - slope * free))
    assert found.coefficient.term == "two-way"
    assert found.coefficient.estimate == pytest.approx(slope)
    assert found.coefficient.std_error == pytest.approx(math.sqrt(float(scores @ scores)) / float(free @ free))
    assert found.negative_weight_share == pytest.approx(float((free[started == 1] < 0).mean()))
    for never in (math.nan, math.inf, -1.0):
        starts = np.where(data["first_treated"] > 0, data["first_treated"], never)
        assert two_way_fixed_effects(*arguments, starts, cluster=places) == found


def test_a_band_of_two_point_weights() -> None:
    """Eight units with the same influence: k of them have the weight (1 + 5^0.5) / 2, with chance 1 - (1 + 5^-0.5) / 2 each.

    By the binomial, k of 5 and more has 4.1 %, and k = 0 comes next, with 7.5 % and eight times (5^0.5 - 1) / 2.
    """
    alone = Panel(np.zeros((8, 2)), np.array([1.0, 2.0]), np.full(8, np.inf), np.zeros((8, 2, 0)), (), None, (), ())
    sure = normal_estimate("sure", 10.0, 0.5)
    band = simultaneous_band(alone, [sure], np.full((8, 1), 4.0), np.random.default_rng(3), 20_000)
    assert band.critical_value == pytest.approx(4 * (math.sqrt(5) - 1))
    assert band.draws == 20_000
    margin = 0.5 * band.critical_value
    assert band.limits == ((pytest.approx(10 - margin), pytest.approx(10 + margin)),)


def test_two_units_on_either_side_are_enough() -> None:
    small = estimate_staggered_rollout(**simulate(8) | {"covariates": None, "terms": ()})
    assert small.group.positions == (3, 4, 5)
    assert [cell.n_comparison for cell in small.cells if cell.period == 6] == [2, 2, 2]
    assert (small.simple.term, small.comparison, small.method) == ("simple", "not_yet", "doubly_robust")
    lacking = simulate(8) | {"covariates": None, "terms": ()}
    gone = np.isin(lacking["unit"], ["u3"]) & (lacking["period"] == 6)
    found = estimate_staggered_rollout(**lacking | {"outcome": np.where(gone, math.nan, lacking["outcome"])})
    withheld = [str(warning) for warning in found.warnings if "isn't given" in str(warning)]
    assert len(withheld) == 3
    assert "in 6 on those who started in 3 isn't given: It takes at least two units" in withheld[0]


def test_the_unit_that_is_wrong_is_named() -> None:
    data = simulate(20)
    last = np.array(data["unit"]) == "u17"
    starts = np.where(last & (data["period"] == 2), 6.0, data["first_treated"])
    with pytest.raises(EstimateError, match="Unit u17 has more than one first period"):
        estimate_staggered_rollout(**data | {"first_treated": starts})
    places = np.where(last & (data["period"] == 2), "other", "same").tolist()
    with pytest.raises(EstimateError, match="Unit u17 is in more than one cluster"):
        estimate_staggered_rollout(**data | {"cluster": places})
    with pytest.raises(EstimateError, match=r"be estimated\. The effect in 2 on those"):
        estimate_staggered_rollout(**data | {"first_treated": np.full(data["outcome"].size, 3.0)})
