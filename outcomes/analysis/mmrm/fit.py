"""Fitting a model of planned occasions from sums per missingness pattern, and asking it for estimates."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.few_degrees import no_interval_warning, without_thin_interval
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.mmrm.covariance import FALL_BACK, CovarianceForm
from outcomes.analysis.mmrm.design import DesignTerm, Matrix, MmrmDesign, Vector
from outcomes.analysis.mmrm.fallback import first_that_fits, read_form
from outcomes.analysis.mmrm.inference import DfMethod, Uncertainty, model_uncertainty
from outcomes.analysis.mmrm.optimise import Top
from outcomes.analysis.mmrm.working import WorkingSums, check_terms, stack_sums
from outcomes.analysis.results import TermEstimate
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.analysis.pattern_sums import LongitudinalSums


@dataclass(frozen=True, slots=True)
class RandomEffects:
    """Variances between people of the intercept (points squared) and of the slope over time (points squared per unit of time
    squared), their covariance, and the variance within a person. No slope: None."""

    intercept: float
    slope: float | None
    covariance: float | None
    within: float


@dataclass(frozen=True, slots=True, eq=False)
class MmrmFit:
    """A fitted model of planned occasions.

    ``terms``: coefficients in points per unit of their column, with the uncertainty of ``method``. ``sigma``: K x K,
    variances and covariances of the scores at ``occasions`` (points squared). ``covariance``: the form that was used; the
    ``warnings`` name it where it isn't the first choice. ``log_likelihood``: restricted where ``reml``. ``n_parameters``:
    of the covariance. ``coefficients``: p, points; ``coefficient_covariance``: p x p, points squared. ``distance``: how many
    standard errors the covariance's parameters are from the top of the likelihood; ``steps``: taken to get there. The last
    five are what estimates are made of, not for showing.
    """

    terms: tuple[TermEstimate, ...]
    sigma: Matrix
    occasions: tuple[str, ...]
    columns: tuple[str, ...]
    design: MmrmDesign
    covariance: CovarianceForm
    method: str
    reml: bool
    log_likelihood: float
    n_subjects: int
    n_observations: int
    n_parameters: int
    coefficients: Vector
    distance: float
    steps: int
    warnings: tuple[Sentence, ...]
    design_terms: tuple[DesignTerm, ...]
    column_means: Vector
    working: WorkingSums
    top: Top
    uncertainty: Uncertainty

    @property
    def coefficient_covariance(self) -> Matrix:
        back = self.working.back
        matrix: Matrix = back @ self.uncertainty.covariance @ back.T
        return matrix

    @property
    def random_effects(self) -> RandomEffects | None:
        """Variances of a covariance made of random effects; None of the other forms."""
        theta = self.top.theta * self.working.spread**2
        if self.covariance is CovarianceForm.RANDOM_INTERCEPT:
            return RandomEffects(float(theta[0]), None, None, float(theta[1]))
        if self.covariance is CovarianceForm.RANDOM_SLOPE:
            unit = float(np.abs(self.design.time_values(self.occasions)).max())
            return RandomEffects(float(theta[0]), float(theta[2]) / unit**2, float(theta[1]) / unit, float(theta[3]))
        return None

    def term(self, name: str) -> TermEstimate:
        """The estimate of the term called ``name``; KeyError where the model has none."""
        for term in self.terms:
            if term.term == name:
                return term
        raise KeyError(name)

    def estimate(self, weights: Mapping[str, float] | Vector, term: str) -> TermEstimate:
        """A weighted sum of coefficients, called ``term``: weights by names of terms, or one per term in order."""
        if isinstance(weights, np.ndarray):
            vector = np.asarray(weights, dtype=np.float64)
        else:
            order = [design_term.name for design_term in self.design_terms]
            unknown = sorted(set(weights) - set(order))
            if unknown:
                raise EstimateError(
                    Sentence(
                        "The model has no term %(term)s. Its terms are: %(terms)s.",
                        term=unknown[0],
                        terms=", ".join(order),
                    )
                )
            vector = np.array([float(weights.get(name, 0.0)) for name in order])
        return self.estimates(vector[None], (term,))[0]

    def estimates(self, weights: Matrix, names: tuple[str, ...]) -> tuple[TermEstimate, ...]:
        """One estimate per row of ``weights`` (t x p)."""
        if not np.isfinite(weights).all() or not weights.any(axis=1).all():
            raise EstimateError(Sentence("A contrast needs finite weights that aren't all zero."))
        working = weights @ self.working.back
        return _estimates(weights @ self.coefficients, working, self.uncertainty, names)


def fit_mmrm(
    sums: LongitudinalSums,
    design: MmrmDesign,
    *,
    reml: bool = True,
    covariance: CovarianceForm | str | None = None,
    df: DfMethod | str = DfMethod.SATTERTHWAITE,
    jointly: bool = False,
) -> MmrmFit:
    """The model of ``design`` fitted to ``sums``.

    ``covariance`` None: unstructured, or the next simpler form that the answers can support, named in the warnings; a form
    asked for is fitted (with a warning where it rests on few) or refused. ``df``: see
    :class:`~outcomes.analysis.mmrm.inference.DfMethod`.
    """
    method, terms = _df_method(df), design.terms(sums.occasions, sums.columns)
    working = stack_sums(sums, terms)
    check_terms(working, terms)
    forms = FALL_BACK if covariance is None else (read_form(covariance),)
    form, top, warnings = first_that_fits(working, forms, sums.occasions, design, reml=reml)
    uncertainty = model_uncertainty(working, top, form, method, jointly=jointly)
    coefficients = working.back @ top.at.beta
    coefficients[0] += working.origin
    rows = working.answered.sum(axis=1)
    means = np.array([pattern.xx[0] for pattern in sums.patterns]).T @ rows / working.n_rows + sums.column_origins
    log_spread = math.log(working.spread)
    scale = -working.n_rows * log_spread + (working.n_terms * log_spread - working.log_size if reml else 0.0)
    fit = MmrmFit(
        terms=(),
        sigma=top.at.sigma * working.spread**2,
        occasions=sums.occasions,
        columns=sums.columns,
        design=design,
        covariance=form,
        method=method.value,
        reml=reml,
        log_likelihood=top.at.log_likelihood + scale,
        n_subjects=sums.n_subjects,
        n_observations=sums.n_observations,
        n_parameters=len(top.theta),
        coefficients=coefficients,
        distance=top.distance,
        steps=top.steps,
        warnings=warnings,
        design_terms=terms,
        column_means=means,
        working=working,
        top=top,
        uncertainty=uncertainty,
    )
    return with_uncertainty(fit, uncertainty, method.value)


def with_uncertainty(fit: MmrmFit, uncertainty: Uncertainty, method: str) -> MmrmFit:
    """The same fit with its terms' uncertainty made another way."""
    names = tuple(term.name for term in fit.design_terms)
    terms = _estimates(fit.coefficients, fit.working.back, uncertainty, names)
    warnings = (*fit.warnings, *no_interval_warning(terms))
    return replace(fit, terms=terms, uncertainty=uncertainty, method=method, warnings=warnings)


