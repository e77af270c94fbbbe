import zipfile
from pathlib import Path
from unittest import mock

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from forms.passages import passages
from survey import listening
from survey.db import session
from survey.listening import MOST_BYTES
from survey.storage.audit_entries import AuditEntry
from survey.storage.recordings import Recording
from tests import recordings
from tests.recordings import MP3, SOUNDS, tagged


def _run(app: Flask, *args: str | Path) -> Result:
    return app.test_cli_runner().invoke(args=["audio", *map(str, args)])


def _stored(app: Flask) -> int:
    with app.app_context():
        return session().scalar(select(func.count(Recording.id))) or 0


def _names(app: Flask) -> list[str]:
    with app.app_context():
        return [each.name for each in passages(recordings.questionnaire(session()), "vi")]


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    """A recording of every question."""
    made = tmp_path / "recordings"
    made.mkdir()
    for name in _names(app):
        (made / f"{name}.mp3").write_bytes(tagged(name))
    return made


def test_the_script_has_a_line_per_file_with_the_exact_words(app: Flask) -> None:
    lines = _run(app, "script").output.splitlines()
    assert [line.partition("\t")[0] for line in lines] == [f"{name}.mp3" for name in _names(app)]
    assert lines[0].partition("\t")[2] == (
        "Nhìn chung, Ông/Bà hài lòng thế nào về việc phục vụ ở đây? Rất không hài lòng. "
        "Không hài lòng. Bình thường. Hài lòng. Rất hài lòng."
    )
    assert "Hôm nay Ông/Bà: Nộp hồ sơ." in lines[6]


def test_the_script_of_a_reversed_scale_names_other_files(app: Flask) -> None:
    lines = _run(app, "script", "--reversed").output.splitlines()
    assert lines[0].startswith("overall-reversed.mp3\t")
    assert lines[0].endswith(
        "đây? Rất hài lòng. Hài lòng. Bình thường. Không hài lòng. Rất không hài lòng."
    )
    assert lines[6].startswith("visit.mp3\t")


def test_the_script_is_written_to_a_file_that_office_programs_read(
    app: Flask, tmp_path: Path
) -> None:
    out = tmp_path / "kich-ban.txt"
    done = _run(app, "script", "--language", "en", "--out", out)
    assert "23 recordings" in done.output
    assert out.read_bytes().startswith(b"\xef\xbb\xbfoverall.mp3\t")
    assert _run(app, "script", "--out", out).exit_code == 1
    assert _run(app, "script", "--out", out, "--force").exit_code == 0


def test_a_folder_is_taken_in_once_and_noted(app: Flask, folder: Path) -> None:
    assert _run(app, "import", folder).output == "23 recordings added, 0 unchanged\n"
    assert _run(app, "import", folder).output == "0 recordings added, 23 unchanged\n"
    assert _stored(app) == 23
    with app.app_context():
        (entry,) = session().scalars(select(AuditEntry)).all()
        assert (entry.act, entry.subject) == ("import recordings", "vi")


def test_a_zip_of_some_says_which_are_still_wanted(app: Flask, tmp_path: Path) -> None:
    packed = tmp_path / "some.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.write(SOUNDS / "two-seconds.m4a", "ghi âm/Overall.M4A")
        file.write(SOUNDS / "two-seconds.opus", "ghi âm/a.opus")
        file.writestr("__MACOSX/._overall.m4a", b"litter")
    done = _run(app, "import", packed)
    assert done.output == (
        "2 recordings added, 0 unchanged\n"
        "Still without a recording on the form: B, C, D, E, visit\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("Z9.mp3", MP3, "no question has this name; rename it as flask audio script says"),
        ("overall.wav", MP3, "no question has this name"),
        ("overall.m4a", b"RIFF", "neither MP3 nor M4A nor Ogg (Opus or Vorbis); save it as mono"),
        ("overall.m4a", b"", "neither MP3"),
        ("overall.m4a", MP3 * 180, "it is larger than 1024 KB; save it as mono MP3"),
        ("overall.m4a", MP3[:45] + MP3[45:] * 31, "it lasts 65 s; read it again in 1 to 60 s"),
        ("overall.m4a", MP3[:1200], "it lasts 0 s"),
        ("overall.m4a", MP3, "there is another file of this name; keep one of them"),
    ],
)
def test_one_wrong_file_is_named_with_the_next_step_and_nothing_is_stored(
    app: Flask, folder: Path, name: str, content: bytes, said: str
) -> None:
    (folder / name).write_bytes(content)
    done = _run(app, "import", folder)
    assert done.exit_code == 1
    assert "Nothing was stored." in done.output
    assert said in done.output
    # Of two files of one name either may be the one that is told.
    assert name in done.output or "another file" in said
    assert _stored(app) == 0


def test_what_is_no_folder_and_no_zip_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK not really")
    assert "no ZIP file that opens" in _run(app, "import", tmp_path / "x.zip").output
    (tmp_path / "empty").mkdir()
    assert "there is no file in it" in _run(app, "import", tmp_path / "empty").output


def test_no_more_of_a_file_in_a_zip_is_unpacked_than_is_needed(app: Flask, tmp_path: Path) -> None:
    packed = tmp_path / "bomb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("overall.mp3", b"\0" * 20 * MOST_BYTES)
    with mock.patch.object(listening.sounds, "read") as read:
        done = _run(app, "import", packed)
    assert not read.called
    assert "larger than 1024 KB" in done.output


def test_a_language_without_words_is_told_where_they_are_written(app: Flask) -> None:
    for command in (("script",), ("import", ".")):
        done = _run(app, *command, "--language", "km")
        assert done.exit_code == 1
        assert "Add [wording.km] to forms/questionnaires/mot-cua.toml" in done.output


def test_a_language_nobody_reviewed_is_recorded_ahead_and_says_so(app: Flask, folder: Path) -> None:
    recordings.publish_wording(app, "")
    done = _run(app, "import", folder, "--language", "km")
    assert "23 recordings added" in done.output
    assert "[wording.km] native_reviewer" in done.output
    recordings.publish_wording(app, "Sơn Thị A")
    assert _run(app, "import", folder, "--language", "km").output == (
        "0 recordings added, 23 unchanged\n"
    )
