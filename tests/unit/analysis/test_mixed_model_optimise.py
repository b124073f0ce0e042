"""What must not change the fit doesn't; singular fits are found exactly; contrasts and predictions refuse nonsense."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.mixed_model import LinearMixedModel, ReferenceGrid, fit_linear_mixed_model
from outcomes.analysis.mixed_model.marginal import marginal_weights
from outcomes.analysis.mixed_model.optimise import coordinates_of
from outcomes.errors import EstimateError


def simulate(seed: int, persons: int = 25):
    random = np.random.default_rng(seed)
    n = random.integers(1, 6, persons)
    n[:5] = 4
    subject = np.repeat(np.arange(persons), n)
    time = random.integers(0, 13, subject.size).astype(float)  # some answers twice at one time
    deviation = random.normal(size=(persons, 2)) * [6.0, 0.5]
    response = 40 + time + deviation[subject, 0] + deviation[subject, 1] * time + random.normal(0, 3, subject.size)
    return response, subject, time


def fit(response, subject, time, **options) -> LinearMixedModel:
    options = {"random": "slope", **options}
    columns = np.column_stack([np.ones(time.size), time])
    return fit_linear_mixed_model(response, columns, ("Intercept", "time"), subject, time, **options)


def same(first: LinearMixedModel, second: LinearMixedModel, *, log_likelihood: float = 0.0) -> None:
    assert second.log_likelihood == pytest.approx(first.log_likelihood + log_likelihood, abs=1e-7)
    slope, other = first.term("time"), second.term("time")
    assert abs(other.estimate - slope.estimate) < 1e-6 * slope.std_error
    assert other.std_error == pytest.approx(slope.std_error, rel=1e-6)
    assert other.df == pytest.approx(slope.df, rel=1e-5)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_and_labels_do_not_matter(seed: int) -> None:
    response, subject, time = simulate(seed)
    order = np.random.default_rng(seed).permutation(time.size)
    names = np.array([f"q{(number * 17) % 101:03d}" for number in range(101)])
    for outer in (None, subject % 5):
        plain = fit(response, subject, time, outer=outer)
        mixed = fit(response[order], names[subject[order]], time[order], outer=None if outer is None else outer[order])
        same(plain, mixed)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.sampled_from([-400.0, 7.3, 2024.0]))
def test_origin_of_time_does_not_matter(seed: int, shift: float) -> None:
    response, subject, time = simulate(seed)
    plain, moved = fit(response, subject, time), fit(response, subject, time + shift)
    same(plain, moved)
    assert moved.variance.slope == pytest.approx(plain.variance.slope, rel=1e-4, abs=1e-9)
    first, second = plain.person_effects(), moved.person_effects()
    np.testing.assert_allclose(second.slope, first.slope, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(second.intercept + shift * second.slope, first.intercept, rtol=1e-4, atol=1e-4)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-6, 3.0, 1e9]), offset=st.sampled_from([0.0, 1000.0]))
def test_scale_of_the_score_does_not_matter(seed: int, scale: float, offset: float) -> None:
    response, subject, time = simulate(seed)
    plain, scaled = fit(response, subject, time), fit((response + offset) * scale, subject, time)
    assert scaled.term("time").estimate == pytest.approx(plain.term("time").estimate * scale, rel=1e-6)
    assert scaled.term("time").df == pytest.approx(plain.term("time").df, rel=1e-5)
    assert scaled.variance.residual == pytest.approx(plain.variance.residual * scale**2, rel=1e-5)
    shift = -(time.size - 2) * np.log(scale)
    assert scaled.log_likelihood == pytest.approx(plain.log_likelihood + shift, rel=1e-9, abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1 / 30.4375, 12.0]))
def test_unit_of_time_does_not_matter(seed: int, scale: float) -> None:
    response, subject, time = simulate(seed)
    plain, scaled = fit(response, subject, time), fit(response, subject, time * scale)
    assert scaled.term("time").estimate * scale == pytest.approx(plain.term("time").estimate, rel=1e-6, abs=1e-9)
    assert scaled.variance.slope * scale**2 == pytest.approx(plain.variance.slope, rel=1e-4, abs=1e-9)
    # REML's likelihood has a unit of its columns in it: log|X'X| moves by twice the logarithm of the scale
    assert scaled.log_likelihood == pytest.approx(plain.log_likelihood - np.log(scale), abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("nested", [False, True])
def test_no_neighbour_is_more_likely(seed: int, nested: bool) -> None:
    """Also at the border, where a variance is zero: no step in any direction that is allowed gains anything."""
    from outcomes.analysis.mixed_model.likelihood import evaluate  # noqa: PLC0415 - the one test of the inside

    response, subject, time = simulate(seed)
    best = fit(response, subject, time, outer=subject % 4 if nested else None)
    statistics, gamma = best.state.statistics, best.state.optimum.profile.gamma
    random = np.random.default_rng(seed)
    for size in (1e-4, 1e-2, 0.3):
        for _ in range(20):
            root = random.normal(size=(2, 2)) * size
            new = np.array([[gamma[0], gamma[1]], [gamma[1], gamma[2]]])
            new = (np.eye(2) + root) @ new @ (np.eye(2) + root).T + random.integers(0, 2) * root @ root.T
            tried = np.array([new[0, 0], new[0, 1], new[1, 1]])
            if nested:
                tried = np.append(tried, abs(gamma[-1] + random.normal() * size))
            assert evaluate(statistics, tried, reml=True).deviance >= best.state.optimum.profile.deviance - 1e-8


def test_slopes_that_follow_levels_are_named() -> None:
    random = np.random.default_rng(4)
    subject, time = np.repeat(np.arange(30), 4), np.tile(np.arange(4.0), 30)
    response = random.normal(0, 3, 30)[subject] * (1 + 0.5 * time) + random.normal(0, 2, 120)
    found = fit(response, subject, time)
    assert found.singular
    assert abs(found.variance.correlation) == pytest.approx(1.0, abs=1e-9)
    assert "follow each other exactly" in str(found.warnings[0])
    assert found.aic == pytest.approx(2 * 6 - 2 * found.log_likelihood)


def test_nothing_between_people_or_units_is_named() -> None:
    subject, time = np.repeat(np.arange(30), 4), np.tile(np.arange(4.0), 30)
    response = np.tile([0.0, 5.0, -5.0, 1.0], 30) + np.linspace(0, 0.1, 120)
    found = fit(response, subject, time, outer=subject % 5)
    assert (found.variance.intercept, found.variance.slope, found.variance.outer) == (0.0, 0.0, 0.0)
    assert found.variance.correlation is None
    assert len(found.warnings) == 2
    assert "between people" in str(found.warnings[0])
    assert "outer level" in str(found.warnings[1])
    assert found.term("time").df == pytest.approx(118)
    effects = found.person_effects()
    assert not effects.intercept.any()
    assert not effects.intercept_sd.any()


def test_one_answer_each_cannot_tell_people_apart() -> None:
    random = np.random.default_rng(5)
    time = random.uniform(0, 5, 40)
    found = fit(time + random.normal(size=40), np.arange(40), time, random="intercept")
    assert "analysis of covariance" in str(found.warnings[0])
    assert found.term("time").df == pytest.approx(38)
    assert found.variance.intercept is None
    assert (found.singular, found.n_parameters) == (False, 3)
    for ask in (found.person_effects, lambda: found.predict([0], np.ones((1, 2)), np.ones(1))):
        with pytest.raises(EstimateError, match="Everybody has one answer"):
            ask()
    adjusted = fit(time + random.normal(size=40), np.arange(40), time, random="intercept", df="kenward-roger")
    assert adjusted.term("time").df is not None


def test_contrasts() -> None:
    response, subject, time = simulate(3)
    found = fit(response, subject, time, grid=ReferenceGrid())
    at_six = found.estimate({"Intercept": 1.0, "time": 6.0}, "at 6")
    assert at_six.term == "at 6"
    assert at_six.estimate == pytest.approx(found.coefficients @ [1, 6])
    assert at_six.std_error**2 == pytest.approx(np.array([1, 6]) @ found.covariance @ [1, 6])
    assert found.estimate(np.array([1.0, 6.0]), "at 6") == at_six
    assert found.marginal_mean({"time": 6}, "at 6") == at_six
    for weights in (np.zeros(2), np.ones(3), np.array([1.0, np.nan])):
        with pytest.raises(EstimateError, match="finite weight"):
            found.estimate(weights, "none")
    for ask in (
        lambda: found.estimate({"tim": 1.0}, "x"),
        lambda: found.term("tim"),
        lambda: found.marginal_mean({"tim": 1.0}, "x"),
    ):
        with pytest.raises(KeyError, match="tim"):
            ask()


def test_reference_grid() -> None:
    terms = ("Intercept", "age", "a[1]", "a[2]", "b[1]", "age:b[1]")
    levels = tuple(FactorLevel(name, name[0], name[2]) for name in ("a[1]", "a[2]", "b[1]"))
    grid = ReferenceGrid(levels, {"age:b[1]": ("age", "b[1]")})
    means = np.array([1.0, 40.0, 0.2, 0.3, 0.7, 29.0])
    third, half = 1 / 3, 0.5
    np.testing.assert_allclose(marginal_weights(terms, {}, means, grid), [1, 40, third, third, half, 20])
    np.testing.assert_allclose(marginal_weights(terms, {"a[2]": 1, "age": 10}, means, grid), [1, 10, 0, 1, half, 5])
    np.testing.assert_allclose(marginal_weights(terms, {"a[2]": 0, "b[1]": 1}, means, grid), [1, 40, 0, 0, 1, 40])
    for wrong in (
        ReferenceGrid((FactorLevel("c[1]", "c", "1"),)),
        ReferenceGrid(products={"age:c[1]": ("age", "b[1]")}),
    ):
        with pytest.raises(KeyError, match=r"c\[1\]"):
            marginal_weights(terms, {}, means, wrong)


def test_names_say_nothing() -> None:
    """Numbers with brackets and colons in their names are numbers; a category's columns may be called anything."""
    terms, means = ("Intercept", "wt [kg]", "w:kg", "x y", "by age"), np.array([1.0, 70.0, 3.0, 0.2, 8.0])
    np.testing.assert_allclose(marginal_weights(terms, {}, means, ReferenceGrid()), means)
    grid = ReferenceGrid((FactorLevel("x y", "x", "y"),), {"by age": ("w:kg", "x y")})
    np.testing.assert_allclose(marginal_weights(terms, {"w:kg": 2.0}, means, grid), [1, 70, 2, 0.5, 1.0])
    np.testing.assert_allclose(marginal_weights(terms, {"x y": 1.0}, means, grid), [1, 70, 3, 1, 3.0])


