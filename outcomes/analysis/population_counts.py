"""How many people stand behind the figures of an intervention's populations, and which of them can't all be shown at once.

Rules: a count under 5 is hidden, and with it as many others as it takes that no total less the parts that are shown gives it
away (:mod:`outcomes.analysis.suppression`); an estimate from under 10 is hidden, and where all that is hidden of a total
would be under 10 people, the next estimate with it. Of a part, how many haven't answered or aren't due yet is nobody or at
least 5, as :func:`~outcomes.analysis.disclosure.hide_gaps` has it. Parts of one kind (providers, target groups) add up to
everybody; those who belong to no part are a part of their own, which is never shown. A report and an overview hide the same
parts of a total: both follow :func:`~outcomes.analysis.grouping.protect_groups`, with the parts by name. Parts of parts
(one provider's people of one target group) are decided as one table, whichever of them is asked for; their estimates are all
shown or none, and so are ``due`` and ``begun``: none where anybody's part is too small.
Units: persons. Missing data: who isn't known to have answered is in ``begun`` and ``due`` alone.
Errors: none raised.
Checked: tests/unit/analysis/test_population_counts.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import hide_gaps, may_show_cell, may_show_estimate, suppress_counts
from outcomes.analysis.effect_results import CellMark
from outcomes.analysis.grouping import protect_groups
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.population import EVERYBODY
from outcomes.analysis.suppression import Sum, protect_table
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from outcomes.analysis.grouping import GroupSize

REST = "rest"
MAIN = "main"
"""Stands for the estimates among the names of what is hidden."""


@dataclass(frozen=True, slots=True)
class PersonState:
    """What counts of one person of the intervention, each yes or no; ``change``: better, unchanged, worse or None."""

    due: bool
    answered: bool
    change: str | None
    succeeded: bool
    rated: bool
    reached: bool
    asked: bool
    replied: bool
    positive: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """People of one population: see :class:`PersonState`. ``better`` + ``unchanged`` + ``worse`` = ``compared``, which is
    ``answered`` where the measure's error is known."""

    begun: int
    due: int
    answered: int
    compared: int
    better: int
    unchanged: int
    worse: int
    succeeded: int
    not_succeeded: int
    rated: int
    reached: int
    not_reached: int
    asked: int
    replied: int
    positive: int
    not_positive: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """Populations of one kind (``parts``, by name) of which nobody is in two, and the population that holds them."""

    total: str
    parts: tuple[str, ...]


BLOCKS: tuple[tuple[str, ...], ...] = (
    ("begun",),
    ("due",),
    ("answered", "better", "unchanged", "worse", "succeeded", "not_succeeded"),
    ("rated", "reached", "not_reached"),
    ("asked",),
    ("replied", "positive", "not_positive"),
)
"""Counts that hang together: each block is protected by itself."""
OF_ANSWERS = BLOCKS[:3]
"""Who began, whose time has come and who answered: apart from goals and from how people meet the help."""

SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("answered", ("better", "unchanged", "worse")),
    ("answered", ("succeeded", "not_succeeded")),
    ("rated", ("reached", "not_reached")),
    ("replied", ("positive", "not_positive")),
)
CHANGES, SUCCESSES = ("better", "unchanged", "worse"), ("succeeded", "not_succeeded")
SAME_PEOPLE = {GoalKind.DEVELOP: "better", GoalKind.MAINTAIN: "worse"}
"""By kind of goal, the count that tells how many succeeded (or, for maintain, how many didn't)."""


def count_people(people: Iterable[PersonState]) -> Counts:
    """The counts of a population."""
    states = tuple(people)
    compared = [each for each in states if each.change is not None]
    rated, replied = [each for each in states if each.rated], [each for each in states if each.replied]
    succeeded, reached = sum(each.succeeded for each in compared), sum(each.reached for each in rated)
    positive = sum(each.positive for each in replied)
    return Counts(
        begun=len(states),
        due=sum(each.due for each in states),
        answered=sum(each.answered for each in states),
        compared=len(compared),
        better=sum(each.change == "better" for each in compared),
        unchanged=sum(each.change == "unchanged" for each in compared),
        worse=sum(each.change == "worse" for each in compared),
        succeeded=succeeded,
        not_succeeded=len(compared) - succeeded,
        rated=len(rated),
        reached=reached,
        not_reached=len(rated) - reached,
        asked=sum(each.asked for each in states),
        replied=len(replied),
        positive=positive,
        not_positive=len(replied) - positive,
    )


