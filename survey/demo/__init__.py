"""The demonstration province: units, counters and one account, under names nobody can
take for real ones."""

import secrets
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from survey import accounts, register
from survey.storage import points, units, users
from survey.storage.points import ServicePoint

UNITS = Path(__file__).parent / "units.csv"
PROVINCE = "00"
EMAIL = "quanly@hailong.example"
COUNTERS = (
    ("Quầy 1: Hộ tịch, chứng thực", "Tư pháp"),
    ("Quầy 2: Đất đai, xây dựng", "Đất đai"),
    ("Quầy 3: Trả kết quả", None),
)


def load(session: Session, now: datetime, today: date) -> str:
    """Fill an empty database; return the password of the account EMAIL."""
    since = today - timedelta(days=365)
    rows = register.units_of(UNITS)
    units.put(session, rows, since)
    for row in rows:
        if row.level == "commune":
            for name, field in COUNTERS:
                points.add(session, row.code, name, now, since, field=field)
    points.add(session, "00-SNV", "Quầy thử", now, since, is_test=True)
    closed = points.add(session, "00010", "Quầy cũ, đã đóng", now, since)
    points.close(closed, now)
    user = users.add(session, EMAIL, PROVINCE, "manager", now)
    accounts.set_password(user, password := secrets.token_urlsafe(12))
    return password


def first_point(session: Session, today: date) -> ServicePoint:
    """Return the counter whose form a newcomer is shown first."""
    codes = units.subtree(session, PROVINCE, today)
    return points.listing(session, codes, today, text=COUNTERS[0][0]).rows[0][0]
