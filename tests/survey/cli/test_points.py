"""flask points posters: a pack of posters, or the reason why there is none."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import Result
from flask import Flask

from survey import period
from survey.db import session
from survey.storage import audit_entries, point_codes, points
from survey.storage.audit_entries import COMMAND_LINE
from tests import province
from tests.posters import codes, pages, sizes
from tests.province import Place


def _run(app: Flask, *args: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["points", "posters", *[str(arg) for arg in args]])


def _address(token: str) -> str:
    return f"https://hailong.example.vn/p/{token}"


def _logged(app: Flask) -> list[tuple[str, str, str, str]]:
    with app.app_context():
        entries = audit_entries.page(session()).rows
    return [(entry.actor, entry.act, entry.subject, entry.detail) for entry in entries]


def test_a_province_is_printed_in_one_run(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    out = tmp_path / "posters.pdf"
    done = _run(both_app, "--unit", "92", "--format", "a6", "--language", "en", "--out", out)
    assert done.exit_code == 0, done.output
    assert f"{out}: 2 codes of Thành phố Cần Thơ, a6" in done.output
    assert sizes(out.read_bytes()) == [(105, 148)] * 2
    found = [codes(page) for page in pages(out.read_bytes())]
    assert found == [[_address(place.other_token)], [_address(place.token)]]
    assert _logged(both_app) == [(COMMAND_LINE, "print posters", "92", "a6 2")]


def test_a_poster_of_one_counter_is_in_the_audit_log(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    out = str(tmp_path / "p.pdf")
    done = app.test_cli_runner().invoke(args=["points", "poster", place.point, "--out", out])
    assert done.exit_code == 0, done.output
    with app.app_context():
        serial = points.any_of(session(), place.point).code.serial
    assert _logged(app) == [(COMMAND_LINE, "print poster", place.point, f"a5 {serial}")]


def test_a_zip_holds_a_pdf_for_each_unit(app: Flask, place: Place, tmp_path: Path) -> None:
    out = tmp_path / "posters.ZIP"
    assert _run(app, "--unit", "92", "--out", out).exit_code == 0
    with ZipFile(out) as archive:
        assert archive.namelist() == [
            "31120 Phường Cái Khế a5.pdf",
            "31117 Phường Ninh Kiều a5.pdf",
        ]


def test_a_revoked_code_is_left_out(app: Flask, place: Place, tmp_path: Path) -> None:
    with app.app_context():
        point_codes.revoke(session(), points.any_of(session(), place.point), period.now())
        session().commit()
    done = _run(app, "--unit", "31117", "--out", tmp_path / "p.pdf")
    assert done.exit_code == 1
    assert "no open point with a code to print" in done.output
    one = app.test_cli_runner().invoke(
        args=["points", "poster", place.point, "--out", str(tmp_path / "p.pdf")]
    )
    assert (one.exit_code, "cấp mã mới" in one.output) == (1, True)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--unit", "92", "--out", "posters.doc"], "FILE.zip"),
        (["--unit", "92", "--out", "missing/posters.pdf"], "Check the path"),
        (["--unit", "99999", "--out", "posters.pdf"], "flask units list"),
        (["--unit", "92", "--format", "a7", "--out", "posters.pdf"], "a7"),
        (["--unit", "92", "--language", "km", "--out", "posters.pdf"], "km"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_left(
    app: Flask, place: Place, tmp_path: Path, args: list[str], said: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = _run(app, *args[:-1], empty / args[-1])
    assert done.exit_code != 0
    assert said in done.output
    assert list(empty.iterdir()) == []


def test_without_a_public_address_nothing_is_written(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    app.config["PUBLIC_BASE_URL"] = None
    done = _run(app, "--unit", "92", "--out", tmp_path / "p.pdf")
    assert (done.exit_code, "PUBLIC_BASE_URL=https" in done.output) == (1, True)
    assert not (tmp_path / "p.pdf").exists()


def test_a_name_that_cannot_be_printed_leaves_the_file_that_was_there(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    out = tmp_path / "p.pdf"
    out.write_bytes(b"before")
    kept = _run(app, "--unit", "92", "--out", out)
    assert (kept.exit_code, "add --force" in kept.output) == (1, True)
    with app.app_context():
        points.describe(points.any_of(session(), place.point), "Quầy 😀", None)
        session().commit()
    done = _run(app, "--unit", "92", "--out", out, "--force")
    assert (done.exit_code, "Quầy 😀" in done.output) == (1, True)
    assert out.read_bytes() == b"before"
    assert _logged(app) == []
    assert [file.name for file in tmp_path.iterdir() if "p.pdf" in file.name] == ["p.pdf"]
