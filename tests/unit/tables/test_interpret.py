from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from outcomes.errors import ImportFileError
from outcomes.tables import ImportTable, Limits, TableMapping, interpret, read_table
from outcomes.tables.interpret import natural_order
from outcomes.tables.text_files import read_text_table

if TYPE_CHECKING:
    from pathlib import Path

Make = Callable[..., TableMapping]
HEADER = "borger;måned;score;gruppe;alder;start"
GOOD = f"""{HEADER}
7;0;50;indsats;34,5;3. marts 2025
7;3;NA;indsats;34,5;3. marts 2025
12;0;41,5;venter;61;03-03-2025
"""


def understand(mapping: TableMapping, text: str, **options: Any) -> ImportTable:
    table = read_text_table(text.encode(), "fil.csv", limits=Limits())
    return interpret(table, mapping, score_range=(0, 100), **options)


def faults(mapping: TableMapping, text: str, **options: Any) -> list[str]:
    with pytest.raises(ImportFileError) as error:
        understand(mapping, text, **options)
    return [str(fault) for fault in error.value.faults]


def test_people_and_scores_come_out(make_mapping: Make) -> None:
    found = understand(make_mapping(), GOOD)
    seven, twelve = found.subjects
    assert (seven.external_id, seven.arm, seven.arm_label) == ("7", "intervention", "indsats")
    assert (twelve.external_id, twelve.arm, twelve.arm_label) == ("12", "comparison", "venter")
    assert seven.started_on == twelve.started_on == date(2025, 3, 3)
    assert seven.background == {"age": 34.5}
    assert [(each.occasion, each.score, each.line) for each in seven.scores] == [
        ("baseline", 50.0, 2),
        ("month-3", None, 3),
    ]
    assert [(each.occasion, each.score, each.line) for each in twelve.scores] == [
        ("baseline", 41.5, 4),
        ("month-3", None, None),
    ]
    assert (found.n_rows, found.n_scores, len(list(found.rows()))) == (3, 2, 4)


def test_every_bad_row_is_listed_with_line_column_and_reason(make_mapping: Make) -> None:
    text = f"""{HEADER}
1;0;50;indsats;34;3. marts 2025
1;0;51;indsats;34;3. marts 2025
1;4;51;indsats;34;3. marts 2025
2;0;101;indsats;34;3. marts 2025
2;3;tolv;venter;34;3. marts 2025
3;0;50;ukendt;34;3. marts 2025
4;0;50;indsats;;3. marts 2025
5;0;50;indsats;34;31-02-2025
;0;50;indsats;34;3. marts 2025
6;;50;indsats;34;3. marts 2025
010190-1234;0;50;indsats;34;3. marts 2025
8;0;nan;indsats;uendelig;4. marts 2025
8;3;50;indsats;34;5. marts 2025
9;0;50;;34;
"""
    assert faults(make_mapping(), text) == [
        "line 3, column måned: The same person has a row for “baseline” already (line 2).",
        "line 4, column måned: No measurement is planned at “4”. The mapping knows: 0, 3.",
        "line 5, column score: 101.0 is outside the scale, which goes from 0 to 100.",
        "line 6, column score: “tolv” isn't a number.",
        "line 6, column gruppe: The same person has another value elsewhere (line 5).",
        "line 7, column gruppe: “ukendt” isn't in the mapping, which knows: indsats, venter.",
        "line 8, column alder: The value is missing on every row of this person.",
        "line 9, column start: “31-02-2025” isn't a date. Write it like 2025-03-31 or 31-03-2025.",
        "line 10, column borger: The row doesn't say who it is about.",
        "line 11, column måned: The row doesn't say when it was.",
        "line 12, column borger: The cell looks like a CPR number, which may only stand in a column that the mapping "
        "declares as CPR numbers.",
        "line 13, column score: “nan” isn't a number.",
        "line 13, column alder: “uendelig” isn't a number.",
        "line 14, column start: The same person has another value elsewhere (line 13).",
        "line 15, column gruppe: The value is missing on every row of this person.",
        "line 15, column start: The value is missing on every row of this person.",
    ]


def test_listing_stops_but_counting_goes_on(make_mapping: Make) -> None:
    rows = "".join(f"{number};0;-1;indsats;34;3. marts 2025\n" for number in range(30))
    with pytest.raises(ImportFileError, match="faults: 30, of which the first 10 are listed") as error:
        understand(make_mapping(), f"{HEADER}\n{rows}", most_faults=10)
    assert [fault.place for fault in error.value.faults] == [f"line {line}, column score" for line in range(2, 12)]


def test_columns_that_arent_there_are_told_with_the_nearest(make_mapping: Make) -> None:
    found = faults(make_mapping(), "borger;maaned;score;gruppe;start\n1;0;50;indsats;2025-03-03\n")
    assert found == [
        "columns.time: The table has no column “måned”. Did you mean “maaned”? "
        "It has: borger, maaned, score, gruppe, start.",
        "background[0].column: The table has no column “alder”. It has: borger, maaned, score, gruppe, start.",
    ]


