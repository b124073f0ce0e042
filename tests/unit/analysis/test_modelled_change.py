"""Change by a model of all answers: what missing answers do to it, and when there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.mmrm import DfMethod, MmrmDesign, fit_mmrm
from outcomes.analysis.modelled_change import model_change
from outcomes.analysis.pattern_sums import sum_patterns
from outcomes.analysis.results import ModelledChange, TermEstimate, Withheld, WithheldReason

OCCASIONS = ("start", "m3", "m6")


def simulate(n: int, *, seed: int = 3, change: float = 6.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    level = random.normal(50, 12, n)[:, None]
    return level + np.array([0.0, change / 2, change]) + random.normal(0, 6, (n, 3))


def fitted(scores: np.ndarray) -> ModelledChange:
    found = model_change(scores, OCCASIONS)
    assert isinstance(found, ModelledChange)
    return found


def test_with_every_answer_it_is_the_paired_change() -> None:
    scores = simulate(60)
    differences = scores[:, 2] - scores[:, 0]
    change = fitted(scores).at("m6")
    assert isinstance(change, TermEstimate)
    assert change.estimate == pytest.approx(differences.mean(), rel=1e-10)
    assert change.std_error == pytest.approx(differences.std(ddof=1) / np.sqrt(60), rel=1e-6)
    assert change.df == pytest.approx(59, rel=1e-3)


def test_those_who_leave_because_they_fare_badly_are_not_forgotten() -> None:
    """Truth 6 points. The low leave after the start: completers say too little or much, the model doesn't."""
    scores = simulate(4000, seed=11)
    own = np.random.default_rng(12).normal(0, 10, len(scores))
    scores += own[:, None] * np.array([0.0, 0.5, 1.0])
    scores[scores[:, 1] < scores[:, 0], 2] = np.nan
    pairs = ~np.isnan(scores[:, 2])
    completers = (scores[pairs, 2] - scores[pairs, 0]).mean()
    change = fitted(scores).at("m6")
    assert isinstance(change, TermEstimate)
    assert abs(completers - 6.0) > 1.0
    assert abs(change.estimate - 6.0) < 3 * change.std_error


def test_degrees_of_freedom_follow_the_number_of_people() -> None:
    assert fitted(simulate(99)).df == "kenward-roger"
    assert fitted(simulate(100)).df == "satterthwaite"
    assert fitted(simulate(1000)).df == "satterthwaite"
    large = fitted(simulate(1001))
    assert large.df == "normal"
    change = large.at("m6")
    assert isinstance(change, TermEstimate)
    assert change.df is None
    with pytest.raises(KeyError, match="m9"):
        large.at("m9")


def test_numbers_behind_it() -> None:
    scores = simulate(40)
    scores[:4, 1:] = np.nan
    scores[5] = np.nan
    found = fitted(scores)
    assert (found.n_subjects, found.n_observations) == (39, 4 + 35 * 3)
    assert [(row.occasion, row.n) for row in found.occasions] == [("m3", 35), ("m6", 35)]
    assert found.covariance == "unstructured"


def test_too_few_is_withheld() -> None:
    few = model_change(simulate(29), OCCASIONS)
    assert isinstance(few, Withheld)
    assert few.code is WithheldReason.TOO_FEW
    scores = simulate(40)
    scores[9:, 2] = np.nan
    found = fitted(scores)
    assert isinstance(found.at("m6"), Withheld)
    assert isinstance(found.at("m3"), TermEstimate)
    assert [(row.occasion, row.n) for row in found.occasions] == [("m3", 40), ("m6", 0)]
    scores = simulate(40)
    scores[9:, 0] = np.nan
    assert isinstance(model_change(scores, OCCASIONS), Withheld)
    scores = simulate(40)
    scores[9:, 1:] = np.nan
    assert isinstance(model_change(scores, OCCASIONS), Withheld)


def test_what_cannot_be_fitted_says_why() -> None:
    found = model_change(np.full((40, 3), 7.0), OCCASIONS)
    assert isinstance(found, Withheld)
    assert found.code is WithheldReason.NOT_POSSIBLE
    assert "All scores are the same" in str(found.sentence)


def test_fit_and_warnings_are_handed_on() -> None:
    scores = simulate(40)
    scores[12:, 1] = np.nan
    found = fitted(scores)
    sums = sum_patterns(scores, np.ones((40, 1)), occasions=OCCASIONS, names=("Intercept",))
    fit = fit_mmrm(sums, MmrmDesign(time="occasion"), df=DfMethod.KENWARD_ROGER, jointly=True)
    assert found.log_likelihood == fit.log_likelihood
    assert found.warnings == fit.warnings


def test_the_documented_example_is_what_comes_out() -> None:
    root = Path(__file__).parents[3]
    table = pd.read_csv(root / "tests" / "reference" / "mixed_model" / "btheb.csv")
    wide = table[table["treatment"] == "BtheB"].pivot(index="subject", columns="time", values="bdi")
    found = model_change(wide.to_numpy(dtype=float), [f"{months:g}" for months in wide.columns])
    assert isinstance(found, ModelledChange)
    page = (root / "docs" / "methods" / "modelled-change.md").read_text(encoding="utf-8")
    for row in found.occasions:
        change = row.change
        assert isinstance(change, TermEstimate)
        assert change.df is not None
        said = f"{change.estimate:.3f} | {change.std_error:.3f} | {change.df:.1f}"
        interval = f"{change.ci_low:.3f} to {change.ci_high:.3f}"
        assert f"| {row.occasion} | {row.n} | {said} | {interval} |" in page
    pairs = (wide[8] - wide[0]).dropna()
    assert f"The {len(pairs)} who answered both times changed by {pairs.mean():.3f} points" in page
