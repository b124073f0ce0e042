from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis import internal_consistency as module
from outcomes.analysis.internal_consistency import OmegaTotal, internal_consistency, omega_total
from outcomes.analysis.results import Withheld
from outcomes.errors import EstimateError


def answers(n: int = 60, loadings: tuple[float, ...] = (0.9, 0.7, 0.6, 0.5), seed: int = 2) -> np.ndarray:
    random = np.random.default_rng(seed)
    one = np.array(loadings)
    return random.normal(0, 1, (n, 1)) * one + random.normal(0, 1, (n, len(one))) * np.sqrt(1 - one**2)


@given(st.permutations(range(4)), st.sampled_from([1e-6, 1.0, 1e9]), st.floats(-5, 5))
def test_order_and_units_do_not_matter(order: list[int], scale: float, shift: float) -> None:
    one, other = internal_consistency(answers()), internal_consistency(scale * (answers()[::-1][:, order] + shift))
    assert other.alpha.estimate == pytest.approx(one.alpha.estimate, rel=1e-9)
    assert other.alpha.std_error == pytest.approx(one.alpha.std_error, rel=1e-9)
    assert other.standardised_alpha == pytest.approx(one.standardised_alpha, rel=1e-9)
    assert isinstance(one.omega_total, OmegaTotal)
    assert isinstance(other.omega_total, OmegaTotal)
    assert other.omega_total.omega == pytest.approx(one.omega_total.omega, rel=1e-8)
    assert [other.items[order.index(at)].item_rest for at in range(4)] == pytest.approx(
        [item.item_rest for item in one.items], rel=1e-9
    )


@given(st.lists(st.floats(0.2, 0.95), min_size=3, max_size=8))
def test_omega_finds_a_factor_that_is_there(loadings: list[float]) -> None:
    one = np.array(loadings)
    correlation = np.outer(one, one)
    np.fill_diagonal(correlation, 1.0)
    found = omega_total(correlation)
    assert isinstance(found, OmegaTotal)
    assert found.loadings == pytest.approx(loadings, abs=1e-5)
    assert found.discrepancy == pytest.approx(0.0, abs=1e-9)
    assert found.omega == pytest.approx(one.sum() ** 2 / (one.sum() ** 2 + (1 - one**2).sum()), abs=1e-5)


def test_equally_good_questions_have_alpha_equal_to_omega() -> None:
    correlation = np.full((5, 5), 0.4)
    np.fill_diagonal(correlation, 1.0)
    found = omega_total(correlation)
    assert isinstance(found, OmegaTotal)
    assert found.omega == pytest.approx(5 * 0.4 / (1 + 4 * 0.4), rel=1e-9)


def test_a_question_the_wrong_way_round_is_named() -> None:
    table = answers() * [1, 1, 1, -1]
    found = internal_consistency(table, ["a", "b", "c", "d"])
    assert [str(one) for one in found.warnings] == [
        "Question d runs against the others. Check that it is reversed where it should be."
    ]
    assert found.items[3].item_rest < 0
    assert internal_consistency(answers()).warnings == ()


def test_two_questions() -> None:
    found = internal_consistency(answers()[:, :2])
    assert (found.n, found.k) == (60, 2)
    assert isinstance(found.omega_total, Withheld)
    assert "three questions" in str(found.omega_total.sentence)
    r = float(np.corrcoef(answers()[:, :2].T)[0, 1])
    assert found.standardised_alpha == pytest.approx(2 * r / (1 + r))
    assert [item.alpha_without for item in found.items] == [None, None]
    assert [item.item_rest for item in found.items] == pytest.approx([r, r])
    assert [item.item for item in found.items] == ["1", "2"]


def test_omega_is_withheld_where_one_factor_is_not_there() -> None:
    follows = omega_total(np.corrcoef(np.column_stack([answers()[:, :2], answers()[:, :2].sum(axis=1)]).T))
    assert isinstance(follows, Withheld)
    assert "follows from the others" in str(follows.sentence)
    # r12 r13 / r23 is over one: the first question would have to hold more than all of itself
    heywood = omega_total(np.array([[1, 0.8, 0.8], [0.8, 1, 0.4], [0.8, 0.4, 1]]))
    assert isinstance(heywood, Withheld)
    assert "doesn't fit" in str(heywood.sentence)


def test_a_fit_that_does_not_settle_gives_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 0)
    assert isinstance(omega_total(np.corrcoef(answers().T)), Withheld)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (np.zeros((0, 3)), "three people and two questions"),
        (np.ones((2, 3)), "three people and two questions"),
        (np.ones((4, 1)), "three people and two questions"),
        (np.ones(4), "three people and two questions"),
        (np.array([[1.0, 2.0], [2.0, math.nan], [3.0, 1.0]]), "finite"),
        (np.array([[1.0, 2.0], [2.0, math.inf], [3.0, 1.0]]), "finite"),
        (np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]]), "answered alike"),
        (np.array([[0.0, 2.0], [0.0, 3.0], [0.0, 2.0]]), "answered alike"),
        (np.array([[1.0, 1.0, 3.0], [2.0, 2.0, 4.0], [4.0, 4.0, 6.0]]), "Leave the copies out"),
        (np.array([[1.0, 2.0], [2.0, 4.0], [4.0, 8.0]]), "Leave the copies out"),
        (np.array([[1.0, -1.0], [2.0, -2.0], [3.0, -3.0]]), "cancel each other out"),
        (np.array([[1.0, -1.0, 5.0], [2.0, -2.0, 4.0], [3.0, -3.0, 5.0], [3.0, -3.0, 7.0]]), "cancel each other out"),
    ],
)
def test_nothing_out_of_nothing(table: np.ndarray, words: str) -> None:
    with pytest.raises(EstimateError, match=words):
        internal_consistency(table)


def test_names_are_as_many_as_questions() -> None:
    with pytest.raises(EstimateError, match="as many names"):
        internal_consistency(answers(), ["a", "b"])
