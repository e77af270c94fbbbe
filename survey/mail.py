"""Letters by SMTP, to the province's own mail server; without SMTP_HOST none is sent."""

import smtplib
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any

# A mail server that does not answer must not hold up the night.
SECONDS = 20
TLS, STARTTLS, PLAIN = "tls", "starttls", "none"


@dataclass(frozen=True)
class Letter:
    """One plain text for one address."""

    to: str
    subject: str
    text: str


def is_set_up(settings: Mapping[str, Any]) -> bool:
    """Say whether letters can be sent."""
    return bool(settings["SMTP_HOST"])


def send(letters: Iterable[Letter], settings: Mapping[str, Any]) -> list[str]:
    """Send letters over one connection; return the addresses that the server refused.

    Raises OSError or SMTPException where the server cannot be reached or lets nobody in; what
    went out before is out.
    """
    refused = []
    with _server(settings) as server:
        for letter in letters:
            try:
                server.send_message(_message(letter, settings["SMTP_FROM"]))
            except smtplib.SMTPRecipientsRefused:
                refused.append(letter.to)
    return refused


@contextmanager
def _server(settings: Mapping[str, Any]) -> Iterator[smtplib.SMTP]:
    host, port = settings["SMTP_HOST"], int(settings["SMTP_PORT"])
    checked = ssl.create_default_context()
    if settings["SMTP_SECURITY"] == TLS:
        opened: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=checked)
    else:
        opened = smtplib.SMTP(host, port, timeout=SECONDS)
    with opened as server:
        if settings["SMTP_SECURITY"] == STARTTLS:
            server.starttls(context=checked)
        if settings["SMTP_USER"]:
            server.login(settings["SMTP_USER"], settings["SMTP_PASSWORD"])
        yield server


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    domain = parseaddr(sender)[1].rpartition("@")[2]
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    return message
