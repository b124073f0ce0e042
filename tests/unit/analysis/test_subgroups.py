"""Subgroups: a real difference is found, chance alone is not, and small groups are drawn to the others and protected."""

from __future__ import annotations

import math

from outcomes.analysis.frame import read_frame
from outcomes.analysis.plan import Design
from outcomes.analysis.subgroups import compare_subgroups, cut_at_median
from tests.unit.analysis.parts_data import make_plan, read_people, simulate_people


def test_a_real_difference_is_found_and_named() -> None:
    frame, _facts = simulate_people(300, extra=lambda _facts, age: 10.0 if age < 50 else 0.0)
    found = {each.name: each for each in compare_subgroups(read_people(frame), {}, compared=False)}
    assert found["age"].differs
    assert not found["living"].differs
    young, old = found["age"].rows
    assert young.own is not None
    assert old.own is not None
    assert young.own.estimate - old.own.estimate > 5
    assert found["age"].adjusted_p_value >= found["age"].p_value


def test_of_many_without_a_difference_few_are_called_so() -> None:
    called = 0
    for seed in range(8):
        frame, facts = simulate_people(80, seed=seed)
        groups = {subject: fact.target_group for subject, fact in facts.items()}
        called += any(
            each.differs for each in compare_subgroups(read_people(frame), {"target_group": groups}, compared=False)
        )
    assert called <= 2


def test_a_small_group_is_drawn_further_to_the_mean_than_a_large_one() -> None:
    frame, facts = simulate_people(200)
    groups = {
        subject: "small" if int(subject) < 14 else "large" if int(subject) < 150 else "middle" for subject in facts
    }
    (found,) = [
        each for each in compare_subgroups(read_people(frame), {"size": groups}, compared=False) if each.name == "size"
    ]
    weights = {row.level: row.shrunken.reliability for row in found.rows if row.shrunken}
    assert weights["small"] <= weights["middle"] <= weights["large"]


def test_groups_under_ten_are_counted_and_not_estimated() -> None:
    frame, facts = simulate_people(120)
    groups = {subject: "few" if int(subject) < 7 else "x" if int(subject) < 60 else "y" for subject in facts}
    (found,) = [
        each for each in compare_subgroups(read_people(frame), {"g": groups}, compared=False) if each.name == "g"
    ] or [None]
    # seven people left alone could be worked out from the mean of all, so a second group is kept back and nothing is left
    assert found is None


def test_where_two_groups_are_compared_the_numbers_are_differences() -> None:
    frame, _facts = simulate_people(400, arms=True)
    frame.loc[(frame["arm"] == "intervention") & (frame["occasion"] == "month-12"), "score"] += 8
    data = read_frame(frame[frame["score"] <= 100], make_plan(Design.WAITING_LIST))
    found = compare_subgroups(data, {}, compared=True)
    assert found
    assert all(each.is_difference for each in found)
    assert all(row.own is None or row.own.estimate > 3 for each in found for row in each.rows)
    fewer = read_frame(frame[frame["subject"].isin([str(each) for each in range(90)])], make_plan(Design.WAITING_LIST))
    assert not any(each.is_difference for each in compare_subgroups(fewer, {}, compared=True))


def test_numbers_are_cut_at_their_median() -> None:
    assert cut_at_median([1.0, 2.0, 3.0, math.nan]) == ["< 2", "≥ 2", "≥ 2", ""]
    assert cut_at_median([math.nan]) == [""]
