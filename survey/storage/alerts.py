"""What somebody should go and look at: each cause once, from the night it is found to its end."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, ForeignKey, and_, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from survey.storage import units
from survey.storage.base import Base
from survey.storage.points import ServicePoint

BELOW, UNSURE, CHANGED, VERY_HIGH = "below-target", "unsure-target", "changed", "very-high"
SILENT, QUIET, WITHDRAWN = "silent", "quiet", "withdrawn"
# Looked for once, when a month closes, and every night.
OF_MONTHS = (BELOW, UNSURE, CHANGED, VERY_HIGH, SILENT)
OF_NIGHTS = (QUIET, WITHDRAWN)
# Told to the province alone: who presses people to take answers back must not see whether they did.
OF_PROVINCE = frozenset({WITHDRAWN})
# What calls for no act of its own stands on the page only.
UNMAILED = frozenset({UNSURE})
# How long the page still shows what is over.
SHOWN_AFTER = timedelta(days=62)
Key = tuple[str, str, int | None, int | None]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A cause as it was found, with its figure and how many places were looked at.

    `period` is a name; fractions from 0 to 1; `level` and `method` are the interval's; `reference`
    is the target, the middle of the group or the centre line; `count` of `n` people or days;
    `rule` of the control chart.
    """

    kind: str
    unit_code: str
    point_id: int | None = None
    code_id: int | None = None
    period: str | None = None
    since: date | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    method: str | None = None
    reference: float | None = None
    n: int | None = None
    count: int | None = None
    n_compared: int = 1
    rule: str = ""


class Alert(Base):
    """A cause from the day it was found until it is found no longer, with its last figure."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    unit_code: Mapped[str] = mapped_column(index=True)
    point_id: Mapped[int | None] = mapped_column(ForeignKey("service_point.id"))
    code_id: Mapped[int | None] = mapped_column(ForeignKey("point_code.id"))
    raised_on: Mapped[date]
    ended_on: Mapped[date | None]
    period: Mapped[str | None]
    since: Mapped[date | None]
    estimate: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    level: Mapped[float | None]
    method: Mapped[str | None]
    reference: Mapped[float | None]
    n: Mapped[int | None]
    count: Mapped[int | None]
    n_compared: Mapped[int]
    rule: Mapped[str]
    # The accounts' e-mails.
    acknowledged_by: Mapped[str | None]
    acknowledged_on: Mapped[date | None]
    muted_by: Mapped[str | None]
    muted_until: Mapped[date | None]
    mailed: Mapped[bool] = mapped_column(default=False)

    point: Mapped[ServicePoint | None] = relationship(lazy="joined")

    @property
    def key(self) -> Key:
        """The cause: what was found, and where."""
        return self.kind, self.unit_code, self.point_id, self.code_id

    def state(self, today: date) -> str:
        """Return "ended", "muted", "acknowledged" or "new"."""
        if self.ended_on:
            return "ended"
        if self.is_muted(today):
            return "muted"
        return "acknowledged" if self.acknowledged_by else "new"

    def is_muted(self, today: date) -> bool:
        """Say whether nobody wants to hear of it today."""
        return self.muted_until is not None and today < self.muted_until


class AlertMonth(Base):
    """A closed month whose figures were looked at; each is looked at once."""

    __tablename__ = "alert_month"

    starts_on: Mapped[date] = mapped_column(primary_key=True)


def is_examined(session: Session, month: date) -> bool:
    """Say whether the month that begins on a day was looked at."""
    return session.get(AlertMonth, month) is not None


def claim(session: Session, month: date) -> bool:
    """Note that a month was looked at; False where another was first."""
    try:
        with session.begin_nested():
            session.execute(insert(AlertMonth), {"starts_on": month})
    except IntegrityError:
        return False
    return True


def put(session: Session, kinds: Collection[str], found: Iterable[Finding], day: date) -> int:
    """Make the alerts of these kinds agree with what was found; return how many are new.

    What goes on keeps its row and what was decided about it, with the newest figure; what was
    not found again ends. A cause that comes back while it is muted stays muted.
    """
    by_key = {_key(finding): finding for finding in found}
    going_on = session.scalars(
        select(Alert).where(Alert.kind.in_(kinds), Alert.ended_on.is_(None))
    ).all()
    for alert in going_on:
        if finding := by_key.pop(alert.key, None):
            _refresh(alert, finding)
        else:
            alert.ended_on = day
    muted = _muted(session, kinds, day) if by_key else {}
    for key, finding in by_key.items():
        session.add(_new(finding, day, muted.get(key)))
    session.flush()
    return len(by_key)


def listing(session: Session, codes: Collection[str], today: date) -> Sequence[Alert]:
    """Return what who reaches these units may know, the latest first; not what is long over."""
    current = or_(Alert.ended_on.is_(None), Alert.ended_on > today - SHOWN_AFTER)
    query = select(Alert).where(_is_told(session, codes, today), current)
    return session.scalars(query.order_by(Alert.raised_on.desc(), Alert.id)).all()


def quiet(session: Session, codes: Collection[str], today: date) -> Sequence[Alert]:
    """Return the codes of these units' open counters that stay quiet, but what is muted."""
    query = select(Alert).where(
        Alert.kind == QUIET, Alert.unit_code.in_(codes), Alert.ended_on.is_(None)
    )
    rows = session.scalars(query.order_by(Alert.since, Alert.id))
    return [a for a in rows if a.point and a.point.is_open and not a.is_muted(today)]


