"""Tests for few places in ``--method did``: asked for by an option, which the warning names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
ROLL_OUT = ROOT / "docs" / "examples" / "analyse" / "rollout.csv"
CALL = ("--score", "score", "--subject", "place", "--time", "year")


def rollout(starts: list[int], effect: float = 4.0) -> str:
    rows = [
        f"p{place},{year},{start},{place + (year >= start > 0) * effect + ((place * 7 + year * 3) % 5) / 10}"
        for place, start in enumerate(starts)
        for year in (1, 2, 3, 4)
    ]
    return "\n".join(["place,year,start,score", *rows]) + "\n"


@pytest.mark.parametrize(("asked", "term"), [("randomisation", "randomisation"), ("wild-bootstrap", "wild_bootstrap")])
def test_a_test_for_few_places_stands_beside_the_average(good: Any, asked: str, term: str) -> None:
    found = good(ROLL_OUT, "did", *CALL, first_treated="start", inference=asked, seed=7)
    simple, resampled = found["estimates"][:2]
    assert (simple["term"], resampled["term"]) == ("simple", term)
    assert resampled["std_error"] is None
    assert resampled["ci_low"] < resampled["estimate"] < resampled["ci_high"]
    assert resampled["p_value"] < 0.01
    assert resampled["n_clusters"] == 32
    assert good(ROLL_OUT, "did", *CALL, first_treated="start", inference=asked, seed=7) == found
    other = good(ROLL_OUT, "did", *CALL, first_treated="start", inference=asked, seed=8)
    assert other["estimates"][1]["ci_low"] != resampled["ci_low"]


def test_the_warning_names_the_option(table: Any, good: Any) -> None:
    path = table(rollout([3, 3, 3, 0, 0, 0, 0]))
    plain = good(path, "did", *CALL, first_treated="start")
    assert [term["term"] for term in plain["estimates"]][:2] == ["simple", "dynamic_overall"]
    assert "3 units or clusters start, under 20" in plain["warnings"][-2]
    assert "--option inference=randomisation" in plain["warnings"][-1]
    dealt = good(path, "did", *CALL, first_treated="start", inference="randomisation")
    assert not any("--option inference" in warning for warning in dealt["warnings"])
    assert (dealt["estimates"][1]["samples"], dealt["estimates"][1]["exact"]) == (35, True)


def test_one_place_per_start_has_the_test_alone(table: Any, good: Any, analyse: Any) -> None:
    """No standard error can be worked out of single places; the deals can."""
    path = table(rollout([2, 3, 4, 0, 0, 0]))
    assert "Randomisation inference may do" in analyse(path, "did", *CALL, first_treated="start").stderr
    found = good(path, "did", *CALL, first_treated="start", inference="randomisation")
    assert [term["term"] for term in found["estimates"]] == ["randomisation"]
    assert (found["n_subjects"], found["n_observations"], found["completeness"]) == (6, 24, 1.0)
    assert "No group of two or more units" in found["warnings"][-1]
    assert found["design_label"] == "D3"


def test_rows_counted_the_wrong_way_are_named(table: Any, good: Any) -> None:
    path = table(rollout([2, 2, 4, 4, 4, 4, 4, 4]))
    found = good(path, "did", *CALL, first_treated="start", inference="wild-bootstrap")
    assert "the wrong way" in found["warnings"][-1]


def test_an_inference_that_is_none(analyse: Any) -> None:
    wrong = analyse(ROLL_OUT, "did", *CALL, first_treated="start", inference="magic")
    assert wrong.exit_code == 2
    assert "analytic, randomisation, wild-bootstrap" in wrong.stderr
