"""The tidy frame that every estimate is made from: checked once, then taken apart by person and occasion.

One row per person and planned occasion: ``subject`` (text), ``occasion`` (the plan's code), ``time`` (months since
start), ``score`` (points, NaN: not answered), ``due`` (the occasion has come and the person could still be asked),
``arm`` (``intervention`` or ``comparison``; may be left out where there is one arm) and one column per covariate.

Missing data: a missing score is not answered; a score on an occasion that isn't due is left out and counted; an occasion
of the plan that nobody has a row for is due for nobody.
Errors: :class:`~outcomes.errors.EstimateError` with every fault and its row and column.
Checked: tests/unit/analysis/test_frame.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.analysis.plan import AnalysisPlan, Covariate, CovariateKind
from outcomes.analysis.results import COMPARISON, INTERVENTION, ArmSize
from outcomes.errors import EstimateError, Fault, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd  # noqa: TC004 - annotations only: nothing evaluates them, and pandas costs over a second
    from numpy.typing import NDArray

MOST_FAULTS = 100
REQUIRED = ("subject", "occasion", "time", "score")


@dataclass(frozen=True, eq=False)  # no slots: what is asked for often is worked out once
class StudyData:
    """Checked data. ``scores`` and ``due``: persons x the plan's occasions; ``arm`` and ``covariates`` per person;
    ``rows``: the due, answered follow-up rows (subject, occasion, time, score); ``times``: months per occasion, infinite
    for one that nobody has planned yet.
    ``n_not_due``: scores left out because their occasion wasn't due.
    """

    plan: AnalysisPlan
    scores: pd.DataFrame
    due: pd.DataFrame
    arm: pd.Series[str]
    covariates: pd.DataFrame
    rows: pd.DataFrame
    times: dict[str, float]
    n_not_due: int

    @cached_property
    def arms(self) -> tuple[ArmSize, ...]:
        """Persons who started, per arm of the design."""
        names = [(INTERVENTION, self.plan.intervention_label)]
        if self.plan.design.has_comparison_arm:
            names.append((COMPARISON, self.plan.comparison_label or COMPARISON))
        return tuple(ArmSize(arm, label, int((self.arm == arm).sum())) for arm, label in names)

    @cached_property
    def _members(self) -> dict[str | None, pd.Series[bool]]:
        return {None: self.arm.notna(), **{size.arm: self.arm == size.arm for size in self.arms}}

    @cached_property
    def _answered(self) -> dict[tuple[str, str | None], pd.Series[float]]:
        """What was asked for once: every part of an estimate asks for the same few."""
        return {}

    def members(self, arm: str | None) -> pd.Series[bool]:
        """Who belongs to ``arm``, by person; everybody for None."""
        return self._members[arm]

    def answered(self, occasion: str, arm: str | None = None) -> pd.Series[float]:
        """Scores (points) of one arm at one occasion, by person."""
        if (occasion, arm) not in self._answered:
            self._answered[occasion, arm] = self.scores.loc[self.members(arm), occasion].dropna()
        return self._answered[occasion, arm]

    def pairs(self, occasion: str, arm: str | None = None) -> tuple[list[float], list[float]]:
        """Baseline and later scores (points) of those of ``arm`` with both."""
        before, after = self.answered(self.plan.baseline_occasion, arm), self.answered(occasion, arm)
        both = before.index.intersection(after.index, sort=False)
        return before.loc[both].tolist(), after.loc[both].tolist()


def read_frame(frame: pd.DataFrame, plan: AnalysisPlan) -> StudyData:
    """Check ``frame`` against ``plan`` and take it apart; raises :class:`EstimateError` with every fault."""
    table = _with_columns(frame, plan)
    faults = [*_read_rows(table, plan), *_read_covariates(table, plan)]
    if faults:
        raise EstimateError(
            Sentence("The data can't be analysed as they stand. Correct what is listed."), tuple(faults[:MOST_FAULTS])
        )
    late = ~table["due"] & table["score"].notna()
    table.loc[~table["due"], "score"] = np.nan
    occasions, persons = list(plan.occasions), table.groupby("subject").first()
    scores = table.pivot(index="subject", columns="occasion", values="score").reindex(columns=occasions)
    due = table.pivot(index="subject", columns="occasion", values="due").reindex(columns=occasions)
    follow_up = table[table["occasion"].isin(plan.follow_up) & table["score"].notna()]
    return StudyData(
        plan,
        scores.astype(float),
        due.eq(other=True),  # a person without the occasion's row isn't due
        persons["arm"].reindex(scores.index),
        persons[[covariate.name for covariate in plan.covariates]].reindex(scores.index),
        follow_up[["subject", "occasion", "time", "score"]].sort_values(["subject", "time"]).reset_index(drop=True),
        {code: _time(table, code, plan) for code in occasions},
        int(late.sum()),
    )


def missing_value(value: object) -> bool:
    """True for what stands for "not known": None, NaN and empty text."""
    return value is None or (isinstance(value, float) and bool(np.isnan(value))) or str(value).strip() in {"", "nan"}


def _with_columns(frame: pd.DataFrame, plan: AnalysisPlan) -> pd.DataFrame:
    """A copy with the plan's columns and the rows of its occasions and arms; each row keeps its number."""
    if frame.empty:
        raise _nothing_yet()
    wanted = [*REQUIRED, *(covariate.name for covariate in plan.covariates)]
    if plan.design.has_comparison_arm:
        wanted.append("arm")
    absent = [name for name in wanted if name not in frame.columns]
    if absent:
        faults = tuple(Fault(name, Sentence("This column is missing from the data.")) for name in absent)
        raise EstimateError(Sentence("The data lack columns that the analysis plan names."), faults)
    table = frame.reset_index(drop=True).copy()
    table["row"] = np.arange(1, len(table) + 1)
    table["occasion"] = table["occasion"].astype(str)
    table["due"] = table["due"].fillna(value=False).astype(bool) if "due" in table else True
    table["arm"] = table.get("arm", INTERVENTION)
    if not plan.design.has_comparison_arm:
        table["arm"] = table["arm"].fillna(INTERVENTION)
        table = table[table["arm"] == INTERVENTION]
    table = table[table["occasion"].isin(plan.occasions)]
    if table.empty:
        raise _nothing_yet()
    return table.reset_index(drop=True)


