"""flask export, from stored answers through the close to the file."""

import csv
import errno
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from python_calamine import CalamineWorkbook

from survey import closing, exports, reports
from survey.db import session
from survey.storage import imports, points
from tests import province, rows
from tests.province import Place

DAY, CLOSED = date(2025, 9, 10), datetime(2025, 10, 7, 23, tzinfo=UTC)
FIGURES = ("estimate", "ci_low", "ci_high", "n_respondents", "n_answers", "level_1", "level_5")


def _run(app: Flask, out: Path, *more: str, unit: str = "92", when: str = "2025-09") -> Result:
    form = out.suffix[1:]
    args = ["export", "--unit", unit, "--period", when, "--format", form, "--out", str(out)]
    return app.test_cli_runner().invoke(args=[*args, *more])


def _released(app: Flask, place: Place) -> None:
    """Store 20 answers at one counter, 12 at the other and 10 imported ones; close the month."""
    with app.app_context():
        first, other = (points.any_of(session(), one) for one in (place.point, place.other_point))
        rows.answers(session(), first, DAY, 20)
        for _ in range(12):
            rows.answer(session(), other, DAY, [1, 5, 5, 4, 4, 3])
        old = imports.begin(session(), b"old", DAY)
        old.counted_on = DAY
        for _ in range(10):
            stored = rows.answer(session(), first, DAY, [5] * 6, channel="imported")
            stored.import_id = old.id
        closing.close_day(session(), CLOSED.date(), at=CLOSED, threshold=10)
        session().commit()


@pytest.fixture
def released(both_app: Flask) -> Place:
    place = province.build(both_app)
    _released(both_app, place)
    return place


@pytest.fixture
def one(app: Flask, place: Place) -> Place:
    _released(app, place)
    return place


def _json(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.read_bytes())["rows"]
    return found


def test_the_file_holds_what_was_answered_in_every_format(
    both_app: Flask, released: Place, tmp_path: Path
) -> None:
    done = {form: _run(both_app, tmp_path / f"o.{form}") for form in exports.MEDIA_TYPES}
    said = "60 rows, Thành phố Cần Thơ, 2025-09 (closed), SỐ LIỆU TẠM, CHƯA CHỐT\n"
    for form, result in done.items():
        assert result.output == f"{tmp_path / f'o.{form}'}: {said}"
    found = _json(tmp_path / "o.json")
    overall = {row["point_id"] or row["unit_code"]: row for row in found if row["code"] == "index"}
    assert list(overall) == ["92", "31120", released.other_point, "31117", released.point]
    assert [row["n_respondents"] for row in overall.values()] == [32, 12, 12, 20, 20]
    # 2 of the 5 factors are 4 or 5 on every sheet of the first counter, 4 on the other's.
    assert [row["estimate"] for row in overall.values()] == pytest.approx(
        [0.55, 0.8, 0.8, 0.4, 0.4]
    )
    assert {row["channel_mix"] for row in found} == {"qr:32", "qr:12", "qr:20"}
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.DictReader(file, delimiter=";") if line["level"]]
    assert _figures(lines) == _figures(found)
    sheet = CalamineWorkbook.from_path(tmp_path / "o.xlsx").get_sheet_by_index(0).to_python()
    cells = [dict(zip(sheet[1], row, strict=True)) for row in sheet[2:]]
    assert _figures(cells) == [pytest.approx(row, rel=1e-15) for row in _figures(found)]


def _figures(found: Iterable[dict[str, Any]]) -> list[list[Any]]:
    # Of an item that few answered the estimate is empty; here it is -1.
    return [[-1 if row[n] in {None, ""} else float(row[n]) for n in FIGURES] for row in found]


def test_imported_answers_count_only_when_asked_for(app: Flask, one: Place, tmp_path: Path) -> None:
    _run(app, tmp_path / "o.json", "--with-imported", unit="31117")
    first = _json(tmp_path / "o.json")[0]
    assert (first["n_respondents"], first["channel_mix"]) == (30, "imported:10 qr:20")
    assert first["n_flagged"] is None


def test_an_existing_file_is_kept_unless_forced(app: Flask, one: Place, tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    out.write_text("precious", "utf-8")
    done = _run(app, out)
    assert (done.exit_code, out.read_text("utf-8")) == (1, "precious")
    assert "exists and was kept; add --force to replace it" in done.output
    assert _run(app, out, "--force", "--delimiter", ",").exit_code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfperiod_from,period_to,")


def test_a_failure_half_way_leaves_no_file_and_keeps_the_old_one(
    app: Flask, one: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object, **_named: object) -> Iterator[bytes]:
        yield b"half"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exports, "content", full)
    out = tmp_path / "export" / "o.json"
    out.parent.mkdir()
    done = _run(app, out)
    assert done.exit_code == 1
    assert f"{out}: No space left on device" in done.output
    assert list(out.parent.iterdir()) == []
    out.write_text("old", "utf-8")
    _run(app, out, "--force")
    assert [file.read_text("utf-8") for file in out.parent.iterdir()] == ["old"]


def test_a_period_without_figures_gives_empty_cells_and_says_so(
    app: Flask, place: Place, tmp_path: Path
) -> None:
    done = _run(app, tmp_path / "o.json", unit="31117", when="2025-Q4")
    assert "24 rows, Phường Ninh Kiều, 2025-Q4 (open)" in done.output
    assert "Nothing is released for this period yet" in done.output
    assert {row["estimate"] for row in _json(tmp_path / "o.json")} == {None}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"unit": "99999"}, "flask units list NAME finds codes"),
        ({"when": "2025-13"}, "write 2026-10, 2026-Q4, 2026-H2 or 2026"),
        ({"when": "2999"}, "2999 has not begun; nothing was written"),
    ],
)
def test_a_wrong_request_is_refused_with_the_next_step(
    app: Flask, place: Place, tmp_path: Path, options: dict[str, str], said: str
) -> None:
    out = tmp_path / "export" / "o.csv"
    out.parent.mkdir()
    done = _run(app, out, **options)
    assert (done.exit_code != 0, said in done.output) == (True, True)
    assert list(out.parent.iterdir()) == []


def test_a_folder_that_is_missing_is_named(app: Flask, place: Place, tmp_path: Path) -> None:
    done = _run(app, tmp_path / "missing" / "o.csv")
    assert done.exit_code == 1
    assert f"{tmp_path / 'missing' / 'o.csv'}: No such file or directory. Check" in done.output


def test_citizens_can_answer_while_the_file_is_written(
    app: Flask, one: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = reports.export_reports

    def watched(*args: Any, **named: Any) -> list[reports.IndexReport]:
        assert not session().in_transaction()
        return original(*args, **named)

    monkeypatch.setattr(reports, "export_reports", watched)
    assert _run(app, tmp_path / "o.csv").exit_code == 0
