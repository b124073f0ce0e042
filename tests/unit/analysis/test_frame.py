from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.frame import missing_value, read_frame
from outcomes.errors import EstimateError


def places(error: EstimateError) -> set[str]:
    return {fault.place for fault in error.faults}


def test_takes_the_frame_apart(study, make_plan) -> None:
    data = read_frame(study(20, lost=0.0), make_plan())
    assert data.scores.shape == (20, 3)
    assert [size.n_started for size in data.arms] == [10, 10]
    assert data.times == {"start": 0.0, "m3": 3.0, "m6": 6.0}
    assert len(data.rows) == 40
    assert len(data.pairs("m6")[0]) == 20


def test_answers_that_were_not_due_are_left_out(study, make_plan) -> None:
    table = study(20, lost=0.0)
    table.loc[(table["subject"] == "3") & (table["occasion"] == "m6"), "due"] = False
    data = read_frame(table, make_plan())
    assert data.n_not_due == 1
    assert len(data.answered("m6")) == 19
    assert not data.due.loc["3", "m6"]


def test_unknown_due_is_not_due(study, make_plan) -> None:
    table = study(20, lost=0.0).astype({"due": object})
    table.loc[0, "due"] = None
    assert not read_frame(table, make_plan()).due.loc["0", "start"]


def test_missing_columns_are_named(study, make_plan) -> None:
    with pytest.raises(EstimateError) as caught:
        read_frame(study().drop(columns=["arm", "age", "score"]), make_plan())
    assert places(caught.value) == {"arm", "age", "score"}


def test_every_fault_has_row_and_column(study, make_plan) -> None:
    table = study(20, lost=0.0).astype({"score": object, "age": object, "time": object})
    table.loc[0, "score"] = np.inf
    table.loc[1, "score"] = 101.0
    table.loc[2, "score"] = "many"
    table.loc[3, "time"] = np.nan
    table.loc[4, "arm"] = "third"
    table.loc[5, "age"] = "old"
    table.loc[6, "subject"] = None
    table.loc[7, "place"] = "sea"
    table = pd.concat([table, table.iloc[[8]]], ignore_index=True)
    with pytest.raises(EstimateError) as caught:
        read_frame(table, make_plan())
    assert places(caught.value) >= {
        "row 1, column score",
        "row 2, column score",
        "row 3, column score",
        "row 4, column time",
        "row 5, column arm",
        "row 6, column age",
        "row 7, column subject",
        "row 8, column place",
        "row 61, column occasion",
    }


def test_a_person_in_two_arms(study, make_plan) -> None:
    table = study(20)
    table.loc[20, "arm"] = "comparison"
    with pytest.raises(EstimateError) as caught:
        read_frame(table, make_plan())
    assert "row 21, column arm" in places(caught.value)


def test_a_reference_that_nobody_has(study, make_plan) -> None:
    plan = make_plan(covariates=[{"name": "place", "kind": "category", "reference": "moon"}])
    with pytest.raises(EstimateError) as caught:
        read_frame(study(), plan)
    assert places(caught.value) == {"place"}


def test_one_arm_leaves_others_aside(study, make_plan) -> None:
    plan = make_plan(design="none", comparison=None)
    data = read_frame(study(20), plan)
    assert len(data.scores) == 10
    assert len(read_frame(study(20).drop(columns="arm"), plan).scores) == 20


def test_an_occasion_that_nobody_has(study, make_plan) -> None:
    data = read_frame(study(), make_plan(follow_up=["m3", "m6", "m9"]))
    assert math.isinf(data.times["m9"])
    assert not data.due["m9"].any()
    assert data.answered("m9").empty


def test_no_rows_of_the_plan(study, make_plan) -> None:
    with pytest.raises(EstimateError):
        read_frame(study().query("occasion == 'm9'"), make_plan())
    with pytest.raises(EstimateError, match="no data"):
        read_frame(pd.DataFrame(), make_plan())


@pytest.mark.parametrize("value", [None, float("nan"), "", "  ", np.float64("nan")])
def test_what_counts_as_missing(value) -> None:
    assert missing_value(value)


def test_zero_and_no_are_not_missing() -> None:
    assert not missing_value(0)
    assert not missing_value("No")


def test_one_arm_needs_no_column_for_it(study, make_plan) -> None:
    plan = make_plan(design="none", comparison=None)
    with_column = read_frame(study(20, one_arm=True), plan)
    without = read_frame(study(20, one_arm=True).drop(columns="arm"), plan)
    assert [(size.arm, size.n_started) for size in without.arms] == [("intervention", 20)]
    pd.testing.assert_frame_equal(without.scores, with_column.scores)


def test_occasions_may_be_numbers(study, make_plan) -> None:
    table = study(20)
    table["occasion"] = table["occasion"].map({"start": 0, "m3": 3, "m6": 6})
    data = read_frame(table, make_plan(baseline=0, follow_up=[3, 6], primary_occasion=6))
    assert list(data.scores.columns) == ["0", "3", "6"]
    assert data.scores.notna().any().all()


def test_an_arm_that_the_plan_does_not_know_is_named_once(study, make_plan) -> None:
    table = study(20)
    table.loc[table["subject"] == "4", "arm"] = "third"
    with pytest.raises(EstimateError) as caught:
        read_frame(table, make_plan())
    assert places(caught.value) == {"row 5, column arm", "row 25, column arm", "row 45, column arm"}
