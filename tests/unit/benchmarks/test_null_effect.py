"""Nobody is helped: a short version of benchmarks/null_effect.py, and what its page says."""

from __future__ import annotations

import re

import null_effect
import numpy as np
import pytest
from null_effect import DESIGNS, LOW, PAGE, NullDesign, NullResult, null_plan, null_study, run, table, within_limit

CAUSAL = {"waiting_list", "randomised"}
NOT_CAUSAL = [design for design in DESIGNS if design.design not in CAUSAL]
SOUND = [design for design in DESIGNS if design.design in CAUSAL and design.order == "lots"]
BY_NEED = [design for design in DESIGNS if design.order != "lots"]


@pytest.mark.parametrize("design", NOT_CAUSAL, ids=lambda design: design.design)
def test_without_a_causal_design_nothing_is_called_an_effect(design: NullDesign) -> None:
    result = run(design, 2, np.random.default_rng(5))
    assert (result.studies, result.called) == (2, 0)
    if design.design in {"none", "expected"}:
        assert result.excluded == 2  # people rise by themselves, and only the word is withheld


@pytest.mark.parametrize("design", SOUND, ids=lambda design: design.name)
def test_with_a_causal_design_chance_alone_is_called_an_effect(design: NullDesign) -> None:
    result = run(design, 6, np.random.default_rng(6))
    assert result.called <= result.excluded
    assert result.called <= 2
    assert within_limit(result)


@pytest.mark.parametrize("design", BY_NEED, ids=lambda design: design.name)
def test_an_order_by_need_is_called_no_effect(design: NullDesign) -> None:
    result = run(design, 2, np.random.default_rng(7))
    assert (result.studies, result.called) == (2, 0)
    if design.order == "judgement":
        assert result.excluded == 2  # a difference is found, and only the word is withheld


def test_only_low_starters_are_let_in_and_the_lost_stay_lost() -> None:
    frame = null_study(SOUND[0], np.random.default_rng(1), people=200)
    wide = frame.pivot(index="subject", columns="occasion", values="score")
    assert wide["start"].max() < LOW
    assert wide["m6"].mean() > wide["start"].mean() + 3
    assert 0.1 < wide["m6"].isna().mean() < 0.6
    assert not (wide["m3"].isna() & wide["m6"].notna()).any()
    kept, lost = wide.loc[wide["m3"].notna(), "start"], wide.loc[wide["m3"].isna(), "start"]
    assert kept.mean() > lost.mean()
    sizes = frame.drop_duplicates("subject")["arm"].value_counts()
    assert sizes.to_dict() == {"intervention": 100, "comparison": 100}


def test_people_who_were_not_selected_do_not_rise() -> None:
    adjusted = next(design for design in DESIGNS if design.design == "adjusted")
    frame = null_study(adjusted, np.random.default_rng(2), people=1000)
    first = frame[frame["occasion"] == "start"].groupby("arm")["score"]
    assert first.max()["intervention"] < LOW < first.mean()["comparison"]


def test_plans_say_what_the_design_needs() -> None:
    for design in DESIGNS:
        plan = null_plan(design)
        assert plan.design.value == design.design
        assert (plan.comparison_label is None) is (design.design in {"none", "expected"})
        assert (plan.randomised_evidence is not None) is (design.design == "randomised")


def test_the_limit_allows_for_monte_carlo_error_and_no_more() -> None:
    sound = SOUND[0]
    assert within_limit(NullResult(sound, 100, 20, 11))  # 5 % and 3 times 2.2 points
    assert not within_limit(NullResult(sound, 100, 20, 12))


def test_the_table_gives_shares_with_their_interval() -> None:
    text = table([NullResult(SOUND[0], 200, 12, 10)])
    assert text.splitlines()[2] == "| waiting list | 200 | 6.0 % | 5.0 % | 2.7 to 9.0 % |"


def test_the_page_has_every_design_and_none_beyond_the_limit() -> None:
    page = PAGE.read_text(encoding="utf-8")
    block = page[page.index(null_effect.BEGIN) : page.index(null_effect.END)]
    rows = re.findall(r"^\| (.+?) \| (\d+) \| [\d.]+ % \| ([\d.]+) % \|", block, re.MULTILINE)
    assert [name for name, _studies, _called in rows] == [design.name for design in DESIGNS]
    for design, (_name, studies, called) in zip(DESIGNS, rows, strict=True):
        n = int(studies)
        assert within_limit(NullResult(design, n, n, round(float(called) * n / 100)))
        assert design.design in CAUSAL or float(called) == 0
