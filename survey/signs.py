"""Signs of irregular answering, found at arrival, where the clock is; `judging` has the others.

docs/flags.md has every rule with its threshold and how often it is wrong; decision 10 says why
no time and no order is written down. A sign refuses nothing and says nothing of who answered.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask import current_app
from sqlalchemy.orm import Session

from analysis.flags import is_burst, speed, straight_lining
from forms.questionnaire import LEVELS
from survey import arrivals
from survey.arrivals import Crowd
from survey.config import Networks
from survey.storage import marks
from survey.storage.responses import Answer, Response

SIGNS = frozenset(
    {"burst", "duplicate", "honeypot", "quick", "repeated", "reused", "staff", "straight"}
)
# Loading the page, reading one question and two taps take longer, however often one did it.
QUICKEST = 2.0
# Of one sheet, within the hour: a large family on one phone is not more.
MOST_OF_A_SHEET = 6
# Accepted at one point within a minute; no hall is that busy.
MOST_A_MINUTE = 300
# Of a day whose busiest hour brings three tenths of its answers, ten minutes of that hour.
BUSIEST_SHARE = 0.05
# No point counts as quieter: there eight answers within ten minutes are a burst, seven never.
QUIETEST_DAY = 20
# Until answers have come for a week, a point is taken for a busy one.
KNOWN_AFTER, UNKNOWN_DAY = 7, 200
# Handed out by staff, on their own network: answering there is what it is for.
STAFF_DEVICES = frozenset({"tablet"})


@contextmanager
def noting(
    session: Session, stored: Response, answer: Answer, *, first: bytes, trap: str, address: str
) -> Iterator[None]:
    """Note the signs of an answer at its arrival; what follows commits its transaction.

    `first` is the nonce of the sheet that its own goes back to, `trap` what stands in the field
    that people do not see, `address` where it came from, of which nothing is kept. An answer that
    is not stored has not come: sent again, it would be taken for the second of its sheet.
    """
    if stored.channel == "test":
        yield
        return
    networks = () if stored.channel in STAFF_DEVICES else current_app.config["STAFF_NETWORKS"]
    # Read now: after a rollback the row has nothing to tell.
    point_id, key, content = stored.point_id, stored.key, stored.answers
    seen = arrivals.current()
    used, crowd = seen.sheet(first, content), seen.note(point_id, key)
    try:
        marks.sign(stored, of_one(answer, trap, address, networks))
        marks.sign(stored, of_sheet(used.answers, used.alike))
        signed = _sign_crowd(session, stored, crowd)
        yield
    except BaseException:
        seen.take_back(point_id, key, first, content)
        raise
    seen.settle(point_id, signed)


def of_one(answer: Answer, trap: str, address: str, networks: Networks) -> set[str]:
    """Return the signs that one answer shows by itself."""
    found = {
        "honeypot": bool(trap),
        "quick": answer.seconds < QUICKEST,
        "straight": is_hurried_line(list(answer.levels.values()), answer.seconds),
        "staff": is_within(address, networks),
    }
    return {sign for sign, is_so in found.items() if is_so}


def of_sheet(answers: int, alike: int) -> set[str]:
    """Return the signs of the sheet that was used so often, so often with this content."""
    found = {"reused": answers > MOST_OF_A_SHEET, "duplicate": alike > 1}
    return {sign for sign, is_so in found.items() if is_so}


def is_hurried_line(levels: Sequence[int], seconds: float) -> bool:
    """Say whether all answers are one level and took less than a second each: both together."""
    answered = sum(level in LEVELS for level in levels)
    return bool(speed([seconds], [answered])[0] and straight_lining([levels])[0])


def is_within(address: str, networks: Networks) -> bool:
    """Say whether an address belongs to one of these networks."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:  # a socket of this machine has none
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in network for network in networks)


def busiest_minutes(busiest_day: int, days_known: int) -> float:
    """Return how many answers the busiest ten minutes of a point may be expected to bring."""
    least = QUIETEST_DAY if days_known >= KNOWN_AFTER else UNKNOWN_DAY
    return BUSIEST_SHARE * max(busiest_day, least)


def _sign_crowd(session: Session, stored: Response, crowd: Crowd) -> set[int]:
    """Sign the answers of a burst; return their keys."""
    seen = arrivals.current()
    expected = seen.usual(
        stored.point_id,
        stored.business_day,
        lambda: busiest_minutes(*marks.busiest_day(session, stored.point_id, stored.business_day)),
    )
    expected /= current_app.config["PROCESSES"]
    if crowd.in_minute > MOST_A_MINUTE or is_burst(crowd.in_window, expected):
        return marks.sign_all(session, seen.recent(stored.point_id), "burst")
    return set()
