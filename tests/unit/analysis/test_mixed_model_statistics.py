"""Citizens' rows times functions of time give the same fit as columns; every fault of the data has its sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.mixed_model import (
    CitizenDesign,
    fit_citizen_design,
    fit_linear_mixed_model,
    linear_time,
    piecewise_linear_time,
    saturating_time,
)
from outcomes.analysis.mixed_model.person_tables import lay_tables, sorted_places, split_lines, stand_together
from outcomes.analysis.mixed_model.rows import number, read_rows
from outcomes.errors import EstimateError

TERMS = ("Intercept", "time", "b", "b:time", "c", "c:time")


def country(persons: int = 120, groups: int = 3, units: int = 5):
    random = np.random.default_rng(21)
    n = random.integers(1, 6, persons)
    subject = np.repeat(np.arange(persons), n)
    time = random.uniform(0, 24, subject.size)
    group = random.integers(0, groups, persons)[subject]
    unit = random.integers(0, units, persons)[subject]
    response = (
        50 + group + 0.3 * time + random.normal(0, 6, persons)[subject] + random.normal(0, 0.4, persons)[subject] * time
    )
    response += random.normal(0, 3, units)[unit] + random.normal(0, 4, subject.size)
    return response, subject, time, group, unit


def design(time: np.ndarray, group: np.ndarray) -> CitizenDesign:
    values = np.array([[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 1]], dtype=float)
    return CitizenDesign(np.column_stack([np.ones(time.size), time]), values, np.array([0, 1, 0, 1, 0, 1]), group)


@pytest.mark.parametrize("random", ["intercept", "slope"])
@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("reml", [True, False])
def test_citizens_rows_are_the_same_as_columns(random: str, nested: bool, reml: bool) -> None:
    response, subject, time, group, unit = country()
    built = design(time, group)
    columns = built.values[group] * built.time_columns[:, built.function_of]
    outer = unit if nested else None
    options = {"random": random, "outer": outer, "reml": reml}
    whole = fit_linear_mixed_model(response, columns, TERMS, subject, time, **options)
    ours = fit_citizen_design(response, built, TERMS, subject, time, **options)
    assert ours.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-8)
    for mine, theirs in zip(ours.terms, whole.terms, strict=True):
        assert mine.term == theirs.term
        assert abs(mine.estimate - theirs.estimate) < 1e-7 * theirs.std_error
        assert mine.std_error == pytest.approx(theirs.std_error, rel=1e-7)
        assert mine.df == pytest.approx(theirs.df, rel=1e-6)
    np.testing.assert_allclose(ours.state.column_means, columns.mean(axis=0), rtol=1e-12)
    first, second = ours.person_effects(), whole.person_effects()
    assert first.subjects.tolist() == second.subjects.tolist() == list(range(120))
    np.testing.assert_allclose(first.intercept, second.intercept, rtol=1e-5, atol=1e-6)
    at, row = np.array([3.0, 30.0]), columns[:2]
    mine, theirs = ours.predict([4, 77], row, at), whole.predict([4, 77], row, at)
    np.testing.assert_allclose(mine.score, theirs.score, rtol=1e-7)
    np.testing.assert_allclose(mine.std_error, theirs.std_error, rtol=1e-7)


def test_many_groups_take_the_other_way_to_the_same_sums() -> None:
    response, subject, time, group, unit = country(persons=1500, groups=3, units=150)
    built = design(time, group)
    columns = built.values[group] * built.time_columns[:, built.function_of]
    whole = fit_linear_mixed_model(response, columns, TERMS, subject, time, random="slope", outer=unit)
    ours = fit_citizen_design(response, built, TERMS, subject, time, random="slope", outer=unit, df="kenward-roger")
    assert ours.state.statistics.starts.size > 201
    assert ours.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-7)
    assert ours.variance.outer == pytest.approx(whole.variance.outer, rel=1e-5)


@pytest.mark.parametrize("random", ["intercept", "slope"])
@pytest.mark.parametrize("nested", [False, True])
def test_the_order_of_rows_changes_nothing(random: str, nested: bool) -> None:
    response, subject, time, group, unit = country()
    mixed = np.random.default_rng(2).permutation(response.size)
    assert stand_together(subject)
    assert not stand_together(subject[mixed])
    fits = []
    for rows in (np.arange(response.size), mixed):
        outer = unit[rows] if nested else None
        built = design(time[rows], group[rows])
        fits.append(
            fit_citizen_design(response[rows], built, TERMS, subject[rows], time[rows], random=random, outer=outer)
        )
    ordered, shuffled = fits
    assert shuffled.log_likelihood == pytest.approx(ordered.log_likelihood, rel=1e-12)
    for mine, theirs in zip(shuffled.terms, ordered.terms, strict=True):
        assert abs(mine.estimate - theirs.estimate) < 1e-9 * theirs.std_error
        assert (mine.std_error, mine.df) == pytest.approx((theirs.std_error, theirs.df), rel=1e-9)
    first, second = shuffled.person_effects(), ordered.person_effects()
    assert first.subjects.tolist() == second.subjects.tolist()
    np.testing.assert_allclose(first.intercept, second.intercept, rtol=1e-8, atol=1e-9)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.booleans())
def test_every_row_has_its_place_in_its_persons_column(labels: list[int], ordered: bool) -> None:
    person, names = number(sorted(labels) if ordered else labels)
    tables = lay_tables(person, names.size)
    values = np.random.default_rng(len(labels)).normal(50, 9, person.size)
    assert sorted(tables.rows.tolist()) == list(range(person.size))
    assert sorted(tables.person.tolist()) == list(range(names.size))
    assert sum(persons for _, persons in tables.shapes) == names.size
    assert tables.n.tolist() == np.bincount(person)[tables.person].tolist() == sorted(tables.n.tolist())
    sums, squares = (np.bincount(person, weights=each)[tables.person] for each in (values, values**2))
    laid = values[tables.rows]
    np.testing.assert_allclose(tables.sums(laid), sums, rtol=1e-14)
    np.testing.assert_allclose(tables.products(laid, laid), squares, rtol=1e-14)
    tables.subtract(laid, tables.person.astype(float))
    np.testing.assert_allclose(laid, (values - person)[tables.rows], atol=1e-14)
    tables.subtract(laid, tables.person.astype(float), values[tables.rows])
    np.testing.assert_allclose(laid, (values - person - person * values)[tables.rows], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("slope", [False, True])
@pytest.mark.parametrize("subject", [[0, 0, 0, 0], [0, 0, 0, 1], [0, 1, 2, 3], [3, 0, 3, 0], [2, 1, 1, 0]])
def test_what_lines_say_and_leave_are_the_whole(subject: list[int], slope: bool) -> None:
    """One person; a last person with one row; one row each; rows in any order; people who answered at one time only."""
    time, other = np.array([0.0, 3.0, 3.0, 7.0]), np.array([1.0, 1.0, 2.0, 1.0])
    response = 1e6 + np.array([1.0, 4.0, 2.0, 8.0])
    rows = read_rows(response, subject, time, None, slope=slope)
    columns = [np.ones(4), time, other, response]
    lines = split_lines(rows, lay_tables(rows.person, rows.labels.size), columns)
    assert lines.varying == (1, 2, 3)  # one that is constant in most rows isn't the constant
    for first in range(4):
        for second in range(4):
            left = lines.within(first, second)
            assert (left is None) == (0 in (first, second))
            ours = lines.between(first, second) + (0 if left is None else left)
            whole = np.bincount(rows.person, weights=columns[first] * columns[second])[lines.tables.person]
            np.testing.assert_allclose(ours, whole, rtol=1e-13)
    assert not lines.within(3, 3)[lines.tables.n == 1].any()
    if slope:
        assert not lines.steepness[:, lines.squares == 0].any()
        np.testing.assert_allclose(lines.within(1, 1), 0, atol=1e-12)


def test_one_row_each_is_plain_regression() -> None:
    response, _, time, group, _ = country()
    built = design(time, group)
    columns = built.values[group] * built.time_columns[:, built.function_of]
    fitted = fit_citizen_design(response, built, TERMS, np.arange(response.size), time)
    expected = np.linalg.lstsq(columns, response, rcond=None)[0]
    np.testing.assert_allclose([term.estimate for term in fitted.terms], expected, rtol=1e-9)


def test_a_last_person_with_one_row_counts() -> None:
    response, subject, time, group, _ = country()
    last = np.append(np.flatnonzero(subject < 119), np.flatnonzero(subject == 119)[:1])
    response, subject, time, group = response[last], subject[last], time[last], group[last]
    built = design(time, group)
    columns = built.values[group] * built.time_columns[:, built.function_of]
    ours = fit_citizen_design(response, built, TERMS, subject, time)
    whole = fit_linear_mixed_model(response, columns, TERMS, subject, time)
    assert (ours.n_subjects, ours.n_observations) == (120, response.size)
    assert ours.log_likelihood == pytest.approx(whole.log_likelihood, abs=1e-9)


def test_many_codes_are_sorted_as_few_are() -> None:
    codes = np.random.default_rng(3).integers(0, 70_000, 500)
    codes[:3] = 65_535, 65_536, 69_999
    for each in (codes, codes % 90, np.append(codes % 90, 65_535), np.append(codes % 90, 65_536)):
        places = sorted_places(each)
        assert places.dtype == np.int64
        assert places.tolist() == sorted(range(each.size), key=lambda place, each=each: each[place])


def test_equal_scores_are_refused_in_a_design_too() -> None:
    _, subject, time, group, _ = country()
    for score in (1.0, 4.0):
        with pytest.raises(EstimateError, match="All scores are the same"):
            fit_citizen_design(np.full(time.size, score), design(time, group), TERMS, subject, time)


def test_a_class_that_changes_within_a_person_is_refused() -> None:
    response, subject, time, group, _ = country()
    group = group.copy()
    several = np.flatnonzero(np.bincount(subject) > 1)[0]
    group[np.flatnonzero(subject == several)[0]] = (group[np.flatnonzero(subject == several)[1]] + 1) % 3
    with pytest.raises(EstimateError, match="different background values"):
        fit_citizen_design(response, design(time, group), TERMS, subject, time)


def test_dependent_columns_of_a_design_are_named() -> None:
    response, subject, time, group, _ = country()
    built = design(time, group)
    twice = CitizenDesign(built.time_columns, built.values[:, [0, 1, 2, 2]], np.array([0, 1, 0, 0]), group)
    with pytest.raises(EstimateError, match="again can't be told apart"):
        fit_citizen_design(response, twice, ("Intercept", "time", "b", "again"), subject, time)
    empty = CitizenDesign(built.time_columns, np.zeros_like(built.values), built.function_of, group)
    with pytest.raises(EstimateError, match="Intercept, time"):
        fit_citizen_design(response, empty, TERMS, subject, time)
    broken = CitizenDesign(np.full_like(built.time_columns, np.nan), built.values, built.function_of, group)
    with pytest.raises(EstimateError, match="finite"):
        fit_citizen_design(response, broken, TERMS, subject, time)


def fit(response, columns=None, subject=None, time=None, **options):
    response = np.asarray(response, float)
    size = response.size
    subject = np.repeat(np.arange(max(size // 3, 1)), 3)[:size] if subject is None else subject
    time = np.tile([0.0, 1.0, 2.0], size)[:size] if time is None else time
    columns = np.column_stack([np.ones(size), time]) if columns is None else columns
    return fit_linear_mixed_model(response, columns, ("Intercept", "time"), subject, time, **options)


SCORES = np.random.default_rng(1).normal(50, 9, 60)
SQUARED = np.column_stack([np.ones(60), SCORES**2])
PAIRS = np.repeat(np.arange(30), 2)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"response": []}, "no answers"),
        ({"response": [1.0, 2.0]}, "too few"),
        ({"response": [1.0, 2.0, 4.0]}, "too few"),
        ({"response": np.full(60, 4.0)}, "All scores are the same"),
        ({"response": np.where(np.arange(60) == 7, np.nan, SCORES)}, "finite"),
        ({"response": np.where(np.arange(60) == 7, np.inf, SCORES)}, "finite"),
        ({"response": SCORES, "time": np.where(np.arange(60) == 7, np.nan, 1.0), "random": "slope"}, "finite"),
        ({"response": SCORES, "columns": np.ones((60, 2)), "time": np.arange(59.0)}, "as many values"),
        ({"response": SCORES, "subject": np.arange(59)}, "as many values"),
        ({"response": SCORES, "outer": np.arange(59)}, "as many values"),
        ({"response": SCORES, "columns": np.ones((60, 3))}, "as many values"),
        ({"response": SCORES, "columns": np.ones((60, 2))}, "time can't be told apart"),
        ({"response": SCORES, "columns": np.full((60, 2), np.inf)}, "finite"),
        ({"response": 3 + 2 * np.tile([0.0, 1.0, 2.0], 20)}, "fits every score exactly"),
        ({"response": SCORES, "subject": np.where(np.arange(60) == 7, np.nan, 1.0)}, "finite"),
        ({"response": SCORES, "outer": np.arange(60) % 3}, "belongs to both"),
        ({"response": SCORES, "outer": np.zeros(60, dtype=int)}, "too few per person"),
        ({"response": SCORES, "outer": np.repeat(np.arange(20), 3)}, "too few per person"),
        ({"response": SCORES, "columns": SQUARED, "time": np.ones(60), "random": "slope"}, "same time"),
        ({"response": SCORES, "subject": np.arange(60), "random": "slope"}, "too few per person"),
        (
            {"response": SCORES, "subject": PAIRS, "time": np.tile([0.0, 1.0], 30), "random": "slope"},
            "too few per person",
        ),
        ({"response": SCORES, "reml": False, "df": "kenward-roger"}, "belongs to REML"),
    ],
)
def test_every_fault_has_its_sentence(arguments: dict, sentence: str) -> None:
    with pytest.raises(EstimateError, match=sentence):
        fit(**arguments)


def test_slopes_need_times() -> None:
    columns = np.column_stack([np.ones(60), SCORES**2])
    with pytest.raises(EstimateError, match="needs the time of each answer"):
        fit_linear_mixed_model(SCORES, columns, ("Intercept", "x"), np.repeat(np.arange(20), 3), random="slope")


def test_who_stands_in_two_places_is_named() -> None:
    subject = np.repeat([f"p{number:02d}" for number in range(20)], 3)
    outer = np.repeat(["a", "b"], 30)
    outer[[4, 5, 7, 8]] = "b"
    with pytest.raises(EstimateError, match=r"p01 belongs to both a and b; .* In all, 2 people"):
        fit(SCORES, subject=subject, outer=outer)


def test_exactly_enough_persons() -> None:
    """Of two people it can be told how much people differ, of one it can't."""
    for persons in (4, 3, 2):
        assert fit(SCORES[: 3 * persons]).n_subjects == persons
    with pytest.raises(EstimateError, match="4 numbers from the answers of 1 people: too few"):
        fit(SCORES[:3])


