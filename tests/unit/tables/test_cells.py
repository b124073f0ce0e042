from __future__ import annotations

from datetime import date, datetime

import pytest

from outcomes.tables.cells import MissingMarkers, as_text, shown
from outcomes.tables.columns import read_cprs, read_ids, read_texts
from outcomes.tables.cpr import holds_cpr, read_cpr


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("010190-1234", "0101901234"),
        ("0101901234", "0101901234"),
        (" 010190 1234 ", "0101901234"),
        ("010190–1234", "0101901234"),
        (101901234, "0101901234"),
        (101901234.0, "0101901234"),
        ("610190-1234", "6101901234"),
        ("290200-1234", "2902001234"),
        ("320190-1234", None),
        ("310490-1234", None),
        ("011390-1234", None),
        ("010190-123", None),
        ("12", None),
        ("010190-1234-1", None),
    ],
)
def test_a_cpr_number_is_known_by_its_form(cell: object, digits: str | None) -> None:
    assert read_cpr(cell) == digits


def test_a_cpr_number_is_found_inside_text() -> None:
    assert holds_cpr("Anna (010190-1234)")
    assert not holds_cpr("journal 20010190123456")
    assert not holds_cpr("10190123")


def test_a_cpr_number_is_never_repeated() -> None:
    assert shown("set 010190-1234 her") == "…"


def test_long_text_is_cut_and_put_on_one_line() -> None:
    assert shown("a\n b") == "a b"
    assert shown("x" * 100) == "x" * 39 + "…"


def test_cells_as_text() -> None:
    assert as_text(1.0) == "1"
    assert as_text(1.5) == "1.5"
    assert as_text(" a\u00a0") == "a"
    assert as_text(datetime(2025, 3, 3)) == "2025-03-03"  # noqa: DTZ001 - as Excel has it
    assert as_text(date(2025, 3, 3)) == "2025-03-03"


def test_missing_is_blank_or_a_marker() -> None:
    missing = MissingMarkers(["NA", "-9"])
    assert all(cell in missing for cell in (None, "", " ", "na", "NA ", -9, -9.0))
    assert all(cell not in missing for cell in (0, "0", "N", False))


def test_an_id_that_looks_like_a_cpr_number_is_refused_and_not_told() -> None:
    reading = read_ids("id", ["a1", "010190-1234", None, 101901234], MissingMarkers())
    assert reading.value(0) == "a1"
    assert [index for index, _ in reading.faults()] == [1, 3]
    assert "1234" not in "".join(str(sentence) for _, sentence in reading.faults())


def test_ids_of_nine_digits_that_are_all_cpr_numbers_without_their_zero_are_refused() -> None:
    assert len(list(read_ids("id", [101901234, 201901235], MissingMarkers()).faults())) == 2
    assert list(read_ids("id", [101901234, 999999999], MissingMarkers()).faults()) == []


def test_a_faulty_cpr_number_isnt_told() -> None:
    reading = read_cprs("cpr", ["010190-1234", "999999-1234", ""], MissingMarkers())
    assert reading.value(0) == "0101901234"
    assert reading.is_empty(2)
    ((index, sentence),) = reading.faults()
    assert index == 1
    assert "999999" not in str(sentence)


def test_spreadsheet_errors_and_endless_texts_are_refused() -> None:
    reading = read_texts("gruppe", ["#I/T", "x" * 201, "indsats"], MissingMarkers())
    assert [index for index, _ in reading.faults()] == [0, 1]
