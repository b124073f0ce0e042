"""The arithmetic of calibration, every method asked once, and a page that explains each row that isn't as meant."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import calibration
import numpy as np
import pytest
from calibrating import groups, people
from calibrating.measuring import (
    Asked,
    Calibration,
    Case,
    Interval,
    Rate,
    calibrate,
    generator_of,
    held,
    of_term,
    rate_of,
    share_error,
    summarise,
)
from calibrating.people import CEILING, DROPOUT, PLAIN, Trial, population, simulate_trial, stepped, true_means
from calibrating.persons import person_rates
from calibrating.places import place_rates
from calibrating.table import estimate_line, page_text, percent, rate_line, with_error

from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.random import Generator

CASES = calibration.every_case()
CASE = Case("Part", "no trouble", lambda _random, _effect: [], 1.0, 10)


@pytest.fixture
def small_truths(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Truths from few people, where a test doesn't look at them."""
    caches = (people.population, people.lost_people, groups._true_effects)
    monkeypatch.setattr(people, "MANY", 2000)
    monkeypatch.setattr(groups, "MANY", 5000)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def asked(truth: float, null: float | None = 0.0) -> Asked:
    return Asked("method", truth, lambda: None, null)


def test_bias_coverage_and_false_alarms_by_hand() -> None:
    answers = [
        (asked(0.0), Interval(0.5, -1.0, 2.0)),  # holds the truth, no alarm
        (asked(0.0), Interval(1.5, 0.5, 2.5)),  # neither: a false alarm
        (asked(2.0), Interval(2.0, 1.0, 3.0)),  # a true one: counts for coverage only
        (asked(2.0), None),  # refused
    ]
    found = summarise(CASE, "method", answers)
    assert (found.part, found.estimator, found.circumstances) == ("Part", "method", "no trouble")
    assert (found.replications, found.refused) == (4, 1)
    assert found.bias == pytest.approx(2 / 3)
    spread = np.std([0.5, 1.5, 0.0], ddof=1)
    assert found.spread == pytest.approx(spread)
    assert found.bias_error == pytest.approx(spread / math.sqrt(3))
    assert found.bias_in_spreads == pytest.approx(2 / 3 / spread)
    assert found.coverage == pytest.approx(2 / 3)
    assert found.coverage_error == pytest.approx(math.sqrt(2 / 9 / 3))
    assert found.false_alarm == pytest.approx(0.5)
    assert found.false_alarm_error == pytest.approx(math.sqrt(0.25 / 2))


def test_without_interval_without_null_and_without_answers() -> None:
    bare = summarise(CASE, "method", [(asked(1.0, None), Interval(1.5)), (asked(1.0, None), Interval(0.5))])
    assert (bare.bias, bare.coverage, bare.coverage_error, bare.false_alarm, bare.false_alarm_error) == (0, *[None] * 4)
    assert bare.as_meant
    silent = summarise(CASE, "method", [(asked(1.0), None)])
    assert (silent.refused, silent.bias, silent.bias_error, silent.bias_in_spreads) == (1, None, None, None)
    one = summarise(CASE, "method", [(asked(1.0), Interval(1.0, 0.0, 2.0))])
    assert (one.bias, one.spread, one.bias_error, one.coverage) == (0.0, None, None, 1.0)


def test_ends_belong_to_the_interval_and_a_method_may_say_itself() -> None:
    assert held(asked(1.0), Interval(0.5, 0.0, 1.0))
    assert held(asked(0.0), Interval(0.5, 0.0, 1.0))
    assert not held(asked(1.0 + 1e-12), Interval(0.5, 0.0, 1.0))
    assert held(asked(5.0), Interval(0.5, 0.0, 1.0, covered=True))
    assert not held(asked(0.5), Interval(0.5, 0.0, 1.0, covered=False))
    found = summarise(
        CASE, "method", [(asked(5.0), Interval(5.0, covered=True)), (asked(5.0), Interval(5.0, covered=False))]
    )
    assert found.coverage == 0.5
    judged = summarise(CASE, "method", [(asked(5.0), Interval(math.nan, covered=True))])
    assert (judged.bias, judged.coverage, judged.refused) == (None, 1.0, 0)
    touching = summarise(CASE, "method", [(asked(0.0), Interval(1.0, 0.0, 2.0))])
    assert touching.false_alarm == 0.0


