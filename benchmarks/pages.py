"""How long the server needs for each page of a manager, and how many queries.

    python -m benchmarks.pages [--responses 1000000] [--points 1000] [--postgresql]
    python -m benchmarks.pages --keep FOLDER    # builds there once, and measures what is there

A province of 100 communes and a year of answers, released in batches as small as daily closes make
them. The pages as its administrator opens them, in this process, the unit page also as a
commune's. Marked: over 300 ms (100 ms for the page of a unit) or 50 queries.
"""

import argparse
import logging
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import structlog
from flask import Flask
from flask.testing import FlaskClient

from benchmarks import year
from survey import period, schema
from survey.app import create_app
from survey.cli.serve import settle_memory
from survey.db import session
from survey.storage import units
from tests import pages, postgresql, province

RUNS = 5
SLOW, SLOW_UNIT, MANY = 300, 100, 50


def main() -> None:
    """Print the milliseconds and the queries of every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=1_000_000)
    parser.add_argument("--points", type=int, default=1_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder to build in, or to measure again")
    options = parser.parse_args()
    with application(options.keep, is_postgresql=options.postgresql) as app:
        with app.app_context():
            if units.is_empty(session()):
                began = time.perf_counter()
                n = year.build(options.responses, options.points)
                print(f"{n} answers, built in {time.perf_counter() - began:.0f} s", flush=True)
            top, below = year.PROVINCE, year.COMMUNE
            paths = pages.of_managers(app, top) | {
                f"{name}, commune": path
                for name, path in pages.of_managers(app, below).items()
                if name == "dashboard.unit"
            }
        client = province.sign_in(app, year.WHO)
        settle_memory()  # as the server does
        print(f"{'page':32} {'first':>8} {'median':>8} {'CPU':>8} {'queries':>8}")
        for name, path in paths.items():
            _measure(app, client, name, path)


@contextmanager
def application(folder: Path | None, *, is_postgresql: bool) -> Iterator[Flask]:
    """Yield an application on a database of its own, kept in a folder where one is given."""
    with ExitStack() as stack:
        folder = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        url = f"sqlite:///{folder / 'pages.db'}"
        if is_postgresql:
            url = stack.enter_context(postgresql.server()).render_as_string(hide_password=False)
        app = create_app(_settings(url, folder))
        # A line for each request would stand between those of the table.
        quiet = structlog.make_filtering_bound_logger(logging.ERROR)
        structlog.configure(wrapper_class=quiet)
        schema.upgrade(app.extensions["engine"], "real", period.today())
        yield app
        app.extensions["engine"].dispose()


def _settings(url: str, folder: Path) -> dict[str, Any]:
    return {
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": url,
        "SECRET_KEY": "only for this benchmark",
        "PUBLIC_BASE_URL": "https://localhost",
        "SERVER_NAME": None,
        "RATELIMIT_ENABLED": False,
        "SCAN_SECONDS": 0,
    }


def _measure(app: Flask, client: FlaskClient, name: str, path: str) -> None:
    times, work = [], []
    for _ in range(RUNS + 1):
        began, worked = time.perf_counter(), time.process_time()
        with pages.counted(app) as queries:
            answer = province.get(client, path)
        work.append((time.process_time() - worked) * 1000)
        times.append((time.perf_counter() - began) * 1000)
    first, milliseconds, processor = times[0], *map(statistics.median, (times[1:], work[1:]))
    limit = SLOW_UNIT if name.startswith("dashboard.unit") else SLOW
    marks = [f"over {limit} ms"] * (milliseconds > limit)
    marks += [f"over {MANY} queries"] * (len(queries) > MANY)
    marks += [f"status {answer.status_code}"] * (answer.status_code not in {200, 302})
    print(
        f"{name:32} {first:8.0f} {milliseconds:8.0f} {processor:8.0f} {len(queries):8} "
        f"{', '.join(marks)}",
        flush=True,
    )


if __name__ == "__main__":
    main()
