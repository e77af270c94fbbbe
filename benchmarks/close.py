"""How long the daily close takes, and what follows it every night, over a year of answers.

python -m benchmarks.close [--answers 20000] [--responses 1000000] [--points 1000] [--postgresql]
"""

import argparse
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from benchmarks import year
from benchmarks.pages import application
from survey import closing, period
from survey.cli import nightly
from survey.db import session
from survey.period import DAILY_CLOSE


def main() -> None:
    """Print the seconds of each part of a night."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=20_000, help="what waits for the close")
    parser.add_argument("--responses", type=int, default=1_000_000, help="of the year before")
    parser.add_argument("--points", type=int, default=1_000)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with application(None, is_postgresql=options.postgresql) as app, app.app_context():
        print(f"{year.build(options.responses, options.points)} answers of a year", flush=True)
        print(f"{year.wait(options.answers)} answers wait", flush=True)
        _timed("release", _release)
        _timed("streams", lambda: nightly.show_streams(period.today(), year.K))
        _timed("alerts", lambda: nightly.watch(period.today(), period.today()))
        _timed("tidying", nightly.tidy)


def _release() -> None:
    at = datetime.combine(period.today() + timedelta(days=1), DAILY_CLOSE)
    result = closing.close_day(session(), period.today(), at=at, threshold=year.K)
    session().commit()
    print(result, flush=True)


def _timed(name: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    print(f"{name:10} {time.perf_counter() - began:8.1f} s", flush=True)


if __name__ == "__main__":
    main()
