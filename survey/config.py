"""Every setting, its production-safe default and its reason.

Sources, weakest first: the defaults below, `instance/settings.toml` (written by
`flask setup`), the environment. Any setting may be given as `FLASK_<NAME>`; the four that
every hosting platform already knows (DATABASE_URL, PUBLIC_BASE_URL, HOST, PORT) also
without the prefix.
"""

import contextlib
import ipaddress
import os
import secrets
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from survey.i18n import translate as _

DEFAULTS: dict[str, Any] = {
    # Loopback: a fresh install is never reachable from the network by accident.
    "HOST": "127.0.0.1",
    "PORT": 8000,
    # The address printed on posters. None refuses to print: a wrong QR outlives its poster.
    "PUBLIC_BASE_URL": None,
    # Reverse proxies in front whose X-Forwarded-* may be believed; 0 believes nobody.
    "PROXY_HOPS": 0,
    # The year from which a month is the 15th of the one before to the 14th, as official reports
    # have it; None: calendar months. Set before that year begins: what was released stays.
    "OFFICIAL_MONTHS_FROM": None,
    # A form opened in the hall may be sent from home three days later.
    "FORM_HOURS": 72,
    # A form is below 2 KB and a comment below 8 KB; larger bodies are not ours.
    "MAX_CONTENT_LENGTH": 64 * 1024,
    # One file of answers brought in from elsewhere, on the page for it: some 150,000 answers.
    "UPLOAD_LENGTH": 20 * 1024 * 1024,
    # k: the smallest number of people shown together. A larger one protects more and shows less;
    # below 10 nobody may go.
    "SMALLEST_GROUP": 10,
    # Scans are counted in memory and written this often: a page never writes.
    "SCAN_SECONDS": 10,
    # Processes that share the answers (gunicorn --workers): each sees its part of a burst.
    "PROCESSES": 1,
    # The offices' own networks (10.5.0.0/16 2001:db8:5::/48), with spaces between: an answer from
    # there gets a sign. Never the guest Wi-Fi of a hall; behind a proxy PROXY_HOPS must be right.
    "STAFF_NETWORKS": "",
    # Where a formal complaint goes; shown beside the comment box, which is not that place.
    "COMPLAINT_NAME": "Cổng Dịch vụ công quốc gia",
    "COMPLAINT_URL": "https://dichvucong.gov.vn",
    # Who answers for the data of citizens; without, the privacy page says whom to ask instead.
    "CONTROLLER_NAME": "",
    "CONTROLLER_ADDRESS": "",
    "CONTROLLER_CONTACT": "",
    # The law a citizen may rely on, working days to answer a request, days to stop on one.
    "DATA_LAW": "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Nghị định 356/2025/NĐ-CP",
    "REQUEST_WORKING_DAYS": 2,
    "REQUEST_DAYS": 15,
    # How long a backup is kept: what was deleted here is in it for so long. Told to citizens.
    "BACKUP_DAYS": 30,
    # Who finds a weakness writes there: an e-mail or https address, told in security.txt.
    "SECURITY_CONTACT": "",
    # What a province asks besides, after the thank-you: "paid", "trips", "apology", with spaces
    # between. Nothing by default: each question has its price in answers.
    "EXTRA_QUESTIONS": "",
    # Keys of the telephone numbers left for a call-back, the newest first, with spaces between;
    # made by flask contacts key, kept in the environment. Without one no number is asked for.
    "CONTACT_KEYS": "",
    # Receipt codes that no row fits, per address: right ones never count, as a hall is one address.
    "RECEIPT_LIMIT": "20 per minute",
    # The province's own mail server, for alerts: none is written to without SMTP_HOST. "starttls",
    # "tls" or "none" (only to a relay on this machine); user and password where it asks for them.
    "SMTP_HOST": "",
    "SMTP_PORT": 587,
    "SMTP_SECURITY": "starttls",
    "SMTP_USER": "",
    "SMTP_PASSWORD": "",
    # Whose letters they are; a server takes no letter without a sender.
    "SMTP_FROM": "",
    # Failed sign-ins per account and address together: a hall shares one address, and a limit
    # per account alone would let anybody lock its owner out. Who goes on waits ever longer.
    "SIGN_IN_LIMIT": "10 per minute; 30 per hour; 100 per day",
    # A browser left unused this long must sign in again: a counter's computer has many users.
    "SIGN_IN_HOURS": 12,
    # Where those failures are counted: each process alone, unless several share a Redis (README).
    "RATELIMIT_STORAGE_URI": "memory://",
    "BABEL_DEFAULT_LOCALE": "vi",
    "BOOTSTRAP_SERVE_LOCAL": True,
    "WTF_CSRF_TIME_LIMIT": None,  # lives as long as the session: no lost work at 17:00
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
}
Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
MAX_PORT = 65535
YEARS = range(2000, 3000)
SHORTEST_KEY = 32
SMTP_SECURITY = ("starttls", "tls", "none")
EXTRA_QUESTIONS = ("paid", "trips", "apology")
DAYS = ("REQUEST_WORKING_DAYS", "REQUEST_DAYS", "BACKUP_DAYS")
PLATFORM = ("DATABASE_URL", "PUBLIC_BASE_URL", "HOST", "PORT")


