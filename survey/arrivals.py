"""What one server remembers of the last minutes: who came to a point when, how a sheet was used.

In memory alone: a time beside an answer must never be written down, and what is noted here is
gone within the hour. A restart forgets it too. Of several processes each remembers its own part.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date
from time import time
from typing import cast

from flask import Flask, current_app

WINDOW, MINUTE, HOUR = 600, 60, 3600  # seconds
# Somebody who was told that the first sheet stands and, unsure, goes the same way once more.
SAME_AGAIN = 120


@dataclass(frozen=True)
class Crowd:
    """How many answers came to a point within the last ten minutes and the last minute."""

    in_window: int
    in_minute: int


@dataclass(frozen=True)
class SheetUse:
    """How many answers one sheet and those renewed from it brought, and how many alike."""

    answers: int
    alike: int


class Fading:
    """Counts that are forgotten so many seconds after they began."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # As each lives equally long, the first to have begun is the first to be forgotten.
        self._counts: dict[Hashable, tuple[float, int]] = {}

    def add(self, key: Hashable, now: float) -> int:
        """Count once more and return the count."""
        while self._counts:
            oldest = next(iter(self._counts))
            if self._counts[oldest][0] > now - self._seconds:
                break
            del self._counts[oldest]
        began, n = self._counts.get(key, (now, 0))
        self._counts[key] = began, n + 1
        return n + 1

    def take_back(self, key: Hashable) -> None:
        """Count once less."""
        if key in self._counts:
            began, n = self._counts[key]
            self._counts[key] = began, n - 1


class Arrivals:
    """The memory of one server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Time and key of each answer of ten minutes; no key once it carries the sign.
        self._recent: defaultdict[int, deque[tuple[float, int | None]]] = defaultdict(deque)
        self._sheets, self._alike = Fading(HOUR), Fading(SAME_AGAIN)
        self._usual: dict[int, float] = {}
        self._day = date.min

    def note(self, point_id: int, key: int) -> Crowd:
        """Count an answer to a point and remember its key for ten minutes."""
        with self._lock:
            now = time()
            self._forget(now - WINDOW)
            recent = self._recent[point_id]
            recent.append((now, key))
            return Crowd(len(recent), sum(at > now - MINUTE for at, _ in recent))

    def recent(self, point_id: int) -> list[int]:
        """Return the keys of a point's answers of the last ten minutes that are not settled."""
        with self._lock:
            return [key for _at, key in self._recent.get(point_id, ()) if key is not None]

    def settle(self, point_id: int, keys: Collection[int]) -> None:
        """Let go of keys whose answers carry the sign; the next arrival may find the others."""
        with self._lock:
            recent = self._recent.get(point_id, deque())
            for place, (at, key) in enumerate(recent):
                if key in keys:
                    recent[place] = at, None

    def sheet(self, first: bytes, content: bytes) -> SheetUse:
        """Count an answer of a sheet, or of one renewed from it, that has this content."""
        with self._lock:
            now = time()
            # Of the content a number that says nothing outside this process.
            alike = self._alike.add(hash((first, content)), now)
            return SheetUse(self._sheets.add(first, now), alike)

    def take_back(self, point_id: int, key: int, first: bytes, content: bytes) -> None:
        """Forget an answer that was counted and then not stored: it will be sent again."""
        with self._lock:
            recent = self._recent.get(point_id, deque())
            for noted in [each for each in recent if each[1] == key]:
                recent.remove(noted)
            self._alike.take_back(hash((first, content)))
            self._sheets.take_back(first)

    def usual(self, point_id: int, day: date, find: Callable[[], float]) -> float:
        """Return what is usual at a point, found once a day."""
        if day != self._day:
            self._day, self._usual = day, {}
        if point_id not in self._usual:
            self._usual[point_id] = find()
        return self._usual[point_id]

    def _forget(self, before: float) -> None:
        for point_id, recent in list(self._recent.items()):
            while recent and recent[0][0] <= before:
                recent.popleft()
            if not recent:
                del self._recent[point_id]


def init_app(app: Flask) -> None:
    """Give the application its memory."""
    app.extensions["arrivals"] = Arrivals()


def current() -> Arrivals:
    """Return the memory of the current application."""
    return cast(Arrivals, current_app.extensions["arrivals"])
