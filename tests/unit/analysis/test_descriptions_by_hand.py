"""Attrition, balance, artefacts, distribution and progression of a study of 40 people that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.artefacts import describe_artefacts
from outcomes.analysis.attrition import describe_attrition
from outcomes.analysis.balance import compare_baseline, hidden_levels
from outcomes.analysis.distribution import describe_distributions, protected_bins
from outcomes.analysis.effect_results import Bin, Cell, CellMark, Distribution, Progression
from outcomes.analysis.frame import StudyData, read_frame
from outcomes.analysis.progression import describe_progression
from outcomes.analysis.proportions import compare_shares, estimate_share
from outcomes.analysis.results import (
    COMPARISON,
    INTERVENTION,
    ArmSize,
    BalanceRow,
    BalanceTable,
    BoundShare,
    RegressionToMean,
    Withheld,
    WithheldReason,
)

LAST = 6.0
SHOWN, UNDER, WITHHELD = CellMark.SHOWN, CellMark.UNDER_MINIMUM, CellMark.WITHHELD


def table_by_hand() -> pd.DataFrame:
    """20 people in each arm, who start at 31 to 50 and change by 20 (first nine or six), 0, or -20 (last six)."""
    rows = []
    for arm, gains in ((INTERVENTION, 9), (COMPARISON, 6)):
        for person in range(20):
            start = 31.0 + person
            change = 20.0 if person < gains else 0.0 if person < 14 else -20.0
            for occasion, time, score in (("start", 0.0, start), ("m3", 3.0, start), ("m6", LAST, start + change)):
                rows.append((f"{arm[0]}{person}", occasion, time, score, arm, 20.0 + person, "town", True))
    table = pd.DataFrame(rows, columns=["subject", "occasion", "time", "score", "arm", "age", "place", "due"])
    table.loc[(table["arm"] == INTERVENTION) & (table["age"] >= 34), "place"] = "country"
    table.loc[(table["arm"] == COMPARISON) & (table["age"] >= 30), "place"] = "country"
    return table


def at_last(table: pd.DataFrame, *subjects: str) -> pd.Series:
    return (table["occasion"] == "m6") & table["subject"].isin(subjects)


@pytest.fixture
def data(make_plan) -> StudyData:
    table = table_by_hand()
    table.loc[at_last(table, "c0", "c1", "c2", "c3", "c4"), "score"] = np.nan
    return read_frame(table, make_plan())


def test_flow(data) -> None:
    flow = describe_attrition(data)
    rows = [(row.occasion, row.time, row.arm, row.begun, row.due, row.answered) for row in flow.rows]
    assert rows == [
        ("start", 0.0, INTERVENTION, 20, 20, 20),
        ("start", 0.0, COMPARISON, 20, 20, 20),
        ("start", 0.0, None, 40, 40, 40),
        ("m3", 3.0, INTERVENTION, 20, 20, 20),
        ("m3", 3.0, COMPARISON, 20, 20, 20),
        ("m3", 3.0, None, 40, 40, 40),
        ("m6", LAST, INTERVENTION, 20, 20, 20),
        ("m6", LAST, COMPARISON, 20, 20, 15),
        ("m6", LAST, None, 40, 40, 35),
    ]
    assert flow.primary_share == flow.rows[-1].share == estimate_share(35, 40)
    assert flow.primary_by_arm == (estimate_share(20, 20), estimate_share(15, 20))
    assert flow.arm_difference == 0.25
    assert isinstance(flow.lost_compared, Withheld)
    assert flow.lost_compared.code is WithheldReason.TOO_FEW  # five lost, under ten
    assert not flow.hides_an_arm


@pytest.mark.parametrize(("lost", "hidden"), [(15, False), (16, True)])
def test_an_arm_is_hidden_from_under_five_answers_on(make_plan, lost: int, hidden: bool) -> None:
    table = table_by_hand()
    table.loc[at_last(table, *(f"c{person}" for person in range(lost))), "score"] = np.nan
    flow = describe_attrition(read_frame(table, make_plan()))
    assert [row.answered for row in flow.rows[-3:]] == ([20, None, None] if hidden else [20, 5, 25])
    assert [isinstance(row.share, Withheld) for row in flow.rows[-3:]] == [False, hidden, hidden]
    assert (flow.arm_difference is None) is hidden
    assert isinstance(flow.lost_compared, Withheld) is hidden
    if isinstance(flow.lost_compared, BalanceTable):
        assert (flow.lost_compared.first_label, flow.lost_compared.first_n) == ("answered", 25)
        assert (flow.lost_compared.second_label, flow.lost_compared.second_n) == ("lost", 15)
        assert not any(row.adjusted_for for row in flow.lost_compared.rows)


def test_nobody_due_and_nobody_lost(make_plan) -> None:
    table = table_by_hand()
    whole = describe_attrition(read_frame(table, make_plan())).lost_compared
    assert "Nobody was lost" in str(whole.sentence)
    table.loc[table["occasion"] == "m6", "due"] = False
    share = describe_attrition(read_frame(table, make_plan())).primary_share
    assert share.code is WithheldReason.NOT_POSSIBLE
    assert "Nobody was due" in str(share.sentence)


def test_balance_rows(make_plan) -> None:
    data = read_frame(table_by_hand(), make_plan())
    found = compare_baseline(
        data, data.members(INTERVENTION), data.members(COMPARISON), "new", "usual", adjusted=frozenset({"age"})
    )
    sd = float(np.std(np.arange(20.0), ddof=1))
    score, age, place = found.rows
    assert (found.first_label, found.second_label, found.first_n, found.second_n) == ("new", "usual", 20, 20)
    assert score == BalanceRow(data.plan.baseline_term, None, 40.5, sd, 40.5, sd, 0.0, adjusted_for=False)
    assert age == BalanceRow("age", None, 29.5, sd, 29.5, sd, 0.0, adjusted_for=True)
    variances = (0.3 * 0.7 + 0.5 * 0.5) * 20 / 19 / 2
    expected = BalanceRow("place", "country", 0.3, None, 0.5, None, pytest.approx(-0.2 / variances**0.5), False)
    assert place == expected
    assert not place.hidden


def test_a_level_is_hidden_from_under_five_on(make_plan) -> None:
    for country, hidden in ((15, set()), (16, {"town", "country"})):
        table = table_by_hand()
        number = table["subject"].str[1:].astype(int)
        table["place"] = np.where(number < country, "country", "town")
        data = read_frame(table, make_plan())
        assert hidden_levels(data, data.plan.covariates[1]) == hidden


def test_means_of_few_are_not_shown_but_compared(data) -> None:
    first = data.scores.index.isin([f"i{person}" for person in range(4)])
    whole = pd.Series(first, index=data.scores.index)
    row = compare_baseline(data, whole, ~whole, "few", "rest", adjusted=frozenset()).rows[0]
    assert (row.first, row.first_sd, row.second, row.second_sd) == (None, None, None, None)
    assert row.smd < -1
    one = pd.Series(data.scores.index == "i0", index=data.scores.index)
    rows = compare_baseline(data, one, ~one, "one", "rest", adjusted=frozenset()).rows
    assert [row.name for row in rows] == ["place"]


def test_ends(make_plan) -> None:
    for at_top, share, over in ((4, None, False), (6, 6 / 40, False), (7, 7 / 40, True)):
        table = table_by_hand()
        table.loc[at_last(table, *(f"i{person}" for person in range(at_top))), "score"] = 100.0
        bounds = describe_artefacts(read_frame(table, make_plan())).bounds
        assert bounds == (BoundShare("start", 40, None, None, False), BoundShare("m6", 40, None, share, over))


def test_regression_to_the_mean_by_hand(make_plan) -> None:
    selection = {"population_mean": 60, "reliability": 0.8, "source": "a norm"}
    table = table_by_hand()
    found = describe_artefacts(read_frame(table, make_plan(selection=selection))).regression_to_mean
    # starts at 40.5; nine gain 20 and six lose 20: 3 points
    assert found == RegressionToMean(pytest.approx(0.2 * 19.5), pytest.approx(3.9 / 3), "a norm")
    none = describe_artefacts(read_frame(table, make_plan())).regression_to_mean
    assert none.code is WithheldReason.NOT_PLANNED
    table.loc[table["occasion"] == "m6", "score"] = table.loc[table["occasion"] == "start", "score"].to_numpy()
    still = describe_artefacts(read_frame(table, make_plan(selection=selection))).regression_to_mean
    assert still.share_of_change is None


def test_distribution_by_hand(data) -> None:
    found = [one.result for one in describe_distributions(data)]
    assert [(one.occasion, one.arm, one.n) for one in found if isinstance(one, Distribution)] == [
        ("start", INTERVENTION, 20),
        ("start", COMPARISON, 20),
        ("m6", INTERVENTION, 20),
        ("m6", COMPARISON, 15),
    ]
    first = found[0]
    assert (first.lower_quartile, first.median, first.upper_quartile) == (35.75, 40.5, 45.25)
    # bins of 10 points: 30-40 holds 9, 40-50 holds 10, 50-60 holds 1 and is joined with the rest
    assert first.bins == (Bin(0.0, 40.0, 9), Bin(40.0, 100.0, 11))


@pytest.mark.parametrize(
    ("scores", "low", "high", "bins"),
    [
        ([*range(14)] * 5, 0.0, 14.0, [(float(edge), float(edge + 1), 5) for edge in range(14)]),
        ([0.5] * 5 + [1.5] * 4 + [2.5] * 6, 0.5, 2.5, [(0.5, 0.6, 5), (0.6, 2.5, 10)]),
        ([3.0] * 5 + [60.0] * 5, 3.0, 60.0, [(3.0, 5.0, 5), (5.0, 60.0, 5)]),
        ([3.0] * 4, 0.0, 10.0, []),
        ([0.0] * 5 + [280.0] * 5, 0.0, 280.0, [(0.0, 20.0, 5), (20.0, 280.0, 5)]),
        ([0.0] * 5 + [281.0] * 5, 0.0, 281.0, [(0.0, 50.0, 5), (50.0, 281.0, 5)]),
        ([0.0] * 5 + [701.0] * 5, 0.0, 701.0, [(0.0, 100.0, 5), (100.0, 701.0, 5)]),
    ],
)
def test_bins_by_hand(scores: list[float], low: float, high: float, bins: list[tuple[float, float, int]]) -> None:
    found = protected_bins(scores, low, high)
    assert [part.count for part in found] == [count for *_, count in bins]
    for part, (start, end, _) in zip(found, bins, strict=True):
        assert (part.low, part.high) == pytest.approx((start, end))


def test_progression_by_hand(data) -> None:
    found, persons = describe_progression(data)
    assert isinstance(found, Progression)
    new, usual = found.rows
    assert (new.arm, new.label) == (data.arms[0].arm, data.arms[0].label)
    assert data.arms == (ArmSize(INTERVENTION, "new", 20), ArmSize(COMPARISON, "usual", 20))
    # 9 better, 5 the same, 6 worse
    assert (new.better, new.unchanged, new.worse) == (Cell(9, SHOWN), Cell(5, SHOWN), Cell(6, SHOWN))
    assert new.not_better == Cell(11, SHOWN)
    assert (new.n_started, new.n_due, new.n_compared, new.not_compared, new.not_due) == (20, 20, 20, 0, 0)
    assert (new.not_answered, new.no_start) == (0, 0)
    assert new.succeeded == new.better
    assert new.share_better == new.share_succeeded == estimate_share(9, 20)
    assert new.share_worse == estimate_share(6, 20)
    # 1 better (five of six are gone), 8 the same, 6 worse
    assert usual.better.mark is UNDER
    assert usual.not_better == Cell(None, WITHHELD)
    assert (usual.n_compared, usual.not_compared, usual.not_answered, usual.no_start) == (15, 5, 5, 0)
    assert isinstance(usual.share_better, Withheld)
    assert isinstance(found.difference_better, Withheld)
    assert len(persons) == 40
    one = next(person for person in persons if person.subject == "i0")
    assert (one.arm, one.before, one.after, one.change) == (INTERVENTION, 31.0, 51.0, 20.0)


def test_difference_of_those_better_by_hand(make_plan) -> None:
    found, _ = describe_progression(read_frame(table_by_hand(), make_plan()))
    assert found.difference_better == compare_shares(estimate_share(9, 20), estimate_share(6, 20))
    alone, persons = describe_progression(read_frame(table_by_hand(), make_plan()), compared=False)
    assert alone.difference_better.code is WithheldReason.NOT_POSSIBLE
    assert len(persons) == 40


@pytest.mark.parametrize(
    ("expected", "succeeded"),
    [
        (-30.0, Cell(14, SHOWN)),  # all but the six who lost 20, which is less than 15 better than expected
        (-38.0, Cell(None, WITHHELD)),  # everybody: that nobody failed is a small number
        (2.0, Cell(9, SHOWN)),  # only those who are better
        (10.0, Cell(None, WITHHELD)),  # nobody
    ],
)
def test_limiting_a_loss_gives_no_small_count_away(make_plan, expected: float, succeeded: Cell) -> None:
    plan = make_plan(goal_kind="limit_loss", expected_change={"points": expected, "source": "a register"})
    new = describe_progression(read_frame(table_by_hand(), plan))[0].rows[0]
    assert (new.better, new.worse) == (Cell(9, SHOWN), Cell(6, SHOWN))
    assert new.succeeded == succeeded


def test_keeping_is_counted_where_the_worse_are(make_plan) -> None:
    new = describe_progression(read_frame(table_by_hand(), make_plan(goal_kind="maintain")))[0].rows[0]
    assert new.succeeded == Cell(14, SHOWN)
    assert new.share_succeeded == estimate_share(14, 20)


def test_under_ten_compared_no_count_is_shown(make_plan) -> None:
    table = table_by_hand()
    table.loc[at_last(table, *(f"c{person}" for person in range(9, 20))), "score"] = np.nan
    new, usual = describe_progression(read_frame(table, make_plan()))[0].rows
    assert new.better == Cell(9, SHOWN)
    assert (usual.better, usual.unchanged, usual.worse) == (Cell(None, WITHHELD),) * 3
    assert (usual.n_compared, usual.not_compared) == (9, 11)


def test_a_scale_without_ends_is_drawn_between_round_numbers(make_plan) -> None:
    plan = make_plan(measure={"instrument": "x", "scale": "y", "direction": "higher_is_better"})
    table = table_by_hand()
    table["score"] += 600.0
    data = read_frame(table, plan)
    assert (float(np.nanmin(data.scores)), float(np.nanmax(data.scores))) == (625.0, 659.0)
    found = describe_distributions(data)[0].result
    assert isinstance(found, Distribution)
    assert (found.bins[0].low, found.bins[-1].high) == (625.0, 660.0)
    table.loc[at_last(table, "i0"), "score"] = 611.0
    found = describe_distributions(read_frame(table, plan))[0].result
    assert isinstance(found, Distribution)
    assert (found.bins[0].low, found.bins[-1].high) == (610.0, 660.0)
    few = table[table["subject"].isin([f"i{person}" for person in range(9)] + [f"c{person}" for person in range(20)])]
    withheld = describe_distributions(read_frame(few, plan))[0]
    assert (withheld.occasion, withheld.arm, type(withheld.result)) == ("start", INTERVENTION, Withheld)


def test_people_at_the_lowest_end(make_plan) -> None:
    table = table_by_hand()
    table.loc[at_last(table, "i0", "i1", "i2", "i3", "i4"), "score"] = 0.0
    assert describe_artefacts(read_frame(table, make_plan())).bounds[1] == BoundShare("m6", 40, 5 / 40, None, False)
    plan = make_plan(measure={"instrument": "x", "scale": "y", "direction": "higher_is_better", "minimum": 0})
    assert describe_artefacts(read_frame(table, plan)).bounds[1] == BoundShare("m6", 40, 5 / 40, None, False)


def test_those_lost_hide_a_level_too(data) -> None:
    # the five lost are all from the town, so that no lost person from the country is a small number
    assert hidden_levels(data, data.plan.covariates[1]) == {"town", "country"}
    two = pd.Series(data.scores.index.isin(["i0", "i1"]), index=data.scores.index)
    rows = compare_baseline(data, two, ~two, "two", "rest", adjusted=frozenset()).rows
    assert [row.name for row in rows] == [data.plan.baseline_term, "age", "place"]
