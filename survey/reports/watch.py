"""What in the released figures calls for a look: found once, when a month closes.

How often nothing is behind a finding: below target, at most once in twenty months over the whole
list (Holm); very high, one place in a thousand; the control chart, about three units in a hundred
each month (four rules, eleven months to compare with).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from analysis import ConfidenceInterval, funnel, proportion
from analysis.stepdown import step_down
from survey import period as periods
from survey.period import Period
from survey.reports.comparison.figures import Index, indices
from survey.reports.comparison.groups import owners, peers_below
from survey.reports.comparison.released import Released
from survey.reports.comparison.standing import spots
from survey.reports.control import Measured, broken, controlled
from survey.reports.coverage import Dossiers
from survey.reports.people import people_of
from survey.reports.report import TrendMonth
from survey.storage import alerts, points, responses, targets, units, withdrawals
from survey.storage.alerts import Finding
from survey.storage.tallies import TallyRow
from survey.storage.units import Unit

MONTHS = 12
# Fewer peers are no group.
FEWEST_PEERS = 8
# A counter that was this busy does not fall silent by chance.
BUSY = 10
FEWEST_WITHDRAWN = 3
Place = tuple[str, int | None]
Known = Mapping[Place, Index]


def of_month(session: Session, month: Period) -> list[Finding]:
    """Return what the figures of a closed month show, over the whole tree."""
    tree = units.on_day(session, periods.today())
    families = [_Family(session, peers, tree, month) for peers in _families(tree)]
    return [
        *_against_targets(session, families, tree, month),
        *(found for family in families for found in family.charts()),
        *(found for family in families for found in family.very_high()),
        *_silent(session, sorted(tree), month),
    ]


def of_withdrawals(session: Session, month: Period) -> list[Finding]:
    """Return the counters where more was taken back in a month so far than at the others."""
    codes = units.on_day(session, periods.today()).keys()
    taken = {
        (row.unit_code, row.point_id): row.n
        for row in withdrawals.by_point(session, codes, month)
        if row.what == withdrawals.ANSWER
    }
    left = _received(session, sorted(codes), month)
    sent = {place: left[place] + taken.get(place, 0) for place in left | taken}
    places = sorted(place for place, n in sent.items() if n >= BUSY)
    if len(places) < FEWEST_PEERS or not any(taken.get(place) for place in places):
        return []
    counts, sizes = [taken.get(p, 0) for p in places], [sent[p] for p in places]
    found = funnel(counts, sizes)
    about = Finding(
        kind=alerts.WITHDRAWN,
        unit_code="",
        period=month.name,
        reference=float(found.target),
        n_compared=len(places),
    )
    return [
        _withdrawn(about, place, n, size)
        for place, n, size, is_apart in zip(
            places, counts, sizes, found.adjusted_action.flags.tolist(), strict=True
        )
        if is_apart and n >= FEWEST_WITHDRAWN and n / size > found.target
    ]


class _Family:
    """Units of one kind below one unit, with what was released of them in twelve months."""

    def __init__(
        self, session: Session, peers: Sequence[Unit], tree: Mapping[str, Unit], month: Period
    ) -> None:
        self._peers, self._month = peers, month
        self._months = _until(month)
        owner_of = owners(peers, tree)
        self._released = Released(session, owner_of, self._months)
        year = Period(self._months[0].start, month.end)
        self._dossiers = Dossiers(session, owner_of, year)
        self._measure = next((m for m, _ in self._released.people(month).most_common(1)), "")
        self._field_of: dict[int | None, str | None] = {
            point.id: point.field for point, _ in points.assigned(session, owner_of, month)
        }
        self._known = [self._of(each) for each in self._months]

    @property
    def known(self) -> Known:
        """The indices of the month that may be shown."""
        return self._known[-1]

    def charts(self) -> Iterator[Finding]:
        """Yield the units whose month completes a signal of their control chart."""
        for place, index in self.known.items():
            last = controlled(self._trend(place))[-1]
            if last.limits and last.signals:
                found = self.finding(alerts.CHANGED, place, index, last.limits.centre)
                yield replace(found, rule=last.signals[0], n_compared=len(self.known))

    def very_high(self) -> Iterator[Finding]:
        """Yield units, and counters of one field, far above their peers."""
        for known in (self.known, *self._counters().values()):
            place_of = {f"{code} {point}": (code, point) for code, point in known}
            centre, found = spots({name: known[place] for name, place in place_of.items()})
            apart = [name for name, spot in found.items() if spot.position == "very-high"]
            for name in apart if len(found) >= FEWEST_PEERS else ():
                place = place_of[name]
                one = self.finding(alerts.VERY_HIGH, place, known[place], centre)
                yield replace(one, n_compared=len(found))

    def finding(self, kind: str, place: Place, index: Index, reference: float | None) -> Finding:
        """Return a finding with the index of a place."""
        figure = index.figure
        return Finding(
            kind=kind,
            unit_code=place[0],
            point_id=place[1],
            period=self._month.name,
            estimate=figure.estimate if figure.has_share else None,
            low=figure.interval.low,
            high=figure.interval.high,
            level=figure.interval.level,
            method=figure.interval.method,
            reference=reference,
            n=figure.n_respondents,
        )

    def _trend(self, place: Place) -> Sequence[TrendMonth]:
        """Return the months of a unit, broken where its page breaks them."""
        code, _point = place
        changes = self._released.cell(code, self._months[0], self._measure).changes
        measured = [
            self._measured(code, month, known.get(place))
            for month, known in zip(self._months, self._known, strict=True)
        ]
        return broken(measured, self._measure, {change.on for change in changes})

    def _measured(self, code: str, month: Period, index: Index | None) -> Measured:
        answered = self._released.people(month, code).most_common(1)
        rows = self._released.cell(code, month, self._measure).rows
        return Measured(
            period=month,
            index=index.figure if index else None,
            instrument=next((measure for measure, _n in answered), None),
            channels=people_of(rows).channels,
            rollup=self._dossiers.weighing(rows, month).rollup if rows else None,
        )

    def _of(self, month: Period) -> dict[Place, Index]:
        """Return the known index of each unit in a month."""
        cells = {
            unit.code: self._released.cell(unit.code, month, self._measure) for unit in self._peers
        }
        return _known({(code, None): cell.rows for code, cell in cells.items()})

    def _counters(self) -> dict[str, dict[Place, Index]]:
        """Return the known indices of the counters of each field."""
        rows: defaultdict[Place, list[TallyRow]] = defaultdict(list)
        for unit in self._peers:
            for row in self._released.cell(unit.code, self._month, self._measure).rows:
                if self._field_of.get(row.point_id) and not self._hides(row):
                    rows[row.unit_code, row.point_id].append(row)
        found: defaultdict[str, dict[Place, Index]] = defaultdict(dict)
        for place, index in _known(rows).items():
            found[self._field_of[place[1]] or ""][place] = index
        return found

    def _hides(self, row: TallyRow) -> bool:
        return self._released.hides(row.unit_code, row.point_id or 0, self._month, row.measure_hash)


def _against_targets(
    session: Session, families: Sequence[_Family], tree: Mapping[str, Unit], month: Period
) -> Iterator[Finding]:
    """Yield the units surely below their target, and those not surely at it.

    Of those alone that the unit's own page would hold against it.
    """
    aims = targets.of_units(session, targets.chains(tree, tree), month.year)
    tested = [
        (family, place, index, aims[place[0]][targets.INDEX].share)
        for family in families
        for place, index in family.known.items()
        if targets.INDEX in aims[place[0]] and index.figure.gates.manager.change
    ]
    sides = step_down([partial(_above, index, aim) for _, _, index, aim in tested])
    for (family, place, index, aim), side in zip(tested, sides, strict=True):
        if index.figure.interval.low < aim:
            kind = alerts.BELOW if side < 0 else alerts.UNSURE
            yield replace(family.finding(kind, place, index, aim), n_compared=len(tested))


def _above(index: Index, target: float, level: float) -> ConfidenceInterval[float]:
    limits = index.estimate.confidence_interval(level)
    return replace(limits, low=limits.low - target, high=limits.high - target)


def _silent(session: Session, codes: Sequence[str], month: Period) -> Iterator[Finding]:
    """Yield units without answers in a month, and counters that were busy in the one before."""
    now, before = (_received(session, codes, each) for each in (month, month.previous))
    answered = {code for (code, _point), n in now.items() if n}
    if not answered:  # the service was not in use
        return
    opened = [
        (code, point.id)
        for point, code in points.assigned(session, codes, month)
        if point.is_open and periods.business_day(point.opened_at) <= month.start
    ]
    for code in sorted({code for code, _point in opened} - answered):
        n = sum(n for (unit, _point), n in before.items() if unit == code)
        yield Finding(kind=alerts.SILENT, unit_code=code, period=month.name, count=n)
    for code, point in opened:
        n = before[code, point]
        if code in answered and not now[code, point] and n >= BUSY:
            yield Finding(
                kind=alerts.SILENT, unit_code=code, point_id=point, period=month.name, count=n
            )


def _received(session: Session, codes: Sequence[str], month: Period) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for row in responses.received(session, codes, month):
        if row.channel != "imported":
            found[row.unit_code, row.point_id] += row.n + row.left_out
    return found


def _withdrawn(about: Finding, place: tuple[str, int], n: int, sent: int) -> Finding:
    limits = proportion(n, sent).confidence_interval()
    return replace(
        about,
        unit_code=place[0],
        point_id=place[1],
        estimate=n / sent,
        low=float(limits.low),
        high=float(limits.high),
        level=limits.level,
        method=limits.method,
        n=sent,
        count=n,
    )


def _known(rows: Mapping[Place, Sequence[TallyRow]]) -> dict[Place, Index]:
    found = zip(rows, indices([*rows.values()], ""), strict=True) if rows else ()
    return {place: index for place, index in found if index and index.figure.is_known}


def _families(tree: Mapping[str, Unit]) -> Iterator[Sequence[Unit]]:
    """Yield the units of each kind below each unit; a unit without one above it alone."""
    for unit in tree.values():
        if unit.parent_code not in tree:
            yield [unit]
        yield from peers_below(unit, tree).values()


def _until(month: Period) -> list[Period]:
    found = [month]
    while len(found) < MONTHS:
        found.append(found[-1].previous)
    return found[::-1]
