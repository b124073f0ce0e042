"""How a score is said, and what an occasion is called."""

from __future__ import annotations

import pytest

from outcomes.analysis.plan import parse_analysis_plan
from outcomes.instruments import shipped_instruments
from outcomes.models import Score
from outcomes.reports.parts import local_text
from outcomes.services.describe_score import describe_score, plain
from outcomes.services.freeze_plan import describe_precision
from outcomes.services.open_citizen import occasion_label
from outcomes.services.read_curves import find_scale, make_curve


@pytest.fixture(scope="module")
def wellbeing():
    return next(each for each in shipped_instruments() if each.key == "wellbeing")


@pytest.mark.parametrize(("value", "said"), [(3.0, 3), (3.5, 3.5), (-2.0, -2)])
def test_a_whole_number_has_no_decimals(value, said):
    assert plain(value) == said
    assert isinstance(plain(value), type(said))


def test_a_score_is_said_with_its_scale(wellbeing):
    score = Score(scale="total", value=75.0, n_answered=5, n_items=5)
    assert str(describe_score(wellbeing, score)).endswith(": 75 on a scale from 0 to 100")
    nothing = Score(scale="total", value=None, n_answered=1, n_items=5)
    assert str(describe_score(wellbeing, nothing)).endswith("too few answers for a number (1 of 5)")


def test_a_curve_has_the_scales_ends_direction_and_error(wellbeing):
    curve = make_curve(wellbeing, find_scale(wellbeing, "total"), ())
    assert (curve.minimum, curve.maximum, curve.lower_is_better, curve.validated) == (0, 100, False, False)
    assert curve.detectable == pytest.approx(1.96 * 2**0.5 * 20 * (1 - 0.8) ** 0.5, rel=1e-3)
    assert curve.notes, "an assumed error says that it is"
    assert not curve.detectable_inclusive


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("phq-9", {"kind": "smallest_detectable_change", "smallest_detectable_change": 6, "inclusive": True}),
        ("kidscreen-10", {"kind": "sd_reliability", "assumed": False, "internal_consistency": False}),
        ("wellbeing", {"kind": "sd_reliability", "sd": 20, "reliability": 0.8, "assumed": True}),
        ("bdi", {"kind": "own_baseline_sd", "reliability": 0.86, "internal_consistency": True}),
        ("child", None),
    ],
)
def test_a_plan_says_of_the_measures_error_what_the_instrument_says(key, said):
    instrument = next(each for each in shipped_instruments() if each.key == key)
    scale = instrument.scales[0]
    told = describe_precision(instrument, scale)
    assert (told is None) == (said is None)
    assert said is None or said.items() <= (told or {}).items()
    if told:
        measure = {"instrument": key, "scale": scale.key, "direction": str(scale.direction)}
        plan = {
            "measure": measure, "design": "none", "intervention": "i", "baseline": "a", "follow_up": ["b"],
            "primary_occasion": "b", "measurement_error": told,
        }  # fmt: skip
        assert parse_analysis_plan(plan).measurement_error is not None, "analysis reads it"
    assert make_curve(instrument, scale, ()).detectable_inclusive == (key == "phq-9")


@pytest.mark.parametrize(
    ("sequence", "months", "said"),
    [(0, 0.0, "at the start"), (1, 1.0, "after 1 month"), (2, 2.0, "after 2 months"), (4, 3.49, "after 3.5 months")],
)
def test_what_an_occasion_is_called(wellbeing, sequence, months, said):
    assert str(occasion_label(local_text(wellbeing.title), sequence, months)).endswith(f", {said}")
