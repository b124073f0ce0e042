"""The model of planned occasions as a whole: what mustn't change it, awkward data, fall-back, means, robust uncertainty."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.mmrm import (
    CovarianceForm,
    MmrmDesign,
    MmrmFit,
    changes_from_first,
    fit_mmrm,
    group_contrasts,
    marginal_means,
    robust_by_cluster,
    robust_by_person,
)
from outcomes.analysis.mmrm.fit import with_uncertainty
from outcomes.analysis.pattern_sums import add_sums, sum_patterns
from outcomes.errors import EstimateError
from tests.unit.analysis.mmrm_people import CONSTRAINED, DESIGN, LEVELS, NAMES, people, sums_of

PLAIN = MmrmDesign("time")


def fit_plain(scores: np.ndarray, **options: object) -> MmrmFit:
    return fit_mmrm(sums_of(scores, np.ones((len(scores), 1))), PLAIN, **options)  # type: ignore[arg-type]


def as_table(fit: MmrmFit) -> np.ndarray:
    return np.array([[term.estimate, term.std_error, term.df] for term in fit.terms])


def test_result_says_what_it_is_of() -> None:
    scores, columns = people()
    fit = fit_mmrm(sums_of(scores, columns), DESIGN)
    assert [term.term for term in fit.terms] == [
        "Intercept",
        "time[1]",
        "time[2]",
        "age",
        "arm[new]",
        "time[1]:arm[new]",
        "time[2]:arm[new]",
    ]
    assert (fit.occasions, fit.columns, fit.design) == (("0", "1", "2"), NAMES, DESIGN)
    assert (fit.covariance, fit.method, fit.reml, fit.warnings) == ("unstructured", "satterthwaite", True, ())
    assert fit.n_subjects == int((~np.isnan(scores)).any(axis=1).sum())
    assert fit.n_observations == int((~np.isnan(scores)).sum())
    assert fit.n_parameters == 6
    assert fit.distance < 1e-9
    assert fit.random_effects is None
    errors = np.sqrt(np.diag(fit.coefficient_covariance))
    np.testing.assert_allclose(errors, [term.std_error for term in fit.terms], rtol=1e-12)
    assert fit.term("age").estimate == fit.coefficients[3]
    with pytest.raises(KeyError, match="weight"):
        fit.term("weight")
    with pytest.raises(dataclasses.FrozenInstanceError):
        fit.reml = False  # type: ignore[misc]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999))
def test_order_and_splitting_change_nothing(seed: int) -> None:
    scores, columns = people(seed=3)
    order = np.random.default_rng(seed).permutation(len(scores))
    scores2, columns2 = scores[order], columns[order]
    cut = 5 + seed % 50
    parts = add_sums([sums_of(scores2[:cut], columns2[:cut]), sums_of(scores2[cut:], columns2[cut:])])
    first, second = fit_mmrm(sums_of(scores, columns), DESIGN), fit_mmrm(parts, DESIGN)
    np.testing.assert_allclose(as_table(second), as_table(first), rtol=1e-8)
    np.testing.assert_allclose(second.sigma, first.sigma, rtol=1e-8)
    assert second.log_likelihood == pytest.approx(first.log_likelihood, abs=1e-8)


@settings(max_examples=15, deadline=None)
@given(scale=st.sampled_from([1e-9, 0.1, 7.0, 1e9]), shift=st.sampled_from([0.0, -50.0, 1e6]))
def test_scores_in_another_unit(scale: float, shift: float) -> None:
    scores, columns = people(seed=4)
    first, second = (fit_mmrm(sums_of(y, columns), DESIGN) for y in (scores, scale * (scores + shift)))
    expected = as_table(first) * [scale, scale, 1.0]
    expected[0, 0] += scale * shift
    np.testing.assert_allclose(as_table(second), expected, rtol=1e-6, atol=1e-7 * scale)
    np.testing.assert_allclose(second.sigma, first.sigma * scale**2, rtol=1e-6)


def test_a_column_in_another_unit_or_about_another_origin() -> None:
    scores, columns = people(seed=5)
    moved = columns.copy()
    moved[:, 1] = (columns[:, 1] - 20) * 1e6
    crossed = dataclasses.replace(DESIGN, crossed=("age", "arm[new]"), constant=())
    first, second = (fit_mmrm(sums_of(scores, x), crossed) for x in (columns, moved))
    for name in ("age", "time[1]:age", "time[2]:age"):
        assert second.term(name).estimate == pytest.approx(first.term(name).estimate / 1e6, rel=1e-8)
        assert second.term(name).df == pytest.approx(first.term(name).df, rel=1e-7)
    at_20 = {"Intercept": 1.0, "age": 20.0}
    assert second.term("Intercept").estimate == pytest.approx(first.estimate(at_20, "x").estimate, rel=1e-9)
    summed_at_zero = fit_mmrm(sums_of(scores, columns, origin=0.0, column_origins=np.zeros(3)), crossed)
    np.testing.assert_allclose(as_table(summed_at_zero), as_table(first), rtol=1e-6)
    np.testing.assert_allclose(
        [c.estimate.estimate for c in marginal_means(summed_at_zero)],
        [c.estimate.estimate for c in marginal_means(first)],
        rtol=1e-8,
    )


def test_complete_data_are_the_means_and_covariances_themselves() -> None:
    scores, _ = people(25, lost=0.0)
    fit = fit_plain(scores)
    np.testing.assert_allclose(fit.sigma, np.cov(scores.T), rtol=1e-9)
    means = [cell.estimate for cell in marginal_means(fit)]
    np.testing.assert_allclose([mean.estimate for mean in means], scores.mean(axis=0), rtol=1e-11)
    for mean, column in zip(means, scores.T, strict=True):
        assert mean.std_error == pytest.approx(column.std(ddof=1) / 5, rel=1e-9)
        assert mean.df == pytest.approx(24, rel=1e-8)
    change = changes_from_first(fit)[0].estimate
    assert change.std_error == pytest.approx((scores[:, 1] - scores[:, 0]).std(ddof=1) / 5, rel=1e-9)
    assert fit_plain(scores, reml=False).sigma == pytest.approx(np.cov(scores.T, bias=True), rel=1e-9)


@pytest.mark.parametrize("form", [form for form in CovarianceForm if not form.startswith("random")])
def test_one_occasion_is_a_linear_regression(form: CovarianceForm) -> None:
    scores, columns = people(20, 1, lost=0.0)
    design = MmrmDesign("time", constant=("age", "arm[new]"))
    fit = fit_mmrm(sums_of(scores, columns), design, covariance=form)
    beta, squares, *_ = np.linalg.lstsq(columns, scores[:, 0], rcond=None)
    np.testing.assert_allclose(fit.coefficients, beta, rtol=1e-9)
    assert fit.sigma[0, 0] == pytest.approx(squares[0] / 17, rel=1e-9)
    assert [term.df for term in fit.terms] == pytest.approx([17.0] * 3, rel=1e-8)
    with pytest.raises(EstimateError, match="two occasions or more"):
        changes_from_first(fit)


def test_ways_to_degrees_of_freedom() -> None:
    sums = sums_of(*people(24))
    satterthwaite = fit_mmrm(sums, DESIGN)
    normal = fit_mmrm(sums, DESIGN, df="normal")
    linear = fit_mmrm(sums, DESIGN, df="kenward-roger")
    other = fit_mmrm(sums, DESIGN, df="kenward-roger-nonlinear")
    for first, second in zip(satterthwaite.terms, normal.terms, strict=True):
        assert (second.df, second.std_error) == (None, first.std_error)
        assert second.ci_high - second.estimate == pytest.approx(1.959963984540054 * second.std_error)
        assert second.p_value is not None
        assert second.p_value < (first.p_value or 0.0)
    for first, second, third in zip(satterthwaite.terms, linear.terms, other.terms, strict=True):
        assert second.df == pytest.approx(first.df, rel=1e-9)
        assert second.std_error >= first.std_error * (1 - 1e-9)
        assert third.df == second.df
    assert linear.term("age").std_error > satterthwaite.term("age").std_error
    assert linear.term("age").std_error != other.term("age").std_error
    with pytest.raises(EstimateError, match="for the unstructured covariance only"):
        fit_mmrm(sums, DESIGN, covariance="compound-symmetry", df="kenward-roger-nonlinear")
    with pytest.raises(EstimateError, match="no way to degrees of freedom called residual"):
        fit_mmrm(sums, DESIGN, df="residual")
    with pytest.raises(EstimateError, match="no form of covariance called spatial"):
        fit_mmrm(sums, DESIGN, covariance="spatial")


def test_estimates_of_contrasts() -> None:
    fit = fit_mmrm(sums_of(*people()), DESIGN)
    by_name = fit.estimate({"arm[new]": 1.0, "time[2]:arm[new]": 1.0}, "at the end")
    vector = np.zeros(7)
    vector[[4, 6]] = 1.0
    assert fit.estimate(vector, "at the end") == by_name
    assert by_name.term == "at the end"
    assert group_contrasts(fit)[2].estimate.estimate == pytest.approx(by_name.estimate, rel=1e-12)
    with pytest.raises(EstimateError, match=r"no term weight. Its terms are: Intercept, time\[1\]"):
        fit.estimate({"weight": 1.0}, "x")
    for weights in (np.zeros(7), np.full(7, np.nan)):
        with pytest.raises(EstimateError, match="finite weights that aren't all zero"):
            fit.estimate(weights, "x")


def test_means_differences_and_changes_belong_together() -> None:
    fit = fit_mmrm(sums_of(*people()), DESIGN)
    means = {(cell.occasion, cell.group): cell.estimate for cell in marginal_means(fit)}
    assert list(means) == [(time, arm) for time in ("0", "1", "2") for arm in ("usual", "new")]
    assert means["1", "new"].term == "time[1]:arm[new]"
    contrasts, changes = group_contrasts(fit), changes_from_first(fit)
    assert [(c.occasion, c.group, c.from_group) for c in contrasts] == [(k, "new", "usual") for k in ("0", "1", "2")]
    assert contrasts[0].estimate.term == "time[0]:arm[new-usual]"
    assert changes[0].estimate.term == "time[1-0]:arm[usual]"
    for cell in contrasts:
        expected = means[cell.occasion, "new"].estimate - means[cell.occasion, "usual"].estimate
        assert cell.estimate.estimate == pytest.approx(expected, abs=1e-10)
    for cell in changes:
        expected = means[cell.occasion, cell.group].estimate - means["0", cell.group].estimate
        assert cell.estimate.estimate == pytest.approx(expected, abs=1e-10)
        assert cell.from_occasion == "0"


def test_means_take_numbers_at_their_mean_and_other_categories_equally_often() -> None:
    scores, columns = people(60)
    columns = np.column_stack([columns, np.arange(60) % 5 == 0, np.arange(60) % 5 == 1]).astype(float)
    names = (*NAMES, "place[b]", "place[c]")
    places = tuple(FactorLevel(f"place[{level}]", "place", level) for level in "bc")
    design = dataclasses.replace(DESIGN, constant=("age", "place[b]", "place[c]"), levels=(*LEVELS, *places))
    fit = fit_mmrm(sum_patterns(scores, columns, occasions=["0", "1", "2"], names=names), design)
    answers = (~np.isnan(scores)).sum(axis=1)
    weights = {
        "Intercept": 1.0,
        "age": float((columns[:, 1] * answers).sum() / answers.sum()),
        "arm[new]": 1.0,
        "place[b]": 1 / 3,
        "place[c]": 1 / 3,
    }
    mean = next(cell.estimate for cell in marginal_means(fit) if cell.group == "new")
    assert mean.estimate == pytest.approx(fit.estimate(weights, "x").estimate, rel=1e-11)
    overall = fit_mmrm(
        sum_patterns(scores, columns, occasions=["0", "1", "2"], names=names), dataclasses.replace(design, group=None)
    )
    weights["arm[new]"] = 0.5
    assert marginal_means(overall)[0].group is None
    assert marginal_means(overall)[0].estimate.estimate == pytest.approx(fit.estimate(weights, "x").estimate, rel=1e-11)
    assert changes_from_first(overall)[0].estimate.term == "time[1-0]"
    with pytest.raises(EstimateError, match="a group with two levels or more"):
        group_contrasts(overall)


@pytest.mark.parametrize("name", ["wt [kg]", "arm[kg]", "w:kg", "[x]", "time[1]:x", "arm[new", "a b"])
def test_names_say_nothing(name: str) -> None:
    """A number with brackets or colons in its name is a number, and a group's column may be called anything."""
    scores, columns = people(40)
    plain = fit_mmrm(sums_of(scores, columns), DESIGN)
    sums = sum_patterns(scores, columns, occasions=["0", "1", "2"], names=["Intercept", name, "g"])
    levels = (FactorLevel("g", "which [arm]", "a:b [c]"),)
    odd = MmrmDesign("time", crossed=("g",), constant=(name,), group="which [arm]", reference="usual", levels=levels)
    found = fit_mmrm(sums, odd)
    for ask in (marginal_means, group_contrasts, changes_from_first):
        for one, other in zip(ask(plain), ask(found), strict=True):
            assert dataclasses.replace(other.estimate, term=one.estimate.term) == one.estimate
            assert (other.group, one.group) in {("usual", "usual"), ("a:b [c]", "new")}


