"""What is said beside an estimate: each sentence with its own names and numbers, and at which limit it is said."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from outcomes.analysis.artefacts import describe_artefacts
from outcomes.analysis.effect_words import collect_warnings, describe_estimand
from outcomes.analysis.evidence import MOST_UNLIKE, DesignLabel
from outcomes.analysis.frame import StudyData, read_frame
from outcomes.analysis.results import Artefacts, RegressionToMean, Withheld, WithheldReason
from outcomes.errors import Sentence

NOTHING = Withheld(WithheldReason.TOO_FEW, Sentence("Too few."))
EXPECTED = {"design": "expected", "comparison": None, "expected_change": {"points": 4, "source": "earlier people"}}
WITH = "among people in new"
BY_MODEL = f"{WITH}, as if all had answered every time"
BY_PAIRS = f"{WITH} who answered both times"
CHANGE = "The mean change in score (total) from the start to 6 months"


@pytest.mark.parametrize(
    ("label", "plan", "modelled", "said"),
    [
        (DesignLabel.D1, EXPECTED, True, f"{CHANGE} {BY_MODEL}, minus the change expected beforehand (4 points)."),
        (DesignLabel.D1, EXPECTED, False, f"{CHANGE} {BY_PAIRS}, minus the change expected beforehand (4 points)."),
        (DesignLabel.D0, EXPECTED, True, f"{CHANGE} {BY_MODEL}."),
        (DesignLabel.D0, {"design": "none", "comparison": None}, False, f"{CHANGE} {BY_PAIRS}."),
        (DesignLabel.D1, {"design": "none", "comparison": None}, False, f"{CHANGE} {BY_PAIRS}."),
    ],
)
def test_estimand_of_change(study, make_plan, label, plan: dict[str, Any], modelled: bool, said: str) -> None:
    data = read_frame(study(20, one_arm=True), make_plan(**plan))
    assert str(describe_estimand(data, label, modelled=modelled)).replace("4.0 points", "4 points") == said


@pytest.mark.parametrize("label", [DesignLabel.D2, DesignLabel.D4])
def test_estimand_of_a_difference(study, make_plan, label: DesignLabel) -> None:
    said = str(describe_estimand(read_frame(study(20), make_plan()), label, modelled=False))
    assert "difference in score (total) between people allocated to new and to usual, over" in said
    assert "the follow-ups at 3, 6 months" in said


def test_a_time_that_nobody_has_planned_is_a_question(study, make_plan) -> None:
    table = study(20)
    data = read_frame(table[table["occasion"] != "m6"], make_plan())
    assert data.times["m6"] == math.inf
    assert "at 3, ? months" in str(describe_estimand(data, DesignLabel.D4, modelled=False))
    assert warnings(data)[-1] == "Nobody has the occasion m6 of the analysis plan planned yet."


def warnings(
    data: StudyData,
    label: DesignLabel = DesignLabel.D4,
    *,
    model: Any = NOTHING,
    artefacts: Artefacts | None = None,
    unlike: bool = False,
) -> list[str]:
    found = collect_warnings(data, label, model, NOTHING, artefacts or describe_artefacts(data), unlike=unlike)
    return [str(sentence) for sentence in found]


def test_words_below_the_plan_s_own(study, make_plan) -> None:
    data = read_frame(study(20), make_plan())
    assert warnings(data) == []
    (said,) = warnings(data, DesignLabel.D2)
    assert said.startswith("The plan's design would allow the words")


def test_a_waiting_list_that_did_not_go_by_turn(study, make_plan) -> None:
    data = read_frame(study(20), make_plan(design="waiting_list"))
    assert any(
        f"by more than {MOST_UNLIKE} standard deviations" in said
        for said in warnings(data, DesignLabel.D2, unlike=True)
    )
    assert not any("gone by turn" in said for said in warnings(data, DesignLabel.D2))
    assert not any("gone by turn" in said for said in warnings(data, DesignLabel.D3, unlike=True))
    randomised = read_frame(study(20), make_plan())
    assert not any("gone by turn" in said for said in warnings(randomised, DesignLabel.D2, unlike=True))


@pytest.mark.parametrize(("share", "said"), [(1 / 3, False), (0.34, True), (None, False), (-0.5, False)])
def test_change_that_comes_by_itself(study, make_plan, share: float | None, said: bool) -> None:
    data = read_frame(study(20), make_plan())
    artefacts = describe_artefacts(data)
    regression = RegressionToMean(-3.0, share, "a study")
    found = warnings(data, artefacts=replace(artefacts, regression_to_mean=regression))
    assert any("about 3.0 points of it" in sentence for sentence in found) is said


@pytest.mark.parametrize(("persons", "said"), [(1, "fewer than 5"), (4, "fewer than 5"), (5, "5 people are left out")])
def test_how_many_are_left_out(study, make_plan, persons: int, said: str) -> None:
    from outcomes.analysis.effect import estimate_effect  # noqa: PLC0415

    table = study(80, lost=0.0)
    table.loc[table["subject"].isin([str(number) for number in range(persons)]), "age"] = math.nan
    model = estimate_effect(table, make_plan(), with_sensitivity=False).model
    assert said in warnings(read_frame(table, make_plan()), model=model)[-1]
