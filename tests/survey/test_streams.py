"""Which places show their streams: nothing shown, however combined, tells of fewer than k."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import product

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import period, streams
from survey.cells import Cell
from survey.cli import nightly
from survey.db import session as current
from survey.period import MONTHS
from survey.storage import points, stream_releases
from survey.storage.invitations import InvitationTally
from survey.storage.stream_releases import StreamRelease
from survey.storage.tallies import BatchCount, StreamCount
from survey.streams import StreamTable
from tests import province, results
from tests.province import Place

K = 10
PARENTS = {"92": None, "31117": "92", "31120": "92"}
OCTOBER = period.parse("2026-10")


def _count(
    stream: str,
    n: int,
    point: int | None = 1,
    when: str = "2026-10",
    unit: str = "31117",
    *,
    apart: bool = False,
) -> StreamCount:
    span = period.parse(when)
    return StreamCount(
        unit_code=unit,
        point_id=point,
        starts_on=span.start,
        ends_on=span.end,
        measure_hash="m",
        is_imported=False,
        n=n,
        stream=stream,
        apart=apart,
    )


def _mixed(counts: Iterable[StreamCount]) -> list[BatchCount]:
    """Return batches that hold all of a counter's month each."""
    return [_in_batch(0, count) for count in counts]


def _in_batch(number: int, count: StreamCount) -> BatchCount:
    values = asdict(count)
    del values["apart"]
    return BatchCount(batch_id=number, **values)


def _shown(
    *counts: StreamCount, mixed: Sequence[BatchCount] = ()
) -> dict[str, set[tuple[str, int]]]:
    """Return the places shown in each period of the year, decided as the year went on."""
    table, before = StreamTable(counts, PARENTS, mixed or _mixed(counts)), set[Cell]()
    found = {}
    for kind in MONTHS:
        for each in period.parse("2026").of_kind(kind):
            cells = table.shown(each, before, K)
            before |= cells
            if cells:
                found[each.name] = {cell.place for cell in cells}
    return found


def test_two_large_streams_are_shown_in_every_period_around_them() -> None:
    both = {("31117", 1), ("31117", 0), ("92", 0)}
    found = _shown(_count("qr", 30), _count("invitation", 10))
    assert found == dict.fromkeys(["2026-10", "2026-Q4", "2026-H2", "2026"], both)


def test_one_stream_is_no_comparison_and_a_small_one_hides_its_place() -> None:
    assert _shown(_count("qr", 30)) == {}
    assert _shown(_count("qr", 30), _count("invitation", 9)) == {}


def test_a_small_stream_does_not_follow_from_its_unit_and_its_neighbours() -> None:
    large = [_count("qr", 30, 2), _count("invitation", 20, 2)]
    small = [_count("qr", 30, 1), _count("invitation", 3, 1)]
    assert _shown(*large, *small)["2026-10"] == {("31117", 0), ("92", 0)}
    third = [_count("qr", 40, 3), _count("invitation", 40, 3)]
    assert _shown(*large, *small, *third)["2026-10"] == {("31117", 0), ("92", 0), ("31117", 3)}


def test_a_small_month_does_not_follow_from_a_longer_period_shown_later() -> None:
    months = [_count("qr", 30, when=f"2026-{n:02d}") for n in (10, 11, 12)]
    two = [_count("invitation", n, when=when) for n, when in ((20, "2026-10"), (20, "2026-11"))]
    found = _shown(*months, *two, _count("invitation", 4, when="2026-12"))
    assert sorted(found) == ["2026-10", "2026-11"]
    few = [_count("invitation", n, when=when) for n, when in ((4, "2026-11"), (3, "2026-12"))]
    assert sorted(_shown(*months, two[0], *few)) == ["2026-10"]
    # Two months hidden with at least k together: the quarter may be shown.
    both = [_count("invitation", n, when=when) for n, when in ((20, "2026-10"), (7, "2026-11"))]
    found = _shown(*months, *both, _count("invitation", 4, when="2026-12"))
    assert sorted(found) == ["2026", "2026-10", "2026-H2", "2026-Q4"]


def test_where_the_second_figure_tells_a_small_stream_no_more_is_shown() -> None:
    counts = [
        _count("qr", 30, 1),
        _count("tablet", 4, 1, apart=True),
        _count("invitation", 30, 1),
        _count("qr", 30, 2),
        _count("tablet", 12, 2),
        _count("invitation", 30, 2),
    ]
    # The headline less the second figure is the four of the tablet.
    table = StreamTable(counts, PARENTS, _mixed(counts))
    assert table.shown(OCTOBER, set(), K) == set()


def test_a_stream_that_came_in_one_batch_with_one_other_person_is_not_shown() -> None:
    counts = [_count("qr", 31), _count("paper", 12)]
    first, second, third = _count("qr", 30), _count("qr", 1), _count("paper", 12)
    mixed = [_in_batch(1, first), _in_batch(2, second), _in_batch(2, third)]
    assert _shown(*counts, mixed=mixed) == {}
    # Alone in its batch it is known already.
    mixed = [_in_batch(1, first), _in_batch(1, second), _in_batch(2, third)]
    assert _shown(*counts, mixed=mixed)["2026-10"] == {("31117", 1), ("31117", 0), ("92", 0)}