def hide_counts(
    counts: Mapping[str, Counts], groupings: Sequence[Grouping], kind: GoalKind,
    blocks: Sequence[tuple[str, ...]] = BLOCKS,
) -> Mapping[str, Mapping[str, CellMark]]:  # fmt: skip
    """By population's key, how each count that can't be shown is marked, and :data:`MAIN` where no estimate can be.

    ``counts``: everybody (under the empty key) and the parts; ``groupings``: parts of one kind with the key of what they are
    parts of. What the report of everybody shows stays: the parts give way. ``blocks``: those that are asked about.
    """
    wide = [grouping for grouping in groupings if grouping.total == EVERYBODY]
    first = {key: each for key, each in counts.items() if key == EVERYBODY or any(key in one.parts for one in wide)}
    hidden = _hide(first, wide, kind, {}, blocks)
    if len(first) < len(counts):  # parts of parts give way to what is shown of the parts
        further = _hide(counts, groupings, kind, hidden, blocks)
        hidden |= {key: marks for key, marks in further.items() if key not in first}
    for key in _hidden_estimates(first, wide):
        hidden[key][MAIN] = CellMark.WITHHELD
    _hide_small_gaps(first, wide, hidden)
    further_names = _hidden_of_parts_of_parts(counts, groupings, first, hidden)
    for key in counts.keys() - first.keys():
        hidden[key] |= dict.fromkeys(further_names - hidden[key].keys(), CellMark.WITHHELD)
    return hidden


def _hidden_of_parts_of_parts(
    counts: Mapping[str, Counts],
    groupings: Sequence[Grouping],
    first: Mapping[str, Counts],
    hidden: Mapping[str, Mapping[str, CellMark]],
) -> set[str]:
    """What is said of none of them, since it can't be said of each: their sums would tell of one."""
    further = [each for key, each in counts.items() if key not in first]
    beside = [grouping for grouping in groupings if grouping.total != EVERYBODY]

    def of_all(name: str) -> list[int]:
        left = (
            getattr(counts[each.total], name) - sum(getattr(counts[key], name) for key in each.parts) for each in beside
        )
        return [*(getattr(each, name) for each in further), *left]

    answered, due, begun = of_all("answered"), of_all("due"), of_all("begun")
    names = set()
    if any(MAIN in hidden[key] for key in first) or any(n > 0 and not may_show_estimate(n) for n in answered):
        names.add(MAIN)
    gaps = [
        gap
        for one, other, third in zip(answered, due, begun, strict=True)
        for gap in (other - one, third - other, third - one)
    ]
    seen = any({"due", "begun"} & hidden[key].keys() for key in first)
    if seen or any(gap > 0 and not may_show_cell(gap) for gap in gaps):
        names |= {"due", "begun"}
    return names


def _hide_small_gaps(
    counts: Mapping[str, Counts], groupings: Sequence[Grouping], hidden: Mapping[str, dict[str, CellMark]]
) -> None:
    """Take out, of each part, ``due`` and ``begun`` where they would tell that 1 to 4 haven't answered or aren't due yet.

    Everybody's stay: the report shows how its numbers came about. So does ``answered``, which the estimates stand on.
    """
    left = {f"{REST}-{number}": grouping for number, grouping in enumerate(groupings)}
    groups = [(*grouping.parts, rest) for rest, grouping in left.items()]

    def count(key: str, name: str) -> int:
        if key not in left:
            return int(getattr(counts[key], name))
        total, parts = left[key].total, left[key].parts
        return int(getattr(counts[total], name)) - sum(int(getattr(counts[part], name)) for part in parts)

    parts = [key for key in counts if key != EVERYBODY]
    for larger, smaller in (("due", ("answered",)), ("begun", ("due", "answered"))):
        shown = {key: next((name for name in smaller if name not in hidden[key]), smaller[-1]) for key in parts}
        gaps = {key: count(key, larger) - count(key, shown.get(key, smaller[0])) for key in (*parts, *left)}
        unseen = {*left, *(key for key in parts if larger in hidden[key])}
        for key in hide_gaps(gaps, hidden=unseen, groups=groups) - unseen:
            hidden[key][larger] = CellMark.WITHHELD


