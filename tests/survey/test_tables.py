from pathlib import Path

import pytest
import xlsxwriter

from survey import tables
from survey.storage.base import Refused


def _csv(folder: Path, data: bytes) -> Path:
    file = folder / "file.csv"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_a_csv_is_read_with_any_delimiter_with_or_without_bom(
    tmp_path: Path, delimiter: str, bom: bytes
) -> None:
    text = f"code{delimiter}Name\r\n92{delimiter}Cần Thơ\r\n\r\n"
    rows = tables.read(_csv(tmp_path, bom + text.encode()), ["code", "name"])
    assert [(row.number, row.cells) for row in rows] == [(2, {"code": "92", "name": "Cần Thơ"})]


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_break(tmp_path: Path) -> None:
    rows = tables.read(_csv(tmp_path, b'code,name\n1,"a, b"\n2,"c\nd"\n'), ["code"])
    assert [row.cells["name"] for row in rows] == ["a, b", "c\nd"]


def test_an_xlsx_is_read_like_a_csv(tmp_path: Path) -> None:
    file = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "name"])
        sheet.write_string(1, 0, "00004")
        sheet.write_string(1, 1, "Phường Ba Đình")
        sheet.write_number(2, 0, 4)
        sheet.write_string(2, 1, "số")
    rows = tables.read(file, ["code"])
    assert [(row.number, row.cells["code"]) for row in rows] == [(2, "00004"), (3, "4")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"code\n1\n", "lacks the columns name"),
        (b"code,name,name\n1,a,b\n", "names the columns name twice"),
        (b"code,name\n1,a\n2\n3,c,d\n", "row 3: 1 cells.*\nrow 4: 3 cells"),
        ("code,name\n1,Cần".encode("utf-16"), "is not UTF-8"),
        (b'code,name\n1,"a\n', "row 2"),
    ],
)
def test_a_broken_csv_is_refused_with_its_rows(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(Refused, match=message):
        tables.read(_csv(tmp_path, data), ["code", "name"])


def test_a_file_that_only_calls_itself_xlsx_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file.xlsx"
    file.write_bytes(b"not a workbook")
    with pytest.raises(Refused, match="not a readable XLSX"):
        tables.read(file, ["code"])
