"""flask audio: recordings of the questions, for those who listen rather than read."""

from pathlib import Path

import click
from flask.cli import AppGroup

from forms.questionnaire import Questionnaire, parse
from survey import listening, period
from survey.cli.files import whole
from survey.cli.notes import note
from survey.cli.refusals import ready
from survey.db import session
from survey.listening import INSTRUMENT, MOST_BYTES, MOST_SECONDS
from survey.storage import questionnaires

group = AppGroup("audio", help="Recordings of the questions, to be heard on the form.")
LANGUAGE = click.option("--language", default="vi", show_default=True, metavar="CODE")


@group.command()
@LANGUAGE
@click.option("--reversed", "is_reversed", is_flag=True, help="With the best level first.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="FILE.txt")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
def script(*, language: str, is_reversed: bool, out: Path | None, force: bool) -> None:
    """Print what to record: one line per file, its name and the words to read."""
    with ready():
        questionnaire = _questionnaire(language)
        order = "reversed" if is_reversed else "official"
        lines = "".join(f"{line}\n" for line in listening.script(questionnaire, language, order))
        if out is None:
            click.echo(lines, nl=False)
            return
        with whole(out, force=force) as file:
            file.write(lines.encode("utf-8-sig"))
    click.echo(
        f"{out}: {lines.count(chr(10))} recordings; MP3 or M4A play on every telephone, each at "
        f"most {MOST_SECONDS} s and {MOST_BYTES // 1024} KB"
    )


@group.command("import")
@click.argument("place", type=click.Path(exists=True, path_type=Path), metavar="FOLDER|ZIP")
@LANGUAGE
def import_(place: Path, language: str) -> None:
    """Take in the recordings of a folder or ZIP, named as in the script, all of them or none."""
    with ready():
        questionnaire = _questionnaire(language)
        readings = listening.read(place, questionnaire, language)
        added = listening.store(session(), language, readings, period.today())
        if added:
            note("import recordings", language, f"{added} of {len(readings)} files")
        left = listening.progress(session(), questionnaire, language)
        session().commit()
    click.echo(f"{added} recordings added, {len(readings) - added} unchanged")
    if left.missing:
        click.echo(f"Still without a recording on the form: {', '.join(left.missing)}")
    if not left.is_reviewed:
        click.echo(
            f"The wording in {language} is not offered yet, so nobody hears them: name who "
            f"reviewed it in [wording.{language}] native_reviewer."
        )


def _questionnaire(language: str) -> Questionnaire:
    questionnaire = parse(questionnaires.current(session(), INSTRUMENT).definition)
    if language not in questionnaire.wordings:
        raise click.ClickException(
            f"The form has no words in {language}. Add [wording.{language}] to "
            f"forms/questionnaires/{INSTRUMENT}.toml, then flask db upgrade; it has "
            f"{', '.join(questionnaire.wordings)}."
        )
    return questionnaire
