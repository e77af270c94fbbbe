from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.storage import unit_successions, units
from survey.storage.base import Refused
from survey.storage.unit_successions import SuccessionRow, UnitSuccession
from survey.storage.units import Unit, UnitRow

JULY = date(2025, 7, 1)
BEFORE = date(2025, 6, 30)


def _unit(code: str, name: str, parent: str | None = None) -> UnitRow:
    level, kind = ("commune", "xa") if parent else ("province", "tinh")
    return UnitRow(number=1, code=code, name=name, level=level, type=kind, parent_code=parent)


def _row(number: int, old: str, name: str, new: str, *, full: bool = True) -> SuccessionRow:
    return SuccessionRow(
        number=number,
        old=_unit(old, name, "45"),
        old_province=_unit("45", "Tỉnh Quảng Trị"),
        new_code=new,
        new_name="Xã Bến Quan",
        full=full,
    )


@pytest.fixture
def today(session: Session) -> Session:
    rows = [_unit("44", "Tỉnh Quảng Trị"), _unit("19374", "Xã Bến Quan", "44")]
    units.put(session, rows, JULY)
    return session


def test_old_units_appear_closed_with_an_unknown_beginning(today: Session) -> None:
    changes = unit_successions.put(today, [_row(2, "19375", "Xã Vĩnh Hà", "19374")], JULY)
    assert (changes.added, changes.closed_units) == (1, 2)
    old = units.get(today, "19375", BEFORE)
    assert (old.valid_from, old.valid_to) == (None, JULY)
    assert units.subtree(today, "45", BEFORE) == {"45", "19375"}
    assert units.subtree(today, "45", JULY) == frozenset()


def test_a_code_that_lives_on_names_two_units(today: Session) -> None:
    unit_successions.put(today, [_row(2, "19374", "Thị trấn Bến Quan", "19374")], JULY)
    assert units.get(today, "19374", BEFORE).name == "Thị trấn Bến Quan"
    assert units.get(today, "19374", JULY).name == "Xã Bến Quan"


def test_the_same_file_again_changes_nothing(today: Session) -> None:
    rows = [
        _row(2, "19375", "Xã Vĩnh Hà", "19374"),
        _row(3, "19376", "Xã Vĩnh Ô", "19374", full=False),
    ]
    unit_successions.put(today, rows, JULY)
    changes = unit_successions.put(today, rows, JULY)
    assert (changes.added, changes.unchanged, changes.closed_units) == (0, 2, 0)
    assert [line.full for line in today.scalars(select(UnitSuccession))] == [True, False]


def test_a_renumbered_unit_is_found_by_its_name_and_reported(today: Session) -> None:
    rows = [_row(2, "19375", "Xã Vĩnh Hà", "19999"), _row(3, "19376", "Xã Vĩnh Ô", "19374")]
    changes = unit_successions.put(today, rows, JULY)
    assert changes.renumbered == ["19999 Xã Bến Quan is 19374 in the register"]


def test_a_row_to_an_unknown_unit_refuses_the_file(today: Session) -> None:
    lost = SuccessionRow(
        number=7,
        old=_unit("10000", "Xã A", "45"),
        old_province=_unit("45", "Tỉnh Quảng Trị"),
        new_code="99999",
        new_name="Xã Không Có",
        full=True,
    )
    with pytest.raises(Refused, match="row 7: the register has no unit 99999"):
        unit_successions.put(today, [_row(2, "19375", "Xã Vĩnh Hà", "19374"), lost], JULY)
    assert len(today.scalars(select(Unit)).all()) == 2


def test_one_province_leaves_out_what_leads_elsewhere(today: Session) -> None:
    rows = [_row(2, "19375", "Xã Vĩnh Hà", "19374")]
    assert unit_successions.put(today, rows, JULY, province="92").outside == 1
    assert unit_successions.put(today, rows, JULY, province="44").added == 1


def test_a_unit_that_changed_since_is_succeeded_into_as_it_was_on_the_day(today: Session) -> None:
    rows = [_row(2, "19375", "Xã Vĩnh Hà", "19374")]
    unit_successions.put(today, rows, JULY)
    ward = UnitRow(
        number=1,
        code="19374",
        name="Phường Bến Quan",
        level="commune",
        type="phuong",
        parent_code="44",
    )
    units.put(today, [ward], date(2026, 4, 30))
    assert unit_successions.put(today, rows, JULY).unchanged == 1
    line = today.scalars(select(UnitSuccession)).one()
    assert today.get_one(Unit, line.new_id).type == "xa"


def test_an_old_unit_cannot_overlap_one_known_to_have_begun_before(today: Session) -> None:
    early = _unit("19375", "Xã Vĩnh Hà", "44")
    units.put(today, [early], date(2025, 1, 1))
    with pytest.raises(Refused, match="row 2: the register knows 19375"):
        unit_successions.put(today, [_row(2, "19375", "Xã Vĩnh Hà", "19374")], JULY)


def test_a_namesake_in_a_province_the_old_one_did_not_go_to_is_not_taken(today: Session) -> None:
    elsewhere = SuccessionRow(
        number=2,
        old=_unit("00922", "Xã Vĩnh Hà", "02"),
        old_province=_unit("02", "Tỉnh Hà Giang"),
        new_code="00940",
        new_name="Xã Bến Quan",
        full=True,
    )
    changes = unit_successions.put(today, [elsewhere], JULY, province="44")
    assert (changes.added, changes.outside, changes.renumbered) == (0, 1, [])
    with pytest.raises(Refused, match="00940 Xã Bến Quan"):
        unit_successions.put(today, [elsewhere], JULY)
