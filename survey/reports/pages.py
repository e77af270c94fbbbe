"""Everything the page of one unit, or of one of its points, shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from survey import period as periods
from survey.period import Period
from survey.reports.figures import figures_of, index_of
from survey.reports.report import (
    PROFILE,
    THRESHOLDS,
    IndexReport,
    Invited,
    Place,
    Stream,
    TrendMonth,
)
from survey.reports.shelf import Shelf, channels_of
from survey.reports.streams import side_by_side
from survey.reports.verdict import SHIFT, Before, Verdict, shift, verdict
from survey.storage import boundary_changes, comments, invitations, stream_releases, targets
from survey.storage.closes import Close


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
    invited: Invited | None = None
    verdict: Verdict | None = None


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
            trend=tuple(self._trend_month(place, month, measure) for month in self.months),
            below=tuple(self.report(child) for child in below),
            other_instruments=self._others(place),
            comments=comments.count(
                self._session,
                [p.id for p, _ in self._points_of(place)],
                of_point=place.point is not None,
            ),
            last_close=self._last_close,
            streams=self._streams(place, measure),
            invited=self._invited(place),
        )

    def _verdict(self, report: IndexReport, measure: str) -> Verdict | None:
        if report.index is None:
            return None
        codes = targets.chain(self._session, report.place.unit, periods.today())
        year = self._period.start.year
        aimed_at = targets.in_force(self._session, codes, year)
        return verdict(report.figures, aimed_at, self._before(report, measure))

    def _before(self, report: IndexReport, measure: str) -> Before:
        """Return the figures of the period before, or why none is held against these."""
        place, earlier = report.place, self._period.previous
        rows = self._shown(place, earlier, measure)
        weighing = self._weighing(place, rows, earlier)
        obstacle = self._lack(place, earlier, measure) if not rows else None
        if self._has_new_boundaries(place, earlier):
            obstacle = "boundaries"
        elif rows and weighing.rollup != report.rollup:
            obstacle = "rollup"
        elif rows and shift(channels_of(rows), report.channels) > SHIFT:
            obstacle = "channels"
        instrument = self._questionnaire(measure)
        found = figures_of(weighing.rows, instrument, PROFILE, weighing.population)
        return Before(
            period=earlier,
            figures={(each.measure, each.code): each for each in found},
            obstacle=obstacle,
        )

    def _lack(self, place: Place, earlier: Period, measure: str) -> str:
        """Return why a period has no figures on an instrument."""
        if self._is_hidden(place, earlier, measure, *self._splits):
            return "hidden"
        others = (row for row in self._rows[place.key] if row.measure_hash != measure)
        return "instrument" if any(row.starts_on in earlier for row in others) else "none"

    def _has_new_boundaries(self, place: Place, earlier: Period) -> bool:
        """Say whether what is asked about was another territory at some time since a period."""
        if place.point is not None:
            return False
        since = earlier.start, self._period.end
        return bool(boundary_changes.into(self._session, self._tree, *since))

    def _streams(self, place: Place, measure: str) -> tuple[Stream, ...]:
        """Return the streams of a closed period side by side where that was decided to be safe."""
        rows = [row for row in self._shown(place, self._period, measure) if not row.is_imported]
        people = stream_releases.people(self._session, measure, self._period, place.key)
        # Another number of people: the tree was changed since, and nobody decided this cell.
        if not self._is_closed or people != sum(row.n for row in rows):
            return ()
        few = min(channels_of(rows).values()) < self._threshold  # k was raised since
        return () if few else side_by_side(rows, self._questionnaire(measure))

    @property
    def _threshold(self) -> int:
        return self._last_close.threshold if self._last_close else THRESHOLDS.hidden

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

    def _trend_month(self, place: Place, month: Period, measure: str) -> TrendMonth:
        weighing = self._weighing(place, self._shown(place, month, measure), month)
        instrument = self._questionnaire(measure)
        return TrendMonth(month, index_of(weighing.rows, instrument, PROFILE, weighing.population))

    def _others(self, place: Place) -> dict[str, int]:
        """Return how many people answered another instrument here, by its title."""
        people = self._people_by_measure(place)
        return {
            self._questionnaire(measure).title: people[measure]
            for measure in self.measures[1:]
            if people[measure]
        }
