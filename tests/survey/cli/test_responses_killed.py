"""The real command in a process of its own: killed in the middle, and twice at once."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from survey.db import session
from survey.storage import points, responses
from survey.storage.responses import Response
from tests import google, live, province
from tests.province import Place

SECONDS = 110


class Command:
    """`flask responses import` of one file, on the database of an application."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._app, self._folder = app, folder
        self.place: Place = province.build(app)

    def start(self) -> subprocess.Popen[str]:
        """Start the command and do not wait for it."""
        settings = {
            "FLASK_INSTANCE_PATH": str(self._folder / "instance"),
            "DATABASE_URL": self._app.config["DATABASE_URL"],
        }
        file = self._folder / "answers.csv"
        words = ["flask", "responses", "import", str(file), "--point", self.place.point]
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=live.ROOT,
            env=live.environment() | settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def bring(self, rows: int) -> None:
        """Write a file with so many answers."""
        (self._folder / "answers.csv").write_bytes(google.simple(rows))

    @property
    def written(self) -> int:
        """How many answers stand in the database, counted or not."""
        engine: sa.Engine = self._app.extensions["engine"]
        with engine.connect().execution_options(read_only=True) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(Response)) or 0

    @property
    def counted(self) -> int:
        """How many answers the point has received."""
        with self._app.app_context():
            return responses.count(session(), points.any_of(session(), self.place.point))


def _kill_in_the_middle(command: Command, rows: int, at: int) -> None:
    command.bring(rows)
    first = command.start()
    while command.written < at:
        assert first.poll() is None, first.communicate()[0]
        time.sleep(0.05)
    first.kill()
    first.communicate()
    assert first.returncode == -signal.SIGKILL
    assert at <= command.written < rows
    assert command.counted == 0
    again = command.start()
    said = again.communicate(timeout=SECONDS)[0]
    assert again.returncode == 0, said
    assert f"accepted: {rows} (" in said
    assert "duplicate: 0\n" in said
    assert (command.written, command.counted) == (rows, rows)


def test_an_import_killed_at_row_60000_counts_nowhere_and_the_next_run_finishes_it(
    app: Flask, tmp_path: Path
) -> None:
    _kill_in_the_middle(Command(app, tmp_path), 100_000, 60_000)


def test_an_import_killed_on_either_database_is_finished_by_the_next_run(
    both_app: Flask, tmp_path: Path
) -> None:
    _kill_in_the_middle(Command(both_app, tmp_path), 12_000, 6_000)


def test_the_same_command_twice_at_once_counts_each_answer_once(
    both_app: Flask, tmp_path: Path
) -> None:
    command = Command(both_app, tmp_path)
    command.bring(8_000)
    started = [command.start(), command.start()]
    said = [process.communicate(timeout=SECONDS)[0] for process in started]
    assert 0 in [process.returncode for process in started], said
    for process, words in zip(started, said, strict=True):
        assert process.returncode == 0 or "imported at this moment" in words
        assert "Traceback" not in words
    assert (command.written, command.counted) == (8_000, 8_000)