def test_what_columns_say_must_fit_the_columns() -> None:
    sums = sums_of(*people(40))
    with pytest.raises(EstimateError, match="no column is said to be one of its levels"):
        fit_mmrm(sums, dataclasses.replace(DESIGN, levels=(FactorLevel("arm[new]", "place", "new"),)))
    with pytest.raises(EstimateError, match=r"asks for arm\[old\]"):
        fit_mmrm(sums, dataclasses.replace(DESIGN, levels=(*LEVELS, FactorLevel("arm[old]", "arm", "old"))))
    with pytest.raises(EstimateError, match="model are called age"):
        fit_mmrm(dataclasses.replace(sums, columns=("Intercept", "age", "age")), PLAIN)
    clash = dataclasses.replace(sums, columns=("Intercept", "time[1]", "arm[new]"))
    with pytest.raises(EstimateError, match=r"model are called time\[1\]"):
        fit_mmrm(clash, MmrmDesign("time", constant=("time[1]",)))


def test_constrained_groups_are_one_at_the_start() -> None:
    fit = fit_mmrm(sums_of(*people()), CONSTRAINED)
    means = [cell.estimate.estimate for cell in marginal_means(fit)]
    assert means[0] == means[1]
    assert [cell.occasion for cell in group_contrasts(fit)] == ["1", "2"]
    assert "arm[new]" not in [term.term for term in fit.terms]