def test_a_fact_may_stand_on_one_of_the_rows_only(make_mapping: Make) -> None:
    text = f"{HEADER}\n1;0;50;;;\n1;3;60;indsats;34;3/3-25\n"
    (person,) = understand(make_mapping(), text).subjects
    assert (person.arm, person.background["age"], person.started_on) == ("intervention", 34.0, date(2025, 3, 3))


def test_background_may_be_missing_where_the_mapping_says_so(make_mapping: Make) -> None:
    lenient = {
        "key": "age",
        "column": "alder",
        "type": "number",
        "name": {"da": "Alder"},
        "may_be_missing": True,
    }
    (person,) = understand(make_mapping(background=[lenient]), f"{HEADER}\n1;0;50;indsats;NA;3/3-25\n").subjects
    assert person.background == {"age": None}


def test_categories_are_held_to_the_mapping(make_mapping: Make) -> None:
    sector = {
        "key": "sector",
        "column": "alder",
        "type": "category",
        "name": {"da": "x"},
        "categories": {"A": {"da": "Ja"}},
    }
    found = faults(make_mapping(background=[sector]), f"{HEADER}\n1;0;50;indsats;a;3/3-25\n")
    assert found == ["line 2, column alder: “a” isn't in the mapping, which knows: A."]


def test_occasions_go_by_their_names(make_mapping: Make, small: dict[str, Any]) -> None:
    columns = {**small["columns"], "occasion": "måned"}
    del columns["time"]
    mapping = make_mapping(columns=columns)
    text = f"{HEADER}\n1;før;50;indsats;34;3/3-25\n1;month-3;60;indsats;34;3/3-25\n"
    (person,) = understand(mapping, text).subjects
    assert [score.score for score in person.scores] == [50, 60]
    assert faults(mapping, text.replace("month-3", "midt")) == [
        "line 3, column måned: No measurement is planned at “midt”. The mapping knows: baseline, før, month-3, efter."
    ]


def by_date(make_mapping: Make, small: dict[str, Any], **changes: object) -> TableMapping:
    columns = {**small["columns"], "date": "måned"}
    del columns["time"]
    return make_mapping(columns=columns, **changes)


def test_a_date_places_a_row_in_its_window(make_mapping: Make, small: dict[str, Any]) -> None:
    text = f"{HEADER}\n1;24-02-2025;50;indsats;34;3/3-25\n1;17. juni 2025;60;indsats;34;3/3-25\n"
    (person,) = understand(by_date(make_mapping, small), text).subjects
    assert [(each.occasion, each.answered_on) for each in person.scores] == [
        ("baseline", date(2025, 2, 24)),
        ("month-3", date(2025, 6, 17)),
    ]


def test_a_date_outside_or_in_several_windows_is_a_fault(make_mapping: Make, small: dict[str, Any]) -> None:
    text = f"{HEADER}\n1;23-02-2025;50;indsats;34;3/3-25\n1;;60;indsats;34;3/3-25\n"
    assert faults(by_date(make_mapping, small), text) == [
        "line 2, column måned: The date 2025-02-23 lies in no measurement's window for this person.",
        "line 3, column måned: The row doesn't say when it was.",
    ]
    wide = {"opens_days_before": 60, "due_days_after": 60, "closes_days_after": 60}
    text = f"{HEADER}\n1;15-04-2025;50;indsats;34;3/3-25\n"
    (fault,) = faults(by_date(make_mapping, small, window=wide), text)
    assert "lies in several windows (baseline, month-3)" in fault


def test_no_date_lies_in_the_future(make_mapping: Make) -> None:
    assert understand(make_mapping(), GOOD, today=date(2025, 3, 3)).n_rows == 3
    found = faults(make_mapping(), GOOD, today=date(2025, 3, 2))
    assert found[0] == "line 2, column start: The date 2025-03-03 hasn't come yet."


CPR = "cpr;måned;score;gruppe;alder;start;navn\n"


def with_cpr(make_mapping: Make, small: dict[str, Any]) -> TableMapping:
    columns = {**small["columns"], "subject": {"column": "cpr", "kind": "cpr"}, "name": "navn"}
    return make_mapping(columns=columns)


def test_people_may_be_named_by_cpr_number(make_mapping: Make, small: dict[str, Any]) -> None:
    text = CPR + "010190-1234;0;50;indsats;34;3/3-25;Anna\n0101901234;3;60;indsats;34;3/3-25;\n"
    (person,) = understand(with_cpr(make_mapping, small), text).subjects
    assert (person.external_id, person.cpr, person.name) == (None, "0101901234", "Anna")
    assert person.n_answered == 2


def test_faults_dont_tell_who_somebody_is(make_mapping: Make, small: dict[str, Any]) -> None:
    text = CPR + (
        "010190-1234;0;50;indsats;34;3/3-25;Anna\n"
        "010190-1234;0;500;venter;34;3/3-25;Bente\n"
        "019990-1234;0;50;indsats;34;3/3-25;Carl 020290-4321\n"
    )
    said = "\n".join(faults(with_cpr(make_mapping, small), text))
    assert said.count("line 3") == 4
    assert said.count("line 4") == 2
    for secret in ("1234", "4321", "010190", "019990", "Anna", "Bente", "Carl"):
        assert secret not in said


