"""How fast answers are accepted and how long a citizen waits; python -m benchmarks.accept.

Starts the bundled server on SQLite in a folder of its own and sends forms from 32 threads.
Absolute times depend on the machine; compare two runs on the same one, in turn.
"""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests import live
from tests.sheets import fields

PEOPLE, ANSWERS = 32, 40
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def main() -> None:
    """Print accepted answers a second and the waiting times of a POST."""
    with (
        tempfile.TemporaryDirectory() as folder,
        live.serving(Path(folder), "--prepare") as server,
        ThreadPoolExecutor(PEOPLE) as pool,
    ):
        before, began = len(server.rows), time.perf_counter()
        waits = [wait for waits in pool.map(_person, [server.form] * PEOPLE) for wait in waits]
        seconds = time.perf_counter() - began
        stored = len(server.rows) - before
    cuts = statistics.quantiles(waits, n=100)
    print(f"accepted {len(waits)}, stored {stored}")
    print(f"with form and answer: {len(waits) / seconds:.0f} a second")
    print(f"POST: median {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, slowest {max(waits):.0f} ms")


def _person(form: str) -> list[float]:
    """Open and send forms one after another; return the milliseconds each POST took."""
    parts = urlsplit(form)
    waits = []
    connection = HTTPConnection(parts.netloc, timeout=60)
    for number in range(ANSWERS):
        connection.request("GET", parts.path)
        hidden = fields(connection.getresponse().read().decode())
        body = urlencode(hidden | {"overall": str(number % 5 + 1), "A": "4"})
        began = time.perf_counter()
        connection.request("POST", parts.path, body, FORM)
        answer = connection.getresponse()
        answer.read()
        waits.append((time.perf_counter() - began) * 1000)
        if answer.status != 303:  # a redirect to the thank-you
            raise RuntimeError(f"not accepted: {answer.status}")
    connection.close()
    return waits


if __name__ == "__main__":
    main()
