from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.multiple_imputation import impute_covariates, pool_imputations
from outcomes.errors import EstimateError

ROOT = Path(__file__).parents[3]
COLUMNS = ("age", "bmi", "woman")


def people(n: int = 60, seed: int = 3) -> np.ndarray:
    generator = np.random.default_rng(seed)
    age = generator.normal(50, 10, n)
    bmi = 20 + 0.1 * age + generator.normal(0, 1, n)
    woman = (generator.random(n) < 0.5).astype(float)
    table = np.column_stack([age, bmi, woman])
    table[generator.random(n) < 0.3, 1] = np.nan
    table[generator.random(n) < 0.2, 2] = np.nan
    return table


def test_imputed_values_are_other_peoples_and_repeatable() -> None:
    table = people()
    first = impute_covariates(table, COLUMNS, n_imputations=2, generator=np.random.default_rng(1), cycles=1)
    again = impute_covariates(table, COLUMNS, n_imputations=2, generator=np.random.default_rng(1), cycles=1)
    other = impute_covariates(table, COLUMNS, n_imputations=2, generator=np.random.default_rng(2), cycles=1)
    known = ~np.isnan(table)
    assert first.columns == COLUMNS
    assert first.n_imputed == tuple(int(count) for count in (~known).sum(axis=0))
    for completed, same in zip(first.tables, again.tables, strict=True):
        assert np.array_equal(completed, same)
        assert np.array_equal(completed[known], table[known])
        assert set(completed[~known[:, 1], 1]) <= set(table[known[:, 1], 1])
        assert set(completed[:, 2]) == {0.0, 1.0}
    assert any(not np.array_equal(one, two) for one, two in zip(first.tables, other.tables, strict=True))
    assert not np.array_equal(first.tables[0], first.tables[1])
    assert np.isnan(table).any()  # what was given is left as it was
    assert len(first.warnings) == 1


def test_imputations_follow_the_other_columns() -> None:
    table = people(200, seed=5)
    completed = impute_covariates(table, COLUMNS, n_imputations=2, generator=np.random.default_rng(1), cycles=2).tables[
        0
    ]
    filled = np.isnan(table[:, 1])
    assert np.corrcoef(completed[filled, 0], completed[filled, 1])[0, 1] > 0.5


def test_nothing_missing_is_said() -> None:
    table = np.nan_to_num(people(), nan=1.0)
    found = impute_covariates(table, COLUMNS, n_imputations=2, generator=np.random.default_rng(1))
    assert found.n_imputed == (0, 0, 0)
    assert all(np.array_equal(completed, table) for completed in found.tables)
    assert "nothing was filled in" in str(found.warnings[0])


def test_enough_imputations_need_no_warning() -> None:
    table = people(200)
    table[:, 1:] = np.nan_to_num(table[:, 1:], nan=1.0)
    table[:4, 1] = np.nan  # 2 per cent
    generator = np.random.default_rng(1)
    assert impute_covariates(table, COLUMNS, n_imputations=2, generator=generator, cycles=1).warnings == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: np.where(t == t[0, 0], np.inf, t), "isn't a finite number"),
        (lambda t: t[:, :1], "at least two columns"),
        (lambda t: t[0], "at least two columns"),
        (lambda t: np.column_stack([t[:, :2], np.full(len(t), np.nan)]), "woman is known for 0 people"),
        (lambda t: np.column_stack([t[:, :2], [np.nan, *[1.0] * (len(t) - 1)]]), "woman has one value only"),
    ],
)
def test_tables_that_cannot_be_filled_in(change, message: str) -> None:
    with pytest.raises(EstimateError, match=message):
        impute_covariates(change(people()), COLUMNS, n_imputations=2, generator=np.random.default_rng(1))


def test_ten_known_are_enough_to_draw_from() -> None:
    table = people()
    table[10:, 1], table[:10, 1] = np.nan, np.arange(10.0)
    assert (
        impute_covariates(table, COLUMNS, n_imputations=2, generator=np.random.default_rng(1), cycles=1).n_imputed[1]
        == 50
    )
    table[9, 1] = np.nan
    with pytest.raises(EstimateError, match="known for 9 people"):
        impute_covariates(table, COLUMNS, n_imputations=2, generator=np.random.default_rng(1))


