"""The numbers on the pages of the model of planned occasions and of expected trajectories are what the code gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.mmrm import MmrmDesign, MmrmFit, changes_from_first, fit_mmrm, group_contrasts
from outcomes.analysis.pattern_sums import sum_patterns
from outcomes.analysis.plan import Direction
from outcomes.analysis.trajectory import (
    LEAST_CALIBRATION,
    TrajectoryBand,
    check_coverage,
    expected_range,
    judge_scores,
    predict_scores,
)

ROOT = Path(__file__).parents[3]
PAGES = ROOT / "docs" / "methods"
TIMES = ["0", "2", "3", "5", "8"]
Trial = tuple[MmrmFit, np.ndarray, np.ndarray, list[str]]


@pytest.fixture(scope="module")
def trial() -> Trial:
    wide = pd.read_csv(ROOT / "tests" / "reference" / "mmrm" / "btheb.csv", dtype={"subject": str})
    scores = wide[["bdi.pre", "bdi.2m", "bdi.3m", "bdi.5m", "bdi.8m"]].to_numpy(float)
    columns = np.column_stack([np.ones(len(wide)), (wide["treatment"] == "BtheB").to_numpy(float)])
    sums = sum_patterns(scores, columns, occasions=TIMES, names=["Intercept", "treatment[BtheB]"])
    levels = (FactorLevel("treatment[BtheB]", "treatment", "BtheB"),)
    design = MmrmDesign("time", constrained=("treatment[BtheB]",), group="treatment", reference="TAU", levels=levels)
    return fit_mmrm(sums, design, df="kenward-roger"), scores, columns, list(wide["subject"])


def test_mmrm_page(trial: Trial) -> None:
    fit, page = trial[0], (PAGES / "mmrm.md").read_text(encoding="utf-8")
    for cell in (*changes_from_first(fit)[-2:], *group_contrasts(fit)):
        e = cell.estimate
        row = f"| {e.term} | {e.estimate:.2f} | {e.std_error:.2f} | {e.df:.1f} | {e.ci_low:.2f} to {e.ci_high:.2f} |"
        assert row in page
    assert f"Log-likelihood {fit.log_likelihood:.4f}." in page
    assert f"{fit.n_subjects} patients" in page
    assert f"{fit.n_observations} answers" in page


def test_trajectory_page(trial: Trial) -> None:
    (fit, scores, columns, subjects), page = trial, (PAGES / "trajectory.md").read_text(encoding="utf-8")
    predictions = predict_scores(fit, scores, columns)
    limits = expected_range(predictions, TrajectoryBand(), minimum=0, maximum=63)
    signals = judge_scores(predictions, scores, Direction.LOWER)
    person = subjects.index("43")
    for k, months in enumerate(TIMES):
        at = person, k
        band = f"{limits.low[at]:.1f} to {limits.high[at]:.1f}"
        shown = f"{scores[at]:.0f} | {predictions.expected[at]:.1f} | {predictions.sd[at]:.1f} | {band}"
        assert f"| {months} | {shown} | {signals[at].value.replace('_', ' ')} |" in page
    share = check_coverage(predictions, scores).within
    percent = f"{share.share:.1%} ({share.ci_low:.1%} to {share.ci_high:.1%})".replace("%", " %")
    assert f"{share.count} of {share.total} scores" in page
    assert percent.replace(" % to", " to").replace(" %)", ")") in page
    assert f"({LEAST_CALIBRATION} scores or more)" in page
