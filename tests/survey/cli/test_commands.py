"""What the commands say and do, on both databases."""

import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from click.testing import Result
from flask import Flask

from survey.db import session
from survey.storage import points
from tests import province
from tests.province import Place

UNITS = "code,name,parent_code\n92,Thành phố Cần Thơ,\n31117,Phường Ninh Kiều,92\n"
SUCCESSION = (
    "old_province_code,old_province,old_code,old_name,new_code,new_name,kind\n"
    "92,Thành phố Cần Thơ,31118,Phường Tân An,31117,Phường Ninh Kiều,full\n"
)


def _run(app: Flask, *args: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=[str(arg) for arg in args])


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "units.csv").write_text(UNITS, "utf-8")
    (tmp_path / "succession.csv").write_text(SUCCESSION, "utf-8")
    return tmp_path


def test_units_are_imported_twice_with_the_same_result(both_app: Flask, files: Path) -> None:
    command = ("units", "import", files / "units.csv", "--valid-from", "2025-07-01")
    first, second = _run(both_app, *command), _run(both_app, *command)
    assert first.output == "2 added, 0 changed from 2025-07-01, 0 corrected, 0 unchanged\n"
    assert second.output == "0 added, 0 changed from 2025-07-01, 0 corrected, 2 unchanged\n"


def test_a_vietnamese_date_is_understood(app: Flask, files: Path) -> None:
    done = _run(app, "units", "import", files / "units.csv", "--valid-from", "01/07/2025")
    assert done.output.startswith("2 added, 0 changed from 2025-07-01")


def test_a_broken_file_is_refused_whole_with_its_rows(app: Flask, files: Path) -> None:
    (files / "units.csv").write_text(UNITS + "5,Phường A,92\n", "utf-8")
    done = _run(app, "units", "import", files / "units.csv", "--valid-from", "2025-07-01")
    assert done.exit_code == 1
    assert "Nothing was stored.\n  row 4: 5 Phường A: the code 5" in done.output
    (files / "units.csv").write_text(UNITS, "utf-8")
    again = _run(app, "units", "import", files / "units.csv", "--valid-from", "2025-07-01")
    assert again.output.startswith("2 added")


def test_a_file_with_a_hundred_errors_says_how_many_more(app: Flask, files: Path) -> None:
    rows = "".join(f"{n},Phường A,92\n" for n in range(100, 200))
    (files / "units.csv").write_text(UNITS + rows, "utf-8")
    done = _run(app, "units", "import", files / "units.csv", "--valid-from", "2025-07-01")
    assert done.output.count("row ") == 20
    assert "… and 80 more" in done.output


def test_a_spelling_that_was_kept_is_reported(app: Flask, files: Path) -> None:
    _run(app, "units", "import", files / "units.csv", "--valid-from", "2025-07-01")
    (files / "units.csv").write_text(UNITS.replace("Kiều", "Kìêu"), "utf-8")
    done = _run(app, "units", "import", files / "units.csv", "--valid-from", "2026-01-01")
    assert "31117: Phường Ninh Kìêu is kept as Phường Ninh Kiều" in done.output
    (files / "units.csv").write_text(UNITS.replace("Kiều", "Kiếu"), "utf-8")
    done = _run(app, "units", "import", files / "units.csv", "--valid-from", "2026-01-01")
    assert done.output.startswith("0 added, 1 changed from 2026-01-01")  # another tone


def test_a_succession_closes_old_units(both_app: Flask, files: Path) -> None:
    _run(both_app, "units", "import", files / "units.csv", "--valid-from", "2025-07-01")
    done = _run(both_app, "units", "succession", files / "succession.csv")
    assert done.output == "1 added, 0 unchanged, 2 closed units created, 0 lead elsewhere\n"


