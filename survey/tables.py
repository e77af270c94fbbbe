"""A CSV or XLSX file as numbered rows of text, read as they are asked for.

A row's number is the one a spreadsheet shows, also below a cell with line breaks.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import python_calamine

from survey.reasons import Reason, WrongFile
from survey.storage.base import Refused

Row = tuple[int, list[str]]

DELIMITERS = ",;\t"
# What is looked at to find the delimiter.
SAMPLE_BYTES, SAMPLE_ROWS = 64 * 1024, 20
BLOCK = 1024 * 1024
# Calamine lays a sheet out whole, 32 bytes a cell, and ends the process when memory ends:
# one cell in the last corner of a sheet is enough. So the corners are looked at first.
MOST_CELLS, MOST_UNPACKED = 10_000_000, 512 * BLOCK
CELL = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,9})""")
WIDEST_MATCH = 64
LETTERS = 26


@dataclass(frozen=True)
class Table:
    """The header of a file and its other rows; `length` is how many these are at most."""

    header: list[str]
    rows: Iterator[Row]
    length: int


@dataclass(frozen=True)
class TableRow:
    """One row: its number as a spreadsheet shows it, its cells by column name."""

    number: int
    cells: dict[str, str]


def read(path: Path, required: Sequence[str]) -> list[TableRow]:
    """Return the rows of a file that has at least the required columns.

    Raises Refused when the file cannot be read, lacks a column, repeats one, or has a row
    of another width.
    """
    with path.open("rb") as file:
        table = opened(file, path.name)
        header = [cell.lower() for cell in table.header]
        _check_header(path, header, required)
        rows = list(table.rows)
    wide = [
        f"row {number}: {len(cells)} cells where the header names {len(header)} columns"
        for number, cells in rows
        if len(cells) != len(header)
    ]
    if wide:
        raise Refused(wide)
    return [TableRow(n, dict(zip(header, cells, strict=True))) for n, cells in rows]


def opened(file: BinaryIO, name: str) -> Table:
    """Return the table in an open file; rows without any content are left out.

    Raises WrongFile when it cannot be read, also later, while its rows are.
    """
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise WrongFile(Reason("old_workbook", {"file": name}))
    is_workbook = start.startswith(b"PK\x03\x04") or name.lower().endswith(".xlsx")
    rows, length = _xlsx(file, name) if is_workbook else _csv(file, name)
    filled = ((number, cells) for number, cells in rows if any(cells))
    header = next(filled, None)
    if header is None:
        raise WrongFile(Reason("empty", {"file": name}))
    return Table(header[1], filled, length)


def column_letters(position: int) -> str:
    """Return how a spreadsheet names a column, counted from 0: A, …, Z, AA."""
    before, last = divmod(position, LETTERS)
    return (column_letters(before - 1) if before else "") + chr(ord("A") + last)


def _check_header(path: Path, header: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise Refused([f"{path.name} lacks the columns {', '.join(missing)}; row 1 must name them"])
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise Refused([f"{path.name} names the columns {', '.join(repeated)} twice; keep one"])


def _csv(file: BinaryIO, name: str) -> tuple[Iterator[Row], int]:
    length = sum(block.count(b"\n") for block in iter(partial(file.read, BLOCK), b""))
    file.seek(0)
    sample = file.read(SAMPLE_BYTES)
    file.seek(0)
    # The byte order mark of UTF-16 is what Excel's “Unicode text” begins with.
    encoding = "utf-16" if sample[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    delimiter = _delimiter(sample.decode(encoding, "replace"))
    return _records(io.TextIOWrapper(file, encoding, newline=""), delimiter, name), length


def _records(text: io.TextIOWrapper, delimiter: str, name: str) -> Iterator[Row]:
    number = 0
    try:
        for cells in csv.reader(text, delimiter=delimiter, strict=True):
            number += 1
            yield number, [cell.strip() for cell in cells]
    except UnicodeDecodeError as error:  # the text is decoded block by block, ahead of the rows
        near = number + 1 + error.object.count(b"\n", 0, error.start)
        raise WrongFile(Reason("encoding", {"file": name, "near": near})) from error
    except csv.Error as error:
        raise WrongFile(Reason("quotes", {"error": error}, row=number + 1)) from error
    finally:
        with suppress(ValueError):  # the file was closed before its rows were asked for
            text.detach()  # else it would close the file, which is its opener's


def _delimiter(sample: str) -> str:
    """Return the delimiter by which most rows are as wide as the header, or nearly.

    Its number in the header would not tell: questions hold commas, quoted or not.
    """
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: str, delimiter: str) -> tuple[int, int]:
    widths: list[int] = []
    # An error: not this delimiter, or the sample ends within quotation marks.
    with suppress(csv.Error):
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, strict=True)
        for cells in islice(reader, SAMPLE_ROWS):
            widths += [len(cells)] if cells else []
    header = widths[0] if widths else 0
    return sum(1 < width <= header for width in widths[1:]), header


def _xlsx(file: BinaryIO, name: str) -> tuple[Iterator[Row], int]:
    try:
        _check_corners(file, name)
        file.seek(0)
        sheet = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
    except (python_calamine.CalamineError, zipfile.BadZipFile, IndexError, ValueError) as error:
        raise WrongFile(Reason("workbook", {"file": name, "error": error})) from error
    rows = ((n, [_text(cell) for cell in cells]) for n, cells in enumerate(sheet.iter_rows(), 1))
    return rows, sheet.total_height


def _check_corners(file: BinaryIO, name: str) -> None:
    with zipfile.ZipFile(file) as book:
        parts = book.infolist()
        if "xl/workbook.xml" not in book.namelist():
            raise zipfile.BadZipFile("it holds no workbook")
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise zipfile.BadZipFile("it unpacks to more than can be read; save it as CSV UTF-8")
        for part in parts:
            columns, rows = _corner(book, part)
            if columns * rows > MOST_CELLS:
                values = {"file": name, "rows": rows, "columns": columns}
                raise WrongFile(Reason("spread", values))


def _corner(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """Return the last column and the last row that a part of a workbook refers to."""
    letters, last, rest = {b""}, 0, b""
    with book.open(part) as file:
        while block := file.read(BLOCK):
            found = CELL.findall(rest + block)
            letters |= {column for column, _row in found}
            last = max([last, *(int(row) for _column, row in found)])
            rest = block[-WIDEST_MATCH:]
    return max(_column_number(column) for column in letters), last


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * LETTERS + letter - ord("A") + 1
    return max(1, number)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # Excel keeps every number as a float
    return str(cell).strip()
