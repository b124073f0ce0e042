"""Goal attainment T scores against R and published pairs (1e-10 relative)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outcomes.analysis.gas import gas_t_score

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFERENCE["gas"], ids=lambda case: str(case["x"]))
def test_t_score_as_r(case: dict) -> None:
    levels = case["x"] if isinstance(case["x"], list) else [case["x"]]
    assert gas_t_score(levels, case.get("w")).t_score == pytest.approx(case["T"], rel=1e-10)


@pytest.mark.parametrize("case", REFERENCE["gas_published"], ids=lambda case: str(case["x"]))
def test_t_score_as_published(case: dict) -> None:
    assert gas_t_score(case["x"]).t_score == pytest.approx(case["T"], abs=0.05)
