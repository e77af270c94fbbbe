"""What `make` says when the machine lacks something: the name of it and the next step."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _make(python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", "check-python", f"PYTHON={python}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    """A Python that fails at whatever its file `fails` names."""
    script = tmp_path / "python3"
    script.write_text(
        '#!/bin/sh\n[ "$1" = "-V" ] && echo "Python 3.9.2" && exit 0\n'
        'case "$2" in *"$(cat "$(dirname "$0")/fails")"*) exit 1;; esac\nexit 0\n'
    )
    script.chmod(0o755)
    return script


def test_a_missing_python_is_named_with_the_command_that_installs_it() -> None:
    done = _make("no-such-python")
    assert done.returncode != 0
    assert "sudo apt install python3 python3-venv" in done.stdout


def test_an_old_python_is_named_with_its_version_and_a_way_out(fake: Path) -> None:
    (fake.parent / "fails").write_text("version_info")
    done = _make(str(fake))
    assert done.returncode != 0
    assert "needs Python 3.11 or later" in done.stdout
    assert "Python 3.9.2" in done.stdout
    assert "make run PYTHON=python3.12" in done.stdout


def test_a_missing_venv_module_is_named_with_its_package(fake: Path) -> None:
    (fake.parent / "fails").write_text("ensurepip")
    done = _make(str(fake))
    assert done.returncode != 0
    assert "sudo apt install python3-venv" in done.stdout


def test_a_good_python_passes_in_silence() -> None:
    done = _make("python3")
    assert (done.returncode, done.stdout) == (0, "")
