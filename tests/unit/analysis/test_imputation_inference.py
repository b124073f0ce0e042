from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outcomes.analysis import imputation_inference
from outcomes.analysis.imputation_inference import Comparison, compare_by_draws, compare_by_jackknife
from outcomes.analysis.imputation_model import ImputationStrategy, TrialScores, make_trial_scores
from outcomes.analysis.mmrm import CovarianceForm
from outcomes.errors import EstimateError

EVERY = tuple(ImputationStrategy)


def trial(n: int = 60) -> TrialScores:
    random = np.random.default_rng(8)
    arm = np.arange(n) % 2 == 0
    scores = random.normal(50, 8, (n, 1)) + random.normal(0, 5, (n, 3)) + np.outer(arm, [1.0, 2.0, 4.0])
    scores[random.random(n) < 0.3, 2] = np.nan
    return make_trial_scores(scores, arm, None, occasions=("m2", "m4", "m6"))


def ask(**changes) -> Comparison:
    return replace(Comparison(trial(), EVERY, 2, (), True, CovarianceForm.UNSTRUCTURED), **changes)


def test_the_form_asked_for_is_the_form_fitted() -> None:
    """Compound symmetry has one variance and one covariance, in every model that is fitted."""
    found = ask(form=CovarianceForm.COMPOUND_SYMMETRY).fit().intervention.sigma
    assert np.ptp(np.diag(found)) == pytest.approx(0, abs=1e-9)
    assert found[0, 1] == pytest.approx(found[1, 2], rel=1e-9)
    assert np.ptp(np.diag(ask().fit().intervention.sigma)) > 1
    free, equal = (
        compare_by_jackknife(ask(form=form))[0].difference.std_error
        for form in (CovarianceForm.UNSTRUCTURED, CovarianceForm.COMPOUND_SYMMETRY)
    )
    assert free != pytest.approx(equal, rel=1e-4)


def test_every_draw_has_a_model_of_a_sample_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = []
    fit = imputation_inference.fit_imputation_model

    def watched(*given):
        fitted.append(fit(*given))
        return fitted[-1]

    monkeypatch.setattr(imputation_inference, "fit_imputation_model", watched)
    found = compare_by_draws(ask(), 12, np.random.default_rng(2))
    variances = [float(model.intervention.sigma[0, 0]) for model in fitted]
    assert len(set(variances)) == len(variances) == 12
    own = float(fit(*_arguments()).intervention.sigma[0, 0])
    assert own not in variances
    assert [one.strategy for one in found] == list(EVERY)


def _arguments():
    comparison = ask()
    return imputation_inference.sum_trial(comparison.trial), comparison.trial.constant, comparison.form


def test_why_samples_cannot_be_fitted_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given):
        raise EstimateError(imputation_inference.Sentence("It is too thin."))

    monkeypatch.setattr(imputation_inference, "fit_imputation_model", refuse)
    with pytest.raises(EstimateError, match=r"can't be fitted: It is too thin\."):
        compare_by_draws(ask(), 2, np.random.default_rng(2))
