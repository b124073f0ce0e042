"""The likelihood from sums against the same made person by person, its derivatives against differences; designs; forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from outcomes.analysis.mmrm.covariance import CovarianceForm, make_covariance
from outcomes.analysis.mmrm.design import DesignTerm, MmrmDesign, expansion, origin_shift, row_weights
from outcomes.analysis.mmrm.likelihood import (
    crossed_slopes,
    evaluate,
    expected_information,
    observed_information,
    score,
)
from outcomes.analysis.mmrm.working import WorkingSums, check_terms, stack_sums
from outcomes.errors import EstimateError
from tests.unit.analysis.mmrm_people import CONSTRAINED, DESIGN, people, sums_of

SIGMA = np.array([[1.0, 0.4, 0.3], [0.4, 1.2, 0.5], [0.3, 0.5, 1.5]])
TIMES = np.array([0.0, 0.4, 1.0])


def working(design: MmrmDesign = DESIGN) -> tuple[WorkingSums, tuple[DesignTerm, ...]]:
    sums = sums_of(*people())
    terms = design.terms(sums.occasions, sums.columns)
    return stack_sums(sums, terms), terms


def by_person(design: MmrmDesign, sigma: np.ndarray, *, reml: bool) -> tuple[float, np.ndarray, np.ndarray]:
    """Log-likelihood (points), coefficients and their covariance from whole matrices, person by person."""
    scores, columns = people()
    sums = sums_of(scores, columns)
    terms = design.terms(sums.occasions, sums.columns)
    gram, right, squares, log_determinant, n = np.zeros((len(terms),) * 2), np.zeros(len(terms)), 0.0, 0.0, 0
    for y, x in zip(scores, columns, strict=True):
        at = np.flatnonzero(~np.isnan(y))
        if not at.size:
            continue
        rows = np.array([row_weights(terms, x, int(occasion)) for occasion in at])
        inverse = np.linalg.inv(sigma[np.ix_(at, at)])
        gram += rows.T @ inverse @ rows
        right += rows.T @ inverse @ y[at]
        squares += y[at] @ inverse @ y[at]
        log_determinant += np.linalg.slogdet(sigma[np.ix_(at, at)])[1]
        n += at.size
    beta = np.linalg.solve(gram, right)
    free = n - (len(terms) if reml else 0)
    total = free * math.log(2 * math.pi) + log_determinant + squares - right @ beta
    total += np.linalg.slogdet(gram)[1] if reml else 0.0
    return -0.5 * total, beta, np.linalg.inv(gram)


@pytest.mark.parametrize("design", [DESIGN, CONSTRAINED, MmrmDesign("time", crossed=("age", "arm[new]"), line=True)])
@pytest.mark.parametrize("reml", [True, False])
def test_as_person_by_person(design: MmrmDesign, reml: bool) -> None:
    data, _terms = working(design)
    at = evaluate(data, SIGMA, reml=reml)
    value, beta, covariance = by_person(design, SIGMA * data.spread**2, reml=reml)
    log_spread = math.log(data.spread)
    moved = at.log_likelihood - data.n_rows * log_spread
    moved += data.n_terms * log_spread - data.log_size if reml else 0.0
    assert moved == pytest.approx(value, rel=1e-11)
    found = data.back @ at.beta
    found[0] += data.origin
    np.testing.assert_allclose(found, beta, rtol=1e-8)
    np.testing.assert_allclose(data.back @ at.root @ at.root.T @ data.back.T, covariance, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("form", list(CovarianceForm))
@pytest.mark.parametrize("reml", [True, False])
def test_derivatives_are_those_of_the_likelihood(form: CovarianceForm, reml: bool) -> None:
    data, _terms = working()
    covariance = make_covariance(form, TIMES)
    theta = covariance.start(SIGMA)

    def gradient(at: np.ndarray) -> np.ndarray:
        return np.tensordot(covariance.slopes(at), score(data, evaluate(data, covariance.sigma(at), reml=reml)), 2)

    def value(at: np.ndarray) -> float:
        return evaluate(data, covariance.sigma(at), reml=reml).log_likelihood

    steps = 1e-5 * np.eye(len(theta))
    by_difference = np.array([(value(theta + step) - value(theta - step)) / 2e-5 for step in steps])
    np.testing.assert_allclose(gradient(theta), by_difference, rtol=1e-5, atol=1e-5)
    second = np.array([(gradient(theta + step) - gradient(theta - step)) / 2e-5 for step in steps])
    here = evaluate(data, covariance.sigma(theta), reml=reml)
    slopes = covariance.slopes(theta)
    information = observed_information(data, here, slopes, reml=reml, crossed=crossed_slopes(data, here, slopes))
    information = information - covariance.bend(theta, score(data, here))
    np.testing.assert_allclose(information, -second, rtol=1e-5, atol=1e-4 * np.abs(second).max())


def test_expected_information_is_that_of_the_traces() -> None:
    data, _terms = working()
    covariance = make_covariance(CovarianceForm.UNSTRUCTURED, TIMES)
    here, slopes = evaluate(data, SIGMA, reml=True), covariance.slopes(covariance.start(SIGMA))
    traces = [
        [sum(0.5 * n * np.trace(w @ a @ w @ b) for n, w in zip(data.n, here.inverses, strict=True)) for b in slopes]
        for a in slopes
    ]
    np.testing.assert_allclose(expected_information(data, here, slopes), traces, rtol=1e-10)


@pytest.mark.parametrize("form", list(CovarianceForm))
def test_forms_start_near_what_is_given(form: CovarianceForm) -> None:
    covariance = make_covariance(form, TIMES)
    theta = covariance.start(SIGMA)
    sigma = covariance.sigma(theta)
    assert covariance.allows(theta)
    assert np.linalg.eigvalsh(sigma)[0] > 0
    np.testing.assert_allclose(sigma, SIGMA, atol=0.45)
    if form is CovarianceForm.UNSTRUCTURED:
        np.testing.assert_allclose(sigma, SIGMA, rtol=1e-12)
    if form is CovarianceForm.HETEROGENEOUS:
        np.testing.assert_allclose(np.diag(sigma), np.diag(SIGMA), rtol=1e-12)


@pytest.mark.parametrize("form", list(CovarianceForm))
def test_forms_start_definite_from_anything(form: CovarianceForm) -> None:
    """Correlations that no form but the first can give at once: alternating signs."""
    signs = np.array([[1.0, -0.45, 0.3], [-0.45, 1.0, -0.45], [0.3, -0.45, 1.0]])
    covariance = make_covariance(form, TIMES)
    theta = covariance.start(signs)
    assert covariance.allows(theta)
    assert np.linalg.eigvalsh(covariance.sigma(theta))[0] > 0


def test_random_effects_have_bounds() -> None:
    intercept = make_covariance(CovarianceForm.RANDOM_INTERCEPT, TIMES)
    assert intercept.allows(np.array([0.1, 1.0]))
    assert not intercept.allows(np.array([-0.1, 1.0]))
    assert not intercept.allows(np.array([0.1, 0.0]))
    slope = make_covariance(CovarianceForm.RANDOM_SLOPE, TIMES)
    assert slope.allows(np.array([1.0, 0.9, 1.0, 1.0]))
    assert not slope.allows(np.array([1.0, 1.1, 1.0, 1.0]))
    assert make_covariance(CovarianceForm.COMPOUND_SYMMETRY, TIMES).allows(np.array([-0.3, 1.0]))


def test_what_each_form_lacks() -> None:
    pairs = np.array([[9.0, 9.0, 1.0], [9.0, 9.0, 2.0], [1.0, 2.0, 9.0]])
    lacks = {form: make_covariance(form, TIMES).lacking(pairs) for form in CovarianceForm}
    assert lacks == {
        CovarianceForm.UNSTRUCTURED: (0, 2),
        CovarianceForm.TOEPLITZ: (0, 2),
        CovarianceForm.HETEROGENEOUS: None,
        CovarianceForm.COMPOUND_SYMMETRY: None,
        CovarianceForm.RANDOM_INTERCEPT: None,
        CovarianceForm.RANDOM_SLOPE: None,
    }
    alone = np.diag([9.0, 9.0, 9.0]) + 1.0 - np.eye(3)
    assert all(make_covariance(form, TIMES).lacking(alone) for form in CovarianceForm)
    enough = np.full((3, 3), 2.0)
    assert not any(make_covariance(form, TIMES).lacking(enough) for form in CovarianceForm)


def test_terms_carry_the_columns_names() -> None:
    occasions, columns = ["8", "10"], ["Intercept", "age", "Sex[Female]"]
    design = MmrmDesign("year", crossed=("Sex[Female]",), constant=("age",))
    names = [term.name for term in design.terms(occasions, columns)]
    assert names == ["Intercept", "year[10]", "age", "Sex[Female]", "year[10]:Sex[Female]"]
    constrained = MmrmDesign("year", constrained=("Sex[Female]",)).terms(occasions, columns)
    assert [term.name for term in constrained] == ["Intercept", "year[10]", "year[10]:Sex[Female]"]
    assert constrained[2] == DesignTerm("year[10]:Sex[Female]", 2, (0.0, 1.0))
    line = MmrmDesign("year", crossed=("age",), line=True).terms(occasions, columns)
    assert [(term.name, term.weights) for term in line] == [
        ("Intercept", (1.0, 1.0)),
        ("year", (8.0, 10.0)),
        ("age", (1.0, 1.0)),
        ("year:age", (8.0, 10.0)),
    ]
    moved = MmrmDesign("year", line=True, times=(0.5, 2.0)).terms(["first", "last"], columns)
    assert moved[1].weights == (0.5, 2.0)


def test_design_refuses_what_is_not_there() -> None:
    with pytest.raises(EstimateError, match="asks for weight, which isn't among the columns"):
        MmrmDesign("year", constant=("weight",)).terms(["8"], ["Intercept"])
    with pytest.raises(EstimateError, match="Give their times"):
        MmrmDesign("year", line=True).terms(["first", "last"], ["Intercept"])
    for times in ((1.0,), (1.0, 1.0), (1.0, np.nan)):
        with pytest.raises(EstimateError, match="one time per occasion"):
            MmrmDesign("year", line=True, times=times).terms(["first", "last"], ["Intercept"])


def test_origins_are_taken_up_by_the_intercepts() -> None:
    terms = MmrmDesign("t", crossed=("age",)).terms(["0", "1"], ["Intercept", "age"])
    shift, origins = origin_shift(terms, np.array([0.0, 45.0])), np.array([0.0, 45.0])
    beta, row = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 50.0])
    weights = expansion(terms, 2, 2)
    about_origin = (weights @ beta).reshape(2, 2) @ (row - origins)
    itself = (weights @ (shift @ beta)).reshape(2, 2) @ row
    np.testing.assert_allclose(about_origin, itself, rtol=1e-12)
    np.testing.assert_allclose([row_weights(terms, row, k) @ (shift @ beta) for k in (0, 1)], itself, rtol=1e-12)


def test_sums_that_cannot_be_fitted_are_refused() -> None:
    scores, columns = people()
    terms = DESIGN.terms(["0", "1", "2"], ["Intercept", "age", "arm[new]"])
    with pytest.raises(EstimateError, match="Nobody has a score"):
        stack_sums(sums_of(np.full_like(scores, np.nan), columns), terms)
    with pytest.raises(EstimateError, match="All scores are the same"):
        stack_sums(sums_of(np.full_like(scores, 7.0), columns), terms)
    with pytest.raises(EstimateError, match="sum isn't a finite number"), np.errstate(all="ignore"):
        stack_sums(sums_of(scores * 1e200, columns), terms)
    gone = scores.copy()
    gone[columns[:, 2] == 1.0, 2] = np.nan
    with pytest.raises(EstimateError, match=r"time\[2\]:arm\[new\] can't be told apart"):
        check_terms(stack_sums(sums_of(gone, columns), terms), terms)
    plain = MmrmDesign("time").terms(["0", "1", "2"], ["Intercept"])
    with pytest.raises(EstimateError, match="3 answers for 3 coefficients"):
        check_terms(stack_sums(sums_of(np.array([[1.0, 2.0, 4.0]]), np.ones((1, 1))), plain), plain)


def test_not_positive_definite_is_no_covariance() -> None:
    data, _terms = working()
    with pytest.raises(np.linalg.LinAlgError):
        evaluate(data, np.ones((3, 3)), reml=True)
