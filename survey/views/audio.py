"""What a form plays, and which languages a unit's manager says are spoken there."""

from io import BytesIO

from flask import Blueprint, Flask, flash, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from forms.questionnaire import parse
from forms.speakers import SPOKEN, SpeakersForm
from survey import listening, period
from survey.access import note, public, reach, roles, unit_in_scope
from survey.db import session
from survey.i18n import translate as _
from survey.listening import INSTRUMENT, Progress
from survey.storage import questionnaires, recordings, speakers
from survey.storage.units import Unit
from survey.storage.users import MANAGER

# Behind one address there is never another sound.
KEPT_SECONDS = 31_536_000

blueprint = Blueprint("audio", __name__)


def init_app(app: Flask) -> None:
    """Let the page of a unit say which of its languages cannot be heard yet."""
    app.jinja_env.globals["spoken_at"] = _spoken_at


@blueprint.get("/audio/<digest>")
@public
def play(digest: str) -> Response:
    """Hand over a recording, or the part of it that a player asks for."""
    found = recordings.by_digest(session(), digest)
    answer = send_file(
        BytesIO(found.content),
        mimetype=found.media_type,
        conditional=True,
        etag=digest,
        max_age=KEPT_SECONDS,
    )
    answer.cache_control.immutable = True
    return answer


@blueprint.get("/units/<code>/languages")
@roles(MANAGER)
def show(code: str) -> str:
    """Show which languages are marked for a unit, and how far each is from being heard."""
    unit = unit_in_scope(code)
    marked = speakers.languages(session(), unit.code)
    return _page(unit, SpeakersForm(data={"languages": list(marked)}))


@blueprint.post("/units/<code>/languages")
@roles(MANAGER)
def mark(code: str) -> str | Response | tuple[str, int]:
    """Mark a unit with the languages spoken there."""
    unit, form = unit_in_scope(code), SpeakersForm()
    if not form.validate():
        return _page(unit, form), 422
    speakers.mark(session(), unit.code, form.languages.data, period.today())
    note("mark languages", unit.code, " ".join(form.languages.data))
    session().commit()
    flash(_("Đã lưu."), "success")
    return redirect(url_for(".show", code=unit.code), 303)


def _page(unit: Unit, form: SpeakersForm) -> str:
    return render_template("audio/languages.html", unit=unit, form=form)


def _spoken_at(unit: Unit) -> dict[str, Progress] | None:
    """Return how far each language of a unit is, by its name; None for who is not its manager."""
    if unit.code not in reach(MANAGER):
        return None
    marked = speakers.languages(session(), unit.code)
    if not marked:
        return {}
    questionnaire = parse(questionnaires.current(session(), INSTRUMENT).definition)
    return {
        SPOKEN.get(language, language): listening.progress(session(), questionnaire, language)
        for language in marked
    }
