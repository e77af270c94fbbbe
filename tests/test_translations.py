"""Every sentence a reader meets is in that reader's language."""

import re
import unicodedata
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from survey import accounts

ROOT = Path(__file__).parent.parent
TRANSLATIONS = ROOT / "survey" / "translations"
MESSAGES = "SECURITY_MSG_"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")

# What sign-in, sign-out, changing a password and the one-time link can show, on our own
# templates. Left out: codes by mail or SMS, passkeys, registration, user names and mails, all off.
SHOWN_BY_FLASK_SECURITY = (
    # labels, titles and the link under the password
    "Confirm Sign Out",
    "Email Address",
    "Forgot password?",
    "Login",
    "New Password",
    "Password",
    "Recover Password",
    "Refresh Token",
    "Remember Me",
    "Reset Password",
    "Change Password",
    "Retype Password",
    "Submit",
    # who may come in
    "You must sign in to view this resource.",
    "You do not have permission to view this resource.",
    "You must reauthenticate to access this endpoint",
    "You can only access this endpoint when not logged in.",
    "Please log in to access this page.",
    "Please reauthenticate to access this page.",
    # signing in
    "Authentication failed - identity or password/passcode invalid",
    "Account is disabled.",
    "Email not provided",
    "Email requires confirmation.",
    "Input not appropriate for requested API",
    "Invalid email address",
    "Invalid password",
    "Password not provided",
    "Redirections outside the domain are forbidden",
    "Specified user does not exist",
    # a new password, also what one setting would switch on
    "Failed to contact breached passwords site",
    "Password does not match",
    "Password must be at least %(length)s characters",
    "Password not complex enough",
    "Password on breached list",
    "Passwords do not match",
    "You successfully changed your password.",
    "Your new password must be different than your previous password.",
    # the second factor
    "Authentication Code",
    "Invalid code",
    "Marked method is not valid",
    "Reauthentication successful",
    "Recovery Code",
    "Recovery code invalid",
    "You successfully changed your two-factor method.",
    "You successfully disabled two-factor authorization.",
    "Your code has been confirmed",
    # the one-time link
    (
        "If that email address is in our system, "
        "you will receive an email describing how to reset your password."
    ),
    "Instructions to reset your password have been sent to %(email)s.",
    "Invalid reset password token.",
    "You did not reset your password within %(within)s. ",
    "You successfully reset your password and you have been logged in automatically.",
    "You successfully reset your password. Please authenticate using your new password.",
)


@cache
def catalog(language: str, domain: str) -> Catalog:
    path = TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.po"
    return read_po(BytesIO(path.read_bytes()), locale=language)


@cache
def interface_strings() -> frozenset[str]:
    """Extract afresh: a string marked since the last extraction counts at once."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=DEFAULT_KEYWORDS | {"_l": None})
    texts = [text for _file, _line, text, _comments, _context in found]
    # Of a sentence with a plural the singular is its name.
    return frozenset(text if isinstance(text, str) else str(text[0]) for text in texts)


def flaws(message: Message | None) -> list[str]:
    """Return what is wrong with a translation, in words."""
    if message is None:
        return ["is not in the catalogue"]
    forms = [message.string] if isinstance(message.string, str) else list(message.string)
    if not all(each.strip() for each in forms):
        return ["is not translated"]
    found = []
    if message.fuzzy:
        found.append("is only a guess (fuzzy)")
    source = message.id if isinstance(message.id, str) else message.id[0]
    if any(placeholders(source) != placeholders(each) for each in forms):
        found.append("has other placeholders")
    return found


def flawed(texts: frozenset[str], translated: Catalog) -> dict[str, list[str]]:
    return {text: found for text in sorted(texts) if (found := flaws(translated.get(text)))}


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def says_ban(text: str) -> bool:
    return re.search(r"\bbạn\b", unicodedata.normalize("NFC", text), re.IGNORECASE) is not None


def sentences(compiled: Catalog) -> dict[str, str]:
    # The header stays out: it names the version of Babel that wrote it.
    return {str(message.id): str(message.string) for message in compiled if message.id}


def test_the_mapping_finds_the_strings_of_templates_and_of_views() -> None:
    assert "Gửi phiếu" in interface_strings()  # a template
    assert "Mã này đã được thay bằng mã mới" in interface_strings()  # a view


def test_every_sentence_has_an_english_translation_with_the_same_placeholders() -> None:
    assert flawed(interface_strings(), catalog("en", "messages")) == {}


def test_every_flask_security_message_we_can_show_is_in_vietnamese() -> None:
    shown = frozenset(SHOWN_BY_FLASK_SECURITY)
    assert flawed(shown, catalog("vi", "flask_security")) == {}


def test_what_we_say_in_its_place_is_in_vietnamese_too() -> None:
    ours = [said[0] for name, said in accounts.SETTINGS.items() if name.startswith(MESSAGES)]
    assert len(ours) == 4
    assert flawed(frozenset(ours), catalog("vi", "flask_security")) == {}


def test_flask_security_still_words_its_messages_as_we_translated_them() -> None:
    # A release that rewords one would silently show it in English.
    template = files("flask_security") / "translations" / "flask_security.pot"
    worded = read_po(BytesIO(template.read_bytes()))
    assert [text for text in SHOWN_BY_FLASK_SECURITY if text not in worded] == []


@pytest.mark.parametrize(
    "source", sorted(TRANSLATIONS.rglob("*.po")), ids=lambda po: f"{po.parts[-3]}/{po.stem}"
)
def test_the_compiled_catalogue_is_what_its_source_compiles_to(source: Path) -> None:
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), locale=source.parts[-3]))
    committed = BytesIO(source.with_suffix(".mo").read_bytes())
    compiled.seek(0)
    assert sentences(read_mo(committed)) == sentences(read_mo(compiled))


def test_no_vietnamese_sentence_calls_its_reader_ban() -> None:
    catalogs = [catalog("vi", path.stem) for path in TRANSLATIONS.glob("vi/LC_MESSAGES/*.po")]
    translated = [str(message.string) for each in catalogs for message in each]
    assert len(translated) > len(SHOWN_BY_FLASK_SECURITY)
    assert [text for text in (*translated, *interface_strings()) if says_ban(text)] == []
