"""Peers beside each other: who is told apart, who is not, and who is not compared at all."""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from survey import period
from survey.db import make_engine
from survey.reports import comparison, index_report
from survey.reports.comparison import Comparison, Peer
from survey.reports.comparison.result import Weakness
from survey.storage import denominators, points, questionnaires, suppressions, targets, units
from survey.storage.closes import Close
from survey.storage.suppressions import Suppression
from tests import peers, rows

OCTOBER, SEPTEMBER, AUGUST = (period.parse(name) for name in ("2026-10", "2026-09", "2026-08"))
MONTHS = (OCTOBER, SEPTEMBER, AUGUST)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    """A session on SQLite: what depends on the database is in the tests of boundaries."""
    engine = make_engine(sqlite_url)
    with Session(engine, expire_on_commit=False) as opened:
        yield opened
    engine.dispose()


def _compared(session: Session, group: str = "phuong", **known: object) -> Comparison:
    parent = units.get(session, peers.PROVINCE, period.today())
    return comparison.compare(session, parent, OCTOBER, group, **known)  # type: ignore[arg-type]


def _handed_over(
    session: Session, place: tuple[str, int], month: period.Period, n: int, day: int = 3
) -> None:
    cell = denominators.Cell(*place, month.start, denominators.COUNTER)
    counts = {cell: Counter({denominators.Part(None, None, None): n})}
    known = denominators.in_force(session, [cell])
    denominators.put(session, counts, known, date(2026, 11, day))


def _by_code(found: Comparison) -> dict[str, Peer]:
    return {peer.unit.code: peer for peer in found.peers}


def _spread(session: Session, *shares: float, n: int = 200, months: int = 1) -> list[str]:
    """Release n people of each of two counters of some communes with these shares satisfied."""
    codes = peers.communes(session, len(shares))
    for code, share in zip(codes, shares, strict=True):
        for point in peers.counters(session, code):
            for month in MONTHS[:months]:
                peers.release(session, code, point, month, n, satisfied=share)
    peers.closed(session, date(2026, 11, 20))
    return codes


def test_a_peers_index_is_the_one_of_its_own_page(session: Session) -> None:
    codes = _spread(session, 0.9, 0.5)
    found = _by_code(_compared(session))
    for code in codes:
        unit = units.get(session, code, period.today())
        shown = index_report(session, unit, OCTOBER).index
        index = found[code].index
        assert shown is not None
        assert index is not None
        assert index == shown


def test_a_peer_is_held_against_the_whole_group_with_its_own_people_in_it(
    session: Session,
) -> None:
    codes = _spread(session, 0.95, 0.8, 0.8, 0.6)
    found = _compared(session)
    own = _by_code(found)
    assert [own[code].side for code in codes] == [1, 0, 0, -1]
    assert found.n_gaps == 4
    gap, index = own[codes[0]].gap, own[codes[0]].index
    assert gap is not None
    assert index is not None
    together = np.mean([own[code].index.estimate for code in codes])  # type: ignore[union-attr]
    assert gap.estimate == pytest.approx(index.estimate - together)
    assert gap.interval.method == "mover-wilson-neff-t-overlap"


@pytest.mark.parametrize(("sizes", "n_gaps"), [((14, 200, 200), 2), ((14, 14, 200), 0)])
def test_few_people_are_neither_held_against_the_group_nor_a_part_of_it(
    session: Session, sizes: tuple[int, ...], n_gaps: int
) -> None:
    codes = peers.communes(session, 3)
    for code, n in zip(codes, sizes, strict=True):
        point, _ = peers.counters(session, code)
        peers.release(session, code, point, OCTOBER, n, satisfied=0.5)
    peers.closed(session, date(2026, 11, 20))
    found = _compared(session)
    assert _by_code(found)[codes[0]].gap is None
    assert found.n_gaps == n_gaps
    assert all(peer.gap.estimate == pytest.approx(0) for peer in found.peers if peer.gap)


