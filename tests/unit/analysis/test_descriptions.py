"""Attrition, balance, artefacts, overlap, distribution and progression on simulated studies."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from outcomes.analysis.artefacts import describe_artefacts, expected_regression
from outcomes.analysis.attrition import describe_attrition
from outcomes.analysis.balance import compare_baseline, standardised_difference
from outcomes.analysis.distribution import describe_distributions, protected_bins
from outcomes.analysis.effect_results import CellMark, Distribution, Progression
from outcomes.analysis.frame import read_frame
from outcomes.analysis.overlap import estimate_overlap, fit_propensity
from outcomes.analysis.progression import describe_progression
from outcomes.analysis.propensity import fit_propensity_model
from outcomes.analysis.reliable_change import ChangeCategory
from outcomes.analysis.results import (
    COMPARISON,
    INTERVENTION,
    BalanceTable,
    RegressionToMean,
    Share,
    ShareDifference,
    Withheld,
    WithheldReason,
)


def lose(table, occasion: str, arm: str, keep: int):
    """Take away all but ``keep`` scores of one arm at one occasion."""
    rows = table.index[(table["occasion"] == occasion) & (table["arm"] == arm)]
    table.loc[rows[keep:], "score"] = np.nan
    return table


def test_flow_counts_due_and_answered(study, make_plan) -> None:
    table = lose(study(80, lost=0.0), "m6", COMPARISON, 20)
    table.loc[table.index[(table["occasion"] == "m6") & (table["arm"] == COMPARISON)][-5:], "due"] = False
    flow = describe_attrition(read_frame(table, make_plan()))
    rows = {(row.occasion, row.arm): row for row in flow.rows}
    assert (rows["m6", COMPARISON].begun, rows["m6", COMPARISON].due, rows["m6", COMPARISON].answered) == (40, 35, 20)
    assert rows["m6", None].answered == 60
    assert flow.arm_difference == pytest.approx(1 - 20 / 35)
    assert isinstance(flow.primary_share, Share)
    assert flow.primary_share.share == pytest.approx(60 / 75)
    assert isinstance(flow.lost_compared, BalanceTable)
    assert (flow.lost_compared.first_n, flow.lost_compared.second_n) == (60, 15)


def test_a_small_arm_is_not_given_away_by_the_sum(study, make_plan) -> None:
    flow = describe_attrition(read_frame(lose(study(80, lost=0.0), "m6", COMPARISON, 3), make_plan()))
    rows = {(row.occasion, row.arm): row for row in flow.rows}
    assert rows["m6", COMPARISON].answered is None
    assert rows["m6", None].answered is None
    assert rows["m6", INTERVENTION].answered == 40
    assert flow.arm_difference is None


def test_occasion_that_has_not_come(study, make_plan) -> None:
    table = study(80)
    table.loc[table["occasion"] == "m6", ["due", "score"]] = [False, np.nan]
    flow = describe_attrition(read_frame(table, make_plan()))
    assert isinstance(flow.primary_share, Withheld)
    assert isinstance(flow.lost_compared, Withheld)


def test_nobody_lost_nobody_to_compare(study, make_plan) -> None:
    lost = describe_attrition(read_frame(study(80, lost=0.0), make_plan())).lost_compared
    assert isinstance(lost, Withheld)
    assert lost.code is WithheldReason.NOT_POSSIBLE


def test_standardised_difference_by_hand() -> None:
    assert standardised_difference(12.0, 10.0, 4.0, 4.0, 5.0) == pytest.approx(1.0)
    assert standardised_difference(1.0, 0.0, 0.0, 0.0, 0.25) == pytest.approx(2.0)
    assert standardised_difference(1.0, 1.0, 0.0, 0.0, 0.0) == 0.0


def test_rare_category_is_not_shown_but_counted(study, make_plan) -> None:
    table = study(80, lost=0.0)
    table["place"] = np.where(table["subject"].isin(["0", "2"]), "country", "town")
    data = read_frame(table, make_plan())
    rows = compare_baseline(
        data, data.members(INTERVENTION), data.members(COMPARISON), "new", "usual", adjusted=frozenset()
    ).rows
    rare = next(row for row in rows if row.name == "place")
    assert (rare.first, rare.second) == (None, None)
    assert rare.smd > 0.1


def test_three_levels_have_a_row_each(study, make_plan) -> None:
    table = study(90, lost=0.0)
    table["place"] = (table["subject"].astype(int) // 2 % 3).map({0: "town", 1: "country", 2: "island"})
    data = read_frame(table, make_plan())
    table_rows = compare_baseline(
        data, data.members(INTERVENTION), data.members(COMPARISON), "new", "usual", adjusted=frozenset({"place"})
    ).rows
    assert [row.level for row in table_rows if row.name == "place"] == ["town", "country", "island"]
    assert all(row.adjusted_for for row in table_rows if row.name == "place")


def test_ends_of_the_scale(study, make_plan) -> None:
    table = study(80, lost=0.0)
    rows = table.index[table["occasion"] == "m6"]
    table.loc[rows[:13], "score"] = 100.0
    table.loc[rows[13:16], "score"] = 0.0
    start, primary = describe_artefacts(read_frame(table, make_plan())).bounds
    assert not start.over_limit
    assert primary.at_highest == pytest.approx(13 / 80)
    assert primary.at_lowest is None
    assert primary.over_limit


def test_no_ends_without_a_bounded_scale(study, make_plan) -> None:
    plan = make_plan(measure={"instrument": "x", "scale": "y", "direction": "higher_is_better"})
    assert describe_artefacts(read_frame(study(), plan)).bounds == ()


def test_regression_to_the_mean_is_what_selection_alone_makes() -> None:
    """People chosen by a low first score rise by (1 - r)(M - mean) with nothing done; Monte Carlo error 0.03."""
    random = np.random.default_rng(10)
    truth = random.normal(50, 8, 400_000)
    first, second = truth + random.normal(0, 4, truth.size), truth + random.normal(0, 4, truth.size)
    chosen = first < 45
    reliability = 64 / 80
    seen = (second[chosen] - first[chosen]).mean()
    assert expected_regression(50.0, float(first[chosen].mean()), reliability) == pytest.approx(seen, abs=0.1)


def test_regression_to_the_mean_stands_beside_the_change(study, make_plan) -> None:
    selection = {"population_mean": 70, "reliability": 0.8, "source": "a norm"}
    artefacts = describe_artefacts(read_frame(study(80, lost=0.0), make_plan(selection=selection)))
    regression = artefacts.regression_to_mean
    assert isinstance(regression, RegressionToMean)
    assert regression.expected_change == pytest.approx(4.0, abs=0.8)
    assert regression.share_of_change == pytest.approx(regression.expected_change / 5, rel=0.4)


def test_probabilities_are_the_logistic_model_s() -> None:
    """Newton's steps for overlap against the fit that comparisons use: columns of any size, some that depend on others."""
    random = np.random.default_rng(7)
    columns = np.column_stack(
        [np.ones(200), 1e-6 * random.normal(size=200), random.random(200) < 0.3, 1e6 + 1e5 * random.normal(size=200)]
    ).astype(float)
    line = 1.5 * 1e6 * columns[:, 1] - columns[:, 2] + 2e-5 * (columns[:, 3] - 1e6)
    arm = (random.random(200) < 1 / (1 + np.exp(-line))).astype(float)
    model = fit_propensity_model(arm, columns, ["Intercept", "a", "b", "c"])
    np.testing.assert_allclose(fit_propensity(columns, arm), model.probabilities, rtol=1e-9)
    doubled = np.column_stack([columns, 3 * columns[:, 2] + 5, np.full(200, 7.0)])
    np.testing.assert_allclose(fit_propensity(doubled, arm), model.probabilities, rtol=1e-9)


