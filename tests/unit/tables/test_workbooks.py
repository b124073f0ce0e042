from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from outcomes.errors import ImportFileError
from outcomes.tables import Limits, read_table

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [["id", "score", "dato"], [1, 12.5, datetime(2025, 3, 3)], ["b", "12,5", None]]  # noqa: DTZ001 - as Excel has it


def save(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    workbook = Workbook()
    for name, rows in sheets.items():
        worksheet = workbook.create_sheet(name)
        for row in rows:
            worksheet.append(row)
    del workbook["Sheet"]
    workbook.save(path)
    return path


def repack(path: Path, changes: dict[str, bytes]) -> Path:
    """The same package with some parts replaced."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**parts, **changes}.items():
            package.writestr(name, content)
    return path


def test_cells_keep_their_type_and_rows_their_number(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": [[], *ROWS[:2], [None, None], ROWS[2]]})
    table = read_table(path)
    assert table.columns == ("id", "score", "dato")
    assert [row.line for row in table.rows] == [3, 5]
    assert table.rows[0].cells == (1, 12.5, datetime(2025, 3, 3))  # noqa: DTZ001
    assert table.rows[1].cells == ("b", "12,5", None)
    assert table.place(5, "score") == "row 5, column score"


def test_content_decides_not_the_name_of_the_file(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": ROWS}).rename(tmp_path / "a.csv")
    assert len(read_table(path).rows) == 2


def test_the_named_sheet_is_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Forside": [["x"]], "Data": ROWS})
    assert read_table(path, sheet="Data").columns == ("id", "score", "dato")
    with pytest.raises(ImportFileError, match=r"has no sheet “Tal”\. Its sheets are: Forside, Data"):
        read_table(path, sheet="Tal")


def test_an_empty_sheet_names_the_others(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Tom": [], "Data": ROWS})
    with pytest.raises(ImportFileError, match=r"“Tom” is empty\. The workbook's sheets are: Tom, Data"):
        read_table(path)


def test_faults_of_form_are_told_by_row(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": [["id", None, "id"], [1, 2, 3]]})
    with pytest.raises(ImportFileError) as error:
        read_table(path)
    assert [fault.place for fault in error.value.faults] == ["row 1", "row 1"]


def test_columns_without_name_and_content_on_the_right_are_left_out(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": [["id", "score", None], [1, 2, " "], [3]]})
    table = read_table(path)
    assert table.columns == ("id", "score")
    assert table.rows[1].cells == (3, None)


def test_a_formula_without_a_stored_result_isnt_taken_for_an_empty_cell(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": [["id", "score"], [1, "=1+1"], [2, 3]]})
    with pytest.raises(ImportFileError) as error:
        read_table(path)
    assert [str(fault) for fault in error.value.faults] == [
        "row 2, column B: The cell holds a formula without a result. Open the file in Excel, save it, and try again."
    ]


def test_a_stored_result_is_read(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": [["id", "score"], [1, "=1+1"]]})
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    assert b"<v />" in sheet or b"<v/>" in sheet or b"<v></v>" in sheet
    for empty in (b"<v />", b"<v/>", b"<v></v>"):
        sheet = sheet.replace(empty, b"<v>2</v>")
    assert read_table(repack(path, {"xl/worksheets/sheet1.xml": sheet})).rows[0].cells == (1, 2)


def test_limits_hold(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": [["id", "a", "b"], *[[1, 2, 3]] * 20]})
    with pytest.raises(ImportFileError, match="more than 5 rows"):
        read_table(path, limits=Limits(rows=5))
    with pytest.raises(ImportFileError, match="more than 2 columns"):
        read_table(path, limits=Limits(columns=2))
    with pytest.raises(ImportFileError, match="unpacks to far too much"):
        read_table(path, limits=Limits(unpacked_bytes=1000))


def test_a_zip_bomb_isnt_unpacked(tmp_path: Path) -> None:
    path = repack(save(tmp_path / "a.xlsx", {"Ark1": ROWS}), {"xl/sharedStrings.xml": b"<a>" + b" " * 20_000_000})
    assert path.stat().st_size < 100_000
    with pytest.raises(ImportFileError, match="unpacks to far too much"):
        read_table(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]><a>&b;</a>'
    path = repack(save(tmp_path / "a.xlsx", {"Ark1": ROWS}), {"xl/sharedStrings.xml": bomb})
    with pytest.raises(ImportFileError, match="isn't a whole Excel file"):
        read_table(path)


def test_a_row_number_from_beyond_the_sheet_ends_the_reading(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": [["id"], [1], [2]]})
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'r="3"', b'r="999999999999"').replace(b'r="A3"', b'r="A999999999999"')
    assert far != sheet
    table = read_table(repack(path, {"xl/worksheets/sheet1.xml": far}))
    assert [row.cells for row in table.rows] == [(1,)]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_damaged_part_is_told_kindly(tmp_path: Path, part: str) -> None:
    path = repack(save(tmp_path / "a.xlsx", {"Ark1": ROWS}), {part: b"<not xml"})
    with pytest.raises(ImportFileError, match="isn't a whole Excel file"):
        read_table(path)


def test_half_a_file_is_told_kindly(tmp_path: Path) -> None:
    path = save(tmp_path / "a.xlsx", {"Ark1": ROWS})
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ImportFileError, match="isn't a whole Excel file"):
        read_table(path)


def test_another_zip_is_told_kindly(tmp_path: Path) -> None:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as package:
        package.writestr("content.xml", "<a/>")
    path = tmp_path / "a.ods"
    path.write_bytes(content.getvalue())
    with pytest.raises(ImportFileError, match="isn't a whole Excel file"):
        read_table(path)


def test_the_old_format_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    with pytest.raises(ImportFileError, match="old Excel file"):
        read_table(path)
