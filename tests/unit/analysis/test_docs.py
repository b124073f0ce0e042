"""What the methods' pages show is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from outcomes.analysis import disclosure, evidence
from outcomes.analysis.plan import parse_analysis_plan

METHODS = Path(__file__).parents[3] / "docs" / "methods"


def test_the_documented_plan_is_a_plan() -> None:
    text = (METHODS / "analysis-plan.md").read_text(encoding="utf-8")
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    plan = parse_analysis_plan(yaml.safe_load(block[1]))
    assert plan.effect_term == "treatment[BtheB]"
    assert [covariate.name for covariate in plan.adjusted_covariates] == ["drug", "length"]


def test_the_documented_labels_are_the_labels() -> None:
    text = (METHODS / "design-label.md").read_text(encoding="utf-8")
    for label, word in evidence.WORDS.items():
        assert f"| {label.code} | {word} (" in text
    for code in evidence.FindingCode:
        assert f"| `{code}` |" in text


def test_the_documented_limits_are_the_limits() -> None:
    text = (METHODS / "design-label.md").read_text(encoding="utf-8")
    assert f"under {evidence.LEAST_FOLLOW_UP:.0%} of those due".replace("%", " %") in text
    assert f"more than {evidence.MOST_AT_BOUND:.0%} stand".replace("%", " %") in text
    assert f"more than {evidence.MOST_IMBALANCE} standard deviations" in text
    small = (METHODS / "small-numbers.md").read_text(encoding="utf-8")
    assert f"| under {disclosure.MINIMUM_CELL} |" in small
    assert f"| {disclosure.MINIMUM_ESTIMATE} to {disclosure.MINIMUM_MODEL - 1} |" in small
    assert disclosure.MINIMUM_MODEL == evidence.LEAST_PER_ARM


@pytest.mark.parametrize("page", sorted(path.name for path in METHODS.glob("*.md") if path.name != "README.md"))
def test_every_page_is_in_the_index(page: str) -> None:
    assert f"({page})" in (METHODS / "README.md").read_text(encoding="utf-8")
