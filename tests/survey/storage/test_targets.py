from datetime import date

from sqlalchemy.orm import Session

from survey.storage import targets, units
from survey.storage.targets import INDEX, TargetChange, Wanted
from survey.storage.units import UnitRow

DAY = date(2026, 1, 5)
FACTOR = ("factor", "A")


def _set(session: Session, wanted: Wanted) -> list[TargetChange]:
    changed = targets.changes(session, wanted)
    targets.put(session, changed, on=DAY, by="a@b.example")
    session.commit()
    return changed


def test_what_is_set_is_kept_exactly_with_who_and_when(session: Session) -> None:
    _set(session, {("31117", 2026): {INDEX: 8550}})
    (row,) = targets.own(session, "31117", 2026).values()
    assert (row.key, row.share, row.set_on, row.set_by) == (INDEX, 0.855, DAY, "a@b.example")
    assert targets.own(session, "31117", 2027) == {}


def test_only_what_differs_is_a_change(session: Session) -> None:
    first = _set(session, {("31117", 2026): {INDEX: 8500, FACTOR: None}})
    assert [(each.key, each.before, each.after) for each in first] == [(INDEX, None, 8500)]
    assert _set(session, {("31117", 2026): {INDEX: 8500, FACTOR: None}}) == []
    second = _set(session, {("31117", 2026): {INDEX: 9000, FACTOR: 7000}})
    assert [(each.before, each.after) for each in second] == [(8500, 9000), (None, 7000)]


def test_a_target_is_taken_back_and_taking_it_back_twice_does_nothing(session: Session) -> None:
    _set(session, {("31117", 2026): {INDEX: 8500}})
    (change,) = _set(session, {("31117", 2026): {INDEX: None}})
    targets.put(session, [change], on=DAY, by="x")
    assert targets.own(session, "31117", 2026) == {}


def test_the_nearest_unit_that_set_one_decides_for_each_figure(session: Session) -> None:
    wanted: Wanted = {
        ("92", 2026): {INDEX: 9000, FACTOR: 8000},
        ("31117", 2026): {INDEX: 8500},
    }
    _set(session, wanted)
    held = targets.in_force(session, ["31117", "92"], 2026)
    assert {key: row.value for key, row in held.items()} == {INDEX: 8500, FACTOR: 8000}
    chains = {"31117": ["31117", "92"], "31120": ["31120", "92"], "95": ["95"]}
    many = targets.of_units(session, chains, 2026)
    assert {code: row[INDEX].value for code, row in many.items() if INDEX in row} == {
        "31117": 8500,
        "31120": 9000,
    }
    assert many["95"] == {}


def test_a_chain_leads_to_the_top_of_the_tree_of_its_date(session: Session) -> None:
    rows = [
        UnitRow(number=1, code="92", name="Cần Thơ", level="province", type="thanh-pho"),
        UnitRow(
            number=2,
            code="31117",
            name="Ninh Kiều",
            level="commune",
            type="phuong",
            parent_code="92",
        ),
    ]
    units.put(session, rows, date(2025, 7, 1))
    for code, chain in (("31117", ["31117", "92"]), ("92", ["92"])):
        unit = units.get(session, code, DAY)
        assert targets.chain(session, unit, DAY) == chain
    orphan = units.get(session, "31117", DAY)
    assert targets.chain(session, orphan, date(2025, 1, 1)) == ["31117", "92"]
