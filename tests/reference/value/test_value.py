"""Value against R: closed forms 1e-10 relative; Monte Carlo within four Monte Carlo errors of both sides together."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.value import CitizenOutcome, ValueEstimate, estimate_value
from outcomes.analysis.value_case import Consequence, Cost, ValueCase
from outcomes.analysis.value_uncertainty import PriceDistribution

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
INPUTS = REFERENCE["inputs"]
PAYERS = ("municipality", "region", "state")
EXACTLY = 1e-10
DRAWS = 200_000


def read_case() -> ValueCase:
    with (HERE / "data.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    effect = TermEstimate("success", INPUTS["effect"], INPUTS["se"], None, 0.0612, 0.1788, 6e-5)
    consequences = tuple(
        Consequence(
            row["item"], "success", float(row["unit"]), float(row["se"]), {payer: float(row[payer]) for payer in PAYERS}
        )
        for row in rows
    )
    cost = Cost("intervention", INPUTS["cost"], INPUTS["cost_se"], {"municipality": 1.0, "region": 0.0, "state": 0.0})
    return ValueCase(1, INPUTS["years"], 2026, PAYERS, (effect,), consequences, (cost,), INPUTS["decay"])


@pytest.fixture(scope="module")
def value() -> ValueEstimate:
    case = read_case()
    outcome = CitizenOutcome("wellbeing", case.effects[0], DesignLabel.D3, EvidenceGrade.B)
    generator = np.random.default_rng(21)
    return estimate_value(case, outcome, generator=generator, draws=DRAWS, prices=PriceDistribution.NORMAL)


def test_closed_forms(value: ValueEstimate) -> None:
    assert value.net == pytest.approx(REFERENCE["npv"], rel=EXACTLY)
    assert value.std_deviation == pytest.approx(REFERENCE["npv_sd_exact"], rel=EXACTLY)
    assert value.consequences == pytest.approx(REFERENCE["total_saving"], rel=EXACTLY)
    assert value.benefit_cost_ratio == pytest.approx(REFERENCE["benefit_cost_ratio"], rel=EXACTLY)
    assert value.break_even[0].effect == pytest.approx(REFERENCE["break_even_effect"], rel=EXACTLY)
    assert value.break_even_year == REFERENCE["break_even_year"]
    factors = value.case.discount.factors(INPUTS["years"])[1:]
    annuity = math.fsum(factor * INPUTS["decay"] ** year for year, factor in enumerate(factors))
    assert annuity == pytest.approx(REFERENCE["annuity"], rel=EXACTLY)


def test_lines_and_payers_in_ore(value: ValueEstimate) -> None:
    assert value.total_ore() == round(REFERENCE["npv"] * 100)
    for line, saving in zip(value.case.consequences, REFERENCE["saving_by_item"], strict=True):
        assert abs(value.total_ore(line=line.name) - saving * 100) <= 1
    for payer, saving in REFERENCE["saving_by_payer"].items():
        cost = INPUTS["cost"] * 100 if payer == "municipality" else 0
        # Four lines in five years are each whole øre: the sum of a payer may be off by that rounding.
        assert abs(value.total_ore(payer=payer) + cost - saving * 100) <= 10
    assert sum(value.total_ore(payer=payer) for payer in PAYERS) == value.total_ore()


def test_monte_carlo_within_its_error(value: ValueEstimate) -> None:
    expected, found = REFERENCE["mc"], value.distribution[0]
    sd, both = REFERENCE["npv_sd_exact"], math.sqrt(1 / DRAWS + 1 / expected["B"])
    assert abs(found.mean - expected["mean"]) < 4 * sd * both
    assert abs(found.std_deviation - expected["sd"]) < 4 * sd * both / math.sqrt(2)
    assert abs(found.median - expected["q"]["50%"]) < 4 * sd * 1.2533 * both
    # A quantile's error is sqrt(q (1 - q)) / density; the density near the 2.5 % point is about 0.0584 / sd.
    tail = math.sqrt(0.025 * 0.975) / 0.0584 * sd * both
    assert abs(found.low - expected["q"]["2.5%"]) < 4 * tail
    assert abs(found.high - expected["q"]["97.5%"]) < 4 * tail
    assert abs(found.chance_positive - expected["p_positive"]) < 4 * found.chance_error * math.sqrt(2)