@pytest.mark.parametrize(("coverage", "meant"), [(0.93, True), (0.97, True), (0.929, False), (0.971, False)])
def test_as_meant_is_from_93_to_97_per_cent(coverage: float, *, meant: bool) -> None:
    row = Calibration("P", "m", "c", 10, 0, 0.0, 0.1, 1.0, coverage, 0.01, None, None)
    assert row.as_meant is meant


def test_rates_have_their_error_and_their_limits() -> None:
    rate = rate_of("P", "m", "c", [0.0, 0.1, 0.2], 0.05, 0.05)
    assert rate.found == pytest.approx(0.1)
    assert rate.error == pytest.approx(0.1 / math.sqrt(3))
    assert (rate.replications, rate.low, rate.high) == (3, 0.0, 0.1)
    assert Rate("P", "m", "c", 3, 0.05, 0.1, 0.1, 0.0, 0.1).as_meant
    assert not Rate("P", "m", "c", 3, 0.05, 0.11, 0.1, 0.0, 0.1).as_meant
    assert not Rate("P", "m", "c", 3, 0.05, 0.0, 0.1, 0.01, 0.1).as_meant
    assert share_error(0.95, 1000) == pytest.approx(0.0068920244)


def test_a_method_that_refuses_is_counted_and_half_the_studies_have_no_effect() -> None:
    effects: list[float] = []

    def study(random: Generator, effect: float) -> Sequence[Asked]:
        effects.append(effect)
        value = float(random.normal())

        def refuse() -> Interval | None:
            raise EstimateError(Sentence("No."))

        return [Asked("mean", effect, lambda: Interval(effect + value, -9, 9)), Asked("never", effect, refuse)]

    case = Case("P", "c", study, 2.0, 10)
    mean, never = calibrate(case, 1)
    assert effects == [0.0, 2.0] * 5
    assert (mean.replications, mean.refused, never.refused) == (10, 0, 10)
    assert mean.bias != 0
    again = calibrate(case, 1)
    assert again == [mean, never]
    assert calibrate(case, 2)[0].bias != mean.bias
    effects.clear()
    calibrate(Case("P", "c", study, 2.0, 10, always=True), 1, share=0.4)
    assert effects == [2.0] * 4


def test_generators_are_named_and_differ() -> None:
    def first(*names: str, seed: int = 1) -> float:
        return float(generator_of(seed, *names).random())

    assert first("a", "b") == first("a", "b")
    assert len({first("a", "b"), first("b", "a"), first("a"), first("a", "b", seed=2)}) == 4


def test_a_withheld_result_is_no_answer() -> None:
    assert of_term(Withheld(WithheldReason.NOT_POSSIBLE, Sentence("No."))) is None
    assert of_term(TermEstimate("x", 1.0, 0.5, None, 0.0, 2.0, 0.05)) == Interval(1.0, 0.0, 2.0)


def test_true_means_with_and_without_a_ceiling() -> None:
    plain = true_means(PLAIN, 6.0)
    assert plain == pytest.approx([50, 52.5, 55, 60])
    assert true_means(stepped(PLAIN), 6.0) == pytest.approx([50, 57, 58, 60])
    many = simulate_trial(replace(CEILING, people=100_000), 6.0, np.random.default_rng(1))
    assert many.scores.max() == 100
    assert many.scores[many.arm == 1].mean(axis=0) == pytest.approx(true_means(CEILING, 6.0), abs=0.2)


def lost(trial: Trial) -> np.ndarray:
    return np.isnan(trial.scores)


def test_who_answered_low_is_lost_oftener_and_stays_lost() -> None:
    trial = simulate_trial(replace(DROPOUT, people=5000), 0.0, np.random.default_rng(1))
    missing = lost(trial)
    assert not missing[:, 0].any()
    assert 0.25 < missing[:, -1].mean() < 0.5
    assert not (missing[:, :-1] & ~missing[:, 1:]).any()
    assert trial.scores[missing[:, 1], 0].mean() < trial.scores[~missing[:, 1], 0].mean() - 2
    assert not lost(simulate_trial(PLAIN, 0.0, np.random.default_rng(1))).any()


