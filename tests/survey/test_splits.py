"""Whom a closed month tells apart: nothing shown, however combined, tells of fewer than k."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import chain, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from analysis import Sums
from survey import closing, period, splits, streams
from survey.period import DAILY_CLOSE
from survey.splits import SPLITS, Table
from survey.storage import (
    marks,
    points,
    questionnaires,
    responses,
    split_tallies,
    stream_releases,
    suppressions,
    units,
)
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from survey.storage.split_tallies import SplitTally
from survey.storage.suppressions import Suppression
from survey.storage.traits import TraitCount
from tests import province, rows

K = 10
OCTOBER = period.parse("2026-10")
DAY, CLOSED = OCTOBER.start, OCTOBER.last_day_to_close


def _count(n: int, batch: int = 1, stream: str = "qr", **traits: object) -> TraitCount:
    known = dict.fromkeys(("on_time", "field", "deciding_agency", "visit")) | traits
    return TraitCount(
        unit_code="31117",
        point_id=1,
        measure_hash="m",
        batch_id=batch,
        marks_apart=False,
        stream=stream,
        n=n,
        **known,  # type: ignore[arg-type]
    )


def _told(*counts: TraitCount, is_divisible: bool = True) -> dict[str, set[str]]:
    """Return the groups told apart by each split, of any stream."""
    table = Table(counts, K, is_divisible=is_divisible)
    return {one.split: set(chain(*one.named.values())) for one in table.divide()}


def test_groups_of_ten_are_told_apart_and_the_others_are_one_more_group() -> None:
    large = [_count(20, visit="submit"), _count(10, visit="collect")]
    assert _told(*large) == {"visit": {"submit", "collect"}}
    assert _told(*large, _count(6, visit="ask"), _count(4)) == {"visit": {"submit", "collect"}}
    # Nine others would follow from the headline: a group gives way to them.
    assert _told(*large, _count(9, visit="ask")) == {"visit": {"submit"}}
    assert _told(_count(20, visit="submit"), _count(9)) == {}


def test_what_is_the_same_for_everybody_is_known_and_what_nobody_said_is_not_told() -> None:
    assert _told(_count(30, field="Hộ tịch")) == {"field": {"Hộ tịch"}}
    assert _told(_count(30)) == {}


def test_a_second_split_is_made_only_beside_the_first() -> None:
    late, other = {"on_time": False}, {"on_time": True}
    crossed = [_count(n, visit=v, **t) for n, v, t in ((15, "submit", late), (15, "collect", late))]
    both = [*crossed, _count(15, visit="submit", **other), _count(10, visit="collect", **other)]
    expected = {"on_time": {"late", "on_time"}, "visit": {"submit", "collect"}}
    assert _told(*both) == expected
    few = [*crossed, _count(20, visit="submit", **other), _count(5, visit="collect", **other)]
    assert _told(*few) == {"on_time": {"late", "on_time"}}


def test_a_group_that_lies_in_one_batch_with_few_others_is_not_told_apart() -> None:
    morning = [_count(30), _count(11, 2, on_time=False)]
    assert _told(*morning, _count(1, 2)) == {}
    assert _told(*morning, _count(10, 2)) == {"on_time": {"late"}}


def test_streams_are_divided_each_by_itself() -> None:
    invited = [_count(n, stream="invitation", on_time=t) for n, t in ((20, True), (10, False))]
    assert _told(*invited, _count(20)) == {"on_time": {"on_time", "late"}}
    assert _told(*invited, _count(20), is_divisible=False) == {}
    assert _told(*invited, _count(8)) == {}  # the streams themselves tell of eight


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 25),
            st.integers(1, 2),
            st.sampled_from(["qr", "invitation"]),
            st.sampled_from([True, False, None]),
            st.sampled_from(["submit", "collect"]),
        ),
        min_size=2,
        max_size=7,
    ),
    st.booleans(),
)
def test_no_few_people_follow_from_batches_streams_and_all_splits(
    drawn: list[tuple[int, int, str, bool | None, str]], is_divisible: bool
) -> None:
    """Decide by projection, over every set of the parts, apart from the program.

    Other counters and months add whole groups, so that one cell is all that must be looked at.
    """
    merged: Counter[tuple[int, str, bool | None, str]] = Counter()
    for n, *part in drawn:
        merged[tuple(part)] += n  # type: ignore[index]
    for batch in {part[0] for part in merged}:
        inside = sum(n for part, n in merged.items() if part[0] == batch)
        merged[batch, "qr", None, "submit"] += max(0, K - inside)
    counts = [_count(n, b, s, on_time=t, visit=v) for (b, s, t, v), n in merged.items() if n]
    is_divisible |= len({count.stream for count in counts}) == 1
    table = Table(counts, K, is_divisible=is_divisible)
    known = [[c.batch_id == b for c in counts] for b in {c.batch_id for c in counts}]
    if is_divisible:
        known += [[c.stream == s for c in counts] for s in {c.stream for c in counts}]
    before = _following(known, counts)
    for one in table.divide():
        for stream, names in one.named.items():
            known += [
                [stream in ("", c.stream) and splits._trait(c, one.split) == name for c in counts]
                for name in names
            ]
    assert _following(known, counts) == before


def _following(known: list[list[bool]], counts: Sequence[TraitCount]) -> set[tuple[int, ...]]:
    """Return the sets of parts with fewer than k people that follow from what is known."""
    people = np.array([count.n for count in counts])
    sets = np.array(list(product((0, 1), repeat=len(counts))), float)[1:]
    small = sets[sets @ people < K]
    basis = np.linalg.svd(np.array(known, float), full_matrices=False)
    axes = basis.Vh[basis.S > 1e-9]
    rest = small - small @ axes.T @ axes
    return {tuple(one.astype(int)) for one in small[(np.abs(rest) < 1e-6).all(axis=1)]}


@pytest.fixture
def point(session: Session) -> ServicePoint:
    """A counter without a field in a commune."""
    units.put(session, province.ROWS, province.SINCE)
    return rows.point_named(session, "31117", "Quầy 1", province.SINCE)


def _answers(session: Session, point: ServicePoint, n: int, **traits: object) -> list[Response]:
    channel = str(traits.pop("channel", "qr"))
    found = []
    for number in range(n):
        levels = [1 + (number + item) % 5 for item in range(6)]
        response = rows.answer(session, point, DAY, levels, channel=channel)
        for name, value in traits.items():
            setattr(response, name, value)
        found.append(response)
    session.flush()
    return found


def _decided(session: Session) -> list[SplitTally]:
    """Close the day and the month; return what the month tells apart."""
    for day in (DAY, CLOSED):
        at = datetime.combine(day + closing.ONE_DAY, DAILY_CLOSE)
        closing.close_day(session, day, at=at, threshold=K)
    assert splits.due(session) == []  # the streams come first
    stream_releases.put(session, streams.decide(session, CLOSED, K))
    assert OCTOBER in splits.due(session)
    found = splits.decide(session, OCTOBER, K)
    return sorted(found, key=lambda group: (SPLITS.index(group.split), group.category))


def test_the_sums_of_a_group_are_those_of_its_answers(
    session: Session, point: ServicePoint
) -> None:
    late = _answers(session, point, 11, on_time=False)
    place = questionnaires.current(session, "mot-cua").item_codes.index("A")
    levels = Counter(row.answers[place] for row in late)
    _answers(session, point, 30, on_time=True)
    _answers(session, point, 10)
    found = _decided(session)
    expected = [("late", 11, 10), ("on_time", 30, 10)]
    assert [(group.category, group.n, group.smallest) for group in found] == expected
    sums = Sums.from_bytes(found[0].sums)
    assert sums.n_respondents == 11
    assert sums.levels("A") == tuple(levels[level] for level in range(1, 6))


def test_a_month_is_decided_once(session: Session, point: ServicePoint) -> None:
    _answers(session, point, 20, deciding_agency="Sở Y tế")
    found = _decided(session)
    split_tallies.put(session, OCTOBER, found)
    split_tallies.put(session, OCTOBER, [])
    assert OCTOBER not in splits.due(session)
    measure = found[0].measure_hash
    (kept,) = split_tallies.within(session, ["31117"], period.parse("2026"), measure)
    assert (kept.split, kept.category, kept.n) == ("agency", "Sở Y tế", 20)
    assert split_tallies.within(session, ["31120"], OCTOBER, measure) == []
    assert split_tallies.within(session, ["31117"], period.parse("2026-11"), measure) == []


def test_a_counter_has_the_field_of_those_who_brought_none(
    session: Session, point: ServicePoint
) -> None:
    points.describe(point, point.name, "Đất đai")
    _answers(session, point, 20)
    _answers(session, point, 15, field="Hộ tịch")
    assert {(one.category, one.n) for one in _decided(session)} == {
        ("Đất đai", 20),
        ("Hộ tịch", 15),
    }


def test_a_stream_is_divided_where_the_streams_stand_side_by_side(
    session: Session, point: ServicePoint
) -> None:
    _answers(session, point, 20)
    _answers(session, point, 20, channel="invitation", on_time=True)
    _answers(session, point, 12, channel="invitation", on_time=False)
    assert {(one.category, one.n) for one in _decided(session)} == {("on_time", 20), ("late", 12)}
    session.query(stream_releases.StreamRelease).delete()
    assert splits.decide(session, OCTOBER, K) == []


def test_nobody_is_divided_where_marks_stand_apart_or_the_cell_is_hidden(
    session: Session, point: ServicePoint
) -> None:
    some = _answers(session, point, 12, visit="submit")
    _answers(session, point, 15, visit="collect")
    marks.sign_all(session, [row.key for row in some], "quick")
    assert _decided(session) == []


def test_a_hidden_cell_is_not_divided(session: Session, point: ServicePoint) -> None:
    _answers(session, point, 12, visit="submit")
    _answers(session, point, 15, visit="collect")
    found = _decided(session)
    assert len(found) == 2
    hidden = Suppression(
        measure_hash=found[0].measure_hash,
        starts_on=OCTOBER.start,
        ends_on=OCTOBER.end,
        split="headline",
        unit_code="31117",
        point_id=point.id,
    )
    suppressions.put(session, period.parse("2026"), [hidden])
    assert splits.decide(session, OCTOBER, K) == []


def test_imported_and_left_out_answers_and_those_of_units_are_not_divided(
    session: Session, point: ServicePoint
) -> None:
    _answers(session, point, 12, visit="submit")
    responses_left = _answers(session, point, 5, visit="ask")
    marks.leave_out(session, [row.key for row in responses_left])
    quiet = rows.point_named(session, "31117", "Quầy 2", province.SINCE)
    other = rows.point_named(session, "31117", "Quầy 3", province.SINCE)
    _answers(session, quiet, 6, visit="submit")
    _answers(session, other, 6, visit="submit")
    found = _decided(session)
    assert [(one.point_id, one.n) for one in found] == [(point.id, 12)]
    assert responses.count(session, quiet) == 6