def test_those_with_only_a_first_answer_count() -> None:
    scores, columns = people(lost=0.0)
    scores[::3, 1:] = np.nan
    every, stayed = (fit_mmrm(sums_of(scores[k], columns[k]), CONSTRAINED) for k in (slice(None), scores[:, 1] > 0))
    assert (every.n_subjects, stayed.n_subjects) == (60, 40)
    assert every.term("Intercept").std_error < stayed.term("Intercept").std_error


# what can't be fitted, and what is fitted with a simpler covariance


def never_together(n: int = 30) -> np.ndarray:
    scores, _ = people(n, lost=0.0)
    scores[: n // 2, 1] = np.nan
    scores[n // 2 :, 2] = np.nan
    return scores


def test_occasions_never_answered_together_need_a_simpler_covariance() -> None:
    fit = fit_plain(never_together())
    assert fit.covariance is CovarianceForm.TOEPLITZ
    assert [str(warning) for warning in fit.warnings] == [
        "The unstructured covariance couldn't be fitted (fewer than two people have answers both at 1 and at 2);"
        " a simpler one was used."
    ]
    with pytest.raises(EstimateError, match="of the form unstructured: fewer than two people"):
        fit_plain(never_together(), covariance="unstructured")


def thin(together: int, n: int = 40) -> np.ndarray:
    """Three occasions, ``together`` people with both the second and the last."""
    scores, _ = people(n, lost=0.0)
    scores[together : (n + together) // 2, 1] = np.nan
    scores[(n + together) // 2 :, 2] = np.nan
    return scores


def test_unstructured_isnt_chosen_where_pairs_are_thin() -> None:
    fit = fit_plain(thin(5))
    assert fit.covariance is CovarianceForm.TOEPLITZ
    assert [str(warning) for warning in fit.warnings] == [
        "The unstructured covariance couldn't be fitted (5 people have answers both at 1 and at 2, and it takes 6); a"
        " simpler one was used."
    ]
    enough = fit_plain(thin(6))
    assert (enough.covariance, enough.warnings) == (CovarianceForm.UNSTRUCTURED, ())


def test_unstructured_asked_for_by_name_is_fitted_and_its_thin_pair_named() -> None:
    fit = fit_plain(thin(5), covariance="unstructured")
    assert fit.covariance is CovarianceForm.UNSTRUCTURED
    assert [str(warning) for warning in fit.warnings] == [
        "The unstructured covariance rests on few people (5 people have answers both at 1 and at 2, and it takes 6);"
        " another one, far from this, may be as likely."
    ]
    assert fit_plain(thin(6), covariance="unstructured").warnings == ()
    assert fit_plain(thin(5), covariance="heterogeneous-toeplitz").warnings == ()


def test_complete_answers_of_few_have_one_top() -> None:
    scores, _ = people(5, lost=0.0)
    fit = fit_plain(scores)
    assert (fit.covariance, fit.warnings) == (CovarianceForm.UNSTRUCTURED, ())
    np.testing.assert_allclose(fit.sigma, np.cov(scores.T), rtol=1e-8)


def test_two_steps_down() -> None:
    scores, _ = people(40, 4, lost=0.0)
    scores[:20, 3] = np.nan
    scores[20:, 0] = np.nan
    fit = fit_plain(scores)
    assert fit.covariance is CovarianceForm.HETEROGENEOUS
    assert len(fit.warnings) == 2
    assert "heterogeneous Toeplitz" in str(fit.warnings[1])


def test_nobody_with_two_answers_supports_no_form() -> None:
    scores, _ = people(30, 2, lost=0.0)
    scores[:15, 0] = np.nan
    scores[15:, 1] = np.nan
    with pytest.raises(EstimateError, match="heterogeneous compound symmetry: fewer than two people"):
        fit_plain(scores)


def test_too_few_people_for_their_covariances() -> None:
    scores, _ = people(3, lost=0.0)
    fit = fit_plain(scores)
    assert fit.covariance is not CovarianceForm.UNSTRUCTURED
    assert "can't tell its variances and covariances apart" in str(fit.warnings[0])
    with pytest.raises(EstimateError, match="of the form unstructured"):
        fit_plain(scores, covariance="unstructured")


def test_copies_and_constants_have_no_unstructured_covariance() -> None:
    scores, _ = people(20, lost=0.0)
    scores[:, 2] = 2 * scores[:, 1] + 3
    with pytest.raises(EstimateError, match="of the form unstructured"):
        fit_plain(scores, covariance="unstructured")
    scores[:, 2] = 7.0
    with pytest.raises(EstimateError, match="at one occasion the scores don't differ from what the columns say"):
        fit_plain(scores)


def test_random_effects_are_refused_at_their_bound() -> None:
    scores, _ = people(40, lost=0.0)
    apart = scores - 0.95 * scores.mean(axis=1, keepdims=True)
    assert fit_plain(apart, covariance="compound-symmetry").sigma[0, 1] < 0
    with pytest.raises(EstimateError, match="of the form random intercept"):
        fit_plain(apart, covariance="random-intercept")


def test_random_effects_in_any_unit_of_time() -> None:
    sums = sums_of(*people(lost=0.0))
    months, years = (
        fit_mmrm(sums, dataclasses.replace(DESIGN, times=times), covariance="random-slope")
        for times in ((0.0, 6.0, 18.0), (0.0, 0.5, 1.5))
    )
    assert months.log_likelihood == pytest.approx(years.log_likelihood, abs=1e-8)
    first, second = months.random_effects, years.random_effects
    assert first is not None
    assert second is not None
    assert (second.slope, second.covariance) == pytest.approx(
        ((first.slope or 0) * 144, (first.covariance or 0) * 12), rel=1e-6
    )
    assert (second.intercept, second.within) == pytest.approx((first.intercept, first.within), rel=1e-6)
    z = np.column_stack([np.ones(3), [0.0, 0.5, 1.5]])
    between = [[second.intercept, second.covariance], [second.covariance, second.slope]]
    np.testing.assert_allclose(years.sigma, z @ between @ z.T + second.within * np.eye(3), rtol=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_few_people_with_gaps_give_a_top_or_a_sentence(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, _ = people(int(random.integers(2, 14)), int(random.integers(2, 5)), seed=seed, lost=0.25)
    try:
        fit = fit_plain(scores)
    except EstimateError as fault:
        assert str(fault).endswith(".")  # noqa: PT017 - either is right, a number that isn't settled is not
    else:
        assert fit.distance < 1e-6
        assert all(np.isfinite([term.estimate, term.std_error, term.df]).all() for term in fit.terms)


def test_many_zeros_and_few_levels() -> None:
    random = np.random.default_rng(8)
    scores = np.zeros((50, 3))
    scores[:5] = random.normal(0, 1, (5, 3))
    assert fit_plain(scores).covariance == "unstructured"
    levels = random.integers(0, 3, (60, 3)).astype(float)
    assert fit_plain(levels).distance < 1e-9


class Broken:
    """Uncertainty that a fit can't have: what stands between it and a reader."""

    def __init__(self, variance: float, df: float, *, robust: bool = False) -> None:
        self.covariance, self.df, self.robust = np.eye(7) * variance, df, robust

    def degrees_of_freedom(self, weights: np.ndarray) -> np.ndarray:
        return np.full(len(weights), self.df)


@pytest.mark.parametrize(
    ("variance", "df", "sentence"),
    [
        (0.0, 5.0, "no uncertainty that can be worked out"),
        (-1.0, 5.0, "no uncertainty that can be worked out"),
        (np.nan, 5.0, "no uncertainty that can be worked out"),
        (1.0, 0.0, "Degrees of freedom couldn't be worked out"),
        (1.0, np.inf, "Degrees of freedom couldn't be worked out"),
        (1.0, np.nan, "Degrees of freedom couldn't be worked out"),
    ],
)
def test_no_number_without_its_uncertainty(variance: float, df: float, sentence: str) -> None:
    fit = fit_mmrm(sums_of(*people()), DESIGN)
    with pytest.raises(EstimateError, match=sentence):
        with_uncertainty(fit, Broken(variance, df), "broken")


# robust uncertainty


@pytest.mark.parametrize("kind", ["CR0", "CR2", "CR3"])
def test_clusters_of_one_person_are_people(kind: str) -> None:
    scores, columns = people(30)
    fit = fit_mmrm(sums_of(scores, columns), DESIGN)
    answered = ~np.isnan(scores).all(axis=1)
    parts = [sums_of(scores[[row]], columns[[row]]) for row in range(30)]
    by_person = robust_by_person(fit, scores, columns, kind=kind)
    by_cluster = robust_by_cluster(fit, parts, kind=kind)
    assert answered.sum() == fit.n_subjects
    np.testing.assert_allclose(as_table(by_cluster), as_table(by_person), rtol=1e-8)
    assert by_person.coefficients is fit.coefficients
    assert (by_person.method, by_cluster.method) == (kind, f"{kind}-cluster")
    changed = {cell.estimate.std_error for cell in marginal_means(by_person)}
    assert changed.isdisjoint({cell.estimate.std_error for cell in marginal_means(fit)})


def test_few_clusters_give_no_interval() -> None:
    scores, columns = people(60)
    columns[:, 2] = np.arange(60) < 24  # two clusters of five are in the new arm
    fit = fit_mmrm(sums_of(scores, columns), DESIGN)
    robust = robust_by_cluster(fit, [sums_of(scores[k : k + 12], columns[k : k + 12]) for k in range(0, 60, 12)])
    without = [term for term in robust.terms if term.df is not None and term.df < 4]
    assert "arm[new]" in {term.term for term in without}
    for term in without:
        assert (term.ci_low, term.ci_high, term.p_value) == (-np.inf, np.inf, None)
        assert term.includes_zero
    named = ", ".join(term.term for term in without)
    assert [str(warning) for warning in robust.warnings] == [
        f"No interval is given for {named}: what the clusters tell of it has under 4 degrees of freedom. Answers from more"
        " clusters would help."
    ]
    for ask in (marginal_means, group_contrasts, changes_from_first):
        for one in ask(robust):
            assert np.isfinite(one.estimate.ci_low) == (one.estimate.df >= 4)
            assert (one.estimate.p_value is None) == (one.estimate.df < 4)
    assert all(np.isfinite(term.ci_low) for term in fit.terms)


@pytest.mark.parametrize(("df", "robust", "given"), [(3.999, True, False), (4.0, True, True), (1.0, False, True)])
def test_four_degrees_of_freedom_are_enough(df: float, robust: bool, given: bool) -> None:
    fit = fit_mmrm(sums_of(*people()), DESIGN)
    found = with_uncertainty(fit, Broken(1.0, df, robust=robust), "few")
    assert all(np.isfinite(term.ci_high) == given for term in found.terms)
    assert bool(found.warnings) is not given


def test_one_cluster_settles_a_coefficient() -> None:
    scores, columns = people(40)
    columns = np.column_stack([columns, np.arange(40) < 8]).astype(float)
    design = dataclasses.replace(DESIGN, constant=("age", "place[b]"))
    labels = {"occasions": ["0", "1", "2"], "names": [*NAMES, "place[b]"]}
    fit = fit_mmrm(sum_patterns(scores, columns, **labels), design)
    parts = [sum_patterns(scores[k : k + 8], columns[k : k + 8], **labels) for k in range(0, 40, 8)]
    robust = robust_by_cluster(fit, parts, kind="CR2")
    assert np.isfinite(robust.term("age").std_error)
    with pytest.raises(EstimateError, match="without one of them a coefficient can't be told"):
        robust_by_cluster(fit, parts, kind="CR3")


def test_one_person_settles_a_coefficient() -> None:
    scores, columns = people(40, lost=0.0)
    columns = np.column_stack([columns, np.arange(40) == 3]).astype(float)
    design = MmrmDesign("time", crossed=("own[b]",), constant=("age", "arm[new]"))
    labels = {"occasions": ["0", "1", "2"], "names": [*NAMES, "own[b]"]}
    fit = fit_mmrm(sum_patterns(scores, columns, **labels), design)
    assert np.isfinite(robust_by_person(fit, scores, columns, kind="CR2").term("age").std_error)
    with pytest.raises(EstimateError, match="without one of them a coefficient can't be told"):
        robust_by_person(fit, scores, columns, kind="CR3")


def test_robust_needs_the_people_of_the_fit() -> None:
    scores, columns = people(30)
    fit = fit_mmrm(sums_of(scores, columns), DESIGN)
    with pytest.raises(EstimateError, match="the same people that the model was fitted to"):
        robust_by_person(fit, scores[1:], columns[1:], kind="CR2")
    with pytest.raises(EstimateError, match="the same people that the model was fitted to"):
        robust_by_cluster(fit, [sums_of(scores[1:], columns[1:])])
    with pytest.raises(EstimateError, match="two clusters or more"):
        robust_by_cluster(fit, [sums_of(scores, columns)])
    with pytest.raises(EstimateError, match="no robust uncertainty called CR1"):
        robust_by_person(fit, scores, columns, kind="CR1")


def test_many_terms_take_the_shorter_way_to_the_same_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where terms are many the steps leave out a part of the second derivative; the top is the same."""
    sums = sums_of(*people(40))
    exact = fit_mmrm(sums, DESIGN)
    monkeypatch.setattr("outcomes.analysis.mmrm.optimise.EXACT_COST", 0.0)
    shorter = fit_mmrm(sums, DESIGN)
    assert shorter.steps > exact.steps
    np.testing.assert_allclose(as_table(shorter), as_table(exact), rtol=1e-7)


def test_no_end_of_steps_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outcomes.analysis.mmrm.optimise.MOST_STEPS", 1)
    with pytest.raises(EstimateError, match="no stable answer was found"):
        fit_mmrm(sums_of(*people(40)), DESIGN)
