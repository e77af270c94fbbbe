from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from survey import config
from survey.config import ConfigError


def _settings(instance: Path, **environ: str) -> dict[str, object]:
    loaded = config.load(instance, environ)
    return loaded | config.complete(loaded, instance)


def test_a_fresh_installation_is_a_demonstration_on_loopback(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    assert settings["PURPOSE"] == "demo"
    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path}/demo.db"
    assert settings["HOST"] == "127.0.0.1"
    assert config.public_address(settings) == "http://127.0.0.1:8000"


def test_a_database_url_makes_it_real(tmp_path: Path) -> None:
    settings = _settings(tmp_path, DATABASE_URL="postgresql://db/hailong")
    assert settings["PURPOSE"] == "real"
    assert settings["DATABASE_URL"] == "postgresql://db/hailong"


def test_set_up_makes_it_real_with_a_database_of_its_own(tmp_path: Path) -> None:
    written = 'PURPOSE = "real"\nPUBLIC_BASE_URL = "https://hailong.example.vn/"\n'
    (tmp_path / "settings.toml").write_text(written)
    settings = _settings(tmp_path)
    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path}/hailong.db"
    assert config.public_address(settings) == "https://hailong.example.vn"
    assert settings["SESSION_COOKIE_NAME"] == "__Host-session"
    assert settings["SESSION_COOKIE_SECURE"] is True


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('PURPOSE = "real"\nPORT = 9000\n')
    assert _settings(tmp_path, PORT="9001")["PORT"] == 9001


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_wrong_port_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(ConfigError, match=f"PORT={port}"):
        _settings(tmp_path, PORT=port)


def test_a_broken_settings_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("PORT = \n")
    with pytest.raises(ConfigError, match=r"settings\.toml .*line 1"):
        config.load(tmp_path, {})


@pytest.mark.parametrize(
    ("base", "purpose"),
    [
        (None, "real"),
        ("http://hailong.example.vn", "real"),
        ("http://127.0.0.1:8000", "real"),
        ("http://192.168.1.5:8000", "demo"),
        ("ftp://127.0.0.1", "demo"),
        ("https://", "real"),
        ("https://hailong.example.vn/quay?x=1#y", "real"),
        ("https://ai@hailong.example.vn", "real"),
        ("hailong.example.vn", "real"),
    ],
)
def test_an_address_that_is_unset_or_not_https_is_never_printed(
    base: str | None, purpose: str
) -> None:
    with pytest.raises(ConfigError, match="Bước tiếp theo: đặt PUBLIC_BASE_URL=https"):
        config.public_address({"PUBLIC_BASE_URL": base, "PURPOSE": purpose})


def test_the_loopback_demonstration_may_print_plain_http() -> None:
    for base in ("http://localhost:8000", "http://[::1]:8000", "http://127.0.0.2"):
        assert config.public_address({"PUBLIC_BASE_URL": base, "PURPOSE": "demo"}) == base


def test_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first, second = _settings(tmp_path / "new"), _settings(tmp_path / "new")
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(str(first["SECRET_KEY"])) >= 48
    assert (tmp_path / "new" / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["", "quá ngắn".encode("ascii", "ignore").decode()])
def test_a_damaged_signing_key_is_refused_and_not_used(tmp_path: Path, damage: str) -> None:
    (tmp_path / "secret-key").write_text(damage)
    with pytest.raises(ConfigError, match="secret-key is damaged"):
        _settings(tmp_path)


def test_a_given_signing_key_needs_no_file(tmp_path: Path) -> None:
    loaded = config.load(tmp_path / "new", {}) | {"SECRET_KEY": "k" * 40}
    assert config.complete(loaded, tmp_path / "new")["SECRET_KEY"] == "k" * 40
    assert not (tmp_path / "new" / "secret-key").exists()


