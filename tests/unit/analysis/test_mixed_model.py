"""Awkward data, and truths that need no outside software."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.analysis.design_matrix import ModelData, build_model_data
from outcomes.analysis.frame import read_frame
from outcomes.analysis.mixed_model import fit_mixed_model
from outcomes.errors import EstimateError


def model_data(response, subject, columns=None, terms=("Intercept", "x")) -> ModelData:
    response = np.asarray(response, dtype=float)
    if columns is None:
        columns = np.column_stack([np.ones(response.size), np.arange(response.size) % 3])
    persons = np.unique(subject).size
    return ModelData(response, np.asarray(columns, float), terms, np.asarray(subject), "y ~ x", 0, {"all": persons})


def test_balanced_data_give_the_textbook_answer() -> None:
    """With every person measured at the same times REML's variances are those of the analysis of variance."""
    random = np.random.default_rng(8)
    persons, times = 20, 4
    scores = random.normal(0, 3, persons)[:, None] + random.normal(0, 1, (persons, times)) + np.arange(times)
    data = model_data(
        scores.ravel(),
        np.repeat(np.arange(persons), times),
        np.column_stack([np.ones(persons * times), np.tile(np.arange(times), persons)]),
    )
    fit = fit_mixed_model(data)
    slope = ((np.arange(times) - 1.5) * (scores - scores.mean())).sum() / (persons * 5.0)
    residual = scores - scores.mean(axis=1, keepdims=True) - slope * (np.arange(times) - 1.5)
    within = (residual**2).sum() / (persons * (times - 1) - 1)
    between = scores.mean(axis=1).var(ddof=1) - within / times
    assert fit.variance_within == pytest.approx(within, rel=1e-9)
    assert fit.variance_between == pytest.approx(between, rel=1e-9)
    assert fit.term("x").df == pytest.approx(persons * (times - 1) - 1, rel=1e-6)
    assert fit.term("Intercept").std_error > fit.term("x").std_error
    with pytest.raises(KeyError, match="y"):
        fit.term("y")


def test_singular_fit_is_allowed_and_named() -> None:
    scores = np.tile([0.0, 5.0, -5.0, 1.0], 10) + np.linspace(0, 0.1, 40)
    fit = fit_mixed_model(model_data(scores, np.repeat(np.arange(10), 4)))
    assert fit.singular
    assert fit.variance_between == 0.0
    assert len(fit.warnings) == 1
    assert fit.term("x").df == pytest.approx(38, rel=1e-12)


def test_degrees_of_freedom_are_those_asked_for() -> None:
    scores = np.random.default_rng(2).normal(50, 10, 60)
    data = model_data(scores[:-7], np.repeat(np.arange(20), 3)[:-7], np.column_stack([np.ones(60), scores[::-1]])[7:])
    plain, adjusted, normal = (fit_mixed_model(data, df=df) for df in ("satterthwaite", "kenward-roger", "normal"))
    assert fit_mixed_model(data) == plain
    assert adjusted.term("x").std_error > plain.term("x").std_error
    assert normal.term("x").df is None


def test_one_answer_each_is_an_analysis_of_covariance() -> None:
    random = np.random.default_rng(4)
    x, y = random.normal(size=40), random.normal(size=40)
    columns = np.column_stack([np.ones(40), x])
    fit = fit_mixed_model(model_data(y, np.arange(40), columns))
    beta, residual = np.linalg.lstsq(columns, y, rcond=None)[:2]
    assert fit.term("x").estimate == pytest.approx(beta[1])
    assert fit.variance_within == pytest.approx(residual[0] / 38)
    assert "covariance" in str(fit.warnings[0])
    assert (fit.variance_between, fit.singular) == (None, False)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_scale_of_the_score_changes_nothing_else(scale: float) -> None:
    random = np.random.default_rng(2)
    subject = np.repeat(np.arange(30), 3)
    scores = random.normal(50, 10, 30)[subject] + random.normal(0, 5, 90)
    plain, scaled = fit_mixed_model(model_data(scores, subject)), fit_mixed_model(model_data(scores * scale, subject))
    assert scaled.term("x").estimate == pytest.approx(plain.term("x").estimate * scale, rel=1e-7)
    assert scaled.term("x").df == pytest.approx(plain.term("x").df, rel=1e-6)
    assert scaled.log_likelihood == pytest.approx(plain.log_likelihood - 88 * np.log(scale), rel=1e-9)


@pytest.mark.parametrize(
    ("response", "subject"),
    [
        ([1.0], [0]),  # one person
        ([1.0, 2.0, 4.0], [0, 0, 0]),  # one person, more answers
        ([5.0] * 30, np.repeat(np.arange(10), 3)),  # no variance
        ([1.0, np.nan, 2.0] * 10, np.repeat(np.arange(10), 3)),
        ([1.0, np.inf, 2.0] * 10, np.repeat(np.arange(10), 3)),
        (np.arange(30) % 3, np.repeat(np.arange(10), 3)),  # the model fits exactly
    ],
)
def test_no_number_out_of_nothing(response, subject) -> None:
    with pytest.raises(EstimateError):
        fit_mixed_model(model_data(response, subject))


def test_persons_without_inner_variation_have_no_answer() -> None:
    subject = np.repeat(np.arange(20), 3)
    columns = np.column_stack([np.ones(60), np.random.default_rng(1).normal(size=20)[subject]])
    scores = np.random.default_rng(5).normal(size=20)[subject] + 1e-9 * np.arange(60)
    with pytest.raises(EstimateError):
        fit_mixed_model(model_data(scores, subject, columns))


def test_columns_that_cannot_be_separated_are_named(study, make_plan) -> None:
    table = study(80)
    table["place"] = table["arm"].map({"intervention": "town", "comparison": "country"})
    with pytest.raises(EstimateError, match=r"place\[country\]"):
        build_model_data(read_frame(table, make_plan()))


def test_missing_background_leaves_a_person_out(study, make_plan) -> None:
    table = study(80, lost=0.0)
    table.loc[table["subject"].isin(["3", "4"]), "age"] = np.nan
    table.loc[(table["subject"] == "5") & (table["occasion"] == "start"), "score"] = np.nan
    data = build_model_data(read_frame(table, make_plan()))
    assert data.n_incomplete == 3
    assert data.n_subjects == 77


def test_one_follow_up_has_no_time(study, make_plan) -> None:
    data = build_model_data(read_frame(study(80), make_plan(follow_up=["m6"])))
    assert data.terms == ("Intercept", "baseline", "help[new]", "age", "place[country]")


def test_nobody_complete(study, make_plan) -> None:
    table = study(40)
    table["age"] = np.nan
    with pytest.raises(EstimateError):
        build_model_data(read_frame(table, make_plan()))
