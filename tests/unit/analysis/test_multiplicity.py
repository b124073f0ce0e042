from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.multiplicity import MultiplicityRule, adjust_for_multiplicity
from outcomes.errors import EstimateError

ROOT = Path(__file__).parents[3]
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def names(count: int) -> list[str]:
    return [str(number) for number in range(count)]


@given(p_values, st.sampled_from(list(MultiplicityRule)), st.randoms(use_true_random=False))
def test_properties(p: list[float], rule: MultiplicityRule, random) -> None:
    found = adjust_for_multiplicity(p, names(len(p)), rule=rule)
    by_name = {test.name: test for test in found.tests}
    order = list(range(len(p)))
    random.shuffle(order)
    mixed = adjust_for_multiplicity([p[place] for place in order], [str(place) for place in order], rule=rule)
    assert {test.name: test for test in mixed.tests} == by_name
    for raw, test in zip(p, found.tests, strict=True):
        assert test.p_value == raw
        assert raw * (1 - 1e-12) <= test.adjusted <= 1.0
        assert test.rejected is (test.adjusted <= 0.05)
    assert found.n_rejected == sum(test.rejected for test in found.tests)


def test_one_test_is_left_as_it_is() -> None:
    for rule in MultiplicityRule:
        (test,) = adjust_for_multiplicity([0.05], ["alone"], rule=rule).tests
        assert test.adjusted == 0.05
        assert test.rejected


def test_the_level_counts() -> None:
    assert adjust_for_multiplicity([0.02, 0.03], ["a", "b"]).n_rejected == 2
    family = adjust_for_multiplicity([0.02, 0.03], ["a", "b"], level=0.029)
    assert (family.n_rejected, family.level, family.rule) == (0, 0.029, MultiplicityRule.BENJAMINI_HOCHBERG)
    assert adjust_for_multiplicity([0.02, 0.03], ["a", "b"], rule=MultiplicityRule.HOLM, level=0.04).n_rejected == 2


@pytest.mark.parametrize("wrong", [-0.01, 1.01, math.nan, math.inf])
def test_a_p_value_that_is_none_is_named(wrong: float) -> None:
    with pytest.raises(EstimateError, match="of second aren't"):
        adjust_for_multiplicity([0.1, wrong], ["first", "second"])


def test_families_that_are_none() -> None:
    with pytest.raises(EstimateError, match="no tests"):
        adjust_for_multiplicity([], [])
    with pytest.raises(EstimateError, match="name"):
        adjust_for_multiplicity([0.1], [])
    for level in (0.0, 1.0, math.nan):
        with pytest.raises(EstimateError, match="level"):
            adjust_for_multiplicity([0.1], ["a"], level=level)


def test_the_page_shows_what_comes_out() -> None:
    text = (ROOT / "docs" / "methods" / "multiplicity.md").read_text(encoding="utf-8")
    rows = (ROOT / "tests" / "reference" / "multiplicity" / "p_values.csv").read_text(encoding="utf-8").splitlines()[1:]
    p = [float(row) for row in rows]
    for rule, label in zip(
        MultiplicityRule,
        ("Bonferroni", "Holm", "Hochberg", "Benjamini-Hochberg", "Benjamini-Yekutieli"),
        strict=True,
    ):
        found = adjust_for_multiplicity(p, names(len(p)), rule=rule)
        fifth = found.tests[4].adjusted
        assert re.search(rf"\| {label} \| {found.n_rejected} \| {fifth:.4f} \|", text), (label, found.n_rejected, fifth)
