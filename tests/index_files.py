"""The files of the provincial index, written and read back by other libraries."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from survey import exports
from survey.reports import IndexReport

AT = datetime(2026, 11, 7, 23, 30, tzinfo=UTC)
COLUMNS = [
    "period_from",
    "period_to",
    "period_status",
    "unit_code",
    "unit_name",
    "unit_type",
    "peer_group",
    "point_id",
    "point_name",
    "level",
    "measure",
    "code",
    "profile",
    "rollup",
    "n_points",
    "n_points_covered",
    "estimate",
    "std_error",
    "ci_low",
    "ci_high",
    "ci_level",
    "ci_method",
    "df",
    "n_respondents",
    "n_answers",
    "n_missing",
    "level_1",
    "level_2",
    "level_3",
    "level_4",
    "level_5",
    "n_flagged",
    "estimate_unflagged",
    "n_dossiers",
    "coverage",
    "inference_basis",
    "suppressed",
    "instrument",
    "instrument_version",
    "channel_mix",
    "generated_at",
    "method_version",
    "n_left_out",
    "unflagged_ci_low",
    "unflagged_ci_high",
    "unflagged_ci_method",
    "n_dossiers_covered",
    "strata_collapsed",
    "clustered_by_day",
]


def from_csv(*reports: IndexReport, delimiter: str = ";") -> list[list[str]]:
    """Return the lines of the CSV file."""
    data = b"".join(exports.as_csv(reports, generated_at=AT, delimiter=delimiter))
    return csv_lines(data, delimiter)


def from_json(*reports: IndexReport) -> dict[str, Any]:
    """Return the object of the JSON file."""
    data: dict[str, Any] = json.loads(b"".join(exports.as_json(reports, generated_at=AT)))
    return data


def from_xlsx(*reports: IndexReport, sheet: int = 0) -> list[list[Any]]:
    """Return the cells of a sheet of the workbook."""
    return xlsx_lines(exports.as_xlsx(reports, generated_at=AT), sheet)


def csv_lines(data: bytes, delimiter: str = ";") -> list[list[str]]:
    """Return the lines of a CSV file."""
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


def xlsx_lines(data: bytes, sheet: int = 0) -> list[list[Any]]:
    """Return the lines of one sheet of a workbook."""
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(sheet).to_python()


def rows(form: str, data: bytes) -> list[dict[str, Any]]:
    """Return the rows of figures of a file, by column."""
    if form == "json":
        found: list[dict[str, Any]] = json.loads(data)["rows"]
        return found
    lines = csv_lines(data)[:-1] if form == "csv" else xlsx_lines(data)[1:]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
