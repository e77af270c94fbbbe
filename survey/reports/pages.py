"""Everything the page of one unit, or of one of its points, shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from survey import period as periods
from survey.period import Period
from survey.reports.control import Measured, broken, controlled
from survey.reports.figures import index_of
from survey.reports.people import people_of
from survey.reports.report import (
    PROFILE,
    Figure,
    IndexReport,
    Invited,
    Place,
    Split,
    Stream,
    TrendMonth,
)
from survey.reports.shelf import Shelf
from survey.reports.splits import divided
from survey.reports.streams import side_by_side
from survey.reports.verdict import OPEN, SHIFT, Before, Verdict, shift, verdict
from survey.storage import (
    boundary_changes,
    closes,
    comments,
    invitations,
    split_tallies,
    stream_releases,
    targets,
)
from survey.storage.base import AnyRow
from survey.storage.boundary_changes import BoundaryChange
from survey.storage.closes import Close
from survey.storage.tallies import TallyRow


@dataclass(frozen=True, kw_only=True)
class UnitPage:
    """Everything the page of one unit (or point) and period shows."""

    report: IndexReport
    trend: tuple[TrendMonth, ...]
    below: tuple[IndexReport, ...]
    other_instruments: Mapping[str, int]
    comments: int
    last_close: Close | None
    streams: tuple[Stream, ...] = ()
    splits: tuple[Split, ...] = ()
    invited: Invited | None = None
    verdict: Verdict | None = None
    # By what its territory became another within the period, the earliest first.
    boundaries: tuple[BoundaryChange, ...] = ()


class PageShelf(Shelf):
    """What pages show: the shelf, with the period before and the twelve months."""

    @property
    def _begin(self) -> date:
        return self._period.previous.start

    def page(self, place: Place, below: Sequence[Place]) -> UnitPage:
        """Return the page of one place with the places directly below it."""
        measure = self.measures[0]
        report = self.report(place)
        return UnitPage(
            report=report,
            verdict=self._verdict(report, measure),
            trend=self._trend(place, measure),
            below=tuple(self.report(child) for child in below),
            other_instruments=self._others(place),
            comments=self._comments(place),
            last_close=self._last_close,
            streams=self._streams(place, measure),
            splits=self._divided(place, measure),
            invited=self._invited(place),
            boundaries=self._boundaries(place),
        )

    def _comments(self, place: Place) -> int:
        if place.point is None:
            return comments.count(self._session, self.codes)
        return comments.count(self._session, [place.unit.code], point_id=place.point.id)

    def _verdict(self, report: IndexReport, measure: str) -> Verdict | None:
        if report.index is None:
            return None
        codes = targets.chain(self._session, report.place.unit, periods.today())
        year = self._period.year
        aimed_at = targets.in_force(self._session, codes, year)
        return verdict(report.figures, aimed_at, self._before(report, measure))

    def _before(self, report: IndexReport, measure: str) -> Before:
        """Return the figures of the period before, or why none is held against these."""
        place, earlier = report.place, self._period.previous
        rows = self._shown(place, earlier, measure)
        weighing = self._weighing(place, rows, earlier)
        obstacle = self._lack(place, earlier, measure) if not rows else None
        if not report.is_closed:
            obstacle = OPEN
        elif any(earlier.start < day for day in self._new_boundaries(place)):
            obstacle = "boundaries"
        elif rows and weighing.rollup != report.rollup:
            obstacle = "rollup"
        elif rows and shift(self._channels(place, earlier, measure), report.channels) > SHIFT:
            obstacle = "channels"
        found = self._figures(place, earlier, measure, weighing, PROFILE)
        return Before(
            period=earlier,
            figures={(each.measure, each.code): each for each in found},
            obstacle=obstacle,
        )

    def _lack(self, place: Place, earlier: Period, measure: str) -> str:
        """Return why a period has no figures on an instrument."""
        if self._is_hidden(place, earlier, measure, *self._splits):
            return "hidden"
        begun = (rows for own, rows in self._rows[place.key].items() if own.start in earlier)
        others = (row for rows in begun for row in rows if row.measure_hash != measure)
        return "instrument" if any(others) else "none"

    def _new_boundaries(self, place: Place) -> list[date]:
        """Return the days on which what is asked about became another territory."""
        if place.point is not None:
            return []
        return [change.on for change in self._changes if change.on < self._period.end]

    def _boundaries(self, place: Place) -> tuple[BoundaryChange, ...]:
        """Return what joined a unit within the period, and what left it.

        What left another unit that had the code before is none of it, nor is a unit's going on.
        """
        if place.point is not None:
            return ()
        own = self._period
        left = boundary_changes.out_of(self._session, self.codes, own.start, own.end)
        found = [
            *(each for each in self._changes if each.on in own and not _goes_on(each)),
            *(each for each in left if self._first_days.get(each.old_code) != each.on),
        ]
        return tuple(sorted(found, key=lambda each: each.on))

    def _streams(self, place: Place, measure: str) -> tuple[Stream, ...]:
        """Return the streams of a closed period side by side where that was decided to be safe."""
        if not self._is_closed:
            return ()
        rows = [row for row in self._shown(place, self._period, measure) if not row.is_imported]
        counted = people_of(rows)
        people = stream_releases.people(self._session, measure, self._period, place.key)
        # Another number of people: the tree was changed since, and nobody decided this cell.
        if people != counted.n:
            return ()
        few = min(counted.channels.values()) < self._threshold  # k was raised since
        if few:
            return ()
        version = self._version(measure).id
        return self._kept.once(
            ("streams", place.key, self._period, version, self._with_imported),
            lambda: side_by_side(rows, self._questionnaire(measure)),
        )

    def _divided(self, place: Place, measure: str) -> tuple[Split, ...]:
        """Return the groups that the months of a closed period told apart."""
        own = [row for row in self._shown(place, self._period, measure) if not row.is_imported]
        if not self._is_closed or not own:
            return ()
        people, instrument = sum(row.n for row in own), self._questionnaire(measure)
        # What a release tells apart is decided some time after it.
        n_decided = len(split_tallies.decided(self._session))
        version = self._version(measure).id
        return self._kept.once(
            ("splits", place.key, self._period, version, self._with_imported, n_decided),
            lambda: tuple(divided(self._told_apart(place, measure), people, instrument)),
        )

    def _told_apart(self, place: Place, measure: str) -> list[AnyRow]:
        """Return the groups of a place's counters and months that may still be shown."""
        codes = [place.unit.code] if place.point else self.codes
        rows = split_tallies.within(self._session, codes, self._period, measure)
        return [
            row
            for row in rows
            if (place.point is None or row.point_id == place.point.id)
            and not self._is_anothers(row.unit_code, periods.containing(row.month).end)
            and row.smallest >= self._threshold  # k was raised since
            and (*_cell(row), "headline", row.unit_code, row.point_id) not in self._hidden
        ]

    def _invited(self, place: Place) -> Invited | None:
        """Return what became of the codes of a closed period; None where it would tell of few."""
        rows = [
            row
            for row in invitations.used(self._session, self._tree, self._period)
            if place.point is None or (row.unit_code, row.point_id) == place.key
        ]
        found = Invited(sum(row.issued for row in rows), sum(row.used for row in rows))
        few = min(found.used, found.issued - found.used) < self._threshold
        return None if few or not self._is_closed else found

    def _trend(self, place: Place, measure: str) -> tuple[TrendMonth, ...]:
        """Return the twelve months, broken where something else changed than what is measured.

        A signal waits for its month to close, as every other word on it does.
        """
        measured = [self._measured(place, month, measure) for month in self.months]
        months = controlled(broken(measured, measure, self._new_boundaries(place)))
        return tuple(map(self._settled, months))

    def _settled(self, month: TrendMonth) -> TrendMonth:
        over = closes.is_closed(month.period, self._last_close)
        return month if over else replace(month, signals=())

    def _measured(self, place: Place, month: Period, measure: str) -> Measured:
        rows = self._shown(place, month, measure)
        return Measured(
            period=month,
            index=self._month_index(place, month, rows, measure),
            instrument=self._main(place, month),
            channels=self._channels(place, month, measure),
            rollup=self._weighing(place, rows, month).rollup if rows else None,
        )

    def _month_index(
        self, place: Place, month: Period, rows: list[TallyRow], measure: str
    ) -> Figure | None:
        weighing = self._weighing(place, rows, month)
        instrument = self._questionnaire(measure)
        return self._once(
            ("index", place, month, measure),
            weighing,
            lambda: index_of(weighing.rows, instrument, PROFILE, weighing.population),
        )

    def _main(self, place: Place, month: Period) -> str | None:
        """Return the instrument that most people answered in a month."""
        return self._kept.once(("main", place.key, month), lambda: self._first(place, month))

    def _first(self, place: Place, month: Period) -> str | None:
        people = self._by_measure(place, month)
        return max(people, key=people.__getitem__, default=None)

    def _channels(self, place: Place, period: Period, measure: str) -> Mapping[str, int]:
        return self._people(place, period, measure).channels

    def _others(self, place: Place) -> dict[str, int]:
        """Return how many people answered another instrument here, by its title."""
        people = self._people_by_measure(place)
        return {
            self._questionnaire(measure).title: people[measure]
            for measure in self.measures[1:]
            if people[measure]
        }


def _goes_on(change: BoundaryChange) -> bool:
    return change.full and change.old_code == change.new_code


def _cell(row: AnyRow) -> tuple[str, date, date]:
    month = periods.containing(row.month)
    return row.measure_hash, month.start, month.end
