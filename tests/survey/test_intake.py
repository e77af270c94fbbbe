"""Imports that are cut off, meet each other, or are given up; on both databases."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import intake
from survey.answers_file.rows import AnswerRow, check
from survey.db import engine, session
from survey.intake import Plan, Source
from survey.reasons import WrongFile
from survey.storage import imports, points, responses
from survey.storage.imports import Import, ImportedRow
from survey.storage.responses import Response
from tests import google, province
from tests.province import Place

TODAY = date(2026, 11, 22)
CUT = 3  # chunks written before the power fails


@pytest.fixture
def place(both_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(intake, "ROWS_AT_ONCE", 10)
    built = province.build(both_app)
    with both_app.app_context():
        yield built


def _plan(place: Place, data: bytes, mapping: bytes | None = None) -> Plan:
    point = points.any_of(session(), place.point)
    source = Source(file=BytesIO(data), name="x.csv", mapping=mapping, point=point, points=[])
    opened = intake.prepare(session(), source, TODAY)
    session().commit()
    return intake.plan(opened, check(opened.table.rows, opened.reader), "x.csv")


def _write(plan: Plan, chunks: Iterator[Sequence[AnswerRow]] | None = None) -> None:
    intake.write(session(), plan, plan.chunks if chunks is None else chunks, TODAY)


def _cut_off(plan: Plan) -> None:
    """Write some chunks of a plan and end as a killed process would."""

    def chunks() -> Iterator[Sequence[AnswerRow]]:
        for number, rows in enumerate(plan.chunks):
            if number == CUT:
                raise KeyboardInterrupt
            yield rows

    with pytest.raises(KeyboardInterrupt):
        _write(plan, chunks())
    session().rollback()


def _counted(place: Place) -> int:
    found = responses.count(session(), points.any_of(session(), place.point))
    session().commit()
    return found


def _held() -> int:
    found = session().scalar(select(func.count()).select_from(Response)) or 0
    session().commit()
    return found


def test_an_import_that_is_cut_off_counts_nowhere_and_is_finished_by_the_next(
    place: Place,
) -> None:
    _cut_off(_plan(place, google.simple(95)))
    assert (_held(), _counted(place)) == (30, 0)
    again = _plan(place, google.simple(95))
    assert (again.n_done, len(again.rows), again.duplicates.n) == (30, 65, 0)
    _write(again)
    assert (_held(), _counted(place)) == (95, 95)
    last = _plan(place, google.simple(95))
    assert (last.n_accepted, last.duplicates.n) == (0, 95)


def test_an_import_cut_off_before_its_last_act_only_has_to_count(place: Place) -> None:
    plan = _plan(place, google.simple(20))
    number = imports.begin(session(), plan.digest, TODAY).id
    for rows in plan.chunks:
        intake._store(session(), plan, number, rows)
    session().commit()
    again = _plan(place, google.simple(20))
    assert (again.n_done, len(again.rows), _counted(place)) == (20, 0, 0)
    _write(again)
    assert _counted(place) == 20


def _with(plan: Plan, act: Callable[[], None]) -> Iterator[Sequence[AnswerRow]]:
    """Yield the chunks of a plan; after two of them somebody else acts."""
    for number, rows in enumerate(plan.chunks):
        if number == 2:
            act()
        yield rows


def _refused(act: Callable[[], None]) -> str:
    with pytest.raises(WrongFile) as refused:
        act()
    assert len(refused.value.why) == 1
    return refused.value.why[0].code


def test_who_began_later_with_the_same_rows_is_told_so(place: Place) -> None:
    first, second = _plan(place, google.simple(50)), _plan(place, google.simple(50))
    told = []
    _write(first, _with(first, lambda: told.append(_refused(lambda: _write(second)))))
    assert told == ["at_once"]
    assert (_held(), _counted(place)) == (50, 50)


def test_who_is_overtaken_by_another_run_of_the_same_import_is_told_so(place: Place) -> None:
    first = _plan(place, google.simple(50))

    def overtake() -> None:
        second = _plan(place, google.simple(50))
        assert (second.n_done, len(second.rows)) == (20, 30)
        _write(second)

    assert _refused(lambda: _write(first, _with(first, overtake))) == "at_once"
    assert (_held(), _counted(place)) == (50, 50)


def test_two_files_that_share_rows_count_each_row_once(place: Place) -> None:
    first, second = _plan(place, google.simple(50)), _plan(place, google.shifted(50, by=25))
    assert _refused(lambda: _write(first, _with(first, lambda: _write(second)))) == "at_once"
    assert _counted(place) == 50
    again = _plan(place, google.simple(50))
    assert (again.n_done, len(again.rows), again.duplicates.n) == (20, 5, 25)
    _write(again)
    assert (_held(), _counted(place)) == (75, 75)


def test_rows_of_an_unfinished_import_are_not_taken_another_way(place: Place) -> None:
    _cut_off(_plan(place, google.simple(95)))
    number = session().scalars(select(Import.id)).one()
    with pytest.raises(WrongFile, match=f"flask responses discard {number}") as refused:
        _plan(place, google.simple(96))
    assert refused.value.why[0].values["n"] == 30
    assert "lần nhập số" in refused.value.why[0].on_page
    _write(_plan(place, google.simple(95)))
    _write(_plan(place, google.simple(96)))
    assert _counted(place) == 96


def test_an_import_that_is_given_up_leaves_nothing(both_app: Flask, place: Place) -> None:
    _cut_off(_plan(place, google.simple(95)))
    number = session().scalars(select(Import.id)).one()
    session().commit()
    runner = both_app.test_cli_runner()
    done = runner.invoke(args=["responses", "discard", str(number)])
    assert done.output == f"Import {number} is dropped; its file can be imported anew.\n"
    for table in (Response, ImportedRow, Import):
        assert session().scalar(select(func.count()).select_from(table)) == 0
    session().commit()
    _write(_plan(place, google.simple(96)))
    assert _counted(place) == 96
    again = runner.invoke(args=["responses", "discard", str(number)])
    assert (again.exit_code, "unfinished are: none" in again.output) == (1, True)
    assert _counted(place) == 96


def test_an_import_given_up_while_it_is_written_does_not_count(place: Place) -> None:
    plan = _plan(place, google.simple(50))

    def give_up() -> None:
        imports.spend(session(), session().scalars(select(Import.id)).one())
        session().commit()

    assert _refused(lambda: _write(plan, _with(plan, give_up))) == "at_once"
    assert _counted(place) == 0


def test_a_point_moved_while_its_answers_are_written_has_them_where_it_is_now(
    place: Place,
) -> None:
    days = [f"{TODAY:%d/%m/%Y}|5|{n}" for n in range(30)]
    plan = _plan(place, google.export(days, ["Ngày", "overall", "Tên"]))
    offered = imports.open_to(session(), None, TODAY)  # as the page holds them

    def move() -> None:
        with Session(engine()) as other:  # somebody else's, whose change ours has not seen
            points.move(other, points.any_of(other, place.point), "31120", TODAY)
            other.commit()

    _write(plan, _with(plan, move))
    units = session().execute(select(Response.unit_code, func.count()).group_by(Response.unit_code))
    assert dict(units.all()) == {"31117": 20, "31120": 10}
    assert offered


def test_another_key_of_the_installation_knows_no_row_again(both_app: Flask, place: Place) -> None:
    first = _plan(place, google.simple(5))
    both_app.config["SECRET_KEY"] = "another"
    second = _plan(place, google.simple(5))
    assert not {row.digest for row in first.rows} & {row.digest for row in second.rows}
    assert first.digest != second.digest


def test_rows_are_stored_in_the_order_of_their_keys_not_of_the_file(place: Place) -> None:
    _write(_plan(place, google.simple(10)))
    keys = session().scalars(select(Response.key).order_by(Response.business_day)).all()
    assert list(keys) != sorted(keys)
    assert all(0 <= key < 2**63 for key in keys)
