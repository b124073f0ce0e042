"""Two periods: the difference of independent estimates by hand, and how often nothing looks like something."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.effect_results import Cell, CellMark, EffectEstimate
from outcomes.analysis.evidence import DesignLabel
from outcomes.analysis.intervals import normal_estimate, t_estimate
from outcomes.analysis.period_comparison import NumberShift, ShareShift, compare_periods, subtract_estimates
from outcomes.analysis.plan import ErrorKind, MeasurementError
from outcomes.analysis.results import Withheld, WithheldReason
from tests.unit.analysis.parts_data import make_plan, simulate_people

NOBODY = Cell(0, CellMark.SHOWN)


def estimate(n: int, *, seed: int, more: float = 0.0) -> EffectEstimate:
    frame, _facts = simulate_people(n, seed=seed, extra=lambda _facts, _age: more)
    return estimate_effect(frame, make_plan(), with_sensitivity=False)


def test_the_difference_is_welchs() -> None:
    now, before = t_estimate("now", 5.0, 1.5, 20.0), t_estimate("before", 2.0, 2.0, 30.0)
    found = subtract_estimates(now, before)
    assert found.estimate == 3.0
    assert found.std_error == pytest.approx(2.5)
    assert found.df == pytest.approx(6.25**2 / (2.25**2 / 20 + 4.0**2 / 30))
    assert subtract_estimates(now, normal_estimate("before", 2.0, 2.0)).df is None


def test_noise_is_called_noise_in_nineteen_of_twenty() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(5, 12, (2000, 2, 40))
    moved = 0
    for now, before in values:
        pair = [
            t_estimate("m", float(each.mean()), float(each.std(ddof=1)) / math.sqrt(40), 39.0) for each in (now, before)
        ]
        moved += not subtract_estimates(*pair).includes_zero
    assert 0.035 <= moved / 2000 <= 0.065


def test_what_moved_is_more_than_noise_and_small_groups_say_nothing() -> None:
    before, now = estimate(120, seed=1), estimate(120, seed=2, more=10.0)
    found = compare_periods(now, before, in_both=NOBODY)
    assert isinstance(found.main, NumberShift)
    assert found.main.difference.ci_low > 0
    assert found.begun == (120, 120)
    few = compare_periods(now, estimate(8, seed=1), in_both=NOBODY)
    assert isinstance(few.main, Withheld)
    assert isinstance(few.better, Withheld)


def test_each_number_is_held_against_its_own() -> None:
    """With a known error of the measure, shares too; now and before stand where they belong."""
    known = MeasurementError(ErrorKind.SMALLEST_DETECTABLE_CHANGE, "test", smallest_detectable_change=6.0)
    plan = replace(make_plan(), measurement_error=known)
    now, before = (
        estimate_effect(simulate_people(n, seed=n, extra=extra)[0], plan, with_sensitivity=False)
        for n, extra in ((90, lambda _facts, _age: 3.0), (60, lambda _facts, _age: -3.0))
    )
    found = compare_periods(now, before, in_both=NOBODY)
    assert found.labels == (now.label, before.label)
    assert found.grades == (now.evidence.grade, before.evidence.grade)
    assert isinstance(found.main, NumberShift)
    assert (found.main.now, found.main.before) == (now.main_change, before.main_change)
    assert found.main.difference.term == "difference"
    rows = [each.progression.rows[0] for each in (now, before)]  # type: ignore[union-attr]
    for shift, name in ((found.better, "share_better"), (found.worse, "share_worse")):
        assert isinstance(shift, ShareShift)
        assert (shift.now, shift.before) == tuple(getattr(row, name) for row in rows)
        assert shift.difference.difference == shift.now.share - shift.before.share
    other = compare_periods(replace(now, label=DesignLabel.D2), before, in_both=NOBODY)
    assert isinstance(other.main, Withheld)
    assert (other.main.code, "same kind" in str(other.main.sentence)) == (WithheldReason.NOT_POSSIBLE, True)
