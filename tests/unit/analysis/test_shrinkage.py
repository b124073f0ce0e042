from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.heterogeneity import TauSquaredMethod
from outcomes.analysis.meta_analysis import HartungKnapp, combine_estimates
from outcomes.analysis.shrinkage import shrink_estimates
from outcomes.errors import EstimateError

ROOT = Path(__file__).parents[3]
ESTIMATES = [0.1, 0.9, -0.4, 1.6, 0.5, 0.2]
VARIANCES = [0.04, 0.09, 0.02, 0.16, 0.05, 0.01]
NAMES = list("fedcba")


def test_places_stand_in_the_order_given_and_move_towards_the_mean() -> None:
    found = shrink_estimates(ESTIMATES, VARIANCES, NAMES)
    mean = found.over_all.pooled.estimate
    assert [place.name for place in found.places] == NAMES
    for place, raw, variance in zip(found.places, ESTIMATES, VARIANCES, strict=True):
        assert place.raw == raw
        assert abs(place.estimate - mean) < abs(raw - mean)
        assert (place.estimate - mean) == pytest.approx(place.reliability * (raw - mean))
        assert place.reliability == pytest.approx(found.over_all.tau2 / (found.over_all.tau2 + variance))
        assert place.ci_low < place.estimate < place.ci_high


def test_probabilities_are_those_of_a_simulation() -> None:
    found = shrink_estimates(ESTIMATES, VARIANCES, NAMES)
    generator = np.random.default_rng(20)
    over_all, draws = found.over_all, 200_000
    mean = generator.normal(over_all.pooled.estimate, over_all.pooled.std_error, draws)
    limit = 1.2815515655446004 * np.sqrt(over_all.tau2)
    for place, raw, variance in zip(found.places, ESTIMATES, VARIANCES, strict=True):
        share = place.reliability
        true = generator.normal(share * raw + (1 - share) * mean, np.sqrt(share * variance))
        assert place.in_top_decile == pytest.approx(float((true > mean + limit).mean()), abs=4 * 0.5 / np.sqrt(draws))
        assert place.in_bottom_decile == pytest.approx(
            float((true < mean - limit).mean()), abs=4 * 0.5 / np.sqrt(draws)
        )
        assert np.std(true) == pytest.approx(place.std_error, rel=0.02)


def test_places_that_are_alike_have_no_deciles() -> None:
    found = shrink_estimates([1.0, 1.1, 0.9], [1.0, 1.0, 1.0], ["a", "b", "c"])
    assert {place.in_top_decile for place in found.places} == {None}
    assert {place.in_bottom_decile for place in found.places} == {None}
    assert {round(place.estimate, 12) for place in found.places} == {1.0}
    assert any("estimated at zero" in str(sentence) for sentence in found.warnings)


def test_the_synthesis_is_the_one_asked_for() -> None:
    for method in (TauSquaredMethod.REML, TauSquaredMethod.DERSIMONIAN_LAIRD):
        for factor in (HartungKnapp.OFF, HartungKnapp.STANDARD):
            found = shrink_estimates(ESTIMATES, VARIANCES, NAMES, method=method, hartung_knapp=factor).over_all
            plain = combine_estimates(
                ESTIMATES, VARIANCES, names=NAMES, method=method, hartung_knapp=factor, term="over all"
            )
            assert found == plain
    asked_nothing = shrink_estimates(ESTIMATES, VARIANCES, NAMES).over_all
    assert (asked_nothing.method, asked_nothing.hartung_knapp) == (TauSquaredMethod.REML, HartungKnapp.OFF)


def test_names_must_fit() -> None:
    with pytest.raises(EstimateError, match="lengths"):
        shrink_estimates(ESTIMATES, VARIANCES, NAMES[:-1])


def test_the_page_shows_what_comes_out() -> None:
    text = (ROOT / "docs" / "methods" / "shrinkage.md").read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", text, re.DOTALL)
    assert block is not None
    rows = (ROOT / "tests" / "reference" / "meta_analysis" / "bcg.csv").read_text(encoding="utf-8").splitlines()[1:4]
    every = (ROOT / "tests" / "reference" / "meta_analysis" / "bcg.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = [row.split(",")[1].strip('"') for row in every]
    pairs = [row.split(",")[-2:] for row in every]
    found = shrink_estimates([float(pair[0]) for pair in pairs], [float(pair[1]) for pair in pairs], names)
    assert block[1].splitlines() == [
        f"{place.name}: own {place.raw:.3f}, shrunken {place.estimate:.3f} ({place.ci_low:.3f} to {place.ci_high:.3f}),"
        f" weight of its own {place.reliability:.2f}, lowest tenth {place.in_bottom_decile:.2f}"
        for place in found.places[: len(rows)]
    ]
