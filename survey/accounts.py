"""Sign-in by Flask-Security on our own rows; accounts begin with a one-time invitation."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import flask_security
from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app, flash, redirect, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_login import current_user, user_logged_in, user_logged_out
from flask_security import Security
from flask_security.datastore import FSQLALiteUserDatastore
from flask_security.recoverable import generate_reset_password_token
from flask_security.signals import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
)
from flask_security.totp import Totp
from flask_security.utils import check_and_get_token_status, hash_password
from wtforms import HiddenField, RadioField

from survey import db, period
from survey.i18n import translate as _
from survey.storage import audit_entries, sign_ins
from survey.storage.base import Refused
from survey.storage.users import Role, User

INVITATION_DAYS = 7
LONGEST_PASSWORD = 1024
SETTINGS = {
    "SECURITY_CLI_USERS_NAME": None,  # ours create no password on a command line
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_I18N_DIRNAME": ["builtin", str(Path(__file__).parent / "translations")],
    "SECURITY_PASSWORD_HASH": "argon2",
    # Argon2 salts by itself; a second keyed hash would tie every password to one key for ever.
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": 12,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    # An unknown address and a wrong password look the same.
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_CHANGEABLE": True,
    # The reset link *is* the invitation; it is handed over, never mailed.
    "SECURITY_RECOVERABLE": True,
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=INVITATION_DAYS),
    "SECURITY_SEND_PASSWORD_RESET_EMAIL": False,
    "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
    "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
    # These four are in English here, the source language of Flask-Security's catalogue.
    # Nothing is mailed, so the page must not say so to whoever posts to it.
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        "Please ask the administrator of your office for a new link.",
        "info",
    ),
    # Babel has no long form of "7 days" in Vietnamese, so the library would say it in English.
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (
        f"A link to set a password is good for {INVITATION_DAYS} days, and this one has expired.",
        "error",
    ),
    "SECURITY_JOIN_USER_ROLES": False,  # our roles have a scope and come with their assignments
    # Only an authenticator: a code by SMS costs money and one by mail goes where the password does.
    "SECURITY_TWO_FACTOR": True,
    "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
    "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
    "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # a telephone's clock half a minute wrong
    "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "account.show",
    # A browser left open is no owner: the second factor and the recovery codes ask for a
    # password given this short a while ago.
    "SECURITY_FRESHNESS": timedelta(minutes=30),
    "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=30),
    "SECURITY_TOTP_ISSUER": "Hài Lòng",
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
    "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": ("Please sign in again from the start.", "info"),
    "SECURITY_MSG_TWO_FACTOR_SETUP_EXPIRED": (
        "A QR code is good for 30 minutes. Please begin again with a new one.",
        "error",
    ),
    "SECURITY_POST_LOGIN_VIEW": "account.home",
    "SECURITY_POST_RESET_VIEW": "security.login",
    "SECURITY_POST_CHANGE_VIEW": "account.show",
    "SECURITY_POST_LOGOUT_VIEW": "security.login",
}


class Sessions:
    """What the datastore calls a database: something that has the current session."""

    @property
    def session(self) -> object:
        """The session of this request."""
        return db.session()


class LoginForm(flask_security.LoginForm):
    """Sign-in without “remember me”: a counter's computer has many users."""

    remember = None

    def validate(self, **kwargs: Any) -> bool:
        """Refuse a password too long to hash like any wrong one."""
        self.password.data = (self.password.data or "")[:LONGEST_PASSWORD]
        return bool(super().validate(**kwargs))


class FactorForm(flask_security.TwoFactorSetupForm):
    """Which second factor: one button of our page says it, so nothing is offered."""

    # The library's own lists of choices are written in a way that WTForms gives up.
    setup = HiddenField()


class RescueForm(flask_security.TwoFactorRescueForm):
    """What the library would offer who has lost the device; our page says it in words."""

    help_setup = RadioField(choices=[])


class OnceTotp(Totp):
    """A second factor whose codes are good once: who looked on cannot use one again."""

    def get_last_counter(self, user: Any) -> int | None:
        """Return the place of the last code used."""
        counter: int | None = user.tf_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        """Remember the place of the code used."""
        user.tf_counter = tmatch.counter


def init_app(app: Flask) -> None:
    """Give the application its sign-in."""
    app.config.from_mapping(SETTINGS | _keys(app.config["SECRET_KEY"]))
    rows = FSQLALiteUserDatastore(Sessions(), User, Role)
    security = Security(
        app,
        rows,
        login_form=LoginForm,
        two_factor_setup_form=FactorForm,
        two_factor_rescue_form=RescueForm,
        totp_cls=OnceTotp,
    )
    _keep_sign_ins(app)
    _take_own_keys_only(app)
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # no tokens
    # Both would load a user for every page, also for a citizen's:
    # Flask-Principal (whose permissions we do not use) and Flask-Login's template variable.
    security.principal.identity_loaders.clear()
    processors = app.template_context_processors[None]
    processors[:] = [p for p in processors if p.__name__ != "_user_context_processor"]
    app.jinja_env.globals["current_user"] = current_user