def test_a_marginal_mean_needs_a_grid() -> None:
    response, subject, time = simulate(3)
    found = fit(response, subject, time)
    for ask in (lambda: found.marginal_mean({}, "x"), lambda: found.marginal_contrast({"time": 1}, {"time": 0}, "x")):
        with pytest.raises(EstimateError, match="Give the fit a reference grid"):
            ask()


def test_two_columns_of_one_name_are_refused() -> None:
    response, subject, time = simulate(3)
    columns = np.column_stack([np.ones(time.size), time, time**2])
    with pytest.raises(EstimateError, match="are called time"):
        fit_linear_mixed_model(response, columns, ("Intercept", "time", "time"), subject)


def units(n_units: int, spread: float = 6.0):
    """120 people of whom each has four answers, in ``n_units`` units of which half have the intervention."""
    random = np.random.default_rng(9)
    subject, time = np.repeat(np.arange(120), 4), np.tile(np.arange(4.0), 120)
    unit = subject % n_units
    response = spread * random.normal(size=n_units)[unit] + random.normal(0, 4, 120)[subject] + random.normal(0, 3, 480)
    columns = np.column_stack([np.ones(480), time, unit < n_units / 2])
    return response, columns, ("Intercept", "time", "new"), subject, unit


@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger"])
def test_few_outer_units_give_no_interval(df: str) -> None:
    response, columns, terms, subject, unit = units(4)
    found = fit_linear_mixed_model(response, columns, terms, subject, outer=unit, df=df, grid=ReferenceGrid())
    assert found.term("new").df == pytest.approx(2.0, rel=0.05)
    for name in ("Intercept", "new"):
        term = found.term(name)
        assert (term.ci_low, term.ci_high, term.p_value) == (-np.inf, np.inf, None)
    assert np.isfinite(found.term("time").ci_low)
    assert found.term("time").p_value is not None
    assert np.isinf(found.marginal_mean({"time": 1.0}, "x").ci_low)
    assert str(found.warnings[0]).startswith("The outer level has 4 units, so how much units differ is hardly known.")
    assert str(found.warnings[1]).startswith("No interval is given for Intercept, new: what the clusters tell")
    alone = fit_linear_mixed_model(response, columns, terms, subject, df=df)
    assert alone.warnings == ()
    assert np.isfinite(alone.term("new").ci_low)


