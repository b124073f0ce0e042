"""An attacker who knows who is in each published group, and solves for what each person contributed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.differencing import LEAST_CHANGED, Leak, changed_persons, find_leak


def people(*numbers: int, **changed: bytes) -> dict[bytes, bytes]:
    """Persons by number; everybody contributes ``a`` unless said otherwise (``p7=b"b"``)."""
    return {f"p{number}".encode(): changed.get(f"p{number}", b"a") for number in numbers}


def solved_persons(groups: list[dict[bytes, bytes]]) -> int:
    """How many persons' contributions follow from the groups' sums alone."""
    elements = sorted({element for group in groups for element in group.items()})
    matrix = np.array([[float(element in group.items()) for element in elements] for group in groups])
    projection = np.linalg.pinv(matrix) @ matrix
    return int(np.sum(np.diag(projection) > 1 - 1e-9))


def test_one_who_joins_is_found_from_two_means() -> None:
    before, after = people(*range(40)), people(*range(41))
    assert solved_persons([before, after]) == 1
    found = find_leak(after, [before])
    assert found is not None
    assert (found.leak, found.people, found.against) == (Leak.FEW_CHANGED, 1, 0)


@pytest.mark.parametrize(("joins", "leaks"), [(9, True), (10, False)])
def test_ten_must_have_changed(joins: int, leaks: bool) -> None:
    assert (find_leak(people(*range(40 + joins)), [people(*range(40))]) is not None) is leaks


@pytest.mark.parametrize(("answered", "leaks"), [(9, True), (10, False)])
def test_a_new_answer_of_the_same_people_is_a_change(answered: int, leaks: bool) -> None:
    later = people(*range(40), **{f"p{number}": b"b" for number in range(answered)})
    assert changed_persons(later, people(*range(40))) == answered
    assert (find_leak(later, [people(*range(40))]) is not None) is leaks


def test_the_same_again_tells_nothing_new() -> None:
    assert find_leak(people(*range(40)), [people(*range(40))]) is None


def test_groups_without_a_person_in_common_may_be_alike() -> None:
    assert find_leak(people(*range(40, 60)), [people(*range(19))]) is None


def test_a_small_group_never_goes_out() -> None:
    found = find_leak(people(*range(9)), [])
    assert found is not None
    assert found.leak is Leak.TOO_FEW


def test_the_rest_of_a_whole_is_found() -> None:
    """Everybody less two of three providers is the third, whose figure is hidden for being of seven people."""
    everybody, first, second = people(*range(67)), people(*range(30)), people(*range(30, 60))
    assert find_leak(first, [everybody]) is None
    found = find_leak(second, [everybody, first])
    assert found is not None
    assert found.leak is Leak.SOLVED
    assert found.people == 7


def test_a_small_provider_and_one_more_hidden_are_safe() -> None:
    everybody, first = people(*range(67)), people(*range(30))
    assert find_leak(first, [everybody]) is None


@settings(max_examples=60)
@given(st.lists(st.frozensets(st.integers(0, 39), min_size=1), min_size=1, max_size=9))
def test_no_single_person_is_solved_from_what_is_let_out(groups: list[frozenset[int]]) -> None:
    out: list[dict[bytes, bytes]] = []
    for group in groups:
        wanted = people(*group)
        if find_leak(wanted, out) is None:
            out.append(wanted)
    assert not out or solved_persons(out) == 0
    for place, one in enumerate(out):
        for other in out[place + 1 :]:
            if one != other and not one.keys().isdisjoint(other):
                assert changed_persons(one, other) >= LEAST_CHANGED
