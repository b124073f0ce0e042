"""Which form of covariance the answers can carry: the first choice, or the next simpler one.

Question: is there enough to tell every variance and covariance of a form apart?
Formula: a form is tried where its pairs of occasions have two people or more with both, and kept where the likelihood has a
top with a positive definite second derivative; unstructured, then heterogeneous Toeplitz, then heterogeneous
compound symmetry. Where answers are missing, unstructured is the automatic choice only with twice as many people at
every pair of occasions as there are occasions: with fewer the likelihood often has a higher top far away, where scores of
some occasions are all but copies of each other (docs/methods/mmrm.md has the measured shares). Asked for by name it is
fitted with a warning.
Assumptions: a simpler form is nearer the truth than no answer; the result names it, so that readers can judge.
Units: none. Missing data: occasions that hardly anybody has both of are what makes a form impossible.
Errors: :class:`~outcomes.errors.EstimateError` where no form is left, or the form isn't known.
Source: Mallinckrodt et al. 2008, doi:10.1177/009286150804200402 (an order of covariances, stated beforehand).
Checked: tests/unit/analysis/test_mmrm.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.mmrm.covariance import Covariance, CovarianceForm, make_covariance
from outcomes.analysis.mmrm.optimise import NoTop, Top, find_top
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.mmrm.design import MmrmDesign, Vector
    from outcomes.analysis.mmrm.working import WorkingSums

PEOPLE_PER_OCCASION = 2
"""So many people at every pair of occasions, for each occasion, before unstructured is chosen unasked."""

FORM_NAMES = {
    CovarianceForm.UNSTRUCTURED: Sentence("unstructured"),
    CovarianceForm.TOEPLITZ: Sentence("heterogeneous Toeplitz"),
    CovarianceForm.HETEROGENEOUS: Sentence("heterogeneous compound symmetry"),
    CovarianceForm.COMPOUND_SYMMETRY: Sentence("compound symmetry"),
    CovarianceForm.RANDOM_INTERCEPT: Sentence("random intercept"),
    CovarianceForm.RANDOM_SLOPE: Sentence("random slope"),
}


def first_that_fits(
    working: WorkingSums,
    forms: tuple[CovarianceForm, ...],
    occasions: tuple[str, ...],
    design: MmrmDesign,
    *,
    reml: bool,
) -> tuple[CovarianceForm, Top, tuple[Sentence, ...]]:
    reasons: list[Sentence] = []
    for form in forms:
        covariance = make_covariance(form, _times(form, occasions, design))
        thin = _thin_pair(working, occasions) if form is CovarianceForm.UNSTRUCTURED else None
        try:
            _check_support(working, covariance, occasions, thin if len(forms) > 1 else None)
            top = find_top(working, covariance, reml=reml)
        except NoTop as fault:
            reasons.append(fault.reason)
        else:
            warnings = [_stepped_down(*pair) for pair in zip(forms, reasons, strict=False)]
            return form, top, (*warnings, *(() if thin is None else (_rests_on_few(thin),)))
    raise EstimateError(
        Sentence(
            "The model couldn't be fitted with a covariance of the form %(form)s: %(reason)s. More people with answers at the"
            " same occasions, fewer occasions or a simpler form would make it possible.",
            form=FORM_NAMES[forms[-1]],
            reason=reasons[-1],
        )
    )


def _stepped_down(form: CovarianceForm, reason: Sentence) -> Sentence:
    return Sentence(
        "The %(form)s covariance couldn't be fitted (%(reason)s); a simpler one was used.",
        form=FORM_NAMES[form],
        reason=reason,
    )


def _rests_on_few(reason: Sentence) -> Sentence:
    return Sentence(
        "The unstructured covariance rests on few people (%(reason)s); another one, far from this, may be as likely.",
        reason=reason,
    )


def _thin_pair(working: WorkingSums, occasions: tuple[str, ...]) -> Sentence | None:
    """The pair of occasions with fewest people, where they are too few for unstructured to be chosen unasked."""
    together = (working.answered.T * working.n) @ working.answered
    fewest, least = int(together.min()), PEOPLE_PER_OCCASION * len(occasions)
    if working.answered.all() or fewest >= least:
        return None
    first, second = sorted(int(number) for number in np.unravel_index(together.argmin(), together.shape))
    return Sentence(
        "%(people)s people have answers both at %(first)s and at %(second)s, and it takes %(least)s",
        people=fewest,
        first=occasions[first],
        second=occasions[second],
        least=least,
    )


def _check_support(
    working: WorkingSums, covariance: Covariance, occasions: tuple[str, ...], thin: Sentence | None
) -> None:
    together = (working.answered.T * working.n) @ working.answered
    lacking = covariance.lacking(together)
    if lacking is not None:
        first, second = sorted(lacking)
        raise NoTop(
            Sentence(
                "fewer than two people have answers both at %(first)s and at %(second)s",
                first=occasions[first],
                second=occasions[second],
            )
        )
    if thin is not None:
        raise NoTop(thin)


def _times(form: CovarianceForm, occasions: tuple[str, ...], design: MmrmDesign) -> Vector:
    """When the occasions are, in a unit that makes the furthest from zero 1 (the form is the same in any unit)."""
    if form is not CovarianceForm.RANDOM_SLOPE:
        return np.zeros(len(occasions))
    times = design.time_values(occasions)
    scaled: Vector = times / np.abs(times).max()
    return scaled


def read_form(covariance: CovarianceForm | str) -> CovarianceForm:
    try:
        return CovarianceForm(covariance)
    except ValueError:
        raise EstimateError(
            Sentence(
                "There is no form of covariance called %(form)s. Use one of: %(known)s.",
                form=covariance,
                known=", ".join(form.value for form in CovarianceForm),
            )
        ) from None