def test_labels_are_numbered_in_sorted_order() -> None:
    for labels in (
        [30, 10, 10, 20],
        ["c", "a", "a", "b"],
        np.array(["c", "a", "a", "b"], dtype=object),
        [3.5, 1.0, 1.0, 2.0],
    ):
        codes, distinct = number(labels)
        assert codes.tolist() == [2, 0, 0, 1]
        assert distinct.tolist() == sorted(set(np.asarray(labels).tolist()))
    codes, distinct = number(np.array([5, -3, 5]))
    assert (codes.tolist(), distinct.tolist()) == ([1, 0, 1], [-3, 5])
    codes, distinct = number(np.array([1, 0, 1], dtype=np.uint8))
    assert (codes.dtype, codes.tolist(), distinct.tolist()) == (np.int64, [1, 0, 1], [0, 1])
    codes, distinct = number(np.array([2, 0, 2]))
    assert (codes.tolist(), distinct.tolist()) == ([1, 0, 1], [0, 2])


def test_functions_of_time() -> None:
    time = np.array([0.0, 3.0, 6.0, 12.0])
    line = linear_time(time)
    assert line.names == ("Intercept", "time")
    np.testing.assert_array_equal(line.columns, np.column_stack([np.ones(4), time]))
    bent = piecewise_linear_time(time, [3, 6.5], "month")
    assert bent.names == ("Intercept", "month", "month>3", "month>6.5")
    np.testing.assert_allclose(bent.columns[:, 2:], [[0, 0], [0, 0], [3, 0], [9, 5.5]])
    level = saturating_time(time, 4.0)
    assert level.names == ("Intercept", "1-exp(-time/4)")
    np.testing.assert_allclose(level.columns[:, 1], 1 - np.exp(-time / 4), atol=1e-15)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda time: linear_time(np.array([])), "its time as a number"),
        (lambda time: linear_time(np.array([1.0, np.nan])), "its time as a number"),
        (lambda time: piecewise_linear_time(time, []), "Knots"),
        (lambda time: piecewise_linear_time(time, [6, 3]), "Knots"),
        (lambda time: piecewise_linear_time(time, [3, 3]), "Knots"),
        (lambda time: piecewise_linear_time(time, [0]), "Knots"),
        (lambda time: piecewise_linear_time(time, [9]), "Knots"),
        (lambda time: saturating_time(time, 0.0), "above 0"),
        (lambda time: saturating_time(time, np.nan), "above 0"),
        (lambda time: saturating_time(time - 1, 3.0), "from 0 on"),
    ],
)
def test_functions_of_time_refuse(call, sentence: str) -> None:
    with pytest.raises(EstimateError, match=sentence):
        call(np.array([0.0, 5.0, 9.0]))
