"""CUSUM, EWMA, control charts and run lengths against R (closed forms and Markov chains 1e-10; integral equations 1e-6)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.control_chart import individuals_chart, shares_chart
from outcomes.analysis.cusum import residual_cusum, risk_adjusted_cusum, risk_scores
from outcomes.analysis.ewma import ewma_chart
from outcomes.analysis.run_length import (
    ewma_run_length,
    limit_for_run_length,
    residual_cusum_run_length,
    risk_adjusted_run_length,
)
from outcomes.analysis.run_rules import RunRule, run_length_of_rules

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
CHARTS = json.loads((HERE / "charts.json").read_text(encoding="utf-8"))
EXACTLY = 1e-10


def column(name: str, key: str) -> np.ndarray:
    with (HERE / name).open(encoding="utf-8") as file:
        return np.array([float(row[key]) for row in csv.DictReader(file)])


OUTCOMES, RISKS = column("surgeon2_first400.csv", "y"), column("surgeon2_first400.csv", "p")
MIX, WEIGHTS = column("pmix.csv", "p1"), column("pmix.csv", "fi")


def test_paths_as_vlad() -> None:
    chart = risk_adjusted_cusum(OUTCOMES, RISKS, people_per_year=200, limit=3.0)
    expected = REFERENCE["cusum"]
    for path, name in ((chart.more, "det"), (chart.fewer, "imp")):
        assert path.scores == pytest.approx(expected[f"W_{name}"], rel=EXACTLY, abs=1e-15)
        assert path.sums == pytest.approx(expected[f"S_{name}"], rel=EXACTLY, abs=1e-12)
    assert chart.vlad == pytest.approx(expected["VLAD"], rel=EXACTLY, abs=1e-12)
    # The sum comes to 3.04, once.
    assert len(chart.more.signals) == 1
    assert chart.fewer.signals == ()


def test_scores_as_published() -> None:
    published = REFERENCE["published_steiner2000_scores"]
    linear = published["coef"][0] + published["coef"][1] * np.array(published["parsonnet"])
    scores = risk_scores(published["y"], 1 / (1 + np.exp(-linear)), 2.0)
    assert scores == pytest.approx(published["W"], abs=5.1e-4)


@pytest.mark.parametrize("index", range(7))
def test_run_lengths_as_vlad(index: int) -> None:
    limit = REFERENCE["arl"]["h"][index]
    in_control = risk_adjusted_run_length(limit, MIX, WEIGHTS, odds_ratio=2.0)
    doubled = risk_adjusted_run_length(limit, MIX, WEIGHTS, odds_ratio=2.0, true_odds_ratio=2.0)
    assert in_control == pytest.approx(REFERENCE["arl"]["ARL0"][index], rel=EXACTLY)
    assert doubled == pytest.approx(REFERENCE["arl"]["ARL_R2"][index], rel=EXACTLY)


def test_limit_is_the_lowest_with_the_run_length() -> None:
    wanted = REFERENCE["arl"]["ARL0"][2]
    assert limit_for_run_length(wanted * (1 - 1e-9), MIX, WEIGHTS, odds_ratio=2.0) == 3.0
    assert limit_for_run_length(wanted * (1 + 1e-9), MIX, WEIGHTS, odds_ratio=2.0) == pytest.approx(3.0 + 1 / 600)


@pytest.mark.parametrize("case", CHARTS["cusum_arl"], ids=lambda case: f"{case['h']}-{case['k']}-{case['shift']}")
def test_residual_cusum_as_integral_equation(case: dict) -> None:
    found = residual_cusum_run_length(case["h"], case["k"], shift=case["shift"])
    assert found == pytest.approx(case["arl"], rel=1e-6)


@pytest.mark.parametrize("case", CHARTS["ewma_arl"], ids=lambda case: f"{case['weight']}-{case['limit']}")
def test_ewma_as_integral_equation(case: dict) -> None:
    found = ewma_run_length(case["weight"], case["limit"], shift=case["shift"])
    assert found == pytest.approx(case["arl"], rel=1e-6)


def test_run_rules_as_published() -> None:
    two, four, eight = RunRule.TWO_OF_THREE, RunRule.FOUR_OF_FIVE, RunRule.EIGHT_ON_ONE_SIDE
    sets = {
        "beyond": (),
        "two_of_three": (two,),
        "four_of_five": (four,),
        "eight": (eight,),
        "two_four": (two, four),
        "two_eight": (two, eight),
        "four_eight": (four, eight),
        "all": (two, four, eight),
    }
    for name, rules in sets.items():
        found = run_length_of_rules(frozenset({RunRule.BEYOND_LIMITS, *rules}))
        assert round(found, 2) == CHARTS["published_champ_woodall_1987"][name]


def test_individuals_as_written_out() -> None:
    given = CHARTS["xmr"]
    periods = [f"{index:02}" for index in range(len(given["values"]))]
    chart = individuals_chart(given["values"], periods, baseline=given["baseline"], periods_per_year=12)
    found = [chart.centre, chart.sigma, chart.points[0].low, chart.points[-1].high]
    assert found == pytest.approx([given[key] for key in ("centre", "sigma", "low", "high")], rel=EXACTLY)


def test_shares_as_written_out() -> None:
    given = CHARTS["laney"]
    periods = [f"{index:02}" for index in range(len(given["counts"]))]
    one = (given["counts"], given["totals"], periods)
    chart = shares_chart(*one, baseline=given["baseline"], periods_per_year=12)
    assert [chart.centre, chart.sigma] == pytest.approx([given["centre"], given["sigma_z"]], rel=EXACTLY)
    assert [point.low for point in chart.points] == pytest.approx(given["low"], rel=EXACTLY)
    assert [point.high for point in chart.points] == pytest.approx(given["high"], rel=EXACTLY)
    plain = shares_chart(*one, baseline=given["baseline"], periods_per_year=12, over_dispersion=False)
    assert [point.high for point in plain.points] == pytest.approx(given["plain_high"], rel=EXACTLY)
    assert plain.sigma == 1.0


def test_residual_paths_as_written_out() -> None:
    given = CHARTS["residuals"]
    chart = residual_cusum(given["z"], people_per_year=100, limit=5.0)
    assert chart.more.sums == pytest.approx(given["up"], rel=EXACTLY, abs=1e-13)
    assert chart.fewer.sums == pytest.approx(given["down"], rel=EXACTLY, abs=1e-13)
    moving = ewma_chart(given["z"], people_per_year=100, limit_in_deviations=2.86)
    assert moving.values == pytest.approx(given["ewma"], rel=EXACTLY, abs=1e-13)
