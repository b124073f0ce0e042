"""Balance: how alike two groups were at the start, one characteristic at a time.

Question: could the groups differ afterwards because they differed before?
Formula: SMD = (m1 - m2) / sqrt((s1^2 + s2^2) / 2) for a number; a category's level counts as a number that is 1 for
those in it and 0 for others, so s^2 = p (1 - p) n / (n - 1). Pooled over the two groups without weights. Where neither
group varies, the spread of both together takes the denominator's place.
Assumptions: none; it describes. An SMD under 0.1 is taken as alike. It says nothing of what wasn't measured.
Units: standard deviations; means in the characteristic's own unit, shares 0-1.
Missing data: each characteristic among those where it is known.
Small numbers: a level is hidden in every table where any group of any table has too few in it, or where a level hidden
beside it could be worked out (:mod:`outcomes.analysis.disclosure`): tables of the same people are read together.
Errors: none raised; a characteristic known for nobody in a group is left out of the table.
Source: Austin 2009, doi:10.1002/sim.3697; Yang & Dalton 2012, SAS Global Forum 335.
Checked: tests/reference/balance (R, 1e-10), tests/unit/analysis/test_descriptions.py.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.design_matrix import category_levels
from outcomes.analysis.disclosure import may_show_cell, suppress_counts
from outcomes.analysis.plan import Covariate, CovariateKind
from outcomes.analysis.results import BalanceRow, BalanceTable

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.analysis.frame import StudyData


def compare_baseline(
    data: StudyData,
    first: pd.Series[bool],
    second: pd.Series[bool],
    first_label: str,
    second_label: str,
    *,
    adjusted: frozenset[str],
) -> BalanceTable:
    """Baseline score and covariates of two groups of persons; ``adjusted``: terms that the model adjusts for."""
    plan = data.plan
    baseline = data.scores[plan.baseline_occasion]
    rows = _number_rows(plan.baseline_term, baseline[first], baseline[second], adjusted=plan.baseline_term in adjusted)
    for covariate in plan.covariates:
        values, kept = data.covariates[covariate.name], covariate.name in adjusted
        if covariate.kind is CovariateKind.NUMBER:
            rows += _number_rows(covariate.name, values[first], values[second], adjusted=kept)
        else:
            hidden = hidden_levels(data, covariate)
            rows += _category_rows(covariate, values[first].dropna(), values[second].dropna(), kept, hidden)
    return BalanceTable(first_label, second_label, int(first.sum()), int(second.sum()), tuple(rows))


def hidden_levels(data: StudyData, covariate: Covariate) -> frozenset[str]:
    """Levels of a category that no table may show: of the arms, and of the answered and the lost."""
    values = data.covariates[covariate.name]
    known = list(values.dropna())
    if not known:
        return frozenset()
    levels = category_levels(covariate, known)
    due = data.due[data.plan.primary_occasion]
    answered = due & data.scores[data.plan.primary_occasion].notna()
    groups = [data.members(size.arm) for size in data.arms]
    groups += [group for group in (answered, due & ~answered) if group.any()]
    hidden: set[str] = set()
    for group in groups:
        cells = suppress_counts([int((values[group] == level).sum()) for level in levels])
        hidden |= {level for level, cell in zip(levels, cells, strict=True) if cell.count is None}
    return frozenset(hidden)


def standardised_difference(first: float, second: float, first_var: float, second_var: float, both_var: float) -> float:
    """SMD from means (or shares) and variances; ``both_var``: variance of all together, where neither group varies."""
    spread = (first_var + second_var) / 2 or both_var
    return (first - second) / math.sqrt(spread) if spread > 0 else 0.0


def _number_rows(name: str, first: pd.Series[float], second: pd.Series[float], *, adjusted: bool) -> list[BalanceRow]:
    a, b = first.dropna().to_numpy(dtype=float), second.dropna().to_numpy(dtype=float)
    if min(a.size, b.size) < 2:
        return []
    smd = standardised_difference(
        float(a.mean()),
        float(b.mean()),
        float(a.var(ddof=1)),
        float(b.var(ddof=1)),
        float(np.concatenate([a, b]).var()),
    )
    if not (may_show_cell(a.size) and may_show_cell(b.size)):
        return [BalanceRow(name, None, None, None, None, None, smd, adjusted)]
    means = float(a.mean()), float(a.std(ddof=1)), float(b.mean()), float(b.std(ddof=1))
    return [BalanceRow(name, None, *means, smd, adjusted)]


def _category_rows(
    covariate: Covariate, first: pd.Series[str], second: pd.Series[str], adjusted: bool, hidden: frozenset[str]
) -> list[BalanceRow]:
    if min(first.size, second.size) == 0:
        return []
    levels = category_levels(covariate, [*first, *second])
    rows = []
    for level in levels[1:] if len(levels) == 2 else levels:
        counts = int((first == level).sum()), int((second == level).sum())
        shares = counts[0] / first.size, counts[1] / second.size
        both = sum(counts) / (first.size + second.size)
        spreads = _share_variance(shares[0], first.size), _share_variance(shares[1], second.size)
        smd = standardised_difference(*shares, *spreads, both * (1 - both))
        shown = level not in hidden
        rows.append(
            BalanceRow(
                covariate.name,
                level,
                shares[0] if shown else None,
                None,
                shares[1] if shown else None,
                None,
                smd,
                adjusted,
            )
        )
    return rows


def _share_variance(share: float, n: int) -> float:
    """Sample variance of a characteristic that ``share`` of ``n`` persons have."""
    return share * (1 - share) * n / (n - 1) if n > 1 else 0.0
