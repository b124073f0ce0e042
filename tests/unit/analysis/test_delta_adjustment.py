from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from outcomes.analysis.delta_adjustment import (
    DeltaLine,
    DeltaScenario,
    delta_grid,
    find_tipping_point,
    line_from_shares,
)
from outcomes.analysis.imputation_model import ImputationStrategy
from outcomes.analysis.intervals import t_estimate
from outcomes.analysis.reference_imputation import estimate_imputed_differences
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError

ROOT = Path(__file__).parents[3]
DIFFERENCE = t_estimate("difference", -4.0, 1.0, 80.0)
COVARIANCE = np.array([[1.0, 0.01, -0.01], [0.01, 0.002, 0.0], [-0.01, 0.0, 0.002]])


def line(difference: TermEstimate = DIFFERENCE, own: float = 0.3, other: float = 0.1) -> DeltaLine:
    return line_from_shares(difference, intervention_missing=own, comparison_missing=other)


def test_the_line_is_the_formula() -> None:
    moved = line().at(5.0, -2.0)
    assert moved.estimate == pytest.approx(-4.0 + 0.3 * 5 + 0.1 * 2)
    assert moved.std_error == 1.0
    assert moved.df == 80.0
    assert line().at(0.0, 0.0).ci_low == pytest.approx(DIFFERENCE.ci_low)
    assert line().at(0.0, 0.0).p_value == pytest.approx(DIFFERENCE.p_value)


def test_uncertain_slopes_widen_the_interval() -> None:
    uncertain = DeltaLine(-4.0, 0.3, 0.1, COVARIANCE, None)
    expected = 1 + 2 * 0.01 * 3 + 2 * 0.01 * 2 + 0.002 * (9 + 4)
    assert uncertain.at(3.0, 2.0).std_error == pytest.approx(math.sqrt(expected))
    assert uncertain.at(3.0, 2.0).df is None


@given(
    st.floats(-20, 20),
    st.floats(0.1, 3),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(list(DeltaScenario)),
    st.booleans(),
)
def test_at_the_tipping_point_the_interval_touches_zero(estimate, error, own, other, scenario, uncertain) -> None:
    made = DeltaLine(estimate, own, other, error**2 * (COVARIANCE if uncertain else np.diag([1.0, 0, 0])), 30.0)
    found = find_tipping_point(made, scenario)
    before = made.at(0.0, 0.0)
    if found.delta is None:
        assert found.sentence is not None
        return
    assert not before.includes_zero
    assert found.sentence is None
    assume(abs(found.delta) < 1e4)

    def at(delta: float) -> TermEstimate:
        own_delta = 0.0 if scenario is DeltaScenario.COMPARISON else delta
        return made.at(own_delta, 0.0 if scenario is DeltaScenario.INTERVENTION else delta)

    there = at(found.delta)
    assert min(abs(there.ci_low), abs(there.ci_high)) == pytest.approx(0.0, abs=1e-6 * (1 + abs(estimate)))
    for share in (0.25, 0.5, 0.999):  # nowhere before it
        assert not at(share * found.delta).includes_zero


def test_the_nearest_root_is_taken_and_said_in_detectable_changes() -> None:
    found = find_tipping_point(line(), DeltaScenario.INTERVENTION, smallest_detectable_change=10.0)
    assert found.delta == pytest.approx((4 - 1.9900634212544457) / 0.3)
    assert found.in_detectable_changes == pytest.approx(found.delta / 10)
    assert find_tipping_point(line()).delta == pytest.approx((4 - 1.9900634212544457) / 0.2)
    assert find_tipping_point(line(), DeltaScenario.COMPARISON).delta == pytest.approx(-(4 - 1.9900634212544457) / 0.1)
    assert find_tipping_point(line()).in_detectable_changes is None


def test_where_nothing_tips() -> None:
    holds_zero = find_tipping_point(line(t_estimate("difference", 1.0, 1.0, 80.0)))
    assert "holds zero already" in str(holds_zero.sentence)
    for scenario, own, other in (
        (DeltaScenario.BOTH, 0.2, 0.2),
        (DeltaScenario.INTERVENTION, 0.0, 0.5),
        (DeltaScenario.COMPARISON, 0.5, 0.0),
    ):
        found = find_tipping_point(line(own=own, other=other), scenario)
        assert (found.delta, found.in_detectable_changes) == (None, None)
        assert "No delta turns" in str(found.sentence)


def test_the_grid_holds_every_pair() -> None:
    cells = delta_grid(line(), [0.0, 5.0], [0.0, 1.0, 2.0])
    assert [(cell.intervention_delta, cell.comparison_delta) for cell in cells] == [
        (0.0, 0.0),
        (0.0, 1.0),
        (0.0, 2.0),
        (5.0, 0.0),
        (5.0, 1.0),
        (5.0, 2.0),
    ]
    assert cells[4].difference == line().at(5.0, 1.0)


@pytest.mark.parametrize("share", [-0.01, 1.01, math.nan])
def test_shares_that_are_none(share: float) -> None:
    with pytest.raises(EstimateError, match="between 0 and 1"):
        line(own=share)
    with pytest.raises(EstimateError, match="between 0 and 1"):
        line(other=share)


def test_numbers_that_cannot_be_used() -> None:
    for estimate, error in ((math.nan, 1.0), (1.0, 0.0), (1.0, math.nan), (1.0, -1.0), (math.inf, 1.0)):
        with pytest.raises(EstimateError, match="standard error above zero"):
            line(TermEstimate("difference", estimate, error, None, 0.0, 1.0, None))
    for deltas in ((math.nan, 0.0), (0.0, math.inf)):
        with pytest.raises(EstimateError, match="delta"):
            line().at(*deltas)
    for change in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(EstimateError, match="smallest detectable change"):
            find_tipping_point(line(), smallest_detectable_change=change)


def test_the_page_shows_what_comes_out() -> None:
    text = " ".join((ROOT / "docs" / "methods" / "sensitivity.md").read_text(encoding="utf-8").split())
    with (ROOT / "tests" / "reference" / "reference_imputation" / "fev.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    visits = ("VIS1", "VIS2", "VIS3", "VIS4")
    (found,) = estimate_imputed_differences(
        np.array([[float(row[visit]) if row[visit] else np.nan for visit in visits] for row in rows]),
        [row["ARMCD"] == "TRT" for row in rows],
        np.array([[float(row["FEV1_BL"])] for row in rows]),
        occasions=visits,
        covariate_names=("FEV1_BL",),
        strategies=(ImputationStrategy.MISSING_AT_RANDOM,),
    )
    made, own, other = found.line, found.n_missing_intervention, found.n_missing_comparison
    treated = sum(row["ARMCD"] == "TRT" for row in rows)
    assert f"{own} of {treated} and {other} of {len(rows) - treated} have no score" in text
    assert f"slopes {made.intervention_slope:.4f} and {made.comparison_slope:.4f}" in text
    assert f"missing are {own / treated:.4f} and {other / (len(rows) - treated):.4f}" in text
    for difference in (found.difference, made.at(-3.0, 0.0)):
        assert f"{difference.estimate:.2f} ({difference.ci_low:.2f} to {difference.ci_high:.2f})" in text
    for scenario in DeltaScenario:
        tipping = find_tipping_point(made, scenario, smallest_detectable_change=10.0)
        assert f"{tipping.delta:.2f} points, {tipping.in_detectable_changes:.2f} smallest detectable changes" in text