def test_probabilities_of_all_but_separated_arms() -> None:
    """One person on the wrong side of each hundred: coefficients far from zero, which careful steps reach all the same."""
    x = np.r_[np.linspace(-30, -1, 100), np.linspace(1, 30, 100)]
    arm = (x > 0).astype(float)
    arm[[98, 101]] = 1 - arm[[98, 101]]
    columns = np.column_stack([np.ones(200), x])
    model = fit_propensity_model(arm, columns, ["Intercept", "x"])
    np.testing.assert_allclose(fit_propensity(columns, arm), model.probabilities, rtol=1e-7, atol=1e-12)
    wholly = fit_propensity(columns, (x > 0).astype(float))
    assert np.abs(wholly - (x > 0)).max() < 1e-5


def test_groups_without_overlap(study, make_plan) -> None:
    table = study(80, lost=0.0)
    assert estimate_overlap(read_frame(table, make_plan())) == pytest.approx(1.0)
    table["age"] = np.where(table["arm"] == INTERVENTION, 20.0, 70.0) + table["age"] / 100
    assert estimate_overlap(read_frame(table, make_plan())) == pytest.approx(0.0)
    assert estimate_overlap(read_frame(study(6, lost=0.0), make_plan())) is None


def test_bins_hide_small_numbers_and_lose_nobody() -> None:
    random = np.random.default_rng(3)
    scores = np.clip(random.normal(30, 15, 60), 0, 63)
    bins = protected_bins(scores.tolist(), 0.0, 63.0)
    assert sum(part.count for part in bins) == 60
    assert min(part.count for part in bins) >= 5
    assert (bins[0].low, bins[-1].high) == (0.0, 63.0)
    assert all(left.high == right.low for left, right in pairwise(bins))
    for part in bins:
        top = scores <= part.high if part is bins[-1] else scores < part.high
        assert part.count == int(((scores >= part.low) & top).sum())


