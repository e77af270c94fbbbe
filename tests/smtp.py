"""A mail server on the loopback that keeps what it is given."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Box:
    """What a server was told: its port, the letters, the commands; whom it refuses."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    refused: frozenset[str] = frozenset()
    certificate: ssl.SSLContext | None = None


class _Handler(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        box: Box = self.server.box
        self._say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            box.commands.append(line)
            verb = line.upper().split()[0]
            if verb == "EHLO":
                starttls = "250-STARTTLS\r\n" if box.certificate else ""
                self._say(f"250-loopback\r\n{starttls}250 AUTH PLAIN")
            elif verb == "STARTTLS" and box.certificate:
                self._say("220 go on")
                try:
                    self.connection = box.certificate.wrap_socket(self.connection, server_side=True)
                except (ssl.SSLError, OSError):  # the client does not know us
                    return
                self.rfile = self.connection.makefile("rb")
            elif verb == "DATA":
                self._say("354 go on")
                box.letters.append(self._letter())
                self._say("250 kept")
            elif verb == "RCPT" and any(each in line for each in box.refused):
                self._say("550 nobody here")
            else:
                self._say({"AUTH": "235 welcome", "QUIT": "221 bye"}.get(verb, "250 fine"))

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the encrypted one, which the server does not know

    def _say(self, line: str) -> None:
        self.connection.sendall(f"{line}\r\n".encode())

    def _letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found


@contextmanager
def server(*, refused: str = "", certificate: ssl.SSLContext | None = None) -> Iterator[Box]:
    """Run a mail server that refuses one address, with a certificate where one is given."""
    box = Box(refused=frozenset({refused} - {""}), certificate=certificate)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as listening:
        listening.box = box  # type: ignore[attr-defined]
        box.port = listening.server_address[1]
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield box
        listening.shutdown()
        thread.join()


def settings(box: Box, **changes: object) -> dict[str, object]:
    """Return the settings that lead to a server."""
    return {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": box.port,
        "SMTP_SECURITY": "none",
        "SMTP_USER": "",
        "SMTP_PASSWORD": "",
        "SMTP_FROM": "Hài Lòng <khaosat@hailong.example>",
    } | changes