def test_clusters_are_wholly_in_one_arm_and_times_are_off_the_day() -> None:
    trial = simulate_trial(people.CLUSTERS, 0.0, np.random.default_rng(1))
    assert {int(place): set(trial.arm[trial.cluster == place]) for place in range(6)} == {
        place: {float(place % 2)} for place in range(6)
    }
    off = simulate_trial(people.IRREGULAR, 0.0, np.random.default_rng(1)).times - people.MONTHS
    assert off[:, 0].any() == 0
    assert 1.0 < np.abs(off).max() <= people.OFF_THE_DAY


@pytest.mark.usefixtures("small_truths")
def test_the_lost_who_jump_to_the_comparison_take_part_of_the_difference_with_them() -> None:
    found = people.lost_people(DROPOUT, 4.0)
    assert 0.2 < found.share < 0.5
    assert 4.0 * (1 - found.share) - 1 < found.jump_to_reference < 4.0
    assert people.lost_people(DROPOUT, 0.0).jump_to_reference == 0.0
    truth = population(PLAIN, 4.0)
    assert (truth.start, truth.end) == pytest.approx((50, 58))
    assert truth.start_sd == pytest.approx(math.sqrt(81 + 16 + 36), rel=0.05)
    assert truth.change_sd == pytest.approx(math.sqrt(36 + 72), rel=0.05)


@pytest.mark.usefixtures("small_truths")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.part}, {case.circumstances}")
def test_every_method_answers(case: Case) -> None:
    for row in calibrate(case, 3, share=0.0):
        assert row.replications >= 1
        assert row.refused < row.replications, row.estimator
        assert row.bias is not None or row.coverage is not None
        assert math.isfinite(row.bias or 0.0)


def test_every_rate_is_found() -> None:
    rates = [*place_rates(3, share=0.0), *person_rates(3, share=0.0)]
    assert all(math.isfinite(rate.found) and rate.low < rate.high for rate in rates)
    assert len({(rate.estimator, rate.circumstances) for rate in rates}) == len(rates)


def test_numbers_are_written_to_the_errors_second_digit() -> None:
    assert with_error(1.2345, 0.0321) == "1.234 (0.032)"
    assert with_error(-12.345, 1.9) == "-12.3 (1.9)"
    assert with_error(141.7, 12.0) == "142 (12)"
    assert with_error(0.5, 0.0) == "0.5 (0.0)"
    assert with_error(None, None) == "-"
    assert percent(0.951, 0.0069) == "95.1 (0.7)"
    assert percent(0.002, 0.0003) == "0.20 (0.03)"
    assert percent(None, None) == "-"


def test_a_row_says_its_error_and_whether_it_is_as_meant() -> None:
    row = Calibration("P", "m", "c", 1000, 2, 0.1, 0.05, 1.0, 0.9, 0.0095, 0.1, 0.013)
    assert estimate_line(row) == "| m | c | 1000, 2 refused | 0.100 (0.050) | 0.10 | 90.0 (0.9) | 10.0 (1.3) | **no** |"
    bare = Calibration("P", "m", "c", 10, 0, None, None, None, None, None, None, None)
    assert estimate_line(bare) == "| m | c | 10 | - | - | - | - | - |"
    rate = Rate("P", "m", "c", 4, 0.05, 0.06, 0.01, 0.03, 0.07)
    assert rate_line(rate) == "| m | c | 4 | 5 % | 6.0 (1.0) % | yes |"
    length = Rate("P", "m", "c", 4, 140.0, 100.0, 5.0, 120.0, 160.0)
    assert rate_line(length) == "| m | c | 4 | 140 | 100.0 (5.0) | **no** |"
    text = page_text([row, rate, length])
    assert text.startswith("### P")
    assert "Why not:\n\n- m (c); m (c): NOT EXPLAINED" in text


def test_the_page_has_every_group_and_explains_every_row_that_is_not_as_meant() -> None:
    page = calibration.PAGE.read_text(encoding="utf-8")
    block = page[page.index(calibration.BEGIN) : page.index(calibration.END)]
    assert "NOT EXPLAINED" not in block
    assert set(re.findall(r"^### (.+)$", block, re.MULTILINE)) >= {case.part for case in CASES}
    assert f"Seed {calibration.SEED}." in block
    for part in block.split("### ")[1:]:
        assert ("**no**" in part) == ("Why not:" in part)
