"""Smallest detectable change and cut-offs."""

from __future__ import annotations

import math

import pytest

from outcomes.instruments import (
    ErrorKind,
    MeasurementError,
    ReliabilityKind,
    cut_off_met,
    precision_notes,
    smallest_detectable_change,
)


def test_the_formula_against_jacobson_and_truax_1991(small):
    # Their worked example: SD 7.5, r 0.80, S_diff 4.74; 1.96 * 4.74 = 9.30.
    error = MeasurementError(kind=ErrorKind.COMPUTED, sd=7.5, reliability=0.80)
    scale = small.scales[0].model_copy(update={"measurement_error": error})
    assert smallest_detectable_change(scale) == pytest.approx(1.96 * math.sqrt(2) * 7.5 * math.sqrt(0.2), rel=1e-12)
    assert smallest_detectable_change(scale) / 1.96 == pytest.approx(4.74, abs=0.005)


def test_bdi_takes_its_spread_from_the_data(shipped):
    scale = shipped["bdi"].scale("total")
    assert smallest_detectable_change(scale) is None
    assert smallest_detectable_change(scale, baseline_sd=10.0) == pytest.approx(1.96 * math.sqrt(2) * 10 * 0.14**0.5)
    assert smallest_detectable_change(scale, baseline_sd=math.nan) is None
    assert "probably too small" in str(precision_notes(scale)[-1])


def test_a_published_change_ignores_the_datas_spread(shipped):
    assert smallest_detectable_change(shipped["who-5"].scale("total"), baseline_sd=99) == 23.6


def test_a_published_threshold_can_count_itself(shipped):
    # The NHS Talking Therapies manual: 6 points or more (PHQ-9), 4 or more (GAD-7).
    for key, change in (("phq-9", 6), ("gad-7", 4)):
        error = shipped[key].scale("total").measurement_error
        assert (error.smallest_detectable_change, error.inclusive) == (change, True)
    assert not shipped["who-5"].scale("total").measurement_error.inclusive


def test_nothing_is_invented_where_nothing_is_known(shipped):
    scale = shipped["child"].scale("total")
    assert smallest_detectable_change(scale, baseline_sd=20) is None
    assert "isn't known" in str(precision_notes(scale)[0])


def test_assumed_values_are_called_assumed(shipped):
    scale = shipped["wellbeing"].scale("total")
    assert scale.measurement_error.assumed
    assert "planning value" in str(precision_notes(scale)[0])
    assert scale.measurement_error.note["da"]


def test_a_measured_retest_reliability_needs_no_note(shipped):
    scale = shipped["kidscreen-10"].scale("t_score")
    assert scale.measurement_error.reliability_kind is ReliabilityKind.TEST_RETEST
    assert precision_notes(scale) == ()


@pytest.mark.parametrize(
    ("key", "value", "met"),
    [
        ("bdi", 9, None),
        ("bdi", 10, "Mild depression"),
        ("bdi", 29, "Moderate depression"),
        ("bdi", 63, "Severe depression"),
        ("who-5", 51, None),
        ("who-5", 50, "Poor wellbeing"),
        ("who-5", 28, "Should be looked into"),
        ("t-ils", 7, "Lonely"),
    ],
)
def test_the_strictest_cut_off_that_is_met(shipped, key, value, met):
    cut = cut_off_met(shipped[key].scales[0], value)
    assert (cut.wording["en"] if cut else None) == met
