from datetime import date

from sqlalchemy.orm import Session

from survey.storage import boundary_changes, unit_successions, units
from survey.storage.unit_successions import SuccessionRow
from survey.storage.units import UnitRow

DAY, LATER = date(2025, 7, 1), date(2026, 7, 1)


def _row(code: str, name: str, parent: str | None = None, number: int = 1) -> UnitRow:
    level, kind = ("commune", "phuong") if parent else ("province", "tinh")
    return UnitRow(number=number, code=code, name=name, level=level, type=kind, parent_code=parent)


def succeed(
    session: Session, old: tuple[str, str], new: tuple[str, str], on: date, *, full: bool
) -> None:
    """Let an old unit of an old province go, wholly or in part, into a new one."""
    row = SuccessionRow(
        number=1,
        old=_row(*old, "91"),
        old_province=_row("91", "Tỉnh cũ"),
        new_code=new[0],
        new_name=new[1],
        full=full,
    )
    unit_successions.put(session, [row], on, reference="Nghị quyết 1")


def _register(session: Session, on: date = DAY) -> None:
    rows = [_row("92", "Tỉnh Mới"), _row("101", "Phường Một", "92"), _row("102", "Xã Hai", "92")]
    units.put(session, rows, on)


def test_what_made_a_unit_is_found_with_its_day_and_document(session: Session) -> None:
    _register(session)
    succeed(session, ("001", "Phường Cũ"), ("101", "Phường Một"), DAY, full=True)
    succeed(session, ("002", "Xã Chia"), ("101", "Phường Một"), DAY, full=False)
    succeed(session, ("002", "Xã Chia"), ("102", "Xã Hai"), DAY, full=False)
    found = boundary_changes.into(session, {"101"}, date(2025, 4, 1), date(2025, 10, 1))
    assert [(c.old_name, c.full, c.on) for c in found] == [
        ("Phường Cũ", True, DAY),
        ("Xã Chia", False, DAY),
    ]
    assert found[0].new_name == "Phường Một"
    assert found[0].reference == "Nghị quyết 1"


def test_what_went_from_a_unit_to_others_is_found(session: Session) -> None:
    _register(session)
    for new in (("101", "Phường Một"), ("102", "Xã Hai")):
        succeed(session, ("101", "Phường Một"), new, DAY, full=False)
    end = date(2025, 10, 1)
    (left,) = boundary_changes.out_of(session, {"101"}, DAY, end)
    assert (left.old_name, left.new_name, left.on) == ("Phường Một", "Xã Hai", DAY)
    assert not boundary_changes.out_of(session, {"101", "102"}, DAY, end)
    assert not boundary_changes.out_of(session, {"101"}, date(2025, 1, 1), DAY)


def test_a_code_is_reused_where_another_unit_had_it_before(session: Session) -> None:
    _register(session)
    for code in ("101", "102"):
        units.get(session, code, DAY).valid_to = LATER
    units.put(session, [_row("101", "Phường Ba", "92"), _row("201", "Phường Bốn", "92")], LATER)
    for old, new in (("102", "101"), ("101", "201")):
        line = {"old_id": units.get(session, old, DAY).id, "full": True}
        new_id = units.get(session, new, LATER).id
        session.add(unit_successions.UnitSuccession(new_id=new_id, **line))
    session.flush()
    assert boundary_changes.reused(session, {"101", "201", "92"}) == {"101": LATER}


def test_a_change_on_the_first_day_or_after_the_last_is_none_of_the_period(
    session: Session,
) -> None:
    _register(session)
    succeed(session, ("001", "Phường Cũ"), ("101", "Phường Một"), DAY, full=True)
    assert not boundary_changes.into(session, {"101"}, DAY, LATER)
    assert not boundary_changes.into(session, {"101"}, date(2025, 1, 1), DAY)


def test_the_forebears_of_forebears_are_found_too(session: Session) -> None:
    _register(session)
    succeed(session, ("001", "Phường Cũ"), ("101", "Phường Một"), DAY, full=True)
    session.flush()
    old = units.get(session, "101", DAY)
    old.valid_to = LATER
    rows = [_row("201", "Phường Mới Hơn", "92")]
    units.put(session, rows, LATER)
    new = units.get(session, "201", LATER)
    session.add(unit_successions.UnitSuccession(old_id=old.id, new_id=new.id, full=True))
    session.flush()
    found = boundary_changes.into(session, {"201"}, date(2025, 1, 1), date(2027, 1, 1))
    assert [change.old_code for change in found] == ["101", "001"]
