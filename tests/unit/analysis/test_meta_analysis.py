from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from statsmodels.stats.meta_analysis import combine_effects

from outcomes.analysis.heterogeneity import (
    TauSquaredMethod,
    log_likelihood,
    make_study_estimates,
    weighted_fit,
)
from outcomes.analysis.meta_analysis import HartungKnapp, PooledEstimate, combine_estimates, leave_one_out
from outcomes.errors import EstimateError, Sentence

DOCS = Path(__file__).parents[3] / "docs" / "methods"
SCHOOLS = ([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0], [225.0, 100.0, 256.0, 121.0, 81.0, 121.0, 100.0, 324.0])
APART = ([0.1, 0.9, -0.4, 1.6, 0.5, 0.2], [0.04, 0.09, 0.02, 0.16, 0.05, 0.01])
places = st.lists(
    st.tuples(st.floats(-5, 5), st.floats(0.01, 4)), min_size=3, max_size=12, unique_by=lambda pair: round(pair[0], 3)
)


def split(pairs: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


@settings(max_examples=15, deadline=None)
@given(places, st.randoms(use_true_random=False), st.sampled_from(list(TauSquaredMethod)))
def test_the_order_of_places_means_nothing(pairs, random, method) -> None:
    first = combine_estimates(*split(pairs), method=method)
    mixed = list(pairs)
    random.shuffle(mixed)
    second = combine_estimates(*split(mixed), method=method)
    assert second.pooled.estimate == pytest.approx(first.pooled.estimate, rel=1e-7, abs=1e-9)
    assert second.tau2 == pytest.approx(first.tau2, rel=1e-7, abs=1e-9)
    assert sum(first.weights) == pytest.approx(100)


@settings(max_examples=15, deadline=None)
@given(places, st.floats(-100, 100), st.sampled_from([1e-6, 3.0, 1e9]), st.sampled_from(list(TauSquaredMethod)))
def test_shift_and_scale_go_through(pairs, shift, scale, method) -> None:
    estimates, variances = split(pairs)
    first = combine_estimates(estimates, variances, method=method)
    moved = combine_estimates(
        [scale * (value + shift) for value in estimates], [scale**2 * value for value in variances], method=method
    )
    assert moved.pooled.estimate == pytest.approx(scale * (first.pooled.estimate + shift), rel=1e-6, abs=1e-6 * scale)
    assert moved.pooled.std_error == pytest.approx(scale * first.pooled.std_error, rel=1e-6)
    assert moved.tau2 == pytest.approx(scale**2 * first.tau2, rel=1e-6, abs=1e-7 * scale**2)
    assert moved.i2 == pytest.approx(first.i2, rel=1e-6, abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(places, st.booleans())
def test_no_likelihood_is_higher(pairs, restricted) -> None:
    estimates, variances = split(pairs)
    method = TauSquaredMethod.REML if restricted else TauSquaredMethod.ML
    found = combine_estimates(estimates, variances, method=method)
    studies = make_study_estimates(estimates, variances)
    for other in [0.0, *np.geomspace(1e-5, 1e3, 60)]:
        assert log_likelihood(studies, other, restricted=restricted) <= found.log_likelihood + 1e-9


def test_paule_mandel_and_dersimonian_laird_as_statsmodels() -> None:
    estimates, variances = np.array(APART[0]), np.array(APART[1])
    for method, name in ((TauSquaredMethod.DERSIMONIAN_LAIRD, "chi2"), (TauSquaredMethod.PAULE_MANDEL, "iterated")):
        theirs = combine_effects(estimates, variances, method_re=name, atol=1e-14)
        ours = combine_estimates(*APART, method=method)
        assert ours.tau2 == pytest.approx(theirs.tau2, rel=1e-8)
        assert ours.pooled.estimate == pytest.approx(theirs.mean_effect_re, rel=1e-9)
        assert ours.pooled.std_error == pytest.approx(theirs.sd_eff_w_re_hksj, rel=1e-9)


def test_q_profile_ends_where_q_says() -> None:
    studies = make_study_estimates(*APART)
    interval = combine_estimates(*APART).tau2_interval
    assert weighted_fit(studies, interval.low).q == pytest.approx(chi2.ppf(0.975, 5), rel=1e-10)
    assert weighted_fit(studies, interval.high).q == pytest.approx(chi2.ppf(0.025, 5), rel=1e-10)
    assert not interval.empty


def test_places_all_alike_have_an_empty_profile() -> None:
    found = combine_estimates([1.0, 1.0, 1.0, 1.001], [1.0, 2.0, 3.0, 4.0], hartung_knapp=HartungKnapp.OFF)
    assert found.tau2_interval.empty
    assert (found.tau2_interval.low, found.tau2_interval.high) == (0.0, 0.0)


@pytest.mark.parametrize("method", list(TauSquaredMethod))
def test_boundary_is_zero_and_said(method: TauSquaredMethod) -> None:
    found = combine_estimates(*SCHOOLS, method=method)
    assert (found.method, found.hartung_knapp) == (method, HartungKnapp.STANDARD)
    said = any("estimated at zero" in str(sentence) for sentence in found.warnings)
    if method in {TauSquaredMethod.SIDIK_JONKMAN, TauSquaredMethod.EQUAL_EFFECTS}:
        assert not said
    else:
        assert found.tau2 == 0.0
        assert found.i2 == 0.0
        assert said
    closer = any("closer together" in str(sentence) for sentence in found.warnings)
    assert closer == (method is not TauSquaredMethod.SIDIK_JONKMAN)


def test_a_factor_below_one_is_said_as_what_it_is() -> None:
    found = combine_estimates(*SCHOOLS, method=TauSquaredMethod.SIDIK_JONKMAN)
    plain = combine_estimates(*SCHOOLS, method=TauSquaredMethod.SIDIK_JONKMAN, hartung_knapp=HartungKnapp.OFF)
    said = [str(sentence) for sentence in found.warnings if "factor" in str(sentence)]
    narrower = found.pooled.ci_high - found.pooled.ci_low < plain.pooled.ci_high - plain.pooled.ci_low
    assert found.tau2 > 0.0
    assert narrower
    factor = (found.pooled.std_error / plain.pooled.std_error) ** 2
    assert said == [
        f"The Hartung-Knapp factor is below 1 ({round(factor, 3)}), so the interval is narrower than a plain (Wald) one. The"
        " cautious version isn't."
    ]


def test_nothing_is_said_of_a_factor_that_t_outweighs() -> None:
    estimates, variances = [0.0, 1.0, 3.0], [0.9, 1.0, 1.1]
    found = combine_estimates(estimates, variances, method=TauSquaredMethod.SIDIK_JONKMAN)
    plain = combine_estimates(
        estimates, variances, method=TauSquaredMethod.SIDIK_JONKMAN, hartung_knapp=HartungKnapp.OFF
    )
    assert found.pooled.std_error < plain.pooled.std_error
    assert found.pooled.ci_high > plain.pooled.ci_high
    assert not any("Hartung-Knapp" in str(sentence) for sentence in found.warnings)


def test_cautious_is_never_narrower_than_the_variances_alone() -> None:
    plain, cautious = (
        combine_estimates(*SCHOOLS, hartung_knapp=knapp) for knapp in (HartungKnapp.OFF, HartungKnapp.CAUTIOUS)
    )
    assert cautious.pooled.std_error == plain.pooled.std_error
    assert cautious.pooled.df == 7
    assert not any("narrower" in str(sentence) for sentence in cautious.warnings)
    wide = [
        combine_estimates(*APART, hartung_knapp=knapp, method=TauSquaredMethod.EQUAL_EFFECTS) for knapp in HartungKnapp
    ]
    assert wide[1].pooled.std_error == wide[2].pooled.std_error > wide[0].pooled.std_error


def test_two_places_have_one_degree_of_freedom() -> None:
    found = combine_estimates([1.0, 3.0], [0.5, 0.5])
    assert found.pooled.df == 1
    assert found.tau2 == pytest.approx(1.5)  # half the squared difference less the variance
    assert found.pooled.estimate == pytest.approx(2.0)
    assert any("2 estimates only" in str(sentence) for sentence in found.warnings)
    five = combine_estimates([1.0, 2, 3, 4, 5], [0.5] * 5)
    assert not any("only" in str(sentence) for sentence in five.warnings)
    assert any("4 estimates only" in str(s) for s in combine_estimates([1.0, 2, 3, 4], [0.5] * 4).warnings)


def test_one_place_is_no_synthesis() -> None:
    for count in (0, 1):
        with pytest.raises(EstimateError, match="at least two"):
            combine_estimates([1.0] * count, [1.0] * count)


def test_estimates_all_the_same_have_no_variance_between_them() -> None:
    """Sidik and Jonkman start from the spread seen; where there is none, it is zero and surely so."""
    found = combine_estimates(
        [2.0] * 3, [1.0, 2.0, 3.0], method=TauSquaredMethod.SIDIK_JONKMAN, hartung_knapp=HartungKnapp.OFF
    )
    assert (found.tau2, found.tau2_std_error, found.i2) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("wrong", [0.0, -1.0, math.nan, math.inf])
def test_a_variance_that_is_none_names_its_row(wrong: float) -> None:
    with pytest.raises(EstimateError, match="rows 2, 4"):
        combine_estimates([1.0, 2, 3, 4], [1.0, wrong, 1.0, wrong])
    with pytest.raises(EstimateError, match="Aarhus"):
        combine_estimates([1.0, 2], [1.0, wrong], names=["Odense", "Aarhus"])


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_an_estimate_that_is_none_names_its_row(wrong: float) -> None:
    with pytest.raises(EstimateError, match="estimates in rows 3"):
        combine_estimates([1.0, 2, wrong], [1.0, 1, 1])


def test_lengths_must_agree() -> None:
    with pytest.raises(EstimateError, match="lengths"):
        combine_estimates([1.0, 2, 3], [1.0, 2])
    with pytest.raises(EstimateError, match="lengths"):
        combine_estimates([1.0, 2, 3], [1.0, 2, 3], names=["a"])


def test_the_same_estimates_leave_a_plain_interval_only() -> None:
    with pytest.raises(EstimateError, match="cautious"):
        combine_estimates([2.0] * 4, [1.0] * 4)
    for method in TauSquaredMethod:
        found = combine_estimates([2.0] * 4, [1.0] * 4, method=method, hartung_knapp=HartungKnapp.CAUTIOUS)
        assert (found.tau2, found.i2) == (0.0, 0.0)
        assert found.pooled.std_error == pytest.approx(0.5)


def test_variances_of_very_different_sizes() -> None:
    estimates, variances = [1.0, 1.3, 0.2, 5.0], [1e-10, 1e-4, 1.0, 1e8]
    for method in TauSquaredMethod:
        found = combine_estimates(estimates, variances, method=method)
        assert math.isfinite(found.pooled.estimate)
        assert found.tau2 >= 0.0
    equal = combine_estimates(estimates, variances, method=TauSquaredMethod.EQUAL_EFFECTS)
    assert equal.pooled.estimate == pytest.approx(1.0, abs=1e-5)


def test_leaving_one_of_two_out_says_why_not() -> None:
    without = leave_one_out([1.0, 2.0], [1.0, 1.0], names=["a", "b"])
    assert [left.name for left in without] == ["a", "b"]
    assert all(isinstance(left.result, Sentence) for left in without)


def test_leaving_out_is_leaving_out() -> None:
    without = leave_one_out(*APART, names=list("abcdef"))
    expected = combine_estimates(APART[0][1:], APART[1][1:])
    assert isinstance(without[0].result, PooledEstimate)
    assert without[0].result.pooled == expected.pooled


def test_the_page_shows_what_comes_out() -> None:
    text = (DOCS / "meta-analysis.md").read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert block is not None
    rows = (
        (Path(__file__).parents[2] / "reference" / "meta_analysis" / "bcg.csv").read_text(encoding="utf-8").splitlines()
    )
    pairs = [row.split(",")[-2:] for row in rows[1:]]
    found = combine_estimates([float(pair[0]) for pair in pairs], [float(pair[1]) for pair in pairs])
    pooled = found.pooled
    assert block[1].splitlines() == [
        f"pooled      {pooled.estimate:.4f} ({pooled.ci_low:.4f} to {pooled.ci_high:.4f}), standard error"
        f" {pooled.std_error:.4f}, p {pooled.p_value:.4f}, {pooled.df:.0f} degrees of freedom",
        f"prediction  {found.prediction_low:.4f} to {found.prediction_high:.4f}",
        f"tau2        {found.tau2:.4f} ({found.tau2_interval.low:.4f} to {found.tau2_interval.high:.4f})",
        f"I2          {found.i2:.1f} per cent",
        f"Q           {found.q:.2f} on {found.q_df}",
    ]


def test_likelihood_that_still_rises_beyond_the_spread_seen() -> None:
    """Two sure places lie far apart, among many that say nothing and hold the spread of the estimates down."""
    estimates, variances = [-10.0, 10.0, *[0.0] * 200], [1e-3, 1e-3, *[1e6] * 200]
    for method in (TauSquaredMethod.REML, TauSquaredMethod.ML):
        found = combine_estimates(estimates, variances, method=method)
        studies = make_study_estimates(estimates, variances)
        grid = np.geomspace(1e-3, 1e6, 400)
        best = max(log_likelihood(studies, tau2, restricted=method is TauSquaredMethod.REML) for tau2 in grid)
        assert found.log_likelihood >= best
        assert found.tau2 > 50


def test_columns_need_a_row_per_estimate() -> None:
    with pytest.raises(EstimateError, match="value in each column"):
        make_study_estimates([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], columns=np.ones((2, 1)))
