"""Reports → the files of the provincial index, as docs/index-export.md describes them.

All three formats are written from the same rows, so that they cannot disagree.
"""

from collections.abc import Iterable
from datetime import datetime

from survey.exports.plain import as_csv, as_json
from survey.exports.rows import COLUMNS, FORMAT_VERSION, LABEL, NOTICE, count
from survey.exports.workbook import as_xlsx
from survey.period import Period
from survey.reports import IndexReport
from survey.storage.units import Unit

__all__ = [
    "COLUMNS",
    "FORMAT_VERSION",
    "LABEL",
    "MEDIA_TYPES",
    "NOTICE",
    "as_csv",
    "as_json",
    "as_xlsx",
    "content",
    "count",
    "file_name",
]

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def content(
    form: str,
    reports: Iterable[IndexReport],
    *,
    generated_at: datetime,
    delimiter: str = ";",
) -> Iterable[bytes]:
    """Return the pieces of a file in one of the formats of MEDIA_TYPES."""
    if form == "csv":
        return as_csv(reports, generated_at=generated_at, delimiter=delimiter)
    if form == "json":
        return as_json(reports, generated_at=generated_at)
    return [as_xlsx(reports, generated_at=generated_at)]


def file_name(unit: Unit, period: Period, form: str) -> str:
    """Return the name under which a file is offered; it says that the figures may change."""
    return f"hai-long_{unit.code}_{period.name}_so-lieu-tam.{form}"
