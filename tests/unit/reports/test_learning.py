"""The learning context: words that the design allows, nothing of few people, and the difference to last time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest

from outcomes.analysis.disclosure import too_few_for_share
from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade, allowed_word
from outcomes.analysis.intervals import normal_estimate
from outcomes.analysis.population import Population, PopulationFigures
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import Withheld, WithheldReason
from outcomes.errors import Sentence
from outcomes.language import use_locale
from outcomes.reports.learning import LearningMaterial, Origin, build_learning, render_html
from outcomes.reports.learning.words import say_changes, say_finding, say_unknown
from outcomes.reports.parts import Withheld as HiddenCell
from outcomes.reports.parts import local_text
from outcomes.reports.plain import to_plain

TODAY = date(2026, 11, 22)


def figures(n=60, **changes):
    """Figures of ``n`` people, all of whom have answered unless ``changes`` says otherwise."""
    made = PopulationFigures(
        population=Population("hverdag"), first_day=date(2025, 1, 1), last_day=TODAY, n_begun=n + 10, n_due=n,
        n_answered=n - 8, completeness=(n - 8) / n, label=DesignLabel.D0, grade=EvidenceGrade.C,
        unit=Sentence("points, higher is better"), lower_is_better=False, main=normal_estimate("change", 4.0, 15 / n**0.5),
        change=normal_estimate("change", 4.0, 15 / n**0.5),
        standardised=normal_estimate("change", 0.3, 0.1), better=estimate_share(n // 3, n),
        unchanged=estimate_share(n // 3, n), worse=estimate_share(n // 6, n), success=estimate_share(n // 3, n),
        goal_attainment=too_few_for_share(), experience=estimate_share(n // 2, n), word=allowed_word(DesignLabel.D0),
        snapshot=f"{n:016x}", n_behind=n, verdict=Verdict.BETTER,
    )  # fmt: skip
    return replace(made, **changes)


def point(kind="action", state="open", **changes):
    """A point as it is stored."""
    stored = {
        "id": uuid4(), "kind": kind, "state": state, "words": "Vi ringer", "meeting_id": None, "responsible": "",
        "observed_on": date(2026, 8, 1), "due_on": None, "outcome": "",
        "followed_up_on": None if state == "open" else TODAY, "entered_by": "Lis Leder",
    }  # fmt: skip
    return SimpleNamespace(**{**stored, **changes})


def material(**changes):
    values = {
        "organisation": "Nordby", "slug": "hverdag", "intervention": local_text("Støtte"), "today": TODAY, "is_demo": False,
        "figures": figures(), "parts": {"provider": [], "target_group": []}, "seen": None, "met_today": None,
        "meetings": (), "points": [], "starts": [], "stopped": 0,
        "origin": Origin(1, "0" * 16, "outcomes", datetime(2026, 11, 22, tzinfo=UTC)),
    }  # fmt: skip
    return LearningMaterial(**{**values, **changes})


def shifts(now, before):
    context = build_learning(material(figures=now, seen=(date(2026, 8, 1), before)))
    return {each.key: each for each in context.since.shifts}


@pytest.mark.parametrize("label", list(DesignLabel))
@pytest.mark.parametrize("verdict", [Verdict.BETTER, Verdict.WORSE, Verdict.INCLUDES_NONE, Verdict.WITHHELD])
def test_no_finding_says_more_than_its_design_allows(label, verdict):
    """The word effect comes from the label alone, and a comparison is only spoken of where one was made."""
    found = figures(label=label, word=allowed_word(label), verdict=verdict)
    for locale in ("da", "en"):
        with use_locale(locale):
            said = " ".join(str(to_plain(each, locale)) for each in (*say_changes(found), *say_unknown(found, 12)))
        assert ("effekt" in said.lower() or "effect" in said.lower()) == label.causal
    compared = "compared with" in str(say_finding(label, verdict)) or "no difference" in str(
        say_finding(label, verdict)
    )
    assert compared == (label >= DesignLabel.D2 and verdict is not Verdict.WITHHELD)


def test_every_number_comes_with_how_many_and_how_sure():
    for statement in say_changes(figures()):
        if statement.withheld is None:
            assert "interval" in str(statement.number)
            assert "people" in str(statement.number)
        else:
            assert statement.number is None


def test_what_is_not_known_names_the_missing_the_waiting_and_the_stopped():
    said = [str(each) for each in say_unknown(figures(), stopped=7)]
    assert any("8 of the 60" in each for each in said)
    assert any("10 people who have begun" in each for each in said)
    assert any("Why 7 people" in each for each in said)
    few = [str(each) for each in say_unknown(figures(n_answered=57, n_begun=62), stopped=3)]
    assert not any(" 3 " in each or " 2 " in each for each in few), "no count under five"
    assert any("So many answers are missing" in str(each) for each in say_unknown(figures(completeness=0.5), 0))
    assert any("too few to say" in str(each) for each in say_unknown(figures(n_answered=None), 0))


def test_parts_stand_by_name_and_what_is_small_is_marked():
    small = figures(
        12, main=Withheld(WithheldReason.TOO_FEW, Sentence("Too few.")), better=too_few_for_share(), n_answered=None
    )
    context = build_learning(
        material(parts={"provider": [("Æblegården", figures(40)), ("Bakken", small)], "target_group": []})
    )
    (table,) = context.groups
    assert [row[0] for row in table.rows] == ["Bakken", "Æblegården"]
    assert sum(isinstance(cell, HiddenCell) for cell in table.rows[0]) == 3
    one = build_learning(material(parts={"provider": [("Bakken", figures())], "target_group": []}))
    assert one.groups == (), "one part alone is everybody"


def test_since_last_time_says_what_moved_and_what_only_chance_moved():
    by_chance = shifts(figures(90), figures(60))
    assert by_chance["main"].moved is False
    turned = shifts(figures(90, main=normal_estimate("change", -6.0, 1.4)), figures(60))
    assert turned["main"].moved is True
    assert "4.0 then, -6.0 now" in str(turned["main"].text).replace("−", "-").replace("4,0", "4.0").replace(
        "6,0", "6.0"
    )
    better = shifts(figures(90, better=estimate_share(60, 90)), figures(60))
    assert better["better"].moved is True


def test_fewer_than_ten_newcomers_are_not_told_apart_from_the_others():
    found = shifts(figures(64), figures(60))
    assert set(found) == {"main"}
    assert "Fewer than 10 more" in str(found["main"].text)
    assert found["main"].moved is None
    same = shifts(figures(60), figures(60))
    assert "No answers have come" in str(same["main"].text)
    other = shifts(figures(90, label=DesignLabel.D2), figures(60))
    assert "another way" in str(other["main"].text)
    gone = shifts(figures(90), figures(60, main=Withheld(WithheldReason.TOO_FEW, Sentence("Too few."))))
    assert "no number then" in str(gone["main"].text)


def test_nobody_is_in_it():
    context = build_learning(material(points=[point(), point("driver"), point("hypothesis", "refuted", outcome="Nej")]))
    assert "Lis Leder" not in str(to_plain(context, "da"))
    assert [each.kind for each in context.to_follow_up] == ["action"]
    assert [each.kind for each in context.followed_up] == ["hypothesis"]


def test_what_the_overview_hides_of_a_provider_the_roll_out_hides_too():
    """How many began, beside how many answered in the table above, would tell of the few who haven't."""
    parts = {"provider": [("Syd", figures(n_begun=None)), ("Nord", figures(n_begun=31))], "target_group": []}
    starts = [date(2026, 3, 1)] * 40
    rows = build_learning(material(starts=starts, parts=parts)).roll_out.providers.rows
    assert rows[0] == ("Nord", 31)
    assert rows[1][0] == "Syd"
    assert isinstance(rows[1][1], HiddenCell)
    assert build_learning(material(starts=starts)).roll_out.providers is None