def test_five_outer_units_are_not_called_few() -> None:
    response, columns, terms, subject, unit = units(5)
    found = fit_linear_mixed_model(response, columns[:, :2], terms[:2], subject, outer=unit)
    assert found.warnings == ()
    assert found.term("Intercept").df == pytest.approx(4.0, abs=0.2)


def test_a_column_that_tells_two_units_apart_leaves_nothing_of_their_variation() -> None:
    response, columns, terms, subject, unit = units(2)
    with pytest.raises(EstimateError, match="to tell the model's variations apart"):
        fit_linear_mixed_model(response, columns, terms, subject, outer=unit)


@pytest.mark.parametrize("random", ["intercept", "slope"])
def test_few_people_with_many_answers(random: str) -> None:
    """Eleven terms of twelve people with twenty answers: five of them tell people apart, which leaves people to vary."""
    seed = np.random.default_rng(3)
    subject, time = np.repeat(np.arange(12), 20), np.tile(np.arange(20.0), 12)
    own = seed.normal(size=(12, 4))[subject]
    response = seed.normal(0, 5, 12)[subject] + seed.normal(0, 0.3, 12)[subject] * time + seed.normal(0, 3, 240)
    columns = np.column_stack([np.ones(240), own, *(np.cos(time * k) for k in range(1, 6)), time])
    terms = tuple("abcdefghijk")
    found = fit_linear_mixed_model(response, columns, terms, subject, time, random=random)
    assert found.n_subjects == 12
    assert found.term("b").df == pytest.approx(7.0, rel=0.1)


