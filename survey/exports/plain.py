"""The rows as CSV and JSON, streamed."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from survey.exports.rows import COLUMNS, FORMAT_VERSION, LABEL, NOTICE, Cell, moment, rows_of
from survey.reports import IndexReport

# A spreadsheet would run a text that begins with one of these.
FORMULA = tuple("=+-@\t\r")


def as_csv(
    reports: Iterable[IndexReport], *, generated_at: datetime, delimiter: str = ";"
) -> Iterator[bytes]:
    """Yield a CSV file: UTF-8 with BOM, CRLF, the header first.

    The last line has its first cell only: the notice and how many rows stand above. There it
    leaves the header where every reader looks for it, and a file cut short lacks it.
    """
    n = 0
    yield "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + _line(list(COLUMNS), delimiter)
    for n, row in enumerate(rows_of(reports, generated_at), 1):  # noqa: B007 used below the loop
        yield _line([_text(cell) for cell in row.values()], delimiter)
    end = f"{NOTICE}. Hết tệp: {n} dòng số liệu."
    yield _line([end, *[""] * (len(COLUMNS) - 1)], delimiter)


def as_json(reports: Iterable[IndexReport], *, generated_at: datetime) -> Iterator[bytes]:
    """Yield a JSON object: what the file is, then its rows, then how many they are."""
    head = {
        "title": LABEL,
        "notice": NOTICE,
        "format_version": FORMAT_VERSION,
        "generated_at": moment(generated_at),
        "columns": COLUMNS,
    }
    n = 0
    yield _dump(head)[:-1] + b', "rows": ['
    for n, row in enumerate(rows_of(reports, generated_at), 1):
        yield (b",\n" if n > 1 else b"\n") + _dump(row)
    yield b'\n], "n_rows": %d}\n' % n


def _line(cells: Sequence[object], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerow(cells)
    return text.getvalue().encode()


def _text(cell: Cell) -> object:
    """Return a cell for the CSV writer, which writes numbers with full precision by itself."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


def _dump(value: object) -> bytes:
    # str: a date is the only value JSON does not know, and ISO 8601 is its text.
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=str).encode()
