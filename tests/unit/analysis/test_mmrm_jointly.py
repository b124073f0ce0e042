"""Standard errors from the observed information of means and covariance together."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import LongitudinalSums, sum_patterns


def scores(seed: int = 5, n: int = 60) -> np.ndarray:
    random = np.random.default_rng(seed)
    level = random.normal(50, 10, n)
    found = level[:, None] + np.array([0.0, 5.0]) + random.normal(0, 6, (n, 2))
    found[found[:, 0] < 48, 1] = np.nan
    return found


def sums(table: np.ndarray) -> LongitudinalSums:
    return sum_patterns(table, np.ones((len(table), 1)), occasions=("0", "1"), names=("Intercept",))


def minus_log_likelihood(parameters: np.ndarray, table: np.ndarray) -> float:
    mean, covariance = parameters[:2], np.array([[parameters[2], parameters[3]], [parameters[3], parameters[4]]])
    total = 0.0
    for row in table:
        seen = ~np.isnan(row)
        part, rest = covariance[np.ix_(seen, seen)], row[seen] - mean[seen]
        total += 0.5 * (
            np.linalg.slogdet(part)[1] + rest @ np.linalg.solve(part, rest) + seen.sum() * np.log(2 * np.pi)
        )
    return float(total)


def hessian(parameters: np.ndarray, table: np.ndarray) -> np.ndarray:
    steps = 1e-4 * np.maximum(np.abs(parameters), 1.0)
    size = parameters.size
    found = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            ahead, behind = np.eye(size)[i] * steps[i], np.eye(size)[j] * steps[j]
            found[i, j] = (
                minus_log_likelihood(parameters + ahead + behind, table)
                - minus_log_likelihood(parameters + ahead - behind, table)
                - minus_log_likelihood(parameters - ahead + behind, table)
                + minus_log_likelihood(parameters - ahead - behind, table)
            ) / (4 * steps[i] * steps[j])
    return found


def test_it_is_the_curvature_of_the_whole_likelihood() -> None:
    table = scores()
    design = MmrmDesign(time="t")
    joint = fit_mmrm(sums(table), design, reml=False, df="normal", jointly=True)
    usual = fit_mmrm(sums(table), design, reml=False, df="normal")
    first, change = joint.coefficients
    top = np.array([first, first + change, joint.sigma[0, 0], joint.sigma[0, 1], joint.sigma[1, 1]])
    covariance = np.linalg.inv(hessian(top, table))[:2, :2]
    expected = np.sqrt(np.array([-1.0, 1.0]) @ covariance @ np.array([-1.0, 1.0]))
    assert joint.term("t[1]").std_error == pytest.approx(expected, rel=1e-4)
    assert joint.term("t[1]").estimate == usual.term("t[1]").estimate
    assert joint.term("t[1]").std_error > 1.02 * usual.term("t[1]").std_error


@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger"])
def test_with_every_answer_nothing_changes(df: str) -> None:
    table = np.nan_to_num(scores(), nan=55.0) + np.random.default_rng(1).normal(0, 4, (60, 2))
    joint = fit_mmrm(sums(table), MmrmDesign(time="t"), df=df, jointly=True).term("t[1]")
    usual = fit_mmrm(sums(table), MmrmDesign(time="t"), df=df).term("t[1]")
    assert joint.std_error == pytest.approx(usual.std_error, rel=1e-9)
    assert joint.df == pytest.approx(usual.df, rel=1e-9)
