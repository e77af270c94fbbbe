"""A server killed after it has stored an answer and before it has said so."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from flask import Flask

from tests import live, sheets
from tests.browser.citizen import RESEND, choose, expect_kept, press, receipt, send
from tests.browser.conftest import Pages
from tests.province import Place


def test_a_server_killed_between_commit_and_reply_has_the_answer_once(
    pages: Pages, app: Flask, place: Place, sqlite_url: str, tmp_path: Path
) -> None:
    port = live.free_port()
    page = pages.phone()
    with _dying(port, sqlite_url, tmp_path) as first:
        page.goto(f"http://127.0.0.1:{port}/p/{place.token}")
        choose(page, 4)
        press(page)
        expect_kept(page)
        assert first.wait() == 9
    assert [row.answers[0] for row in sheets.stored(app)] == [4]
    with _dying(port, sqlite_url, tmp_path):
        send(page, RESEND)
        receipt(page)
    assert [row.answers[0] for row in sheets.stored(app)] == [4]


@contextmanager
def _dying(port: int, url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server of `tests.dying` until it listens, and stop it at the end."""
    settings = {"DATABASE_URL": url, "FLASK_SECRET_KEY": "k" * 40}
    settings |= {"FLASK_INSTANCE_PATH": str(folder / "dying")}
    command = [sys.executable, "-m", "tests.dying", str(port), str(folder / "died")]
    process = subprocess.Popen(
        command, cwd=live.ROOT, env=live.environment() | settings, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_it_listens(port)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_until_it_listens(port: int) -> None:
    end = time.monotonic() + live.SECONDS_TO_START
    while time.monotonic() < end:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    pytest.fail("the server does not listen")
