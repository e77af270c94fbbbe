from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from survey.storage import units
from survey.storage.base import Refused
from survey.storage.units import Unit, UnitRow

JULY = date(2025, 7, 1)
APRIL = date(2026, 4, 30)
PROVINCE = UnitRow(number=1, code="75", name="Tỉnh Đồng Nai", level="province", type="tinh")
COMMUNE = UnitRow(
    number=2, code="26116", name="Xã Tân Phú", level="commune", type="xa", parent_code="75"
)
HOA = UnitRow(
    number=3, code="26119", name="Xã Hoà An", level="commune", type="xa", parent_code="75"
)


def test_a_new_file_adds_every_unit(session: Session) -> None:
    changes = units.put(session, [PROVINCE, COMMUNE, HOA], JULY)
    assert (changes.added, changes.unchanged) == (3, 0)
    assert units.get(session, "26116", JULY).name == "Xã Tân Phú"


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    units.put(session, [PROVINCE, COMMUNE, HOA], JULY)
    changes = units.put(session, [PROVINCE, COMMUNE, HOA], APRIL)
    assert (changes.added, changes.unchanged, changes.succeeded) == (0, 3, 0)
    assert len(session.scalars(select(Unit)).all()) == 3


def test_a_commune_that_becomes_a_ward_keeps_its_code_and_its_history(session: Session) -> None:
    units.put(session, [PROVINCE, COMMUNE], JULY)
    ward = replace(COMMUNE, name="Phường Tân Phú", type="phuong")
    assert units.put(session, [PROVINCE, ward], APRIL).succeeded == 1
    assert units.get(session, "26116", date(2026, 4, 29)).type == "xa"
    assert units.get(session, "26116", APRIL).type == "phuong"


def test_a_tone_written_elsewhere_is_reported_and_not_a_new_unit(session: Session) -> None:
    units.put(session, [PROVINCE, HOA], JULY)
    changes = units.put(session, [PROVINCE, replace(HOA, name="Xã Hòa An")], APRIL)
    assert changes.respelled == ["26119: Xã Hòa An is kept as Xã Hoà An"]
    assert (changes.added, changes.succeeded) == (0, 0)


def test_a_unit_twice_in_a_file_with_its_tone_moved_is_one_unit(session: Session) -> None:
    changes = units.put(session, [PROVINCE, HOA, replace(HOA, number=4, name="Xã Hòa An")], JULY)
    assert (changes.added, len(changes.respelled)) == (2, 1)


def test_a_mistake_in_the_file_of_the_same_day_is_corrected_in_place(session: Session) -> None:
    units.put(session, [PROVINCE, COMMUNE], JULY)
    assert units.put(session, [replace(COMMUNE, name="Xã Tân Phước")], JULY).corrected == 1
    assert units.get(session, "26116", JULY).name == "Xã Tân Phước"
    assert units.get(session, "26116", JULY).search_key == "xa tan phuoc"


def test_a_file_without_electronic_identifiers_does_not_erase_them(session: Session) -> None:
    units.put(session, [replace(PROVINCE, electronic_id="H19")], JULY)
    assert units.put(session, [PROVINCE], APRIL).unchanged == 1
    assert units.get(session, "75", APRIL).electronic_id == "H19"


def test_an_older_file_cannot_overwrite_a_later_state(session: Session) -> None:
    units.put(session, [PROVINCE, COMMUNE], JULY)
    units.put(session, [PROVINCE, replace(COMMUNE, name="Phường Tân Phú", type="phuong")], APRIL)
    with pytest.raises(Refused, match="row 2: 26116"):
        units.put(session, [PROVINCE, COMMUNE], date(2026, 1, 1))


def test_a_unit_without_its_parent_is_refused_and_nothing_is_stored(session: Session) -> None:
    with pytest.raises(Refused, match="row 3: 26119 Xã Hoà An: its parent 75"):
        units.put(session, [HOA], JULY)
    assert session.scalars(select(Unit)).all() == []


def test_the_subtree_is_the_unit_and_all_below_it_on_that_day(session: Session) -> None:
    units.put(session, [PROVINCE, COMMUNE, HOA], JULY)
    assert units.subtree(session, "75", JULY) == {"75", "26116", "26119"}
    assert units.subtree(session, "26116", JULY) == {"26116"}
    assert units.subtree(session, "75", date(2025, 6, 30)) == frozenset()
    assert units.subtree(session, "99", JULY) == frozenset()


def test_the_top_is_a_province_or_has_no_unit_above_it(session: Session) -> None:
    country = replace(PROVINCE, number=4, code="VN", level="country")
    units.put(session, [country, replace(PROVINCE, parent_code="VN"), COMMUNE, HOA], JULY)
    tops = [code for code in ("VN", "75", "26116", "99") if units.is_top(session, code, JULY)]
    assert tops == ["VN", "75"]
    assert not units.is_top(session, "75", date(2025, 6, 30))


def test_an_unknown_code_is_not_found(session: Session) -> None:
    with pytest.raises(NoResultFound):
        units.get(session, "99", JULY)


def test_units_are_named_in_vietnamese_order(session: Session) -> None:
    rows = [
        replace(COMMUNE, code=f"2611{i}", name=name)
        for i, name in enumerate(["Xã Đa", "Xã An", "Xã Dân"])
    ]
    units.put(session, [PROVINCE, *rows], JULY)
    named = units.named(session, {row.code for row in rows}, JULY)
    assert [unit.name for unit in named] == ["Xã An", "Xã Dân", "Xã Đa"]


def test_an_electronic_identifier_learnt_later_completes_the_unit(session: Session) -> None:
    units.put(session, [PROVINCE], JULY)
    changes = units.put(session, [replace(PROVINCE, electronic_id="H19")], APRIL)
    assert (changes.corrected, changes.succeeded) == (1, 0)
    assert units.get(session, "75", JULY).electronic_id == "H19"
    assert units.put(session, [replace(PROVINCE, electronic_id="H20")], APRIL).succeeded == 1


def test_a_beginning_given_too_late_is_corrected_by_the_same_file(session: Session) -> None:
    units.put(session, [PROVINCE, COMMUNE], APRIL)
    assert units.put(session, [PROVINCE, COMMUNE], JULY).corrected == 2
    assert units.subtree(session, "75", JULY) == {"75", "26116"}


def test_a_unit_above_itself_is_refused(session: Session) -> None:
    circle = [replace(PROVINCE, parent_code="26116"), COMMUNE]
    with pytest.raises(Refused, match="row 1: 75 Tỉnh Đồng Nai: it stands above itself"):
        units.put(session, circle, JULY)


def test_the_latest_unit_of_a_code_is_known_after_its_end(session: Session) -> None:
    units.put(session, [PROVINCE, COMMUNE], JULY)
    units.get(session, "26116", JULY).valid_to = APRIL
    session.flush()
    assert units.latest(session, "26116", date(2027, 1, 1)).name == "Xã Tân Phú"
    with pytest.raises(NoResultFound):
        units.latest(session, "26116", date(2025, 1, 1))


def test_what_a_province_reaches_is_provincial_and_a_commune_alone_is_not(
    session: Session,
) -> None:
    units.put(session, [PROVINCE, COMMUNE, HOA], JULY)
    everything = frozenset({"75", "26116", "26119"})
    assert units.provincial(session, everything, JULY) == everything
    assert units.provincial(session, ["26116", "26119"], JULY) == frozenset()