@pytest.mark.parametrize("reml", [True, False])
def test_terms_that_take_all_of_how_people_differ_are_too_many(reml: bool) -> None:
    subject = np.repeat(np.arange(6), 10)
    response = np.random.default_rng(1).normal(0, 3, 60) + subject
    powers = np.vander(subject / 5.0, 6)
    names = tuple("abcdef")
    assert fit_linear_mixed_model(response, powers[:, 1:], names[1:], subject, reml=reml).n_subjects == 6
    with pytest.raises(EstimateError, match="8 numbers from the answers of 6 people: too few"):
        fit_linear_mixed_model(response, powers, names, subject, reml=reml)


def test_predictions_refuse_what_they_cannot_know() -> None:
    response, subject, time = simulate(6)
    found = fit(response, subject, time)
    row = np.array([[1.0, 5.0]])
    with pytest.raises(EstimateError, match="99 isn't among the people"):
        found.predict([99], row, np.array([5.0]))
    for when in (None, np.array([np.nan]), np.array([1.0, 2.0])):
        with pytest.raises(EstimateError, match="time of each prediction"):
            found.predict([1], row, when)
    for wrong in (np.array([[1.0]]), np.array([[1.0, np.inf]])):
        with pytest.raises(EstimateError, match="every column"):
            found.predict([1], wrong, np.array([5.0]))
    named = fit(response, np.array([f"p{code:02d}" for code in subject]), time, random="intercept")
    assert named.predict("p03", row).score.shape == (1,)


