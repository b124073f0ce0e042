from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.plan import Direction
from outcomes.analysis.reliable_change import CRITICAL, ChangeCategory
from outcomes.analysis.reliable_change_formulas import (
    CRITICAL_ONE_WAY,
    ChangeNorms,
    PersonIndex,
    ReliableChange,
    ReliableChangeFormula,
    categorise_index,
    judge_changes,
    judge_slopes,
    norms_from_scores,
    reliability_at,
    reliable_change_index,
)
from outcomes.errors import EstimateError

NORMS = ChangeNorms(40.0, 10.0, 0.8, 45.0, 12.0, 0.5)
FORMULAS = list(ReliableChangeFormula)
scores = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100)),
    min_size=6,
    max_size=30,
    unique_by=(lambda p: p[0], lambda p: p[1]),
)


def judge(pairs: list[tuple[float, float]], formula: ReliableChangeFormula, sign: int = 1) -> ReliableChange:
    before, after = [sign * float(x) for x, _ in pairs], [sign * float(y) for _, y in pairs]
    direction = Direction.HIGHER if sign == 1 else Direction.LOWER
    index = reliable_change_index(norms_from_scores(before, after, reliability=0.7), formula)
    return judge_changes([str(one) for one in range(len(pairs))], before, after, index=index, direction=direction)


def test_by_hand() -> None:
    """SEM = 10 sqrt(0.2); a person from 30 to 50, where 0.8 x 30 + 0.2 x 40 = 32 was expected."""
    sem = 10 * math.sqrt(0.2)
    expected = {
        ReliableChangeFormula.JACOBSON_TRUAX: 20 / (math.sqrt(2) * sem),
        ReliableChangeFormula.EDWARDS_NUNNALLY: 18 / sem,
        ReliableChangeFormula.GULLIKSEN_LORD_NOVICK: 18 / 6,
        ReliableChangeFormula.HSU_LINN_LORD: (50 - 45 - 0.8 * -10) / 6,
        ReliableChangeFormula.NUNNALLY_KOTSCH: 18 / (10 * math.sqrt(0.64 * 0.2 + 0.2)),
    }
    for formula, rci in expected.items():
        index = reliable_change_index(NORMS, formula)
        assert index.rci(30.0, 50.0) == pytest.approx(rci, rel=1e-12)
        assert (index.formula, index.critical, index.reliability_of_change) == (formula, CRITICAL, None)
    after = 1 - 20 / 144
    r_dd = (80 + 144 * after - 120) / (100 + 144 - 120)
    index = reliable_change_index(NORMS, ReliableChangeFormula.HAGEMAN_ARRINDELL)
    assert index.reliability_of_change == pytest.approx(r_dd, rel=1e-12)
    assert index.critical == CRITICAL_ONE_WAY
    assert index.rci(30.0, 50.0) == pytest.approx(
        (20 * r_dd + 5 * (1 - r_dd)) / (math.sqrt(r_dd) * math.sqrt(2) * sem), rel=1e-12
    )


def test_reliability_after_is_used_where_given() -> None:
    norms = ChangeNorms(40.0, 10.0, 0.8, reliability_after=0.9)
    index = reliable_change_index(norms, ReliableChangeFormula.NUNNALLY_KOTSCH)
    assert index.std_error == pytest.approx(10 * math.sqrt(0.64 * 0.2 + 0.1), rel=1e-12)


@pytest.mark.parametrize(
    ("rci", "higher", "lower"),
    [
        (1.96, ChangeCategory.UNCHANGED, ChangeCategory.UNCHANGED),
        (1.9600001, ChangeCategory.BETTER, ChangeCategory.WORSE),
        (-1.96, ChangeCategory.UNCHANGED, ChangeCategory.UNCHANGED),
        (-1.9600001, ChangeCategory.WORSE, ChangeCategory.BETTER),
        (0.0, ChangeCategory.UNCHANGED, ChangeCategory.UNCHANGED),
    ],
)
def test_beyond_means_beyond(rci: float, higher: ChangeCategory, lower: ChangeCategory) -> None:
    assert categorise_index(rci, CRITICAL, Direction.HIGHER) is higher
    assert categorise_index(rci, CRITICAL, Direction.LOWER) is lower


