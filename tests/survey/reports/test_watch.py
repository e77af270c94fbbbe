"""What is found when a month closes, and what is not."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session

from survey import period, reports
from survey.db import make_engine
from survey.period import Period
from survey.reports import comparison, watch
from survey.storage import alerts, points, targets, units, withdrawals
from survey.storage.alerts import Finding
from survey.storage.targets import INDEX, TargetChange
from survey.storage.unit_successions import UnitSuccession
from survey.storage.units import UnitRow
from survey.storage.withdrawals import Withdrawal
from tests import peers, rows

OCTOBER = period.parse("2026-10")
STEADY = (0.80, 0.81, 0.79, 0.80, 0.82, 0.80, 0.79, 0.81, 0.80, 0.80, 0.79)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    """A session on SQLite: the queries are other modules'."""
    engine = make_engine(sqlite_url)
    with Session(engine, expire_on_commit=False) as opened:
        yield opened
    engine.dispose()


def _found(session: Session, kind: str) -> dict[tuple[str, int | None], Finding]:
    found = watch.of_month(session, OCTOBER)
    return {(each.unit_code, each.point_id): each for each in found if each.kind == kind}


def _units_found(session: Session, kind: str) -> list[str]:
    return [code for code, point in _found(session, kind) if point is None]


def _spread(session: Session, *shares: float, n: int = 200) -> list[str]:
    """Release n people of one counter of some communes with these shares satisfied."""
    codes = peers.communes(session, len(shares))
    for code, share in zip(codes, shares, strict=True):
        point = peers.counters(session, code, ("Hộ tịch",))[0]
        peers.release(session, code, point, OCTOBER, n, satisfied=share)
    return codes


def _aim(session: Session, code: str, value: int) -> None:
    change = TargetChange(unit_code=code, year=2026, key=INDEX, before=None, after=value)
    targets.put(session, [change], on=date(2026, 1, 2), by="command line")


def test_a_unit_is_below_its_target_when_its_whole_interval_is(session: Session) -> None:
    low, near, high = _spread(session, 0.5, 0.88, 0.99)
    _aim(session, "92", 9000)
    below = _found(session, alerts.BELOW)
    assert (low, None) in below
    assert not {(near, None), (high, None)} & below.keys()
    one = below[low, None]
    assert one.high is not None
    assert one.high < one.reference == 0.9  # type: ignore[operator]
    assert one.n_compared == 4
    assert (near, None) in _found(session, alerts.UNSURE)
    assert (high, None) not in _found(session, alerts.UNSURE)


def test_without_a_target_nobody_is_below_it(session: Session) -> None:
    _spread(session, 0.1)
    assert not _found(session, alerts.BELOW)
    assert not _found(session, alerts.UNSURE)


@pytest.mark.parametrize(("n", "found"), [(29, False), (30, True)])
def test_a_target_is_held_against_as_few_people_as_on_the_units_page(
    session: Session, n: int, found: bool
) -> None:
    below, unsure = _spread(session, 0.0, 0.88, n=n)
    _aim(session, below, 9000)
    _aim(session, unsure, 9500)
    assert ((below, None) in _found(session, alerts.BELOW)) is found
    assert ((unsure, None) in _found(session, alerts.UNSURE)) is found
    for code in (below, unsure):
        page = reports.unit_page(session, units.get(session, code, period.today()), OCTOBER)
        assert page.report.index is not None
        assert page.report.index.is_compared is found


def test_the_more_units_are_tested_the_surer_each_must_be(session: Session) -> None:
    codes = _spread(session, *[0.9] * 39, 0.58, n=100)
    _aim(session, codes[-1], 7500)
    alone = _found(session, alerts.BELOW)
    assert [code for code, _ in alone] == [codes[-1]]
    assert alone[codes[-1], None].high > 0.7  # type: ignore[operator]
    for code in codes[:-1]:
        _aim(session, code, 9200)
    assert not _found(session, alerts.BELOW)
    assert (codes[-1], None) in _found(session, alerts.UNSURE)


def test_the_figure_is_the_one_of_the_comparison(session: Session) -> None:
    code, *_ = _spread(session, 0.5, 0.9)
    _aim(session, code, 9000)
    parent = units.get(session, "92", period.today())
    peer = comparison.compare(session, parent, OCTOBER, "phuong").peers[0]
    assert peer.index is not None
    one = _found(session, alerts.BELOW)[code, None]
    assert (one.estimate, one.low, one.high, one.n) == (
        peer.index.estimate,
        *(peer.index.interval.low, peer.index.interval.high),
        peer.index.n_respondents,
    )


def _months(n: int) -> list[Period]:
    found = [OCTOBER]
    while len(found) < n:
        found.append(found[-1].previous)
    return found[::-1]


@pytest.mark.parametrize(
    ("earlier", "last", "rule"),
    [
        (STEADY, 0.5, "beyond_limits"),
        (STEADY, 0.8, None),
        (STEADY[:8], 0.5, "beyond_limits"),
        (STEADY[:7], 0.5, None),
    ],
)
def test_a_month_unlike_those_before_is_a_signal(
    session: Session, earlier: tuple[float, ...], last: float, rule: str | None
) -> None:
    (code,) = peers.communes(session, 1)
    point = peers.counters(session, code, (None,))[0]
    shares = (*earlier, last)
    for month, share in zip(_months(len(shares)), shares, strict=True):
        peers.release(session, code, point, month, 300, satisfied=share)
    found = _found(session, alerts.CHANGED).get((code, None))
    assert (found.rule if found else None) == rule


