"""Reliable change by other formulas than the usual one, and from a person's slope: a look at how far the answer depends.

Question: would the same people be called reliably better or worse if regression to the mean, the group's average course
or errors that differ between the two times were taken into account?
Formula: RCI = (numerator) / (standard error), M1, s1 and M2, s2 the means and standard deviations before and after, r the
reliability before, SEM = s1 sqrt(1 - r), expected = r x1 + (1 - r) M1:
Jacobson-Truax (x2 - x1) / (sqrt(2) SEM);
Edwards-Nunnally (x2 - expected) / SEM;
Gulliksen-Lord-Novick (x2 - expected) / (s1 sqrt(1 - r^2));
Hsu-Linn-Lord (x2 - M2 - r (x1 - M1)) / (s1 sqrt(1 - r^2)), against the group's own average course;
Nunnally-Kotsch (x2 - expected) / (s1 sqrt(r^2 (1 - r) + 1 - r2)), r2 the reliability after;
Hageman-Arrindell ((x2 - x1) r_dd + (M2 - M1)(1 - r_dd)) / (sqrt(2 r_dd) SEM), with the reliability of the differences
r_dd = (s1^2 r + s2^2 r2 - 2 s1 s2 r12) / (s1^2 + s2^2 - 2 s1 s2 r12), r2 = 1 - SEM^2 / s2^2.
Reliable beyond 1.96; for Hageman-Arrindell, who test one way, beyond 1.65.
From three answers or more: a person's predicted slope divided by its conditional standard deviation (mixed model); a
predicted deviation asks against the average course, a whole predicted slope against standing still.
Assumptions: errors independent, normal, equally large along the scale; the group's means are those of these people.
Units: points; RCI in standard errors. The sign is that of the raw change.
Missing data: without both scores (or with fewer than three answers, for slopes) "not compared".
Errors: :class:`~outcomes.errors.EstimateError` for numbers that aren't possible, and where scores before and after hang
together more closely than their reliability allows.
Source: Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12; Speer 1992, doi:10.1037/0022-006X.60.3.402; Hsu 1989,
Behavioral Assessment 11, 459-467; Hageman & Arrindell 1999, doi:10.1016/S0005-7967(99)00032-7.
Checked: tests/reference/reliable_change (40 patients, R's clinicalsignificance and lme4, 1e-10).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from outcomes.analysis.reliable_change import CRITICAL, ChangeCategory
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.plan import Direction

CRITICAL_ONE_WAY = 1.65
LEAST_ANSWERS_FOR_SLOPE = 3


class ReliableChangeFormula(StrEnum):
    """Which formula tells a change from error."""

    JACOBSON_TRUAX = "jacobson-truax"
    EDWARDS_NUNNALLY = "edwards-nunnally"
    GULLIKSEN_LORD_NOVICK = "gulliksen-lord-novick"
    HSU_LINN_LORD = "hsu-linn-lord"
    NUNNALLY_KOTSCH = "nunnally-kotsch"
    HAGEMAN_ARRINDELL = "hageman-arrindell"


@dataclass(frozen=True, slots=True)
class ChangeNorms:
    """What is known of the measure in this group: means and standard deviations in points, reliabilities 0 to under 1.

    The values after, ``correlation`` (-1 to 1, of the two scores) and ``reliability_after`` are None where the formula
    asked for doesn't need them; ``reliability_after`` is then taken to be ``reliability`` (Nunnally-Kotsch).
    """

    mean_before: float
    sd_before: float
    reliability: float
    mean_after: float | None = None
    sd_after: float | None = None
    correlation: float | None = None
    reliability_after: float | None = None

    @property
    def standard_error_of_measurement(self) -> float:
        """SEM in points."""
        return self.sd_before * math.sqrt(1.0 - self.reliability)


@dataclass(frozen=True, slots=True)
class ReliableChangeIndex:
    """One formula for one group: RCI = (weight_after x2 - weight_before x1 + constant) / std_error.

    ``std_error`` and ``constant`` in points; ``critical``: beyond it (either way) a change is reliable;
    ``reliability_of_change`` (0-1): of the differences, Hageman-Arrindell only.
    """

    formula: ReliableChangeFormula
    weight_before: float
    weight_after: float
    constant: float
    std_error: float
    critical: float
    reliability_of_change: float | None = None

    def rci(self, before: float, after: float) -> float:
        """The index of one person (standard errors), scores in points."""
        return (self.weight_after * after - self.weight_before * before + self.constant) / self.std_error


@dataclass(frozen=True, slots=True)
class PersonIndex:
    """One person (pseudonymous ``subject``): scores in points (None: not answered), ``rci`` in standard errors."""

    subject: str
    before: float | None
    after: float | None
    rci: float | None
    category: ChangeCategory


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """The persons of a group by one formula (``index`` None: by slopes)."""

    index: ReliableChangeIndex | None
    persons: tuple[PersonIndex, ...]

    def count(self, category: ChangeCategory) -> int:
        """How many persons are in ``category``."""
        return sum(person.category is category for person in self.persons)


def norms_from_scores(
    before: Sequence[float | None],
    after: Sequence[float | None],
    *,
    reliability: float,
    reliability_after: float | None = None,
) -> ChangeNorms:
    """Means, standard deviations and correlation of those with both scores (points)."""
    pairs = [(x, y) for x, y in zip(before, after, strict=True) if x is not None and y is not None]
    if len(pairs) < 3:
        raise EstimateError(Sentence("Reliable change from a group's own numbers needs both scores of three people."))
    _require_finite([score for pair in pairs for score in pair])
    n = len(pairs)
    mean_before, mean_after = math.fsum(x for x, _ in pairs) / n, math.fsum(y for _, y in pairs) / n
    squares_before = math.fsum((x - mean_before) ** 2 for x, _ in pairs)
    squares_after = math.fsum((y - mean_after) ** 2 for _, y in pairs)
    if squares_before == 0.0 or squares_after == 0.0:
        raise EstimateError(Sentence("All have the same score, so no error of a change can be worked out from them."))
    products = math.fsum((x - mean_before) * (y - mean_after) for x, y in pairs)
    correlation = products / math.sqrt(squares_before) / math.sqrt(squares_after)
    sd_before, sd_after = math.sqrt(squares_before / (n - 1)), math.sqrt(squares_after / (n - 1))
    return ChangeNorms(mean_before, sd_before, reliability, mean_after, sd_after, correlation, reliability_after)


def reliable_change_index(norms: ChangeNorms, formula: ReliableChangeFormula) -> ReliableChangeIndex:
    """The index of a group by ``formula``."""
    _require_norms(norms)
    r, sem, sd = norms.reliability, norms.standard_error_of_measurement, norms.sd_before
    regressed = (r, 1.0, -(1.0 - r) * norms.mean_before)
    match formula:
        case ReliableChangeFormula.JACOBSON_TRUAX:
            return ReliableChangeIndex(formula, 1.0, 1.0, 0.0, math.sqrt(2.0) * sem, CRITICAL)
        case ReliableChangeFormula.EDWARDS_NUNNALLY:
            return ReliableChangeIndex(formula, *regressed, sem, CRITICAL)
        case ReliableChangeFormula.GULLIKSEN_LORD_NOVICK:
            return ReliableChangeIndex(formula, *regressed, sd * math.sqrt(1.0 - r * r), CRITICAL)
        case ReliableChangeFormula.HSU_LINN_LORD:
            constant = r * norms.mean_before - _needed(norms.mean_after)
            return ReliableChangeIndex(formula, r, 1.0, constant, sd * math.sqrt(1.0 - r * r), CRITICAL)
        case ReliableChangeFormula.NUNNALLY_KOTSCH:
            after = r if norms.reliability_after is None else norms.reliability_after
            std_error = sd * math.sqrt(r * r * (1.0 - r) + 1.0 - after)
            return ReliableChangeIndex(formula, *regressed, std_error, CRITICAL)
        case ReliableChangeFormula.HAGEMAN_ARRINDELL:
            return _hageman_arrindell(norms)


def judge_changes(
    subjects: Sequence[str],
    before: Sequence[float | None],
    after: Sequence[float | None],
    *,
    index: ReliableChangeIndex,
    direction: Direction,
) -> ReliableChange:
    """Each person's index and category; ``before`` and ``after`` in points, None where not answered."""
    persons = []
    for subject, x, y in zip(subjects, before, after, strict=True):
        if x is None or y is None:
            persons.append(PersonIndex(subject, x, y, None, ChangeCategory.NOT_COMPARED))
            continue
        _require_finite((x, y))
        rci = index.rci(x, y)
        persons.append(PersonIndex(subject, x, y, rci, categorise_index(rci, index.critical, direction)))
    return ReliableChange(index, tuple(persons))


