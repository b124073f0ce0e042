"""Checks of a study: a control outcome that differs is found, one that doesn't is not; first answers are compared."""

from __future__ import annotations

import numpy as np

from outcomes.analysis.frame import read_frame
from outcomes.analysis.plan import Design
from outcomes.analysis.study_checks import check_study
from tests.unit.analysis.parts_data import make_plan, simulate_people


def test_an_age_that_differs_between_the_groups_is_found() -> None:
    frame, _facts = simulate_people(160, arms=True)
    (alike,) = check_study(read_frame(frame, make_plan(Design.WAITING_LIST)), compared=True).controls
    assert (alike.outcome, alike.applies) == ("age", False)
    frame.loc[frame["arm"] == "intervention", "age"] += 15
    (apart,) = check_study(read_frame(frame, make_plan(Design.WAITING_LIST)), compared=True).controls
    assert apart.applies
    assert apart.difference.estimate > 8
    assert check_study(read_frame(frame, make_plan(Design.WAITING_LIST)), compared=False).controls == ()


def test_those_who_answer_for_the_first_time_are_compared_where_there_are_ten() -> None:
    frame, _facts = simulate_people(80)
    first = frame["subject"].astype(int) < 15
    frame.loc[first & (frame["occasion"] != "month-12"), "score"] = np.nan
    found = check_study(read_frame(frame, make_plan()), compared=False).testing
    assert found is not None
    assert (found.n_first, found.n_before) == (15, 65)
    frame.loc[(frame["subject"].astype(int) < 7) & (frame["occasion"] == "month-12"), "score"] = np.nan
    assert check_study(read_frame(frame, make_plan()), compared=False).testing is None