def test_peers_far_apart_have_tiers_and_disjoint_rank_sets(session: Session) -> None:
    codes = _spread(session, 0.95, 0.9, 0.5, 0.48, 0.1, 0.05)
    found = _compared(session)
    own = _by_code(found)
    assert found.is_rankable
    assert [own[code].standing.tier for code in codes] == [  # type: ignore[union-attr]
        *["top"] * 2,
        *["not distinguishable"] * 2,
        *["bottom"] * 2,
    ]
    middle = own[codes[2]].standing
    assert middle is not None
    assert (middle.best, middle.worst) == (3, 4)


def test_peers_alike_are_listed_by_name_and_share_every_rank(session: Session) -> None:
    codes = _spread(session, 0.80, 0.81, 0.79, 0.80)
    found = _compared(session)
    assert not found.is_rankable
    # The reliability of units that cannot be told apart is too low for any rank set.
    assert not found.ranked
    assert "reliability-too-low" in _by_code(found)[codes[0]].reasons
    assert [peer.unit.code for peer in found.ordered("index")] == codes


def test_by_index_those_with_a_rank_set_come_first_and_the_others_keep_the_alphabet(
    session: Session,
) -> None:
    codes = _spread(session, 0.2, 0.9, 0.5)
    more = peers.communes(session, 2, first=32000)
    for code, share in zip(more, (0.3, 0.99), strict=True):
        peers.release(session, code, peers.counters(session, code)[0], OCTOBER, 40, satisfied=share)
    found = _compared(session)
    order = [peer.unit.code for peer in found.ordered("index")]
    assert order[:3] == [codes[1], codes[2], codes[0]]
    assert order[3:] == more
    assert "fewer-people-than-are-ranked" in _by_code(found)[more[0]].reasons


def test_a_known_coverage_below_a_tenth_keeps_a_unit_out_and_an_unknown_one_is_said(
    session: Session,
) -> None:
    codes = _spread(session, 0.9, 0.5, 0.2)
    assert len(_compared(session).ranked) == 3
    assert not _compared(session).has_coverage
    known = _compared(session, coverage={codes[0]: 0.05, codes[1]: 0.3, codes[2]: 0.2})
    assert [peer.unit.code for peer in known.ranked] == codes[1:]
    assert known.has_coverage


def test_coverage_comes_from_the_dossiers_of_the_counters_with_answers(session: Session) -> None:
    codes = _spread(session, 0.9, 0.5, 0.2)
    assigned = points.assigned(session, codes, OCTOBER)
    for point, code in assigned:
        cell = denominators.Cell(code, point.id, OCTOBER.start, denominators.COUNTER)
        n = 4000 if code == codes[0] else 800
        part = denominators.Part(None, None, None)
        denominators.put(session, {cell: Counter({part: n})}, {}, date(2026, 11, 3))
    found = _compared(session)
    own = _by_code(found)
    assert own[codes[0]].coverage == pytest.approx(400 / 8000)
    assert own[codes[1]].coverage == pytest.approx(400 / 1600)
    assert "coverage-too-low" in own[codes[0]].reasons
    assert [peer.unit.code for peer in found.ranked] == codes[1:]
    assert found.has_coverage
    # A counter with answers whose dossiers nobody stated leaves the unit without coverage.
    third = session.get_one(points.ServicePoint, peers.counters(session, codes[1])[0])
    rows.answer(session, third, date(2026, 10, 5))
    assert _by_code(_compared(session))[codes[1]].coverage is None


def test_the_funnel_marks_who_lies_outside_what_is_usual(session: Session) -> None:
    codes = _spread(session, *[0.8, 0.81, 0.79, 0.8, 0.82, 0.78, 0.8, 0.8, 0.79], 0.2)
    found = _compared(session)
    own = _by_code(found)
    assert found.centre is not None
    assert 0.7 < found.centre < 0.9
    last, first = own[codes[-1]].spot, own[codes[0]].spot
    assert last is not None
    assert first is not None
    assert (first.position, last.position) == ("usual", "very-low")
    assert last.action.low <= last.warning.low < found.centre < last.warning.high
    sizes = [peer.spot.n for peer in found.in_funnel if peer.spot]
    assert sizes == sorted(sizes)


