"""The report of a part beside everybody, and what it is called."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest

from outcomes.analysis.population import Population
from outcomes.errors import Sentence
from outcomes.reports.part_report.sections import course_section, flow_section
from outcomes.reports.parts import Withheld, local_text
from outcomes.services import judge_targets
from outcomes.services.judge_targets import TargetNames, read_target_names
from outcomes.services.list_interventions import _name_part
from tests.unit.analysis.test_indicators import FIGURES

NORTH = UUID(int=1)
PART = replace(FIGURES, population=Population("bostoette", target_group="unge"))


def material(figures, everybody=FIGURES):
    """As much of it as a section asks for."""
    measure = SimpleNamespace(scale=Sentence("Wellbeing"), title=Sentence("Wellbeing"))
    return SimpleNamespace(figures=figures, everybody=everybody, measure=measure)


@pytest.mark.parametrize("begun", [FIGURES.n_begun, 30, None])
def test_everybody_stands_beside_a_part_unless_they_are_the_same_people(begun):
    """Everybody's number is exact and a part's rounded: the same people would have two."""
    figure = course_section(material(replace(PART, n_begun=begun))).figure
    same = begun == FIGURES.n_begun
    assert [str(mark.name) for mark in figure.chart.marks] == (
        ["These people"] if same else ["Everybody", "These people"]
    )
    assert any(str(row[0]) == "Everybody's change" for row in figure.table.rows) == (not same)
    assert ("nobody stands beside them" in str(figure.caption)) == same


def test_a_due_that_is_hidden_since_few_are_missing_is_said_as_on_the_overview():
    figures = replace(PART, n_due=None, completeness=None, protecting=("due",))
    due = flow_section(material(figures)).tables[0].rows[1][1]
    assert isinstance(due, Withheld)
    assert str(due.mark) == "some may be missing"


def test_a_part_that_has_lost_its_title_is_called_by_its_code():
    names = TargetNames({}, {NORTH: "Havnehuset"}, {"unge": local_text("Unge")})
    assert [
        str(_name_part(Population("bostoette", provider, group), names))
        for provider, group in ((None, "unge"), (None, "gamle"), (NORTH, "gamle"), (NORTH, None), (None, None))
    ] == ["Unge", "gamle", "Havnehuset, gamle", "Havnehuset", "None"]


def test_a_target_group_without_a_title_is_called_by_its_code(monkeypatch):
    monkeypatch.setattr(judge_targets.interventions, "list_interventions", lambda _session: [])
    monkeypatch.setattr(judge_targets.targets, "list_provider_names", lambda _session: {})
    monkeypatch.setattr(
        judge_targets.targets, "list_group_titles", lambda _session: {"voksne": {}, "unge": {"da": "Unge"}}
    )
    names = read_target_names(None).groups
    assert {code: str(name) for code, name in names.items()} == {"voksne": "voksne", "unge": "Unge"}
