"""Sums per missingness pattern against sums made person by person."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.pattern_sums import (
    MAX_OCCASIONS,
    LongitudinalSums,
    add_sums,
    move_origins,
    sum_cells,
    sum_patterns,
)
from outcomes.errors import EstimateError

NAMES = ["Intercept", "age", "place[town]"]


def rows(seed: int, n: int = 40, k: int = 3) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    scores = random.normal(50, 10, (n, k))
    scores[random.random((n, k)) < 0.3] = np.nan
    columns = np.column_stack([np.ones(n), random.normal(45, 9, n), random.random(n) < 0.5])
    return scores, columns.astype(float)


def make(scores: np.ndarray, columns: np.ndarray, **origins: object) -> LongitudinalSums:
    labels = [str(k) for k in range(scores.shape[1])]
    return sum_patterns(scores, columns, occasions=labels, names=NAMES[: columns.shape[1]], **origins)  # type: ignore[arg-type]


def assert_same(one: LongitudinalSums, other: LongitudinalSums, tolerance: float = 1e-9) -> None:
    other = move_origins(other, one.origin, one.column_origins)
    assert (one.occasions, one.columns, one.n_subjects) == (other.occasions, other.columns, other.n_subjects)
    assert [p.observed for p in one.patterns] == [p.observed for p in other.patterns]
    for first, second in zip(one.patterns, other.patterns, strict=True):
        assert first.n == second.n
        for name in ("xx", "xy", "yy"):
            mine, theirs = getattr(first, name), getattr(second, name)
            np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * max(1.0, np.abs(mine).max()))


def test_as_person_by_person() -> None:
    scores, columns = rows(1)
    sums = make(scores, columns)
    assert sums.origin == pytest.approx(np.nanmean(scores), rel=1e-14)
    assert sums.column_origins == pytest.approx([0, columns[:, 1].mean(), 0], rel=1e-14)
    assert sums.n_subjects == int((~np.isnan(scores)).any(axis=1).sum())
    assert sums.n_observations == int((~np.isnan(scores)).sum())
    assert [p.observed for p in sums.patterns] == sorted(p.observed for p in sums.patterns)
    for pattern in sums.patterns:
        people = [
            i for i in range(len(scores)) if tuple(np.flatnonzero(~np.isnan(scores[i])).tolist()) == pattern.observed
        ]
        x = columns[people] - sums.column_origins
        y = scores[people][:, list(pattern.observed)] - sums.origin
        assert pattern.n == len(people)
        np.testing.assert_allclose(pattern.xx, sum(np.outer(row, row) for row in x), atol=1e-9)
        np.testing.assert_allclose(pattern.xy, sum(np.outer(a, b) for a, b in zip(x, y, strict=True)), atol=1e-9)
        np.testing.assert_allclose(pattern.yy, sum(np.outer(row, row) for row in y), atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), pieces=st.integers(2, 5))
def test_parts_add_up_whatever_the_split_order_and_origins(seed: int, pieces: int) -> None:
    scores, columns = rows(seed)
    random = np.random.default_rng(seed)
    place = random.integers(0, pieces, len(scores))
    parts = [make(scores[place == k], columns[place == k]) for k in range(pieces)]
    order = random.permutation(len(scores))
    assert_same(make(scores[order], columns[order]), add_sums(parts))


def test_moving_there_and_back_changes_nothing() -> None:
    sums = make(*rows(2))
    moved = move_origins(sums, 3.0, np.array([0.0, -4.0, 1.0]))
    assert (moved.origin, moved.column_origins.tolist()) == (3.0, [0.0, -4.0, 1.0])
    assert_same(sums, moved)
    assert move_origins(sums, sums.origin, sums.column_origins) is sums


def test_cells_as_a_database_groups_them() -> None:
    scores, columns = rows(3)
    columns = columns[:, [0, 2]]
    distinct = np.array([[1.0, 0.0], [1.0, 1.0]])
    cells = []
    for code in {tuple(row) for row in (~np.isnan(scores)).tolist()}:
        observed = tuple(int(k) for k in np.flatnonzero(code))
        for number in (0, 1):
            people = ((~np.isnan(scores)) == code).all(axis=1) & (columns[:, 1] == number)
            y = scores[people][:, list(observed)] - 50.0
            if observed and people.any():
                cells.append((observed, number, int(people.sum()), y.sum(axis=0), y.T @ y))
    labels = {"occasions": ["0", "1", "2"], "names": ["Intercept", "place[town]"]}
    assert_same(sum_patterns(scores, columns, **labels), sum_cells(distinct, cells, origin=50.0, **labels))


def test_nobody_answered_is_no_pattern() -> None:
    sums = make(np.full((3, 2), np.nan), np.ones((3, 1)))
    assert (sums.patterns, sums.n_subjects, sums.n_observations, sums.origin) == ((), 0, 0, 0.0)
    empty = make(np.empty((0, 2)), np.empty((0, 1)))
    assert (empty.n_subjects, empty.column_origins.tolist()) == (0, [0.0])


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(EstimateError, match="isn't a finite number"):
        make(np.array([[1.0, value]]), np.ones((1, 1)))
    with pytest.raises(EstimateError, match="isn't a finite number"):
        make(np.array([[1.0, 2.0]]), np.array([[1.0, value]]))
    with pytest.raises(EstimateError, match="isn't a finite number"):
        make(np.array([[1.0, 2.0]]), np.array([[1.0, np.nan]]))


def test_too_many_occasions_are_refused() -> None:
    assert make(np.ones((2, MAX_OCCASIONS)), np.ones((2, 1))).patterns[0].observed == tuple(range(MAX_OCCASIONS))
    with pytest.raises(EstimateError, match=f"{MAX_OCCASIONS + 1} different occasions"):
        make(np.ones((2, MAX_OCCASIONS + 1)), np.ones((2, 1)))


def test_sums_of_different_things_do_not_add() -> None:
    scores, columns = rows(4)
    with pytest.raises(EstimateError, match="nothing to add"):
        add_sums([])
    with pytest.raises(EstimateError, match="same occasions and the same columns"):
        add_sums([make(scores, columns), make(scores[:, :2], columns)])
    with pytest.raises(EstimateError, match="same occasions and the same columns"):
        add_sums([make(scores, columns), make(scores, columns[:, :2])])


def test_shapes_and_the_intercept_are_the_callers_to_keep() -> None:
    scores, columns = rows(5)
    with pytest.raises(ValueError, match="people x occasions"):
        make(scores[:-1], columns)
    with pytest.raises(ValueError, match="all ones"):
        make(scores, columns[:, ::-1])
    with pytest.raises(ValueError, match="all ones"):
        sum_patterns(scores, columns[:, :1], occasions=["0", "1", "2"], names=["one"])
