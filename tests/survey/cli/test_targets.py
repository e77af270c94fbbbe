from pathlib import Path

from flask import Flask

from survey.db import session
from survey.storage import audit_entries
from tests.province import Place


def _run(app: Flask, *arguments: str | Path) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["targets", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_file_is_tried_stored_noted_and_listed(app: Flask, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    file.write_text("unit_code,year,code,target\n92,2026,index,85\n92,2026,A,90\n", "utf-8")
    code, said = _run(app, "import", file, "--dry-run")
    assert (code, said) == (
        0,
        "92 2026: index none → 85; A none → 90\n2 targets would change, 0 stand already.\n",
    )
    assert _run(app, "list", "--unit", "92", "--year", "2026") == (0, "")
    assert _run(app, "import", file)[1].endswith("2 targets changed, 0 stand already.\n")
    code, said = _run(app, "list", "--unit", "31117", "--year", "2026")
    assert [line.partition(" (set for 92 on ")[0] for line in said.splitlines()] == [
        "index 85",
        "A 90",
    ]
    with app.app_context():
        (entry,) = audit_entries.page(session(), act="set targets").rows
        assert (entry.actor, entry.subject) == ("command line", "92 2026")


def test_a_wrong_row_stores_nothing(app: Flask, place: Place, tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    file.write_text("unit_code,year,code,target\n92,2026,index,85\n99,2026,A,90\n", "utf-8")
    code, said = _run(app, "import", file)
    assert (code, "row 3: “99” is the code of no unit" in said) == (1, True)
    assert _run(app, "list", "--unit", "92", "--year", "2026") == (0, "")
