"""Baseline-adjusted comparison of groups (ANCOVA): later score by group, with the score before taken into account.

Question: how do groups differ afterwards, among people who scored alike before?
Estimand: difference in mean later score between a group and the reference group at the same baseline score and
covariates. With an interaction, at the mean baseline score.
Formula: score = a + b (baseline - mean) + d group + c covariates, plus baseline times group where asked; least squares, HC3
by default, CR2 with Satterthwaite degrees of freedom where there are clusters, and always under 40 clusters. Centring
changes the intercept alone, so the intercept is given at baseline zero unless there is an interaction. Adjusted means:
at the mean of every number and equal weight on every level of a category. Simultaneous p values (Dunnett): the
probability that the largest of the |t| against the reference exceeds the one seen, by the multivariate t distribution.
Assumptions: the later score goes with the baseline in a straight line, the same in every group unless there is an
interaction. Only where groups came about by lot or by a waiting list is the difference caused by the group.
Units: points. The sign is that of the raw score.
Missing data: persons with all of score, baseline and covariates; the others are counted and named in a warning. Valid
where those lost are like those left with the same baseline and covariates; a mixed model uses more of the answers.
Errors: :class:`~outcomes.errors.EstimateError` under two groups, an unknown reference, a group of under two people, and
all that :mod:`outcomes.analysis.linear_model` raises.
Source: Vickers & Altman 2001, doi:10.1136/bmj.323.7321.1123; Dunnett 1955, doi:10.1080/01621459.1955.10501294.
Checked: tests/reference/ancova (R's lm, emmeans, sandwich, clubSandwich, mvtnorm).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.analysis.ancova_columns import (
    Factor,
    category_factor,
    complete_rows,
    covariate_factor,
    group_levels,
    interaction_factor,
    numbers_of,
)
from outcomes.analysis.cluster_robust import FEW_CLUSTERS, WaldTest, cluster_codes
from outcomes.analysis.linear_model import LinearModel, VarianceKind, fit_linear_model
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


Matrix = NDArray[np.float64]

# integration points of the multivariate t: an error of some 5e-7 in a p value
INTEGRATION_POINTS = 100_000


@dataclass(frozen=True, slots=True)
class Ancova:
    """A baseline-adjusted comparison. ``terms``: coefficients in points per unit of their column.

    ``adjusted_means``: one per group, called ``group[level]``, in points (no p value: zero isn't asked about).
    ``contrasts``: each group minus the reference, ``group[level] - group[reference]``, in points.
    ``interaction``: test that baseline counts alike in every group; None where the model has no interaction.
    ``baseline_mean``: mean baseline score of those in the model. ``n_incomplete``: persons left out.
    ``model``: the linear model, for further combinations.
    """

    formula: str
    terms: tuple[TermEstimate, ...]
    adjusted_means: tuple[TermEstimate, ...]
    contrasts: tuple[TermEstimate, ...]
    interaction: WaldTest | None
    baseline_mean: float
    n_subjects: int
    n_incomplete: int
    warnings: tuple[Sentence, ...]
    model: LinearModel

    def contrast(self, level: str) -> TermEstimate:
        """The contrast of the group called ``level``; KeyError where there is none."""
        for contrast in self.contrasts:
            if f"[{level}] - " in contrast.term:
                return contrast
        raise KeyError(level)


def fit_ancova(
    score: Sequence[float],
    baseline: Sequence[float],
    group: Sequence[str],
    *,
    reference: str | None = None,
    covariates: Mapping[str, Sequence[object]] | None = None,
    interaction: bool = False,
    cluster: Sequence[object] | None = None,
    weights: Sequence[float] | None = None,
    variance: VarianceKind | None = None,
    names: tuple[str, str, str] = ("score", "baseline", "group"),
) -> Ancova:
    """Compare ``score`` between groups, adjusted for ``baseline`` and ``covariates`` (a category where they are text).

    ``reference``: the group that the others are compared with (default: first in sorted order); ``names``: what score,
    baseline and group are called in the terms.
    """
    covariates = covariates or {}
    kept, n_incomplete = complete_rows(names, score, baseline, group, covariates)
    levels = group_levels([str(group[row]) for row in kept], reference)
    y, before = numbers_of(names[0], score, kept), numbers_of(names[1], baseline, kept)
    mean = float(before.mean())
    assigned = category_factor(names[2], [str(group[row]) for row in kept], levels)
    numbers = Factor((names[1],), (before - (mean if interaction else 0.0))[:, None], np.zeros(1))
    numbers = replace(numbers, typical=numbers.columns.mean(axis=0))
    factors = [Factor(("Intercept",), np.ones((y.size, 1)), np.ones(1)), numbers, assigned]
    factors += [covariate_factor(name, values, kept) for name, values in covariates.items()]
    formula = f"{names[0]} ~ {' + '.join([names[1], names[2], *covariates])}"
    if interaction:
        factors.append(interaction_factor(numbers, assigned))
        formula += f" + {names[1]}:{names[2]}"
    clusters = None if cluster is None else cluster_codes(cluster, np.asarray(kept)).tolist()
    variance, warnings = _variance(variance, clusters)
    model = fit_linear_model(
        y,
        np.hstack([factor.columns for factor in factors]),
        [term for factor in factors for term in factor.terms],
        weights=None if weights is None else [weights[row] for row in kept],
        cluster=clusters,
        variance=variance,
    )
    if n_incomplete:
        warnings = (*warnings, _incomplete_warning(n_incomplete))
    means, contrasts = _compare(model, factors, names[2], levels)
    shared = np.eye(len(model.terms))[-(len(levels) - 1) :]
    return Ancova(
        formula,
        model.terms,
        means,
        contrasts,
        model.wald_test(shared) if interaction else None,
        mean,
        y.size,
        n_incomplete,
        (*warnings, *model.warnings),
        model,
    )


def dunnett_p_values(ancova: Ancova, generator: np.random.Generator) -> tuple[float, ...]:
    """p values of the contrasts that allow for there being several, in their order; ``generator`` for the integration."""
    from scipy.stats import multivariate_t  # noqa: PLC0415 - scipy only where a number is worked out

    rows = _contrast_rows(ancova)
    if len(rows) == 1:
        return (_known_p(ancova.contrasts[0]),)
    covariance = rows @ ancova.model.covariance @ rows.T
    scale = np.sqrt(np.diag(covariance))
    df = min(contrast.df or 0.0 for contrast in ancova.contrasts)
    values = []
    for contrast in ancova.contrasts:
        _known_p(contrast)
        limit = np.full(len(rows), abs(contrast.estimate) / contrast.std_error)
        inside = multivariate_t.cdf(
            limit,
            shape=covariance / np.outer(scale, scale),
            df=df,  # type: ignore[arg-type] # the stub says int; any positive number is right
            lower_limit=-limit,
            maxpts=INTEGRATION_POINTS,
            random_state=generator,
        )
        values.append(min(1.0, max(0.0, 1.0 - float(inside))))
    return tuple(values)


def _known_p(contrast: TermEstimate) -> float:
    if contrast.p_value is None:
        raise EstimateError(
            Sentence(
                "%(term)s has too few degrees of freedom for a p value. Answers from more clusters would help.",
                term=contrast.term,
            )
        )
    return contrast.p_value


def _contrast_rows(ancova: Ancova) -> Matrix:
    names = [term.term for term in ancova.terms]
    wanted = [contrast.term.split(" - ", maxsplit=1)[0] for contrast in ancova.contrasts]
    rows: Matrix = np.array([[float(name == term) for name in names] for term in wanted])
    return rows


def _compare(
    model: LinearModel, factors: list[Factor], name: str, levels: tuple[str, ...]
) -> tuple[tuple[TermEstimate, ...], tuple[TermEstimate, ...]]:
    """Adjusted means of all groups, and the differences of the others from the first. ``factors[2]`` is the group."""
    rows = []
    for index in range(len(levels)):
        member = np.array([float(index == other) for other in range(1, len(levels))])
        typical = [factor.typical for factor in factors]
        typical[2] = member
        # the baseline is centred where there is an interaction: at its mean the product is zero
        rows.append(np.concatenate(typical))
    labels = [f"{name}[{level}]" for level in levels]
    means = tuple(replace(model.estimate(row, label), p_value=None) for row, label in zip(rows, labels, strict=True))
    contrasts = tuple(
        model.estimate(row - rows[0], f"{label} - {labels[0]}") for row, label in zip(rows[1:], labels[1:], strict=True)
    )
    return means, contrasts


def _variance(
    variance: VarianceKind | None, cluster: list[int] | None
) -> tuple[VarianceKind | None, tuple[Sentence, ...]]:
    """CR2 whatever was asked for under 40 clusters."""
    if cluster is None or variance in (None, "CR2") or not str(variance).startswith("CR"):
        return variance, ()
    if len(set(cluster)) >= FEW_CLUSTERS:
        return variance, ()
    return "CR2", (
        Sentence(
            "Under %(least)s clusters only CR2 holds, so it is used in place of %(name)s.",
            least=FEW_CLUSTERS,
            name=variance,
        ),
    )


def _incomplete_warning(count: int) -> Sentence:
    return Sentence(
        "%(count)s people without a later score, a baseline score or a background value aren't in the comparison. It holds"
        " for everyone only if they are like those who are, at the same baseline and background.",
        count=count,
    )
