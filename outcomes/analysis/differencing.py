"""Differencing: whether a figure about some people, held against what is published already, tells of a few of them.

Question: sums and means are known of several groups that overlap; of which smaller group can one be worked out?
Formula: what each person contributes is one unknown, and each published group one equation. People who are in the same
groups are one atom; M is the matrix of groups by atoms, in reduced row echelon form with the smallest atoms last. A row of it
is a combination of published figures, and its people are those with a coefficient other than zero. Besides, each two groups
that share people are subtracted directly.
Rule: no published group, difference or row of fewer than 10 persons; the same group with the same contributions tells nothing
new and may be published again.
A person who answered something else since is another unknown: their old and new answers are both in the difference, and they
count as one changed person.
Assumptions: the reader knows who is in each group, but not what anybody answered.
Limits: a combination with coefficients chosen against the whole span may have fewer people than any row of the echelon form;
rows and differences find every atom that is determined alone, and every plain difference.
Units: persons.
Missing data: whoever contributes nothing to a figure isn't in its group.
Errors: ValueError for a person who stands for two things in one group (a fault of the caller).
Source: METHODS.md section 7; Denning & Schloerer 1980, doi:10.1145/320128.320138 (the tracker).
Checked: tests/unit/analysis/test_differencing.py has an attacker that solves for persons by least squares.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

Contributions = Mapping[bytes, bytes]
"""By person: what they contribute to a figure. Two that are equal contribute the same."""
Element = tuple[bytes, bytes]

LEAST_CHANGED = MINIMUM_ESTIMATE
NOTHING = 1e-9


class Leak(StrEnum):
    """How a figure would tell of few people."""

    TOO_FEW = "too_few"  # it is itself of fewer than 10
    FEW_CHANGED = "few_changed"  # it differs from a published one by fewer than 10
    SOLVED = "solved"  # several published ones together leave fewer than 10


@dataclass(frozen=True, slots=True)
class Finding:
    """A leak of ``people`` persons; ``against``: place of the published group that it is held against, where it is one."""

    leak: Leak
    people: int
    against: int | None = None


def find_leak(new: Contributions, published: Sequence[Contributions]) -> Finding | None:
    """What publishing ``new`` beside the ``published`` groups would tell of few people; None where it tells of nobody."""
    if not new:
        return None
    if len(new) < LEAST_CHANGED:
        return Finding(Leak.TOO_FEW, len(new))
    group = frozenset(new.items())
    groups = [frozenset(each.items()) for each in published]
    if group in groups:
        return None
    for place, (other, people) in enumerate(zip(groups, published, strict=True)):
        if new.keys().isdisjoint(people):
            continue
        changed = _persons(group ^ other)
        if changed < LEAST_CHANGED:
            return Finding(Leak.FEW_CHANGED, changed, place)
    solved = _smallest_row([*_connected(group, groups), group])
    return Finding(Leak.SOLVED, solved) if solved < LEAST_CHANGED else None


def changed_persons(one: Contributions, other: Contributions) -> int:
    """How many persons are in one of the groups only, or contribute something else to the other."""
    return _persons(frozenset(one.items()) ^ frozenset(other.items()))


def _persons(elements: Collection[Element]) -> int:
    return len({person for person, _ in elements})


def _connected(group: frozenset[Element], groups: Sequence[frozenset[Element]]) -> list[frozenset[Element]]:
    """Those of ``groups`` that share anybody with the group, or with one that does."""
    waiting, reached, found = list(dict.fromkeys(groups)), set(group), list[frozenset[Element]]()
    while near := [each for each in waiting if not reached.isdisjoint(each)]:
        found += near
        waiting = [each for each in waiting if each not in near]
        for each in near:
            reached |= each
    return found


def _smallest_row(groups: Sequence[frozenset[Element]]) -> int:
    """The fewest persons that one combination of the groups' figures stands on."""
    import numpy as np  # noqa: PLC0415 - only where something is published

    memberships = defaultdict[int, set[Element]](set)
    where = defaultdict[Element, int](int)
    for place, group in enumerate(groups):
        for element in group:
            where[element] |= 1 << place
    for element, places in where.items():
        memberships[places].add(element)
    atoms = sorted(memberships.items(), key=lambda atom: (-len(atom[1]), atom[0]))
    matrix = np.array([[float(places >> row & 1) for places, _ in atoms] for row in range(len(groups))])
    rows = _reduce(matrix)
    return min(_persons([each for place in np.flatnonzero(row) for each in atoms[place][1]]) for row in rows)


def _reduce(matrix: Matrix) -> list[Matrix]:
    """Rows of the reduced echelon form that aren't zero."""
    import numpy as np  # noqa: PLC0415

    work, rank = matrix.copy(), 0
    for column in range(work.shape[1]):
        if rank == work.shape[0]:
            break
        pivot = rank + int(np.argmax(np.abs(work[rank:, column])))
        if abs(work[pivot, column]) < NOTHING:
            continue
        work[[rank, pivot]] = work[[pivot, rank]]
        work[rank] /= work[rank, column]
        factors = work[:, column].copy()
        factors[rank] = 0.0
        work -= np.outer(factors, work[rank])
        work[np.abs(work) < NOTHING] = 0.0
        rank += 1
    return list(work[:rank])
