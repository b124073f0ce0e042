"""Subgroups: do some kinds of people fare otherwise than others, by more than chance explains?

Question: for whom did it go better or worse, and how much of that is chance?
Estimand: per subgroup the mean change from the start to the primary occasion in the intervention; where two groups are
compared and every subgroup has 30 people or more in each, the difference between them at the same score at the start.
Formula: t interval of the change, or ANCOVA (:mod:`outcomes.analysis.ancova`); drawn towards the mean of the characteristic's
subgroups by empirical Bayes (:mod:`outcomes.analysis.shrinkage`). Whether subgroups differ: Q test, judged with those of the
report's other characteristics by Benjamini-Hochberg (:mod:`outcomes.analysis.multiplicity`). A number is cut at its median.
Assumptions: those of the parts. Subgroups may differ in other things than their name says; none was drawn by lot.
Units: points; the sign is that of the raw score. People.
Missing data: people with both scores; those whose subgroup isn't known are counted and not estimated.
Small numbers: as :mod:`outcomes.analysis.grouping`; estimates are rounded by how many people stand behind them, as
:mod:`outcomes.analysis.suppression` has it, after everything is worked out.
Errors: none raised; a characteristic with fewer than two subgroups to estimate is left out.
Source: as shrinkage.py; Wang et al. 2007 on reading subgroups, doi:10.1056/NEJMsr077003.
Checked: tests/unit/analysis/test_subgroups.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outcomes.analysis.ancova import fit_ancova
from outcomes.analysis.change import estimate_mean
from outcomes.analysis.disclosure import MINIMUM_MODEL
from outcomes.analysis.effect_results import Cell
from outcomes.analysis.frame import StudyData, missing_value
from outcomes.analysis.grouping import UNKNOWN, count_groups, protect_groups
from outcomes.analysis.multiplicity import adjust_for_multiplicity
from outcomes.analysis.plan import CovariateKind
from outcomes.analysis.results import COMPARISON, INTERVENTION, TermEstimate
from outcomes.analysis.shrinkage import ShrunkenEstimate, ShrunkenEstimates, shrink_estimates
from outcomes.analysis.suppression import SPAN, round_interval, round_mean, round_term
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

LEAST_SUBGROUPS = 2


@dataclass(frozen=True, slots=True)
class Subgroup:
    """One subgroup: ``count`` of people as it may be shown, its ``own`` estimate (points) and the ``shrunken`` one; None
    where it isn't estimated."""

    level: str
    count: Cell
    own: TermEstimate | None
    shrunken: ShrunkenEstimate | None


@dataclass(frozen=True, slots=True)
class SubgroupComparison:
    """The subgroups of one characteristic, called ``name``. ``is_difference``: the numbers are differences between two
    groups; else changes. ``p_value``: that all subgroups are alike; ``adjusted_p_value``: counted with the report's others.
    ``differs``: they differ by more than chance explains."""

    name: str
    rows: tuple[Subgroup, ...]
    is_difference: bool
    p_value: float
    adjusted_p_value: float
    differs: bool


def compare_subgroups(
    data: StudyData, more: Mapping[str, Mapping[str, str]], *, compared: bool
) -> tuple[SubgroupComparison, ...]:
    """The plan's covariates, and the characteristics of ``more`` (level by subject), each taken apart."""
    both = [data.plan.baseline_occasion, data.plan.primary_occasion]
    scores = data.scores[both].dropna().set_axis(["before", "after"], axis=1)
    scores["arm"] = data.arm
    parted = {name: scores.assign(level=levels) for name, levels in _characteristics(data, scores, more).items()}
    # one report gives one kind of number: where not every subgroup can be compared, all of them show change
    is_difference = compared and all(_enough_in_both(people) for people in parted.values())
    span = data.plan.measure.length or SPAN
    every = [_compare(name, people, is_difference=is_difference, span=span) for name, people in parted.items()]
    found = [comparison for comparison in every if comparison is not None]
    if not found:
        return ()
    family = adjust_for_multiplicity([each.p_value for each in found], [each.name for each in found])
    return tuple(
        replace(each, adjusted_p_value=test.adjusted, differs=test.rejected)
        for each, test in zip(found, family.tests, strict=True)
    )


