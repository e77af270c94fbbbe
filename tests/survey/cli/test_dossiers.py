from pathlib import Path

from flask import Flask

from survey import period
from survey.db import session
from survey.storage import rollups
from tests import province
from tests.province import Place

LAST = period.containing(period.today()).previous
NEXT = period.containing(period.containing(period.today()).end)


def _run(app: Flask, *arguments: str | Path) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["dossiers", *map(str, arguments)])
    return result.exit_code, result.output


def _file(folder: Path, *counts: int) -> Path:
    file = folder / "dossiers.csv"
    rows = [f"{LAST.name},{n},procedure {k}" for k, n in enumerate(counts)]
    file.write_text("\n".join(["Month,Count,Procedure", *rows]), "utf-8")
    return file


def test_a_file_is_counted_corrected_and_listed(both_app: Flask, tmp_path: Path) -> None:
    place = province.build(both_app)
    common = ("--point", place.point)
    code, said = _run(both_app, "import", _file(tmp_path, 300, 20), *common, "--dry-run")
    assert (code, "without --dry-run 320 results would be" in said) == (0, True)
    assert "columns not read: “Procedure”" in said
    code, said = _run(both_app, "import", _file(tmp_path, 300, 20), *common)
    assert (code, said.endswith("320 results were stored.\n")) == (0, True)
    code, said = _run(both_app, "import", _file(tmp_path, 100), *common)
    assert code == 1
    assert f"{LAST.name} {place.point} Quầy 1: Hộ tịch, counter: 320 → 100" in said
    assert "repeat this with --replace" in said
    assert _run(both_app, "import", _file(tmp_path, 330), *common, "--replace")[0] == 0
    code, said = _run(both_app, "list", "--unit", "92", "--period", LAST.name)
    today = period.today()
    assert said.splitlines() == [
        f"{LAST.name} 31117 {place.point} counter 320 (stored {today}, replaced {today})",
        f"{LAST.name} 31117 {place.point} counter 330 (stored {today})",
    ]


def test_a_wrong_row_stores_nothing(app: Flask, place: Place, tmp_path: Path) -> None:
    file = _file(tmp_path, 300)
    file.write_text(file.read_text("utf-8") + f"\n{LAST.name},many,", "utf-8")
    code, said = _run(app, "import", file, "--point", place.point)
    assert (code, "row 3: “many” is no number of results" in said) == (1, True)
    assert _run(app, "list", "--unit", "92", "--period", LAST.name) == (0, "")


def test_a_roll_up_is_chosen_for_periods_that_have_not_begun(app: Flask, place: Place) -> None:
    code, said = _run(app, "rollup", "weighted", "--from", LAST.name)
    assert (code, "has begun" in said) == (1, True)
    assert _run(app, "rollup", "weighted", "--from", NEXT.name)[0] == 0
    with app.app_context():
        assert rollups.of_day(rollups.all_(session()), NEXT.start) == "weighted"