def test_a_point_is_created_listed_and_given_a_poster(both_app: Flask, tmp_path: Path) -> None:
    province.build(both_app)
    created = _run(both_app, "points", "create", "--unit", "31117", "--name", "Quầy 9")
    public_id, token = created.output.split()[:2]
    assert (
        f"{public_id} {token} open Quầy 9"
        in _run(both_app, "points", "list", "--unit", "92").output
    )
    out = tmp_path / "poster.pdf"
    done = _run(both_app, "points", "poster", public_id.upper(), "--out", out)
    address = f"https://hailong.example.vn/p/{token}"
    assert done.output == f"{out}: {address}\n"
    with pypdfium2.PdfDocument(out) as document:
        found = zxingcpp.read_barcodes(document[0].render(scale=2).to_pil())
    assert [code.text for code in found] == [address]


def test_a_poster_needs_a_public_https_address(app: Flask, place: Place, tmp_path: Path) -> None:
    for base in (None, "http://hailong.example.vn"):
        app.config["PUBLIC_BASE_URL"] = base
        done = _run(app, "points", "poster", place.point, "--out", tmp_path / "p.pdf")
        assert done.exit_code == 1
        assert "PUBLIC_BASE_URL=https" in done.output
        assert not (tmp_path / "p.pdf").exists()


def test_an_unknown_point_or_unit_is_named(app: Flask, place: Place, tmp_path: Path) -> None:
    poster = _run(app, "points", "poster", "nothere", "--out", tmp_path / "p.pdf")
    assert (poster.exit_code, "nothere" in poster.output) == (1, True)
    created = _run(app, "points", "create", "--unit", "99999", "--name", "Quầy 9")
    assert (created.exit_code, "99999" in created.output) == (1, True)
    assert "flask units list" in created.output


@pytest.mark.parametrize("name", ["", " ", "Q", "Q" * 121])
def test_a_name_that_does_not_fit_is_refused(app: Flask, place: Place, name: str) -> None:
    done = _run(app, "points", "create", "--unit", "31117", "--name", name)
    assert done.exit_code == 1
    assert "2 to 120 characters" in done.output


def test_units_are_found_by_name_without_marks(app: Flask, place: Place) -> None:
    assert _run(app, "units", "list", "ninh kieu").output == "31117 Phường Ninh Kiều (92)\n"
    assert len(_run(app, "units", "list").output.splitlines()) == 3


def test_a_name_that_is_taken_is_refused(app: Flask, place: Place) -> None:
    done = _run(app, "points", "create", "--unit", "31117", "--name", "quầy 1: hộ tịch")
    assert done.exit_code == 1
    assert "choose another" in done.output


def test_the_order_of_the_scale_is_set_per_point(app: Flask, place: Place) -> None:
    assert _run(app, "points", "order", place.point, "split").exit_code == 0
    with app.app_context():
        assert points.any_of(session(), place.point).scale_order == "split"
    assert _run(app, "points", "order", place.point, "best-first").exit_code == 2


def test_a_user_is_added_once_and_gets_a_link_on_the_public_address(
    both_app: Flask,
) -> None:
    province.build(both_app)
    added = _run(both_app, "users", "add", "Moi@hailong.example", "--unit", "31117")
    assert re.search(r"https://hailong\.example\.vn/reset/\S+", added.output)
    again = _run(both_app, "users", "add", "moi@HAILONG.example", "--unit", "92")
    assert (again.exit_code, "flask users invite" in again.output) == (1, True)
    listed = _run(both_app, "users", "list").output
    assert "moi@hailong.example manager 31117 invited" in listed
    assert _run(both_app, "users", "disable", "moi@hailong.example").exit_code == 0
    assert "moi@hailong.example manager 31117 disabled" in _run(both_app, "users", "list").output


@pytest.mark.parametrize("email", ["", "không phải thư", "a@", "@b.vn"])
def test_what_is_no_address_gets_no_account(app: Flask, place: Place, email: str) -> None:
    done = _run(app, "users", "add", email, "--unit", "31117")
    assert done.exit_code != 0
    assert "is not an e-mail address" in done.output


def test_the_state_of_the_database_is_told(both_app: Flask) -> None:
    assert _run(both_app, "db", "state").output == "current\n"
    assert _run(both_app, "db", "upgrade").output == "The database is up to date.\n"
