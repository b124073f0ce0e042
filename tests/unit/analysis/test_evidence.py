"""Every rule of label and grade."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outcomes.analysis.evidence import (
    LABEL_OF_DESIGN,
    DesignLabel,
    EvidenceGrade,
    Finding,
    FindingCode,
    allowed_word,
    grade_word,
    judge_evidence,
    judge_plan,
    label_meaning,
    short_word,
)
from outcomes.analysis.plan import Design
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
    judgement = judge_plan(plan, estimated=True)
    assert judgement.label is label
    assert judgement.word == allowed_word(label)
    assert judge_plan(plan, estimated=False).label is DesignLabel.D0


def test_lots_and_roll_outs_need_what_makes_them_so() -> None:
    for design, extra, with_it in (
        (Design.RANDOMISED, "lots_evidenced", DesignLabel.D4),
        (Design.STAGGERED, "follows_each_start", DesignLabel.D3),
    ):
        assert judge_evidence(design, (), estimated=True).label is DesignLabel.D2
        assert judge_evidence(design, (), estimated=True, **{extra: True}).label is with_it
        assert judge_evidence(design, (), estimated=False, **{extra: True}).label is DesignLabel.D0
    assert judge_evidence(Design.WAITING_LIST, (), estimated=True).label is DesignLabel.D3
    assert judge_evidence(Design.WAITING_LIST, (), estimated=True, unlike_at_start=True).label is DesignLabel.D2
    assert (
        judge_evidence(Design.RANDOMISED, (), estimated=True, lots_evidenced=True, unlike_at_start=True).label
        is DesignLabel.D4
    )


def test_a_plan_tells_both(make_plan) -> None:
    staggered = make_plan(design="staggered")
    assert judge_plan(replace(staggered, model="group-time"), estimated=True).label is DesignLabel.D3
    assert judge_plan(replace(make_plan(), randomised_evidence=None), estimated=True).label is DesignLabel.D2
    found = judge_plan(make_plan(), findings(1), estimated=True)
    assert [finding.applies for finding in found.evidence.findings] == [True] + [False] * (len(FindingCode) - 1)
    assert (found.evidence.start, found.evidence.grade) == (EvidenceGrade.A, EvidenceGrade.B)


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
    design = next(design for design, found in LABEL_OF_DESIGN.items() if found is label)
    judgement = judge_evidence(design, findings(applied), estimated=True, lots_evidenced=True, follows_each_start=True)
    evidence = judgement.evidence
    assert judgement.label is label
    assert evidence.grade is EvidenceGrade(grade)
    assert len(evidence.reasons) == applied
    assert len(evidence.findings) == len(FindingCode)
    assert str(grade_word(evidence.grade))
