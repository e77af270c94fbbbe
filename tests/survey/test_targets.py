import io

import pytest
import xlsxwriter
from sqlalchemy.orm import Session

from survey import period, targets
from survey.reasons import WrongFile
from survey.storage import targets as stored
from survey.storage.targets import INDEX

UNITS = {"92", "31117"}
HEAD = "Mã đơn vị;Năm;Mã;Chỉ tiêu"


def _plan(session: Session, *rows: str, head: str = HEAD) -> targets.Plan:
    content = "\n".join([head, *rows]).encode()
    return targets.plan(session, io.BytesIO(content), "chi-tieu.csv", UNITS)


def test_every_row_sets_one_target(session: Session) -> None:
    plan = _plan(session, "31117;2026;index;85,5", "31117;2026;c1;90%", "92;2027;A;80")
    targets.store(session, plan.changes, by="a@b.example")
    held = stored.own(session, "31117", 2026)
    assert {key: row.value for key, row in held.items()} == {INDEX: 8550, ("item", "C1"): 9000}
    assert held[INDEX].set_on == period.today()
    again = _plan(session, "31117;2026;index;85,5", "31117;2026;C1;", "92;2027;A;80")
    assert (len(again.changes), again.n_same) == (1, 2)


def test_a_workbook_with_cells_formatted_as_per_cent_is_understood(session: Session) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["unit_code", "year", "code", "target"])
        sheet.write_row(1, 0, ["31117", 2026, "index"])
        sheet.write(1, 3, 0.855, book.add_format({"num_format": "0.0%"}))
        sheet.write_row(2, 0, ["31117", 2026, "A", 90])
    file.seek(0)
    plan = targets.plan(session, file, "chi-tieu.xlsx", UNITS)
    assert [each.after for each in plan.changes] == [8550, 9000]


def test_a_workbook_cell_that_may_be_one_or_a_hundred_per_cent_is_refused(session: Session) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["unit_code", "year", "code", "target"])
        sheet.write_row(1, 0, ["31117", 2026, "index"])
        sheet.write(1, 3, 1, book.add_format({"num_format": "0%"}))
        sheet.write_row(2, 0, ["31117", 2026, "A", 1])
    file.seek(0)
    with pytest.raises(WrongFile, match="may be 1 % or 100 %; write") as refused:
        targets.plan(session, file, "chi-tieu.xlsx", UNITS)
    assert [(each.row, each.code) for each in refused.value.why] == [
        (2, "target_one"),
        (3, "target_one"),
    ]


def test_one_and_a_hundred_per_cent_written_with_their_sign_are_taken(session: Session) -> None:
    plan = _plan(session, "31117;2026;index;100%", "31117;2026;A;1%", "31117;2026;B;100")
    assert [each.after for each in plan.changes] == [10000, 100, 10000]


def test_everything_wrong_is_said_with_its_row(session: Session) -> None:
    with pytest.raises(WrongFile) as refused:
        _plan(
            session,
            "31120;2026;index;85",
            "31117;năm nay;index;85",
            "31117;2026;F;85",
            "31117;2026;index;850",
            "31117;2026;A;80",
            "31117;2026;a;81",
        )
    codes = [(reason.row, reason.code) for reason in refused.value.why]
    assert codes == [
        (2, "target_unit"),
        (3, "target_year"),
        (4, "target_code"),
        (5, "target_value"),
        (7, "target_twice"),
    ]


def test_a_file_without_its_columns_or_rows_is_refused(session: Session) -> None:
    with pytest.raises(WrongFile, match="lacks the columns Năm, Chỉ tiêu; it has Mã đơn vị, Mã"):
        _plan(session, "31117;index", head="Mã đơn vị;Mã")
    with pytest.raises(WrongFile, match="has no row below"):
        _plan(session)


def test_the_log_keeps_what_became_what(session: Session) -> None:
    plan = _plan(session, "31117;2026;index;85", "31117;2026;A;90", "92;2026;index;80")
    targets.store(session, plan.changes, by="x")
    assert targets.notes(plan.changes) == {
        "31117 2026": "index none → 85; A none → 90",
        "92 2026": "index none → 80",
    }
    back = _plan(session, "31117;2026;index;")
    assert targets.notes(back.changes) == {"31117 2026": "index 85 → none"}