@given(pairs=scores, formula=st.sampled_from(FORMULAS[:5]))
def test_order_and_direction_do_not_matter(pairs: list[tuple[float, float]], formula: ReliableChangeFormula) -> None:
    there, back = judge(pairs, formula), judge(pairs[::-1], formula)
    mirrored = judge(pairs, formula, sign=-1)
    for one, other, mirror in zip(there.persons, back.persons[::-1], mirrored.persons, strict=True):
        assert one.rci == pytest.approx(other.rci, rel=1e-9, abs=1e-9)
        assert one.rci == pytest.approx(-mirror.rci, rel=1e-9, abs=1e-9)
        if abs(abs(one.rci) - CRITICAL) > 1e-6:
            assert one.category is other.category is mirror.category


@given(
    pairs=scores,
    formula=st.sampled_from(FORMULAS),
    scale=st.sampled_from([1e-3, 3.0, 1e9]),
    shift=st.sampled_from([-50.0, 0.0, 7.0]),
)
def test_units_do_not_matter(
    pairs: list[tuple[float, float]], formula: ReliableChangeFormula, scale: float, shift: float
) -> None:
    try:
        one = judge(pairs, formula)
    except EstimateError:
        with pytest.raises(EstimateError):
            judge([(scale * (x + shift), scale * (y + shift)) for x, y in pairs], formula)
        return
    other = judge([(scale * (x + shift), scale * (y + shift)) for x, y in pairs], formula)
    for here, there in zip(one.persons, other.persons, strict=True):
        assert here.rci == pytest.approx(there.rci, rel=1e-6, abs=1e-6)


def test_who_did_not_answer_is_not_compared() -> None:
    index = reliable_change_index(NORMS, ReliableChangeFormula.JACOBSON_TRUAX)
    found = judge_changes(["a", "b", "c"], [1.0, None, 3.0], [None, 2.0, 40.0], index=index, direction=Direction.HIGHER)
    assert [person.category for person in found.persons] == [
        ChangeCategory.NOT_COMPARED,
        ChangeCategory.NOT_COMPARED,
        ChangeCategory.BETTER,
    ]
    assert found.persons[0] == PersonIndex("a", 1.0, None, None, ChangeCategory.NOT_COMPARED)
    assert found.count(ChangeCategory.NOT_COMPARED) == 2


