"""Lists of returned dossiers as a dossier system exports them, and codes issued for tests."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Flask

from survey import invitations, period
from survey.db import session
from survey.invitations import Draft
from survey.storage import points

HEADER = [
    "Số hồ sơ",
    "Họ tên",
    "Số điện thoại",
    "Quầy",
    "Lĩnh vực",
    "Cơ quan giải quyết",
    "Ngày trả kết quả",
    "Đúng hạn",
]


def handed_over(hours_ago: float = 1) -> str:
    """Return a moment as a list writes it."""
    at = period.now().astimezone(period.VIETNAM) - timedelta(hours=hours_ago)
    return at.strftime("%d/%m/%Y %H:%M")


def row(serial: int, **changes: str) -> list[str]:
    """Return one line of a list."""
    cells = {
        "number": f"H15.50.05.13-261118-{serial:04d}",
        "name": "Nguyễn Thị A",
        "phone": "0912345678",
        "point": "Quầy 1: Hộ tịch",
        "field": "Hộ tịch",
        "agency": "UBND phường Ninh Kiều",
        "handed_over": handed_over(),
        "on_time": "Trễ hạn",
    }
    return list((cells | changes).values())


def export(rows: Sequence[Sequence[str]]) -> bytes:
    """Return a CSV file of these lines."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([HEADER, *rows])
    return text.getvalue().encode("utf-8-sig")


def issue(app: Flask, public_id: str, n: int = 1, at: datetime | None = None) -> list[str]:
    """Issue codes at a point and return them; nothing is printed."""
    with app.app_context():
        point = points.any_of(session(), public_id)
        plan = invitations.by_number(point, n, at or period.now())
        return _stored(list(plan.drafts))


def invite(app: Flask, public_id: str, **known: object) -> str:
    """Issue one code that knows something of its dossier, and return it."""
    with app.app_context():
        point = points.any_of(session(), public_id)
        (draft,) = invitations.by_number(point, 1, period.now()).drafts
        return _stored([Draft(**vars(draft) | known)])[0]


def _stored(drafts: list[Draft]) -> list[str]:
    invitations.store(session(), drafts, period.now())
    session().commit()
    return [draft.code for draft in drafts]