def _hide(
    counts: Mapping[str, Counts],
    groupings: Sequence[Grouping],
    kind: GoalKind,
    before: Mapping[str, Mapping[str, CellMark]],
    blocks: Sequence[tuple[str, ...]],
) -> dict[str, dict[str, CellMark]]:
    """Marks by key and name; ``before``: those of the populations that are on other pages already."""
    hidden: dict[str, dict[str, CellMark]] = {key: {} for key in counts}
    same = SAME_PEOPLE.get(kind)
    left_out = set(SUCCESSES if same else ()) | set(() if counts[EVERYBODY].compared else (*CHANGES, *SUCCESSES))
    for block in blocks:
        names = tuple(name for name in block if name not in left_out)
        cells, sums = _table(counts, groupings, names)
        public = {f"{EVERYBODY}:{name}" for name in _shown_of_everybody(counts[EVERYBODY], names)}
        public |= {f"{key}:{name}" for key, marks in before.items() for name in names if name not in marks}
        told, untold = _of_report(counts, groupings) if "answered" in names and not before else (set(), set())
        for key in untold:
            hidden[key] |= dict.fromkeys((*names, *(SUCCESSES if same else ())), CellMark.WITHHELD)
        public |= {f"{key}:answered" for key in told}
        for cell, mark in _hidden_cells(cells, sums, frozenset(public)).items():
            key, _, name = cell.rpartition(":")
            if key in hidden:
                hidden[key] |= dict.fromkeys((name, *(SUCCESSES if name == same else ())), mark)
    return hidden


def _table(
    counts: Mapping[str, Counts], groupings: Sequence[Grouping], names: tuple[str, ...]
) -> tuple[dict[str, int], list[Sum]]:
    """Cells of one block by population and name, and the sums that a reader knows."""
    parts = [key for key in counts if key != EVERYBODY]
    cells = {f"{key}:{name}": getattr(counts[key], name) for key in (*parts, EVERYBODY) for name in names}
    sums = [
        Sum(f"{key}:{total}", tuple(f"{key}:{part}" for part in of))
        for key, each in counts.items()
        for total, of in SUMS
        if {total, *of} <= set(names) and getattr(each, total) == sum(getattr(each, part) for part in of)
    ]
    for number, grouping in enumerate(groupings):
        for name in names:
            within = [f"{key}:{name}" for key in grouping.parts]
            left = cells[f"{grouping.total}:{name}"] - sum(cells[cell] for cell in within)
            if left:
                cells[f"{REST}-{number}:{name}"] = left
                within.append(f"{REST}-{number}:{name}")
            sums.append(Sum(f"{grouping.total}:{name}", tuple(within)))
    return cells, sums


def _shown_of_everybody(counts: Counts, names: tuple[str, ...]) -> set[str]:
    shown = {name for name in names if may_show_cell(getattr(counts, name))}
    cells = suppress_counts([counts.better, counts.unchanged, counts.worse], spare=1)
    kept = {name for name, cell in zip(CHANGES, cells, strict=True) if cell.mark is CellMark.SHOWN}
    if not kept >= {"better", "worse"} or not may_show_cell(counts.not_succeeded):
        shown -= set(SUCCESSES)
    shown -= {name for name in CHANGES if name not in kept}
    for part, rest in (("reached", "not_reached"), ("positive", "not_positive")):
        if not {part, rest} <= shown:
            shown -= {part, rest}
    return shown


def _hidden_cells(cells: Mapping[str, int], sums: Sequence[Sum], public: frozenset[str]) -> dict[str, CellMark]:
    if not any(cells.values()):  # as it would come out, without a linear program for each cell
        return dict.fromkeys(cells, CellMark.UNDER_MINIMUM)
    try:
        marked = protect_table(cells, sums, public=public)
    except EstimateError:  # no choice of cells is safe: nothing is said of any part
        return dict.fromkeys(set(cells) - public, CellMark.WITHHELD)
    return {key: cell.mark for key, cell in marked.items() if cell.mark is not CellMark.SHOWN}


def _of_report(counts: Mapping[str, Counts], groupings: Sequence[Grouping]) -> tuple[set[str], set[str]]:
    """Parts whose number of answers the report of everybody shows, and those whose it doesn't."""
    sizes = [size for each in groupings for size in _sizes(counts, each) if size.name in counts]
    shown = {size.name for size in sizes if size.count.mark is CellMark.SHOWN}
    return shown, {size.name for size in sizes} - shown


def _sizes(counts: Mapping[str, Counts], grouping: Grouping) -> tuple[GroupSize, ...]:
    """The parts as the report has them: by name, and those who belong to none of them last."""
    sizes = {key: counts[key].answered for key in grouping.parts}
    left = counts[grouping.total].answered - sum(sizes.values())
    return protect_groups(sizes | ({REST: left} if left else {}))


def _hidden_estimates(counts: Mapping[str, Counts], groupings: Sequence[Grouping]) -> set[str]:
    """Those from under 10 people, and the next where the hidden ones together are under 10 too."""
    if EVERYBODY not in counts or not may_show_estimate(counts[EVERYBODY].answered):
        return set(counts)
    return {
        size.name
        for grouping in groupings
        for size in _sizes(counts, grouping)
        if size.name in counts and not size.estimated
    }
