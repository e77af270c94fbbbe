"""The files of the provincial index: the same figures in three formats, whatever the names."""

import io
import math
import re
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from analysis.index import ConfidenceInterval, index_from_sums
from analysis.sums import Item, tally
from survey import exports, period
from survey.exports import workbook
from survey.reports import IndexReport
from survey.storage.base import Refused
from tests import figures
from tests.index_files import AT, COLUMNS, from_csv, from_json, from_xlsx

DOCS = Path(__file__).parents[2] / "docs" / "index-export.md"
MEASURES = ["index", *"ABCDE", "overall", *"ABCDE"]


def _part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return parts.read(f"xl/{name}").decode()


def test_a_row_says_everything_about_its_figure() -> None:
    first = figures.report(
        figures.figure(),
        point="Quầy 1",
        is_closed=True,
        n_flagged=11,
        n_left_out=4,
        unflagged=figures.figure(
            estimate=0.5, interval=ConfidenceInterval(0.41, 0.59, 0.95, "wilson")
        ),
    )
    row = from_json(first)["rows"][0]
    assert list(row) == COLUMNS
    assert " ".join(f"{cell}" for cell in row.values()) == (
        "2026-10-01 2026-10-31 closed 00117 Phường Ninh Kiều phuong phuong 00e5abcd Quầy 1 point "
        "overall index t2b-pooled pooled 2 1 0.8387096774193549 0.0672 0.6737 0.9291 0.95 wilson "
        "30 31 31 2 0 0 5 16 10 11 0.5 None None respondents_only False mot-cua 3 "
        "paper:12 qr:19 2026-11-08T06:30:00+07:00 2 4 0.41 0.59 wilson None False False"
    )


def test_an_open_period_and_a_unit_say_so() -> None:
    row = from_json(figures.report(figures.figure(), unflagged=None))["rows"][0]
    assert (row["period_status"], row["level"], row["point_id"]) == ("open", "unit", None)
    assert (row["n_flagged"], row["estimate_unflagged"], row["n_left_out"]) == (None, None, 0)


def test_a_hidden_place_has_the_rows_of_any_other_and_nothing_in_them() -> None:
    hidden = from_json(figures.report(suppressed=True, n_points_covered=0))["rows"]
    assert [row["code"] for row in hidden] == MEASURES
    assert [row["code"] for row in from_json(figures.report(figures.figure()))["rows"]] == MEASURES
    also = ("channel_mix", *COLUMNS[COLUMNS.index("n_left_out") :])
    hidden_columns = COLUMNS[COLUMNS.index("n_points_covered") : COLUMNS.index("inference_basis")]
    assert {row[column] for row in hidden for column in [*hidden_columns, *also]} == {None}
    assert {row["suppressed"] for row in hidden} == {True}
    profiles = ["t2b-overall" if n == 6 else "t2b-pooled" for n in range(12)]
    assert [row["profile"] for row in hidden] == profiles


def test_where_nothing_is_released_nobody_is_counted() -> None:
    row = from_json(figures.report(n_points_covered=0))["rows"][0]
    assert (row["n_respondents"], row["n_answers"], row["level_5"]) == (0, 0, 0)
    assert (row["estimate"], row["ci_low"], row["channel_mix"]) == (None, None, None)
    assert (row["n_points_covered"], row["suppressed"]) == (0, False)


def test_what_cannot_be_computed_is_empty_and_never_nan() -> None:
    nan = math.nan
    nobody = figures.figure(
        estimate=nan, standard_error=nan, interval=ConfidenceInterval(nan, nan, 0.95, "wilson")
    )
    row = dict(zip(COLUMNS, from_csv(figures.report(nobody))[1], strict=True))
    columns = ("estimate", "std_error", "df", "ci_low", "ci_high", "ci_level", "ci_method")
    assert {row[column] for column in columns} == {""}
    assert "nan" not in str(from_xlsx(figures.report(nobody))).lower()