def test_distribution_gives_no_single_score_away(study, make_plan) -> None:
    plan = make_plan(measure={"instrument": "x", "scale": "y", "direction": "higher_is_better"})
    data = read_frame(study(80, lost=0.0), plan)
    first = describe_distributions(data)[0].result
    assert isinstance(first, Distribution)
    assert first.lower_quartile < first.median < first.upper_quartile
    assert first.bins[0].low < float(np.nanmin(data.scores)) or first.bins[0].low == int(first.bins[0].low)
    assert first.bins[-1].high > float(np.nanmax(data.scores))


def test_distribution_of_one_value(study, make_plan) -> None:
    plan = make_plan(measure={"instrument": "x", "scale": "y", "direction": "higher_is_better"})
    table = study(40, lost=0.0)
    table["score"] = 7.0
    result = describe_distributions(read_frame(table, plan))[0].result
    assert isinstance(result, Distribution)
    assert [(part.low, part.high, part.count) for part in result.bins] == [(7.0, 7.0, 20)]


def test_progression_counts_all_who_started(study, make_plan) -> None:
    table = lose(study(80, lost=0.0, effect=12.0), "m6", COMPARISON, 30)
    progression, persons = describe_progression(read_frame(table, make_plan()))
    assert isinstance(progression, Progression)
    new, usual = progression.rows
    assert len(persons) == 80
    assert (usual.n_started, usual.n_compared, usual.not_compared) == (40, 30, 10)
    better = sum(person.arm == INTERVENTION and person.category is ChangeCategory.BETTER for person in persons)
    assert new.better.count == better
    assert isinstance(new.share_better, Share)
    assert new.share_better.total == 40
    assert new.worse.mark is CellMark.UNDER_MINIMUM
    assert isinstance(new.share_worse, Withheld)


