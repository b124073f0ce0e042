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


def balanced(ratio: float, persons: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two answers each, one point on either side of the person's mean; the means' spread gives ``ratio`` exactly."""
    means = np.linspace(-1, 1, persons)
    means *= np.sqrt((1 + 2 * ratio) * (persons - 1) / (means @ means))
    return (means[:, None] + [1.0, -1.0]).ravel(), np.ones((2 * persons, 1)), np.repeat(np.arange(persons), 2)


@pytest.mark.parametrize("ratio", [1e-6, 3e-5, 1e-4, 0.1, 0.5, 1.0, 3e3, 1e5, 5e5])
def test_analysis_of_variance_in_closed_form(ratio: float) -> None:
    """Mean square within 2, between 2 (1 + 2 ratio): REML's answer is known, near zero, far out, and on the grid too."""
    response, columns, subject = balanced(ratio)
    found = fit_cells(5 + response, columns, ("Intercept",), subject, np.zeros(subject.size, dtype=int))
    assert not found.singular[0]
    assert found.variance_within[0] == pytest.approx(2.0, rel=1e-8)
    assert found.variance_between[0] == pytest.approx(2 * ratio, rel=1e-8)
    assert found.estimates[0, 0] == pytest.approx(5.0, rel=1e-12)
    assert found.std_errors[0, 0] == pytest.approx(np.sqrt(2 * (1 + 2 * ratio) / 16), rel=1e-8)
    assert found.df[0, 0] == pytest.approx(7.0, rel=1e-6)


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
    assert alone.terms == TERMS
    assert alone.estimates.shape == alone.std_errors.shape == alone.df.shape == (0, 2)
    for values in (alone.variance_between, alone.variance_within, alone.log_likelihood, alone.singular):
        assert values.shape == (0,)
    assert alone.n_subjects.size == alone.n_observations.size == 0
    assert len(alone.withheld) == 1


def test_many_columns_need_two_persons_more_than_they_are() -> None:
    random = np.random.default_rng(5)
    subject = np.repeat(np.arange(6), 4)
    columns = np.column_stack([np.ones(24), random.normal(size=(24, 3))])
    response, terms = random.normal(size=6)[subject] + random.normal(size=24), ("Intercept", "a", "b", "c")
    assert fit_cells(response, columns, terms, subject, np.zeros(24, dtype=int)).n_subjects.tolist() == [6]
    five = subject < 5
    few = fit_cells(response[five], columns[five], terms, subject[five], np.zeros(20, dtype=int))
    assert [str(cell.sentence)[:7] for cell in few.withheld] == ["Too few"]


def test_what_counts_as_no_variation() -> None:
    """Spread below 1e-12 of the largest score: by rounding around a line through large scores, or there from the start."""
    response, columns, subject, cell = simulate(2)
    line = 1e9 * (1 + 2 * columns[:, 1])
    flat = np.where(np.arange(cell.size) % 2 == 0, 1 + 5e-13, 1 - 5e-13)
    for scores in (line, flat):
        found = fit_cells(np.where(cell == 1, scores, response), columns, TERMS, subject, cell)
        assert found.labels.tolist() == [0]
        assert "scores are the same" in str(found.withheld[0].sentence)


def test_a_column_of_nothing_in_one_cell() -> None:
    response, columns, subject, cell = simulate(2)
    columns = np.column_stack([columns, np.where(cell == 1, 0.0, np.arange(cell.size) % 2)])
    found = fit_cells(response, columns, (*TERMS, "odd"), subject, cell)
    assert found.labels.tolist() == [0]
    assert "told apart" in str(found.withheld[0].sentence)


def test_columns_of_very_different_size() -> None:
    response, columns, subject, cell = simulate(4)
    plain = fit_cells(response, columns, TERMS, subject, cell)
    seconds = fit_cells(response, columns * [1.0, 1e9], TERMS, subject, cell)
    np.testing.assert_allclose(1e9 * seconds.estimates[:, 1], plain.estimates[:, 1], rtol=1e-7)
    np.testing.assert_allclose(seconds.df, plain.df, rtol=1e-6)


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
