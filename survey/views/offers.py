"""What may still be sent after the thank-you, and the page that offers it.

Every second form belongs to one answer by its thank-you address, and counts once.
"""

from typing import Any

from flask import current_app, redirect, request, url_for
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response as WebResponse

from forms.afterwards import CallBackForm, DetailsForm, details, details_form
from forms.questionnaire import Questionnaire, parse
from survey import tokens
from survey.db import session
from survey.i18n import translate as _
from survey.storage import additions, questionnaires, seen_nonces
from survey.storage.additions import Ticket
from survey.storage.points import PointCode
from survey.storage.responses import Response
from survey.tokens import Thanks
from survey.views.answer import INSTRUMENT
from survey.views.citizen import lang, page

# Stored with every number: a text that changes is another version.
CONSENT_VERSION = "2026-11"


def read(token: str, signed: str) -> Thanks:
    """Return the thank-you of an address; NoResultFound if we did not sign it."""
    thanks = tokens.read_thanks(signed, token)
    if thanks is None:
        raise NoResultFound("this thank-you address was not signed by us")
    return thanks


def current() -> Questionnaire:
    """Return the questionnaire handed out now: its languages are those of our pages."""
    return parse(questionnaires.current(session(), INSTRUMENT).definition)


def ticket(thanks: Thanks, purpose: str) -> Ticket:
    """Return what makes a second form of one purpose count once, for its answer."""
    return Ticket(
        receipt_digest=thanks.digest("response"),
        nonce=thanks.nonce(purpose),
        nonce_expires_at=tokens.nonce_expires_at(thanks.issued_at),
    )


def details_of(response: Response, thanks: Thanks) -> DetailsForm:
    """Return the form of the items put after the thank-you: the same ones for every resend."""
    version = questionnaires.get(session(), response.questionnaire_id)
    questionnaire = parse(version.definition)
    stored = dict(zip(version.item_codes, response.answers, strict=True))
    factors = {item.factor for item in questionnaire.items if item.factor}
    decoys = {factor for factor in factors if thanks.is_decoy(factor)}
    return details_form(details(questionnaire, stored, response.drawn.split(), decoys))


def consent() -> str:
    """Return what somebody who leaves a number agrees to."""
    return _(
        "Tôi đồng ý để cán bộ được tỉnh giao gọi cho tôi về góp ý này. Số điện thoại được mã hoá, "
        "chỉ dùng để gọi lại, xoá 90 ngày sau khi giải quyết xong và chậm nhất sau 180 ngày."
    )


def thanks_page(code: PointCode, thanks: Thanks, **values: Any) -> str:
    """Return the thank-you page with what may still be sent."""
    questionnaire = current()
    values = {"form": CallBackForm(), "problem": None, "wrong": None, "earlier": None} | values
    return page(
        "thanks/show.html",
        code,
        thanks=thanks,
        offers=_offers(thanks),
        withdrawn=is_sent(thanks, "withdrawal"),
        sent=request.args.get("sent"),
        consent=consent(),
        offered=questionnaire.languages,
        language=questionnaire.language(lang()),
        **values,
    )


def sent(code: PointCode, thanks: Thanks, purpose: str) -> WebResponse:
    """Lead back to the thank-you page, which says that a second form was received."""
    page_of = url_for("thanks.show", token=code.token, signed=thanks.signed, sent=purpose)
    return redirect(page_of, 303)


def is_sent(thanks: Thanks, purpose: str) -> bool:
    """Say whether a second form has come in; four days later nobody knows any more."""
    return seen_nonces.is_seen(session(), thanks.nonce(purpose))


def _offers(thanks: Thanks) -> frozenset[str]:
    """Return the purposes whose forms can still be sent."""
    response = additions.waiting(session(), thanks.digest("response"))
    offers = set() if thanks.is_late else {"comment"}
    if response is not None:
        offers.add("helped")
        if current_app.config["EXTRA_QUESTIONS"]:
            offers.add("extra")
        if details_of(response, thanks).items:
            offers.add("more")
    return frozenset(purpose for purpose in offers if not is_sent(thanks, purpose))