def live_since() -> datetime:
    """Return the moment since which a browser must have been used to be signed in still."""
    return period.now() - timedelta(hours=current_app.config["SIGN_IN_HOURS"])


def is_own(user: User) -> bool:
    """Say whether an account is that of whoever is signed in."""
    return bool(user.id == current_user.id)


def invitation(user: User) -> str:
    """Return the path of a one-time link to set a password; using it spends it."""
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]
    return url_for("security.reset_password", token=token)


def address(text: str) -> str:
    """Return an e-mail address in its normal form; Refused when it is none."""
    try:
        normal = validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Refused([f"“{text}” is not an e-mail address: {error}"]) from error
    return normal.lower()


def set_password(user: User, password: str) -> None:
    """Set a password directly: for the demonstration account only."""
    security = current_app.extensions["security"]
    # Typed passwords are normalised too: a Vietnamese keyboard may send either form.
    user.password = hash_password(security.password_util.normalize(password))


def _keys(secret: str) -> dict[str, Any]:
    """Return the keys of secrets and recovery codes in the rows, each its own."""
    totp, codes = (
        base64.urlsafe_b64encode(hmac.digest(secret.encode(), name, hashlib.sha256)).decode()
        for name in (b"second factor", b"recovery codes")
    )
    return {
        "SECURITY_TOTP_SECRETS": {"1": totp},
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [codes],
    }


def _keep_sign_ins(app: Flask) -> None:
    """Let a session be of use only while its row stands."""
    manager = app.login_manager  # type: ignore[attr-defined]
    load = manager._user_callback  # Flask-Security's own; it has no public name
    manager.user_loader(lambda number: _if_signed_in(load(number)))
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    password_changed.connect(_end_others, app)
    password_reset.connect(_end_others, app)
    tf_profile_changed.connect(_note_factor_set_up, app)
    tf_disabled.connect(_note_factor_disabled, app)


def _take_own_keys_only(app: Flask) -> None:
    """Let the key of a second factor be confirmed only where it was shown, after the password.

    The address that confirms it names no account: one made for one's own account would replace
    the key of another's in a browser that was left open.
    """
    name = "security.two_factor_setup_validate"
    confirm: Any = app.view_functions[name]

    def view(token: str) -> ResponseReturnValue:
        _expired, _invalid, shown = check_and_get_token_status(
            token, "tf_setup", app.config["SECURITY_TWO_FACTOR_SETUP_WITHIN"]
        )
        if shown and shown["totp_secret"] != browser.get("tf_totp_secret"):
            flash(_("Xin làm lại với mã mới."), "danger")
            return redirect(url_for("security.two_factor_setup"))
        answer: ResponseReturnValue = confirm(token=token)
        return answer

    app.view_functions[name] = view


def _if_signed_in(user: User | None) -> User | None:
    if user is None:
        return None
    found = sign_ins.find(db.session(), user.id, browser.get("sign_in"), live_since())
    if found is None:
        return None
    if period.now() - found.seen_at >= sign_ins.SEEN_EVERY:
        with db.writing() as one:
            sign_ins.note_seen(one, found.id, period.now())
    return user


def _begin(_app: Flask, user: User, **_: object) -> None:
    key, since = browser.get("sign_in"), live_since()
    if sign_ins.find(db.session(), user.id, key, since):
        return  # a changed password signs in anew where one is signed in
    with db.writing() as one:
        sign_ins.forget(one, since)
        browser["sign_in"] = sign_ins.begin(one, user.id, period.now())


def _end(_app: Flask, user: User, **_: object) -> None:
    with db.writing() as one:
        sign_ins.end(one, user.id, browser.pop("sign_in", ""))
        one.commit()  # Flask-Security commits nothing here


def _end_others(_app: Flask, user: User, **_: object) -> None:
    with db.writing() as one:
        sign_ins.end(one, user.id, but=browser.get("sign_in"))


def _note_factor_set_up(_app: Flask, user: User, **_: object) -> None:
    _note("set up second factor", user)


def _note_factor_disabled(_app: Flask, user: User, **_: object) -> None:
    _note("disable second factor", user)


def _note(act: str, user: User) -> None:
    """Record what somebody does to the own account; Flask-Security commits it with the act."""
    audit_entries.record(
        db.session(), actor=user.email, act=act, subject=user.email, at=period.now()
    )
