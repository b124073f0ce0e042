"""Adjusted change: what became of each person, less what is usual for people like them.

Question: how far is a person's later score from that of people who began alike, wherever they were helped?
Estimand: residual of the score at the primary occasion, given the score at the start, the plan's covariates and the target
group, among all in the intervention with both scores.
Formula: least squares (:mod:`outcomes.analysis.case_mix`); provider and day of start are never in it. A category (target
group, covariate) with fewer than 10 people is read with the most common one. Where the columns can't be told apart the
score at the start alone is used.
Assumptions: those of the case-mix model. What wasn't measured isn't adjusted for.
Units: points; the sign is that of the raw score.
Missing data: persons with both scores and every covariate; the others are counted.
Errors: none raised; withheld under 10 people, and where no expected score can be worked out.
Source: as case_mix.py. Checked: tests/unit/analysis/test_adjusted_change.py.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.case_mix import CaseMixKind, fit_case_mix
from outcomes.analysis.disclosure import MINIMUM_ESTIMATE, may_show_estimate, too_few_for_estimate
from outcomes.analysis.grouping import TARGET_GROUP
from outcomes.analysis.plan import CovariateKind
from outcomes.analysis.results import INTERVENTION, Withheld, WithheldReason
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from outcomes.analysis.frame import StudyData


@dataclass(frozen=True, slots=True, eq=False)
class AdjustedChanges:
    """``residuals`` (points) of the persons called ``subjects``; ``spread``: their standard deviation given the model.

    ``mean_change``: of all of them, from the start to the primary occasion. ``adjusted_for``: names of what is adjusted for,
    beside the score at the start. ``n_incomplete``: people left out because a covariate isn't known.
    """

    subjects: tuple[str, ...]
    residuals: NDArray[np.float64]
    spread: float
    mean_change: float
    adjusted_for: tuple[str, ...]
    n_incomplete: int


def adjust_changes(data: StudyData, target_groups: Mapping[str, str]) -> AdjustedChanges | Withheld:
    """Everybody's residual; ``target_groups``: each person's, by subject."""
    both = [data.plan.baseline_occasion, data.plan.primary_occasion]
    scores = data.scores.loc[data.members(INTERVENTION), both].dropna()
    covariates = data.covariates.loc[scores.index]
    known = covariates.notna().all(axis=1)
    n_incomplete = int((~known).sum())
    scores, covariates = scores[known], covariates[known]
    if not may_show_estimate(len(scores)):
        return too_few_for_estimate()
    before, after = (scores[name].to_numpy(dtype=float) for name in both)
    columns, names = _columns(data, covariates, [target_groups.get(str(subject), "") for subject in scores.index])
    try:
        residuals, spread, used = _fit(after, before, columns, names)
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
    subjects = tuple(str(subject) for subject in scores.index)
    return AdjustedChanges(subjects, residuals, spread, float((after - before).mean()), used, n_incomplete)


def _fit(
    after: NDArray[np.float64], before: NDArray[np.float64], columns: list[NDArray[np.float64]], names: list[str]
) -> tuple[NDArray[np.float64], float, tuple[str, ...]]:
    """Residuals, their spread, and the names of what was adjusted for."""
    try:
        design = np.column_stack([before, *columns])
        model = fit_case_mix(after, design, ["baseline", *names], kind=CaseMixKind.SCORE)
        used = tuple(dict.fromkeys(name.partition("[")[0] for name in names))
    except EstimateError:
        if not columns:
            raise
        design, used = before[:, None], ()
        model = fit_case_mix(after, design, ["baseline"], kind=CaseMixKind.SCORE)
    return after - model.expected(design), float(model.residual_sd or 0.0), used


def _columns(
    data: StudyData, covariates: pd.DataFrame, groups: list[str]
) -> tuple[list[NDArray[np.float64]], list[str]]:
    """Columns of the plan's covariates and of the target groups, with their names (``name[level]`` for categories)."""
    columns, names = [], []
    for covariate in data.plan.covariates:
        values = covariates[covariate.name]
        if covariate.kind is CovariateKind.NUMBER:
            columns.append(values.to_numpy(dtype=float))
            names.append(covariate.name)
        else:
            _add_levels(columns, names, covariate.name, [str(value) for value in values])
    _add_levels(columns, names, TARGET_GROUP, groups)
    return columns, names


def _add_levels(columns: list[NDArray[np.float64]], names: list[str], name: str, values: list[str]) -> None:
    """A column for each level but the most common one; levels with few people go with that one."""
    common = [level for level, count in Counter(values).most_common() if count >= MINIMUM_ESTIMATE]
    for level in sorted(common[1:]):
        columns.append(np.array([value == level for value in values], dtype=float))
        names.append(f"{name}[{level}]")
