"""What the overview says of a row beside its number: how much isn't known, what isn't shown, and why."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from outcomes.analysis.plan import GoalKind
from outcomes.analysis.population import Population
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.errors import Sentence
from outcomes.reports.overview import make_part, row_from_json, row_to_json
from outcomes.reports.overview_page import describe_figures, hidden_count, make_caution, qualify
from outcomes.reports.stored_population import read_stored_figures
from tests.unit.analysis.test_indicators import FIGURES

FINDING = Sentence("People are better off")


@pytest.mark.parametrize(
    ("completeness", "word"),
    [(1.0, None), (0.8, None), (0.79, "Less certain"), (0.6, "Less certain"), (0.59, "Uncertain")],
)
def test_a_claim_gives_way_as_more_is_unknown(completeness, word):
    caution = make_caution(completeness)
    assert (str(caution).split(":")[0] if caution else None) == word
    assert (qualify(FINDING, caution) == FINDING) == (word is None)


def test_a_row_of_a_part_and_its_figures_come_back_as_they_were_stored():
    figures = replace(
        FIGURES,
        population=Population("bostoette", target_group="unge"),
        worse=Withheld(WithheldReason.PROTECTS, Sentence("why %(n)s", n=5)),
        protecting=("due", "worse"),
        goal_kind=GoalKind.MAINTAIN,
    )
    row = make_part(figures, 100.0)
    stored = json.loads(json.dumps(row_to_json(row, figures)))
    assert row_from_json(stored) == row
    assert read_stored_figures(stored) == figures
    assert read_stored_figures({**stored, "form": 1}) is None
    assert (row.shares, row.answered, row.total) == (None, 40, 50)


def test_a_number_too_small_and_one_that_protects_another_bear_different_marks():
    small = replace(FIGURES, n_begun=None, worse=Withheld(WithheldReason.TOO_FEW, Sentence("why")))
    protecting = replace(
        FIGURES, n_begun=None, worse=Withheld(WithheldReason.PROTECTS, Sentence("why")), protecting=("begun",)
    )
    marks = [
        {view.key: str(view.mark) for view in describe_figures(each, make_part(each, 0.0)) if view.mark}
        for each in (small, protecting)
    ]
    assert marks == [{"begun": "too few", "worse": "too few"}, {"begun": "withheld", "worse": "withheld"}]
    assert not any("5" in mark for each in marks for mark in each.values())


def test_success_is_named_by_the_kind_of_goal():
    labels = set()
    for kind in GoalKind:
        figures = replace(FIGURES, goal_kind=kind)
        views = {view.key: view for view in describe_figures(figures, make_part(figures, 0.0))}
        labels.add(str(views["share_success"].label))
    assert len(labels) == len(GoalKind)


def test_where_few_are_missing_that_is_said_and_no_number_of_them():
    figures = replace(FIGURES, n_due=None, completeness=None, protecting=("due",))
    view = next(each for each in describe_figures(figures, make_part(figures, 0.0)) if each.key == "completeness")
    assert (view.value, view.total, str(view.mark)) == (None, None, "some may be missing")
    assert not any(letter.isdigit() for letter in str(view.why))
    assert hidden_count(figures, "due") == (view.why, view.mark), "and in the part's report too"
    assert hidden_count(figures, "answered") != (view.why, view.mark), "which isn't what is missing"
