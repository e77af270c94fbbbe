"""The real server in a process of its own: what a newcomer sees, and what can go wrong."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
SECONDS = 60


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _environ(instance: Path, **settings: str) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "PUBLIC_BASE_URL"}}
    return clean | {"FLASK_INSTANCE_PATH": str(instance), "PYTHONUNBUFFERED": "1"} | settings


def _flask(instance: Path, *args: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", *args],
        cwd=ROOT,
        env=_environ(instance, **settings),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@contextmanager
def _serving(instance: Path, **settings: str) -> Iterator[str]:
    """Start the server and yield what it printed before it began to serve."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "serve", "--prepare"],
        cwd=ROOT,
        env=_environ(instance, **settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        banner = ""
        for line in process.stdout:
            banner += line
            if "Ctrl+C" in line:
                break
        yield banner
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)
        assert process.returncode == 0


def _get(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:
        return answer.status, answer.read().decode()


def test_the_first_run_prints_a_form_an_account_and_how_to_stop(tmp_path: Path) -> None:
    port = _free_port()
    with _serving(tmp_path, PORT=str(port)) as banner:
        form = re.search(rf"http://127\.0\.0\.1:{port}/p/\w{{8}}", banner)
        assert form
        status, page = _get(form[0])
        assert status == 200
        assert "Mẫu" in page
        assert f"http://127.0.0.1:{port}/login" in banner
        password = re.search(r"quanly@hailong\.example\s+password: (\S{16})", banner)
        assert password
    with _serving(tmp_path, PORT=str(port)) as again:
        assert again == banner
    assert {file.name for file in tmp_path.iterdir()} >= {"demo.db", "secret-key", "demo-password"}
    assert not (tmp_path / "hailong.db").exists()


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
    done = _flask(tmp_path, "serve", "--prepare", PORT=str(_free_port()))
    assert done.returncode == 1
    assert "newer version of Hài Lòng" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_said_with_the_next_step(tmp_path: Path) -> None:
    assert _flask(tmp_path, "db", "upgrade").returncode == 0
    # A limit on file size is what a process sees of a full disk, without filling one.
    limited = f"ulimit -f 40; exec {sys.executable} -m flask serve --prepare"
    done = subprocess.run(
        ["bash", "-c", limited],
        cwd=ROOT,
        env=_environ(tmp_path, PORT=str(_free_port())),
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


def test_set_up_makes_it_real_and_the_demonstration_stays_apart(tmp_path: Path) -> None:
    with _serving(tmp_path, PORT=str(_free_port())):
        pass
    refused = _flask(tmp_path, "setup", "--public-base-url", "http://hailong.example.vn")
    assert refused.returncode == 1
    assert not (tmp_path / "settings.toml").exists()
    done = _flask(tmp_path, "setup", "--public-base-url", "https://hailong.example.vn")
    assert done.returncode == 0, done.stderr
    assert "flask units import" in done.stdout
    with _serving(tmp_path, PORT=str(_free_port())) as banner:
        assert "hailong.db" in banner
        assert "password:" not in banner
    twice = _flask(tmp_path, "setup", "--public-base-url", "https://hailong.example.vn")
    assert (twice.returncode, "real already" in twice.stderr) == (1, True)
    mixed = _flask(tmp_path, "db", "upgrade", DATABASE_URL=f"sqlite:///{tmp_path}/demo.db")
    assert mixed.returncode == 1
    assert "never mix" in mixed.stderr


def test_a_server_that_cannot_be_reached_is_said(tmp_path: Path) -> None:
    address = f"postgresql://nobody@127.0.0.1:{_free_port()}/hailong"
    done = _flask(tmp_path, "db", "state", DATABASE_URL=address)
    assert done.returncode == 1
    assert "check that it runs" in done.stderr
    assert "Traceback" not in done.stderr