def judge_slopes(
    subjects: Sequence[str],
    slopes: Sequence[float],
    standard_deviations: Sequence[float],
    answers: Sequence[int],
    *,
    direction: Direction,
) -> ReliableChange:
    """Each person's predicted slope (points per unit of time) against its conditional standard deviation.

    ``answers``: scores that each person gave; under three a slope isn't judged.
    """
    persons = []
    for subject, slope, spread, count in zip(subjects, slopes, standard_deviations, answers, strict=True):
        _require_finite((slope, spread))
        if count < LEAST_ANSWERS_FOR_SLOPE:
            persons.append(PersonIndex(subject, None, None, None, ChangeCategory.NOT_COMPARED))
            continue
        if spread <= 0.0:
            raise EstimateError(
                Sentence(
                    "A slope without uncertainty can't be judged. It needs a model in which people's slopes differ."
                )
            )
        rci = slope / spread
        persons.append(PersonIndex(subject, None, None, rci, categorise_index(rci, CRITICAL, direction)))
    return ReliableChange(None, tuple(persons))


def categorise_index(rci: float, critical: float, direction: Direction) -> ChangeCategory:
    """Better or worse where the index is beyond ``critical``, by the measure's direction."""
    # a scale's decimals aren't exact in binary, so a rounding error isn't "beyond"
    if abs(rci) <= critical * (1.0 + 1e-9):
        return ChangeCategory.UNCHANGED
    return ChangeCategory.BETTER if rci * direction.sign > 0 else ChangeCategory.WORSE