def test_such_a_counter_is_hidden_and_its_unit_where_no_other_hides_it() -> None:
    own = [_count("qr", 31), _count("paper", 12)]
    safe = [_count("qr", 30, 2), _count("paper", 20, 2)]
    mixed = [_in_batch(1, _count("qr", 30)), _in_batch(2, _count("qr", 1)), _in_batch(2, own[1])]
    mixed += [_in_batch(3, count) for count in safe]
    assert _shown(*own, *safe, mixed=mixed)["2026-10"] == {("31117", 2)}
    few = [_count("qr", 30, 3), _count("paper", 9, 3)]
    mixed += [_in_batch(4, count) for count in few]
    found = _shown(*own, *safe, *few, mixed=mixed)["2026-10"]
    assert found == {("31117", 2), ("31117", 0), ("92", 0)}


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["qr", "invitation", "paper"]),
            st.integers(1, 30),
            st.sampled_from([(1, "31117"), (2, "31117"), (3, "31120"), (4, "31120"), (5, "31120")]),
            st.sampled_from(["2026-10", "2026-11", "2026-12", "2026-09"]),
        ),
        min_size=4,
        max_size=40,
    )
)
def test_no_small_stream_follows_from_everything_shown_in_a_year(
    drawn: list[tuple[str, int, tuple[int, str], str]],
) -> None:
    batches: defaultdict[tuple[tuple[int, str], str], Counter[str]] = defaultdict(Counter)
    for stream, n, place, when in drawn:
        batches[place, when][stream] += n
    counts = []
    for ((point, unit), when), people in batches.items():
        people["qr"] += max(0, K - people.total())  # a batch holds at least k
        counts += [_count(s, n, point, when, unit) for s, n in people.items() if n]
    _assert_safe(counts, _shown(*counts))


def _assert_safe(counts: list[StreamCount], shown: dict[str, set[tuple[str, int]]]) -> None:
    """Decide by the rank of matrices, apart from the program, what follows from what."""
    table = StreamTable(counts, PARENTS, _mixed(counts))

    def row(cell: Cell, stream: str | None) -> np.ndarray:
        inside = [cell in streams.cells_of(count, PARENTS) for count in counts]
        named = [stream in (None, count.stream) for count in counts]
        return np.array(inside, float) * np.array(named, float)

    known = [row(cell, None) for cell in table.people]
    for cell, people in table.people.items():
        if cell.place in shown.get(cell.period.name, ()):
            known += [row(cell, stream) for stream in people]
    rank = np.linalg.matrix_rank(np.array(known))
    for cell, people in table.people.items():
        for stream, n in people.items():
            if n < K and len(people) > 1:
                more = np.array([*known, row(cell, stream)])
                assert np.linalg.matrix_rank(more) > rank, (cell, stream)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["qr", "invitation"]),
            st.integers(1, 25),
            st.sampled_from([(1, "31117"), (2, "31117"), (3, "31120")]),
            st.sampled_from(["2026-10", "2026-11"]),
            st.integers(0, 1),
        ),
        min_size=4,
        max_size=24,
    )
)
def test_no_few_people_of_a_counter_follow_from_its_batches_and_everything_shown(
    drawn: list[tuple[str, int, tuple[int, str], str, int]],
) -> None:
    batches: defaultdict[tuple[tuple[int, str], str, int], Counter[str]] = defaultdict(Counter)
    for stream, n, place, when, number in drawn:
        batches[place, when, number][stream] += n
    mixed, cells = (
        list[BatchCount](),
        defaultdict[tuple[tuple[int, str], str], Counter[str]](Counter),
    )
    for batch_id, ((place, when, _), people) in enumerate(batches.items()):
        people["qr"] += max(0, K - people.total())
        cells[place, when] += people
        for stream, n in people.items():
            if n:
                mixed.append(_in_batch(batch_id, _count(stream, n, place[0], when, place[1])))
    counts = [
        _count(stream, n, point, when, unit)
        for ((point, unit), when), people in cells.items()
        for stream, n in people.items()
    ]
    shown = _shown(*counts, mixed=mixed)
    known = [[one.batch_id == number for one in mixed] for number in range(len(batches))]
    for name, places in shown.items():
        for place in places:
            cell = Cell(period.parse(name), *place)
            inside = [cell in streams.cells_of(one, PARENTS) for one in mixed]
            known += [
                [is_in and one.stream == stream for is_in, one in zip(inside, mixed, strict=True)]
                for stream in ("qr", "invitation")
            ]
    _, sizes, axes = np.linalg.svd(np.array(known, float), full_matrices=False)
    axes = axes[sizes > 1e-9]
    owners = [(one.unit_code, one.point_id, one.starts_on) for one in mixed]
    for owner in set(owners):
        own = [number for number, each in enumerate(owners) if each == owner]
        few = np.zeros((2 ** len(own), len(mixed)))
        few[:, own] = list(product((0, 1), repeat=len(own)))
        n_few = few @ [one.n for one in mixed]
        few = few[(n_few > 0) & (n_few < K)]
        assert (np.abs(few - few @ axes.T @ axes) > 1e-6).any(axis=1).all(), owner


