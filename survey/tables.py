"""A CSV or XLSX file as numbered rows of text; what is wrong is said row by row."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from survey.storage.base import Refused


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
    sheet = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    rows = [(number, cells) for number, cells in sheet if any(cells)]
    if not rows:
        raise Refused([f"{path.name} is empty; the first row must name the columns"])
    header = [cell.strip().lower() for cell in rows[0][1]]
    _check_header(path, header, required)
    wide = [
        f"row {number}: {len(cells)} cells where the header names {len(header)} columns"
        for number, cells in rows[1:]
        if len(cells) != len(header)
    ]
    if wide:
        raise Refused(wide)
    return [TableRow(n, dict(zip(header, cells, strict=True))) for n, cells in rows[1:]]


def _check_header(path: Path, header: Sequence[str], required: Sequence[str]) -> None:
    missing = [name for name in required if name not in header]
    if missing:
        raise Refused([f"{path.name} lacks the columns {', '.join(missing)}; row 1 must name them"])
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    if repeated:
        raise Refused([f"{path.name} names the columns {', '.join(repeated)} twice; keep one"])


def _csv(path: Path) -> Iterable[tuple[int, list[str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            [f"{path.name} is not UTF-8 (byte {error.start}); save it as “CSV UTF-8”"]
        ) from error
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise Refused([f"row {reader.line_num}: {error}; check the quotation marks"]) from error


def _xlsx(path: Path) -> Iterable[tuple[int, list[str]]]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, IndexError) as error:
        raise Refused([f"{path.name} is not a readable XLSX file: {error}"]) from error
    return [(number, [_text(cell) for cell in cells]) for number, cells in enumerate(rows, 1)]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # Excel keeps every number as a float
    return str(cell).strip()
