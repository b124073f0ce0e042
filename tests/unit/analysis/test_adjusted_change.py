"""Adjusted change: what is left of a person's score when people like them are taken into account."""

from __future__ import annotations

import numpy as np

from outcomes.analysis.adjusted_change import AdjustedChanges, adjust_changes
from outcomes.analysis.results import Withheld
from tests.unit.analysis.parts_data import read_people, simulate_people


def test_residuals_are_those_of_least_squares_by_hand() -> None:
    frame, _facts = simulate_people(120)
    found = adjust_changes(read_people(frame), {})
    assert isinstance(found, AdjustedChanges)
    wide = frame.pivot(index="subject", columns="occasion", values="score").loc[list(found.subjects)]
    who = frame.drop_duplicates("subject").set_index("subject").loc[list(found.subjects)]
    columns = np.column_stack(
        [np.ones(120), wide["start"], who["age"], (who["living"] != who["living"].mode()[0]).astype(float)]
    )
    beta = np.linalg.lstsq(columns, wide["month-12"].to_numpy(), rcond=None)[0]
    residuals = wide["month-12"].to_numpy() - columns @ beta
    assert np.allclose(found.residuals, residuals, atol=1e-8)
    assert np.isclose(found.spread, np.sqrt(residuals @ residuals / (120 - 4)))
    assert set(found.adjusted_for) == {"age", "living"}


def test_who_lacks_a_covariate_is_left_out_and_counted() -> None:
    frame, _facts = simulate_people(40)
    frame.loc[frame["subject"].isin(["0", "1", "2"]), "age"] = np.nan
    found = adjust_changes(read_people(frame), {})
    assert isinstance(found, AdjustedChanges)
    assert (found.n_incomplete, len(found.subjects)) == (3, 37)
    few = adjust_changes(read_people(frame[frame["subject"].isin([str(each) for each in range(9)])]), {})
    assert isinstance(few, Withheld)


def test_a_target_group_counts_where_ten_belong_to_it() -> None:
    frame, facts = simulate_people(60)
    groups = {subject: "a" if int(subject) < 45 else "b" for subject in facts}
    many = adjust_changes(read_people(frame), groups)
    few = adjust_changes(read_people(frame), {subject: "b" if int(subject) < 9 else "a" for subject in facts})
    assert isinstance(many, AdjustedChanges)
    assert isinstance(few, AdjustedChanges)
    assert "target_group" in many.adjusted_for
    assert "target_group" not in few.adjusted_for