def _estimates(
    values: Vector, weights: Matrix, uncertainty: Uncertainty, names: tuple[str, ...]
) -> tuple[TermEstimate, ...]:
    variances = np.einsum("tp,pq,tq->t", weights, uncertainty.covariance, weights, optimize=True)
    if not (variances > 0).all():
        raise EstimateError(
            Sentence("An estimate has no uncertainty that can be worked out. More people would make it possible.")
        )
    errors, df = np.sqrt(variances), uncertainty.degrees_of_freedom(weights)
    if df is None:
        return tuple(normal_estimate(*parts) for parts in zip(names, values.tolist(), errors.tolist(), strict=True))
    if not (np.isfinite(df) & (df > 0)).all():
        raise EstimateError(Sentence("Degrees of freedom couldn't be worked out. More people would make it possible."))
    parts = zip(names, values.tolist(), errors.tolist(), df.tolist(), strict=True)
    found = tuple(t_estimate(*part) for part in parts)
    return tuple(without_thin_interval(one) for one in found) if uncertainty.robust else found


def _df_method(df: DfMethod | str) -> DfMethod:
    try:
        return DfMethod(df)
    except ValueError:
        raise EstimateError(
            Sentence(
                "There is no way to degrees of freedom called %(method)s. Use one of: %(known)s.",
                method=df,
                known=", ".join(method.value for method in DfMethod),
            )
        ) from None