def test_what_fewer_than_nine_people_answered_is_counted_and_not_told() -> None:
    few = figures.figure(measure="item", code="E", degrees_of_freedom=7, n_respondents=8)
    row = next(
        r
        for r in from_json(figures.report(few))["rows"]
        if r["code"] == "E" and r["measure"] == "item"
    )
    assert (row["n_respondents"], row["estimate"], row["ci_low"], row["level_4"]) == (
        8,
        None,
        None,
        None,
    )


def test_an_interval_that_is_too_wide_stands_alone_and_its_answers_are_counted() -> None:
    row = from_json(figures.report(figures.wide(), n_flagged=11, unflagged=figures.wide()))["rows"][
        0
    ]
    assert (row["estimate"], row["std_error"], row["estimate_unflagged"]) == (None, None, None)
    assert (row["ci_low"], row["ci_high"], row["ci_method"]) == (0.5241, 0.9243, "wilson")
    assert (row["unflagged_ci_low"], row["unflagged_ci_high"]) == (0.5241, 0.9243)
    assert (row["df"], row["n_respondents"], row["n_flagged"]) == (13, 14, 11)
    assert [row[f"level_{level}"] for level in range(1, 6)] == [0, 1, 2, 6, 5]


@pytest.mark.parametrize(
    ("kind", "level", "point", "group"),
    [
        ("phuong", "commune", None, "phuong"),
        ("xa", "commune", "Quầy 1", "xa"),
        ("dac-khu", "commune", None, "dac-khu"),
        ("thi-tran", "commune", None, None),
        ("so", "department", None, "cap-tinh"),
        ("thanh-pho", "province", "Quầy 1", "cap-tinh"),
        ("thanh-pho", "province", None, None),
    ],
)
def test_only_peers_share_a_group(kind: str, level: str, point: str, group: str) -> None:
    report = figures.report(owner=figures.unit(kind=kind, level=level), point=point)
    assert from_json(report)["rows"][0]["peer_group"] == group


@pytest.mark.parametrize("name", ["=1+1", "+84", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_no_name_becomes_a_formula(name: str) -> None:
    report = figures.report(point=name)
    assert from_csv(report)[1][COLUMNS.index("point_name")] == f"'{name}"
    data = exports.as_xlsx([report], generated_at=AT)
    assert "<f>" not in _part(data, "worksheets/sheet1.xml")
    assert from_xlsx(report)[2][COLUMNS.index("point_name")] == name


def test_a_csv_file_opens_in_vietnamese_excel_and_tells_where_it_ends() -> None:
    data = b"".join(exports.as_csv([figures.report(point='Quầy "A";\nĐất đai')], generated_at=AT))
    assert data.startswith(b"\xef\xbb\xbfperiod_from;period_to;")
    assert 'Phường Ninh Kiều;phuong;phuong;00e5abcd;"Quầy ""A"";\nĐất đai";' in data.decode()
    lines = data.decode().split("\r\n")
    assert lines[-2] == "SỐ LIỆU TẠM, CHƯA CHỐT. Hết tệp: 12 dòng số liệu." + ";" * (
        len(COLUMNS) - 1
    )
    assert lines[-1] == ""


def test_a_json_file_says_what_it_is() -> None:
    data = from_json(
        figures.report(figures.figure()), figures.report(figures.figure(), point="Quầy 1")
    )
    assert data["title"] == "Chỉ số hài lòng tại điểm phục vụ"
    assert data["notice"] == "SỐ LIỆU TẠM, CHƯA CHỐT"
    assert (data["format_version"], data["n_rows"]) == (1, 24)
    assert data["generated_at"] == "2026-11-08T06:30:00+07:00"
    assert list(data["columns"]) == COLUMNS
    assert (from_json()["rows"], from_json()["n_rows"]) == ([], 0)


def test_a_workbook_shows_percents_dates_and_codes_as_a_reader_expects() -> None:
    data = exports.as_xlsx([figures.report(figures.figure())], generated_at=AT)
    sheet, styles = _part(data, "worksheets/sheet1.xml"), _part(data, "styles.xml")
    assert 'ySplit="2"' in sheet
    assert '<autoFilter ref="A2:AW14"/>' in sheet
    style = re.search(r'<c r="Q3" s="(\d+)"><v>0\.8387', sheet)
    assert style
    used = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])[int(style[1])]
    assert f'<numFmt numFmtId="{used}" formatCode="0.00%"/>' in styles
    notice, _head, first = from_xlsx(figures.report(figures.figure()))[:3]
    assert notice[0].startswith("SỐ LIỆU TẠM, CHƯA CHỐT. Chỉ số hài lòng tại điểm phục vụ")
    assert (first[0], first[3]) == (date(2026, 10, 1), "00117")


