"""Groups within a report: which may be counted, and which may be estimated, so that none of the hidden can be worked out.

Question: of people parted into groups (providers, target groups, quarters), for which may a number be shown?
Rules: the counts are a row whose total is public (:func:`~outcomes.analysis.disclosure.suppress_counts`). An estimate takes
10 people; and since the mean of all is shown too, the mean of those who are left could be worked out from it: those left
are none or at least 10 people, or else the smallest groups join them.
Assumptions: a reader knows the total, its mean, and every number that is shown.
Units: persons. Missing data: a person without a group is in none; the caller gives them a group of their own.
Errors: ValueError for a negative count.
Source: METHODS.md sections 4 and 7. Checked: tests/unit/analysis/test_grouping.py tries every small row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE, may_show_estimate, suppress_counts
from outcomes.analysis.effect_results import Cell, CellMark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROVIDER, TARGET_GROUP, STANDING = "provider", "target_group", "standing"
"""Names of what people are parted by, beside the plan's covariates."""
UNKNOWN = ""
"""The group of those whose group isn't known."""


@dataclass(frozen=True, slots=True)
class GroupSize:
    """``count``: how many are in the group called ``name``, as it may be shown. ``estimated``: a mean may be shown too."""

    name: str
    count: Cell
    estimated: bool


def protect_groups(counts: Mapping[str, int]) -> tuple[GroupSize, ...]:
    """The groups in the order given, with what may be shown of each."""
    sizes = list(counts.values())
    cells = suppress_counts(sizes)
    chosen = {
        place
        for place, (size, cell) in enumerate(zip(sizes, cells, strict=True))
        if may_show_estimate(size) and cell.mark is CellMark.SHOWN
    }
    while chosen and 0 < sum(sizes) - sum(sizes[place] for place in chosen) < MINIMUM_ESTIMATE:
        chosen.remove(min(chosen, key=lambda place: (sizes[place], place)))
    return tuple(
        GroupSize(name, cell, place in chosen) for place, (name, cell) in enumerate(zip(counts, cells, strict=True))
    )


def count_groups(groups: Sequence[str]) -> dict[str, int]:
    """How many are in each group, by name; those whose group isn't known last."""
    names = sorted(set(groups), key=lambda name: (name == UNKNOWN, name))
    counted = Counter(groups)
    return {name: counted[name] for name in names}