class ConfigError(Exception):
    """A setting is missing or wrong; the message says the next step."""


def load(instance: Path, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the settings of this installation, without the overrides of a caller."""
    environ = os.environ if environ is None else environ
    written = _written(instance)
    given = {name: environ[name] for name in PLATFORM if environ.get(name)}
    return DEFAULTS | written | given


def complete(settings: Mapping[str, Any], instance: Path) -> dict[str, Any]:
    """Return what follows from the other settings: purpose, database, keys, address, cookies.

    The purpose is "real" once DATABASE_URL is set or `flask setup` has said so, and "demo"
    before: the two have separate databases.
    """
    real = settings.get("PURPOSE") == "real" or bool(settings.get("DATABASE_URL"))
    demo = settings.get("PURPOSE", "demo") == "demo" and not real
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = instance / ("demo.db" if demo else "hailong.db")
    url = settings.get("DATABASE_URL") or f"sqlite:///{file}"
    base, port = settings["PUBLIC_BASE_URL"], _port(settings["PORT"])
    if base is None and demo:
        base = f"http://127.0.0.1:{port}"
    https = bool(base) and urlsplit(base).scheme == "https"
    return {
        "PURPOSE": "demo" if demo else "real",
        "PORT": port,
        "SMALLEST_GROUP": _smallest_group(settings["SMALLEST_GROUP"]),
        "OFFICIAL_MONTHS_FROM": _year(settings["OFFICIAL_MONTHS_FROM"]),
        "PROCESSES": _processes(settings["PROCESSES"]),
        "STAFF_NETWORKS": _networks(settings["STAFF_NETWORKS"]),
        "EXTRA_QUESTIONS": _extra_questions(settings["EXTRA_QUESTIONS"]),
        "CONTACT_KEYS": _contact_keys(settings["CONTACT_KEYS"]),
        "SMTP_PORT": _smtp_port(settings),
        **{name: _days(settings, name) for name in DAYS},
        "DATABASE_URL": url,
        "SECRET_KEY": settings.get("SECRET_KEY") or _secret(instance),
        "PUBLIC_BASE_URL": base.rstrip("/") if base else None,
        "HTTPS": https,
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_NAME": "__Host-session" if https else "session",
    }


def public_address(settings: Mapping[str, Any]) -> str:
    """Return the address to print on posters.

    Raises ConfigError when it is unset, or not https anywhere but in the loopback demo.
    """
    base: str | None = settings["PUBLIC_BASE_URL"]
    if not base:
        raise ConfigError(
            _(
                "Chưa đặt địa chỉ công khai nên chưa in được mã. Bước tiếp theo: đặt "
                "PUBLIC_BASE_URL=https://… (tên miền của cơ quan) rồi khởi động lại."
            )
        )
    parts = urlsplit(base)
    if "://" not in base:
        raise ConfigError(
            _(
                "Địa chỉ công khai %(base)s thiếu https:// ở đầu. Bước tiếp theo: đặt "
                "PUBLIC_BASE_URL=https://%(base)s rồi khởi động lại.",
                base=base,
            )
        )
    if base != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ConfigError(
            _(
                "Địa chỉ công khai %(base)s phải chỉ có tên miền, không có đường dẫn phía sau. "
                "Bước tiếp theo: đặt PUBLIC_BASE_URL=https://tên-miền rồi khởi động lại.",
                base=base,
            )
        )
    if parts.scheme == "https" and parts.hostname:
        return base
    if settings["PURPOSE"] == "demo" and parts.scheme == "http" and _is_loopback(parts.hostname):
        return base
    raise ConfigError(
        _(
            "Địa chỉ công khai %(base)s không dùng https nên không được in lên mã. "
            "Bước tiếp theo: đặt PUBLIC_BASE_URL=https://… rồi khởi động lại.",
            base=base,
        )
    )


def _written(instance: Path) -> dict[str, Any]:
    file = instance / "settings.toml"
    try:
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not valid TOML: {error}. Correct that line.") from error


def _port(value: Any, name: str = "PORT") -> int:
    try:
        port = int(value)
    except ValueError:
        port = -1
    if not 0 < port <= MAX_PORT:
        raise ConfigError(f"{name}={value} is not a port; give a number from 1 to 65535.")
    return port


def _smallest_group(value: Any) -> int:
    if not isinstance(value, int) or value < DEFAULTS["SMALLEST_GROUP"]:
        raise ConfigError(
            f"SMALLEST_GROUP={value} would show too few people together; give 10 or more."
        )
    return value


def _year(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not str(value).isdecimal() or int(value) not in YEARS:
        raise ConfigError(
            f"OFFICIAL_MONTHS_FROM={value} is no year; give one such as 2027, or none for "
            "calendar months."
        )
    return int(value)


def _processes(value: Any) -> int:
    if not str(value).isdecimal() or int(value) < 1:
        raise ConfigError(f"PROCESSES={value} is no number of processes; give 1 or more.")
    return int(value)


def _networks(text: str) -> Networks:
    try:
        networks = tuple(map(ipaddress.ip_network, text.replace(",", " ").split()))
    except ValueError as error:
        raise ConfigError(f"STAFF_NETWORKS: {error}. Write networks as 10.5.0.0/16.") from error
    if any(network.prefixlen == 0 for network in networks):
        raise ConfigError("STAFF_NETWORKS: a network of everybody is no staff network. Narrow it.")
    return networks


def _extra_questions(names: str) -> tuple[str, ...]:
    wanted = set(names.split())
    if unknown := sorted(wanted - set(EXTRA_QUESTIONS)):
        raise ConfigError(
            f"EXTRA_QUESTIONS={names}: {unknown[0]} is none of {', '.join(EXTRA_QUESTIONS)}."
        )
    return tuple(name for name in EXTRA_QUESTIONS if name in wanted)


def _contact_keys(keys: str) -> tuple[str, ...]:
    for number, key in enumerate(keys.split(), 1):
        try:
            Fernet(key)
        except ValueError as error:  # never the key itself in a message
            raise ConfigError(
                f"CONTACT_KEYS: key {number} is not a key; make one with flask contacts key."
            ) from error
    return tuple(keys.split())


def _smtp_port(settings: Mapping[str, Any]) -> int:
    """Return the port of the mail server, once what belongs to it is complete."""
    if settings["SMTP_SECURITY"] not in SMTP_SECURITY:
        known = ", ".join(SMTP_SECURITY)
        raise ConfigError(f"SMTP_SECURITY={settings['SMTP_SECURITY']} is none of {known}.")
    if settings["SMTP_HOST"] and "@" not in settings["SMTP_FROM"]:
        raise ConfigError("SMTP_HOST is set without SMTP_FROM; give the address of the sender.")
    return _port(settings["SMTP_PORT"], "SMTP_PORT")


def _days(settings: Mapping[str, Any], name: str) -> int:
    if not str(settings[name]).isdecimal():
        raise ConfigError(f"{name}={settings[name]} is no number of days; give 0 or more.")
    return int(settings[name])


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _secret(instance: Path) -> str:
    """Read the signing key of this installation, making it on the first start.

    Servers that share one database must share one key: set FLASK_SECRET_KEY there.
    """
    file = instance / "secret-key"
    if not file.exists():
        _write_once(file, secrets.token_urlsafe(48))
    key = file.read_text("ascii").strip()
    if len(key) < SHORTEST_KEY:
        raise ConfigError(
            f"{file} is damaged. Restore it from a backup, or delete it: sheets in "
            "people's hands and printed invitations end then."
        )
    return key


def _write_once(file: Path, text: str) -> None:
    """Write a private file whole or not at all; of several writers at once, one wins."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(out.name, file)
