"""What the holder of a receipt code may know and take back; never what was answered."""

from flask import Blueprint, abort, render_template, request

from survey import period, tokens
from survey.access import public
from survey.db import session
from survey.storage import additions, seen_nonces, withdrawals
from survey.storage.withdrawals import ANSWER, COMMENT, CONTACT
from survey.views import offers
from survey.views.citizen import keep_what_was_sent, lang

blueprint = Blueprint("receipts", __name__)
keep_what_was_sent(blueprint)


@blueprint.get("/receipt")
@public
def find() -> str:
    """Ask for the code of a receipt."""
    return _page("receipts/find.html", typed=None)


@blueprint.post("/receipt")
@public
def submit() -> str | tuple[str, int]:
    """Say what a code stands for, after taking back what its holder asks for."""
    typed, what = request.form.get("code", ""), request.form.get("withdraw")
    receipt = tokens.read_receipt(typed)
    if receipt is None:
        return _page("receipts/find.html", typed=typed), 404
    if what is not None:
        if what not in {ANSWER, COMMENT, CONTACT}:
            abort(400)
        had = _written_with(receipt)
        _withdraw(receipt, what)
        session().commit()
        return _state(receipt, what, had)
    return _state(receipt)


def _withdraw(receipt: str, what: str) -> None:
    """Take back one thing and what hangs on it, and whatever copy of it is still on its way.

    Of an answer that is closed what hangs on it still goes: its holder asked for everything.
    """
    on, used = period.today(), {"contact"}
    comment_digest = tokens.receipt_digest(receipt, "comment")
    # The answer first: a close takes its rows in this order too.
    if what == ANSWER and withdrawals.answer(session(), _answer_digest(receipt), on):
        used |= {"withdrawal"}
    if what == CONTACT:
        withdrawals.contact(session(), comment_digest, on)
    else:
        withdrawals.comment(session(), comment_digest, on)
        used |= {"comment"}
    nonces = [tokens.receipt_nonce(receipt, purpose) for purpose in sorted(used)]
    withdrawals.use_up(session(), nonces, tokens.nonce_expires_at(period.now()))


def _state(receipt: str, done: str | None = None, had: frozenset[str] = frozenset()) -> str:
    """Return what a code stands for, after taking back `done` from what there was of these."""
    written = _written_with(receipt)
    return _page(
        "receipts/show.html",
        code=receipt,
        done=done,
        waits=additions.waiting(session(), _answer_digest(receipt)) is not None,
        withdrawn=seen_nonces.is_seen(session(), tokens.receipt_nonce(receipt, "withdrawal")),
        written=written,
        gone=had - written,
    )


def _written_with(receipt: str) -> frozenset[str]:
    comment, left = withdrawals.comment_of(session(), tokens.receipt_digest(receipt, "comment"))
    return frozenset(({COMMENT} if comment else set()) | ({CONTACT} if left else set()))


def _answer_digest(receipt: str) -> bytes:
    return tokens.receipt_digest(receipt, "response")


def _page(template: str, **values: object) -> str:
    questionnaire = offers.current()
    language = questionnaire.language(lang())
    return render_template(template, offered=questionnaire.languages, language=language, **values)
