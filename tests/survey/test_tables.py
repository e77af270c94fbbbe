import zipfile
from datetime import datetime
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
        ("code,name\n1,a\n2,Hà\n".encode("cp1258"), "is not UTF-8 near row 3"),
        ("code,name\n1,Cần\n".encode("utf-16") + b"x", "is not UTF-8"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of an old kind"),
        (b'code,name\n1,"a\n', "row 2"),
    ],
)
def test_a_broken_csv_is_refused_with_its_rows(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(Refused, match=message):
        tables.read(_csv(tmp_path, data), ["code", "name"])


@pytest.mark.parametrize("content", [b"not a workbook", b"PK\x03\x04 neither", b""])
def test_a_file_that_only_calls_itself_xlsx_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.xlsx"
    file.write_bytes(content)
    with pytest.raises(Refused, match="not a readable XLSX"):
        tables.read(file, ["code"])


def test_an_archive_of_something_else_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "file.xlsx", "w") as archive:
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(Refused, match="holds no workbook"):
        tables.read(tmp_path / "file.xlsx", ["code"])


def test_unicode_text_of_excel_is_read(tmp_path: Path) -> None:
    rows = tables.read(_csv(tmp_path, "code\tname\n1\tCần\n".encode("utf-16")), ["code"])
    assert [row.cells for row in rows] == [{"code": "1", "name": "Cần"}]


def test_a_row_has_the_number_a_spreadsheet_shows(tmp_path: Path) -> None:
    with _csv(tmp_path, b'code,name\n1,"a\nb"\n\n,\n2,c\n').open("rb") as file:
        table = tables.opened(file, "x.csv")
        assert [(number, cells[0]) for number, cells in table.rows] == [(2, "1"), (5, "2")]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ('Ngày,"Nhìn chung, Ông/Bà thấy sao?",A', "05/01/2027,5,4"),
        ("Ngày;Nhìn chung, Ông/Bà, thấy sao?;A", "05/01/2027;5;4"),
        ("Ngày,Gọn; rõ; nhanh; đủ?,A", "05/01/2027,5,4"),
        ("Ngày\tNhìn chung, Ông/Bà, thấy sao?;\tA", "05/01/2027\t5\t4"),
        ("Ngày,Một,Hai,Ba", "05/01/2027,5"),
    ],
)
def test_the_delimiter_is_found_in_spite_of_what_the_questions_hold(
    tmp_path: Path, header: str, row: str
) -> None:
    with _csv(tmp_path, f"{header}\n{row}\n".encode()).open("rb") as file:
        table = tables.opened(file, "x.csv")
        (_number, cells) = next(table.rows)
    assert cells[:2] == ["05/01/2027", "5"]
    assert len(table.header) == (4 if "Hai" in header else 3)


def test_a_long_remark_in_the_first_rows_hides_no_delimiter(tmp_path: Path) -> None:
    remark = "dài, dòng; " * 10_000
    with _csv(tmp_path, f'a;b;c\n1;2;"{remark}"\n'.encode()).open("rb") as file:
        table = tables.opened(file, "x.csv")
        assert next(table.rows) == (2, ["1", "2", remark.strip()])


def test_rows_are_read_as_they_are_asked_for_and_may_be_left(tmp_path: Path) -> None:
    with _csv(tmp_path, b"a,b\n" + b"1,2\n" * 100_000).open("rb") as file:
        table = tables.opened(file, "x.csv")
        assert table.length == 100_001
        assert next(table.rows) == (2, ["1", "2"])
        assert file.tell() < 200_000
    del table  # the file is closed already


def test_cells_of_a_workbook_are_text_as_a_person_would_write_it(tmp_path: Path) -> None:
    file = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(2, 1, ["code", "name", "x"])  # below and beside nothing
        sheet.write_datetime(4, 1, datetime.fromisoformat("2027-01-05 14:30"), style)
        sheet.write_row(4, 2, [5, 4.5])
    with file.open("rb") as content:
        table = tables.opened(content, "file.xlsx")
        assert table.header == ["code", "name", "x"]
        assert list(table.rows) == [(5, ["2027-01-05 14:30:00", "5", "4.5"])]


@pytest.mark.parametrize("corner", [(1_048_575, 16_383), (1_048_575, 20), (1_000, 16_383)])
def test_a_workbook_with_one_cell_in_the_far_corner_ends_no_process(
    tmp_path: Path, corner: tuple[int, int]
) -> None:
    file = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "name"])
        sheet.write(*corner, "x")
    with pytest.raises(Refused, match=f"reaches to row {corner[0] + 1} and column {corner[1] + 1}"):
        tables.read(file, ["code"])


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1000)
    file = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_row(0, 0, ["code"])
    with pytest.raises(Refused, match="unpacks to more"):
        tables.read(file, ["code"])


@pytest.mark.parametrize(
    ("position", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_a_column_is_named_as_a_spreadsheet_names_it(position: int, letters: str) -> None:
    assert tables.column_letters(position) == letters
