"""The rows as an XLSX workbook: the figures, and a sheet that says how to read them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from survey.exports.notes import notes
from survey.exports.rows import COLUMNS, LABEL, NOTICE, Cell, Row, count, rows_of
from survey.reports import IndexReport
from survey.storage.base import Refused

OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
# A sheet ends there without a word; two of its rows are the notice and the header.
MOST_ROWS = 1_048_576 - 2
WIDE = {"unit_name": 32, "point_name": 32, "channel_mix": 26, "generated_at": 27}
ARROW = 4  # room for the button of the filter beside a heading
NOTES_WIDTHS = (28, 110)


def as_xlsx(reports: Iterable[IndexReport], *, generated_at: datetime) -> bytes:
    """Return a workbook; Refused when a sheet cannot hold the rows."""
    reports = list(reports)
    if (n := count(reports)) > MOST_ROWS:
        raise Refused([f"an XLSX sheet holds {MOST_ROWS} rows, not {n}; take CSV or JSON"])
    file = BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties(
            {"title": LABEL, "comments": NOTICE, "created": generated_at.astimezone(UTC)}
        )
        bold, warning = book.add_format({"bold": True}), {"bold": True, "font_color": "#B3141B"}
        styles = {
            float: book.add_format({"num_format": "0.00%"}),
            date: book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        sheet = book.add_worksheet("Số liệu")
        _head(sheet, n, bold, book.add_format(warning))
        _body(sheet, rows_of(reports, generated_at), styles)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _notes(book.add_worksheet("Ghi chú"), notes(reports, generated_at), bold, wrapped)
    return file.getvalue()


def _head(sheet: Worksheet, n: int, bold: Format, warning: Format) -> None:
    """Write the notice and the header, and keep both in sight."""
    sheet.write_string(0, 0, f"{NOTICE}. {LABEL}: {n} dòng số liệu. Xem trang Ghi chú.", warning)
    for column, name in enumerate(COLUMNS):
        sheet.set_column(column, column, WIDE.get(name, max(10, len(name) + ARROW)))
        sheet.write_string(1, column, name, bold)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, 1 + n, len(COLUMNS) - 1)


def _body(sheet: Worksheet, rows: Iterable[Row], styles: dict[type, Format]) -> None:
    for number, row in enumerate(rows, 2):
        for column, cell in enumerate(row.values()):
            _write(sheet, (number, column), cell, styles)


def _write(sheet: Worksheet, at: tuple[int, int], cell: Cell, styles: dict[type, Format]) -> None:
    """Write one cell as what it is: text stays text, also 00004 and =1+1."""
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(*at, cell)
        case int():
            sheet.write_number(*at, cell)
        case float():
            sheet.write_number(*at, cell, styles[float])
        case date():
            sheet.write_datetime(*at, cell, styles[date])
        case str():
            sheet.write_string(*at, cell)


def _notes(sheet: Worksheet, lines: Iterable[Sequence[str]], bold: Format, wrapped: Format) -> None:
    for column, width in enumerate(NOTES_WIDTHS):
        sheet.set_column(column, column, width)
    for number, (heading, text) in enumerate(lines):
        sheet.write_string(number, 0, heading, bold)
        sheet.write_string(number, 1, text, wrapped)
