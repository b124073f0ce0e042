"""Overlap: do the two arms hold people who could have been in either?

Question: is there for the people with the intervention anybody alike among those without?
Formula: probability of being in the intervention by logistic regression on baseline score and covariates; overlap is
the share of persons whose probability lies from 0.05 to 0.95.
Assumptions: the logistic form is near enough; only what was measured counts.
Units: share 0-1.
Missing data: persons with baseline and covariates known.
Errors: none raised; None where it can't be worked out. Groups that the covariates separate wholly have overlap 0.
Source: Crump et al. 2009, doi:10.1093/biomet/asn055 (trimming at extreme probabilities).
Checked: tests/reference/balance (R's glm, 1e-8); separated groups in tests/unit/analysis/test_descriptions.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.design_matrix import Matrix, Vector, category_levels
from outcomes.analysis.plan import CovariateKind
from outcomes.analysis.results import INTERVENTION

if TYPE_CHECKING:
    from outcomes.analysis.frame import StudyData

EXTREME = 0.05
MOST_STEPS = 50


def estimate_overlap(data: StudyData) -> float | None:
    """Share of persons with a probability of the intervention that isn't extreme; None with too little to go by."""
    person = data.covariates.copy()
    person.insert(0, data.plan.baseline_term, data.scores[data.plan.baseline_occasion])
    person = person[person.notna().all(axis=1)]
    arm = np.asarray(data.arm.loc[person.index] == INTERVENTION, dtype=np.float64)
    columns = [np.ones(arm.size), person[data.plan.baseline_term].to_numpy(dtype=np.float64)]
    for covariate in data.plan.covariates:
        values = person[covariate.name].to_numpy()
        if covariate.kind is CovariateKind.NUMBER:
            columns.append(values.astype(float))
        elif arm.size:
            columns += [(values == level).astype(float) for level in category_levels(covariate, list(values))[1:]]
    if min(arm.sum(), arm.size - arm.sum()) <= len(columns):
        return None
    probability = fit_propensity(np.column_stack(columns), arm)
    return float(((probability >= EXTREME) & (probability <= 1 - EXTREME)).mean())


def fit_propensity(columns: Matrix, arm: Vector) -> Vector:
    """Probability of ``arm`` = 1 by logistic regression (Newton steps, least-norm where columns depend on each other).

    Where the columns separate the arms wholly the probabilities run to 0 and 1, and the steps stop there.
    """
    spread = columns.std(axis=0)
    scaled = np.where(spread > 0, (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0), 1.0)
    beta = np.zeros(scaled.shape[1])
    for _ in range(MOST_STEPS):
        probability = 1.0 / (1.0 + np.exp(-np.clip(scaled @ beta, -30, 30)))
        weight = probability * (1 - probability)
        if weight.max() < 1e-6:
            break
        information = (scaled.T * weight) @ scaled
        step = np.linalg.lstsq(information, scaled.T @ (arm - probability), rcond=None)[0]
        beta = beta + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-10:
            break
    result: Vector = 1.0 / (1.0 + np.exp(-np.clip(scaled @ beta, -30, 30)))
    return result
