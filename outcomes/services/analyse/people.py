"""Rows of a long table as people and occasions: who each row is about, and what must hold within a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.arrays import Codes, Numbers, Truths, side_by_side
from outcomes.services.analyse.coding import (
    Factor,
    Predictor,
    read_factor,
    read_group,
    read_labels,
    read_predictors,
    same_number,
)
from outcomes.services.analyse.options import number
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.services.analyse.call import Call


CHANGING = Sentence("The value must be the same on all of a person's rows. Correct it, or leave the column out.")
TWICE = Sentence("This person has the same time twice. Keep one of the rows.")
NO_SUBJECT = Sentence("The person is missing. Fill it in, or leave the row out.")
NO_TIME = Sentence("The time is missing. Fill it in, or leave the row out.")
WORDS = Sentence(
    "These times are words or dates, and this method counts time in numbers. Use --method mmrm for planned occasions, or"
    " number the times, such as days or months from the start."
)
NOBODY = Sentence("No score is known, so there is nothing to work out. Check the column's name.")


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """``labels``: the people in the order in which they come; ``codes``: row by row, the number of the person."""

    labels: tuple[str, ...]
    codes: Codes

    @property
    def n(self) -> int:
        return len(self.labels)

    def first_rows(self) -> Codes:
        """The first row of each person."""
        return np.unique(self.codes, return_index=True)[1]


def read_times(call: Call, column: str) -> Numbers:
    """Times as numbers, none of them missing; words or dates are one fault of the column, not one of every row."""
    if any(text is not None for text in call.texts(column)) and not call.holds_numbers(column):
        call.add_general(column, WORDS)
        return np.zeros(call.n_rows)
    time = call.numbers(column)
    call.add_faults(np.isnan(time), column, NO_TIME)
    return time


def read_people(call: Call) -> People:
    """Who each row is about; a fault for each row that doesn't say."""
    labels = read_labels(call, call.column(Role.SUBJECT), NO_SUBJECT)
    place: dict[str, int] = {}
    codes = np.array([place.setdefault(label, len(place)) for label in labels], dtype=np.int64)
    return People(tuple(place), codes)


def row_as_person(call: Call) -> People:
    """Every row is a person of its own."""
    return People(tuple(str(row.line) for row in call.table.rows), np.arange(call.n_rows))


def check_constant(call: Call, people: People, column: str, values: Numbers) -> None:
    """A fault at each row whose value differs from the person's first known one."""
    known = np.flatnonzero(~np.isnan(values))
    first = np.full(people.n, np.nan)
    reverse = known[::-1]
    first[people.codes[reverse]] = values[reverse]
    expected = first[people.codes]
    differs = ~np.isnan(values) & (values != expected)
    call.add_faults(differs, column, CHANGING)


def check_once(call: Call, people: People, times: Sequence[object] | NDArray[np.generic], column: str) -> None:
    """A fault at each row with a person and a time that were there before."""
    keys = list(zip(people.codes.tolist(), list(times), strict=True))
    if len(set(keys)) == len(keys):
        return
    seen: set[tuple[int, object]] = set()
    for row, key in enumerate(keys):
        if key in seen:
            call.add_fault(row, column, TWICE)
        seen.add(key)


SCALE = {"minimum": number(), "maximum": number()}
"""Options of methods whose score has ends: scores outside them are faults, and a heap at one of them is told."""


def read_score(call: Call, column: str | None = None) -> Numbers:
    """The score, of which at least one must be known; where the scale's ends were said, none may be outside them."""
    column = column or call.column(Role.SCORE)
    before = len(call.faults)
    score = call.numbers(column)
    if len(call.faults) == before and np.isnan(score).all():
        call.add_general(column, NOBODY)
    if "minimum" in call.options.known:
        low, high = call.options.number("minimum"), call.options.number("maximum")
        outside = (score < (-np.inf if low is None else low)) | (score > (np.inf if high is None else high))
        call.add_faults(outside, column, Sentence("The score is outside the measure's scale."))
    return score