def test_the_notes_tell_how_to_read_the_figures() -> None:
    notes = {row[0]: row[1] for row in from_xlsx(figures.report(figures.figure()), sheet=1)}
    assert notes["Tình trạng"].startswith("SỐ LIỆU TẠM, CHƯA CHỐT")
    assert notes["Phạm vi"] == "Phường Ninh Kiều, Tháng 10/2026"
    assert notes["Phiếu nhập từ tệp có trước"] == "Không tính trong số liệu."
    assert notes["Yếu tố A"] == "Tiếp cận dịch vụ"
    assert [key for key in notes if key.startswith("Cột ")] == [f"Cột {name}" for name in COLUMNS]


def test_no_file_of_the_counter_questionnaire_is_called_sipas() -> None:
    files = [
        *from_csv(figures.report(figures.figure())),
        str(from_json(figures.report(figures.figure()))),
    ]
    files += [
        *from_xlsx(figures.report(figures.figure())),
        *from_xlsx(figures.report(figures.figure()), sheet=1),
    ]
    assert "SIPAS" not in str(files).upper()


def test_the_same_report_makes_the_same_bytes() -> None:
    for form in exports.MEDIA_TYPES:
        one, two = (
            b"".join(exports.content(form, [figures.report(figures.figure())], generated_at=AT))
            for _ in "12"
        )
        assert one == two


def test_text_formats_begin_before_the_first_report_is_read() -> None:
    def never() -> Iterable[IndexReport]:
        raise AssertionError
        yield

    assert next(exports.as_csv(never(), generated_at=AT)).endswith(f"{COLUMNS[-1]}\r\n".encode())
    assert next(exports.as_json(never(), generated_at=AT)).endswith(b'"rows": [')


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 11)
    with pytest.raises(Refused, match="an XLSX sheet holds 11 rows, not 12; take CSV or JSON"):
        exports.as_xlsx([figures.report()], generated_at=AT)


def test_a_moment_without_a_zone_is_refused() -> None:
    for form in exports.MEDIA_TYPES:
        with pytest.raises(ValueError, match="time zone"):
            b"".join(exports.content(form, [figures.report()], generated_at=datetime(2026, 11, 8)))  # noqa: DTZ001


def test_the_name_of_a_file_says_that_its_figures_may_change() -> None:
    name = exports.file_name(figures.unit(), period.parse("2026-Q4"), "csv")
    assert name == "hai-long_00117_2026-Q4_so-lieu-tam.csv"


def test_the_documentation_explains_every_column_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", DOCS.read_text("utf-8"), re.MULTILINE)
    assert rows == COLUMNS == list(exports.COLUMNS)


def test_the_row_in_the_documentation_is_the_one_that_is_written() -> None:
    people = np.repeat(np.array([5, 4, 3], dtype=np.int8), [10, 16, 5])[:, None]
    sums = {0: tally(people, [Item("overall", None)])}
    share = index_from_sums(sums, profile="t2b-overall")
    figure = figures.figure(
        "item",
        "overall",
        profile="t2b-overall",
        estimate=share.estimate,
        standard_error=share.standard_error,
        interval=share.confidence_interval(),
        n_missing=0,
    )
    report = figures.report(
        figure,
        owner=figures.unit(code="31117"),
        point="Quầy 1: Hộ tịch",
        is_closed=True,
        n_points=1,
        instrument_version=1,
        channels={"qr": 31},
    )
    line = next(row for row in from_csv(report) if row[11] == "overall")
    assert f"\n{';'.join(line)}\n" in DOCS.read_text("utf-8")
