"""Counts by level and the exact sign test against R's table and binom.test, 1e-10."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from outcomes.analysis.results import Withheld
from outcomes.analysis.shift_table import ShiftTable, SignTest, shift_table

HERE = Path(__file__).parent
REFERENCE = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))


def test_counts_and_sign_test() -> None:
    table = pd.read_csv(HERE / "levels.csv")
    found = shift_table(table["before"].tolist(), table["after"].tolist(), levels=range(5), lower_is_better=True)
    assert isinstance(found, ShiftTable)
    shown = [(cell.count, count) for row, counts in zip(found.cells, REFERENCE["table"], strict=True)
             for cell, count in zip(row, counts, strict=True) if cell.count is not None]  # fmt: skip
    assert shown
    assert all(ours == theirs for ours, theirs in shown)
    assert isinstance(found.sign_test, SignTest)
    assert (found.sign_test.better, found.sign_test.worse) == (REFERENCE["better"], REFERENCE["worse"])
    assert found.sign_test.p_value == pytest.approx(REFERENCE["p_value"], rel=1e-10)


@pytest.mark.parametrize(("better", "worse", "p_value"), REFERENCE["more"])
def test_other_splits(better: float, worse: float, p_value: float) -> None:
    before = [1] * int(better) + [0] * int(worse) + [0] * 20 + [1] * 20
    after = [0] * int(better) + [1] * int(worse) + [0] * 20 + [1] * 20
    found = shift_table(before, after, levels=[0, 1], lower_is_better=True)
    assert not isinstance(found, Withheld)
    assert isinstance(found.sign_test, SignTest)
    assert found.sign_test.p_value == pytest.approx(p_value, rel=1e-10)
