"""Levels: the scale's own where there are few, else bands between published limits."""

from __future__ import annotations

import pandas as pd

from outcomes.analysis.frame import StudyData, read_frame
from outcomes.analysis.levels import LevelShift, Limit, band_of, describe_levels
from outcomes.analysis.shift_table import ShiftTable
from tests.unit.analysis.parts_data import make_plan, simulate_people


def data_of(before: list[float], after: list[float], maximum: float = 100.0) -> StudyData:
    rows = [
        {"subject": str(number), "occasion": occasion, "time": time, "score": score, "age": 40.0, "living": "alone"}
        for number, pair in enumerate(zip(before, after, strict=True))
        for occasion, time, score in (("start", 0.0, pair[0]), ("month-12", 12.0, pair[1]))
    ]
    return read_frame(pd.DataFrame(rows), make_plan(maximum=maximum))


def table_of(shift: LevelShift | None) -> ShiftTable:
    assert shift is not None
    assert isinstance(shift.table, ShiftTable)
    return shift.table


def test_a_scale_of_few_whole_levels_is_its_own() -> None:
    table = table_of(describe_levels(data_of([0, 1] * 15, [1, 2] * 15, maximum=4.0), [Limit(2, at_or_above=True)]))
    assert table.levels == (0, 1, 2, 3, 4)
    assert table.n == 30


def test_a_limit_belongs_to_the_side_that_it_says() -> None:
    above, below = Limit(50, at_or_above=True), Limit(50, at_or_above=False)
    assert [band_of(score, [above]) for score in (49.0, 50.0, 51.0)] == [0, 1, 1]
    assert [band_of(score, [below]) for score in (49.0, 50.0, 51.0)] == [0, 0, 1]
    table = table_of(describe_levels(data_of([50.0] * 20, [50.0] * 20), [above]))
    assert (table.levels, table.n) == ((0, 1), 20)


def test_a_measure_without_limits_has_no_levels() -> None:
    frame, _facts = simulate_people(30)
    assert describe_levels(read_frame(frame, make_plan()), []) is None


def test_limits_stand_lowest_first_and_the_measures_direction_counts() -> None:
    limits = [Limit(50, at_or_above=False), Limit(30, at_or_above=True), Limit(50, at_or_above=True)]
    found = describe_levels(data_of([20.0] * 10 + [50.0] * 10, [60.0] * 10 + [40.0] * 10), limits)
    assert found is not None
    assert found.limits == (limits[1], limits[2], limits[0])
    table = table_of(found)
    assert table.levels == (0, 1, 2, 3)
    up = table_of(describe_levels(data_of([0, 0, 1] * 10, [1, 2, 1] * 10, maximum=4.0), []))
    own = describe_levels(data_of([0] * 20, [4] * 20, maximum=4.0), limits)
    assert own is not None
    assert own.limits == ()
    assert up.lower_is_better is False
