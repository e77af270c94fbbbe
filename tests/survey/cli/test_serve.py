"""The real server in a process of its own: what a newcomer sees, and what can go wrong."""

import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from survey import demo
from tests import live
from tests.conftest import parse

SECONDS = 60


def _flask(instance: Path, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", *args],
        cwd=live.ROOT,
        env=live.environment() | {"FLASK_INSTANCE_PATH": str(instance)} | settings,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def _copied(prepared: Path, folder: Path) -> Path:
    """Return a folder with the instance that the first start left."""
    shutil.copytree(prepared / "instance", folder / "instance")
    return folder


def _rows(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as database:
        (n,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(n)


def _until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_first_run_prints_a_form_an_account_and_how_to_stop(
    prepared: Path, tmp_path: Path
) -> None:
    first = (prepared / "output").read_text("utf-8")
    assert first.startswith("Preparing a year of the demonstration, once …\n")
    made = {file.name for file in (prepared / "instance").iterdir()}
    assert {"demo.db", "secret-key", "demo-password"} <= made
    assert "hailong.db" not in made
    with live.serving(_copied(prepared, tmp_path), "--prepare") as server:
        with urllib.request.urlopen(server.form, timeout=SECONDS) as answer:
            page = answer.read().decode()
            assert answer.status == 200
        parse(page)
        assert "Mẫu" in page
        assert re.fullmatch(rf"{server.base}/p/\w{{8}}", server.form)
        assert server.said("Manager (quản lý)") == f"{server.base}/login"
        assert server.said("Stop (dừng)") == "Ctrl+C"
        email, password = server.account
    assert (email, len(password)) == (demo.EMAIL, 16)
    # The second start found everything there and says the same.
    assert "Preparing" not in server.output.read_text("utf-8")
    assert f"/p/{server.form[-8:]}\n" in first
    assert f"{email}  password: {password}\n" in first


def test_a_first_run_that_is_killed_leaves_no_half_of_a_demonstration(tmp_path: Path) -> None:
    output = tmp_path / "output"
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "serve", "--prepare"],
            cwd=live.ROOT,
            env=live.environment()
            | {"FLASK_INSTANCE_PATH": str(tmp_path), "PORT": str(live.free_port())},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    _until(lambda: "Preparing" in output.read_text("utf-8"))
    time.sleep(1)  # now it is in the middle
    process.kill()
    process.wait()
    assert "Stop" not in output.read_text("utf-8")
    file = tmp_path / "demo.db"
    assert _rows(file, "unit") == _rows(file, "response") == _rows(file, "close") == 0


def test_a_taken_port_is_said_with_the_next_step(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = _flask(tmp_path, "serve", "--prepare", PORT=str(port))
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert f"PORT={port + 1} make run" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_a_newer_version_is_said_and_left_alone(tmp_path: Path) -> None:
    assert _flask(tmp_path, "db", "upgrade").returncode == 0
    with closing(sqlite3.connect(tmp_path / "demo.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    done = _flask(tmp_path, "serve", "--prepare", PORT=str(live.free_port()))
    assert done.returncode == 1
    assert "newer version of Hài Lòng" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_said_with_the_next_step(tmp_path: Path) -> None:
    assert _flask(tmp_path, "db", "upgrade").returncode == 0
    # A limit on file size is what a process sees of a full disk, without filling one.
    limited = f"ulimit -f 40; exec {sys.executable} -m flask serve --prepare"
    done = subprocess.run(
        ["bash", "-c", limited],
        cwd=live.ROOT,
        env=live.environment()
        | {"FLASK_INSTANCE_PATH": str(tmp_path), "PORT": str(live.free_port())},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode != 0
    assert "free some space" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_is_wrong_is_said_without_a_traceback(tmp_path: Path) -> None:
    done = _flask(tmp_path, "serve", PORT="http")
    assert done.returncode != 0
    assert "PORT=http is not a port" in done.stderr
    assert "Traceback" not in done.stderr


def test_set_up_makes_it_real_and_the_demonstration_stays_apart(
    prepared: Path, tmp_path: Path
) -> None:
    instance = _copied(prepared, tmp_path) / "instance"
    refused = _flask(instance, "setup", "--public-base-url", "http://hailong.example.vn")
    assert refused.returncode == 1
    assert not (instance / "settings.toml").exists()
    named = ("--controller-name", 'Văn phòng "Một cửa"', "--security-contact", "a@b.example")
    done = _flask(instance, "setup", "--public-base-url", "https://hailong.example.vn", *named)
    assert done.returncode == 0, done.stderr
    assert "flask units import" in done.stdout
    assert "whom to ask: add CONTROLLER_ADDRESS, CONTROLLER_CONTACT to " in done.stdout
    written = tomllib.loads((instance / "settings.toml").read_text("utf-8"))
    assert written["CONTROLLER_NAME"] == 'Văn phòng "Một cửa"'
    with live.serving(tmp_path, "--prepare") as server:
        assert "hailong.db" in server.said("Database")
        assert "password:" not in server.output.read_text("utf-8")
        _until(lambda: _rows(instance / "hailong.db", "close") == 1)  # by itself
    twice = _flask(instance, "setup", "--public-base-url", "https://hailong.example.vn")
    assert (twice.returncode, "real already" in twice.stderr) == (1, True)
    mixed = _flask(instance, "db", "upgrade", DATABASE_URL=f"sqlite:///{instance}/demo.db")
    assert mixed.returncode == 1
    assert "never mix" in mixed.stderr


def test_a_server_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    address = f"postgresql://nobody@127.0.0.1:{live.free_port()}/hailong"
    done = _flask(tmp_path, "db", "state", DATABASE_URL=address)
    assert done.returncode == 1
    assert "check that it runs" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = _flask(tmp_path / "file" / "instance", "db", "state")
    assert done.returncode == 1
    assert "Check the folder and its permissions" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_database_address_is_said(tmp_path: Path) -> None:
    for address in ("nonsense", "mysql://127.0.0.1/x"):
        done = _flask(tmp_path, "db", "state", DATABASE_URL=address)
        assert done.returncode == 1
        assert "postgresql://user:password@host/name" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_command_on_a_database_that_does_not_fit_says_what_to_do(tmp_path: Path) -> None:
    done = _flask(tmp_path, "users", "list")
    assert done.returncode == 1
    assert "flask db upgrade" in done.stderr