def _nothing_yet() -> EstimateError:
    return EstimateError(
        Sentence("There are no data for the occasions of the analysis plan yet. The first answers make a start.")
    )


def _time(table: pd.DataFrame, code: str, plan: AnalysisPlan) -> float:
    """Months from the start to an occasion; infinite where nobody has it planned yet."""
    times = table.loc[table["occasion"] == code, "time"]
    if len(times):
        return float(times.median())
    return 0.0 if code == plan.baseline_occasion else float("inf")


def _read_rows(table: pd.DataFrame, plan: AnalysisPlan) -> list[Fault]:
    """Turn the fixed columns of ``table`` into numbers and text in place, or name every fault."""
    faults: list[Fault] = []
    time, score = _numbers(table["time"]), _numbers(table["score"])
    low, high = plan.measure.minimum, plan.measure.maximum
    outside = (score < (-np.inf if low is None else low)) | (score > (np.inf if high is None else high))
    checks = [
        ("subject", table["subject"].map(missing_value).to_numpy(), Sentence("The person is missing.")),
        ("time", ~np.isfinite(time), Sentence("The time must be a number of months.")),
        ("score", np.isinf(score), Sentence("The score must be a number.")),
        ("score", np.isfinite(score) & outside, Sentence("The score is outside the measure's scale.")),
        (
            "arm",
            ~table["arm"].isin([INTERVENTION, COMPARISON]).to_numpy(),
            Sentence("The arm isn't one of the plan's."),
        ),
        (
            "occasion",
            table.duplicated(["subject", "occasion"], keep="first").to_numpy(),
            Sentence("This person has the same occasion twice."),
        ),
        (
            "arm",
            (table.groupby("subject", dropna=False)["arm"].transform("nunique") > 1).to_numpy(),
            Sentence("This person is in two arms."),
        ),
    ]
    for column, wrong, sentence in checks:
        faults.extend(Fault(_place(row, column), sentence) for row in table["row"].to_numpy()[wrong])
    if not faults:
        table["time"], table["score"] = time, score
        table["subject"] = table["subject"].astype(str)
    return faults


def _read_covariates(table: pd.DataFrame, plan: AnalysisPlan) -> list[Fault]:
    """Turn the covariates of ``table`` into numbers and text in place, or name every fault."""
    faults: list[Fault] = []
    for covariate in plan.covariates:
        column = table[covariate.name]
        known = ~column.map(missing_value).to_numpy()
        if covariate.kind is CovariateKind.NUMBER:
            values = _numbers(column.where(known, np.nan))
            wrong = known & ~np.isfinite(values)
            sentence = Sentence("This must be a number, as the analysis plan says.")
            faults.extend(Fault(_place(row, covariate.name), sentence) for row in table["row"].to_numpy()[wrong])
            table[covariate.name] = values
        else:
            table[covariate.name] = column.map(lambda value: None if missing_value(value) else str(value))
            faults.extend(_reference_faults(covariate, table[covariate.name].dropna().unique().tolist()))
        varying = table.groupby("subject", dropna=False)[covariate.name].transform("nunique") > 1
        changing = Sentence("A background value must be the same on all of a person's rows.")
        faults.extend(
            Fault(_place(row, covariate.name), changing) for row in table["row"].to_numpy()[varying.to_numpy()]
        )
    return faults


def _reference_faults(covariate: Covariate, levels: Sequence[str]) -> list[Fault]:
    if covariate.reference is None or covariate.reference in levels or not levels:
        return []
    return [Fault(covariate.name, Sentence("Nobody has the category that the plan compares the others with."))]


def _numbers(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Numbers of a column; what is missing is NaN, and what can't be read as a number is infinite (a fault)."""
    import pandas as pd  # noqa: PLC0415 - pandas only where there is a frame

    if pd.api.types.is_numeric_dtype(column.dtype):  # nothing to read: looking at each value costs seconds
        return np.asarray(column.astype(float), dtype=np.float64)
    numbers = pd.to_numeric(column, errors="coerce")
    unreadable = numbers.isna() & ~column.map(missing_value)
    return np.asarray(numbers.astype(float).mask(unreadable, np.inf), dtype=np.float64)


def _place(row: int, column: str) -> str:
    return f"row {row}, column {column}"
