"""The release as a whole: whatever happens in whatever order, what is shown is the sum of
released answers, and never of fewer than k people."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from survey import closing, period, reports
from survey.period import Period
from survey.reports import IndexReport
from survey.storage import imports, marks, points, responses, units
from survey.storage.batches import Batch
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from tests import rows
from tests.province import ROWS, SINCE

K = 10
FIRST = date(2026, 8, 20)
FACTORS = "ABCDE"
PERIODS = [period.parse(name) for name in ("2026-08", "2026-09", "2026-Q3", "2026-H2", "2026")]

places = st.integers(0, 2)
levels = st.lists(st.sampled_from([1, 2, 3, 4, 5, 5, 4, 6, 9]), min_size=6, max_size=6)
acts = st.one_of(
    st.tuples(st.just("answer"), places, st.lists(levels, min_size=1, max_size=12)),
    st.tuples(st.just("import"), places, st.lists(levels, min_size=8, max_size=12)),
    st.tuples(st.just("withdraw"), places),
    st.tuples(st.just("flag"), st.integers(1, 14), st.booleans()),
    st.tuples(st.just("sign"), st.integers(1, 14), st.sampled_from(["burst", "honeypot"])),
    st.tuples(st.just("close"), st.integers(0, 30)),
)


@contextmanager
def _undone(engine: Engine) -> Iterator[Session]:
    """Give a session all of whose commits are taken back at the end."""
    with engine.connect() as connection, connection.begin() as outer:
        options = {"join_transaction_mode": "create_savepoint", "expire_on_commit": False}
        with Session(connection, **options) as session:
            yield session
        outer.rollback()


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(acts, min_size=5, max_size=25))
def test_what_is_shown_is_the_sum_of_the_released_answers_of_at_least_ten_people(
    session: Session, doings: list[tuple[object, ...]]
) -> None:
    with _undone(session.get_bind()) as own:
        world = _World(own)
        for name, *values in doings:
            getattr(world, f"{name}_")(*values)
        world.close_(0)
        assert closing.check(own) == []
        for when in PERIODS:
            for with_imported in (False, True):
                found = reports.export_reports(own, world.root, when, with_imported=with_imported)
                for report in found:
                    _compare(own, report, with_imported=with_imported)


class _World:
    """A province of three counters in two communes, and the days that pass."""

    def __init__(self, session: Session) -> None:
        self.session, self.day = session, FIRST
        units.put(session, ROWS, SINCE)
        self.root = units.get(session, "92", FIRST)
        self.points = [
            rows.point_named(session, code, name, SINCE)
            for code, name in (("31117", "Quầy 1"), ("31117", "Quầy 2"), ("31120", "Quầy 3"))
        ]

    def answer_(self, place: int, many: list[list[int]]) -> None:
        for each in many:
            rows.answer(self.session, self.points[place], self.day, each)

    def import_(self, place: int, many: list[list[int]]) -> None:
        batch = imports.begin(self.session, str(self.day).encode(), self.day)
        batch.counted_on = self.day
        for each in many:
            stored = rows.answer(
                self.session, self.points[place], self.day, each, channel="imported"
            )
            stored.import_id = batch.id
        self.session.flush()

    def withdraw_(self, place: int) -> None:
        link = select(Receipt.digest).join(Response, Response.key == Receipt.response_key)
        here = link.where(Response.point_id == self.points[place].id).limit(1)
        if (digest := self.session.scalars(here).first()) is not None:
            responses.withdraw(self.session, digest)

    def flag_(self, n: int, flagged: bool) -> None:
        keys = list(self.session.scalars(select(Response.key).order_by(Response.key).limit(n)))
        marks.put(self.session, keys, flagged=flagged)

    def sign_(self, n: int, name: str) -> None:
        keys = list(self.session.scalars(select(Response.key).order_by(Response.key).limit(n)))
        marks.sign_all(self.session, keys, name)

    def close_(self, days: int) -> None:
        self.session.flush()
        at = datetime(self.day.year, self.day.month, self.day.day, 23, tzinfo=UTC)
        self.session.expire_all()
        closing.close_day(self.session, self.day, at=at, threshold=K)
        self.day += timedelta(days=days)


def _compare(session: Session, report: IndexReport, *, with_imported: bool) -> None:
    people = _released(session, report, report.period, with_imported=with_imported)
    assert len(people) == 0 or len(people) >= K
    assert report.n_respondents == len(people)
    if not people:
        assert report.figures == ()
        return
    assert report.index is not None
    pooled = [level for answers in people for level in answers[1:6]]
    _same(report.index, pooled)
    for place, code in enumerate(FACTORS, 1):
        factor = next(f for f in report.of("factor") if f.code == code)
        _same(factor, [answers[place] for answers in people])
    if report.n_flagged is not None:
        apart = [answers for answers in people if answers.flagged and answers.apart]
        assert report.n_flagged == len(apart)
        assert all(n == 0 or n >= K for n in (len(apart), len(people) - len(apart)))
        assert report.unflagged is not None
        kept = [answers for answers in people if not (answers.flagged and answers.apart)]
        _same(report.unflagged, [level for answers in kept for level in answers[1:6]])


def _same(figure: reports.Figure, values: list[int]) -> None:
    counted = [value for value in values if 1 <= value <= 5]
    assert figure.levels == tuple(counted.count(level) for level in range(1, 6))
    assert (figure.n_answers, figure.n_missing) == (len(counted), values.count(6))
    if counted:
        share = sum(value >= 4 for value in counted) / len(counted)
        assert abs(figure.estimate - share) < 1e-12
        assert figure.interval.low <= figure.estimate <= figure.interval.high


class _Answers(bytes):
    flagged: bool
    apart: bool | None


def _released(
    session: Session, report: IndexReport, when: Period, *, with_imported: bool
) -> list[_Answers]:
    """Read the raw answers behind a report the slow way."""
    query = select(Response, Batch).join(Batch, Batch.id == Response.batch_id)
    query = query.where(~Response.left_out)
    found = []
    for response, batch in session.execute(query):
        inside = when.start <= batch.starts_on and batch.ends_on <= when.end
        point = report.place.point
        here = (
            batch.point_id == point.id and batch.unit_code == report.place.unit.code
            if point
            else report.place.unit.code in ("92", batch.unit_code)
        )
        if inside and here and (with_imported or response.channel != "imported"):
            answers = _Answers(response.answers)
            answers.flagged, answers.apart = response.flagged, batch.marks_apart
            found.append(answers)
    return found


def test_a_point_that_moved_shows_each_unit_only_its_own_time(session: Session) -> None:
    units.put(session, ROWS, SINCE)
    point = rows.point_named(session, "31117", "Quầy 1", SINCE)
    rows.answers(session, point, date(2026, 10, 5), 10)
    points.move(session, point, "31120", date(2026, 10, 10))
    rows.answers(session, point, date(2026, 10, 12), 12)
    closing.close_day(session, date(2026, 10, 12), at=datetime.now(UTC), threshold=K)
    october = period.parse("2026-10")
    shown = {
        code: reports.index_report(session, units.get(session, code, SINCE), october)
        for code in ("31117", "31120", "92")
    }
    assert {code: report.n_respondents for code, report in shown.items()} == {
        "31117": 10,
        "31120": 12,
        "92": 22,
    }
