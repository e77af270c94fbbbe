"""The letter of a morning: to each what is new in the units of his role, one letter for all."""

import smtplib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import structlog
from flask import current_app, render_template

from survey import mail, period
from survey.alerts.words import KINDS, sentence
from survey.db import session
from survey.mail import Letter
from survey.storage import alerts, units, users
from survey.storage.alerts import Alert
from survey.storage.users import MANAGER, PROVINCE_ADMIN, READER, User

log = structlog.get_logger()
TOLD = frozenset({MANAGER, PROVINCE_ADMIN})
# Of what is for the province alone.
TOLD_OF_PROVINCE = TOLD | {READER}
# A longer letter is not read; the page has them all.
MOST = 20


def tell(today: date) -> int:
    """Write to those concerned about new alerts; return how many letters went out.

    A server that cannot be reached is tried again the next night. The caller commits.
    """
    settings = current_app.config
    new = alerts.unmailed(session(), today) if mail.is_set_up(settings) else []
    letters = list(_letters(new, settings)) if new else []
    try:
        refused = mail.send(letters, settings) if letters else []
    except (OSError, smtplib.SMTPException) as error:
        log.error("letters failed", error=type(error).__name__)
        return 0
    if refused:
        log.warning("letters refused", n=len(refused))
    for alert in new:
        alert.mailed = True
    return len(letters) - len(refused)


def _letters(new: Sequence[Alert], settings: Mapping[str, Any]) -> Iterator[Letter]:
    codes = {alert.unit_code for alert in new}
    names = {unit.code: unit.name for unit in units.named(session(), codes, period.today())}
    reach = _Reach()
    for user in users.every(session()):
        own = [alert for alert in new if reach.tells(user, alert)]
        if own and user.active and user.password:
            yield _letter(user, own, names, settings)


class _Reach:
    """Who is told of which units; what was read once is kept."""

    def __init__(self) -> None:
        self._below: dict[str, frozenset[str]] = {}
        self._provincial: dict[str, frozenset[str]] = {}

    def tells(self, user: User, alert: Alert) -> bool:
        """Say whether an alert is for a user: some are for who has a role over a province alone."""
        is_of_province = alert.kind in alerts.OF_PROVINCE
        below = self._provincial_below if is_of_province else self._all_below
        told = TOLD_OF_PROVINCE if is_of_province else TOLD
        tops = (each.unit_code for each in user.assignments if each.role in told)
        return any(alert.unit_code in below(top) for top in tops)

    def _all_below(self, top: str) -> frozenset[str]:
        if top not in self._below:
            self._below[top] = units.subtree(session(), top, period.today())
        return self._below[top]

    def _provincial_below(self, top: str) -> frozenset[str]:
        if top not in self._provincial:
            codes = self._all_below(top)
            self._provincial[top] = units.provincial(session(), codes, period.today())
        return self._provincial[top]


def _letter(
    user: User, own: Sequence[Alert], names: Mapping[str, str], settings: Mapping[str, Any]
) -> Letter:
    base = settings["PUBLIC_BASE_URL"]
    text = render_template(
        "alerts/letter.txt",
        rows=own[:MOST],
        more=len(own) - MOST,
        names=names,
        kinds=KINDS,
        sentence=sentence,
        address=f"{base}/alerts" if base else None,
    )
    return Letter(user.email, f"Hài Lòng: {len(own)} điều nên xem", text)
