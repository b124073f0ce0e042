"""Wilson and Newcombe against R and the published cases (1e-10 relative; printed digits)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outcomes.analysis.proportions import compare_shares, estimate_share

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFERENCE["wilson"], ids=lambda case: f"{case['x']}/{case['n']}")
def test_wilson_as_r(case: dict) -> None:
    share = estimate_share(case["x"], case["n"])
    assert [share.ci_low, share.ci_high] == pytest.approx(case["prop_test"], rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("case", REFERENCE["newcombe_indep"], ids=lambda case: f"{case['a']}/{case['m']}")
def test_newcombe_as_r(case: dict) -> None:
    difference = compare_shares(estimate_share(case["a"], case["m"]), estimate_share(case["b"], case["n"]))
    expected = [case["d"], case["lo"], case["hi"]]
    found = [difference.difference, difference.ci_low, difference.ci_high]
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-15)


def test_newcombe_as_published() -> None:
    for label, limits in REFERENCE["published"]["newcombe1998b_method10"].items():
        shares = [estimate_share(*map(int, part.split("/"))) for part in label.split("-")]
        difference = compare_shares(*shares)
        assert [difference.ci_low, difference.ci_high] == pytest.approx(limits, abs=5.1e-5)