def test_a_change_of_rank_is_told_only_where_the_sets_are_disjoint(session: Session) -> None:
    codes = peers.communes(session, 4)
    shares = {SEPTEMBER: (0.9, 0.6, 0.58, 0.2), OCTOBER: (0.2, 0.58, 0.6, 0.9)}
    for number, code in enumerate(codes):
        point = peers.counters(session, code)[0]
        for month, each in shares.items():
            peers.release(session, code, point, month, 300, satisfied=each[number])
    peers.closed(session, date(2026, 11, 20))
    found = _compared(session)
    own = _by_code(found)
    assert found.n_moves == 4
    fell, rose = own[codes[0]].move, own[codes[3]].move
    assert fell is not None
    assert rose is not None
    assert (fell.before, fell.now, fell.is_up) == ((1, 1), (4, 4), False)
    assert rose.is_up
    assert own[codes[1]].move is None  # observed 2, then 3: the sets are 2 to 3 in both


def test_below_target_in_every_one_of_three_periods_is_a_persistent_weakness(
    session: Session,
) -> None:
    codes = _spread(session, 0.3, 0.9, months=3)
    weaker = peers.communes(session, 1, first=32000)[0]
    point = peers.counters(session, weaker)[0]
    for month, share in zip(MONTHS, (0.3, 0.3, 0.95), strict=True):
        peers.release(session, weaker, point, month, 200, satisfied=share)
    found = _by_code(_compared(session, targets=dict.fromkeys([*codes, weaker], 0.8)))
    weakness = found[codes[0]].weakness
    assert weakness is not None
    assert (weakness.target, weakness.periods) == (0.8, 3)
    assert found[codes[1]].weakness is None
    assert found[weaker].weakness is None
    # Just below may be chance.
    just = _by_code(_compared(session, targets={codes[1]: 0.93}))[codes[1]]
    assert just.index is not None
    assert just.index.estimate < 0.93 < just.index.interval.high
    assert just.weakness is None
    assert all(peer.weakness is None for peer in _compared(session).peers)


@pytest.mark.parametrize(("n", "weak"), [(29, None), (30, Weakness(target=0.8, periods=3))])
def test_of_too_few_people_for_a_verdict_no_weakness_is_told(
    session: Session, n: int, weak: Weakness | None
) -> None:
    code = peers.communes(session, 1)[0]
    point = peers.counters(session, code)[0]
    for month in MONTHS:
        peers.release(session, code, point, month, n, satisfied=0.0)
    peers.closed(session, date(2026, 11, 20))
    assert _by_code(_compared(session, targets={code: 0.8}))[code].weakness == weak


def test_the_target_that_a_province_set_judges_the_communes_below_it(session: Session) -> None:
    codes = _spread(session, 0.3, 0.9, months=3)
    year = OCTOBER.start.year
    aim = targets.TargetChange(
        unit_code=peers.PROVINCE, year=year, key=targets.INDEX, before=None, after=8000
    )
    targets.put(session, [aim], on=OCTOBER.start, by="x@tinh.example")
    found = _by_code(_compared(session))
    assert found[codes[0]].weakness == Weakness(target=0.8, periods=3)
    assert found[codes[1]].weakness is None


def test_a_period_is_weak_by_the_target_of_its_own_year(session: Session) -> None:
    codes = peers.communes(session, 1)
    point = peers.counters(session, codes[0])[0]
    january = period.parse("2026-01")
    for month in (january, january.previous, january.previous.previous):
        peers.release(session, codes[0], point, month, 300, satisfied=0.5)
    peers.closed(session, date(2026, 11, 20))

    def weakness(of_2025: int) -> Weakness | None:
        changes = [
            targets.TargetChange(
                unit_code=codes[0], year=year, key=targets.INDEX, before=None, after=value
            )
            for year, value in ((2025, of_2025), (2026, 9000))
        ]
        targets.put(session, changes, on=date(2026, 1, 1), by="x@tinh.example")
        parent = units.get(session, peers.PROVINCE, period.today())
        return comparison.compare(session, parent, january, "phuong").peers[0].weakness

    assert weakness(2000) is None
    assert weakness(9000) == Weakness(target=0.9, periods=3)