def test_the_folder_of_answers_and_keys_is_private(tmp_path: Path) -> None:
    _settings(tmp_path / "new")
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_staff_networks_are_read_in_both_families(tmp_path: Path) -> None:
    assert _settings(tmp_path)["STAFF_NETWORKS"] == ()
    loaded = config.load(tmp_path, {}) | {"STAFF_NETWORKS": "10.5.0.0/16, 2001:db8::/48 10.9.1.7"}
    found = config.complete(loaded, tmp_path)["STAFF_NETWORKS"]
    assert [str(network) for network in found] == ["10.5.0.0/16", "2001:db8::/48", "10.9.1.7/32"]


@pytest.mark.parametrize(
    ("networks", "message"),
    [
        ("10.5.0.1/16", "host bits set.*Write networks as"),
        ("văn phòng", "does not appear to be .*Write networks as"),
        ("0.0.0.0/0", "everybody"),
        ("10.5.0.0/16 ::/0", "everybody"),
    ],
)
def test_a_wrong_staff_network_is_refused(tmp_path: Path, networks: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        config.complete(config.load(tmp_path, {}) | {"STAFF_NETWORKS": networks}, tmp_path)


@pytest.mark.parametrize("processes", ["0", "-1", "many", "1.5"])
def test_a_wrong_number_of_processes_is_refused(tmp_path: Path, processes: str) -> None:
    with pytest.raises(ConfigError, match=f"PROCESSES={processes}"):
        config.complete(config.load(tmp_path, {}) | {"PROCESSES": processes}, tmp_path)


@pytest.mark.parametrize("name", ["REQUEST_WORKING_DAYS", "REQUEST_DAYS", "BACKUP_DAYS"])
def test_what_is_no_number_of_days_is_refused(tmp_path: Path, name: str) -> None:
    assert config.complete(config.load(tmp_path, {}) | {name: "7"}, tmp_path)[name] == 7
    with pytest.raises(ConfigError, match=f"{name}=-1 is no number of days"):
        config.complete(config.load(tmp_path, {}) | {name: -1}, tmp_path)


def test_extra_questions_come_in_their_own_order_and_unknown_ones_are_named(
    tmp_path: Path,
) -> None:
    assert _settings(tmp_path)["EXTRA_QUESTIONS"] == ()
    (tmp_path / "settings.toml").write_text('EXTRA_QUESTIONS = "trips paid"\n')
    assert _settings(tmp_path)["EXTRA_QUESTIONS"] == ("paid", "trips")
    (tmp_path / "settings.toml").write_text('EXTRA_QUESTIONS = "paid, age"\n')
    with pytest.raises(ConfigError, match="none of paid, trips, apology"):
        _settings(tmp_path)


def test_keys_of_contacts_are_checked_and_never_printed(tmp_path: Path) -> None:
    assert _settings(tmp_path)["CONTACT_KEYS"] == ()
    keys = [Fernet.generate_key().decode() for _ in range(2)]
    (tmp_path / "settings.toml").write_text(f'CONTACT_KEYS = "{" ".join(keys)}"\n')
    assert _settings(tmp_path)["CONTACT_KEYS"] == tuple(keys)
    (tmp_path / "settings.toml").write_text(f'CONTACT_KEYS = "{keys[0]} secret"\n')
    with pytest.raises(ConfigError, match="key 2 is not a key") as refused:
        _settings(tmp_path)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "year"), [(None, None), ("", None), (2027, 2027), ("2027", 2027)]
)
def test_official_months_begin_with_a_year_or_never(
    tmp_path: Path, given: object, year: int | None
) -> None:
    loaded = config.load(tmp_path, {}) | {"OFFICIAL_MONTHS_FROM": given}
    assert config.complete(loaded, tmp_path)["OFFICIAL_MONTHS_FROM"] == year


@pytest.mark.parametrize("given", ["next", 27, "2027-01", True, 2027.5])
def test_official_months_from_no_year_are_refused(tmp_path: Path, given: object) -> None:
    loaded = config.load(tmp_path, {}) | {"OFFICIAL_MONTHS_FROM": given}
    with pytest.raises(ConfigError, match="give one such as 2027"):
        config.complete(loaded, tmp_path)
