"""Scores before and after, per person: from a wide table (two columns) or a long one (people by times)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.arrays import Numbers
from outcomes.services.analyse.coding import Factor, read_group
from outcomes.services.analyse.options import TEXT
from outcomes.services.analyse.people import (
    PlannedData,
    find_occasion,
    need_first,
    read_people,
    read_planned,
    read_score,
    row_as_person,
)
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.services.analyse.arrays import Truths
    from outcomes.services.analyse.call import Call

PRE_POST = {"pre": TEXT, "post": TEXT}
ONE_ROW = Sentence("This person is there twice. A table with --baseline has one row per person.")
NO_BASELINE = Sentence("Name either --time (with --subject) or --baseline, so that there is a score before.")


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The scores of n people ``before`` and at each later occasion (NaN where not answered).

    ``occasions``: labels of the later ones, a single empty one for a wide table. ``group`` codes are per person.
    """

    labels: tuple[str, ...]
    before: Numbers
    after: tuple[Numbers, ...]
    occasions: tuple[str, ...]
    group: Factor | None
    planned: PlannedData | None

    @property
    def n(self) -> int:
        return len(self.labels)

    @property
    def completeness(self) -> float:
        """Share of all scores, first and later, that are there."""
        return float(np.mean([~np.isnan(scores) for scores in (self.before, *self.after)]))

    @property
    def n_observations(self) -> int:
        return int(np.sum([~np.isnan(scores) for scores in (self.before, *self.after)]))

    def member(self, level: int | None) -> Truths:
        """Who is in the group's level; everybody where it is None."""
        if level is None or self.group is None:
            return np.ones(self.n, dtype=bool)
        return self.group.is_level(level)

    @property
    def levels(self) -> tuple[int | None, ...]:
        """The group's levels, or None alone."""
        return (None,) if self.group is None else tuple(range(len(self.group.levels)))

    def ending(self, occasion: str, level: int | None) -> str:
        """What a term has after its own name: ``[8]:treatment[BtheB]``."""
        time = f"[{occasion}]" if occasion else ""
        group = f":{self.group.term(level)}" if self.group is not None and level is not None else ""
        return time + group

    def keys(self, occasion: str, level: int | None) -> dict[str, str]:
        """The keys beside an estimate that say of whom and when it is."""
        keys = {"occasion": occasion} if occasion else {}
        if self.group is not None and level is not None:
            keys["group"] = self.group.levels[level]
        return keys


def read_pairs(call: Call, *, last_only: bool = False) -> Pairs:
    """The table's scores before and after. ``last_only``: the one time ``post``, by default the last."""
    if call.optional(Role.BASELINE) is not None:
        return _wide(call)
    if call.optional(Role.TIME) is None or call.optional(Role.SUBJECT) is None:
        call.add_general("--time", NO_BASELINE)
        call.stop_at_faults()
    return _long(call, last_only=last_only)


def _wide(call: Call) -> Pairs:
    people = read_people(call) if call.optional(Role.SUBJECT) else row_as_person(call)
    if call.optional(Role.TIME) is not None:
        call.add_general("--time", Sentence("Name --time or --baseline, not both: which score is the first one?"))
    before = read_score(call, call.column(Role.BASELINE))
    after = read_score(call)
    group = read_group(call) if call.optional(Role.GROUP) else None
    seen: set[int] = set()
    for row, person in enumerate(people.codes.tolist()):
        if person in seen:
            call.add_fault(row, call.column(Role.SUBJECT), ONE_ROW)
        seen.add(person)
    call.stop_at_faults()
    return Pairs(people.labels, before, (after,), ("",), group, None)


def _long(call: Call, *, last_only: bool) -> Pairs:
    data = read_planned(call)
    if len(data.occasions) < 2:  # noqa: PLR2004 - a change has two ends
        sentence = Sentence("There is only one time, “%(time)s”, so nothing can change.", time=data.occasions[0])
        call.add_general(data.time_column, sentence)
        call.stop_at_faults()
    need_first(call, data, "pre")
    first = find_occasion(call, data, "pre", 0)
    rest = [place for place in range(len(data.occasions)) if place != first]
    if call.options.given("post") or last_only:
        rest = [find_occasion(call, data, "post", rest[-1])]
    if rest == [first]:
        call.add_general("--option post", Sentence("This is the first time too. Name a later one."))
        call.stop_at_faults()
    return Pairs(
        data.people.labels,
        data.scores[:, first],
        tuple(data.scores[:, place] for place in rest),
        tuple(data.occasions[place] for place in rest),
        data.group,
        data,
    )
