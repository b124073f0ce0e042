"""Change from the start to each later occasion by a model of all occasions, where nobody is compared.

Question: how far had the mean score moved at each occasion, had everybody answered every time?
Estimand: mean score at the occasion minus mean score at the start among all who answered once or more, whatever was stopped
or changed later. A description: it doesn't say why.
Formula: a model of planned occasions (:mod:`outcomes.analysis.mmrm`) with a mean per occasion and nothing else; the change
is a coefficient of it. Degrees of freedom by Kenward-Roger under 100 people, Satterthwaite from there, and the normal
distribution over 1,000. Standard errors allow for means and covariance being estimated together, which matters where those
who fare badly stop answering.
Assumptions: whether an answer is missing depends on what the person had answered before (missing at random); those who
answered both times can differ from the others, which is why change among them alone isn't the main number.
Units: points; the sign is that of the raw score, whatever direction is better.
Missing data: everybody with one answer or more counts with the answers they gave.
Errors: none raised; under 30 people with an answer, under 10 at an occasion, or where no model settles, it is withheld with
the reason.
Source: Mallinckrodt et al. 2008, doi:10.1177/009286150804200402; Kenward & Molenberghs 1998, doi:10.1214/ss/1028905886.
Checked: tests/reference/mmrm, tests/unit/analysis/test_modelled_change.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.analysis.disclosure import may_show_estimate, may_show_model, too_few_for_estimate, too_few_for_model
from outcomes.analysis.results import ModelledChange, ModelledOccasion, Withheld, WithheldReason
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.analysis.pattern_sums import LongitudinalSums, Matrix

FEW, MANY = 100, 1000


def model_change(scores: Matrix, occasions: Sequence[str]) -> ModelledChange | Withheld:
    """Change by people's ``scores`` (people x occasions, points, NaN where not answered), the start first."""
    from outcomes.analysis.pattern_sums import sum_patterns  # noqa: PLC0415 - only where a model is fitted

    answered = ~np.isnan(scores)
    people = answered.any(axis=1)
    if not may_show_model(int(people.sum())):
        return too_few_for_model()
    kept = [number for number, n in enumerate(answered.sum(axis=0)) if may_show_estimate(int(n))]
    if 0 not in kept or len(kept) < 2:
        return too_few_for_estimate()
    chosen = scores[:, kept]
    sums = sum_patterns(
        chosen, np.ones((len(chosen), 1)), occasions=[occasions[number] for number in kept], names=("Intercept",)
    )
    return change_from_sums(sums, occasions)


def change_from_sums(sums: LongitudinalSums, occasions: Sequence[str] | None = None) -> ModelledChange | Withheld:
    """The same from stored sums, so that no score is read again; ``occasions`` without sums are withheld."""
    from outcomes.analysis.mmrm import DfMethod, MmrmDesign, fit_mmrm  # noqa: PLC0415 - only where a model is fitted

    if not may_show_model(sums.n_subjects):
        return too_few_for_model()
    people = sums.n_subjects
    df = DfMethod.KENWARD_ROGER if people < FEW else DfMethod.SATTERTHWAITE if people <= MANY else DfMethod.NORMAL
    try:
        fit = fit_mmrm(sums, MmrmDesign(time="occasion"), df=df, jointly=True)
    except EstimateError as error:
        return Withheld(WithheldReason.NOT_POSSIBLE, error.sentence)
    counts = dict.fromkeys(sums.occasions, 0)
    for pattern in sums.patterns:
        for number in pattern.observed:
            counts[sums.occasions[number]] += pattern.n
    later = (occasions or sums.occasions)[1:]
    found = tuple(
        ModelledOccasion(
            occasion,
            counts.get(occasion, 0),
            fit.term(f"occasion[{occasion}]") if may_show_estimate(counts.get(occasion, 0)) else too_few_for_estimate(),
        )
        for occasion in later
    )
    return ModelledChange(
        found, people, sums.n_observations, fit.covariance.value, df.value, fit.log_likelihood, fit.warnings
    )
