"""The numbers on the pages of case mix, funnel, charts and value are what the code gives."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.case_mix import CaseMixKind, fit_case_mix
from outcomes.analysis.control_chart import shares_chart
from outcomes.analysis.cusum import residual_cusum, risk_adjusted_cusum
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.ewma import ewma_chart
from outcomes.analysis.funnel import FunnelSignal, LimitKind, funnel_ratios
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.run_rules import RunRule
from outcomes.analysis.standardised_ratio import RatioInterval, standardise_indirectly
from outcomes.analysis.value import CitizenOutcome, estimate_value
from outcomes.analysis.value_case import Consequence, Cost, ValueCase

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "reference"


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / "methods" / name).read_text(encoding="utf-8").split())


def rows(path: str) -> list[dict[str, str]]:
    with (REFERENCE / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def charts() -> dict:
    return json.loads((REFERENCE / "cusum" / "charts.json").read_text(encoding="utf-8"))


def check(name: str, *sentences: str) -> None:
    text = page(name)
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_case_mix_page() -> None:
    surgery = rows("funnel/surgery.csv")
    died = np.array([int(row["y"]) for row in surgery])
    score = np.array([[float(row["Parsonnet"])] for row in surgery])
    early = np.array([int(row["date"]) for row in surgery]) < 730
    model = fit_case_mix(died[early], score[early], ["Parsonnet"], kind=CaseMixKind.YES_NO)
    surgeons = [row["surgeon"] for row in surgery]
    risks = model.expected(score)
    found = {result.provider: result for result in standardise_indirectly(died, risks, surgeons)}
    lines = []
    for name in ("1", "3", "7"):
        one = found[name].result
        lines.append(
            f"| {name} | {found[name].n} | {one.observed} | {one.expected:.1f} | {one.ratio:.2f}"
            f" | {one.ci_low:.2f} to {one.ci_high:.2f} |"
        )
    third = standardise_indirectly(died, risks, surgeons, interval=RatioInterval.MID_P)[2].result
    first, second = (term.estimate for term in model.terms)
    check(
        "case-mix.md",
        f"({model.n:,} operations): log odds {first:.3f} plus {second:.4f} per point",
        f"For surgeon 3 mid-P gives {third.ci_low:.2f} to {third.ci_high:.2f}.",
        *lines,
    )


def test_funnel_page() -> None:
    units = rows("funnel/units.csv")
    given = (
        [unit["unit"] for unit in units],
        [int(unit["O"]) for unit in units],
        [float(unit["E"]) for unit in units],
        [int(unit["n"]) for unit in units],
    )
    funnel, exact = funnel_ratios(*given), funnel_ratios(*given, limits=LimitKind.EXACT)
    outside = [point for point in funnel.points if point.signal is not FunnelSignal.NONE]
    flagged = [point for point in exact.points if point.signal is not FunnelSignal.NONE]
    low = next(point for point in funnel.points if point.provider == "S6Y5")
    assert low.signal is FunnelSignal.BELOW_998
    assert {point.provider for point in flagged if point.signal is FunnelSignal.BELOW_998} == {"S6Y5"}
    assert sum(point.small_cell for point in outside) == 4
    assert len(outside) == 7
    check(
        "funnel.md",
        f"phi {funnel.over_dispersion.phi:.3f}, tau squared {funnel.over_dispersion.tau2:.4f}",
        f"{len(outside)} do. Unit S6Y5 had {low.value:.2f} times the expected deaths: below its 99.8 % limit of"
        f" {low.limit.low_998:.2f}. Exact limits would flag {len(flagged)}",
    )


def test_control_chart_page() -> None:
    given = charts()["laney"]
    months = [str(month) for month in range(1, 31)]
    chart = shares_chart(given["counts"], given["totals"], months, baseline=20, periods_per_year=12)
    plain = shares_chart(
        given["counts"],
        given["totals"],
        months,
        baseline=20,
        periods_per_year=12,
        over_dispersion=False,
        rules=frozenset(RunRule),
    )
    assert not any(point.signals for point in chart.points)
    eighth = plain.points[7]
    assert RunRule.BEYOND_LIMITS in eighth.signals
    length, every = chart.run_length, plain.run_length
    check(
        "control-chart.md",
        f"p {chart.centre:.3f}, sigma z {chart.sigma:.2f}",
        f"calls month {eighth.period} a signal ({eighth.value:.3f})",
        f"once in {length.observations:.0f} months, that is once in {length.years_between:.0f} years",
        f"once in {every.observations:.0f} months, or {every.years_between:.1f} years",
    )


def test_cusum_page() -> None:
    operations, mix = rows("cusum/surgeon2_first400.csv"), rows("cusum/pmix.csv")
    times = [round(float(row["fi"]) * 1766) for row in mix]
    chart = risk_adjusted_cusum(
        [int(row["y"]) for row in operations],
        [float(row["p"]) for row in operations],
        people_per_year=100,
        limit=3.0,
        risk_mix=np.repeat([float(row["p1"]) for row in mix], times),
    )
    check(
        "cusum.md",
        f"{chart.n} operations of one surgeon: {chart.observed} deaths, {chart.expected:.1f} expected",
        f"the VLAD ends at {chart.vlad[-1]:.1f}",
        f"signals at operation {chart.more.signals[0] + 1}.",
        f"once in {chart.more.run_length.observations:.0f} operations, and once in {chart.more.detection:.0f} if",
        f"halved odds once in {chart.fewer.run_length.observations:.0f}.",
        f"that is {chart.false_alarms_per_year:.2f} false alarms a year",
    )


def test_ewma_page() -> None:
    residuals = charts()["residuals"]["z"]
    chart = ewma_chart(residuals, people_per_year=100, target_run_length=500)
    cusum = residual_cusum(residuals, people_per_year=100, target_run_length=1000)
    first, second = chart.signals
    check(
        "ewma.md",
        f"L = {chart.limit_in_deviations:.3f}, limits plus and minus {chart.limit:.3f}",
        f"at observations {first + 1} and {second + 1}.",
        f"after {chart.detection:.0f} observations on average",
        f"(h = {cusum.more.limit:.3f}) signals at observation {cusum.more.signals[0] + 1}.",
    )


@pytest.mark.parametrize("grade", [EvidenceGrade.B, EvidenceGrade.D])
def test_value_page(grade: EvidenceGrade) -> None:
    payers = ("municipality", "region", "state")
    effect = TermEstimate("success", 0.12, 0.03, None, 0.0612, 0.1788, 6e-5)
    lines = [
        Consequence(row["item"], "success", float(row["unit"]), float(row["se"]), {p: float(row[p]) for p in payers})
        for row in rows("value/data.csv")
    ]
    cost = Cost("intervention", 45_000, 2_500, {"municipality": 1.0, "region": 0.0, "state": 0.0})
    case = ValueCase(1, 5, 2026, payers, (effect,), tuple(lines), (cost,), 0.8)
    outcome = CitizenOutcome("wellbeing", effect, DesignLabel.D3, grade)
    value = estimate_value(case, outcome, generator=np.random.default_rng(21))
    assert value.scenario is (grade is EvidenceGrade.D)
    shares = [value.total_ore(payer=payer) / 100 for payer in payers]
    drawn = value.distribution[0]
    table = []
    for line in lines:
        split = " | ".join(f"{line.payers[payer]:g}" for payer in payers)
        table.append(f"| {line.name.replace('_', ' ')} | {line.price:,.0f} | {line.price_error:,.0f} | {split} |")
    check(
        "value.md",
        f"consequences {value.consequences:,.2f}, net {value.net:,.2f} kroner, of which municipality {shares[0]:,.2f},"
        f" region {shares[1]:,.2f} and state {shares[2]:,.2f}",
        f"Standard deviation {value.std_deviation:,.2f}; {value.variance_shares[0].share * 100:.1f} % of the variance",
        f"an effect of {value.break_even[0].effect * 100:.1f} %, and in year {value.break_even_year}.",
        f"median {drawn.median:,.0f}, 95 % from {drawn.low:,.0f} to {drawn.high:,.0f}",
        f"{drawn.chance_positive:.4f} (Monte Carlo error {drawn.chance_error:.4f})",
        *table,
    )
