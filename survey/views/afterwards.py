"""The second forms of an answer that still waits: 30 more seconds, and what is told besides."""

from collections.abc import Callable

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as WebResponse

from forms.afterwards import EXTRA_COLUMNS, DetailsForm, told_form
from forms.questionnaire import parse
from survey import listening
from survey.access import public
from survey.db import session
from survey.i18n import translate as _
from survey.storage import additions, points, questionnaires
from survey.storage.points import PointCode
from survey.storage.responses import Response
from survey.storage.seen_nonces import AlreadyReceived
from survey.tokens import Thanks
from survey.views import offers
from survey.views.citizen import keep_what_was_sent, lang, page

Page = str | tuple[str, int] | WebResponse

blueprint = Blueprint("afterwards", __name__, url_prefix="/p/<token>/thanks/<signed>")
keep_what_was_sent(blueprint)


@blueprint.get("/more")
@public
def more(token: str, signed: str) -> Page:
    """Put the details: those drawn, and those of what was not liked."""
    code, thanks = points.by_token(session(), token), offers.read(token, signed)
    response = additions.waiting(session(), thanks.digest("response"))
    if response is None:
        return _closed(code, thanks, "more")
    if offers.is_sent(thanks, "more"):
        return offers.sent(code, thanks, "more")
    return _details(code, thanks, response, offers.details_of(response, thanks))


@blueprint.post("/more")
@public
def send_more(token: str, signed: str) -> Page:
    """Add the details to the answer once, while it waits."""
    code, thanks = points.by_token(session(), token), offers.read(token, signed)
    response = additions.waiting(session(), thanks.digest("response"))
    if response is None:
        return _closed(code, thanks, "more")
    form = offers.details_of(response, thanks)
    if problem := _problem(form):
        return _details(code, thanks, response, form, problem), 422
    ticket = offers.ticket(thanks, "more")
    return _keep(code, thanks, "more", lambda: additions.put(session(), ticket, form.answers))


@blueprint.get("/told")
@public
def back(token: str, signed: str) -> WebResponse:
    """Lead back to the questions: the links of a page that refused a form come here."""
    return redirect(url_for("thanks.show", token=token, signed=signed))


@blueprint.post("/told")
@public
def tell(token: str, signed: str) -> Page:
    """Add who helped, or what the province asks besides, once, while the answer waits."""
    code, thanks = points.by_token(session(), token), offers.read(token, signed)
    purpose = "helped" if "helped_by" in request.form else "extra"
    extra = [EXTRA_COLUMNS[name] for name in current_app.config["EXTRA_QUESTIONS"]]
    form = told_form(["helped_by"] if purpose == "helped" else extra)
    if not form.validate() or not form.told:
        problem = _("Ông/Bà chưa chọn câu nào. Xin chọn rồi gửi.")
        return offers.thanks_page(code, thanks, wrong=purpose, problem=problem), 422
    ticket = offers.ticket(thanks, purpose)
    return _keep(code, thanks, purpose, lambda: additions.tell(session(), ticket, form.told))


def _keep(code: PointCode, thanks: Thanks, purpose: str, store: Callable[[], bool]) -> Page:
    """Store a second form once and lead back; the first answer stands whatever happens."""
    try:
        if not store():
            return _closed(code, thanks, purpose)
    except AlreadyReceived as received:
        if not received.same:
            return _earlier(code, thanks, purpose)
    session().commit()
    return offers.sent(code, thanks, purpose)


def _problem(form: DetailsForm) -> str | None:
    if not form.validate():
        return _("Có câu trả lời không hợp lệ. Xin xem lại rồi gửi lại.")
    if form.is_blank:
        return _("Ông/Bà chưa chọn câu nào. Xin chọn rồi gửi.")
    return None


def _details(
    code: PointCode,
    thanks: Thanks,
    response: Response,
    form: DetailsForm,
    problem: str | None = None,
) -> str:
    questionnaire = parse(questionnaires.get(session(), response.questionnaire_id).definition)
    language = questionnaire.language(lang())
    return page(
        "thanks/more.html",
        code,
        thanks=thanks,
        form=form,
        n_drawn=len(response.drawn.split()),
        scale_order=response.scale_order,
        problem=problem,
        offered=questionnaire.languages,
        language=language,
        wording=questionnaire.wordings[language],
        heard=listening.addresses(session(), questionnaire, language, response.scale_order),
    )


def _earlier(code: PointCode, thanks: Thanks, purpose: str) -> Page:
    return offers.thanks_page(code, thanks, earlier=purpose), 409


def _closed(code: PointCode, thanks: Thanks, purpose: str) -> Page:
    """Say that nothing can be added, and that nothing of what was sent is lost."""
    if offers.is_sent(thanks, purpose):
        return _earlier(code, thanks, purpose)
    return offers.thanks_page(code, thanks, earlier="closed"), 410
