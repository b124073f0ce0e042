"""What a page of many populations hides: tried by an attacker who subtracts what is shown from what it adds up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outcomes.analysis.effect_results import CellMark
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.population import EVERYBODY, Population
from outcomes.analysis.population_counts import MAIN, Grouping, PersonState, count_people, hide_counts
from outcomes.analysis.population_figures import Known, describe_population
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.errors import Sentence
from tests.unit.analysis.parts_data import make_plan

CHANGES = ("better", "unchanged", "worse")


def person(change, *, positive=None):
    """Somebody who was due; ``change`` None: didn't answer both times."""
    return PersonState(
        due=True, answered=change is not None, change=change, succeeded=change == "better", rated=False, reached=False,
        asked=True, replied=positive is not None, positive=bool(positive),
    )  # fmt: skip


def people(better, unchanged, worse, missing=0):
    changes = ["better"] * better + ["unchanged"] * unchanged + ["worse"] * worse + [None] * missing
    return [person(change) for change in changes]


def counted(**parts):
    """Everybody and the parts, by key, with the grouping that they are."""
    everybody = [each for part in parts.values() for each in part]
    counts = {EVERYBODY: count_people(everybody), **{key: count_people(part) for key, part in parts.items()}}
    return counts, [Grouping(EVERYBODY, tuple(parts))]


def bounds(counts, grouping, hidden):
    """What an attacker finds of each hidden count of change: the least and the most that it can be, by linear programs."""
    keys = [EVERYBODY, *grouping.parts]
    cells = [(key, name) for key in keys for name in (*CHANGES, "answered")]
    column = {cell: place for place, cell in enumerate(cells)}
    rows, right = [], []

    def equation(parts, whole):
        row = np.zeros(len(cells))
        for part in parts:
            row[column[part]] += 1
        row[column[whole]] -= 1
        rows.append(row)
        right.append(0)

    for key in keys:
        equation([(key, name) for name in CHANGES], (key, "answered"))
    for name in (*CHANGES, "answered"):
        equation([(key, name) for key in grouping.parts], (EVERYBODY, name))
    limits = []
    told = not any(
        hidden[key].get(name) is CellMark.WITHHELD and getattr(counts[key], name) < 5 for key, name in cells
    )  # whether "withheld" tells that it isn't small
    for key, name in cells:
        mark, true = hidden[key].get(name), getattr(counts[key], name)
        known = (true, true) if mark is None else (0, 4) if mark is CellMark.UNDER_MINIMUM else (5 * told, None)
        limits.append(known)
    found = {}
    for cell in cells:
        if hidden[cell[0]].get(cell[1]) is None or getattr(counts[cell[0]], cell[1]) > 4:
            continue
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(cells))
            aim[column[cell]] = sign
            answer = linprog(aim, A_eq=np.array(rows), b_eq=right, bounds=limits, method="highs")
            assert answer.status == 0
            ends.append(sign * answer.fun)
        found[cell] = tuple(ends)
    return found


part = st.tuples(*[st.integers(0, 14)] * 3).map(lambda sizes: people(*sizes))


@settings(max_examples=12)
@given(st.lists(part, min_size=2, max_size=3))
def test_no_hidden_count_can_be_worked_out_from_the_page(parts):
    counts, groupings = counted(**{f"p{number}": each for number, each in enumerate(parts)})
    assume(counts[EVERYBODY].answered)
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    for (key, name), (least, most) in bounds(counts, groupings[0], hidden).items():
        assert least <= 1e-6, (key, name, least, most)
        assert most >= 4 - 1e-6, (key, name, least, most)


def test_every_small_count_is_hidden_and_a_large_one_only_to_protect_it():
    counts, groupings = counted(first=people(8, 9, 10), second=people(7, 8, 2), third=people(9, 9, 9))
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    assert hidden["second"]["worse"] is CellMark.UNDER_MINIMUM
    others = [hidden[key][name] for key in ("first", "third") for name in CHANGES if name in hidden[key]]
    assert others
    assert set(others) == {CellMark.WITHHELD}, "a withheld mark isn't the mark of a small number"
    assert "worse" not in hidden[EVERYBODY]


