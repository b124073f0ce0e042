from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import Sentence
from outcomes.tables.danish_numbers import find_decimal_mark, read_number, read_numbers


@pytest.mark.parametrize(
    ("text", "comma", "point"),
    [
        ("12", 12, 12),
        ("-3", -3, -3),
        ("−3", -3, -3),
        ("+3", 3, 3),
        ("12,5", 12.5, None),
        ("12.5", None, 12.5),
        (",5", 0.5, None),
        (".5", None, 0.5),
        ("12.", None, 12),
        ("1.234", 1234, 1.234),
        ("1,234", 1.234, 1234),
        ("0.123", None, 0.123),
        ("1.234,5", 1234.5, None),
        ("1,234.5", None, 1234.5),
        ("1.234.567", 1234567, None),
        ("1 234 567,5", 1234567.5, None),
        ("1\u00a0234", 1234, 1234),
        ("1'234.5", None, 1234.5),
        ("1.23.456", None, None),
        ("1.234 567", None, None),
        ("1,2,3", None, None),
        ("2e3", 2000, 2000),
        ("1,5E-3", 0.0015, None),
        ("12345,5", 12345.5, None),
        ("", None, None),
        (",", None, None),
        ("-", None, None),
        ("e5", None, None),
        ("12 %", None, None),
        ("nan", None, None),
        ("inf", None, None),
        ("١٢", None, None),
        ("1_000", None, None),
        ("12\n", None, None),
    ],
)
def test_a_number_reads_by_its_decimal_mark(text: str, comma: float | None, point: float | None) -> None:
    assert read_number(text, "comma") == comma
    assert read_number(text, "point") == point


def test_one_clear_cell_decides_for_its_column() -> None:
    assert read_numbers(["1.234", "12,5", None]) == (1234, 12.5, None)
    assert read_numbers(["1.234", "12.5", "7"]) == (1.234, 12.5, 7)
    assert find_decimal_mark(["7", "1.234"]) is None


def test_a_cell_that_nothing_decides_for_is_a_fault() -> None:
    (fault, seven) = read_numbers(["1.234", "7"])
    assert str(fault).startswith("“1.234” can be read in two ways.")
    assert seven == 7
    assert read_numbers(["1.234"], "comma") == (1234,)
    assert read_numbers(["1.234"], "point") == (1.234,)


def test_a_column_with_both_marks_keeps_what_is_clear_and_refuses_what_isnt() -> None:
    first, second, third = read_numbers(["12,5", "12.5", "1.234"])
    assert (first, second) == (12.5, 12.5)
    assert isinstance(third, Sentence)


def test_the_mapping_s_word_is_law() -> None:
    assert isinstance(read_numbers(["12.5"], "comma")[0], Sentence)


@pytest.mark.parametrize("cell", ["tolv", "#DIV/0!", "#I/T", "1e999", "9" * 400, True, "12,5 point"])
def test_what_isnt_a_finite_number_is_told(cell: object) -> None:
    assert isinstance(read_numbers([cell])[0], Sentence)  # type: ignore[list-item]


@pytest.mark.parametrize("cell", [10**400, math.inf, math.nan])
def test_numbers_of_a_sheet_must_be_finite(cell: float) -> None:
    assert "isn't a finite number" in str(read_numbers([cell])[0])


def test_typed_numbers_say_nothing_about_the_text_beside_them() -> None:
    assert isinstance(read_numbers([12.5, "1.234"])[1], Sentence)


def write(value: float, *, mark: str, group: str, decimals: int) -> str:
    return f"{value:,.{decimals}f}".replace(",", "\0").replace(".", mark).replace("\0", group)


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
    st.sampled_from([(",", "."), (",", ""), (",", " "), (".", ","), (".", ""), (".", " ")]),
    st.sampled_from([1, 2, 4]),
)
def test_a_column_written_in_one_way_reads_back(whole: list[int], style: tuple[str, str], decimals: int) -> None:
    mark, group = style
    numbers = [number / 10**decimals for number in whole]
    texts = [write(number, mark=mark, group=group, decimals=decimals) for number in numbers]
    assert read_numbers(texts) == tuple(pytest.approx(number, abs=1e-9) for number in numbers)