def test_no_change_of_rank_is_told_where_few_answered_in_the_period_before(
    session: Session,
) -> None:
    codes = peers.communes(session, 2)
    places = [(code, peers.counters(session, code, [None])[0]) for code in codes]
    for place, share in zip(places, (0.9, 0.2), strict=True):
        peers.release(session, *place, SEPTEMBER, 300, satisfied=share)
        peers.release(session, *place, OCTOBER, 300, satisfied=1.1 - share)
        _handed_over(session, place, OCTOBER, 1000)
        _handed_over(session, place, SEPTEMBER, 1000)
    peers.closed(session, date(2026, 11, 20))
    assert _compared(session).n_moves == 2
    _handed_over(session, places[0], SEPTEMBER, 100_000)
    assert _compared(session).n_moves < 2


def test_on_the_groups_mix_of_fields_a_unit_with_the_hard_cases_is_not_below(
    session: Session,
) -> None:
    codes = peers.communes(session, 2)
    for code, sizes in zip(codes, ((300, 60), (60, 300)), strict=True):
        easy, hard = peers.counters(session, code)
        peers.release(session, code, easy, OCTOBER, sizes[0], satisfied=0.9)
        peers.release(session, code, hard, OCTOBER, sizes[1], satisfied=0.4)
    peers.closed(session, date(2026, 11, 20))
    found = _compared(session)
    a, b = (peer.standardised for peer in found.peers)
    assert a is not None
    assert b is not None
    assert found.fields == {"Hộ tịch": 360, "Đất đai": 360}
    assert a.crude - b.crude > 0.2
    assert a.estimate == pytest.approx(b.estimate)
    assert a.estimate == pytest.approx((a.crude + b.crude) / 2)
    assert a.interval.low < a.estimate < a.interval.high
    assert a.n == 360


def test_a_unit_that_covers_little_of_the_mix_is_not_standardised(session: Session) -> None:
    codes = peers.communes(session, 3)
    for code in codes:
        easy, hard = peers.counters(session, code)
        peers.release(session, code, easy, OCTOBER, 100, satisfied=0.9)
        if code != codes[0]:
            peers.release(session, code, hard, OCTOBER, 100, satisfied=0.4)
    peers.closed(session, date(2026, 11, 20))
    own = _by_code(_compared(session))
    assert [own[code].standardised is None for code in codes] == [True, False, False]


def test_fields_wait_for_the_close_of_the_period(session: Session) -> None:
    for code in peers.communes(session, 2):
        for point in peers.counters(session, code):
            peers.release(session, code, point, OCTOBER, 100, satisfied=0.9)
    assert _compared(session).fields == {}
    peers.closed(session, date(2026, 11, 20))
    assert len(_compared(session).fields) == 2


def test_one_field_is_no_mix(session: Session) -> None:
    for code in peers.communes(session, 2):
        for point in peers.counters(session, code, ("Hộ tịch", None)):
            peers.release(session, code, point, OCTOBER, 100, satisfied=0.9)
    peers.closed(session, date(2026, 11, 20))
    assert _compared(session).fields == {}


def test_answers_from_elsewhere_are_in_no_figure_and_no_count(session: Session) -> None:
    codes = _spread(session, 0.9, 0.5)
    point = peers.counters(session, codes[0])[0]
    peers.release(session, codes[0], point, OCTOBER, 90, satisfied=0.1, is_imported=True)
    found = session.get_one(points.ServicePoint, point)
    rows.answer(session, found, date(2026, 10, 5), channel="imported")
    rows.answer(session, found, date(2026, 10, 5))
    peer = _by_code(_compared(session))[codes[0]]
    assert peer.index is not None
    assert peer.index.n_respondents == 400
    assert peer.received == 1


