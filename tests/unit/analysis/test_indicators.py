"""The catalogue: outcomes for citizens alone, each read from a figure with its interval, n and completeness."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.evidence import DesignLabel, EvidenceGrade, allowed_word
from outcomes.analysis.indicators import INDICATORS, READERS, IndicatorValue, highest_published, indicator_value
from outcomes.analysis.population import Population, PopulationFigures
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.analysis.suppression import rounding_step
from outcomes.errors import Sentence

FIGURES = PopulationFigures(
    population=Population("bostoette"),
    first_day=date(2026, 1, 1),
    last_day=date(2026, 3, 31),
    n_begun=60,
    n_due=50,
    n_answered=40,
    completeness=0.8,
    label=DesignLabel.D0,
    grade=EvidenceGrade.C,
    unit=Sentence("points, lower is better"),
    lower_is_better=True,
    main=TermEstimate("effect", -9.0, 1.0, None, -11.0, -7.0, 0.01),
    change=TermEstimate("change", -4.0, 1.0, None, -6.0, -2.0, 0.01),
    standardised=TermEstimate("change", -0.4, 0.1, None, -0.6, -0.2, None),
    better=estimate_share(20, 50),
    unchanged=estimate_share(12, 50),
    worse=estimate_share(8, 50),
    success=estimate_share(20, 50),
    goal_attainment=estimate_share(15, 25),
    experience=estimate_share(30, 45),
    word=allowed_word(DesignLabel.D0),
    snapshot="abc",
    n_behind=44,
    goals_known=25 / 60,
    experience_known=0.9,
)


def test_every_indicator_is_read_with_its_interval_n_and_completeness():
    assert READERS.keys() == INDICATORS.keys()
    for key in INDICATORS:
        value = indicator_value(FIGURES, key)
        assert isinstance(value, IndicatorValue)
        assert value.ci_low < value.estimate < value.ci_high
        assert value.n
        assert value.completeness
    values = {key: indicator_value(FIGURES, key) for key in INDICATORS}
    assert values["goal_attainment"].completeness == 25 / 60
    assert values["experience"].completeness == 0.9
    assert (values["share_success"].n, values["mean_change"].n, values["standardised_change"].n) == (50, 40, 40)


def test_more_progress_is_more_whichever_way_the_measure_counts():
    falling = indicator_value(FIGURES, "mean_change")
    rising = indicator_value(replace(FIGURES, lower_is_better=False), "mean_change")
    assert (falling.estimate, falling.ci_low, falling.ci_high) == (4.0, 2.0, 6.0)
    assert (rising.estimate, rising.ci_low, rising.ci_high) == (-4.0, -6.0, -2.0)


def test_average_progress_is_the_peoples_own_change_of_those_with_both_scores():
    """Neither the effect against others, nor how many a model has in it, nor how many began, is in it."""
    plain = indicator_value(FIGURES, "mean_change")
    other = replace(FIGURES, n_behind=400, n_begun=500, label=DesignLabel.D3, main=replace(FIGURES.main, estimate=-1.0))
    assert indicator_value(other, "mean_change") == plain
    assert (plain.estimate, plain.n) == (4.0, FIGURES.n_answered)


@given(st.integers(10, 300), st.data())
def test_what_is_published_never_holds_a_lower_end_than_the_whole_figures(n, data):
    answered = data.draw(st.integers(10, n))
    better = estimate_share(data.draw(st.integers(0, answered)), n)
    figures = replace(FIGURES, n_due=n, n_answered=answered, completeness=answered / n, better=better)
    exact = indicator_value(figures, "share_better")
    assert exact.highest == estimate_share(better.count + n - answered, n).ci_high
    assert indicator_value(replace(figures, n_answered=None), "share_better").highest == 1.0
    step = rounding_step(n, span=1.0)
    outward = math.ceil(exact.ci_high / step) * step
    published = highest_published("share_better", ci_high=outward, n=n, completeness=round(answered / n, 2))
    assert published >= exact.highest - 1e-9
    assert highest_published("share_better", ci_high=outward, n=n, completeness=None) == 1.0
    assert highest_published("share_worse", ci_high=outward, n=n, completeness=0.8) is None


def test_nobody_looks_well_by_not_being_asked():
    """Fewer who answer leave the share worse as it is among those who did, and never raise a share that is wished for."""
    fewer = replace(FIGURES, n_answered=20, completeness=0.4, worse=estimate_share(8, 50))
    assert indicator_value(FIGURES, "share_worse").estimate == 8 / 40
    assert indicator_value(fewer, "share_worse").estimate == 8 / 20
    assert indicator_value(fewer, "share_better").estimate == indicator_value(FIGURES, "share_better").estimate


@pytest.mark.parametrize("key", INDICATORS)
def test_what_is_withheld_stays_so(key):
    why = Withheld(WithheldReason.PROTECTS, Sentence("why"))
    names = ("main", "change", "standardised", "better", "worse", "success", "goal_attainment", "experience")
    assert indicator_value(replace(FIGURES, **dict.fromkeys(names, why)), key) == why


def test_no_process_figure_is_an_indicator():
    """Wish: outcome targets in place of process requirements. Nothing that staff do or write can be steered by."""
    said = " ".join(f"{each.key} {each.title}" for each in INDICATORS.values()).lower()
    assert not re.search(r"visit|contact|document|minute|plan|meeting|registr|deadline|staff|worker|case", said)


def test_a_population_has_one_key():
    provider = UUID(int=1)
    assert Population("x").key == ""
    assert Population("x", provider_id=provider).key == f"provider={provider}"
    assert Population("x", provider, "unge").key == f"provider={provider}&target_group=unge"
    assert Population("x").is_everybody
    assert not Population("x", target_group="unge").is_everybody


def test_each_value_bears_its_own_key():
    assert [indicator_value(FIGURES, key).key for key in INDICATORS] == list(INDICATORS)


def test_a_share_of_those_who_answered_isnt_given_where_they_arent_shown():
    assert isinstance(indicator_value(replace(FIGURES, n_answered=None), "share_worse"), Withheld)
    assert isinstance(indicator_value(replace(FIGURES, n_answered=12), "share_worse"), Withheld), "four aren't worse"
    assert highest_published("share_better", ci_high=1.5, n=40, completeness=1.0) == 1.0