@pytest.mark.parametrize("locale", ["da", "en"])
def test_the_printout_holds_every_part_once(locale):
    starts = [date(2026, month, 3) for month in range(1, 9) for _ in range(6)]
    context = build_learning(
        material(starts=starts, points=[point("driver"), point("barrier"), point()], parts={
            "provider": [("Nord", figures()), ("Syd", figures())], "target_group": []}, seen=(date(2026, 8, 1), figures(40)))
    )  # fmt: skip
    html = render_html(context, locale)
    assert html.count("<h1") == 1
    assert html.count("<section") == 6
    assert "Vi ringer" in html
    assert html.count("<img") == 1


def test_the_number_of_a_part_comes_before_how_many_it_stands_on():
    """On a narrow screen the first columns are what is seen."""
    few = replace(figures(), n_due=None, completeness=None)
    context = build_learning(material(parts={"provider": [("Nord", figures()), ("Syd", few)]}))
    (table,) = context.groups
    assert [column.key for column in table.columns][:3] == ["name", "change", "interval"]
    (_, south) = table.rows
    cells = dict(zip((column.key for column in table.columns), south, strict=True))
    assert isinstance(cells["due"], HiddenCell)
    assert (cells["completeness"], cells["answered"]) == (None, figures().n_answered)
    assert "isn't shown" in str(say_unknown(few, 0)[1])
