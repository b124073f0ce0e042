from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outcomes.errors import ImportFileError
from outcomes.tables import TableMapping, read_mapping

Write = Callable[[object], Path]
Make = Callable[..., TableMapping]


def faults(path: Path) -> list[str]:
    with pytest.raises(ImportFileError) as error:
        read_mapping(path)
    return [str(fault) for fault in error.value.faults]


def write_text(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_is_read(make_mapping: Make) -> None:
    mapping = make_mapping()
    assert mapping.columns.subject.column == "borger"
    assert mapping.columns.subject.kind == "id"
    assert mapping.baseline.code == "baseline"
    assert mapping.window_of(mapping.occasions[1]).closes_days_after == 14


def test_an_occasion_follows_the_calendar(make_mapping: Make) -> None:
    assert make_mapping().occasions[1].planned_on(date(2024, 11, 30)) == date(2025, 2, 28)


def test_yes_and_no_and_012_are_words(make_mapping: Make, tmp_path: Path, small: dict[str, Any]) -> None:
    path = write_text(
        tmp_path,
        """
format: 1
source: s
organisation: {slug: a, name: A, kind: research}
provider: {name: No}
intervention: {slug: b, name: {da: on}}
measure: {instrument: x, scale: 1, version: "1.0"}
comparison: {kind: other, name: {da: y}}
columns:
  subject: 012
  time: no
  score: 2019
  arm: {column: off, values: {Yes: intervention, No: comparison, 01: comparison, 1: comparison}}
start: {date: 2025-03-03}
occasions: [{code: "0", months: 0, baseline: true}]
window: {opens_days_before: 0, due_days_after: 0, closes_days_after: 0}
missing: [99, No]
""",
    )
    mapping = read_mapping(path)
    assert mapping.columns.arm is not None
    assert list(mapping.columns.arm.values) == ["Yes", "No", "01", "1"]
    assert (mapping.columns.subject.column, mapping.columns.time, mapping.columns.score) == ("012", "no", "2019")
    assert mapping.missing == ("99", "No")
    assert mapping.start.date == date(2025, 3, 3)


def test_every_fault_of_shape_is_listed_with_its_line(tmp_path: Path) -> None:
    found = faults(
        write_text(
            tmp_path,
            """format: 2
source: Some System
organisation: {slug: a, name: "", kind: club}
intervention: {slug: b, name: {en: only English}}
measure: {instrument: x, scale: y, skale: z}
columns:
  subject: {column: id, kind: name}
  score: [1]
start: {date: 2025-02-30}
occasions:
  - {code: a, months: -1, baseline: perhaps}
  - {code: b, months: 1.5}
window: 7
""",
        )
    )
    assert found == [
        "format (line 1): Write one of these here: 1.",
        "source (line 2): This can't be used as a code. Use small letters (a-z) and digits, "
        "as docs/import.md shows for each code.",
        "organisation.name (line 3): This may not be empty.",
        "organisation.kind (line 3): Write one of these here: municipality, private_provider, research.",
        "provider (line 1): This is missing.",
        "intervention.name (line 4): The Danish text (da) is missing.",
        "measure.skale (line 5): A mapping has nothing called that. Check the spelling.",
        "columns.subject.kind (line 7): Write one of these here: id, cpr.",
        "columns.score (line 8): Write a text here.",
        "start.date (line 9): Write a date here, like 2025-03-31.",
        "occasions[0].months (line 11): The number is too small.",
        "occasions[0].baseline (line 11): Write true or false here.",
        "occasions[1].months (line 12): Write a whole number here.",
        "window (line 13): Write a block of names and values here.",
    ]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"organisation": {"slug": "a", "name": "A", "kind": "municipality"}}, "municipality_code", "needs its code"),
        (
            {"organisation": {"slug": "a", "name": "A", "kind": "research", "municipality_code": "101"}},
            "organisation.municipality_code",
            "Only a municipality",
        ),
        ({"start": {"column": "start", "date": date(2025, 1, 1)}}, "start", "either a “column”"),
        ({"start": {"column": "start", "known": False}}, "start.known", "of a column are known"),
        ({"analysis_plan": {"design": "randomised"}}, "analysis_plan.design", "says “waiting_list”"),
        (
            {
                "analysis_plan": {"design": "waiting_list"},
                "comparison": None,
                "columns": {"subject": "borger", "time": "måned", "score": "score"},
            },
            "analysis_plan.design",
            "needs a comparison; describe it",
        ),
        ({"start": {}}, "start", "either a “column”"),
        ({"comparison": None}, "comparison", "describe it here"),
        ({"columns": {"subject": "a", "time": "b", "score": "c"}}, "comparison", "Nobody is in the comparison"),
        (
            {"columns": {"subject": "a", "score": "c", "arm": {"column": "d", "values": {"x": "comparison"}}}},
            "columns.arm.values",
            "No value stands for “intervention”",
        ),
        ({"columns": {"subject": "a", "score": "c"}, "comparison": None}, "columns", "places a row in time"),
        (
            {"columns": {"subject": "a", "score": "c", "time": "t", "occasion": "o"}, "comparison": None},
            "columns.time",
            "not both",
        ),
        (
            {"columns": {"subject": "a", "score": "a", "time": "t"}, "comparison": None},
            "columns.score",
            "used for something else",
        ),
        (
            {
                "columns": {"subject": {"column": "a", "kind": "cpr"}, "score": "s", "time": "t", "cpr": "c"},
                "comparison": None,
            },
            "columns.cpr",
            "is the CPR number already",
        ),
        ({"occasions": [{"code": "a", "months": 0}]}, "occasions", "exactly one occasion as the baseline"),
        (
            {"occasions": [{"code": "a", "months": 1, "baseline": True}, {"code": "b", "months": 0}]},
            "occasions[0].months",
            "The baseline is at month 0",
        ),
        (
            {"occasions": [{"code": "a", "months": 0, "baseline": True}, {"code": "a", "months": 1}]},
            "occasions[1].code",
            "has this code already",
        ),
        (
            {
                "occasions": [
                    {"code": "a", "months": 0, "baseline": True},
                    {"code": "b", "months": 1},
                    {"code": "c", "months": 1},
                ]
            },
            "occasions[2].months",
            "at this month already",
        ),
        (
            {"occasions": [{"code": "a", "months": 0, "baseline": True}, {"code": "b", "months": 1, "values": ["a"]}]},
            "occasions[1].values",
            "called this in the table already",
        ),
        (
            {"window": {"opens_days_before": 0, "due_days_after": 8, "closes_days_after": 7}},
            "window.closes_days_after",
            "can't close before it is due",
        ),
        (
            {"background": [{"key": "time", "column": "x", "type": "number", "name": {"da": "x"}}]},
            "background[0].key",
            "means something else",
        ),
        (
            {
                "background": [
                    {"key": "x", "column": "x", "type": "number", "name": {"da": "x"}, "categories": {"a": {"da": "a"}}}
                ]
            },
            "background[0].categories",
            "A number has no categories",
        ),
        (
            {
                "background": [
                    {"key": "x", "column": "x", "type": "number", "name": {"da": "x"}},
                    {"key": "x", "column": "y", "type": "number", "name": {"da": "x"}},
                ]
            },
            "background[1].key",
            "has this key already",
        ),
    ],
)
def test_what_contradicts_itself_is_told(
    small: dict[str, Any], write_mapping: Write, changes: dict[str, object], place: str, words: str
) -> None:
    values = {name: value for name, value in {**small, **changes}.items() if value is not None}
    assert any(place in fault.split(" (line ")[0] and words in fault for fault in faults(write_mapping(values)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write a block"),
        ("- a\n- b\n", "Write a block"),
        ("a: [1\nb: 2\n", "This can't be read"),
        ("a: 1\nb: 2\na: 3\n", "line 3: “a” stands here twice"),
        ("a: &x [1]\nb: *x\n", "Anchors and aliases"),
        ("a: !!python/object/apply:os.system [ls]\n", "The tag"),
        ("a: !!binary abcd\n", "can't be used here"),
        ("? [a]\n: b\n", "A name is missing"),
        ("[" * 20_000, "isn't YAML"),
    ],
)
def test_what_isnt_plain_yaml_is_told(tmp_path: Path, text: str, words: str) -> None:
    assert any(words in fault for fault in faults(write_text(tmp_path, text)))


def test_a_file_in_another_alphabet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_bytes("a: blå".encode("cp1252"))
    assert faults(path) == ["The file isn't YAML in UTF-8."]


def test_a_huge_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="is larger than"):
        read_mapping(write_text(tmp_path, "#" * 300_000))