def test_norms_are_of_those_with_both_scores() -> None:
    norms = norms_from_scores([1.0, 2.0, 6.0, None, 50.0], [2.0, 5.0, 5.0, 9.0, None], reliability=0.8)
    assert (norms.mean_before, norms.mean_after) == (3.0, 4.0)
    assert norms.sd_before == pytest.approx(math.sqrt(7), rel=1e-14)
    assert norms.sd_after == pytest.approx(math.sqrt(3), rel=1e-14)
    assert norms.correlation == pytest.approx(6 / math.sqrt(14 * 6), rel=1e-14)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ([1.0, 2.0], [2.0, 3.0], "three people"),
        ([], [], "three people"),
        ([1.0, 2.0, None], [2.0, 3.0, 4.0], "three people"),
        ([1.0, 1.0, 1.0], [1.0, 2.0, 3.0], "same score"),
        ([1.0, 2.0, 3.0], [1.0, 1.0, 1.0], "same score"),
        ([1.0, 2.0, math.nan], [1.0, 2.0, 3.0], "finite"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, math.inf], "finite"),
    ],
)
def test_no_norms_out_of_nothing(before: list[float | None], after: list[float | None], words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        norms_from_scores(before, after, reliability=0.8)


@pytest.mark.parametrize(
    ("norms", "formula", "words"),
    [
        (ChangeNorms(40, 0, 0.8), ReliableChangeFormula.JACOBSON_TRUAX, "standard deviation above 0"),
        (ChangeNorms(40, math.inf, 0.8), ReliableChangeFormula.JACOBSON_TRUAX, "standard deviation above 0"),
        (ChangeNorms(math.nan, 10, 0.8), ReliableChangeFormula.JACOBSON_TRUAX, "finite"),
        (ChangeNorms(40, 10, 1.0), ReliableChangeFormula.EDWARDS_NUNNALLY, "at least 0 and under 1"),
        (ChangeNorms(40, 10, -0.1), ReliableChangeFormula.EDWARDS_NUNNALLY, "at least 0 and under 1"),
        (
            ChangeNorms(40, 10, 0.8, reliability_after=1.0),
            ReliableChangeFormula.NUNNALLY_KOTSCH,
            "at least 0 and under 1",
        ),
        (ChangeNorms(40, 10, 0.8), ReliableChangeFormula.HSU_LINN_LORD, "after as well"),
        (ChangeNorms(40, 10, 0.8, 45, None, 0.5), ReliableChangeFormula.HAGEMAN_ARRINDELL, "after as well"),
        (ChangeNorms(40, 10, 0.8, 45, 12, None), ReliableChangeFormula.HAGEMAN_ARRINDELL, "after as well"),
        (ChangeNorms(40, 10, 0.8, None, 12, 0.5), ReliableChangeFormula.HAGEMAN_ARRINDELL, "after as well"),
        (ChangeNorms(40, 10, 0.8, 45, 10, 0.9), ReliableChangeFormula.HAGEMAN_ARRINDELL, "more closely"),
        (ChangeNorms(40, 10, 0.8, 45, 10, 1.0), ReliableChangeFormula.HAGEMAN_ARRINDELL, "more closely"),
        (ChangeNorms(40, 10, 0.8, 45, 4, 0.1), ReliableChangeFormula.HAGEMAN_ARRINDELL, "spread less"),
    ],
)
def test_impossible_numbers_are_named(norms: ChangeNorms, formula: ReliableChangeFormula, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        reliable_change_index(norms, formula)


def test_reliability_at_its_limit() -> None:
    assert reliability_at(20.0, NORMS) == pytest.approx(0.95, rel=1e-14)
    with pytest.raises(EstimateError):
        reliability_at(math.sqrt(20.0) * (1 - 1e-9), NORMS)


def test_slopes_need_three_answers() -> None:
    found = judge_slopes(["a", "b"], [2.0, 2.0], [1.0, 1.0], [2, 3], direction=Direction.HIGHER)
    assert [person.category for person in found.persons] == [ChangeCategory.NOT_COMPARED, ChangeCategory.BETTER]
    assert found.index is None
    assert found.persons[1].rci == 2.0


@pytest.mark.parametrize(
    ("slope", "spread", "words"),
    [(1.0, 0.0, "without uncertainty"), (math.nan, 1.0, "finite"), (1.0, math.inf, "finite")],
)
def test_slopes_that_cannot_be_judged(slope: float, spread: float, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        judge_slopes(["a"], [slope], [spread], [3], direction=Direction.HIGHER)


def test_a_score_that_is_no_number_is_an_error() -> None:
    index = reliable_change_index(NORMS, ReliableChangeFormula.JACOBSON_TRUAX)
    with pytest.raises(EstimateError, match="finite"):
        judge_changes(["a"], [math.nan], [1.0], index=index, direction=Direction.HIGHER)


def test_persons_stand_as_they_were_given() -> None:
    index = reliable_change_index(NORMS, ReliableChangeFormula.HAGEMAN_ARRINDELL)
    assert index.formula is ReliableChangeFormula.HAGEMAN_ARRINDELL
    found = judge_changes(["a", "b"], [None, 40.0], [50.0, None], index=index, direction=Direction.HIGHER)
    assert found.index is index
    assert found.persons == (
        PersonIndex("a", None, 50.0, None, ChangeCategory.NOT_COMPARED),
        PersonIndex("b", 40.0, None, None, ChangeCategory.NOT_COMPARED),
    )
    slopes = judge_slopes(["c"], [1.0], [0.5], [2], direction=Direction.HIGHER)
    assert slopes.persons == (PersonIndex("c", None, None, None, ChangeCategory.NOT_COMPARED),)


def test_scores_that_spread_just_as_the_error_does_have_no_reliability() -> None:
    with pytest.raises(EstimateError, match="spread less"):
        reliability_at(2.0, ChangeNorms(0.0, 2.0, 0.0))


def test_a_measure_without_reliability_may_be_judged_and_its_reliability_after_is_kept() -> None:
    found = norms_from_scores([1.0, 2.0, 4.0], [2.0, 5.0, 3.0], reliability=0.0, reliability_after=0.9)
    assert (found.reliability, found.reliability_after) == (0.0, 0.9)
    index = reliable_change_index(found, ReliableChangeFormula.JACOBSON_TRUAX)
    assert index.std_error == pytest.approx(math.sqrt(2.0) * found.sd_before)
