"""Every rule of label and grade."""

from __future__ import annotations

import pytest

from outcomes.analysis.evidence import (
    DesignLabel,
    EvidenceGrade,
    Finding,
    FindingCode,
    allowed_word,
    design_label,
    grade_evidence,
    grade_word,
    label_meaning,
    short_word,
)
from outcomes.errors import Sentence


def findings(applied: int) -> list[Finding]:
    codes = list(FindingCode)
    return [Finding(code, index < applied, Sentence("why"), None, None) for index, code in enumerate(codes)]


@pytest.mark.parametrize(
    ("design", "extra", "label"),
    [
        ("none", {}, DesignLabel.D0),
        ("expected", {"expected_change": {"points": 3, "source": "x"}}, DesignLabel.D1),
        ("adjusted", {}, DesignLabel.D2),
        ("waiting_list", {}, DesignLabel.D3),
        ("staggered", {}, DesignLabel.D2),  # the model at hand doesn't follow each group's own start
        ("randomised", {}, DesignLabel.D4),
    ],
)
def test_design_gives_the_label(make_plan, design, extra, label) -> None:
    plan = make_plan(design=design, **extra)
    assert design_label(plan, estimated=True) is label
    assert design_label(plan, estimated=False) is DesignLabel.D0


@pytest.mark.parametrize("label", list(DesignLabel))
def test_the_word_effect_only_from_d3(label: DesignLabel) -> None:
    words = (allowed_word(label), short_word(label))
    assert all(("effect" in str(word)) == label.causal for word in words)
    assert label.causal == (label >= DesignLabel.D3)
    assert str(label_meaning(label)).endswith(".")
    assert label.code == label.name


@pytest.mark.parametrize(
    ("label", "applied", "grade"),
    [
        (DesignLabel.D4, 0, "A"),
        (DesignLabel.D4, 1, "B"),
        (DesignLabel.D4, 2, "C"),
        (DesignLabel.D4, 3, "D"),
        (DesignLabel.D4, 7, "D"),
        (DesignLabel.D3, 0, "B"),
        (DesignLabel.D3, 1, "C"),
        (DesignLabel.D2, 0, "C"),
        (DesignLabel.D1, 0, "C"),
        (DesignLabel.D0, 0, "C"),
        (DesignLabel.D0, 1, "D"),
    ],
)
def test_grade_goes_down_one_for_each_finding(label, applied, grade) -> None:
    evidence = grade_evidence(label, findings(applied))
    assert evidence.grade is EvidenceGrade(grade)
    assert len(evidence.reasons) == applied
    assert len(evidence.findings) == len(FindingCode)
    assert str(grade_word(evidence.grade))
