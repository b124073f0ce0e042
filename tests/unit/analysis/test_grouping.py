"""Groups of a report: no row of counts, and no mean, tells of a hidden one."""

from __future__ import annotations

from itertools import product

import pytest

from outcomes.analysis.effect_results import CellMark
from outcomes.analysis.grouping import UNKNOWN, count_groups, protect_groups


@pytest.mark.parametrize("counts", [(30, 12), (4, 30, 12), (9, 30), (9, 10, 40), (5, 5, 10, 40), (3, 3, 3)])
def test_those_who_are_left_are_none_or_ten(counts: tuple[int, ...]) -> None:
    sizes = protect_groups({str(place): count for place, count in enumerate(counts)})
    left = sum(counts) - sum(count for count, size in zip(counts, sizes, strict=True) if size.estimated)
    assert left == 0 or left >= 10 or not any(size.estimated for size in sizes)
    assert all(size.count.count in {None, count} for size, count in zip(sizes, counts, strict=True))


def test_every_row_of_three_small_groups_keeps_the_rule() -> None:
    for counts in product(range(0, 24, 3), repeat=3):
        sizes = protect_groups({str(place): count for place, count in enumerate(counts)})
        shown = [place for place, size in enumerate(sizes) if size.estimated]
        left = sum(counts) - sum(counts[place] for place in shown)
        assert not shown or left == 0 or left >= 10
        assert all(counts[place] >= 10 and sizes[place].count.mark is CellMark.SHOWN for place in shown)


def test_groups_stand_by_name_and_the_unknown_last() -> None:
    assert list(count_groups(["b", UNKNOWN, "a", "b"])) == ["a", "b", UNKNOWN]


def test_the_smallest_group_gives_way_where_those_left_are_few():
    """Nine are left beside 30 and 12: the 12 join them, wherever they stand."""
    for counts in ({"a": 30, "b": 12, "c": 9}, {"a": 12, "b": 30, "c": 9}):
        assert [size.name for size in protect_groups(counts) if size.estimated] == [
            max(counts, key=lambda name: counts[name])
        ]
    assert [size.name for size in protect_groups({"a": 30, "b": 5, "c": 5}) if size.estimated] == ["a"], (
        "ten are enough"
    )
    assert count_groups(["b", "a", "b"]) == {"a": 1, "b": 2}
