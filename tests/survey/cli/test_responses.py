"""What flask responses import takes in, refuses and says."""

import unicodedata
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from survey import period
from survey.db import session
from survey.storage import points, responses
from survey.storage.imports import Import, ImportedRow
from survey.storage.responses import Response
from tests import google, province
from tests.province import Place
from tests.sheets import stored

REFUSED = "Nothing was stored."


def _run(app: Flask, *args: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["responses", *map(str, args)])


def _import(app: Flask, folder: Path, data: bytes, *options: str, name: str = "x.csv") -> Result:
    file = folder / name
    file.write_bytes(data)
    return _run(app, "import", file, *options)


def _nothing_stored(app: Flask) -> bool:
    with app.app_context():
        tables = (Response, ImportedRow, Import)
        return not any(session().scalar(select(func.count()).select_from(t)) for t in tables)


def _counted(app: Flask, public_id: str) -> int:
    with app.app_context():
        return responses.count(session(), points.any_of(session(), public_id))


def test_a_google_forms_export_is_taken_in_whole(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    done = _import(both_app, tmp_path, google.export(), "--point", place.point)
    assert done.exit_code == 0, done.output
    assert "accepted: 3\nduplicate: 0\nrefused: 0\n" in done.output
    assert "columns not read: “Họ và tên, số điện thoại”, “Ý kiến khác”" in done.output
    assert "3 answers were stored." in done.output
    rows = stored(both_app)
    assert sorted(row.answers for row in rows) == sorted(a + google.NOT_PUT for a in google.ANSWERS)
    assert Counter(row.business_day for row in rows) == {date(2026, 1, 5): 2, date(2026, 1, 6): 1}
    for row in rows:
        assert (row.channel, row.language, row.scale_order) == ("imported", "vi", "official")
        assert (row.code_id, row.visit, row.drawn, row.duration_class) == (None, None, "", 0)
        assert (row.unit_code, row.flagged, row.batch_id) == ("31117", False, None)
    assert _counted(both_app, place.point) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("dress", ["NFC utf-8", "NFD utf-8", "NFC utf-8-sig", "NFD utf-16"])
def test_the_same_file_is_read_in_every_dress(
    app: Flask, place: Place, tmp_path: Path, delimiter: str, dress: str
) -> None:
    form, encoding = dress.split()
    text = google.export(delimiter=delimiter).decode()
    text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    done = _import(app, tmp_path, text.encode(encoding), "--point", place.point)
    assert done.exit_code == 0, done.output
    found = sorted(row.answers[:6] for row in stored(app))
    assert found == sorted(google.ANSWERS)


def test_a_workbook_is_read_with_its_date_cells(app: Flask, place: Place, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "x.xlsx") as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(0, 0, google.HEADER)
        sheet.write_datetime(1, 0, datetime.fromisoformat("2026-01-05 23:30"), style)
        sheet.write_row(1, 1, ["Rất hài lòng", 4, 3, "Hài lòng"])
    done = _run(app, "import", tmp_path / "x.xlsx", "--point", place.point)
    assert done.exit_code == 0, done.output
    (row,) = stored(app)
    assert (row.business_day, row.answers[:6]) == (date(2026, 1, 5), bytes([5, 4, 3, 4, 6, 6]))


def test_a_mapping_says_which_column_is_what(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    mapping = tmp_path / "columns.toml"
    mapping.write_text(
        'questionnaire = "sipas-dich-vu"\ndate = "Khi nào"\ndate_order = "mdy"\nid = "Mã phiếu"\n'
        'point = "Nơi"\nvisit = "Việc"\n[items]\nA1 = "Biển chỉ dẫn"\nE3 = "Báo kết quả"\n',
        "utf-8",
    )
    header = ["Mã phiếu", "Khi nào", "Nơi", "Việc", "Biển chỉ dẫn", "Báo kết quả"]
    rows = ["m1|01/25/2026|quay 1: ho tich|Nộp hồ sơ|Hài lòng|"]
    rows += [f"m2|1/5/2026|{place.other_point.upper()}|||5", "m1|01/25/2026|Quầy 1: Hộ tịch||1|1"]
    data = google.export(rows, header, delimiter=";")
    done = _import(both_app, tmp_path, data, "--mapping", str(mapping), "--unit", "92")
    assert done.exit_code == 0, done.output
    assert "accepted: 2\nduplicate: 1 (rows 4)\n" in done.output
    found = {row.business_day: row for row in stored(both_app)}
    first, second = found[date(2026, 1, 25)], found[date(2026, 1, 5)]
    assert (first.unit_code, first.visit) == ("31117", "submit")
    assert first.answers == bytes([4, *[0] * 14, 6])
    assert (second.unit_code, second.visit) == ("31120", None)
    assert second.answers == bytes([6, *[0] * 14, 5])


def test_a_name_is_looked_for_in_the_given_unit_only(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    data = google.export(["05/01/2026|5|Quầy 2: Đất đai"], ["Ngày", "overall", "Quầy"])
    done = _import(app, tmp_path, data, "--unit", "31117")
    assert done.exit_code == 1
    assert "row 2: no point is named “Quầy 2: Đất đai” here" in done.output
    assert _import(app, tmp_path, data).exit_code == 0


def test_one_wrong_row_refuses_the_whole_file(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    rows = [*google.ROWS, "01/25/2026|Tốt||||||", "05/01/2026|||||||"]
    data = google.export(rows)
    done = _import(both_app, tmp_path, data, "--point", place.point)
    assert done.exit_code == 1
    assert "accepted: 3\nduplicate: 0\nrefused: 2\n" in done.output
    assert "  row 5: “01/25/2026” is no date when read as dmy; if" in done.output
    assert "  row 5: “Tốt” under “Nhìn chung, Ông/Bà hài lòng" in done.output
    assert "  row 6: no question has a level" in done.output
    assert REFUSED in done.output
    assert _nothing_stored(both_app)
    done = _import(both_app, tmp_path, data, "--point", place.point, "--skip-refused")
    assert done.exit_code == 0
    assert _counted(both_app, place.point) == 3
    again = _import(both_app, tmp_path, data, "--point", place.point, "--skip-refused")
    assert (again.exit_code, len(stored(both_app))) == (0, 3)


def test_a_row_number_is_the_one_a_spreadsheet_shows(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    rows = ['05/01/2026|5|"hai\ndòng"', "||", "hôm qua|5|"]
    data = google.export(rows, ["Ngày", "overall", "Ý kiến"])
    done = _import(app, tmp_path, data, "--point", place.point)
    assert "row 4: “hôm qua” is no date" in done.output


def test_a_hundred_wrong_rows_say_how_many_more(app: Flask, place: Place, tmp_path: Path) -> None:
    data = google.export(["hôm qua|5"] * 100, ["Ngày", "overall"])
    done = _import(app, tmp_path, data, "--point", place.point)
    assert done.output.count("is no date") == 20
    assert "  … and 80 more\n" in done.output


def test_a_dry_run_says_the_same_and_stores_nothing(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    done = _import(both_app, tmp_path, google.export(), "--point", place.point, "--dry-run")
    assert done.exit_code == 0
    assert "accepted: 3\nduplicate: 0\nrefused: 0\n" in done.output
    assert "without --dry-run 3 answers would be" in done.output
    assert _nothing_stored(both_app)


def test_a_dry_run_of_a_wrong_file_ends_as_the_import_would(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    data = google.export(["hôm qua|5"], ["Ngày", "overall"])
    assert _import(app, tmp_path, data, "--point", place.point, "--dry-run").exit_code == 1
    assert _import(app, tmp_path, data, "--point", place.point, "--skip-refused").exit_code == 1
    assert _nothing_stored(app)


def test_a_file_brought_twice_counts_once(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    _import(both_app, tmp_path, google.export(), "--point", place.point)
    again = _import(both_app, tmp_path, google.export(), "--point", place.point)
    assert again.exit_code == 0
    assert "accepted: 0\nduplicate: 3 (rows 2, 3, 4)\n" in again.output
    assert "every answer of this file was imported before" in again.output
    assert len(stored(both_app)) == 3


def test_a_form_that_grew_brings_only_what_is_new(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    _import(both_app, tmp_path, google.simple(30), "--point", place.point)
    grown = _import(both_app, tmp_path, google.simple(50), "--point", place.point)
    assert "accepted: 20\nduplicate: 30 (rows 2, 3," in grown.output
    assert "21 …)" in grown.output
    assert _counted(both_app, place.point) == 50


def test_the_same_file_for_another_point_is_other_answers(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    for point in (place.point, place.other_point):
        assert _import(app, tmp_path, google.export(), "--point", point).exit_code == 0
    assert len(stored(app)) == 6


def test_rows_refused_at_first_may_follow_from_the_same_file(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    data = google.export(
        ["05/01/2026|5|Quầy 1: Hộ tịch", "05/01/2026|5|Quầy mới"], ["Ngày", "overall", "Quầy"]
    )
    assert _import(app, tmp_path, data, "--skip-refused").exit_code == 0
    with app.app_context():
        points.add(session(), "31120", "Quầy mới", period.now(), period.today())
        session().commit()
    done = _import(app, tmp_path, data)
    assert done.exit_code == 0, done.output
    assert "accepted: 1\nduplicate: 1 (rows 2)\n" in done.output
    assert len(stored(app)) == 2


def test_a_day_from_before_the_point_belongs_to_its_first_unit_and_a_move_is_followed(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    with app.app_context():
        points.move(session(), points.any_of(session(), place.point), "31120", date(2026, 3, 1))
        session().commit()
    days = ["2024-05-01", "28/02/2026", "01/03/2026"]
    data = google.export([f"{on}|5" for on in days], ["Ngày", "overall"])
    assert _import(app, tmp_path, data, "--point", place.point).exit_code == 0
    units = {row.business_day: row.unit_code for row in stored(app)}
    assert [units[day] for day in sorted(units)] == ["31117", "31117", "31120"]


def test_nothing_personal_and_no_time_is_stored(app: Flask, place: Place, tmp_path: Path) -> None:
    _import(app, tmp_path, google.export(), "--point", place.point)
    content = (tmp_path / "hailong.db").read_bytes()
    wal = tmp_path / "hailong.db-wal"
    content += wal.read_bytes() if wal.exists() else b""
    for said in ("0912345678", "Trần B", "Nhanh, gọn", "8:15:02", "14:30:05"):
        assert said.encode() not in content


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "x.csv is empty"),
        (google.export([]), "x.csv names its columns and has no row below"),
        (google.export(encoding="utf-8").replace("ò".encode(), b"\xf2"), "not UTF-8 near row 1"),
        (google.export(["05/01/2026|5|x\ufffd"]).replace("\ufffd".encode(), b"\xf2"), "near row"),
        (b'Ng\xc3\xa0y,overall\n05/01/2026,"5\n', "row 2: unexpected end of data"),
        (b"PK\x03\x04 no workbook", "not a readable XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "save it as .xlsx"),
        ("Ngày,Tên\n1,2\n".encode(), "no column is recognised as a question of mot-cua"),
        ("Ngày,overall,Overall\n1,2,3\n".encode(), "the columns B, C could each be overall"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_next_step(
    app: Flask, place: Place, tmp_path: Path, data: bytes, said: str
) -> None:
    done = _import(app, tmp_path, data, "--point", place.point)
    assert done.exit_code == 1
    assert said in done.output
    assert REFUSED in done.output
    assert _nothing_stored(app)


def test_what_is_named_must_exist(app: Flask, place: Place, tmp_path: Path) -> None:
    for options, said in {
        ("--point", "nothere1"): "flask points list",
        ("--unit", "99999"): "flask units list",
        (): "--point ID",
    }.items():
        done = _import(app, tmp_path, google.export(), *options)
        assert (done.exit_code, said in done.output) == (1, True), done.output
    missing = _run(app, "import", tmp_path / "none.csv", "--point", place.point)
    assert missing.exit_code == 2


def test_a_test_point_takes_no_import(app: Flask, place: Place, tmp_path: Path) -> None:
    with app.app_context():
        trial = points.by_token(session(), place.test_token).point.public_id
    done = _import(app, tmp_path, google.export(), "--point", trial)
    assert done.exit_code == 1
    assert "Quầy thử is a test point" in done.output
    assert "flask points create" in done.output
    assert _nothing_stored(app)
