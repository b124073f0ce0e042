"""The rule for thin patterns: nobody is alone in a sum, and what is left out is what the rule says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.federation import fewest_people, make_aggregate, protect, thin_places
from outcomes.analysis.pattern_sums import sum_patterns
from outcomes.errors import EstimateError
from tests.unit.analysis.federation_data import FREE, described

NAMES = ("Intercept", "group[1]", "group[2]")


def people(*groups: tuple[int, str], n_occasions: int = 4) -> np.ndarray:
    """Scores of (how many, which occasions) people: ``(3, "013")``."""
    random = np.random.default_rng(5)
    rows = []
    for count, observed in groups:
        row = np.full((count, n_occasions), np.nan)
        for occasion in observed:
            row[:, int(occasion)] = random.integers(0, 100, count)
        rows.append(row)
    return np.vstack(rows)


def sums_of(scores: np.ndarray):
    return sum_patterns(
        scores, np.ones((len(scores), 1)), occasions=tuple("0123")[: scores.shape[1]], names=("Intercept",), origin=0.0
    )


def kept(scores: np.ndarray, least: int = 10) -> tuple[dict[str, int], int, int]:
    done = protect([sums_of(scores)], least=least)
    patterns = {"".join(map(str, pattern.observed)): pattern.n for pattern in done.sums.patterns}
    return patterns, done.people_withheld, done.answers_left_out


@pytest.mark.parametrize(
    ("groups", "patterns", "withheld", "left_out"),
    [
        ([(5, "0123")], {"0123": 5}, 0, 0),
        ([(4, "0123")], {}, 4, 16),
        ([(4, "0123"), (1, "012")], {"012": 5}, 0, 4),
        ([(5, "0"), (1, "013")], {"0": 6}, 0, 2),
        ([(5, "01"), (2, "013"), (2, "03")], {"01": 7}, 2, 2 + 4),
        ([(2, "013"), (3, "012")], {"01": 5}, 0, 5),
        ([(2, "023"), (2, "02"), (1, "012")], {"0": 5}, 0, 4 + 2 + 2),
        ([(2, "023"), (2, "02"), (1, "123")], {}, 5, 6 + 4 + 3),
        ([(6, "123"), (4, "12")], {"123": 6}, 4, 8),
        ([(9, "0"), (4, "3")], {"0": 9}, 4, 4),
    ],
)
def test_thin_patterns_lose_their_last_answers(groups, patterns, withheld, left_out) -> None:
    """Counts in pairs of people: ten are enough for up to four answers."""
    pairs = people(*((2 * count, observed) for count, observed in groups))
    assert kept(pairs) == ({key: 2 * count for key, count in patterns.items()}, 2 * withheld, 2 * left_out)


def reference(scores: np.ndarray, least: int) -> np.ndarray:
    """The same rule, person by person: whoever shares their pattern with too few loses the last answer."""
    left = [tuple(np.flatnonzero(~np.isnan(row))) for row in scores]
    for size in range(scores.shape[1], 0, -1):
        counts = Counter(left)
        left = [each[:-1] if len(each) == size and counts[each] < fewest_people(least, size) else each for each in left]
    result = np.full_like(scores, np.nan)
    for number, observed in enumerate(left):
        result[number, list(observed)] = scores[number, list(observed)]
    return result


@settings(max_examples=60)
@given(st.integers(0, 2**20), st.integers(1, 60), st.integers(1, 8))
def test_the_sums_are_those_of_the_rule_applied_person_by_person(seed: int, n: int, least: int) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, 60, (n, 4)).astype(float)
    scores[random.random((n, 4)) < 0.35] = np.nan
    done = protect([sums_of(scores)], least=least)
    by_person = reference(scores, least)
    expected = sums_of(by_person)
    assert all(pattern.n >= fewest_people(least, len(pattern.observed)) for pattern in done.sums.patterns)
    assert [(p.observed, p.n) for p in done.sums.patterns] == [(p.observed, p.n) for p in expected.patterns]
    for found, wanted in zip(done.sums.patterns, expected.patterns, strict=True):
        assert (found.xx == wanted.xx).all()
        assert (found.xy == wanted.xy).all()
        assert (found.yy == wanted.yy).all()
    answered = (~np.isnan(scores)).any(axis=1)
    assert done.people_withheld == answered.sum() - (~np.isnan(by_person)).any(axis=1).sum()
    assert done.answers_left_out == np.isnan(by_person).sum() - np.isnan(scores).sum()


def grouped(*groups: tuple[int, str, int]) -> tuple[np.ndarray, np.ndarray]:
    """(how many, which occasions, which group 0-2)."""
    scores = people(*((count, observed) for count, observed, _ in groups))
    group = np.repeat([group for *_, group in groups], [count for count, *_ in groups])
    return scores, np.column_stack([np.ones(len(group)), group == 1, group == 2]).astype(float)


def test_a_group_of_few_loses_answers_and_the_others_keep_theirs() -> None:
    scores, columns = grouped((20, "0123", 0), (6, "0123", 1), (4, "012", 1), (12, "0123", 2))
    made = make_aggregate(
        scores, columns, occasions=tuple("0123"), described=described(NAMES), organisation="a", study=FREE
    )
    by_pattern = {pattern.observed: np.diag(pattern.xx).tolist() for pattern in made.sums.patterns}
    assert made.sums.columns == NAMES
    assert by_pattern == {(0, 1, 2): [10, 10, 0], (0, 1, 2, 3): [32, 0, 12]}


def test_a_group_of_few_altogether_is_withheld_and_so_is_its_column() -> None:
    scores, columns = grouped((20, "0123", 0), (9, "0123", 1))
    made = make_aggregate(
        scores, columns, occasions=tuple("0123"), described=described(NAMES), organisation="a", study=FREE
    )
    assert made.sums.columns == ("Intercept",)
    assert (made.sums.n_subjects, made.protection.people_withheld) == (20, 10)


def mixed(*groups: tuple[int, str, int]):
    scores, columns = grouped(*groups)
    return sum_patterns(scores, columns, occasions=tuple("0123"), names=NAMES, origin=0.0)


@pytest.mark.parametrize(
    ("groups", "thin"),
    [
        ([(5, "01", 0), (5, "01", 1), (5, "01", 2)], False),
        ([(5, "01", 0), (5, "01", 1)], False),
        ([(4, "01", 0), (5, "01", 1), (5, "01", 2)], True),  # the base level, which has no column
        ([(5, "01", 0), (4, "01", 1), (5, "01", 2)], True),
        ([(9, "01", 0), (9, "01", 1), (1, "01", 2)], True),
        ([(4, "01", 0)], True),
        ([(5, "01", 1)], False),
    ],
)
def test_a_pattern_that_tells_of_few_is_thin_as_a_whole(groups, thin: bool) -> None:
    sums = mixed(*((2 * count, observed, group) for count, observed, group in groups))
    assert thin_places(sums, ((1, 2),), 10) == ((0,) if thin else ())
    done = protect([sums], families=((1, 2),))
    if thin:
        assert (done.sums.patterns, done.people_withheld) == ((), sums.n_subjects)
    else:
        assert done.sums.patterns[0].n == sums.n_subjects


def test_two_indicators_together_and_apart_are_counted() -> None:
    """Fourteen women, fourteen elderly people, ten of them both: four and four could be told from the rest."""
    woman = np.repeat([1.0, 1.0, 0.0, 0.0], [10, 4, 4, 10])
    elderly = np.repeat([1.0, 0.0, 1.0, 0.0], [10, 4, 4, 10])
    columns = np.column_stack([np.ones(28), woman, elderly])
    names = ("Intercept", "sex[woman]", "age[elderly]")
    sums = sum_patterns(people((28, "0"), n_occasions=1), columns, occasions=("0",), names=names, origin=0.0)
    assert thin_places(sums, ((1,), (2,)), 5) == (0,)
    assert thin_places(sums, ((1,), (2,)), 2) == ()
    assert thin_places(sums, ((1,),), 5) == ()


@pytest.mark.parametrize("missing", [(10, 0, 5, 10), (10, 5, 0, 10), (0, 10, 10, 5), (10, 5, 5, 0)])
def test_cells_without_anybody_are_not_thin(missing: tuple[int, int, int, int]) -> None:
    columns = np.column_stack(
        [np.ones(sum(missing)), np.repeat([1.0, 1, 0, 0], missing), np.repeat([1.0, 0, 1, 0], missing)]
    )
    sums = sum_patterns(
        people((len(columns), "0"), n_occasions=1),
        columns,
        occasions=("0",),
        names=("Intercept", "a[1]", "b[1]"),
        origin=0.0,
    )
    assert thin_places(sums, ((1,), (2,)), 5) == ()
    assert thin_places(sums, ((1,), (2,)), 6) == ((0,) if 5 in missing else ())


@pytest.mark.parametrize("least", [0, -3])
def test_the_fewest_is_one(least: int) -> None:
    with pytest.raises(EstimateError, match="whole number from 1"):
        protect([sums_of(people((6, "01")))], least=least)


def test_one_person_alone_is_let_through_only_without_a_rule() -> None:
    assert kept(people((1, "02")), least=1) == ({"02": 1}, 0, 0)
    assert kept(people((1, "02")), least=2) == ({}, 1, 2)


@pytest.mark.parametrize(("n_occasions", "least", "fewest"), [(1, 10, 10), (4, 10, 10), (5, 10, 12), (9, 10, 20), (5, 30, 30),
                                                             (1, 2, 4), (9, 1, 1)])  # fmt: skip
def test_more_answers_need_more_people(n_occasions: int, least: int, fewest: int) -> None:
    assert fewest_people(least, n_occasions) == fewest
    scores = np.random.default_rng(1).normal(50, 10, (fewest, n_occasions))
    occasions = tuple(map(str, range(n_occasions)))
    enough, few = (
        sum_patterns(part, np.ones((len(part), 1)), occasions=occasions, names=("Intercept",))
        for part in (scores, scores[1:])
        if len(part)
    ) if fewest > 1 else (None, None)  # fmt: skip
    if enough is not None and few is not None:
        assert thin_places(enough, (), least) == ()
        assert thin_places(few, (), least) == (0,)


EVEN = np.array([[20.0], [40.0], [60.0], [80.0], [30.0], [50.0], [70.0], [45.0], [55.0], [65.0]])


@pytest.mark.parametrize(
    ("scores", "ends", "thin"),
    [
        (EVEN, (0.0, 100.0), False),
        (np.full((10, 1), 50.0), (None, None), True),  # everybody's answer is known
        (np.full((10, 1), 1e9), (None, None), True),
        (50 + EVEN / 10, (0.0, 100.0), True),  # hardly any spread
        (50 + EVEN / 10, (None, 100.0), False),
        (50 + EVEN / 10, (0.0, None), False),
        (np.hstack([EVEN, EVEN + 7]), (0.0, 100.0), True),  # everybody changed by the same
        (np.hstack([EVEN, 100 - EVEN]), (None, None), True),
        (np.hstack([EVEN, EVEN[::-1]]), (0.0, 100.0), False),
        (np.r_[np.zeros((6, 1)), np.full((4, 1), 50.0)], (0.0, 100.0), True),  # four carry the sum
        (np.r_[np.zeros((6, 1)), np.full((4, 1), 50.0)], (None, 100.0), False),
        (np.r_[np.zeros((5, 1)), np.full((5, 1), 50.0)], (0.0, 100.0), False),
        (np.r_[np.full((6, 1), 100.0), np.full((4, 1), 50.0)], (0.0, 100.0), True),
        (np.r_[np.full((6, 1), 100.0), np.full((4, 1), 50.0)], (0.0, None), False),
    ],
)
@pytest.mark.parametrize("origin", [0.0, 40.0])
def test_sums_that_all_but_say_the_answers_are_thin(scores, ends, thin: bool, origin: float) -> None:
    sums = sum_patterns(
        scores, np.ones((10, 1)), occasions=("0", "1")[: scores.shape[1]], names=("Intercept",), origin=origin
    )
    assert thin_places(sums, (), 10, ends) == ((0,) if thin else ())
    assert thin_places(sums, (), 1, ends) == ()
    assert protect([sums], least=10, ends=ends).people_withheld == (10 if thin and scores.shape[1] == 1 else 0)
    # on a scale that begins elsewhere the same holds: -300 to -200, say
    moved = sum_patterns(
        scores - 300, np.ones((10, 1)), occasions=sums.occasions, names=("Intercept",), origin=origin - 300
    )
    low, high = ends
    ends = None if low is None else low - 300, None if high is None else high - 300
    assert thin_places(moved, (), 10, ends) == ((0,) if thin else ())
