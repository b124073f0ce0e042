"""Columns of the baseline-adjusted model: which terms there are, and what they are called.

Terms carry the columns' own names: ``Intercept``, the baseline score, ``time`` (months; left out where all follow-ups
fall at one time), ``treatment[BtheB]`` for the arm, ``age`` for a number, ``drug[Yes]`` for a category against its
reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.plan import Covariate, CovariateKind
from outcomes.analysis.results import INTERVENTION
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.frame import StudyData

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ModelData:
    """What a mixed model is fitted to: response (points), fixed columns with their terms, and person per row.

    The first column is the intercept. ``formula`` says the model in words of columns. ``n_incomplete``: persons with an
    answer who lack baseline or a covariate. ``arm_sizes``: persons in the model per arm.
    """

    response: Vector
    columns: Matrix
    terms: tuple[str, ...]
    subject: NDArray[np.int64]
    formula: str
    n_incomplete: int
    arm_sizes: dict[str, int]

    @property
    def n_subjects(self) -> int:
        return sum(self.arm_sizes.values())


def build_model_data(data: StudyData) -> ModelData:
    """The complete rows of the plan's model: due, answered follow-ups of persons with baseline and covariates known."""
    plan = data.plan
    person = data.covariates[[covariate.name for covariate in plan.adjusted_covariates]].copy()
    person.insert(0, plan.baseline_term, data.scores[plan.baseline_occasion])
    complete = person.notna().all(axis=1)
    answered = data.rows["subject"].unique()
    rows = data.rows[data.rows["subject"].map(complete).to_numpy(dtype=bool)]
    if rows.empty:
        raise EstimateError(
            Sentence("Nobody has both a baseline and a later answer with all background values known. It needs these.")
        )
    persons = person.loc[rows["subject"]]
    columns: dict[str, Vector] = {
        "Intercept": np.ones(len(rows)),
        plan.baseline_term: persons[plan.baseline_term].to_numpy(dtype=np.float64),
    }
    time = rows["time"].to_numpy(dtype=np.float64)
    if np.unique(time).size > 1:
        columns["time"] = time
    if plan.design.has_comparison_arm:
        columns[plan.effect_term] = np.asarray(data.arm.loc[rows["subject"]] == INTERVENTION, dtype=np.float64)
    for covariate in plan.adjusted_covariates:
        columns |= _covariate_columns(covariate, persons[covariate.name].to_numpy())
    matrix = np.column_stack(list(columns.values()))
    _check_rank(matrix, tuple(columns))
    used, codes = np.unique(rows["subject"].to_numpy(dtype=str), return_inverse=True)
    arms = data.arm.loc[used]
    names = [name for name in dict.fromkeys(term.split("[")[0] for term in columns) if name != "Intercept"]
    return ModelData(
        rows["score"].to_numpy(dtype=np.float64),
        matrix,
        tuple(columns),
        codes.astype(np.int64),
        f"{plan.measure.scale} ~ {' + '.join(names)} + (1 | subject)",
        len(answered) - used.size,
        {size.arm: int((arms == size.arm).sum()) for size in data.arms},
    )


def category_levels(covariate: Covariate, values: list[str]) -> tuple[str, ...]:
    """Levels of a category, its reference first, the others sorted."""
    levels = sorted(set(values))
    reference = covariate.reference if covariate.reference in levels else levels[0]
    return (reference, *(level for level in levels if level != reference))


def _covariate_columns(covariate: Covariate, values: NDArray[np.object_]) -> dict[str, Vector]:
    if covariate.kind is CovariateKind.NUMBER:
        return {covariate.name: values.astype(float)}
    levels = category_levels(covariate, [str(value) for value in values])
    return {f"{covariate.name}[{level}]": (values == level).astype(float) for level in levels[1:]}


def _check_rank(matrix: Matrix, terms: tuple[str, ...]) -> None:
    """Raise where a column is a combination of the others, naming those that can't be told apart from the rest."""
    scale = np.linalg.norm(matrix, axis=0)
    dependent = []
    basis = np.empty((matrix.shape[0], 0))
    for index, term in enumerate(terms):
        column = matrix[:, index] / (scale[index] or 1.0)
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if size < 1e-9:
            dependent.append(term)
        else:
            basis = np.column_stack([basis, rest / size])
    if dependent:
        raise EstimateError(
            Sentence(
                "Among those who answered, %(columns)s can't be told apart from the rest of the model: all have the"
                " same value, or it follows from other columns. Leave it out of the plan, or wait for more answers.",
                columns=", ".join(dependent),
            )
        )
