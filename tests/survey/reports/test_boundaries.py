"""Comparison over a change of boundaries, and the tree of any date."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import period
from survey.reports import comparison
from survey.reports.comparison import Peer
from survey.storage import questionnaires, suppressions, units
from survey.storage.suppressions import Suppression
from survey.storage.unit_successions import UnitSuccession
from survey.storage.units import Unit, UnitRow
from tests import peers

OCTOBER, SEPTEMBER = period.parse("2026-10"), period.parse("2026-09")
TODAY, DAY = date(2026, 11, 22), date(2026, 10, 1)
OLD, OLD_NAME = "40001", "Xã Cũ"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


def _merge(session: Session, into: str, *, full: bool, on: date = DAY) -> None:
    """Let an old commune end on a day and go, wholly or in part, into another."""
    old = session.scalars(select(Unit).where(Unit.code == OLD)).one_or_none()
    if old is None:
        row = UnitRow(
            number=1, code=OLD, name=OLD_NAME, level="commune", type="xa", parent_code="92"
        )
        old = units.new(row, peers.SINCE, on)
        session.add(old)
        session.flush()
    new = units.get(session, into, TODAY)
    line = UnitSuccession(old_id=old.id, new_id=new.id, full=full, reference="Nghị quyết 1")
    session.add(line)
    session.flush()


def _two(session: Session) -> list[str]:
    """Two communes with 300 people in each of two months, their order turned round."""
    codes = peers.communes(session, 2)
    for code, shares in zip(codes, ((0.3, 0.9), (0.9, 0.3)), strict=True):
        point = peers.counters(session, code)[0]
        for month, share in zip((OCTOBER, SEPTEMBER), shares, strict=True):
            peers.release(session, code, point, month, 300, satisfied=share)
    peers.closed(session, date(2026, 11, 20))
    return codes


def _peers(session: Session, when: period.Period = OCTOBER) -> dict[str, Peer]:
    parent = units.get(session, peers.PROVINCE, TODAY)
    found = comparison.compare(session, parent, when, "phuong")
    return {peer.unit.code: peer for peer in found.peers}


def _n(peer: Peer) -> int:
    assert peer.index is not None
    return peer.index.n_respondents


def test_without_a_change_both_months_are_compared(session: Session) -> None:
    codes = _two(session)
    assert all(_peers(session)[code].move for code in codes)


def test_across_a_partial_succession_the_comparison_is_refused_with_its_reason(
    session: Session,
) -> None:
    codes = _two(session)
    _merge(session, codes[0], full=False)
    peers.release(session, OLD, None, SEPTEMBER, 100, satisfied=0.5)
    own = _peers(session)
    assert own[codes[0]].move is None
    assert [change.old_name for change in own[codes[0]].broken] == [OLD_NAME]
    assert own[codes[0]].index is not None  # the month itself began with the new boundaries
    assert own[codes[1]].broken == ()
    before = _peers(session, SEPTEMBER)[codes[0]]
    assert before.index is None
    assert [change.reference for change in before.partial] == ["Nghị quyết 1"]


def test_across_a_full_one_the_forebears_are_counted_in_and_named(session: Session) -> None:
    codes = _two(session)
    _merge(session, codes[0], full=True)
    peers.release(session, OLD, None, SEPTEMBER, 100, satisfied=0.5)
    own = _peers(session)
    assert [change.old_name for change in own[codes[0]].joined] == [OLD_NAME]
    assert own[codes[0]].broken == ()
    # Before its first day the new unit is what its forebears were.
    assert _n(_peers(session, SEPTEMBER)[codes[0]]) == 100
    assert _n(own[codes[0]]) == 300
    assert _n(own[codes[1]]) == 300


def test_a_forebear_that_is_hidden_hides_the_sum(session: Session) -> None:
    codes = _two(session)
    _merge(session, codes[0], full=True)
    peers.release(session, OLD, None, SEPTEMBER, 100, satisfied=0.5)
    measure = questionnaires.current(session, "mot-cua").measure_hash
    cell = Suppression(
        measure_hash=measure,
        starts_on=SEPTEMBER.start,
        ends_on=SEPTEMBER.end,
        split="headline",
        unit_code=OLD,
        point_id=0,
    )
    suppressions.put(session, period.parse("2026"), [cell])
    peer = _peers(session, SEPTEMBER)[codes[0]]
    assert peer.is_hidden
    assert peer.index is None


def test_a_code_that_was_another_units_before_does_not_bring_its_answers(
    session: Session,
) -> None:
    codes = peers.communes(session, 2)
    _merge(session, codes[0], full=True, on=date(2026, 9, 1))
    # Of August, under the code that the new unit carries only since September.
    peers.release(session, codes[0], None, period.parse("2026-08"), 50, satisfied=0.5)
    peers.release(session, codes[0], None, SEPTEMBER, 70, satisfied=0.5)
    assert _n(_peers(session, period.parse("2026-Q3"))[codes[0]]) == 70


def test_the_tree_of_a_date_shows_who_was_there_and_where_they_went(session: Session) -> None:
    codes = peers.communes(session, 2)
    _merge(session, codes[0], full=False)
    _merge(session, codes[1], full=False)
    reach = {"92", *codes}
    (before,) = comparison.tree_on(session, reach, date(2026, 9, 30))
    assert before.parent is not None
    assert before.parent.code == "92"
    leaf = next(leaf for leaf in before.leaves if leaf.unit.code == OLD)
    assert [change.new_code for change in leaf.became] == codes
    (after,) = comparison.tree_on(session, reach, DAY)
    assert [leaf.unit.code for leaf in after.leaves] == codes
    assert comparison.tree_on(session, reach, date(2025, 6, 30)) == ()


def test_another_unit_that_had_the_code_before_is_no_forebear(session: Session) -> None:
    codes = peers.communes(session, 2)
    _merge(session, codes[0], full=True)
    old = units.get(session, OLD, date(2026, 9, 30))
    old.valid_from = date(2026, 1, 1)
    row = UnitRow(number=1, code=OLD, name="Xã Khác", level="commune", type="xa", parent_code="92")
    session.add(units.new(row, peers.SINCE, date(2026, 1, 1)))
    session.flush()
    (before,) = comparison.tree_on(session, {"92", *codes}, date(2025, 12, 1))
    assert [leaf.unit.code for leaf in before.leaves] == codes


def test_the_tree_shows_nobody_outside_the_reach(session: Session) -> None:
    codes = peers.communes(session, 2)
    _merge(session, codes[1], full=True)
    (alone,) = comparison.tree_on(session, {codes[0]}, date(2026, 9, 30))
    assert alone.parent is None
    assert [leaf.unit.code for leaf in alone.leaves] == [codes[0]]
