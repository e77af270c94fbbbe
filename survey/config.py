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

DEFAULTS: dict[str, Any] = {
    # Loopback: a fresh install is never reachable from the network by accident.
    "HOST": "127.0.0.1",
    "PORT": 8000,
    # The address printed on posters. None refuses to print: a wrong QR outlives its poster.
    "PUBLIC_BASE_URL": None,
    # Reverse proxies in front whose X-Forwarded-* may be believed; 0 believes nobody.
    "PROXY_HOPS": 0,
    # A form opened in the hall may be sent from home three days later.
    "FORM_HOURS": 72,
    # A form is below 2 KB and a comment below 8 KB; larger bodies are not ours.
    "MAX_CONTENT_LENGTH": 64 * 1024,
    # One file of answers brought in from elsewhere, on the page for it: some 150,000 answers.
    "UPLOAD_LENGTH": 20 * 1024 * 1024,
    # k: the smallest number of people shown together. A larger one protects more and shows less;
    # below 10 nobody may go.
    "SMALLEST_GROUP": 10,
    # Where a formal complaint goes; shown beside the comment box, which is not that place.
    "COMPLAINT_NAME": "Cổng Dịch vụ công quốc gia",
    "COMPLAINT_URL": "https://dichvucong.gov.vn",
    # Failed sign-ins per account and address together: a hall shares one address, and a limit
    # per account alone would let anybody lock its owner out.
    "SIGN_IN_LIMIT": "10 per minute",
    "RATELIMIT_STORAGE_URI": "memory://",
    "BABEL_DEFAULT_LOCALE": "vi",
    "BOOTSTRAP_SERVE_LOCAL": True,
    "WTF_CSRF_TIME_LIMIT": None,  # lives as long as the session: no lost work at 17:00
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
}
MAX_PORT = 65535
SHORTEST_KEY = 32
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
            "Chưa đặt địa chỉ công khai nên chưa in được mã. Bước tiếp theo: đặt "
            "PUBLIC_BASE_URL=https://… (tên miền của cơ quan) rồi khởi động lại."
        )
    parts = urlsplit(base)
    if "://" not in base:
        raise ConfigError(
            f"Địa chỉ công khai {base} thiếu https:// ở đầu. Bước tiếp theo: đặt "
            f"PUBLIC_BASE_URL=https://{base} rồi khởi động lại."
        )
    if base != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise ConfigError(
            f"Địa chỉ công khai {base} phải chỉ có tên miền, không có đường dẫn phía sau. "
            "Bước tiếp theo: đặt PUBLIC_BASE_URL=https://tên-miền rồi khởi động lại."
        )
    if parts.scheme == "https" and parts.hostname:
        return base
    if settings["PURPOSE"] == "demo" and parts.scheme == "http" and _is_loopback(parts.hostname):
        return base
    raise ConfigError(
        f"Địa chỉ công khai {base} không dùng https nên không được in lên mã. "
        "Bước tiếp theo: đặt PUBLIC_BASE_URL=https://… rồi khởi động lại."
    )


def _written(instance: Path) -> dict[str, Any]:
    file = instance / "settings.toml"
    try:
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file} is not valid TOML: {error}. Correct that line.") from error


def _port(value: Any) -> int:
    try:
        port = int(value)
    except ValueError:
        port = -1
    if not 0 < port <= MAX_PORT:
        raise ConfigError(f"PORT={value} is not a port; give a number from 1 to 65535.")
    return port


def _smallest_group(value: Any) -> int:
    if not isinstance(value, int) or value < DEFAULTS["SMALLEST_GROUP"]:
        raise ConfigError(
            f"SMALLEST_GROUP={value} would show too few people together; give 10 or more."
        )
    return value


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
