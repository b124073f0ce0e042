"""Small-number protection: what may be shown of how many.

Question: can a published number point at a person?
Rules: no estimate from under 10 persons; from 10 to 29 a mean change with its interval, but no model; no published
count under 5, and no count from which a hidden one could be worked out more tightly than "under 5" (complementary
suppression within a row whose total is public).
Assumptions: a reader knows the row's total, which cells are hidden, and whether as "under 5" or as withheld.
Units: persons.
Missing data: not answered is part of the public flow of measurement and is no cell of a protected row; of a part of an
intervention's people (a provider, a target group) it is shown as nobody or at least 5 (:func:`hide_gaps`).
Errors: ValueError for a negative count (a fault of the caller, not of the data).
Source: METHODS.md sections 4 and 7; the interval rule follows Cox 1980, doi:10.1080/01621459.1980.10477481.
Checked: tests/unit/analysis/test_disclosure.py tries every row of up to 30 persons for what a reader can work out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import Cell, CellMark
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MINIMUM_CELL = 5
MINIMUM_ESTIMATE = 10
MINIMUM_MODEL = 30
LEAST_LINES = 2
"""One hidden line alone is what the others leave of the sum."""


def may_show_cell(count: int) -> bool:
    """True where a count may be published as it is."""
    return count >= MINIMUM_CELL


def may_show_gap(count: int) -> bool:
    """True where a reader may work out ``count`` as the difference of two shown ones: nobody, or at least 5."""
    return count == 0 or may_show_cell(count)


def may_show_estimate(n: int) -> bool:
    """True where a mean change with its interval may be given for ``n`` persons."""
    return n >= MINIMUM_ESTIMATE


def may_show_model(n: int) -> bool:
    """True where a model may be fitted to ``n`` persons (of each arm, where there are two)."""
    return n >= MINIMUM_MODEL


def may_show_share(count: int, total: int) -> bool:
    """True where a share may be published: neither those counted nor the rest are under the minimum."""
    return may_show_estimate(total) and may_show_cell(count) and may_show_cell(total - count)


def too_few_for_estimate() -> Withheld:
    """The reason where fewer than 10 stand behind a number."""
    return Withheld(
        WithheldReason.TOO_FEW,
        Sentence(
            "Fewer than %(minimum)s people stand behind this number, so it isn't shown. It will be when more have"
            " answered.",
            minimum=MINIMUM_ESTIMATE,
        ),
    )


def too_few_for_model() -> Withheld:
    """The reason where a model would stand on fewer than 30 persons in an arm."""
    return Withheld(
        WithheldReason.TOO_FEW,
        Sentence(
            "A comparison takes at least %(minimum)s people with answers in each group. Until then only the change is"
            " shown.",
            minimum=MINIMUM_MODEL,
        ),
    )


def too_few_in_an_arm() -> Withheld:
    """The reason where a number over both arms would give away how few answered in one of them."""
    return Withheld(
        WithheldReason.TOO_FEW,
        Sentence(
            "Fewer than %(minimum)s people answered in one of the groups, and this number would show how many, so it"
            " isn't shown.",
            minimum=MINIMUM_CELL,
        ),
    )


def too_few_for_share() -> Withheld:
    """The reason where a share would show a group of under 5."""
    return Withheld(
        WithheldReason.TOO_FEW,
        Sentence(
            "This share would show a group of fewer than %(minimum)s people, so it isn't shown.", minimum=MINIMUM_CELL
        ),
    )


def protects_another() -> Withheld:
    """The reason where a number could give away another one that is too small to be shown."""
    return Withheld(
        WithheldReason.PROTECTS,
        Sentence(
            "This number isn't shown, because another one that stands on too few people could be worked out from it."
        ),
    )


def suppress_counts(counts: Sequence[int], *, spare: int | None = None) -> tuple[Cell, ...]:
    """Protect a row of counts whose total is public; ``spare`` is the place of the count that a reader misses least.

    Counts under 5 are hidden; then the spare one and the others one by one from the left, until what a reader can work
    out of any count "under 5" is no more than that: 0 to 4. The order never looks at the counts, since a choice by size
    would tell which of two is the smaller. A total under 5 hides the whole row, and where nothing
    else helps all of the row is withheld without saying which of it is small.
    """
    if any(count < 0 for count in counts):
        raise ValueError("a count of persons is never negative")
    if sum(counts) < MINIMUM_CELL:
        return tuple(Cell(None, CellMark.UNDER_MINIMUM) for _ in counts)
    small = {index for index, count in enumerate(counts) if not may_show_cell(count)}
    withheld: set[int] = set()
    rest = sorted(set(range(len(counts))) - small, key=lambda index: (index != spare, index))
    while small and rest and not _well_hidden(counts, small, withheld):
        withheld.add(rest.pop(0))
    if small and not _well_hidden(counts, small, withheld):
        return tuple(Cell(None, CellMark.WITHHELD) for _ in counts)
    return tuple(_cell(count, index in small, index in withheld) for index, count in enumerate(counts))


def hide_gaps(gaps: Mapping[str, int], *, hidden: Collection[str], groups: Sequence[Sequence[str]]) -> frozenset[str]:
    """Parts of which the larger of two counts isn't shown, so that how many lie between them can't be worked out.

    ``gaps``: by part, how many are in the larger count and not in the smaller (not answered, not yet due). ``hidden``: parts
    whose larger count isn't shown anyway. ``groups``: parts that add up to a total that is shown; what the hidden ones of a
    group have between them could be worked out from it, so it too is nobody or at least 5. Which part gives way never
    depends on how large its gap is, beyond that it has one.
    """
    found = set(hidden) | {key for key, gap in gaps.items() if not may_show_gap(gap)}
    for group in groups:
        rest = [key for key in group if key not in found and gaps[key]]
        while rest and not may_show_gap(sum(gaps[key] for key in group if key in found)):
            found.add(rest.pop(0))
    return frozenset(found)


def hide_lines(counts: Mapping[str, int], *, hidden: Collection[str]) -> frozenset[str]:
    """Lines of a page whose numbers of people aren't shown, where all lines together may be known from another page.

    ``counts``: people by line, in the page's order; ``hidden``: those of too few. Others are hidden with them, in the order
    given, until at least two are, of at least 5 people together.
    """
    found = set(hidden)
    rest = [key for key in counts if key not in found]
    while found and rest and (len(found) < LEAST_LINES or not may_show_cell(sum(counts[key] for key in found))):
        found.add(rest.pop(0))
    return frozenset(found)


def _well_hidden(counts: Sequence[int], small: set[int], withheld: set[int]) -> bool:
    """True where every hidden small count could be anything from 0 to 4 for who knows the shown ones and the total."""
    hidden = sum(counts[index] for index in small | withheld)
    largest = MINIMUM_CELL - 1
    most = hidden - MINIMUM_CELL * len(withheld)
    least = hidden - largest * (len(small) - 1) if not withheld else 0
    return most >= largest and least <= 0


def _cell(count: int, small: bool, withheld: bool) -> Cell:
    if small:
        return Cell(None, CellMark.UNDER_MINIMUM)
    return Cell(None, CellMark.WITHHELD) if withheld else Cell(count, CellMark.SHOWN)