def test_a_month_answered_another_way_is_no_signal(session: Session) -> None:
    (code,) = peers.communes(session, 1)
    point = peers.counters(session, code, (None,))[0]
    for month, share in zip(_months(12), (*STEADY, 0.5), strict=True):
        stream = "tablet" if month == OCTOBER else "qr"
        peers.release(session, code, point, month, 300, satisfied=share, stream=stream)
    assert not _found(session, alerts.CHANGED)


def test_a_month_in_another_territory_is_no_signal(session: Session) -> None:
    (code,) = peers.communes(session, 1)
    point = peers.counters(session, code, (None,))[0]
    for month, share in zip(_months(12), (*STEADY, 0.5), strict=True):
        peers.release(session, code, point, month, 300, satisfied=share)
    row = UnitRow(
        number=1, code="40001", name="Xã Cũ", level="commune", type="xa", parent_code="92"
    )
    old = units.new(row, peers.SINCE, OCTOBER.start)
    session.add(old)
    session.flush()
    new = units.get(session, code, period.today())
    session.add(UnitSuccession(old_id=old.id, new_id=new.id, full=True, reference="NQ 1"))
    session.flush()
    assert not _found(session, alerts.CHANGED)


def test_far_above_peers_is_found_of_units_and_of_counters_of_one_field(session: Session) -> None:
    codes = _spread(session, *[0.5, 0.52, 0.48, 0.5, 0.51, 0.49, 0.5, 0.5], 1.0)
    found = _found(session, alerts.VERY_HIGH)
    assert {code for code, _point in found} == {codes[-1]}
    assert len(found) == 2
    unit = found[codes[-1], None]
    assert unit.n_compared == 9
    assert unit.reference == pytest.approx(0.63, abs=0.1)


def test_few_peers_are_no_group(session: Session) -> None:
    _spread(session, *[0.5] * 6, 1.0)
    assert not _found(session, alerts.VERY_HIGH)


def test_far_below_peers_accuses_nobody(session: Session) -> None:
    _spread(session, *[0.9] * 9, 0.1)
    assert not _found(session, alerts.VERY_HIGH)


def test_a_unit_without_answers_and_a_busy_counter_fallen_silent_are_found(
    session: Session,
) -> None:
    active, empty = peers.communes(session, 2)
    first, fallen, small = peers.counters(session, active, (None,) * 3)
    peers.counters(session, empty, (None,) * 2)
    late = points.add(session, active, "Mới", datetime(2026, 10, 9, tzinfo=UTC), date(2026, 10, 9))
    for point, day, n in (
        (first, date(2026, 10, 5), 3),
        (fallen, date(2026, 9, 5), 10),
        (small, date(2026, 9, 5), 9),
    ):
        rows.answers(session, session.get_one(points.ServicePoint, point), day, n)
    found = _found(session, alerts.SILENT)
    assert set(found) == {(empty, None), (active, fallen)}
    assert late.id not in {point for _code, point in found}
    assert found[active, fallen].count == 10


def test_before_the_first_answers_nobody_is_silent(session: Session) -> None:
    (code,) = peers.communes(session, 1)
    peers.counters(session, code)
    assert not _found(session, alerts.SILENT)


def _taken(session: Session, *taken: int) -> list[int]:
    """Let 30 people answer at each counter and so many more take their answers back."""
    (code,) = peers.communes(session, 1)
    numbers = peers.counters(session, code, (None,) * len(taken))
    for number, n in zip(numbers, taken, strict=True):
        point = session.get_one(points.ServicePoint, number)
        rows.answers(session, point, date(2026, 10, 5), 30)
        for what, m in ((withdrawals.ANSWER, n), (withdrawals.COMMENT, 50)):
            where = {"point_id": number, "unit_code": code, "business_day": date(2026, 10, 5)}
            session.add(Withdrawal(**where, what=what, n=m))
    session.flush()
    return numbers


def test_a_counter_where_more_is_taken_back_than_at_the_others_is_found(session: Session) -> None:
    numbers = _taken(session, 20, *[1, 0] * 4)
    (found,) = watch.of_withdrawals(session, OCTOBER)
    assert (found.point_id, found.count, found.n) == (numbers[0], 20, 50)
    assert found.low < found.estimate < found.high  # type: ignore[operator]
    assert found.reference == pytest.approx(24 / (9 * 30 + 24))


@pytest.mark.parametrize("taken", [(0,) * 9, (2, 0, 0, 0, 0, 0, 0, 0, 0), (4,) * 9, (20, 0, 0)])
def test_what_is_usual_or_too_little_to_tell_is_not_found(
    session: Session, taken: tuple[int, ...]
) -> None:
    _taken(session, *taken)
    assert not watch.of_withdrawals(session, OCTOBER)
