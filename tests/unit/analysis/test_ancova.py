"""Baseline-adjusted comparison: properties, awkward data, and every refusal."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from outcomes.analysis.ancova import Ancova, dunnett_p_values, fit_ancova
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from outcomes.analysis.results import TermEstimate


def people(n: int = 60, seed: int = 5) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    before = random.normal(50, 10, n)
    group = [["new", "old", "usual"][row % 3] for row in range(n)]
    after = 20 + 0.6 * before + np.array([{"new": 5.0, "old": 1.0, "usual": 0.0}[label] for label in group])
    return {
        "score": (after + random.normal(0, 4, n)).tolist(),
        "baseline": before.tolist(),
        "group": group,
        "covariates": {"age": random.integers(18, 80, n).tolist(), "sex": [["f", "m"][row % 2] for row in range(n)]},
        "reference": "usual",
    }


def fit(**changes: Any) -> Ancova:
    return fit_ancova(**people() | changes)


def test_terms_and_formula() -> None:
    ancova = fit(interaction=True)
    names = ["Intercept", "baseline", "group[new]", "group[old]", "age", "sex[m]"]
    assert [term.term for term in ancova.terms] == [*names, "baseline:group[new]", "baseline:group[old]"]
    assert ancova.formula == "score ~ baseline + group + age + sex + baseline:group"
    assert [mean.term for mean in ancova.adjusted_means] == ["group[usual]", "group[new]", "group[old]"]
    assert {mean.p_value for mean in ancova.adjusted_means} == {None}
    assert [contrast.term for contrast in ancova.contrasts] == [
        "group[new] - group[usual]",
        "group[old] - group[usual]",
    ]
    assert ancova.contrast("old") == ancova.contrasts[1]
    with pytest.raises(KeyError, match="usual"):
        ancova.contrast("usual")
    assert ancova.interaction is not None
    assert ancova.interaction.df_numerator == 2
    assert fit().interaction is None
    assert fit(covariates=None, reference=None).adjusted_means[0].term == "group[new]"


def test_the_difference_between_adjusted_means_is_the_contrast() -> None:
    for interaction in (False, True):
        ancova = fit(interaction=interaction)
        usual, new, _ = ancova.adjusted_means
        assert new.estimate - usual.estimate == pytest.approx(ancova.contrast("new").estimate)
        assert ancova.contrast("new").estimate == pytest.approx(ancova.terms[2].estimate)
        assert ancova.contrast("new").std_error == pytest.approx(ancova.terms[2].std_error)


def test_baseline_on_another_origin_and_scale() -> None:
    data = people()
    for interaction in (False, True):
        plain = fit(interaction=interaction)
        moved = fit(interaction=interaction, baseline=[3 * value + 1000 for value in data["baseline"]])
        for one, other in zip(plain.contrasts, moved.contrasts, strict=True):
            assert (one.estimate, one.std_error) == pytest.approx((other.estimate, other.std_error), rel=1e-8)
        for one, other in zip(plain.adjusted_means, moved.adjusted_means, strict=True):
            assert (one.estimate, one.std_error) == pytest.approx((other.estimate, other.std_error), rel=1e-8)


def test_order_of_people_does_not_matter() -> None:
    data = people()
    order = np.random.default_rng(2).permutation(60).tolist()
    turned = {key: [data[key][row] for row in order] for key in ("score", "baseline", "group")}
    covariates = {name: [values[row] for row in order] for name, values in data["covariates"].items()}
    for one, other in zip(fit().contrasts, fit(**turned, covariates=covariates).contrasts, strict=True):
        assert (one.estimate, one.std_error) == pytest.approx((other.estimate, other.std_error), rel=1e-9)


def test_missing_values_are_counted_and_named() -> None:
    data = people()
    data["score"][0], data["baseline"][1], data["covariates"]["sex"][2] = math.nan, None, " "
    data["covariates"]["age"][3] = None
    ancova = fit_ancova(**data)
    assert (ancova.n_subjects, ancova.n_incomplete) == (56, 4)
    assert str(ancova.warnings[0]).startswith("4 people without")
    assert fit().warnings == ()
    fewer = {key: data[key][4:] for key in ("score", "baseline", "group")}
    covariates = {name: values[4:] for name, values in data["covariates"].items()}
    without = fit_ancova(**data | fewer | {"covariates": covariates})
    assert without.contrasts == ancova.contrasts
    assert without.baseline_mean == pytest.approx(np.mean(data["baseline"][4:]))


def test_yes_and_no_is_a_number() -> None:
    ancova = fit(covariates={"helped": [row % 4 == 0 for row in range(60)]})
    assert ancova.terms[4].term == "helped"


def test_few_clusters_get_cr2() -> None:
    few = [row % 12 for row in range(60)]
    asked = fit(cluster=few, variance="CR1S")
    assert asked.model.variance == "CR2"
    assert "used in place of CR1S" in str(asked.warnings[0])
    silent = fit(cluster=few)
    assert (silent.model.variance, silent.warnings) == ("CR2", ())
    assert silent.contrasts == asked.contrasts
    assert fit(cluster=few, variance="CR2").warnings == ()
    many = fit(cluster=[row % 40 for row in range(60)], variance="CR1")
    assert (many.model.variance, many.warnings) == ("CR1", ())
    assert fit(cluster=[row % 39 for row in range(60)], variance="CR1").model.variance == "CR2"


def test_simultaneous_p_values() -> None:
    ancova = fit()
    found = dunnett_p_values(ancova, np.random.default_rng(1))
    for contrast, p_value in zip(ancova.contrasts, found, strict=True):
        assert contrast.p_value is not None
        assert contrast.p_value - 1e-4 <= p_value <= 2 * contrast.p_value + 1e-4
    assert found == dunnett_p_values(ancova, np.random.default_rng(1))
    two = fit(group=[["a", "b"][row % 2] for row in range(60)], reference="a", covariates=None)
    assert dunnett_p_values(two, np.random.default_rng(1)) == (two.contrasts[0].p_value,)


def without_p(contrast: TermEstimate) -> TermEstimate:
    return replace(contrast, p_value=None)


def test_no_simultaneous_p_value_without_a_single_one() -> None:
    ancova = fit()
    ancova = replace(ancova, contrasts=tuple(without_p(contrast) for contrast in ancova.contrasts))
    with pytest.raises(EstimateError, match=r"group\[new\] - group\[usual\] has too few degrees"):
        dunnett_p_values(ancova, np.random.default_rng(1))


def test_refusals() -> None:
    data = people()
    nobody = [math.nan] * 60
    for pattern, changes in (
        ("baseline and the scores", {"baseline": data["baseline"][:-1]}),
        ("age and the scores", {"covariates": {"age": [1]}}),
        ("Row 4 has no group", {"group": [*data["group"][:3], "", *data["group"][4:]]}),
        ("Nobody has both", {"score": nobody}),
        ("at least two groups", {"group": ["usual"] * 60}),
        ("no group called other among those with answers. Choose one of new, old, usual", {"reference": "other"}),
        ("group alone has one person", {"group": ["alone", *data["group"][1:]]}),
        ("All have the same sex", {"covariates": {"sex": ["f"] * 60}}),
        ("score in row 2 isn't", {"score": [1.0, math.inf, *data["score"][2:]]}),
        ("baseline in row 1 isn't", {"baseline": ["ten", *data["baseline"][1:]]}),
        ("age can't be told apart", {"covariates": {"age": [40] * 60}}),
        ("Row 3 has no cluster", {"cluster": [1, 2, None, *range(57)]}),
    ):
        with pytest.raises(EstimateError, match=pattern):
            fit(**changes)


def test_scores_times_a_thousand_million() -> None:
    data = people()
    plain, large = fit(), fit(score=[1e9 * value for value in data["score"]])
    assert large.contrasts[0].estimate == pytest.approx(1e9 * plain.contrasts[0].estimate)
    assert large.contrasts[0].p_value == pytest.approx(plain.contrasts[0].p_value)