def test_two_people_cant_share_a_cpr_number(make_mapping: Make, small: dict[str, Any]) -> None:
    mapping = make_mapping(columns={**small["columns"], "cpr": "cpr"})
    text = f"{HEADER};cpr\n1;0;50;indsats;34;3/3-25;010190-1234\n2;0;50;indsats;34;3/3-25;010190-1234\n"
    assert faults(mapping, text) == ["line 3, column cpr: Another person has this CPR number (line 2)."]


def test_a_sheet_is_understood_like_a_text_file(tmp_path: Path, make_mapping: Make) -> None:
    workbook = Workbook()
    worksheet = workbook.active
    assert worksheet is not None
    for row in (
        HEADER.split(";"),
        [7, 0, 50, "indsats", 34.5, date(2025, 3, 3)],
        [7, 3, None, "indsats", "34,5", "3. marts 2025"],
        ["12", "0", 41.5, "venter", 61, date(2025, 3, 3)],
    ):
        worksheet.append(row)
    workbook.save(tmp_path / "a.xlsx")
    mapping = make_mapping()
    from_sheet = interpret(read_table(tmp_path / "a.xlsx"), mapping, score_range=(0, 100))
    assert from_sheet.fingerprint() == understand(mapping, GOOD).fingerprint()


def test_the_fingerprint_follows_the_content(make_mapping: Make, small: dict[str, Any]) -> None:
    mapping = make_mapping()
    print_of = understand(mapping, GOOD).fingerprint()
    assert len(print_of) == 32
    assert understand(mapping, GOOD.replace("41,5", "41,50")).fingerprint() == print_of
    assert understand(mapping, GOOD + "12;3;;venter;61;03-03-2025\n").fingerprint() == print_of
    assert understand(make_mapping(missing=["NA", "-9"]), GOOD).fingerprint() == print_of
    assert understand(mapping, GOOD.replace("41,5", "41,6")).fingerprint() != print_of
    assert understand(mapping, GOOD.replace("61", "62")).fingerprint() != print_of
    assert understand(make_mapping(source="another"), GOOD).fingerprint() != print_of
    assert understand(mapping, GOOD).fingerprint(b"key") != print_of


def test_people_are_in_natural_order() -> None:
    names = ["b10", "b2", "10", "2", "02", "a", ""]
    assert sorted(names, key=natural_order) == ["", "02", "2", "10", "a", "b2", "b10"]


STYLES = st.tuples(
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from([",", "."]),
    st.sampled_from(["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m-%y"]),
)
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["indsats", "venter"]),
        st.integers(0, 1000).map(lambda tenths: tenths / 10),
        st.none() | st.integers(0, 1000).map(lambda tenths: tenths / 10),
        st.integers(18, 99),
        st.dates(date(2010, 1, 1), date(2025, 1, 1)),
    ),
    min_size=1,
    max_size=8,
)


def write(people: list[tuple[Any, ...]], style: tuple[str, str, str, str], order: random.Random) -> bytes:
    delimiter, encoding, mark, date_format = style
    rows = []
    for number, (arm, before, after, age, start) in enumerate(people):
        for month, score in ((0, before), (3, after)):
            text = "" if score is None else f"{score:.1f}".replace(".", mark)
            rows.append([f"p{number}", month, text, arm, age, start.strftime(date_format)])
    order.shuffle(rows)
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([HEADER.split(";"), *rows])
    return text.getvalue().encode(encoding)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, style=STYLES, order=st.randoms(use_true_random=False))
def test_the_same_study_in_any_style_and_order_is_the_same(
    people: list[tuple[Any, ...]], style: tuple[str, str, str, str], order: random.Random, make_mapping: Make
) -> None:
    mapping = make_mapping()
    table = read_text_table(write(people, style, order), "fil.csv", limits=Limits())
    found = interpret(table, mapping, score_range=(0, 100))
    plain = read_text_table(write(people, (",", "utf-8", ".", "%Y-%m-%d"), random.Random(1)), "x", limits=Limits())
    assert found.fingerprint() == interpret(plain, mapping, score_range=(0, 100)).fingerprint()
    assert [
        (person.arm_label, *(each.score for each in person.scores), person.background["age"], person.started_on)
        for person in found.subjects
    ] == people


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_whatever_is_given_is_refused_with_a_sentence(content: bytes, make_mapping: Make) -> None:
    mapping = make_mapping()
    try:
        table = read_text_table(content, "fil.csv", limits=Limits())
    except ImportFileError as error:
        refused = error
    else:
        with pytest.raises(ImportFileError) as raised:  # no random table has the columns of the mapping
            interpret(table, mapping, score_range=(0, 100))
        refused = raised.value
    assert refused.sentence.message
