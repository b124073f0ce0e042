"""The catalogue of evidence, the shipped themes, and a signal in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from outcomes.errors import InputError
from outcomes.language import LOCALES, translate, use_locale
from outcomes.reports.parts import local_text
from outcomes.reports.stored_values import to_stored
from outcomes.reports.supervision import words
from outcomes.reports.supervision.catalogue import AUTHORITIES, CATALOGUE, Origin
from outcomes.reports.supervision.figure import funnel_figure
from outcomes.reports.supervision.themes import date_faults, read_theme_file, shipped_themes, themes_on
from tests.unit.templates.supervision_samples import POLYGLOT, make_group

DAY = date(2026, 9, 30)
CONTENT: dict[str, Any] = {
    "measure": to_stored(local_text({"da": "Trivsel", "en": "Wellbeing"})), "n": 24, "completeness": 0.75,
    "mean": {"estimate": -17.2, "ci_low": -25.8, "ci_high": -8.6, "n": 22}, "false_alarms": 0.08,
    "list_false_alarms": 0.4, "providers": 6, "compared_from": "2025-10-01", "compared_to": "2026-09-30", "compared": [],
    "funnel": {"curve": [[10, -36, -23, 23, 36], [40, -29, -19, 19, 29]], "points": [["a", 22, -17.2, "below_95"]]},
}  # fmt: skip


def test_shipped_themes_follow_each_other_and_name_only_what_there_is() -> None:
    versions = shipped_themes()
    for authority in AUTHORITIES:
        assert date_faults(each for each in versions if each.authority == authority) == []
    assert {key for each in versions for theme in each.themes for key in theme.data} == set(CATALOGUE)
    assert all(each.unverified for each in versions)  # what nobody has checked says so
    assert len(themes_on(versions, date(2025, 6, 1))[0].themes) == 8
    assert len(themes_on(versions, date(2026, 6, 1))[0].themes) == 6


def test_what_an_authority_sets_counts_before_ones_own_and_what_is_shipped() -> None:
    shipped = next(each for each in shipped_themes() if each.holds(DAY) and each.authority == "socialtilsyn")
    own, shared = replace(shipped, shipped=False), replace(shipped, shipped=False, shared=True)
    assert themes_on([shared, own, shipped], DAY) == (shared,)
    assert themes_on([own, shipped], DAY) == (own,)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"\xff\xfe\x00", ""),
        (b"a: [", ""),
        (b"x" * 200_001, ""),
        (b"[]", "versions"),
        (b"authority: nobody\nversions: [1]", "authority"),
        (b"authority: socialtilsyn\nversions: [{}]", "versions[0].themes"),
        (b"authority: socialtilsyn\nversions: [{themes: [1], valid_from: x}]", "versions[0].valid_from"),
        (
            b"authority: socialtilsyn\nversions: [{themes: [{data: [turnover, turnover, x]}]}]",
            "versions[0].themes[0].data",
        ),
        (b"authority: [x]\nversions: [1]", "authority"),
        (b"authority: socialtilsyn\nversions: [{themes: [{data: [[x]]}]}]", "versions[0].themes[0].data"),
        (b"authority: socialtilsyn\nversions: [{source: [a, b], themes: [{code: 1}]}]", "versions[0].source"),
        (b"authority: socialtilsyn\nversions: [{title: {da: [a]}, themes: [1]}]", "versions[0].title"),
    ],
)
def test_each_fault_of_a_file_has_its_place(content: bytes, place: str) -> None:
    with pytest.raises(InputError) as error:
        read_theme_file(content)
    assert place in {fault.place for fault in error.value.faults}


def test_a_small_file_that_would_become_a_large_one_is_refused_unread() -> None:
    """Each line holds the one before ten times over: 10^40 words, of which not one is made."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 41))]
    content = "\n".join([*lines, "authority: socialtilsyn", "versions: [{source: *a40, themes: [1]}]"])
    with pytest.raises(InputError) as error:
        read_theme_file(content.encode())
    assert "Anchors and aliases" in str(error.value.faults[0].sentence)


