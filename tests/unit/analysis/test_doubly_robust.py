from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm

from outcomes.analysis.doubly_robust import estimate_aipw, estimate_g_computation

TERMS = ["one", "age"]


def people(n: int = 160) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(12)
    age = random.normal(0, 1, n)
    treated = (random.random(n) < 1 / (1 + np.exp(0.4 - 0.8 * age))).astype(float)
    return 2 + age + age**2 + 1.5 * treated + random.normal(0, 1, n), treated, np.column_stack([np.ones(n), age])


def test_aipw_among_the_treated_has_the_standard_error_of_its_influence() -> None:
    """Propensity by statsmodels, outcome by least squares of the others, influence values written out."""
    outcome, treated, matrix = people()
    chance = sm.Logit(treated, matrix).fit(disp=False, method="newton", tol=1e-14).predict()
    beta = np.linalg.lstsq(matrix[treated == 0], outcome[treated == 0], rcond=None)[0]
    left, share = outcome - matrix @ beta, treated.mean()
    values = (treated - (1 - treated) * chance / (1 - chance)) * left / share
    influence = values - treated * values.mean() / share
    found = estimate_aipw(outcome, treated, matrix, TERMS, estimand="att")
    n = outcome.size
    assert found.difference.estimate == pytest.approx(values.mean(), rel=1e-9)
    assert found.difference.std_error == pytest.approx(math.sqrt((influence**2).sum() / n / (n - 1)), rel=1e-9)
    of_treated = outcome[treated == 1]
    assert found.mean_treated.estimate == pytest.approx(of_treated.mean(), rel=1e-12)
    spread = ((of_treated - of_treated.mean()) ** 2).sum() / share**2
    assert found.mean_treated.std_error == pytest.approx(math.sqrt(spread / n / (n - 1)), rel=1e-9)
    # what the share of the treated adds, taken out of the mean without help as well
    terms = (treated * (matrix @ beta) + (1 - treated) * chance / (1 - chance) * left) / share
    rest = terms - treated * terms.mean() / share
    assert found.mean_control.estimate == pytest.approx(terms.mean(), rel=1e-9)
    assert found.mean_control.std_error == pytest.approx(math.sqrt((rest**2).sum() / n / (n - 1)), rel=1e-9)


@pytest.mark.parametrize("method", [estimate_aipw, estimate_g_computation])
def test_the_contrast_is_called_what_it_is(method) -> None:
    found = method(*people(), TERMS)
    assert (found.difference.term, found.mean_treated.term, found.mean_control.term) == (
        "treated",
        "treated[1]",
        "treated[0]",
    )
    assert method(*people(), TERMS, term="help").difference.term == "help"