def share_at_bound(call: Call, *scores: Numbers) -> float | None:
    """The largest share of scores at an end of the scale, over the times given; None where no end was said."""
    shares = []
    for name in SCALE:
        bound = call.options.number(name)
        for values in scores:
            known = values[~np.isnan(values)]
            if bound is not None and known.size:
                shares.append(float((known == bound).mean()))
    return max(shares, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class PlannedData:
    """People by planned occasions: ``scores`` n x K (NaN where not answered), and what is known of each person.

    ``occasions``: labels in time order; ``times``: as numbers, empty where they are words. ``group`` codes are per person.
    ``background``: the predictors' columns per person, NaN where missing; ``rows_given``: rows in the table.
    """

    people: People
    occasions: tuple[str, ...]
    times: tuple[float, ...]
    scores: Numbers
    group: Factor | None
    predictors: tuple[Predictor, ...]
    background: Numbers
    cluster: Codes | None
    time_column: str

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the background's columns."""
        return tuple(term for predictor in self.predictors for term in predictor.terms)

    @property
    def answered(self) -> Truths:
        return ~np.isnan(self.scores)

    def members(self, level: int) -> Truths:
        """Who is in the group's level."""
        if self.group is None:
            return np.ones(self.people.n, dtype=bool)
        return self.group.is_level(level)

    @property
    def levels(self) -> tuple[int, ...]:
        return tuple(range(len(self.group.levels))) if self.group is not None else (0,)


def read_planned(call: Call, *, backgrounds: Sequence[str] = ()) -> PlannedData:
    """The table as people by occasions; every fault in it is told."""
    people = read_people(call)
    time_column = call.column(Role.TIME)
    time = read_factor(call, time_column, natural=True)
    call.add_faults(~time.known, time_column, NO_TIME)
    score = read_score(call)
    group = read_group(call) if call.optional(Role.GROUP) else None
    predictors = tuple(read_predictors(call, backgrounds))
    cluster_column = call.optional(Role.CLUSTER)
    cluster = read_factor(call, cluster_column) if cluster_column else None
    check_once(call, people, time.codes, time_column)
    if group is not None:
        check_constant(call, people, group.name, group.codes.astype(np.float64))
    for predictor in predictors:
        for values in predictor.columns.T:
            check_constant(call, people, predictor.name, values)
            if call.faults:
                break
    if cluster is not None:
        call.add_faults(~cluster.known, cluster.name, Sentence("What this person belongs to is missing. Fill it in."))
        check_constant(call, people, cluster.name, cluster.codes.astype(np.float64))
    call.stop_at_faults()
    scores = np.full((people.n, len(time.levels)), np.nan)
    scores[people.codes, time.codes] = score
    first = people.first_rows()
    return PlannedData(
        people,
        time.levels,
        time.values,
        scores,
        group.taken(first) if group is not None else None,
        predictors,
        _per_person(people, predictors),
        cluster.codes[first] if cluster is not None else None,
        time_column,
    )


def _per_person(people: People, predictors: Sequence[Predictor]) -> Numbers:
    """Each person's known value of each column, NaN where no row has it."""
    columns = side_by_side(people.codes.size, [predictor.columns for predictor in predictors])
    values = np.full((people.n, columns.shape[1]), np.nan)
    for place in range(columns.shape[1]):
        known = np.flatnonzero(~np.isnan(columns[:, place]))[::-1]
        values[people.codes[known], place] = columns[known, place]
    return values


def need_first(call: Call, data: PlannedData, option: str) -> None:
    """A fault where times are plain words, whose order nobody can know, and the first one wasn't said."""
    words = not data.times and not any(letter.isdigit() for label in data.occasions for letter in label)
    if words and not call.options.given(option):
        sentence = Sentence(
            "The times are words (%(times)s), so which one is the first isn't known. Say it with --option %(option)s=...",
            times=", ".join(data.occasions),
            option=option,
        )
        call.add_general(data.time_column, sentence)
        call.stop_at_faults()


def find_occasion(call: Call, data: PlannedData, option: str, usual: int) -> int:
    """The number of the occasion that an option names, else ``usual``."""
    codes = np.zeros(0, dtype=np.int64)
    return find_level(call, Factor(data.time_column, data.occasions, codes, data.times), option, usual)


def find_level(call: Call, time: Factor, option: str, usual: int) -> int:
    """The number of the level that an option names (as a label or an equal number), else ``usual``."""
    wanted = call.options.text(option)
    if wanted is None:
        return usual % len(time.levels)
    if wanted in time.levels:
        return time.levels.index(wanted)
    for place, value in enumerate(time.values):
        if same_number(wanted, value):
            return place
    sentence = Sentence(
        "There is no time “%(time)s”. The times are: %(times)s.", time=wanted, times=", ".join(time.levels)
    )
    call.add_general(f"--option {option}", sentence)
    call.stop_at_faults()
    raise AssertionError("a fault stops the call")