def test_difference_between_arms(study, make_plan) -> None:
    error = {"kind": "smallest_detectable_change", "smallest_detectable_change": 6, "source": "x"}
    data = read_frame(study(200, lost=0.0, effect=6.0), make_plan(measurement_error=error))
    progression, _ = describe_progression(data)
    assert isinstance(progression, Progression)
    assert isinstance(progression.difference_better, ShareDifference)
    assert progression.difference_better.difference > 0


def test_progression_that_cannot_be_given(study, make_plan) -> None:
    data = read_frame(study(80), make_plan(measurement_error=None))
    assert isinstance(describe_progression(data)[0], Withheld)
    table = study(80)
    table.loc[table["occasion"] == "start", "score"] = 50.0
    own = {"kind": "own_baseline_sd", "reliability": 0.8, "source": "x"}
    flat = describe_progression(read_frame(table, make_plan(measurement_error=own)))[0]
    assert isinstance(flat, Withheld)
    assert flat.code is WithheldReason.NOT_POSSIBLE
    few, persons = describe_progression(read_frame(study(12), make_plan()))
    assert isinstance(few, Withheld)
    assert len(persons) == 12


def test_progression_counts_those_who_were_due_and_says_why_the_others_are_not_compared(study, make_plan) -> None:
    table = study(80, lost=0.0, effect=12.0)
    last = table["occasion"] == "m6"
    waiting = last & (table["arm"] == INTERVENTION) & (table["subject"].astype(int) < 40)
    table.loc[waiting, "due"] = False
    first = (table["occasion"] == "start") & (table["arm"] == INTERVENTION) & (table["subject"].astype(int) >= 68)
    table.loc[first, "score"] = np.nan
    progression, _ = describe_progression(read_frame(table, make_plan()))
    assert isinstance(progression, Progression)
    new = progression.rows[0]
    assert (new.n_started, new.n_due, new.not_due) == (40, 20, 20)
    assert (new.n_compared, new.not_answered, new.no_start, new.not_compared) == (14, 0, 6, 6)


def test_keeping_a_level_succeeds_unless_clearly_worse(study, make_plan) -> None:
    table = study(80, lost=0.0)
    worse = (table["occasion"] == "m6") & (table["subject"].astype(int) < 20)
    table.loc[worse, "score"] = 1.0
    progression, persons = describe_progression(read_frame(table, make_plan(goal_kind="maintain")))
    assert isinstance(progression, Progression)
    new = progression.rows[0]
    assert new.worse.count == 10
    assert new.succeeded.count == 30
    assert isinstance(new.share_succeeded, Share)
    assert sum(person.succeeded or False for person in persons if person.arm == INTERVENTION) == 30


def test_an_arm_with_few_answers_is_hidden_in_every_table(study, make_plan) -> None:
    table = lose(study(80, lost=0.0), "m6", COMPARISON, 3)
    data = read_frame(table, make_plan())
    attrition = describe_attrition(data)
    assert attrition.hides_an_arm
    assert isinstance(attrition.lost_compared, Withheld)
    assert [bound.n for bound in describe_artefacts(data).bounds] == [80, None]
    progression, _ = describe_progression(data)
    assert isinstance(progression, Progression)
    usual = progression.rows[1]
    assert {usual.n_compared, usual.not_compared, usual.not_answered, usual.no_start} == {None}


def test_a_small_category_hides_what_it_could_be_worked_out_from(study, make_plan) -> None:
    table = study(100, lost=0.0)
    number = table["subject"].astype(int)
    table["place"] = np.where(number < 6, "island", np.where(number % 4 < 2, "town", "country"))
    data = read_frame(table, make_plan())
    rows = [row for row in compare(data).rows if row.name == "place"]
    hidden = {row.level for row in rows if row.hidden}
    assert "island" in hidden
    assert len(hidden) >= 2


def compare(data) -> BalanceTable:
    return compare_baseline(
        data, data.members(INTERVENTION), data.members(COMPARISON), "new", "usual", adjusted=frozenset()
    )
