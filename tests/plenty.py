"""What stands on the pages of managers beside figures, so much of it for each counter given."""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from survey import period
from survey.storage import (
    alerts,
    code_checks,
    contacts,
    denominators,
    invitations,
    referrals,
    sign_ins,
    targets,
    users,
    withdrawals,
)
from survey.storage.alerts import Finding
from survey.storage.comments import Comment
from survey.storage.denominators import Cell, Known, Part
from survey.storage.invitations import NewInvitation
from survey.storage.points import ServicePoint
from survey.storage.targets import TargetChange
from survey.storage.users import MANAGER, User
from survey.storage.withdrawals import Withdrawal

ONE_DAY = timedelta(days=1)
WHO = "quan.ly@hailong.example"
KEY = "a2V5IGZvciB0ZXN0cyBvbmx5LCBzZWNyZXQgbm90IDE="


def fill(session: Session, opened: Sequence[ServicePoint]) -> None:
    """Add alerts, targets, results handed over, invitations, checks, withdrawals and comments."""
    today, month = period.today(), period.containing(period.today()).previous
    _alerts(session, opened, today)
    for code in {point.assignments[0].unit_code for point in opened}:
        _targets(session, code, today)
        _people(session, code)
    for point in opened:
        _dossiers(session, point, month.start, today)
        _invitations(session, point, today)
        for result in code_checks.RESULTS:
            now = period.now()
            code_checks.add(session, point.code, result, on=today, by=WHO, at=now)
        session.add(
            Withdrawal(
                point_id=point.id,
                unit_code=point.assignments[0].unit_code,
                business_day=month.start,
                what=withdrawals.ANSWER,
                n=2,
            )
        )
        _comments(session, point, today)
    session.flush()


def sign_in_again(session: Session, user: User, n: int) -> None:
    """Note further browsers of an account."""
    for _ in range(n):
        sign_ins.begin(session, user.id, period.now())


def _alerts(session: Session, opened: Sequence[ServicePoint], today: date) -> None:
    """Raise alerts at every counter, some of them seen or muted."""
    for kind in (alerts.QUIET, alerts.WITHDRAWN):
        for number, point in enumerate(opened):
            found = Finding(
                kind=kind,
                unit_code=point.assignments[0].unit_code,
                point_id=point.id,
                code_id=point.code.id if kind == alerts.QUIET else None,
                period=period.containing(today).name,
                since=today - 9 * ONE_DAY,
                estimate=0.2,
                low=0.1,
                high=0.3,
                reference=0.05,
                n=30,
                count=6,
            )
            alert = alerts.Alert(**vars(found), raised_on=today, mailed=True)
            session.add(alert)
            if number % 3 == 1:
                alerts.acknowledge(alert, WHO, today)
            if number % 3 == 2:
                alerts.mute(alert, WHO, today + ONE_DAY)


def _targets(session: Session, code: str, today: date) -> None:
    keys = [targets.INDEX, *(("factor", factor) for factor in "ABCDE")]
    month = period.containing(today).previous
    changed = [
        TargetChange(unit_code=code, year=year, key=key, before=None, after=8500)
        for key in keys
        for year in {today.year, month.start.year}
    ]
    targets.put(session, changed, on=today, by=WHO)


def _people(session: Session, code: str) -> None:
    user = users.add(session, f"can.bo.{code}@hailong.example", code, MANAGER, period.now())
    for role in (users.READER, users.CLERK):
        users.grant(session, user, role, code, period.now())
    sign_in_again(session, user, 2)


def _dossiers(session: Session, point: ServicePoint, month: date, today: date) -> None:
    """Store what was handed over at a counter, once corrected."""
    cell = Cell(point.assignments[0].unit_code, point.id, month, denominators.COUNTER)
    first = Counter({Part(field, None, None): 90 for field in ("Hộ tịch", "Đất đai")})
    denominators.put(session, {cell: first}, {}, today)
    more = Counter({Part("Hộ tịch", None, True): 200})
    denominators.put(session, {cell: more}, {cell: Known(1, first)}, today)


def _invitations(session: Session, point: ServicePoint, today: date) -> None:
    """Issue two codes of a counter, a printing of their own."""
    ends = datetime.combine(today + 30 * ONE_DAY, period.DAILY_CLOSE)
    new = [
        NewInvitation(
            digest=secrets.token_bytes(16),
            dossier=None,
            point_id=point.id,
            unit_code=point.assignments[0].unit_code,
            month=period.containing(today).start,
            ends_at=ends,
            field=None,
            deciding_agency=None,
            on_time=None,
        )
        for _ in range(2)
    ]
    invitations.issue(session, period.now(), new)


def _comments(session: Session, point: ServicePoint, today: date) -> None:
    """Add comments of a counter: held, passed on, released with a number to call back."""
    for holds, released_on in (("name", None), ("", today), ("", None)):
        comment = Comment(
            key=secrets.randbits(63),
            point_id=point.id,
            unit_code=point.assignments[0].unit_code,
            receipt_digest=secrets.token_bytes(32),
            business_day=today - 3 * ONE_DAY,
            language="vi",
            is_test=False,
            text="Chờ hơi lâu.",
            masked="Chờ hơi lâu.",
            holds=holds,
            released_on=released_on,
            shows_point=True,
        )
        session.add(comment)
        session.flush()
        contacts.add(
            session,
            comment.key,
            "0900000000",
            [KEY],
            consent_version="1",
            consent_text="Đồng ý",
            on=today,
        )
        if holds:
            now = period.now()
            referrals.add(session, comment.key, by=WHO, at=now, authority="Thanh tra", reason="…")
