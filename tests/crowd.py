"""Ten processes that open and send forms without a browser, as fast as a server lets them.

Apart from the test, so that each process starts without what only the test needs.
"""

import multiprocessing
from collections.abc import Iterable
from http.client import HTTPConnection
from itertools import chain
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from tests.sheets import fields

PROCESSES, OWN, SHARED = 10, 30, 5
SECONDS = 60
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Reply(NamedTuple):
    """How a post ended; two receipts are the same exactly if their addresses are."""

    status: int
    receipt: str | None
    level: int


class Citizen:
    """A client with one connection: it opens forms and sends them."""

    def __init__(self, base: str, tokens: list[str]) -> None:
        self._connection = HTTPConnection(urlsplit(base).netloc, timeout=SECONDS)
        self._tokens = tokens

    def open(self, number: int) -> tuple[str, dict[str, str]]:
        """Return the address of a form and its hidden fields."""
        path = f"/p/{self._tokens[number % len(self._tokens)]}"
        self._connection.request("GET", path)
        return path, fields(self._connection.getresponse().read().decode())

    def send(self, path: str, hidden: dict[str, str], level: int) -> Reply:
        """Send a form with one overall level."""
        self._connection.request("POST", path, urlencode(hidden | {"overall": level}), FORM)
        response = self._connection.getresponse()
        response.read()
        return Reply(response.status, response.getheader("Location"), level)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def post_all(
    citizen: Citizen,
    shared: Iterable[tuple[str, dict[str, str]]],
    begin: Barrier,
    out: "Queue[list[Reply]]",
) -> None:
    """Send the shared forms as every process does, then forms of its own."""
    begin.wait(SECONDS)
    replies = [citizen.send(path, hidden, 5) for path, hidden in shared]
    replies += [citizen.send(*citizen.open(n), n % 5 + 1) for n in range(OWN)]
    citizen.close()
    out.put(replies)


def run(base: str, tokens: list[str]) -> list[Reply]:
    """Let ten processes post at once; return all replies."""
    # spawn: a fork would take over pytest's threads and the database's connections.
    context = multiprocessing.get_context("spawn")
    begin, out = context.Barrier(PROCESSES), context.Queue()
    opener = Citizen(base, tokens)
    shared = [opener.open(number) for number in range(SHARED)]
    opener.close()
    citizens = [Citizen(base, tokens) for _ in range(PROCESSES)]
    started = [
        context.Process(target=post_all, args=(citizen, shared, begin, out), daemon=True)
        for citizen in citizens
    ]
    for process in started:
        process.start()
    try:
        return list(chain.from_iterable(out.get(timeout=SECONDS) for _ in started))
    finally:
        for process in started:
            process.join(5)
            process.kill()