def get(session: Session, number: int, codes: Collection[str], today: date) -> Alert:
    """Return an alert that who reaches these units may know, to change it; else NoResultFound."""
    query = select(Alert).where(Alert.id == number, _is_told(session, codes, today))
    return session.execute(query.with_for_update(of=Alert)).scalar_one()


def unmailed(session: Session, today: date) -> Sequence[Alert]:
    """Return the alerts that nobody was written to about and that nobody has seen or muted."""
    query = select(Alert).where(
        Alert.mailed.is_(False),
        Alert.ended_on.is_(None),
        Alert.acknowledged_by.is_(None),
        Alert.kind.not_in(UNMAILED),
    )
    rows = session.scalars(query.order_by(Alert.id))
    return [alert for alert in rows if not alert.is_muted(today)]


def acknowledge(alert: Alert, by: str, on: date) -> None:
    """Note who has seen an alert; the first one stands."""
    if alert.acknowledged_by is None:
        alert.acknowledged_by, alert.acknowledged_on = by, on


def mute(alert: Alert, by: str, until: date | None) -> None:
    """Let a cause be silent until a day, or be heard again."""
    alert.muted_by, alert.muted_until = (by, until) if until else (None, None)


def _is_told(session: Session, codes: Collection[str], today: date) -> ColumnElement[bool]:
    """Return the condition that an alert may be known to who reaches these units."""
    provincial = units.provincial(session, codes, today)
    widely = Alert.kind.not_in(OF_PROVINCE), Alert.unit_code.in_(codes)
    return or_(and_(*widely), and_(Alert.kind.in_(OF_PROVINCE), Alert.unit_code.in_(provincial)))


def _key(finding: Finding) -> Key:
    return finding.kind, finding.unit_code, finding.point_id, finding.code_id


def _new(finding: Finding, day: date, muted: Alert | None) -> Alert:
    alert = Alert(raised_on=day, **asdict(finding))
    if muted:
        alert.muted_by, alert.muted_until = muted.muted_by, muted.muted_until
    return alert


def _refresh(alert: Alert, finding: Finding) -> None:
    for name, value in asdict(finding).items():
        setattr(alert, name, value)


def _muted(session: Session, kinds: Collection[str], day: date) -> dict[Key, Alert]:
    """Return the last muted alert of each cause that is still muted."""
    query = select(Alert).where(Alert.kind.in_(kinds), Alert.muted_until > day)
    return {alert.key: alert for alert in session.scalars(query.order_by(Alert.id))}
