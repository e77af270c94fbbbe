import threading
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.flags import bursts, is_burst
from survey import period
from survey.arrivals import WINDOW, Arrivals, Crowd, SheetUse

POINT, OTHER = 1, 2


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


def test_answers_of_a_point_are_counted_over_ten_minutes_and_one(arrivals: Arrivals) -> None:
    with time_machine.travel(period.now(), tick=False) as clock:
        assert arrivals.note(POINT, 11) == Crowd(1, 1)
        assert arrivals.note(OTHER, 21) == Crowd(1, 1)
        clock.shift(59)
        assert arrivals.note(POINT, 12) == Crowd(2, 2)
        clock.shift(2)
        assert arrivals.note(POINT, 13) == Crowd(3, 2)
        clock.shift(600)
        assert arrivals.note(POINT, 14) == Crowd(1, 1)


def test_the_keys_of_ten_minutes_are_remembered_until_settled(arrivals: Arrivals) -> None:
    with time_machine.travel(period.now(), tick=False) as clock:
        arrivals.note(POINT, 11)
        arrivals.note(OTHER, 21)
        clock.shift(500)
        arrivals.note(POINT, 12)
        clock.shift(100)
        arrivals.note(POINT, 13)
        assert arrivals.recent(POINT) == [12, 13]
        arrivals.settle(POINT, {13})
        assert arrivals.recent(POINT) == [12]
        arrivals.settle(POINT, {12})
        assert arrivals.recent(POINT) == []
        assert arrivals.note(POINT, 14).in_window == 3, "settled answers came all the same"
        assert arrivals.recent(OTHER) == [], "forgotten though nobody came there again"


@given(st.lists(st.integers(0, 120), min_size=1, max_size=60))
@example([74, 0, 0, 0, 0, 120, 120, 120, 120, 120])
def test_what_is_marked_one_by_one_is_what_the_whole_day_would_show(gaps: list[int]) -> None:
    arrivals, marked, seconds, expected = Arrivals(), set[int](), list[int](), 1.5
    # Whole seconds: at exactly ten minutes a fraction would decide by its rounding.
    with time_machine.travel(period.now().replace(microsecond=0), tick=False) as clock:
        for key, gap in enumerate(gaps):
            clock.shift(gap)
            seconds.append((seconds[-1] if seconds else 0) + gap)
            if is_burst(arrivals.note(POINT, key).in_window, expected):
                marked |= (found := set(arrivals.recent(POINT)))
                arrivals.settle(POINT, found)
    flags = bursts(seconds, window=WINDOW, rate=expected / WINDOW)
    assert [key in marked for key in range(len(gaps))] == flags.tolist()


def test_a_sheet_and_those_renewed_from_it_are_counted_together(arrivals: Arrivals) -> None:
    with time_machine.travel(period.now(), tick=False) as clock:
        assert arrivals.sheet(b"first", b"555") == SheetUse(1, 1)
        assert arrivals.sheet(b"first", b"444") == SheetUse(2, 1)
        assert arrivals.sheet(b"other", b"555") == SheetUse(1, 1)
        clock.shift(119)
        assert arrivals.sheet(b"first", b"555") == SheetUse(3, 2)
        clock.shift(121)
        assert arrivals.sheet(b"first", b"555") == SheetUse(4, 1)
        clock.shift(3600)
        assert arrivals.sheet(b"first", b"555") == SheetUse(1, 1)


def test_an_answer_that_is_taken_back_was_never_there(arrivals: Arrivals) -> None:
    arrivals.note(POINT, 11)
    arrivals.sheet(b"first", b"555")
    arrivals.note(POINT, 12)
    arrivals.sheet(b"first", b"444")
    arrivals.take_back(POINT, 11, b"first", b"555")
    assert arrivals.recent(POINT) == [12]
    assert arrivals.note(POINT, 13) == Crowd(2, 2)
    assert arrivals.sheet(b"first", b"555") == SheetUse(2, 1)


def test_what_is_usual_is_asked_once_a_day(arrivals: Arrivals) -> None:
    asked = []

    def find() -> float:
        asked.append(1)
        return 7.0

    day = date(2026, 11, 2)
    for on in (day, day, day + timedelta(days=1)):
        assert arrivals.usual(POINT, on, find) == 7.0
    assert len(asked) == 2


def test_threads_that_count_at_once_lose_nobody(arrivals: Arrivals) -> None:
    threads = [
        threading.Thread(target=lambda n=n: [arrivals.note(POINT, 100 * n + i) for i in range(100)])
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert arrivals.note(POINT, 9999).in_window == 801
    assert len(arrivals.recent(POINT)) == 801
