"""Several pages over the same people: what one of them hides isn't told by another."""

from __future__ import annotations

from dataclasses import fields

import pytest

from outcomes.analysis.grouping import protect_groups
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.population import EVERYBODY
from outcomes.analysis.population_counts import MAIN, Counts, Grouping, hide_counts


def counted(n):
    """So many people, of whom all began, were due and answered, and whose change isn't known."""
    return Counts(**{each.name: n if each.name in {"begun", "due", "answered"} else 0 for each in fields(Counts)})


@pytest.mark.parametrize("sizes", [(20, 30, 25, 3), (9, 30, 12, 25), (3, 3, 30, 12), (5, 9, 40, 11)])
def test_report_and_overview_hide_the_same_parts(sizes):
    counts = {EVERYBODY: counted(sum(sizes)), **{name: counted(n) for name, n in zip("abcd", sizes, strict=True)}}
    hidden = hide_counts(counts, [Grouping(EVERYBODY, tuple("abcd"))], GoalKind.DEVELOP)
    report = protect_groups(dict(zip("abcd", sizes, strict=True)))
    for size in report:
        assert ("answered" in hidden[size.name]) >= (size.count.count is None), size
        assert (MAIN in hidden[size.name]) == (not size.estimated), size


def test_no_part_of_a_part_is_shown_where_another_is_small():
    """13, 14 and so the last: 2 of 29."""
    table = {("A", "1"): 13, ("A", "2"): 14, ("A", "3"): 2, ("B", "1"): 20, ("B", "2"): 15, ("B", "3"): 20}

    def total(key):
        return sum(n for pair, n in table.items() if key in pair)

    counts = {EVERYBODY: counted(sum(table.values())), **{key: counted(total(key)) for key in "AB123"}}
    counts |= {f"{one}{other}": counted(n) for (one, other), n in table.items()}
    wide = [Grouping(EVERYBODY, ("A", "B")), Grouping(EVERYBODY, ("1", "2", "3"))]
    crossings = [Grouping(key, tuple(f"{o}{t}" for o, t in table if key in {o, t})) for key in "AB123"]
    hidden = hide_counts(counts, [*wide, *crossings], GoalKind.DEVELOP)
    crossed = [f"{one}{other}" for one, other in table]
    assert all(MAIN in hidden[key] for key in crossed)
    assert sum("begun" not in hidden[key] for key in ("A1", "A2", "A3")) < 2
    assert not any(MAIN in hidden[key] for key in "AB123"), "the wide ones stay"