def test_a_decision_is_made_once_and_only_for_closed_periods(session: Session) -> None:
    assert stream_releases.decided(session) == set()
    cell = stream_releases.Decision(OCTOBER, "m", {("31117", 0): 40})
    done = stream_releases.Decision(OCTOBER, None, {})
    stream_releases.put(session, [cell, done])
    other = stream_releases.Decision(OCTOBER, "m", {("31117", 7): 40})
    stream_releases.put(session, [other, done])
    session.commit()
    assert stream_releases.decided(session) == {OCTOBER}
    assert stream_releases.people(session, "m", OCTOBER, ("31117", 0)) == 40
    assert stream_releases.people(session, "m", OCTOBER, ("31117", 7)) is None


DAY = OCTOBER.start
CLOSED = OCTOBER.last_day_to_close


def _decide(app: Flask) -> None:
    results.close(app, DAY)
    results.close(app, CLOSED)
    with app.app_context():
        nightly.show_streams(CLOSED, K)


def test_a_closed_month_shows_its_streams_with_their_difference(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, DAY, 40, [5, 5, 5, 5, 4, 4])
    results.answered(app, place.point, DAY, 40, [2, 2, 4, 2, 2, 2], channel="invitation")
    path = "/results/units/31117/2026-10"
    results.close(app, DAY)
    assert "So theo cách trả lời" not in results.words(manager, path)
    _decide(app)
    text = results.words(manager, path)
    assert "So theo cách trả lời" in text
    assert "Quét mã ở quầy 100%" in text
    assert "Phiếu mời dùng một lần 20%" in text
    assert "Thấp hơn quét mã ở quầy 80 điểm phần trăm (từ " in text
    assert "Đã so 1 lần trong bảng này" in text
    assert "So theo cách trả lời" in results.words(
        manager, f"/results/points/{place.point}/2026-10"
    )


def test_streams_alike_are_not_said_to_differ(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, DAY, 60)
    results.answered(app, place.point, DAY, 60, channel="invitation")
    _decide(app)
    text = results.words(manager, "/results/units/31117/2026-10")
    assert "Chưa đủ căn cứ để nói khác quét mã ở quầy (chênh từ -" in text


def test_no_gap_is_told_of_a_stream_too_small_for_its_share(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, DAY, 60, [5, 5, 5, 5, 4, 4])
    results.answered(app, place.point, DAY, 6, [5, 5, 5, 5, 4, 4], channel="invitation")
    results.answered(app, place.point, DAY, 6, [2, 2, 2, 2, 2, 2], channel="invitation")
    _decide(app)
    text = results.words(manager, "/results/units/31117/2026-10")
    assert "Phiếu mời dùng một lần" in text
    assert "khoảng quá rộng" in text
    assert "hơn quét mã ở quầy" not in text
    assert "Đã so" not in text.partition("So theo cách trả lời")[2]


def test_a_small_stream_is_not_shown(app: Flask, manager: FlaskClient, place: Place) -> None:
    results.answered(app, place.point, DAY, 40)
    results.answered(app, place.point, DAY, 9, channel="invitation")
    _decide(app)
    assert "So theo cách trả lời" not in results.words(manager, "/results/units/31117/2026-10")


def test_a_cell_whose_people_are_others_than_were_decided_is_not_shown(
    app: Flask, place: Place
) -> None:
    results.answered(app, place.point, DAY, 20)
    results.answered(app, place.point, DAY, 20, channel="invitation")
    results.answered(app, place.other_point, DAY, 20)
    results.answered(app, place.other_point, DAY, 20, channel="invitation")
    _decide(app)
    provincial = province.sign_in(app, place.provincial)
    path = "/results/units/92/2026-10"
    assert "So theo cách trả lời" in results.words(provincial, path)
    with app.app_context():
        whole = select(StreamRelease).where(StreamRelease.unit_code == "92")
        for release in current().scalars(whole):
            release.n -= 1
        current().commit()
    assert "So theo cách trả lời" not in results.words(provincial, path)


@pytest.mark.parametrize(("used", "shown"), [(12, True), (9, False), (21, False)])
def test_the_response_rate_is_shown_where_it_tells_of_many(
    app: Flask, manager: FlaskClient, place: Place, used: int, shown: bool
) -> None:
    with app.app_context():
        point = points.any_of(current(), place.point)
        tally = InvitationTally(unit_code="31117", point_id=point.id, month=DAY, issued=30)
        tally.used = used
        current().add(tally)
        current().commit()
    path = "/results/units/31117/2026-10"
    assert "Đã phát" not in results.words(manager, path)
    _decide(app)
    rate = "Đã phát 30 phiếu mời, khoảng 40% được trả lời"
    assert (rate in results.words(manager, path)) == shown
    assert (rate in results.words(manager, f"/results/points/{place.point}/2026-10")) == shown
