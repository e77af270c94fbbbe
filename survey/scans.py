"""Counting in memory how often a code is opened, written down every few seconds.

A scan is counted by code and day, with nothing about whoever scanned; a process that is
killed loses its last seconds, which is what not writing for every page costs.
"""

import atexit
import threading
import time
from collections import Counter
from datetime import date, timedelta
from typing import cast

import sqlalchemy as sa
import structlog
from flask import Flask, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey import period
from survey.storage import scans
from survey.storage.points import PointCode

log = structlog.get_logger()
# What is chosen on a page stands in the address of its links, and `views.citizen` lets no link to
# a form go without; the printed address has none of it.
CHOSEN_ON_PAGE = frozenset({"lang", "size", "contrast", "trial"})
# Except for the form of a code that was read off the poster and typed on a page with such a choice.
TYPED = "typed"
WEEKS = timedelta(weeks=4)


class ScanCounter:
    """The scans of this process that are not written down yet."""

    def __init__(self, engine: sa.Engine, seconds: float) -> None:
        self._engine, self._seconds = engine, seconds
        self._lock = threading.Lock()
        self._counts: Counter[tuple[int, date]] = Counter()
        self._thread: threading.Thread | None = None

    def add(self, code_id: int, day: date) -> None:
        """Count one scan; the first one also starts what will write them down."""
        with self._lock:
            self._counts[code_id, day] += 1
            # Not alive: the process was forked since.
            if self._seconds and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._keep_flushing, daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write down what was counted; what cannot be written waits for the next time."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with Session(self._engine) as session:
                scans.add(session, counts)
                session.commit()
        except SQLAlchemyError as error:
            log.warning("scans wait", reason=type(error).__name__)
            with self._lock:
                self._counts.update(counts)

    @property
    def is_busy(self) -> bool:
        """Whether something is counted and will be written without being asked."""
        with self._lock:
            return self._thread is not None

    def _keep_flushing(self) -> None:
        while True:
            time.sleep(self._seconds)
            self.flush()
            with self._lock:
                if not self._counts:  # a quiet hall keeps no thread
                    self._thread = None
                    return


def init_app(app: Flask) -> None:
    """Give the application its counter, written down once more when the process ends."""
    seconds = app.config["SCAN_SECONDS"]
    counter = app.extensions["scans"] = ScanCounter(app.extensions["engine"], seconds)
    if seconds:
        atexit.register(counter.flush)


def counter() -> ScanCounter:
    """Return the counter of the current application."""
    return cast(ScanCounter, current_app.extensions["scans"])


def count(code: PointCode) -> None:
    """Count that a code was scanned or typed: opened by its printed address, not to try it."""
    from_poster = CHOSEN_ON_PAGE.isdisjoint(request.args) or TYPED in request.args
    is_scan = request.method == "GET" and from_poster and "trial" not in request.args
    if is_scan and not code.point.is_test:
        counter().add(code.id, period.today())


def whole_weeks(today: date) -> tuple[date, date]:
    """Return the days [start, end) whose counts are shown: the last four weeks that are over.

    Never a running day or week: beside a quiet counter it would tell who has just scanned.
    """
    end = today - timedelta(days=today.weekday())
    return end - WEEKS, end
