"""Spreadsheets have typed cells, no formulas, and no more rows in a sheet than Excel takes."""

import io
import re
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

import maintien.reports.formats.workbook
from maintien.reports.formats.csv_file import CsvFile
from maintien.reports.formats.workbook import XlsxFile
from maintien.reports.tables import Cell, Column, Kind, Moment, Table

PARIS = ZoneInfo("Europe/Paris")
TABLE = Table("People", (Column("who"), Column("what")))

CELLS: dict[str, tuple[Cell, str, str]] = {
    "a number": (12, "12", r"<v>12</v>"),
    "nothing": (None, "", r"^$"),
    "a text": ("Ada", "Ada", r"<is><t>Ada</t></is>"),
    "a formula": ("=1+1", "'=1+1", r"<is><t>=1\+1</t></is>"),
    "a link": ("https://example.fr", "https://example.fr", r"<is><t>https://example.fr</t></is>"),
    "a text of digits": ("0123", "0123", r"<is><t>0123</t></is>"),
    "a control": ("a\x1bb", r"a\x1bb", r"<is><t>a\\x1bb</t></is>"),
    "a character that XML has not": ("a\uffffb", "a\uffffb", "<is><t>a\ufffdb</t></is>"),
    "a mark that turns the direction": ("a\u202eb", r"a\u202eb", r"<is><t>a\\u202eb</t></is>"),
    "a date": (Moment(1_819_749_599), "2027-08-31T23:59:59+02:00", r"<v>46630\.99998\d*</v>"),
    "no date any more": (Moment(1 << 60), f"@{1 << 60}", rf"<is><t>@{1 << 60}</t></is>"),
    "a date before spreadsheets": (
        Moment(-(1 << 32)),
        "1833-11-24T17:41:05+00:09:21",
        r"<t>@-4294967296</t>",
    ),
    "a number too large": (1 << 60, str(1 << 60), rf"<is><t>{1 << 60}</t></is>"),
}


def xlsx(folder: Path, *rows: Cell) -> list[str]:
    """The sheets of a file with these cells, one a row."""
    file = folder / "people.xlsx"
    with XlsxFile(file, {"people": TABLE}, PARIS) as tables:
        for cell in rows:
            tables.add("people", ["x", cell])
    with ZipFile(file) as archive:
        names = sorted(name for name in archive.namelist() if "worksheets/sheet" in name)
        return [archive.read(name).decode() for name in names]


@pytest.mark.parametrize("case", CELLS)
def test_cell_is_what_it_is(case: str, tmp_path: Path) -> None:
    cell, in_csv, in_xlsx = CELLS[case]
    stream = io.StringIO(newline="")
    CsvFile(stream, "people", TABLE, PARIS).add("people", ["x", cell])
    assert stream.getvalue() == f"who,what\r\nx,{in_csv}\r\n"
    (sheet,) = xlsx(tmp_path, cell)
    found = re.search(r'<c r="B2"[^>]*>(.*?)</c>', sheet)
    assert re.search(in_xlsx, found[1] if found else "")
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_csv_takes_the_rows_of_its_own_table() -> None:
    stream = io.StringIO(newline="")
    CsvFile(stream, "people", TABLE, PARIS).add("courses", ["x", 1])
    assert stream.getvalue() == "who,what\r\n"


def test_long_table_goes_on_in_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintien.reports.formats.workbook, "ROWS_OF_A_SHEET", 3)
    sheets = xlsx(tmp_path, 1, 2, 3, 4, 5)
    assert [sheet.count("<row ") for sheet in sheets] == [3, 3, 2]
    assert all('state="frozen"' in sheet for sheet in sheets)


def test_sheet_has_filters_over_all_its_rows_and_prints_its_headings(tmp_path: Path) -> None:
    (sheet,) = xlsx(tmp_path, 1, 2, 3)
    assert '<autoFilter ref="A1:B4"/>' in sheet
    assert "fitToWidth" not in sheet or 'fitToHeight="0"' in sheet
    with ZipFile(tmp_path / "people.xlsx") as archive:
        assert "_xlnm.Print_Titles" in archive.read("xl/workbook.xml").decode()


def test_empty_sheet_has_its_headings_and_filters(tmp_path: Path) -> None:
    (sheet,) = xlsx(tmp_path)
    assert sheet.count("<row ") == 1
    assert '<autoFilter ref="A1:B2"/>' in sheet


def test_numbers_of_a_number_column_are_grouped_and_ids_are_not(tmp_path: Path) -> None:
    file = tmp_path / "numbers.xlsx"
    table = Table("Numbers", (Column("id", Kind.ID), Column("people", Kind.NUMBER)))
    with XlsxFile(file, {"numbers": table}, PARIS) as tables:
        tables.add("numbers", [1234, 5678])
    with ZipFile(file) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<c r="A2"><v>1234</v>', sheet)
    assert re.search(r'<c r="B2" s="[0-9]+"><v>5678</v>', sheet)
