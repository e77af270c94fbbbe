"""What was released to one subtree, sorted to its places."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from forms.questionnaire import Questionnaire, parse
from survey import period as periods
from survey.period import Period
from survey.reports import kept
from survey.reports.coverage import Dossiers, Key, Weighing, at_counters
from survey.reports.figures import figures_of, index_of
from survey.reports.people import NOBODY, Arrivals, People, is_at_counter, people_of
from survey.reports.quality import signs_of
from survey.reports.report import (
    PROFILE,
    THRESHOLDS,
    Coverage,
    Figure,
    IndexReport,
    Place,
)
from survey.storage import (
    boundary_changes,
    closes,
    points,
    questionnaires,
    suppressions,
    units,
)
from survey.storage.points import ServicePoint
from survey.storage.questionnaires import QuestionnaireVersion
from survey.storage.tallies import TallyRow
from survey.storage.units import Unit

TREND_MONTHS = 12
# The instrument an empty page is about.
USUAL = "mot-cua"
T = TypeVar("T")
# By unit and point (0: the unit with everything below it), then by the period of the batches.
ByPlace = defaultdict[Key, defaultdict[Period, list[TallyRow]]]


class Shelf:
    """What was released to a subtree up to the end of a period, read once, used many times."""

    def __init__(
        self, session: Session, root: Unit, period: Period, *, with_imported: bool
    ) -> None:
        self._session, self._root, self._period = session, root, period
        self._with_imported = with_imported
        self._splits = ("headline", "imported") if with_imported else ("headline",)
        self.codes = codes = units.subtree(session, root.code, periods.today())
        self._tree = {u.code: u for u in units.named(session, codes, periods.today())}
        self.months = _months_until(period.end)
        span = Period(min(self._begin, self.months[0].start), period.end)
        # Also those after the period: the tree is today's.
        self._changes = boundary_changes.into(session, self._tree, span.start, date.max)
        self._first_days = boundary_changes.first_days(self._changes)
        # What is added up to which unit.
        parents = ((unit.code, unit.parent_code) for unit in self._tree.values())
        shape = (frozenset(parents), frozenset(self._first_days.items()))
        self._kept = kept.released(session, codes, span, shape)
        self._rows = self._kept.once("places", self._by_place_and_period)
        self._arrivals = Arrivals(
            session, self._kept, codes, period, self._above, first_days=self.first_days
        )
        self._hidden = suppressions.hidden(session, span)
        self._dossiers = Dossiers(session, codes, span)
        versions = sorted(questionnaires.by_id(session).values(), key=lambda each: each.version)
        self._latest = {version.measure_hash: version for version in versions}
        self._last_close = closes.last(session, periods.today())
        self._is_closed = closes.is_closed(period, self._last_close)
        self._points = [
            each for each in points.assigned(session, codes, period) if self._is_of(*each)
        ]
        self.measures = self._measures()

    @property
    def _begin(self) -> date:
        """The first day that anything is said about."""
        return self._period.start

    @property
    def first_days(self) -> dict[str, date]:
        """The months within the period in which codes of another unit before became its own."""
        days = self._first_days.items()
        return {code: periods.containing(on).start for code, on in days if on > self._period.start}

    @property
    def _threshold(self) -> int:
        return self._last_close.threshold if self._last_close else THRESHOLDS.hidden

    def report(
        self, place: Place, measure: str | None = None, profile: str = PROFILE
    ) -> IndexReport:
        """Return the report of one place of the subtree, on its main instrument."""
        measure = measure or self.measures[0]
        rows = self._shown(place, self._period, measure)
        weighing = self._weighing(place, rows, self._period)
        figures = self._figures(place, self._period, measure, weighing, profile)
        people = self._people(place, self._period, measure)
        received = self._arrivals.at(place.key)
        chosen = [r for r in received if self._with_imported or r.channel != "imported"]
        return IndexReport(
            place=place,
            period=self._period,
            is_closed=self._is_closed,
            questionnaire=self._questionnaire(measure),
            instrument_version=self._version(measure).version,
            with_imported=self._with_imported,
            received=sum(r.n for r in chosen),
            waiting=sum(r.waiting for r in chosen),
            n_left_out=sum(r.left_out for r in chosen),
            signs=signs_of(received, self._threshold) if self._is_closed else None,
            n_imported=sum(r.n for r in received if r.channel == "imported"),
            n_respondents=people.n,
            n_points=len(self._points_of(place)),
            n_points_covered=people.n_points,
            channels=people.channels,
            suppressed=self._is_hidden(place, self._period, measure, *self._splits),
            figures=figures,
            coverage=self._coverage(place, measure, people, figures),
            rollup=weighing.rollup,
            rollup_note=weighing.note,
            **self._flagged(place, measure, weighing, profile, figures),
        )

    def below(self) -> list[Place]:
        """Return the units directly below the root, or its points where there are none."""
        children = [u for u in self._tree.values() if u.parent_code == self._root.code]
        own = [self._point(p, c) for p, c in self._points if c == self._root.code]
        return [*(Place(unit=unit) for unit in children), *own]

    def everything(self) -> list[Place]:
        """Return the root, then every other unit, each followed by its points."""
        order = sorted(self._tree.values(), key=lambda unit: unit.code != self._root.code)
        places = []
        for unit in order:
            places.append(Place(unit=unit))
            places += [self._point(p, c) for p, c in self._points if c == unit.code]
        return places

    def _is_of(self, point: ServicePoint, code: str) -> bool:
        """Say whether a point was not closed before the period, or has anything to show."""
        ended = point.closed_at and periods.business_day(point.closed_at) < self._period.start
        return not ended or bool(self._rows[code, point.id] or self._arrivals.at((code, point.id)))

    def _point(self, point: ServicePoint, code: str) -> Place:
        is_todays = any(stay.end is None for stay in self._dossiers.stays[point.id, code])
        return Place(unit=self._tree[code], point=point, is_todays=is_todays)

    def _weighing(self, place: Place, rows: list[TallyRow], period: Period) -> Weighing:
        """Return how a unit's points are added up; a point has nothing to add."""
        return Weighing(rows=rows) if place.point else self._dossiers.weighing(rows, period)

    def _coverage(
        self, place: Place, measure: str, people: People, figures: Sequence[Figure]
    ) -> Coverage:
        n = at_counters(people.channels) if people.n else None
        came = any(map(is_at_counter, self._arrivals.at(place.key)))
        if not came and not self._is_hidden(place, self._period, measure, *self._splits):
            n = 0
        index = next(iter(figures), None)
        return self._dossiers.coverage(self._points_of(place), self._period, n=n, index=index)

    def _people(self, place: Place, period: Period, measure: str) -> People:
        """Return how many people the figures of a place rest on; nobody where it is hidden."""
        rows = self._shown(place, period, measure)
        if not rows:
            return NOBODY
        key = ("people", place.key, period, measure, self._with_imported)
        return self._kept.once(key, lambda: people_of(rows))

    def _shown(self, place: Place, period: Period, measure: str) -> list[TallyRow]:
        """Return the tallies behind a place's figures; none where its cell is hidden."""
        if self._is_hidden(place, period, measure, *self._splits):
            return []
        return self._kept.once(
            ("shown", place.key, period, measure, self._with_imported),
            lambda: [
                row
                for row in self._within(place, period)
                if row.measure_hash == measure and (self._with_imported or not row.is_imported)
            ],
        )

    def _within(self, place: Place, period: Period) -> Iterator[TallyRow]:
        """Yield the tallies of a place whose own period lies whole within one."""
        for own, rows in self._rows[place.key].items():
            if own.start >= period.start and own.end <= period.end:
                yield from rows

    def _figures(
        self, place: Place, period: Period, measure: str, weighing: Weighing, profile: str
    ) -> tuple[Figure, ...]:
        """Return the figures of a place and period, worked out once after each release."""
        instrument, population = self._questionnaire(measure), weighing.population
        return self._once(
            ("figures", place, period, measure, profile),
            weighing,
            lambda: figures_of(weighing.rows, instrument, profile, population),
        )

    def _once(self, key: tuple[Any, ...], weighing: Weighing, work: Callable[[], T]) -> T:
        """Return what follows from the tallies of a cell and their weights, worked out once."""
        if not weighing.rows:
            return work()
        what, place, period, measure, *rest = key
        weights = frozenset((weighing.population or {}).items())
        version = self._version(measure).id
        own = (what, place.key, period, version, self._with_imported, weights, *rest)
        return self._kept.once(own, work)

    def _is_hidden(self, place: Place, period: Period, measure: str, *splits: str) -> bool:
        cell = (measure, period.start, period.end)
        return any((*cell, split, *place.key) in self._hidden for split in splits)

    def _flagged(
        self,
        place: Place,
        measure: str,
        weighing: Weighing,
        profile: str,
        figures: Sequence[Figure],
    ) -> dict[str, Any]:
        """Return the second figure of a closed period: without the marks that stand apart."""
        if self._with_imported or not self._is_closed:
            return {"n_flagged": None, "unflagged": None}
        n_flagged = self._people(place, self._period, measure).n_apart
        if not n_flagged:  # the usual case, and the figure is there already
            return {"n_flagged": 0, "unflagged": next(iter(figures), None)}
        unflagged = self._once(
            ("unflagged", place, self._period, measure, profile),
            weighing,
            lambda: index_of(
                [row for row in weighing.rows if not (row.flagged and row.marks_apart)],
                self._questionnaire(measure),
                profile,
                weighing.population,
            ),
        )
        return {"n_flagged": n_flagged, "unflagged": unflagged}

    def _measures(self) -> list[str]:
        """Return the instruments answered in the period, the one with most people first."""
        people = self._people_by_measure(Place(unit=self._root))
        usual = questionnaires.current(self._session, USUAL).measure_hash
        return [measure for measure, _n in people.most_common()] or [usual]

    def _people_by_measure(self, place: Place) -> Counter[str]:
        key = ("measures", place.key, self._period)
        return self._kept.once(key, lambda: self._by_measure(place, self._period))

    def _by_measure(self, place: Place, period: Period) -> Counter[str]:
        people: Counter[str] = Counter()
        for row in self._within(place, period):
            people[row.measure_hash] += row.n
        return people

    def _version(self, measure: str) -> QuestionnaireVersion:
        return self._latest[measure]

    def _questionnaire(self, measure: str) -> Questionnaire:
        return parse(self._version(measure).definition)

    def _points_of(self, place: Place) -> list[tuple[ServicePoint, str]]:
        if place.point is None:
            return self._points_below[place.unit.code]
        return [(point, code) for point, code in self._points if point is place.point]

    @cached_property
    def _points_below(self) -> dict[str, list[tuple[ServicePoint, str]]]:
        """The points of each unit and of everything below it."""
        found: defaultdict[str, list[tuple[ServicePoint, str]]] = defaultdict(list)
        for point, code in self._points:
            for above in self._above(code):
                found[above].append((point, code))
        return found

    def _by_place_and_period(self) -> ByPlace:
        """Sort tallies to their point, their unit and every unit above it within the subtree."""
        found: ByPlace = defaultdict(lambda: defaultdict(list))
        for row in self._kept.rows:
            own = Period(row.starts_on, row.ends_on)
            if self._is_anothers(row.unit_code, own.end):
                continue
            if row.point_id is not None:
                found[row.unit_code, row.point_id][own].append(row)
            for code in self._above(row.unit_code):
                found[code, 0][own].append(row)
        return found

    def _is_anothers(self, code: str, end: date) -> bool:
        """Say whether what ended by a day is of another unit, which had the code before."""
        return end <= self._first_days.get(code, date.min)

    def _above(self, code: str) -> list[str]:
        """Return a unit and those above it, up to the root."""
        chain: list[str] = []
        while code in self._tree:
            chain.append(code)
            code = self._tree[code].parent_code or ""
        return chain


def _months_until(end: date) -> list[Period]:
    """Return the twelve months that end where a period ends, in order."""
    months = [periods.containing(end - timedelta(days=1))]
    while len(months) < TREND_MONTHS:
        months.append(months[-1].previous)
    return months[::-1]
