from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis import imputation_inference
from outcomes.analysis.delta_adjustment import DeltaScenario, find_tipping_point
from outcomes.analysis.imputation_model import (
    ArmModel,
    ImputationModel,
    ImputationStrategy,
    TrialScores,
    complete_scores,
    make_trial_scores,
    model_columns,
    sum_trial,
    without_person,
)
from outcomes.analysis.mmrm import CovarianceForm
from outcomes.analysis.pattern_sums import move_origins
from outcomes.analysis.reference_imputation import estimate_imputed_differences
from outcomes.errors import EstimateError

ROOT = Path(__file__).parents[3]
OCCASIONS = ("m2", "m4", "m6")
EVERY = tuple(ImputationStrategy)
MAR, JUMP, INCREMENTS, COPY = EVERY


def study(n: int = 30, seed: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with a person's own level, drop-out and a gap; arm; baseline and a second number."""
    generator = np.random.default_rng(seed)
    baseline = generator.normal(50, 10, n)
    arm = np.arange(n) % 2 == 0
    scores = baseline[:, None] + generator.normal(0, 5, (n, 3)) + np.outer(arm, [2.0, 4.0, 6.0])
    scores[generator.random(n) < 0.3, 2] = np.nan
    scores[np.isnan(scores[:, 2]) & (generator.random(n) < 0.5), 1] = np.nan
    scores[0] = np.nan
    scores[4, 1] = np.nan
    return scores, arm, np.column_stack([baseline, generator.normal(0, 1, n)])


def estimate(scores, arm, covariates, **options):
    names = ("baseline", "other")[: covariates.shape[1]]
    return estimate_imputed_differences(scores, arm, covariates, occasions=OCCASIONS, covariate_names=names, **options)


def model(sigma_own: np.ndarray, sigma_reference: np.ndarray) -> ImputationModel:
    return ImputationModel(
        ArmModel(np.array([[10.0], [20.0], [40.0]]), sigma_own),
        ArmModel(np.array([[11.0], [13.0], [17.0]]), sigma_reference),
    )


SIGMA = np.array([[4.0, 2.0, 1.0], [2.0, 5.0, 3.0], [1.0, 3.0, 6.0]])
OTHER = np.array([[3.0, 1.0, 0.5], [1.0, 4.0, 2.0], [0.5, 2.0, 5.0]])


def small_trial() -> TrialScores:
    nan = np.nan
    scores = [[12, nan, nan], [nan, nan, nan], [10, nan, 45], [12, nan, nan], [nan, nan, nan], [9, 21, 33], [1, 2, 3]]
    arm = [True, True, True, False, False, True, False]
    return make_trial_scores(np.array(scores, dtype=float), arm, None, occasions=OCCASIONS)


@pytest.mark.parametrize(
    ("strategy", "means", "never_answered"),
    [
        (MAR, [20 + 2 / 4 * 2, 40 + 1 / 4 * 2], [10, 20, 40]),
        (JUMP, [13 + 2 / 4 * 2, 17 + 1 / 4 * 2], [11, 13, 17]),
        (INCREMENTS, [10 + 2 + 2 / 4 * 2, 10 + 6 + 1 / 4 * 2], [11, 13, 17]),
        (COPY, [13 + 2 / 4 * 1, 17 + 1 / 4 * 1], [11, 13, 17]),
    ],
)
def test_strategies_by_hand(strategy, means, never_answered) -> None:
    completed = complete_scores(small_trial(), model(SIGMA, SIGMA), strategy)
    assert completed.means[0] == pytest.approx([12, *means])
    assert completed.means[1] == pytest.approx(never_answered)
    between = 20 + SIGMA[1, [0, 2]] @ np.linalg.solve(SIGMA[np.ix_([0, 2], [0, 2])], [0.0, 5.0])
    assert completed.means[2] == pytest.approx([10, between, 45])  # a gap goes on as the own arm
    assert completed.means[3] == pytest.approx([12, 13 + 2 / 4, 17 + 1 / 4])  # the comparison always as itself
    assert completed.means[4] == pytest.approx([11, 13, 17])
    assert completed.means[5] == pytest.approx([9, 21, 33])
    assert not completed.noise.any()


def test_arms_with_covariances_of_their_own() -> None:
    trial, both = small_trial(), model(SIGMA, OTHER)
    jumped, copied, random = (complete_scores(trial, both, strategy).means[0] for strategy in (JUMP, COPY, MAR))
    assert jumped == pytest.approx([12, 13 + 1 / 3 * 2, 17 + 0.5 / 3 * 2])  # R_21 / R_11 of the reference
    assert copied == pytest.approx([12, 13 + 1 / 3, 17 + 0.5 / 3])
    assert random == pytest.approx([12, 20 + 2 / 4 * 2, 40 + 1 / 4 * 2])
    assert complete_scores(trial, both, MAR).means[3] == pytest.approx([12, 13 + 1 / 3, 17 + 0.5 / 3])


def test_draws_have_the_conditional_variance() -> None:
    scores = np.tile([[12.0, np.nan, np.nan], [np.nan, np.nan, np.nan]], (20_000, 1))
    scores[:4] = [[1, 2, 3], [2, 1, 3], [1, 3, 3], [2, 2, 2]]
    trial = make_trial_scores(scores, np.arange(40_000) % 4 < 2, None, occasions=OCCASIONS)
    noise = complete_scores(trial, model(SIGMA, OTHER), JUMP, np.random.default_rng(3)).noise
    one = trial.intervention & ~np.isnan(scores[:, 0])
    expected = OTHER[1:, 1:] - np.outer(OTHER[0, 1:], OTHER[0, 1:]) / OTHER[0, 0]
    joined = np.cov(noise[one][:, 1:].T)
    assert joined == pytest.approx(expected, abs=0.25)  # sampling error of 10,000 draws: about 0.06
    nobody = trial.intervention & np.isnan(scores[:, 0])
    assert np.cov(noise[nobody].T) == pytest.approx(OTHER, abs=0.25)
    assert (noise[:, 0][~np.isnan(scores[:, 0])] == 0).all()


def test_sums_without_a_person_are_the_others_sums() -> None:
    scores, arm, covariates = study()
    trial = make_trial_scores(scores, arm, covariates, occasions=OCCASIONS, covariate_names=("baseline", "other"))
    sums, columns = sum_trial(trial), model_columns(trial)
    for person in (0, 4, 7):
        left = without_person(sums, columns[person], scores[person])
        others = sum_trial(trial.without(person))
        expected = move_origins(others, left.origin, left.column_origins)
        assert [pattern.observed for pattern in left.patterns] == [pattern.observed for pattern in expected.patterns]
        for one, other in zip(left.patterns, expected.patterns, strict=True):
            assert one.n == other.n
            assert one.yy == pytest.approx(other.yy, rel=1e-9, abs=1e-6)
            assert one.xy == pytest.approx(other.xy, rel=1e-9, abs=1e-6)
            assert one.xx == pytest.approx(other.xx, rel=1e-9, abs=1e-6)


def test_complete_data_is_analysis_of_covariance() -> None:
    scores, arm, covariates = study()
    scores = np.where(np.isnan(scores), covariates[:, [0]] + np.arange(30)[:, None] % 7, scores)
    found = estimate(scores, arm, covariates, strategies=[JUMP, MAR])
    x = np.column_stack([np.ones(30), arm, covariates])
    beta = np.linalg.lstsq(x, scores[:, 2], rcond=None)[0]
    apart = []
    for person in range(30):
        kept = np.arange(30) != person
        apart.append(np.linalg.lstsq(x[kept], scores[kept, 2], rcond=None)[0][1])
    error = math.sqrt(29 / 30 * np.sum((np.array(apart) - np.mean(apart)) ** 2))
    for result in found:
        assert result.difference.estimate == pytest.approx(beta[1])
        assert result.difference.std_error == pytest.approx(error)
        assert result.difference.df is None
        assert (result.n_missing_intervention, result.n_missing_comparison) == (0, 0)
        assert (result.line.intervention_slope, result.line.comparison_slope) == (0, 0)
        assert "nothing was imputed" in str(result.warnings[0])
        gap = result.intervention_mean.estimate - result.comparison_mean.estimate
        assert gap == pytest.approx(beta[1])


def test_order_and_scale() -> None:
    scores, arm, covariates = study()
    first = estimate(scores, arm, covariates)
    order = np.random.default_rng(1).permutation(30)
    mixed = estimate(scores[order], arm[order], covariates[order])
    large = estimate(1e9 * scores + 7e9, arm, covariates * 1e3 + 5e5)
    for one, two, three in zip(first, mixed, large, strict=True):
        assert two.difference.estimate == pytest.approx(one.difference.estimate, rel=1e-6)
        assert two.difference.std_error == pytest.approx(one.difference.std_error, rel=1e-6)
        assert three.difference.estimate == pytest.approx(1e9 * one.difference.estimate, rel=1e-5)
        assert three.difference.std_error == pytest.approx(1e9 * one.difference.std_error, rel=1e-5)


def test_without_covariates_slopes_are_shares_missing() -> None:
    scores, arm, _ = study()
    found = estimate(scores, arm, np.zeros((30, 0)), strategies=[MAR])[0]
    missing = np.isnan(scores[:, 2])
    assert found.line.intervention_slope == pytest.approx(missing[arm].mean())
    assert found.line.comparison_slope == pytest.approx(missing[~arm].mean())
    assert found.n_missing_intervention == missing[arm].sum()
    assert found.line.at(0.0, 0.0).std_error == pytest.approx(found.difference.std_error)
    assert found.n_imputations is None
    assert find_tipping_point(found.line, DeltaScenario.INTERVENTION).delta is None  # the interval holds zero
    large = estimate(scores + 30.0 * arm[:, None], arm, np.zeros((30, 0)), strategies=[MAR])[0]
    tipping = find_tipping_point(large.line, DeltaScenario.INTERVENTION)
    assert tipping.delta is not None
    assert large.line.at(tipping.delta, 0.0).ci_low == pytest.approx(0.0, abs=1e-9)


def test_occasion_and_adjustment_can_be_chosen() -> None:
    scores, arm, covariates = study()
    middle = estimate(scores, arm, covariates, strategies=[MAR], occasion="m4", adjust_for=("baseline",))[0]
    assert middle.occasion == "m4"
    assert middle.n_missing_intervention + middle.n_missing_comparison == np.isnan(scores[:, 1]).sum()
    constant = estimate(scores, arm, covariates, strategies=[MAR], constant=("other",))[0]
    assert constant.difference.estimate != middle.difference.estimate
    for wrong in ({"occasion": "m9"}, {"adjust_for": ("age",)}):
        with pytest.raises(EstimateError, match="no column called"):
            estimate(scores, arm, covariates, **wrong)
    with pytest.raises(EstimateError, match="no background value called age"):
        estimate(scores, arm, covariates, constant=("age",))


def test_arms_apart_agree_where_all_are_alike() -> None:
    scores, arm, covariates = study(40)
    apart = estimate(scores, arm, covariates[:, :1], strategies=[MAR, JUMP], pooled_covariance=False)
    pooled = estimate(scores, arm, covariates[:, :1], strategies=[MAR, JUMP])
    for one, two in zip(apart, pooled, strict=True):
        assert abs(one.difference.estimate - two.difference.estimate) < two.difference.std_error


def test_draws_repeat_with_their_seed() -> None:
    scores, arm, covariates = study(60)

    def one(seed: int):
        generator = np.random.default_rng(seed)
        return estimate(scores, arm, covariates[:, :1], strategies=[JUMP], n_draws=20, generator=generator)[0]

    first = one(1)
    assert one(1).difference == first.difference
    assert one(2).difference != first.difference
    exact = estimate(scores, arm, covariates[:, :1], strategies=[JUMP])[0]
    assert abs(first.difference.estimate - exact.difference.estimate) < exact.difference.std_error
    assert first.n_imputations == 20
    assert first.difference.df is not None
    assert first.line.at(0, 0).std_error == pytest.approx(first.difference.std_error)
    assert first.line.intervention_slope == pytest.approx(exact.line.intervention_slope)
    with pytest.raises(EstimateError, match="seeded"):
        estimate(scores, arm, covariates, n_draws=5)
    with pytest.raises(EstimateError, match="at least two imputations"):
        estimate(scores, arm, covariates[:, :1], n_draws=1, generator=np.random.default_rng(1))


def test_much_imputed_is_said() -> None:
    scores, arm, covariates = study()
    assert estimate(scores, arm, covariates, strategies=[MAR])[0].warnings == ()
    scores[:, 2] = scores[:, 0] + np.arange(30) % 7
    scores[:16, 2] = np.nan
    scores[0] = 40.0, 45.0, np.nan
    found = estimate(scores, arm, covariates[:, :1], strategies=[MAR])[0]
    assert "per cent of the scores" in str(found.warnings[0])


def test_bad_input() -> None:
    scores, arm, covariates = study()
    with pytest.raises(EstimateError, match="same people"):
        estimate(scores[:-1], arm, covariates)
    with pytest.raises(EstimateError, match="same people"):
        estimate_imputed_differences(scores, arm, covariates, occasions=OCCASIONS, covariate_names=("one",))
    with pytest.raises(EstimateError, match="same people"):
        estimate_imputed_differences(scores, arm, None, occasions=OCCASIONS[:2])
    with pytest.raises(EstimateError, match="score isn't a finite"):
        estimate(np.where(np.isnan(scores), np.inf, scores), arm, covariates)
    unknown = covariates.copy()
    unknown[[2, 5], 0] = np.nan
    with pytest.raises(EstimateError, match="rows 3, 6"):
        estimate(scores, arm, unknown)
    with pytest.raises(EstimateError, match="with the intervention"):
        estimate(np.where(arm[:, None], np.nan, scores), arm, covariates)
    with pytest.raises(EstimateError, match="of the comparison"):
        estimate(np.where(arm[:, None], scores, np.nan), arm, covariates)


def test_what_cannot_be_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    scores, arm, covariates = study()
    alone = np.where(np.arange(30)[:, None] % 3 == np.arange(3), scores, np.nan)
    with pytest.raises(EstimateError, match="fewer than two people"):
        estimate(alone, arm, covariates)
    with pytest.raises(EstimateError, match=r"couldn't be fitted|told apart"):
        estimate(np.column_stack([scores[:, 0]] * 3), arm, covariates)
    scores[9] = [40.0, 45.0, 50.0]
    one_person = np.column_stack([covariates[:, 0], np.arange(30) == 9])
    with pytest.raises(EstimateError, match="Without the person in row 10"):
        estimate(scores, arm, one_person)
    monkeypatch.setattr(imputation_inference, "MOST_FOR_JACKKNIFE", 29)
    with pytest.raises(EstimateError, match="ask for draws"):
        estimate(scores, arm, covariates)


def test_analysis_columns_that_follow_from_each_other() -> None:
    scores, arm, covariates = study()
    trial = make_trial_scores(
        scores,
        arm,
        np.column_stack([covariates[:, 0], 2 * covariates[:, 0]]),
        occasions=OCCASIONS,
        covariate_names=("a", "b"),
    )
    with pytest.raises(EstimateError, match="Adjust for fewer"):
        imputation_inference.make_analysis(trial, (0, 1))
    few = trial.take(np.array([1, 2, 3]))
    with pytest.raises(EstimateError, match="Adjust for fewer"):
        imputation_inference.make_analysis(few, (0,))


def test_samples_that_cannot_be_fitted() -> None:
    scores, arm, covariates = study()
    rare = np.column_stack([covariates[:, 0], np.arange(30) == 9])
    found = estimate(scores, arm, rare[:, :1], strategies=[MAR], n_draws=2, generator=np.random.default_rng(1))
    assert found[0].difference.std_error > 0
    with pytest.raises(EstimateError, match="Samples of these people"):
        estimate(
            np.where(np.arange(30)[:, None] % 3 == np.arange(3), scores, np.nan),
            arm,
            covariates,
            n_draws=2,
            generator=np.random.default_rng(1),
        )


def test_the_page_shows_what_comes_out() -> None:
    text = (ROOT / "docs" / "methods" / "reference-imputation.md").read_text(encoding="utf-8")
    with (ROOT / "tests" / "reference" / "reference_imputation" / "btheb.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    visits = ("bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m")
    found = estimate_imputed_differences(
        np.array([[float(row[visit]) if row[visit] else np.nan for visit in visits] for row in rows]),
        [row["treatment"] == "BtheB" for row in rows],
        np.array([[float(row["bdi.pre"]), row["drug"] == "Yes", row["length"] == ">6m"] for row in rows], dtype=float),
        occasions=visits,
        covariate_names=("bdi.pre", "drug", "length"),
    )
    for result in found:
        d = result.difference
        assert (
            f"| `{result.strategy.value}` | {d.estimate:.3f} | {d.std_error:.3f} | {d.ci_low:.2f} to {d.ci_high:.2f} |"
            in text
        ), result
    line = found[0].line
    assert f"slopes {line.intervention_slope:.4f} and {line.comparison_slope:.4f}" in " ".join(text.split())


def test_scores_that_follow_the_arms_exactly_have_no_uncertainty() -> None:
    _, arm, _ = study()
    trial = make_trial_scores(np.tile(arm[:, None] * 2.0, 3), arm, None, occasions=OCCASIONS)
    comparison = imputation_inference.Comparison(trial, (MAR,), 2, (), True, CovarianceForm.UNSTRUCTURED)
    values = np.array([2.0, 2.0, 0.0, 0.0, 0.0])
    with pytest.raises(EstimateError, match="same value"):
        imputation_inference._compared(comparison.strategies[0], values, np.zeros((5, 5)))
