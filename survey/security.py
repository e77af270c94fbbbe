"""Headers, the content policy, sign-in limits; nothing here limits a citizen by address."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, current_app, request
from flask import session as browser
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from secure import (
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from werkzeug.middleware.proxy_fix import ProxyFix

FOUND = 302  # what a successful sign-in answers
NOT_FOUND = 404  # what a receipt code that is not ours answers
FILES = frozenset({"static", "bootstrap.static", "audio.play"})
# A signed sheet, a thank-you address or a receipt code stands in for session and token.
SESSIONLESS = (
    "answer.submit",
    "thanks.submit",
    "afterwards.send_more",
    "afterwards.tell",
    "receipts.submit",
    "slips.submit",
)
LONGEST_EMAIL = 320
STATIC = Path(__file__).parent / "static"
CITIZEN_CSS = (STATIC / "citizen.css").read_text("utf-8")
# Without indents and the lines of comments: the form is one response over a slow network.
CITIZEN_SCRIPT = re.sub(
    r"^ *(//.*\n)?", "", (STATIC / "citizen.js").read_text("utf-8"), flags=re.MULTILINE
)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# No script runs on any page but the form. What is inline there is known by its hash, not by a
# nonce, so that the page can be compressed once.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'self' {_hash(CITIZEN_CSS)}",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
FORM_ENDPOINTS = frozenset({"answer.show", "answer.submit", "slips.show", "slips.submit"})
FORM_POLICY = f"{CONTENT_POLICY}; script-src {_hash(CITIZEN_SCRIPT)}; connect-src 'self'"


def init_app(app: Flask) -> None:
    """Protect every response, every manager's form and the sign-in."""
    csrf = CSRFProtect(app)
    for view in SESSIONLESS:
        csrf.exempt(f"survey.views.{view}")
    app.jinja_env.globals["citizen_css"] = CITIZEN_CSS
    app.jinja_env.globals["citizen_script"] = CITIZEN_SCRIPT
    headers = _headers(https=app.config["HTTPS"])
    app.after_request(lambda response: _protect(response, headers))
    if hops := app.config["PROXY_HOPS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.before_request(_refuse_json)
    _limit_guesses(app)


def _headers(*, https: bool) -> Secure:
    return Secure(
        # same-origin, not no-referrer: the CSRF check of https forms reads the referrer.
        referrer=ReferrerPolicy().same_origin(),
        permissions=PermissionsPolicy().geolocation().microphone().camera(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
        hsts=StrictTransportSecurity().max_age(31_536_000) if https else None,
    )


def _protect(response: Response, headers: Secure) -> Response:
    headers.set_headers(response)
    policy = FORM_POLICY if request.endpoint in FORM_ENDPOINTS else CONTENT_POLICY
    response.headers["Content-Security-Policy"] = policy
    # Pages carry a nonce or somebody's data; only files may be kept, and none that is missing.
    if request.endpoint not in FILES or response.status_code == NOT_FOUND:
        response.headers["Cache-Control"] = "no-store"
    return response


def _limit_guesses(app: Flask) -> None:
    limiter = Limiter(get_remote_address, app=app)
    app.extensions["sign_in_limiter"] = limiter  # the limit itself refers to it weakly
    limited = limiter.limit(
        app.config["SIGN_IN_LIMIT"],
        key_func=_account_here,
        methods=["POST"],
        deduct_when=lambda response: response.status_code != FOUND,
    )
    # Who is asked for a code has given the password: here the account alone may be limited, and
    # must be, or its million codes could be tried from everywhere.
    limited_code = limiter.shared_limit(
        app.config["SIGN_IN_LIMIT"],
        scope="second factor",
        key_func=_account_half_in,
        methods=["POST"],
        deduct_when=lambda response: response.status_code != FOUND,
    )
    views: dict[str, Any] = app.view_functions
    views["security.login"] = limited(views["security.login"])
    for name in ("two_factor_token_validation", "mf_recovery"):
        views[f"security.{name}"] = limited_code(views[f"security.{name}"])
    # In a browser left open the password would keep the second factor and the next one safe.
    limited_again = limiter.shared_limit(
        app.config["SIGN_IN_LIMIT"],
        scope="password again",
        key_func=_account_in,
        methods=["POST"],
        deduct_when=lambda response: response.status_code != FOUND,
    )
    for name in ("verify", "change_password"):
        views[f"security.{name}"] = limited_again(views[f"security.{name}"])
    limited = limiter.limit(
        app.config["RECEIPT_LIMIT"],
        methods=["POST"],
        deduct_when=lambda response: response.status_code == NOT_FOUND,
    )
    views["receipts.submit"] = limited(views["receipts.submit"])


def _account_here() -> str:
    """Return a digest of address and account, whichever way the account is written."""
    typed = request.form.get("email", "")[:LONGEST_EMAIL].strip()
    try:  # as the sign-in will read it: there are more ways to write a letter than one thinks of
        account = current_app.extensions["security"].mail_util.normalize(typed).lower()
    except ValueError:
        account = typed.lower()  # no address, so no account either
    return hashlib.sha256(f"{get_remote_address()} {account}".encode()).hexdigest()


def _account_half_in() -> str:
    """Return which account waits for its second factor; a stranger counts by address."""
    return str(browser.get("tf_user_id") or get_remote_address())


def _account_in() -> str:
    """Return who is signed in here."""
    return str(browser.get("_user_id") or get_remote_address())


def _refuse_json() -> None:
    """No page takes JSON; Flask-Security would, past our templates and limits."""
    if request.is_json:
        abort(415)
