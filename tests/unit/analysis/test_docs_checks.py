"""The numbers on the pages of few adopters, shift tables, negative controls and artefacts are what the code gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.analysis.effect_results import CellMark
from outcomes.analysis.few_adopters import randomisation_test
from outcomes.analysis.negative_control import judge_negative_control
from outcomes.analysis.results import Share, TermEstimate
from outcomes.analysis.shift_table import ShiftTable, SignTest, shift_table
from outcomes.analysis.staggered_rollout import bootstrap_two_way
from outcomes.analysis.testing_effect import find_testing_effect
from outcomes.analysis.weighting import compare_weighted

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "reference"


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / "methods" / f"{name}.md").read_text(encoding="utf-8").split())


def test_few_adopters() -> None:
    table, text = pd.read_csv(REFERENCE / "staggered_rollout" / "mpdta.csv"), page("few-adopters")
    states = (table["countyreal"] // 1000).tolist()
    for test, name, samples in (
        (randomisation_test, "randomisation", "deals"),
        (bootstrap_two_way, "wild bootstrap", "sign patterns"),
    ):
        found = test(table["lemp"], states, table["year"], table["first.treat"], generator=np.random.default_rng(2026))
        shown = f"{found.estimate:.3f} ({found.ci_low:.3f} to {found.ci_high:.3f}), p {found.p_value:.2f}"
        assert f"{name} {shown}, {found.samples} {samples}" in text
        assert f"in {found.n_clusters} states" in text


def test_shift_table() -> None:
    table, text = pd.read_csv(REFERENCE / "shift_table" / "levels.csv"), page("shift-table")
    found = shift_table(table["before"].tolist(), table["after"].tolist(), levels=range(5), lower_is_better=True)
    assert isinstance(found, ShiftTable)
    marks = {CellMark.UNDER_MINIMUM: "<5", CellMark.WITHHELD: "x"}
    for level, cells, total in zip((*range(5), "all"), (*found.cells, found.after), (*found.before, None), strict=True):
        line = [marks.get(cell.mark, str(cell.count)) for cell in (*cells, *([] if total is None else [total]))]
        assert f"{level} {' '.join(line)} " in text
    assert isinstance(found.better, Share)
    assert isinstance(found.worse, Share)
    assert isinstance(found.sign_test, SignTest)
    interval = f"{found.better.share:.1%}, {found.better.ci_low:.1%} to {found.better.ci_high:.1%}".replace("%", " %")
    assert f"better {found.better.count} of 200 ({interval}), worse {found.worse.count} of 200" in text
    assert f"sign test p {found.sign_test.p_value:.8f}" in text


def test_negative_control() -> None:
    table, text = pd.read_csv(REFERENCE / "weighting" / "lalonde.csv"), page("negative-control")
    names = ["age", "educ", "black", "hispan", "married", "nodegree"]
    columns = np.column_stack([np.ones(len(table)), table[names]])
    difference = compare_weighted(table["re75"], table["treat"], columns, ["Intercept", *names]).contrast.difference
    found = judge_negative_control("Earnings of 1975", difference)
    assert not found.applies
    shown = f"{difference.estimate:.2f} ({difference.ci_low:.2f} to {difference.ci_high:.2f}): does not apply"
    assert f"{shown}; the largest not ruled out is {found.largest:.2f}" in text


def test_testing_effect() -> None:
    table, text = pd.read_csv(REFERENCE / "testing_effect" / "scores.csv"), page("artefacts")
    found = find_testing_effect("six months", table["score"], (table["before"] == 1).tolist())
    difference = found.difference
    assert found.applies
    assert isinstance(difference, TermEstimate)
    assert f"{len(table)} made-up people" in text
    assert f"{found.n_before} of whom" in text
    shown = f"{difference.estimate:.2f} points higher ({difference.ci_low:.2f} to {difference.ci_high:.2f}"
    assert f"{shown}, {difference.df:.1f} degrees of freedom)" in text
