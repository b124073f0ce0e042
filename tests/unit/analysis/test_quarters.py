"""Periods that may be asked for: held against each other, no two of them tell of a few people."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.quarters import join_for_counts, join_for_outcomes, join_within, open_from, start_of

QUARTERS = [date(year, month, 1) for year in (2025, 2026) for month in (1, 4, 7, 10)]
people = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14), st.integers(0, 14)), min_size=8, max_size=8)


@given(people)
def test_two_periods_differ_by_ten_known_and_five_begun_or_by_none(counts):
    begun = {quarter: known + more for quarter, (known, more, _) in zip(QUARTERS, counts, strict=True) if known + more}
    known = {quarter: (each[0], each[2]) for quarter, each in zip(QUARTERS, counts, strict=True) if each[0] + each[1]}
    starts = join_for_outcomes(begun, known)
    assert set(starts) <= set(join_for_counts(begun)), "a page of counts begins and ends where these do"
    for first, after in pairwise((*starts, date(2027, 1, 1))):
        within = [quarter for quarter in known if first <= quarter < after]
        assert sum(known[quarter][0] for quarter in within) >= 10
        if after != date(2027, 1, 1):  # what is left over at the end goes with the last
            compared = sum(known[quarter][1] for quarter in within)
            assert compared == 0 or compared >= 10
        assert sum(begun[quarter] for quarter in within) >= 5


def test_a_thin_quarter_goes_with_those_before_or_after():
    begun = dict(zip(QUARTERS[:4], (12, 2, 12, 3), strict=True))
    known = {quarter: (count,) for quarter, count in begun.items()}
    assert join_for_outcomes(begun, known) == (QUARTERS[0], QUARTERS[1])
    assert start_of((QUARTERS[0], QUARTERS[1]), date(2025, 12, 31)) == QUARTERS[1]
    assert start_of((QUARTERS[0],), date(2024, 12, 31)) is None


def test_a_quarter_in_which_many_began_and_few_have_answered_is_not_shown_alone():
    begun = dict(zip(QUARTERS[:2], (24, 20), strict=True))
    known = {QUARTERS[0]: (24,), QUARTERS[1]: (2,)}
    assert join_for_counts(begun) == (QUARTERS[0], QUARTERS[1])
    assert join_for_outcomes(begun, known) == (QUARTERS[0],)


@given(people)
def test_what_is_closed_stays_where_it_is_whoever_begins_later(counts):
    begun = {quarter: known + more for quarter, (known, more, _) in zip(QUARTERS, counts, strict=True)}
    known = {quarter: (each[0], each[2]) for quarter, each in zip(QUARTERS, counts, strict=True)}
    early = slice(0, 5)
    closed = open_from(dict(list(begun.items())[early]), dict(list(known.items())[early]))
    before = join_for_outcomes(dict(list(begun.items())[early]), dict(list(known.items())[early]))
    now = join_for_outcomes(begun, known)
    assert QUARTERS[0] <= closed <= QUARTERS[5]
    assert [each for each in now if each < closed] == [each for each in before if each < closed]
    assert closed in {*before, QUARTERS[5]} or not any(each >= closed for each in before)


def test_quarters_without_answers_are_open():
    begun = dict(zip(QUARTERS[:4], (12, 12, 12, 12), strict=True))
    known = dict(zip(QUARTERS[:4], ((12,), (12,), (3,), (0,)), strict=True))
    assert open_from(begun, known) == QUARTERS[2]
    assert open_from(begun, dict.fromkeys(begun, (12,))) == QUARTERS[4]
    assert open_from({}, {}) is None


def test_people_known_before_anybody_began_hide_all_but_the_whole():
    """Rows that don't agree: no stretch is told rather than a wrong one."""
    assert join_for_outcomes({QUARTERS[1]: 12, QUARTERS[2]: 12}, {QUARTERS[0]: (12,), QUARTERS[1]: (12,)}) == ()
    assert open_from({QUARTERS[0]: 3}, {}) == QUARTERS[0]
    assert join_within((), {QUARTERS[0]: 9, QUARTERS[1]: 1, QUARTERS[2]: 10}) == (QUARTERS[0], QUARTERS[2])
    assert join_within((QUARTERS[0], QUARTERS[2]), dict.fromkeys(QUARTERS[:4], 10)) == (QUARTERS[0], QUARTERS[2])
    assert join_within((QUARTERS[1],), {QUARTERS[0]: 10}) == (QUARTERS[1],)
