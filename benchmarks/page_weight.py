"""What a citizen's pages weigh on the wire.

python -m benchmarks.page_weight starts the bundled server in a folder of its own. The weight
is every byte of a response, headers too, as a browser that takes gzip gets it; the requests
are the server's own count while Chromium shows the page. The weights depend on no machine.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser

from tests import live
from tests.sheets import fields

# One flight of packets at the start of a connection, and what we aim at.
BUDGET, AIM = 14_000, 10_000
LOOKS = {"vi": "", "en": "?lang=en", "vi, large, contrast": "?size=2&contrast=1"}


@dataclass(frozen=True)
class Reply:
    """One response as it came over the wire."""

    raw: bytes

    @property
    def status(self) -> int:
        """Its status."""
        return int(self.raw.split(b" ", 2)[1])

    @property
    def location(self) -> str:
        """The path that it leads to."""
        return self.raw.split(b"\r\nLocation: ")[1].split(b"\r\n")[0].decode()

    def __len__(self) -> int:
        return len(self.raw)


def ask(address: str, sent: dict[str, str] | None = None) -> Reply:
    """Open an address, or send a form there, as a browser that takes gzip does."""
    parts = urlsplit(address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = urlencode(sent or {}).encode()
    head = [f"{'GET' if sent is None else 'POST'} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    head += ["Accept-Encoding: gzip, deflate, br, zstd", "Connection: close"]
    if sent is not None:
        head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as wire:
        wire.sendall("\r\n".join([*head, "", ""]).encode() + body)
        return Reply(b"".join(iter(lambda: wire.recv(65_536), b"")))


def pages(server: live.Server, look: str) -> Iterator[tuple[str, str, Reply]]:
    """Yield every page of the first visit read one way: its name, its address, its response."""
    form = server.open_point("Quầy 5: Hộ tịch") + look
    yield "form", form, ask(form)
    path, _, query = form.partition("?")
    for name, address in (
        ("other counters", f"{path}/others"),
        ("code typed wrong", f"{path}x"),
        ("code entry", server.base + "/"),
    ):
        shown = f"{address}?{query}" if query else address
        yield name, shown, ask(shown)
    hidden = fields(urlopen(form).read().decode())
    yield "form with an error", "", ask(form, hidden)
    thanks = server.base + ask(form, hidden | {"overall": "4"}).location
    yield "thank-you", thanks, ask(thanks)
    yield "sent before", "", ask(form, hidden | {"overall": "1"})
    server.close_point(path)
    yield "counter closed", form, ask(form)


def main() -> None:
    """Print bytes and requests of each page."""
    with live.browsing() as (server, browser):
        print(f"{'page':20} {'read as':20} {'bytes':>7} {'requests':>9}")
        for look, query in LOOKS.items():
            for name, address, reply in pages(server, query):
                requests = _requests(browser, server, address) if address else "-"
                print(f"{name:20} {look:20} {len(reply):7,} {requests:>9}")
        print(f"budget {BUDGET:,} bytes and 1 request for the first visit; the aim is {AIM:,}")


def _requests(browser: Browser, server: live.Server, address: str) -> int:
    """Return how many requests reach the server while a browser shows a page."""
    before = server.requests
    page = browser.new_page()
    page.goto(address, wait_until="networkidle")
    page.close()
    return server.requests - before


if __name__ == "__main__":
    main()
