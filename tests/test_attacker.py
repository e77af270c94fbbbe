"""Sixty days in the life of an official who writes everything down."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from survey import closing, db, period, reports
from survey.period import Period
from survey.reports import Figure, IndexReport
from survey.storage import imports, marks, units
from survey.storage.batches import Batch
from survey.storage.points import ServicePoint
from survey.storage.responses import Response
from tests import rows
from tests.attacker import Notebook, People, said
from tests.province import ROWS, SINCE

K = 10
FIRST = date(2026, 9, 20)
QUESTION = "A"  # of factor and item; the others are released with it
PLACE = 1
# Answers a day at each counter: busy, usual, quiet, almost none.
ARRIVALS = {"Quầy 1": 3.0, "Quầy 2": 1.2, "Quầy 3": 0.5, "Quầy 4": 0.15, "Quầy 5": 0.6}
NAMES = ("2026-09", "2026-10", "2026-11", "2026-Q3", "2026-Q4", "2026-H2", "2026")


@dataclass(frozen=True)
class Released:
    """One answer as the database knows it on one day."""

    key: int
    unit_code: str
    point_id: int | None
    span: Period
    imported: bool
    apart: bool


class Province:
    """Five counters in two communes; people come, a day is closed, everything is shown."""

    def __init__(self, session: Session, threshold: int) -> None:
        self.session, self.threshold = session, threshold
        self.random = np.random.default_rng(20260920)
        units.put(session, ROWS, SINCE)
        self.root = units.get(session, "92", FIRST)
        codes = ["31117", "31117", "31117", "31120", "31120"]
        self.points = [
            rows.point_named(session, code, name, SINCE)
            for code, name in zip(codes, ARRIVALS, strict=True)
        ]
        self.answers: dict[int, int] = {}
        self.came: defaultdict[tuple[int, date], set[int]] = defaultdict(set)
        self.notebook = Notebook()

    def live(self, days: int) -> None:
        """Let the days pass; every morning the official reads every page and file."""
        for day in (FIRST + timedelta(days=n) for n in range(days)):
            for point, mean in zip(self.points, ARRIVALS.values(), strict=True):
                for _ in range(self.random.poisson(mean)):
                    self._sign(self._come(point, day))
            if day == FIRST + timedelta(days=25):
                self._import(day)
            if marked := day.day in (5, 12, 19):
                self._mark()
            at = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
            self.session.flush()
            self.session.expire_all()
            result = closing.close_day(self.session, day, at=at, threshold=self.threshold)
            if marked or (result and result.batches) or day.day == 7:  # else as the day before
                self._read()

    def _come(self, point: ServicePoint, day: date, **changes: object) -> Response:
        levels = [int(level) for level in self.random.choice([1, 2, 3, 4, 5, 6, 9], 6)]
        stored = rows.answer(self.session, point, day, levels, **changes)
        self.answers[stored.key] = levels[PLACE]
        self.came[point.id, day].add(stored.key)
        return stored

    def _sign(self, response: Response) -> None:
        signs = {"burst": 0.1, "quick": 0.02, "honeypot": 0.03}
        marks.sign(response, {s for s, share in signs.items() if self.random.random() < share})

    def _import(self, day: date) -> None:
        run = imports.begin(self.session, b"older answers", day)
        run.counted_on = day
        for number in range(37):
            older = day - timedelta(days=number)
            self._come(self.points[number % 3], older, channel="imported").import_id = run.id

    def _mark(self) -> None:
        keys = self.random.choice(list(self.answers), 14)
        marks.put(self.session, [int(key) for key in keys], flagged=True)

    def _read(self) -> None:
        query = select(Response, Batch).join(Batch, Batch.id == Response.batch_id)
        query = query.where(~Response.left_out)
        released = [_released(row) for row in self.session.execute(query)]
        for when in map(period.parse, NAMES):
            for with_imported in (False, True):
                shown = reports.export_reports(
                    self.session, self.root, when, with_imported=with_imported
                )
                for report in shown:
                    self._note(report, _behind(report, released))

    def _note(self, report: IndexReport, behind: list[Released]) -> None:
        people = frozenset(each.key for each in behind)
        for figure in report.figures:
            if (figure.measure, figure.code) == ("factor", QUESTION):
                self._write(people, figure)
        if report.unflagged is not None:
            # The second figure says of every question what the unmarked said.
            regular = frozenset(each.key for each in behind if not each.apart)
            self.notebook.write(regular, said(regular, self.answers))

    def _write(self, people: People, figure: Figure) -> None:
        missing = figure.n_missing
        other = len(people) - figure.n_answers - missing
        self.notebook.write(people, (*figure.levels, missing, other))


def _released(row: Row[Response, Batch]) -> Released:
    response, batch = row
    return Released(
        response.key,
        batch.unit_code,
        batch.point_id,
        batch.period,
        batch.is_imported,
        response.flagged and bool(batch.marks_apart),
    )


def _behind(report: IndexReport, released: list[Released]) -> list[Released]:
    """Return whose answers a report adds up: told to the official, who could only guess."""
    point, code = report.place.point, report.place.unit.code
    return [
        each
        for each in released
        if report.period.start <= each.span.start
        and each.span.end <= report.period.end
        and (report.with_imported or not each.imported)
        and code in (each.unit_code, "92")
        and (point is None or each.point_id == point.id)
    ]


def _after(days: int, app: Flask, threshold: int) -> Province:
    with app.app_context():
        province = Province(db.session(), threshold)
        province.live(days)
        db.session().commit()
    return province


@pytest.mark.timeout(300)
def test_sixty_days_of_notes_do_not_tell_what_fewer_than_ten_people_said(app: Flask) -> None:
    province = _after(60, app, K)
    notebook = province.notebook
    assert len(notebook.sums) > 60
    assert notebook.differences(K) == set()
    # People of one atom are alike to the official, so one group of each size says it of all.
    sizes = {atom: {1, min(len(atom), K - 1)} for atom in notebook.atoms}
    groups = {frozenset(sorted(atom)[:n]) for atom, some in sizes.items() for n in some}
    released = frozenset().union(*notebook.atoms)
    days = [frozenset(day) & released for day in province.came.values()]
    groups |= {day for day in days if 4 <= len(day) < K}
    assert [group for group in groups if notebook.learns(group)] == []


@pytest.mark.timeout(300)
def test_the_same_official_succeeds_where_batches_are_smaller_than_ten(app: Flask) -> None:
    province = _after(14, app, 2)
    notebook = province.notebook
    small = [atom for atom in notebook.atoms if len(atom) < K]
    assert len(small) >= 5
    learnt = {group: notebook.learns(group) for group in small[:5]}
    assert all(told == said(group, province.answers) for group, told in learnt.items())


def test_a_commune_is_shown_of_itself_exactly_what_the_province_is(app: Flask) -> None:
    province = _after(30, app, K)
    with app.app_context():
        for code, name in product(("31117", "31120"), NAMES):
            when, unit = period.parse(name), units.get(db.session(), code, FIRST)
            whole = reports.export_reports(db.session(), province.root, when)
            seen_above = {report.place.key: report.figures for report in whole}
            for report in reports.export_reports(db.session(), unit, when):
                assert report.figures == seen_above[report.place.key]
            page = reports.unit_page(db.session(), unit, when)
            assert page.report.figures == seen_above[code, 0]
            for below in page.below:
                assert below.figures == seen_above[below.place.key]