def test_nothing_is_hidden_where_nothing_is_small():
    counts, groupings = counted(first=people(8, 9, 10), second=people(7, 8, 6))
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    shown = {"begun", "due", "answered", *CHANGES, "succeeded", MAIN}
    assert not any(shown & each.keys() for each in hidden.values())


@pytest.mark.parametrize(("small", "left"), [(3, set()), (9, set()), (12, {"first", "second", "third"})])
def test_an_average_of_few_takes_the_next_smallest_with_it(small, left):
    """Everybody's average less the others' would be that of the few."""
    counts, groupings = counted(first=people(small, 0, 0), second=people(12, 0, 0), third=people(30, 0, 0))
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    shown = {key for key in counts if MAIN not in hidden[key]}
    assert EVERYBODY in shown
    assert "third" in shown
    if small < 10:
        assert shown == {EVERYBODY, "third"}
    else:
        assert shown == {EVERYBODY, *left}


def test_who_belongs_to_no_part_is_protected_too():
    """Three people at no provider: everybody less the providers would count them."""
    parts = {"first": people(10, 10, 10), "second": people(10, 10, 10)}
    counts, groupings = counted(**parts)
    counts[EVERYBODY] = count_people([*parts["first"], *parts["second"], *people(1, 1, 1)])
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    assert any("begun" in hidden[key] for key in parts)
    assert "begun" not in hidden[EVERYBODY]


def test_success_is_hidden_with_what_it_is_the_same_as():
    counts, groupings = counted(first=people(2, 9, 9), second=people(12, 9, 9))
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    assert hidden["first"]["succeeded"] is CellMark.UNDER_MINIMUM
    assert all(("succeeded" in each) == ("better" in each) for each in hidden.values())


def test_without_a_known_error_nobody_is_called_changed_and_the_rest_stays():
    nobody = [PersonState(True, True, None, False, False, False, False, False, False)] * 20
    counts, groupings = counted(first=nobody, second=nobody)
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    assert not any({"answered", MAIN} & each.keys() for each in hidden.values())


def test_how_many_of_a_part_are_missing_is_nobody_or_at_least_five():
    """18 begun and 17 due of one provider would say that one person isn't due; 15 answers, that two are missing."""
    parts = {
        "few": [*people(5, 5, 5, missing=2), replace(person(None), due=False)],
        "none": people(8, 8, 8),
        "many": people(9, 9, 9, missing=6),
        "last": [*people(9, 9, 9, missing=8), *[replace(person(None), due=False)] * 7],
    }
    counts, groupings = counted(**parts)
    hidden = hide_counts(counts, groupings, GoalKind.DEVELOP)
    assert {"begun", "due"} <= hidden["few"].keys()
    assert hidden["none"].keys() & {"begun", "due"} == set(), "nobody is missing there, which may be seen"
    assert "due" in hidden["many"], "everybody's less the others' would tell of the few"
    assert "due" not in hidden["last"]
    assert not any("answered" in each for each in hidden.values())
    assert not {"begun", "due"} & hidden[EVERYBODY].keys()
    figures = describe(counts["last"], hidden["last"], Population("bostoette", target_group="last"))
    assert figures.completeness == pytest.approx(27 / 35)
    assert describe(counts["few"], hidden["few"], Population("bostoette", target_group="few")).completeness is None


def test_a_share_of_a_part_never_tells_that_few_are_missing():
    counts = replace(count_people(people(9, 9, 9)), asked=27, replied=25)
    part = describe(counts, {}, Population("bostoette", target_group="unge"))
    assert (part.experience_known, describe(counts, {}, Population("bostoette")).experience_known) == (None, 25 / 27)


def describe(counts, hidden, population):
    known = Known(Withheld(WithheldReason.TOO_FEW, Sentence("why")), counts, hidden)
    return describe_population(population, (date(2026, 1, 1), date(2026, 3, 31)), make_plan(), known, "snapshot")
