"""Fitting the linear mixed model: the way from rows to a named result. Method and checks: the package's head."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.analysis.few_degrees import no_interval_warning
from outcomes.analysis.mixed_model.inference import DegreesOfFreedom, uncertainty
from outcomes.analysis.mixed_model.likelihood import evaluate
from outcomes.analysis.mixed_model.optimise import Optimum, coordinates_of, maximise, too_few_people
from outcomes.analysis.mixed_model.results import FittedState, LinearMixedModel, VarianceComponents, contrast
from outcomes.analysis.mixed_model.rows import read_rows
from outcomes.analysis.mixed_model.statistics import (
    CitizenDesign,
    PersonStatistics,
    column_means,
    statistics_of_columns,
    statistics_of_design,
)
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mixed_model.marginal import ReferenceGrid
    from outcomes.analysis.mixed_model.rows import Matrix, Vector


FEW_OUTER = 5
"""Fewer outer units than this are named: their variance rests on three differences or fewer."""


class RandomEffects(StrEnum):
    """What varies between persons: the level, or the level and the slope over time."""

    INTERCEPT = "intercept"
    SLOPE = "slope"


def fit_linear_mixed_model(
    response: Any,
    columns: Matrix,
    terms: tuple[str, ...],
    subject: Any,
    time: Any = None,
    *,
    random: RandomEffects | str = RandomEffects.INTERCEPT,
    outer: Any = None,
    reml: bool = True,
    df: DegreesOfFreedom | str = DegreesOfFreedom.SATTERTHWAITE,
    grid: ReferenceGrid | None = None,
) -> LinearMixedModel:
    """Fit to rows: fixed ``columns`` (rows x terms, the intercept among them) called ``terms``; ``subject`` and, where
    given, ``outer`` are labels per row; ``time`` is needed for slopes. ``grid``: which columns are categories' and
    which are products of others; marginal means need it."""
    random, method = RandomEffects(random), DegreesOfFreedom(df)
    columns = np.asarray(columns, dtype=np.float64)
    _check_lengths(response, columns, terms, subject, time, outer)
    rows = read_rows(response, subject, time, outer, slope=random is RandomEffects.SLOPE)
    _check_terms(rows.labels.size, rows.response.size, terms)
    statistics = statistics_of_columns(rows, columns, tuple(terms))
    return fit_statistics(statistics, tuple(terms), columns.mean(axis=0), reml=reml, df=method, grid=grid)


def fit_citizen_design(
    response: Any,
    design: CitizenDesign,
    terms: tuple[str, ...],
    subject: Any,
    time: Any = None,
    *,
    random: RandomEffects | str = RandomEffects.INTERCEPT,
    outer: Any = None,
    reml: bool = True,
    df: DegreesOfFreedom | str = DegreesOfFreedom.SATTERTHWAITE,
    grid: ReferenceGrid | None = None,
) -> LinearMixedModel:
    """The same fit where columns are citizens' rows times functions of time: no column is ever written out, so that a
    country with many interventions fits in little memory and time."""
    rows = read_rows(response, subject, time, outer, slope=RandomEffects(random) is RandomEffects.SLOPE)
    _check_terms(rows.labels.size, rows.response.size, terms)
    statistics = statistics_of_design(rows, design, tuple(terms))
    means = column_means(statistics, design)
    return fit_statistics(statistics, tuple(terms), means, reml=reml, df=DegreesOfFreedom(df), grid=grid)


def fit_statistics(
    statistics: PersonStatistics,
    terms: tuple[str, ...],
    column_means: Vector,
    *,
    reml: bool = True,
    df: DegreesOfFreedom = DegreesOfFreedom.SATTERTHWAITE,
    grid: ReferenceGrid | None = None,
) -> LinearMixedModel:
    """Fit to what :mod:`statistics` made of the rows."""
    if df is DegreesOfFreedom.KENWARD_ROGER and not reml:
        raise EstimateError(Sentence("Kenward-Roger's method belongs to REML. Fit by REML, or choose Satterthwaite."))
    alone = one_answer_each(statistics)
    optimum = _without_persons(statistics, reml=reml) if alone else maximise(statistics, reml=reml)
    state = FittedState(statistics, optimum, uncertainty(optimum, statistics.n_rows, df), column_means, grid)
    size = len(terms)
    scaling, profile = statistics.scaling, optimum.profile
    log_likelihood = -0.5 * profile.deviance - profile.size * math.log(scaling.response_scale)
    if reml:
        log_likelihood += scaling.log_back
    found = tuple(contrast(state, row, term) for row, term in zip(np.eye(size), terms, strict=True))
    return LinearMixedModel(
        terms=found,
        variance=variance_components(statistics, optimum),
        log_likelihood=log_likelihood,
        reml=reml,
        df_method=df,
        singular=optimum.singular and not alone,
        n_subjects=statistics.n_persons,
        n_observations=statistics.n_rows,
        n_outer=statistics.n_outer,
        n_parameters=size + (0 if alone else profile.gamma.size) + 1,
        warnings=(*_warnings(statistics, optimum), *no_interval_warning(found)),
        state=state,
    )


def variance_components(statistics: PersonStatistics, optimum: Optimum) -> VarianceComponents:
    """Variances in original units of response and time."""
    scaling, gamma = statistics.scaling, optimum.profile.gamma
    residual = optimum.profile.residual * scaling.response_scale**2
    outer = None if statistics.outer_labels is None else float(gamma[-1]) * residual
    if statistics.random_terms == 1:
        between = None if one_answer_each(statistics) else float(gamma[0]) * residual
        return VarianceComponents(between, None, None, None, outer, residual)
    at = scaling.time_centre / scaling.time_scale
    g11, g12, g22 = (float(value) for value in gamma[:3])
    intercept = max(g11 - 2 * at * g12 + at**2 * g22, 0.0) * residual
    slope = g22 * residual / scaling.time_scale**2
    covariance = (g12 - at * g22) * residual / scaling.time_scale
    product = intercept * slope
    correlation = min(1.0, max(-1.0, covariance / math.sqrt(product))) if product > 0 else None
    return VarianceComponents(intercept, slope, covariance, correlation, outer, residual)


def _without_persons(statistics: PersonStatistics, *, reml: bool) -> Optimum:
    """One answer each: variation between and within persons is one and the same."""
    zero = np.zeros(1)
    profile = evaluate(statistics, zero, reml=reml, second=True)
    return Optimum(profile, coordinates_of(statistics), zero, np.zeros(1, dtype=np.bool_), 1)


def one_answer_each(statistics: PersonStatistics) -> bool:
    """Is variation between and within people one and the same, so that the fit is a plain regression?"""
    return statistics.random_terms == 1 and statistics.outer_labels is None and not bool((statistics.n > 1).any())


def _warnings(statistics: PersonStatistics, optimum: Optimum) -> tuple[Sentence, ...]:
    if one_answer_each(statistics):
        return (
            Sentence(
                "Everybody has one later answer only, so differences between people and within a person can't be told"
                " apart: the fit is an analysis of covariance."
            ),
        )
    gamma, warnings = optimum.profile.gamma, []
    if gamma[0] == 0.0 and (statistics.random_terms == 1 or gamma[2] == 0.0):
        warnings.append(
            Sentence(
                "The variation between people was estimated at zero: a person's answers were no more alike than those"
                " of different people."
            )
        )
    elif statistics.random_terms == 2 and not optimum.free[2]:
        warnings.append(
            Sentence(
                "People's levels and slopes were estimated to follow each other exactly: the answers can't tell a variation"
                " of their own for both."
            )
        )
    if statistics.outer_labels is not None and gamma[-1] == 0.0:
        warnings.append(
            Sentence(
                "The variation between the units of the outer level was estimated at zero: none was seen beyond that"
                " between people."
            )
        )
    if statistics.outer_labels is not None and statistics.n_outer < FEW_OUTER:
        warnings.append(
            Sentence(
                "The outer level has %(units)s units, so how much units differ is hardly known. What is estimated across"
                " them is uncertain; more units would help.",
                units=statistics.n_outer,
            )
        )
    return tuple(warnings)


def _check_lengths(response: Any, columns: Matrix, terms: tuple[str, ...], subject: Any, time: Any, outer: Any) -> None:
    size = np.shape(response)[0] if np.ndim(response) == 1 else -1
    given = [values for values in (subject, time, outer) if values is not None]
    if columns.shape != (size, len(terms)) or any(np.shape(values) != (size,) for values in given):
        raise EstimateError(
            Sentence("The model needs as many values in every column as there are answers, and a name for each column.")
        )


def _check_terms(persons: int, answers: int, terms: tuple[str, ...]) -> None:
    """Every column with a name of its own, and more answers than columns. People: :func:`check_identified`."""
    twice = [name for number, name in enumerate(terms) if name in terms[:number]]
    if twice:
        raise EstimateError(
            Sentence("Two columns or terms of the model are called %(name)s. Give one another name.", name=twice[0])
        )
    if answers <= len(terms):
        raise too_few_people(persons, len(terms))
