from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import Sentence
from outcomes.tables.danish_dates import read_date, read_date_cell

MARCH = date(2025, 3, 3)
MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-03",
        "2025-3-3",
        "2025/03/03",
        "2025-03-03 10:15",
        "2025-03-03T10:15:59.5",
        "03-03-2025",
        "3-3-25",
        "3/3-25",
        "3/3 2025",
        "3/3/2025",
        "03.03.2025",
        "3. 3. 2025",
        "03-03-2025 kl. 10.15",
        "3. marts 2025",
        "3 marts 2025",
        "3. MARTS 2025",
        "3.marts.2025",
        "3. mar. 2025",
        "3-mar-25",
        "den 3. marts 2025",
        "mandag den 3. marts 2025",
        "3. marts '25",
        " 3.\u00a0marts 2025 ",
        "2025-03-02T23:30:00Z",
        "2025-03-03T00:30:00+01:00",
    ],
)
def test_a_danish_date_is_understood(text: str) -> None:
    assert read_date(text) == MARCH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "i går",
        "31-02-2025",
        "03-13-2025",
        "2025-13-01",
        "2025",
        "3. martz 2025",
        "32. marts 2025",
        "0-0-2025",
        "3-3-025",
        "marts 2025",
        "1" + " " * 100_000 + "x",
        "2025-02-30T10:00:00Z",
    ],
)
def test_what_isnt_a_date_is_none(text: str) -> None:
    assert read_date(text) is None


def test_the_day_comes_first_unless_told_otherwise() -> None:
    assert read_date("04-03-2025") == date(2025, 3, 4)
    assert read_date("04/03/2025", "month_first") == date(2025, 4, 3)
    assert read_date("2025-03-04", "month_first") == date(2025, 3, 4)


def test_short_years_turn_at_1969() -> None:
    assert read_date("1/1-68") == date(2068, 1, 1)
    assert read_date("1/1-69") == date(1969, 1, 1)


def test_cells_of_a_sheet() -> None:
    assert read_date_cell(datetime(2025, 3, 3, 10, 15)) == MARCH  # noqa: DTZ001 - as Excel has it
    assert read_date_cell(MARCH) == MARCH
    assert "not a date. Format the column" in str(read_date_cell(45719))
    assert isinstance(read_date_cell(time(10, 15)), Sentence)
    assert isinstance(read_date_cell(True), Sentence)
    assert "The year 1825 can't be right" in str(read_date_cell("3. marts 1825"))
    assert "isn't a date" in str(read_date_cell("31-02-2025"))


@given(st.dates(date(1969, 1, 1), date(2068, 12, 31)))
def test_every_day_reads_back_however_it_is_written(day: date) -> None:
    short = f"{day.year % 100:02d}"
    for text in (
        day.isoformat(),
        f"{day:%d-%m-%Y}",
        f"{day:%d.%m.%Y}",
        f"{day.day}/{day.month}-{short}",
        f"{day.day}. {MONTHS[day.month - 1]} {day.year}",
        f"{day.day}. {MONTHS[day.month - 1][:3]}. {day.year}",
    ):
        assert read_date(text) == day
