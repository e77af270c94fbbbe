"""What people wrote, as a unit may read it, and what the unit does about it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forms.comments import STATUS_NAMES, FollowUpForm, named
from survey import access, period, themes
from survey.access import note, roles, scope, unit_in_scope
from survey.db import session
from survey.i18n import translate as _
from survey.storage import comments, units
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint
from survey.storage.users import MANAGER, READER

LONGEST_SEARCH = 100
Page = str | Response | tuple[str, int]

blueprint = Blueprint("comments", __name__, url_prefix="/comments")


@blueprint.get("")
@roles(READER)
def home() -> Response:
    """Lead to the comments of the reader's own unit."""
    return redirect(url_for(".listing", code=access.top()))


@blueprint.get("/units/<code>")
@roles(READER)
def listing(code: str) -> str:
    """Show what was released to a unit and everything below it, searched and paged."""
    unit = unit_in_scope(code)
    codes = units.subtree(session(), unit.code, period.today())
    filters = {
        "text": request.args.get("q", "")[:LONGEST_SEARCH],
        "theme": _one_of(themes.TITLES, "theme"),
        "status": _one_of(STATUS_NAMES, "status"),
    }
    number = request.args.get("page", 1, type=int)
    return render_template(
        "comments/list.html",
        unit=unit,
        unit_names={u.code: u.name for u in units.named(session(), codes, period.today())},
        found=comments.listing(session(), codes, page=number, **filters),
        counts=comments.themes(session(), codes),
        filters=filters,
    )


@blueprint.get("/<name>")
@roles(READER)
def show(name: str) -> str:
    """Show a comment and what was done about it."""
    comment = comments.released(session(), name, scope())
    return _page(comment, FollowUpForm(obj=comment))


@blueprint.post("/<name>")
@roles(MANAGER)
def follow_up(name: str) -> Page:
    """Note what is done about a comment."""
    comment = comments.released(session(), name, scope(), to_change=True)
    form, before = FollowUpForm(), comment.status
    if not form.validate():
        return _page(comment, form), 422
    comments.follow_up(comment, form.status.data, form.owner.data, form.note.data)
    note("follow up comment", comment.name, f"{before} → {comment.status}")
    session().commit()
    flash(_("Đã lưu."), "success")
    return redirect(url_for(".show", name=comment.name), 303)


@blueprint.app_context_processor
def _names() -> dict[str, object]:
    """Let every page of comments name themes and states."""
    return {"theme_names": themes.TITLES, "status_names": STATUS_NAMES, "named": named}


def _page(comment: Comment, form: FollowUpForm) -> str:
    point = session().get_one(ServicePoint, comment.point_id)
    unit = units.latest(session(), comment.unit_code, comment.business_day)
    may_change = comment.unit_code in access.reach(MANAGER)
    return render_template(
        "comments/show.html",
        comment=comment,
        point=point,
        unit=unit,
        form=form,
        may_change=may_change,
    )


def _one_of(known: object, name: str) -> str:
    """Return what a filter asks for, or nothing where it is no value of ours."""
    asked = request.args.get(name, "")
    return asked if asked in known else ""  # type: ignore[operator]
