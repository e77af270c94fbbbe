"""What people took back at the points of a province: numbers alone, and for the province alone.

Whoever presses people to take their answers back must not see here whether they did.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey import period as periods
from survey.period import Period
from survey.storage import points, units, withdrawals
from survey.storage.points import ServicePoint
from survey.storage.units import Unit


@dataclass(frozen=True)
class TakenBack:
    """How much of each kind was taken back at a point, under the unit it belonged to then."""

    point: ServicePoint
    unit: Unit
    counts: Mapping[str, int]


def taken_back(session: Session, unit: Unit, period: Period) -> Sequence[TakenBack]:
    """Return what was taken back at each point below a province, most answers first.

    Empty for any other unit. A count says nothing of what was answered, so that it is shown
    however small.
    """
    if unit.level != units.PROVINCE:
        return ()
    today = periods.today()
    counts: defaultdict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for row in withdrawals.by_point(session, units.subtree(session, unit.code, today), period):
        counts[row.point_id, row.unit_code][row.what] = row.n
    at = points.by_id(session, {point_id for point_id, _code in counts})
    of = {each.code: each for each in units.named(session, {code for _id, code in counts}, today)}
    found = [TakenBack(at[point_id], of[code], n) for (point_id, code), n in counts.items()]
    return sorted(found, key=_order)


def _order(one: TakenBack) -> tuple[int, bytes, bytes]:
    return -one.counts.get(withdrawals.ANSWER, 0), one.unit.sort_key, one.point.sort_key
