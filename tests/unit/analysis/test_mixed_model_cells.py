"""Many cells at once are each cell on its own."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.analysis.mixed_model import fit_cells, fit_linear_mixed_model
from outcomes.errors import EstimateError

TERMS = ("Intercept", "time")


def simulate(cells: int = 40, persons: int = 9, between: float = 1.0):
    random = np.random.default_rng(12)
    n = random.integers(2, 6, cells * persons)
    subject = np.repeat(np.arange(cells * persons), n)
    time = random.integers(0, 9, subject.size).astype(float)
    cell = subject // persons
    response = (
        10 + cell + time + random.normal(0, between, cells * persons)[subject] + random.normal(0, 2, subject.size)
    )
    return response, np.column_stack([np.ones(time.size), time]), subject, cell


@pytest.mark.parametrize("reml", [True, False])
def test_each_cell_is_its_own_fit(reml: bool) -> None:
    response, columns, subject, cell = simulate()
    found = fit_cells(response, columns, TERMS, subject, np.array([f"c{number:03d}" for number in cell]), reml=reml)
    assert found.labels.tolist() == [f"c{number:03d}" for number in range(40)]
    assert found.withheld == ()
    assert 0 < found.singular.sum() < 40
    for place in range(40):
        rows = cell == place
        alone = fit_linear_mixed_model(response[rows], columns[rows], TERMS, subject[rows], reml=reml)
        assert found.log_likelihood[place] == pytest.approx(alone.log_likelihood, abs=1e-7)
        assert bool(found.singular[place]) == alone.singular
        assert found.variance_between[place] == pytest.approx(alone.variance.intercept, rel=1e-4, abs=1e-8)
        assert found.variance_within[place] == pytest.approx(alone.variance.residual, rel=1e-5)
        assert found.n_subjects[place] == alone.n_subjects == 9
        assert found.n_observations[place] == alone.n_observations
        for column, term in enumerate(alone.terms):
            assert abs(found.estimates[place, column] - term.estimate) < 1e-6 * term.std_error
            assert found.std_errors[place, column] == pytest.approx(term.std_error, rel=1e-6)
            assert found.df[place, column] == pytest.approx(term.df, rel=1e-4)


def test_order_and_scale_do_not_matter() -> None:
    response, columns, subject, cell = simulate(10)
    order = np.random.default_rng(1).permutation(response.size)
    plain = fit_cells(response, columns, TERMS, subject, cell)
    moved = fit_cells(1e9 * response[order], columns[order], TERMS, subject[order], cell[order])
    np.testing.assert_allclose(moved.estimates, 1e9 * plain.estimates, rtol=1e-6)
    np.testing.assert_allclose(moved.df, plain.df, rtol=1e-4)


def test_a_person_counts_in_every_cell_with_answers() -> None:
    response, columns, subject, cell = simulate(2)
    twice = fit_cells(response, columns, TERMS, subject % 9, cell)
    once = fit_cells(response, columns, TERMS, subject, cell)
    np.testing.assert_allclose(twice.estimates, once.estimates, rtol=1e-9)
    assert twice.n_subjects.tolist() == [9, 9]


def test_cells_that_cannot_be_fitted_are_named_with_a_reason() -> None:
    response, columns, subject, cell = simulate(8)
    response, columns = response.copy(), columns.copy()
    few = (cell == 1) & (subject >= 9 + 4)
    response[cell == 2] = 5.0
    columns[cell == 3, 1] = 4.0
    response[cell == 4] = 1 + 2 * columns[cell == 4, 1]
    first = np.r_[True, np.diff(subject) != 0]
    gone = few | ((cell == 5) & ~first)
    rows = ~gone
    response[cell == 6] = 100.0 * subject[cell == 6] + 1e-9 * columns[cell == 6, 1] ** 2
    found = fit_cells(response[rows], columns[rows], TERMS, subject[rows], cell[rows])
    assert found.labels.tolist() == [0, 7]
    reasons = {withheld.label: str(withheld.sentence) for withheld in found.withheld}
    assert list(reasons) == [1, 2, 3, 4, 5, 6]
    for label, word in {1: "Too few", 2: "same", 3: "told apart", 4: "exactly", 5: "Too few", 6: "stable"}.items():
        assert word in reasons[label]
    for values in (found.estimates, found.std_errors, found.df, found.log_likelihood, found.variance_between):
        assert np.isfinite(values).all()


def test_five_persons_are_enough() -> None:
    response, columns, subject, cell = simulate(2)
    rows = (cell == 0) | (subject >= 9 + 4)
    found = fit_cells(response[rows], columns[rows], TERMS, subject[rows], cell[rows])
    assert found.n_subjects.tolist() == [9, 5]
    alone = fit_cells(response[:3], columns[:3], TERMS, subject[:3], cell[:3])
    assert alone.labels.size == 0
    assert alone.estimates.shape == (0, 2)
    assert len(alone.withheld) == 1


@pytest.mark.parametrize("fault", ["length", "columns", "response", "nothing"])
def test_faulty_rows(fault: str) -> None:
    response, columns, subject, cell = simulate(3)
    if fault == "length":
        subject = subject[1:]
    elif fault == "columns":
        columns = np.where(np.arange(columns.shape[0])[:, None] == 4, np.inf, columns)
    elif fault == "response":
        response = np.where(np.arange(response.size) == 4, np.nan, response)
    else:
        response, columns, subject, cell = response[:0], columns[:0], subject[:0], cell[:0]
    with pytest.raises(EstimateError, match="finite" if fault in {"columns", "response"} else "as many values"):
        fit_cells(response, columns, TERMS, subject, cell)
