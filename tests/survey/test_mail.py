"""Letters to a real server on the loopback."""

import base64
import smtplib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from survey import mail
from survey.mail import Letter
from tests import smtp

LETTER = Letter("quanly@hailong.example", "Hài Lòng: 1 điều nên xem", "Phường Ninh Kiều\n.\nhết\n")


def test_a_letter_arrives_as_it_was_written() -> None:
    with smtp.server() as box:
        assert mail.send([LETTER], smtp.settings(box)) == []
    (letter,) = box.letters
    assert (letter["To"], letter["Subject"]) == (LETTER.to, LETTER.subject)
    assert letter["From"] == "Hài Lòng <khaosat@hailong.example>"
    assert letter["Message-ID"].endswith("@hailong.example>")
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text


def test_who_is_refused_keeps_nobody_else_from_his_letter() -> None:
    other = Letter("khac@hailong.example", "x", "y")
    with smtp.server(refused=LETTER.to) as box:
        assert mail.send([LETTER, other], smtp.settings(box)) == [LETTER.to]
    assert [letter["To"] for letter in box.letters] == [other.to]


def test_user_and_password_are_given_where_there_are_any() -> None:
    with smtp.server() as box:
        mail.send([LETTER], smtp.settings(box, SMTP_USER="hai", SMTP_PASSWORD="long"))
    (auth,) = (line for line in box.commands if line.startswith("AUTH"))
    assert base64.b64decode(auth.split()[-1]) == b"\0hai\0long"


def test_a_server_without_encryption_gets_nothing_unless_that_was_chosen() -> None:
    with smtp.server() as box, pytest.raises(smtplib.SMTPNotSupportedError):
        mail.send([LETTER], smtp.settings(box, SMTP_SECURITY="starttls", SMTP_USER="hai"))
    assert not box.letters
    assert not [line for line in box.commands if line.startswith("AUTH")]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with smtp.server(certificate=_own(tmp_path)) as box, pytest.raises(ssl.SSLError):
        mail.send([LETTER], smtp.settings(box, SMTP_SECURITY="starttls", SMTP_USER="hai"))
    assert not box.letters


def test_a_certificate_that_is_trusted_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _own(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem"))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    with smtp.server(certificate=certificate) as box:
        mail.send([LETTER], smtp.settings(box, SMTP_HOST="localhost", SMTP_SECURITY="starttls"))
    assert len(box.letters) == 1


def _own(folder: Path) -> ssl.SSLContext:
    """Return a server's context with a certificate that it signed itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    file = folder / "certificate.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
