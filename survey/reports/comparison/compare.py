"""One group of peers over one period: everything its page shows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from forms.questionnaire import parse
from survey import period as periods
from survey.period import Period
from survey.reports.comparison import fields, gaps, standing
from survey.reports.comparison.figures import Index, indices
from survey.reports.comparison.groups import owners, peers_below
from survey.reports.comparison.released import Cell, Released
from survey.reports.comparison.result import Comparison, Peer, Weakness
from survey.reports.coverage import Dossiers, at_counters
from survey.reports.report import Figure
from survey.storage import closes, points, questionnaires, units
from survey.storage import targets as stored_targets
from survey.storage.questionnaires import QuestionnaireVersion
from survey.storage.tallies import TallyRow
from survey.storage.units import Unit

# The instrument an empty page is about.
USUAL = "mot-cua"
# A peer below its target for so many periods running is told as a persistent weakness.
WEAK_PERIODS = 3

Known = dict[str, Index]


def compare(
    session: Session,
    parent: Unit,
    period: Period,
    group: str,
    *,
    targets: Mapping[str, float] | None = None,
    coverage: Mapping[str, float] | None = None,
) -> Comparison:
    """Return the peers of a group directly below a unit; NoResultFound for an unknown group.

    By the code of a unit, where it is not to be taken from what is stored: `targets` of the
    index; `coverage` (answers over dossiers).
    """
    table = _Table(session, parent, period, group=group, targets=targets, coverage=coverage)
    return table.comparison()


def groups_below(session: Session, parent: Unit) -> dict[str, list[Unit]]:
    """Return the groups of the units directly below one today."""
    return peers_below(parent, units.on_day(session, periods.today()))


class _Table:
    """What was released to a group, read once."""

    def __init__(
        self,
        session: Session,
        parent: Unit,
        period: Period,
        *,
        group: str,
        targets: Mapping[str, float] | None,
        coverage: Mapping[str, float] | None,
    ) -> None:
        self._session, self._parent, self._period = session, parent, period
        self._group = group
        tree = units.on_day(session, periods.today())
        self._groups = peers_below(parent, tree)
        if group not in self._groups:
            raise NoResultFound(f"{parent.code} has no units of the group {group}")
        self._peers = self._groups[group]
        self._owner_of = owners(self._peers, tree)
        self._tree, self._given = tree, targets
        self._targets = self._aims(period)
        self._periods = _running(period, WEAK_PERIODS if self._targets else 2)
        self._released = Released(session, self._owner_of, self._periods)
        self._versions = questionnaires.by_id(session).values()
        self._last_close = closes.last(session, periods.today())
        self._is_closed = closes.is_closed(period, self._last_close)
        people = self._released.people(period)
        usual = questionnaires.current(session, USUAL).measure_hash
        self._measures = [measure for measure, _n in people.most_common()] or [usual]
        self._people = people
        self._cells = [self._cells_of(each) for each in self._periods]
        self._known = self._indices()
        two = self._periods[:2]
        self._points = [points.assigned(session, self._owner_of, each) for each in two]
        self._arrived = [self._released.received(session, each) for each in two]
        both = Period(self._periods[1].start, period.end)
        self._dossiers = Dossiers(session, self._owner_of, both)
        self._coverage, self._coverage_before = (
            self._of_dossiers(number) if coverage is None else coverage for number in (0, 1)
        )

    def comparison(self) -> Comparison:
        """Return the comparison; of an open period without a word on who is above or below.

        Looked at every day, one unit or another would sooner or later lie apart by chance.
        """
        now, before = self._known[0], self._known[1]
        judged = now if self._is_closed else {}
        reasons = standing.why_unranked(judged, self._coverage)
        ranked = [code for code, own in reasons.items() if not own]
        earlier = standing.why_unranked(before, self._coverage_before)
        both = [code for code in ranked if earlier.get(code) == ()]
        sets = standing.ranking(judged, ranked)
        centre, spots = standing.spots(now)
        mix, standardised = self._by_field()
        cells = {code: self._cells[0][code].rows for code in judged}
        gap, side = self._released.once(
            ("gaps", *cells.items()), lambda: gaps.from_the_group(judged, cells)
        )
        parts: dict[str, Mapping[str, Any]] = {
            "reasons": reasons,
            "coverage": self._coverage,
            "gap": gap,
            "side": side,
            "spot": spots if self._is_closed else {},
            "standing": standing.standings(ranked, sets),
            "move": standing.moves(judged, before, both),
            "standardised": standardised,
            "weakness": self._weak() if self._is_closed else {},
        }
        return Comparison(
            **self._about(),
            peers=self._beside_each_other(parts),
            centre=centre,
            rankability=float("nan") if sets is None else sets.rankability,
            has_coverage=all(code in self._coverage for code in ranked),
            n_moves=len(both),
            fields=mix,
        )

    def _about(self) -> dict[str, Any]:
        """Return what the page says of the group, the period and the instrument."""
        return {
            "parent": self._parent,
            "period": self._period,
            "group": self._group,
            "groups": {name: len(own) for name, own in self._groups.items()},
            "is_closed": self._is_closed,
            "last_close": self._last_close,
            "instrument": self._title(self._measures[0]),
            "other_instruments": {self._title(m): self._people[m] for m in self._measures[1:]},
            "has_targets": bool(self._targets),
        }

    def _beside_each_other(self, parts: Mapping[str, Mapping[str, Any]]) -> tuple[Peer, ...]:
        received = self._received()
        return tuple(self._peer(unit, received[unit.code], parts) for unit in self._peers)

    def _peer(self, unit: Unit, received: int, parts: Mapping[str, Mapping[str, Any]]) -> Peer:
        cell, earlier = self._cells[0][unit.code], self._cells[1][unit.code]
        index = self._known[0].get(unit.code)
        return Peer(
            unit=unit,
            received=received,
            is_hidden=cell.is_hidden,
            index=index.figure if index else None,
            partial=cell.partial,
            joined=next((c.changes for c in (earlier, cell) if c.changes and not c.partial), ()),
            broken=earlier.partial,
            **{part: own[unit.code] for part, own in parts.items() if unit.code in own},
        )

    def _cells_of(self, period: Period) -> dict[str, Cell]:
        measure = self._measures[0]
        return {u.code: self._released.cell(u.code, period, measure) for u in self._peers}

    def _indices(self) -> list[Known]:
        """Return the known indices of each period, the present one first."""
        places = [(number, code) for number, own in enumerate(self._cells) for code in own]
        rows = tuple(self._cells[number][code].rows for number, code in places)
        title = self._title(self._measures[0])
        found = self._released.once(("indices", rows, title), lambda: indices(rows, title))
        known: list[Known] = [{} for _ in self._cells]
        for (number, code), index in zip(places, found, strict=True):
            if index is not None and index.figure.is_known:
                known[number][code] = index
        return known

    def _by_field(self) -> tuple[dict[str, int], dict[str, Any]]:
        """Return peers on one mix of fields, of a closed period; counters that are hidden out."""
        if not self._is_closed:
            return {}, {}
        field_of = {point.id: point.field for point, _code in self._points[0] if point.field}
        rows = {
            code: tuple(row for row in self._cells[0][code].rows if not self._hides(row))
            for code in self._known[0]
        }
        return self._released.once(
            ("fields", *rows.items(), *field_of.items()),
            lambda: fields.side_by_side(rows, field_of),
        )

    def _hides(self, row: TallyRow) -> bool:
        point = row.point_id or 0
        return self._released.hides(row.unit_code, point, self._period, row.measure_hash)

    def _of_dossiers(self, number: int) -> dict[str, float]:
        """Return the coverage in a period of each unit whose dossiers are known."""
        shares = {}
        for code in self._known[number]:
            people: Counter[str] = Counter()
            for row in self._cells[number][code].rows:
                people[row.stream] += row.n
            found = self._dossiers.coverage(
                [each for each in self._points[number] if self._owner_of[each[1]] == code],
                self._periods[number],
                n=at_counters(people),
                index=None,
            )
            if found.share is not None:
                shares[code] = found.share
        return shares

    def _aims(self, period: Period) -> Mapping[str, float]:
        """Return the targets of the index in the year of a period."""
        if self._given is not None:
            return self._given
        chains = stored_targets.chains((peer.code for peer in self._peers), self._tree)
        found = stored_targets.of_units(self._session, chains, period.year)
        index = stored_targets.INDEX
        return {code: own[index].share for code, own in found.items() if index in own}

    def _weak(self) -> dict[str, Weakness]:
        """Return the units whose whole interval lay below the target of its year every time."""
        aims = [self._aims(each) for each in self._periods]
        return {
            code: Weakness(target=target, periods=len(self._periods))
            for code, target in self._targets.items()
            if all(
                code in known and code in own and _is_below(known[code].figure, own[code])
                for known, own in zip(self._known, aims, strict=True)
            )
        }

    def _received(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for row in self._arrived[0]:
            if row.channel != "imported":
                found[self._owner_of[row.unit_code]] += row.n
        return found

    def _title(self, measure: str) -> str:
        return parse(_latest(self._versions, measure).definition).title


def _is_below(figure: Figure, target: float) -> bool:
    """Say whether an index lies wholly below a target, where it may be held against one at all."""
    return figure.gates.manager.change and figure.interval.high < target


def _running(period: Period, how_many: int) -> list[Period]:
    """Return a period and those of its kind before it, the last first."""
    found = [period]
    while len(found) < how_many:
        found.append(found[-1].previous)
    return found


def _latest(versions: Iterable[QuestionnaireVersion], measure: str) -> QuestionnaireVersion:
    return max((v for v in versions if v.measure_hash == measure), key=lambda v: v.version)