def reliability_at(sd: float, norms: ChangeNorms) -> float:
    """Reliability (0-1) where the spread is ``sd`` points and the error is as large as before: 1 - SEM^2 / sd^2."""
    reliability = 1.0 - norms.standard_error_of_measurement**2 / sd**2
    if reliability <= 0.0:
        raise EstimateError(
            Sentence(
                "The scores spread less than the measure's error alone would make them. Give a standard deviation and a"
                " reliability from the same kind of people."
            )
        )
    return reliability


def _hageman_arrindell(norms: ChangeNorms) -> ReliableChangeIndex:
    s1, s2, r12 = norms.sd_before, _needed(norms.sd_after), _needed(norms.correlation)
    shared = 2.0 * s1 * s2 * r12
    true = s1**2 * norms.reliability + s2**2 * reliability_at(s2, norms) - shared
    spread = s1**2 + s2**2 - shared
    if true <= 1e-12 * spread or spread <= 0.0:
        raise EstimateError(
            Sentence(
                "The scores before and after hang together more closely than the measure's reliability allows, so the"
                " formula of Hageman and Arrindell can't be used. Use another formula, or a reliability from this group."
            )
        )
    r_dd = true / spread
    constant = (_needed(norms.mean_after) - norms.mean_before) * (1.0 - r_dd)
    std_error = math.sqrt(2.0 * r_dd) * norms.standard_error_of_measurement
    formula = ReliableChangeFormula.HAGEMAN_ARRINDELL
    return ReliableChangeIndex(formula, r_dd, r_dd, constant, std_error, CRITICAL_ONE_WAY, r_dd)


def _needed(value: float | None) -> float:
    if value is None:
        raise EstimateError(
            Sentence("This formula needs the group's mean, spread and correlation after as well. Give both scores.")
        )
    return value


def _require_norms(norms: ChangeNorms) -> None:
    optional = (norms.mean_after, norms.sd_after, norms.correlation)
    _require_finite([norms.mean_before, *(value for value in optional if value is not None)])
    if not (math.isfinite(norms.sd_before) and norms.sd_before > 0.0):
        raise EstimateError(
            Sentence("Reliable change needs a standard deviation above 0. Give a published one in the analysis plan.")
        )
    for reliability in (norms.reliability, norms.reliability_after):
        if reliability is not None and not 0.0 <= reliability < 1.0:
            raise EstimateError(Sentence("Reliable change needs a reliability of at least 0 and under 1."))


def _require_finite(scores: Sequence[float]) -> None:
    if not all(math.isfinite(score) for score in scores):
        raise EstimateError(Sentence("A score isn't a finite number. Correct it or leave it out."))