def test_persons_without_variation_of_their_own_have_no_answer() -> None:
    random = np.random.default_rng(5)
    subject, time = np.repeat(np.arange(20), 3), np.tile([0.0, 1.0, 2.0], 20)
    response = random.normal(size=20)[subject] + 1e-10 * random.normal(size=60)
    with pytest.raises(EstimateError):
        fit(response, subject, time, random="intercept")


@pytest.mark.parametrize("outer", [None, np.array(["a", "b"])])
@pytest.mark.parametrize(
    ("gamma", "root"),
    [
        ((4.0, 2.0, 5.0), (2.0, 1.0, 2.0)),
        ((4.0, 2.0, 1.0), (2.0, 1.0, 0.0)),  # the slope follows from the intercept
        ((1.0, -2.0, 4.0), (1.0, -2.0, 0.0)),
        ((0.0, 0.0, 9.0), (0.0, 3.0, 0.0)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ((9.0, 0.0, 4.0), (3.0, 0.0, 2.0)),
    ],
)
def test_coordinates_are_a_root_of_the_variances(gamma, root, outer) -> None:
    """L L' by hand; sign is free. With an outer unit its variance's root stands last."""
    coordinates = coordinates_of(SimpleNamespace(random_terms=2, outer_labels=outer))  # type: ignore[arg-type]
    last = () if outer is None else (6.25,)
    x = coordinates.from_gamma(np.array([*gamma, *last]))
    assert coordinates.gamma(x).tolist() == pytest.approx([*gamma, *last], abs=1e-12)
    assert np.abs(x).tolist() == pytest.approx([abs(value) for value in (*root, *(2.5 for _ in last))], abs=1e-12)
    step = 1e-6 * np.eye(x.size)
    numeric = [(coordinates.gamma(x + one) - coordinates.gamma(x - one)) / 2e-6 for one in step]
    np.testing.assert_allclose(coordinates.jacobian(x).T, numeric, atol=1e-8)


@pytest.mark.parametrize(("outer", "gamma"), [(None, [-1e-20]), (np.array(["a"]), [0.0, -1e-20]), (None, [0.0])])
def test_a_variance_below_zero_by_rounding_is_zero(outer, gamma: list[float]) -> None:
    coordinates = coordinates_of(SimpleNamespace(random_terms=1, outer_labels=outer))  # type: ignore[arg-type]
    assert coordinates.from_gamma(np.array(gamma)).tolist() == [0.0] * len(gamma)


@pytest.mark.parametrize("random", ["intercept", "slope"])
def test_people_who_hardly_vary_are_no_model_and_it_says_so(random: str) -> None:
    """Between people 100 points, within a thousandth: a ratio of variances of 1e10. At a tenth, 1e6, there is an answer."""
    generator = np.random.default_rng(1)
    subject, time = np.repeat(np.arange(20), 4), np.tile(np.arange(4.0), 20)
    level, noise = 100 * generator.normal(size=20)[subject], generator.normal(size=80)
    with pytest.raises(EstimateError, match="scores are all but the same at every time, so the model finds no answer"):
        fit(level + 1e-3 * noise, subject, time, random=random)
    found = fit(level + 0.1 * noise, subject, time, random=random)
    assert found.variance.residual == pytest.approx(0.01, rel=0.4)
