import csv
import io
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from survey import invitations, period
from survey.db import session
from survey.invitations import writing
from survey.storage import audit_entries, points
from survey.storage.invitations import Invitation, InvitedDossier
from tests import dossiers, province, sheets
from tests.posters import codes, pages
from tests.province import Place


def _run(app: Flask, *args: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["invitations", *[str(arg) for arg in args]])


def _issue(app: Flask, out: Path, *args: str | Path) -> Result:
    return _run(app, "issue", *args, "--out", out)


def _list(tmp_path: Path, *rows: list[str]) -> Path:
    file = tmp_path / "returned.csv"
    file.write_bytes(dossiers.export(rows))
    return file


def _stored(app: Flask, table: type = Invitation) -> int:
    with app.app_context():
        return session().scalar(select(func.count()).select_from(table)) or 0


def _lines(out: Path) -> list[dict[str, str]]:
    text = out.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_every_slip_of_a_number_decodes_to_a_code_that_opens_the_form(
    both_app: Flask, tmp_path: Path
) -> None:
    place, out = province.build(both_app), tmp_path / "slips.pdf"
    done = _issue(both_app, out, "--point", place.point, "--count", "30")
    assert done.exit_code == 0, done.output
    assert re.search(r"slips.pdf: 30 codes, issue 1, in \d+\.\d s", done.output)
    found = [address for page in pages(out.read_bytes()) for address in codes(page)]
    assert len(set(found)) == 30
    client = both_app.test_client()
    for address in found:
        base, _, code = address.rpartition("/m/")
        assert base == "https://hailong.example.vn"
        assert client.get(f"/m/{code}").status_code == 200
    hidden = sheets.fields(client.get(f"/m/{code}").get_data(as_text=True))
    assert client.post(f"/m/{code}", data=hidden | {"overall": "4"}).status_code == 303


