"""How many answered out of how many results were handed over, and what follows from it.

Of a place and period: coverage, the reference sample, the sensitivity band, and the weights with
which its points are added up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from sqlalchemy.orm import Session

from analysis import sensitivity_band
from analysis.samples import SensitivityBand
from survey.period import Period, business_day
from survey.reports.report import Coverage, Figure
from survey.storage import denominators, points, rollups
from survey.storage.denominators import COUNTER, Denominator
from survey.storage.points import ServicePoint
from survey.storage.rollups import POOLED, WEIGHTED
from survey.storage.tallies import TallyRow

# Who answered by these was not served at a counter, or not in this period.
ELSEWHERE = frozenset({"online", "imported"})
# A unit's code and the number of one of its points; 0: what its points left over together.
Key = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """How the tallies of a place are added up; `note` says why not by dossiers, as was chosen.

    Where the points of a unit left answers over together, its `rows` are one stratum.
    """

    rows: Sequence[TallyRow]
    population: Mapping[Key, int] | None = None
    note: str | None = None

    @property
    def rollup(self) -> str:
        """The name of the roll-up that was used."""
        return POOLED if self.population is None else WEIGHTED


class Dossiers:
    """What is known of the results handed over in some units, read once."""

    def __init__(self, session: Session, codes: Collection[str], span: Period) -> None:
        self._rows: defaultdict[Key, dict[tuple[date, str], Denominator]] = defaultdict(dict)
        for row in denominators.counts(session, codes, span):
            self._rows[row.unit_code, row.point_id][row.month, row.channel] = row
        self._lacks: defaultdict[Period, dict[Key, tuple[Period, ...]]] = defaultdict(dict)
        self._choices = rollups.all_(session)
        is_asked = any(choice.name == WEIGHTED for choice in self._choices)
        self._assigned = points.assigned(session, codes, span) if is_asked else []
        self._points = {point.id: point for point, _code in self._assigned}
        self.stays = points.stays(session, codes)

    def coverage(
        self,
        places: Iterable[tuple[ServicePoint, str]],
        period: Period,
        *,
        n: int | None,
        index: Figure | None,
    ) -> Coverage:
        """Return the coverage of points with their units.

        Unknown as long as one lacks its dossiers: also where nobody answered, those count.
        """
        own = [(point, (code, point.id)) for point, code in places]
        lacks = self._lacks[period]  # the points of a unit are asked for by each above it, too
        for point, key in own:
            if key not in lacks:
                lacks[key] = self._missing(point, key, period)
        lacking = {point.name: lacks[key] for point, key in own if lacks[key]}
        rows = [row for _point, key in own for row in self._within(key, period)]
        here = sum(row.n for row in rows if row.channel == COUNTER)
        known = None if lacking or not rows else here
        return Coverage(
            n=n,
            n_dossiers=known,
            online=sum(row.n for row in rows if row.channel == denominators.ONLINE),
            postal=sum(row.n for row in rows if row.channel == denominators.POSTAL),
            missing=lacking,
            corrected_on=max((r.stored_on for r in rows if r.version > 1), default=None),
            band=_band(index, n, known),
        )

    def weighing(self, rows: Sequence[TallyRow], period: Period) -> Weighing:
        """Return how the tallies of a unit are added up in a period.

        Weights need the dossiers of every point with answers, and at least as many of them as
        people who answered; else everybody counts once, with a note. Whose answers a unit's
        leftovers are is not known: they need the dossiers of all its points.
        """
        if rollups.of_day(self._choices, period.start) != WEIGHTED or not rows:
            return Weighing(rows=rows)
        merged, people = _merged(rows)
        together = {code for code, point_id in people if not point_id}
        own = {(row.unit_code, row.point_id or 0) for row in rows} - {(c, 0) for c in together}
        own |= {(c, p.id) for p, c in self._assigned if c in together and _was_open(p, period)}
        if any(self._missing(self._points.get(key[1]), key, period) for key in own):
            return Weighing(rows=rows, note="missing")
        population: defaultdict[Key, int] = defaultdict(int)
        for code, point_id in own:
            population[code, 0 if code in together else point_id] += self._n(
                (code, point_id), period
            )
        if any(population.get(key, 0) < n for key, n in people.items()):
            return Weighing(rows=rows, note="more")
        return Weighing(rows=merged, population=population)

    def _missing(self, point: ServicePoint | None, key: Key, period: Period) -> tuple[Period, ...]:
        """Return the months in which a point belonged to a unit and its dossiers are not known."""
        known = self._rows.get(key, {})
        return tuple(
            month
            for month in period.of_kind("month")
            if (month.start, COUNTER) not in known
            and (point is None or (self._belonged(key, month) and _was_open(point, month)))
        )

    def _belonged(self, key: Key, month: Period) -> bool:
        code, point_id = key
        return any(
            stay.begin < month.end and (stay.end is None or stay.end > month.start)
            for stay in self.stays.get((point_id, code), ())
        )

    def _n(self, key: Key, period: Period) -> int:
        return sum(row.n for row in self._within(key, period) if row.channel == COUNTER)

    def _within(self, key: Key, period: Period) -> list[Denominator]:
        return [row for row in self._rows.get(key, {}).values() if row.month in period]


def at_counters(channels: Mapping[str, int]) -> int:
    """Return how many of those who answered were served at a counter."""
    return sum(n for channel, n in channels.items() if channel not in ELSEWHERE)


def _band(index: Figure | None, n: int | None, known: int | None) -> tuple[SensitivityBand, ...]:
    if index is None or not index.has_share or not n or not known or n >= known:
        return ()
    found = sensitivity_band(index.estimate, n, known)
    return found if isfinite(found[0].shift) else ()  # all were satisfied, or nobody


def _was_open(point: ServicePoint, period: Period) -> bool:
    return point.closed_at is None or business_day(point.closed_at) >= period.start


def _merged(rows: Sequence[TallyRow]) -> tuple[list[TallyRow], dict[Key, int]]:
    """Return the tallies with units that have leftovers in one piece, and people by stratum."""
    together = {row.unit_code for row in rows if row.point_id is None}
    merged = [row._replace(point_id=None) if row.unit_code in together else row for row in rows]
    people: defaultdict[Key, int] = defaultdict(int)
    for row in merged:
        people[row.unit_code, row.point_id or 0] += row.n
    return merged, people