def test_a_version_that_ends_before_it_begins_is_told() -> None:
    shipped = shipped_themes()[0]
    (fault,) = date_faults([replace(shipped, valid_to=shipped.valid_from)])
    assert "ends before it begins" in str(fault.sentence)


def test_each_datum_has_one_source_and_facts_say_what_to_write() -> None:
    assert len({each.title.message for each in CATALOGUE.values()}) == len(CATALOGUE)
    assert all(
        each.hint for each in CATALOGUE.values() if each.origin is Origin.FACT and each.kind in {"number", "share"}
    )


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((-17.2, -25.8, -8.6), "17.2 points below what was expected (95 per cent interval 8.6 to 25.8)"),
        ((17.2, 8.6, 25.8), "17.2 points above what was expected (95 per cent interval 8.6 to 25.8)"),
        ((-2.0, -8.0, 4.0), "−2.0 points from what was expected (95 per cent interval −8.0 to 4.0"),
    ],
)
def test_a_number_says_which_way_and_how_sure(ends: tuple[float, float, float], said: str) -> None:
    mean = {"estimate": ends[0], "ci_low": ends[1], "ci_high": ends[2], "n": 22}
    found = words.number({**CONTENT, "mean": mean})
    assert found is not None
    with use_locale("en"):
        assert said in translate(found)
    assert words.number({**CONTENT, "mean": None}) is None


@pytest.mark.parametrize("method", ["funnel", "cusum", "ewma"])
def test_a_signal_says_why_how_often_wrong_and_what_takes_it_off(method: str) -> None:
    for locale in LOCALES:
        with use_locale(locale):
            said = [
                translate(each)
                for each in (
                    words.reason(method, DAY, CONTENT), words.basis(CONTENT), words.false_alarms(CONTENT),
                    words.off_the_list(method), words.list_false_alarms([CONTENT]), words.compared(CONTENT, DAY),
                )
            ]  # fmt: skip
        assert all(said)
        assert "Trivsel" in said[0] or "Wellbeing" in said[0]
        assert "2" in said[2]
    assert "Nobody could be compared" in str(words.list_false_alarms([{**CONTENT, "list_false_alarms": 0.0}]))
    with use_locale("en"):
        both = translate(words.list_false_alarms([CONTENT, {**CONTENT, "list_false_alarms": 0.1}]))
    assert "once in 2.0 years" in both, "the rates of the interventions are added: 0.4 and 0.1 a year"


def test_the_picture_names_providers_that_are_still_there() -> None:
    figure = funnel_figure("l", CONTENT, {"a": "Lindehøj"})
    assert figure is not None
    assert "1 of 1" in str(figure.title)
    assert "Lindehøj" in figure.svg
    gone = funnel_figure("l", CONTENT, {})
    assert gone is not None
    assert "With so few providers" in str(gone.title)
    assert funnel_figure("l", {**CONTENT, "funnel": None}, {}) is None


def test_a_funnel_never_says_that_nobody_differs_where_somebody_has_an_open_signal() -> None:
    over_time, earlier = make_group().lines[:2], [replace(make_group().lines[0], method="funnel", provider="Eg")]
    inside = {**CONTENT, "funnel": {**CONTENT["funnel"], "points": [["a", 22, -2.0, "none"]]}}
    for signals, said in (
        ((), "With so few providers the funnel can't tell"),
        (over_time, f"the course over time does: see {POLYGLOT}"),
        (earlier, "a signal is still open: see Eg"),
    ):
        figure = funnel_figure("l", inside, {"a": "Lindehøj"}, signals)
        assert figure is not None
        with use_locale("en"):
            assert said in translate(figure.title)
    outside = funnel_figure("l", CONTENT, {"a": "Lindehøj"}, earlier)
    assert outside is not None
    with use_locale("en"):
        assert "explain; there is an open signal about Eg too" in translate(outside.title)
        assert "No provider differs" in translate(words.funnel_title(None, 10, (), ()))