def test_a_list_becomes_a_file_for_the_gateway_with_its_numbers_and_nothing_else(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    listed = _list(
        tmp_path,
        dossiers.row(1, phone="+84 912 345 678"),
        dossiers.row(2, phone='=HYPERLINK("x")'),
        dossiers.row(3, handed_over=dossiers.handed_over(80)),
        dossiers.row(1),
    )
    out = tmp_path / "sms.csv"
    done = _issue(app, out, "--list", listed)
    assert done.exit_code == 0, done.output
    for words in ("to invite: 2", "invited before: 1 (rows 5)", "72 hours ago: 1 (rows 4)"):
        assert words in done.output
    assert "columns not read: “Họ tên”" in done.output
    first, second = _lines(out)
    assert first["Số điện thoại"] == "+84 912 345 678"
    assert second["Số điện thoại"].startswith("'=")
    assert [line["Dòng"] for line in (first, second)] == ["2", "3"]
    assert first["Đường dẫn"] == f"https://hailong.example.vn/m/{first['Mã']}"
    assert "H15" not in out.read_text("utf-8-sig")
    client = app.test_client()
    hidden = sheets.fields(client.get(f"/m/{first['Mã']}").get_data(as_text=True))
    client.post(f"/m/{first['Mã']}", data=hidden | {"overall": "4"})
    (stored,) = sheets.stored(app)
    assert (stored.field, stored.on_time) == ("Hộ tịch", False)


def test_neither_number_nor_name_nor_telephone_reaches_the_database(
    app: Flask, place: Place, tmp_path: Path, sqlite_url: str
) -> None:
    listed = _list(tmp_path, dossiers.row(4321))
    assert _issue(app, tmp_path / "sms.csv", "--list", listed).exit_code == 0
    (line,) = _lines(tmp_path / "sms.csv")
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    written = b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*"))
    for secret in ("261118-4321", "Nguyễn Thị A", "0912345678", line["Mã"]):
        assert secret.encode() not in written


def test_the_same_list_again_invites_only_who_is_new(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    listed = _list(tmp_path, dossiers.row(1))
    assert _issue(app, tmp_path / "1.csv", "--list", listed).exit_code == 0
    again = _issue(app, tmp_path / "2.csv", "--list", listed)
    assert (again.exit_code, "Nothing was issued" in again.output) == (0, True)
    assert not (tmp_path / "2.csv").exists()
    listed = _list(tmp_path, dossiers.row(1), dossiers.row(2))
    assert _issue(app, tmp_path / "3.csv", "--list", listed).exit_code == 0
    assert len(_lines(tmp_path / "3.csv")) == 1


def test_one_wrong_row_and_nothing_is_issued(app: Flask, place: Place, tmp_path: Path) -> None:
    listed = _list(tmp_path, dossiers.row(1), dossiers.row(2, number="079123456789"))
    done = _issue(app, tmp_path / "sms.csv", "--list", listed)
    assert done.exit_code == 1
    assert "row 3: the dossier number has not the form" in done.output
    assert "Nothing was issued. Correct these rows" in done.output
    assert not (tmp_path / "sms.csv").exists()
    assert _stored(app) == _stored(app, InvitedDossier) == 0


def test_what_was_printed_but_not_stored_is_no_file(
    app: Flask, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "store", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    done = _issue(app, tmp_path / "sms.csv", "--point", place.point, "--count", "3")
    assert done.exit_code == 1
    assert list(tmp_path.glob("*sms*")) == []


def test_a_zip_holds_a_pdf_for_every_twenty_pages(
    app: Flask, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "IN_A_PART", 24)
    out = tmp_path / "slips.zip"
    assert _issue(app, out, "--point", place.point, "--count", "25").exit_code == 0
    with ZipFile(out) as archive:
        names = archive.namelist()
        assert names == ["phieu-moi-00001-00024.pdf", "phieu-moi-00025-00025.pdf"]
        assert [len(codes(pages(archive.read(name))[0])) for name in names] == [24, 1]


def test_a_lost_file_is_discarded_and_its_list_issued_anew(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    listed = _list(tmp_path, dossiers.row(1))
    _issue(app, tmp_path / "1.csv", "--list", listed)
    assert re.match(r"1 \d{4}-\d\d-\d\d \d\d:\d\d 1 codes until ", _run(app, "list").output)
    assert "The 1 codes of issue 1 are out of use" in _run(app, "discard", "1").output
    lost = _lines(tmp_path / "1.csv")[0]["Mã"]
    assert app.test_client().get(f"/m/{lost}").status_code == 410
    assert _issue(app, tmp_path / "2.csv", "--list", listed).exit_code == 0
    assert "flask invitations list prints those" in _run(app, "discard", "99").output


def test_codes_may_be_made_for_another_day(app: Flask, place: Place, tmp_path: Path) -> None:
    at = ("--point", place.point, "--count", "1")
    assert _issue(app, tmp_path / "1.csv", *at, "--valid-from", "2099-12-31 08:00").exit_code == 0
    assert _lines(tmp_path / "1.csv")[0]["Hạn dùng"] == "03/01/2100 08:00"
    past = _issue(app, tmp_path / "2.csv", *at, "--valid-from", "2020-01-01")
    assert (past.exit_code, "would have ended" in past.output) == (1, True)


def test_what_cannot_be_meant_is_refused_with_the_next_step(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    listed, out = _list(tmp_path, dossiers.row(1)), tmp_path / "x.csv"
    with app.app_context():
        trial = points.by_token(session(), place.test_token).point.public_id
    for args, words in (
        (("--count", "3"), "--point ID"),
        ((), "Give --count N with --point ID, or --list FILE"),
        (("--count", "3", "--list", listed), "Give --count N"),
        (("--count", "3", "--point", trial), "is a test point"),
        (("--count", "0", "--point", place.point), "0 is not in the range"),
        (("--list", listed, "--unit", "31120"), "no point is named “Quầy 1: Hộ tịch”"),
    ):
        done = _issue(app, out, *args)
        assert done.exit_code != 0
        assert words in done.output, done.output
    assert "name it FILE.pdf" in _issue(app, tmp_path / "x.doc", "--count", "1").output
    assert _stored(app) == 0


def test_an_issue_stands_in_the_audit_log_without_its_codes(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    _issue(app, tmp_path / "1.csv", "--point", place.point, "--count", "5")
    _run(app, "discard", "1")
    with app.app_context():
        issued, gone = reversed(audit_entries.page(session()).rows)
        assert (issued.act, issued.subject) == ("issue invitations", "1")
        assert issued.detail == f"5 codes, {place.point}"
        assert (gone.act, gone.detail) == ("discard invitations", "5 codes")
        assert gone.at <= period.now()