def _characteristics(
    data: StudyData, scores: pd.DataFrame, more: Mapping[str, Mapping[str, str]]
) -> dict[str, list[str]]:
    """Each person's level of each characteristic, in the order of ``scores``."""
    found = levels_of_covariates(data, scores.index)
    for name, levels in more.items():
        found[name] = [levels.get(str(subject), UNKNOWN) for subject in scores.index]
    return found


def levels_of_covariates(data: StudyData, subjects: pd.Index[Any]) -> dict[str, list[str]]:
    """The level of each of ``subjects`` in each covariate of the plan; numbers are cut at their median."""
    found = {}
    for covariate in data.plan.covariates:
        values = data.covariates.loc[subjects, covariate.name]
        if covariate.kind is CovariateKind.NUMBER:
            found[covariate.name] = cut_at_median(values.astype(float).tolist())
        else:
            found[covariate.name] = [UNKNOWN if missing_value(value) else str(value) for value in values]
    return found


def cut_at_median(values: list[float]) -> list[str]:
    """``< m`` and ``≥ m`` by the median m of the known values."""
    known = sorted(value for value in values if value == value)  # noqa: PLR0124 - NaN is no value
    if not known:
        return [UNKNOWN] * len(values)
    middle = known[len(known) // 2]
    return [UNKNOWN if value != value else f"< {middle:g}" if value < middle else f"≥ {middle:g}" for value in values]  # noqa: PLR0124


def _compare(name: str, scores: pd.DataFrame, *, is_difference: bool, span: float) -> SubgroupComparison | None:
    sizes = protect_groups(count_groups(scores.loc[scores["arm"] == INTERVENTION, "level"].tolist()))
    levels = [size.name for size in sizes if size.estimated and size.name != UNKNOWN]
    own: dict[str, TermEstimate] = {}
    for level in levels:
        try:
            own[level] = (_difference if is_difference else _change)(scores[scores["level"] == level])
        except EstimateError:
            continue
    if len(own) < LEAST_SUBGROUPS:
        return None
    try:
        together = shrink_estimates(
            [each.estimate for each in own.values()], [each.std_error**2 for each in own.values()], list(own)
        )
    except EstimateError:
        return None
    return _with_shrunken(
        name, [(size.name, size.count) for size in sizes], own, together, is_difference=is_difference, span=span
    )


def _with_shrunken(
    name: str,
    counts: list[tuple[str, Cell]],
    own: dict[str, TermEstimate],
    together: ShrunkenEstimates,
    *,
    is_difference: bool,
    span: float,
) -> SubgroupComparison:
    places = {place.name: place for place in together.places}
    rows = tuple(_as_shown(level, count, own.get(level), places.get(level), span) for level, count in counts)
    p_value = together.over_all.q_p_value
    return SubgroupComparison(name, rows, is_difference, p_value, p_value, differs=False)


def _as_shown(
    level: str, count: Cell, own: TermEstimate | None, shrunken: ShrunkenEstimate | None, span: float
) -> Subgroup:
    """A subgroup with numbers as coarse as its people are few; the shrunken one too, since its own one is part of it."""
    if own is None or shrunken is None or count.count is None:
        return Subgroup(level, count, None, None)
    n = count.count
    low, high = round_interval(shrunken.ci_low, shrunken.ci_high, n, span=span)
    rounded = round_term(own, n, span=span)
    shown = replace(
        shrunken,
        raw=rounded.estimate,
        estimate=round_mean(shrunken.estimate, n, span=span),
        ci_low=low,
        ci_high=high,
        reliability=round(shrunken.reliability, 2),
    )
    return Subgroup(level, count, rounded, shown)


def _enough_in_both(people: pd.DataFrame) -> bool:
    """Do both groups have people enough for a comparison in every subgroup?"""
    arms = people[people["level"] != UNKNOWN].groupby("level")["arm"]
    return all(
        int((members == arm).sum()) >= MINIMUM_MODEL for _, members in arms for arm in (INTERVENTION, COMPARISON)
    )


def _change(people: pd.DataFrame) -> TermEstimate:
    ours = people[people["arm"] == INTERVENTION]
    return estimate_mean((ours["after"] - ours["before"]).tolist(), "mean_change")


def _difference(people: pd.DataFrame) -> TermEstimate:
    fit = fit_ancova(people["after"].tolist(), people["before"].tolist(), people["arm"].tolist(), reference=COMPARISON)
    return fit.contrast(INTERVENTION)