def _hide(session: Session, code: str, point_id: int = 0) -> None:
    cell = Suppression(
        measure_hash=questionnaires.current(session, "mot-cua").measure_hash,
        starts_on=OCTOBER.start,
        ends_on=OCTOBER.end,
        split="headline",
        unit_code=code,
        point_id=point_id,
    )
    suppressions.put(session, period.parse("2026"), [cell])


def test_a_hidden_unit_has_no_figure_no_dot_and_no_rank(session: Session) -> None:
    codes = _spread(session, 0.9, 0.5, 0.2)
    _hide(session, codes[1])
    peer = _by_code(_compared(session))[codes[1]]
    assert peer.is_hidden
    assert (peer.index, peer.spot, peer.standing, peer.standardised) == (None, None, None, None)


def test_a_hidden_counter_enters_no_figure_by_field(session: Session) -> None:
    codes = _spread(session, 0.9, 0.5)
    third = peers.counters(session, codes[0], ("Hộ tịch",))[0]
    peers.release(session, codes[0], third, OCTOBER, 50, satisfied=0.1)
    assert _compared(session).fields == {"Hộ tịch": 450, "Đất đai": 400}
    _hide(session, codes[0], third)
    assert _compared(session).fields == {"Hộ tịch": 400, "Đất đai": 400}


def test_who_received_nothing_is_listed_as_such(session: Session) -> None:
    codes = _spread(session, 0.9, 0.5)
    silent = peers.communes(session, 1, first=32000)
    assert [peer.unit.code for peer in _compared(session).silent] == silent
    assert codes


def test_only_units_of_one_kind_are_peers(session: Session) -> None:
    wards = _spread(session, 0.9, 0.5)
    rural = peers.communes(session, 1, "xa", first=32000)
    found = _compared(session)
    assert [peer.unit.code for peer in found.peers] == wards
    assert found.groups == {"phuong": 2, "xa": 1}
    assert [peer.unit.code for peer in _compared(session, "xa").peers] == rural
    assert math.isnan(_compared(session, "xa").rankability)
    with pytest.raises(NoResultFound):
        _compared(session, "dac-khu")


def test_a_hundred_communes_take_few_queries_whatever_their_number(session: Session) -> None:
    rng = np.random.default_rng(1)
    _spread(session, *rng.uniform(0.6, 0.95, 103), n=30, months=2)
    session.commit()
    asked: list[str] = []
    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = _compared(session, targets={"31100": 0.9})
    assert len(found.peers) == 103
    assert len(asked) <= 24


def test_the_middle_of_the_funnel_is_the_groups_own_share(session: Session) -> None:
    codes = _spread(session, 0.9, 0.5)
    indices = [peer.index for peer in _by_code(_compared(session)).values()]
    assert _compared(session).centre == pytest.approx(
        sum(index.estimate for index in indices if index) / len(codes), abs=0.02
    )


def test_an_open_period_says_of_nobody_that_he_is_above_or_below(session: Session) -> None:
    low, *others = _spread(session, 0.3, 0.9, 0.9, 0.95, months=3)
    closed = _compared(session, targets={low: 0.9})
    assert closed.ranked
    assert _by_code(closed)[low].weakness
    session.execute(sa.delete(Close))
    peers.closed(session, date(2026, 10, 20))
    found = _compared(session, targets={low: 0.9})
    assert not found.is_closed
    assert found.centre == closed.centre
    assert [peer.index for peer in found.peers] == [peer.index for peer in closed.peers]
    told = [(p.gap, p.side, p.spot, p.standing, p.move, p.weakness, p.reasons) for p in found.peers]
    assert told == [(None, 0, None, None, None, None, ())] * (1 + len(others))