def test_too_few_imputations() -> None:
    for count, cycles in ((1, 10), (2, 0)):
        with pytest.raises(EstimateError, match="at least two imputations"):
            impute_covariates(people(), COLUMNS, n_imputations=count, generator=np.random.default_rng(1), cycles=cycles)


def test_pooling_without_spread_between_imputations() -> None:
    (found,) = pool_imputations([[2.0]] * 3, [[4.0]] * 3, ("x",))
    assert (found.between, found.relative_increase, found.missing_share, found.missing_information) == (0, 0, 0, 0)
    assert found.estimate.df is None
    assert found.estimate.std_error == 2.0
    (known,) = pool_imputations([[2.0]] * 3, [[4.0]] * 3, ("x",), complete_df=20)
    assert known.estimate.df == pytest.approx(21 / 23 * 20)
    assert known.missing_information == pytest.approx(2 / (21 / 23 * 20 + 3))


def test_pooling_of_infinite_complete_data_is_rubins() -> None:
    (found,) = pool_imputations([[1.0], [2.0], [3.0]], [[1.0]] * 3, ("x",))
    assert found.total == pytest.approx(1 + 4 / 3)
    assert found.estimate.df == pytest.approx(2 / (4 / 3 / (7 / 3)) ** 2)
    (large,) = pool_imputations([[1.0], [2.0], [3.0]], [[1.0]] * 3, ("x",), complete_df=1e12)
    assert large.estimate.df == pytest.approx(found.estimate.df, rel=1e-6)


@pytest.mark.parametrize(
    ("estimates", "variances", "df", "message"),
    [
        ([[1.0]], [[1.0]], None, "at least two imputations"),
        ([[1.0], [2.0]], [[1.0]], None, "estimate and a variance of every term"),
        ([1.0, 2.0], [1.0, 1.0], None, "estimate and a variance of every term"),
        ([[1.0, 2.0], [1.0, 2.0]], [[1.0, 2.0], [1.0, 2.0]], None, "estimate and a variance of every term"),
        ([[1.0], [math.nan]], [[1.0], [1.0]], None, "isn't finite"),
        ([[1.0], [2.0]], [[1.0], [0.0]], None, "isn't above zero"),
        ([[1.0], [2.0]], [[1.0], [math.inf]], None, "isn't above zero"),
        ([[1.0], [2.0]], [[1.0], [1.0]], 0.0, "degrees of freedom"),
        ([[1.0], [2.0]], [[1.0], [1.0]], math.nan, "degrees of freedom"),
    ],
)
def test_results_that_cannot_be_pooled(estimates, variances, df, message: str) -> None:
    with pytest.raises(EstimateError, match=message):
        pool_imputations(estimates, variances, ("x",), complete_df=df)


def test_the_page_shows_what_comes_out() -> None:
    text = (ROOT / "docs" / "methods" / "multiple-imputation.md").read_text(encoding="utf-8")
    with (ROOT / "tests" / "reference" / "multiple_imputation" / "imputed_long.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    estimates, variances = [], []
    for number in range(1, 21):
        part = [row for row in rows if row[".imp"] == str(number)]
        x = np.array([[1.0, float(row["age"]), float(row["bmi"])] for row in part])
        y = np.array([float(row["chl"]) for row in part])
        inverse = np.linalg.inv(x.T @ x)
        beta = inverse @ x.T @ y
        estimates.append(beta)
        variances.append(np.diag(inverse) * np.sum((y - x @ beta) ** 2) / (len(y) - 3))
    age = pool_imputations(np.array(estimates), np.array(variances), ("Intercept", "age", "bmi"), complete_df=22)[1]
    e = age.estimate
    assert (
        f"{e.estimate:.2f} ({e.ci_low:.2f} to {e.ci_high:.2f}), standard error {e.std_error:.2f}, {e.df:.2f} degrees of"
        f" freedom, lambda {age.missing_share:.3f}, fmi {age.missing_information:.3f}"
    ) in " ".join(text.split())
