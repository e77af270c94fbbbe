"""The page of the rules that leave answers with certain signs out, written before their time."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forms.exclusions import RuleForm, offer_months, offer_signs
from survey import access, period
from survey.access import note, reach, roles
from survey.db import session
from survey.i18n import titled
from survey.i18n import translate as _
from survey.period import Period
from survey.signs import SIGNS
from survey.storage import exclusions, units
from survey.storage.exclusions import Exclusion
from survey.storage.responses import LEFT_OUT
from survey.storage.users import INDEX_ADMIN, READER

# How many months ahead a rule may begin.
MONTHS_AHEAD = 12
Page = str | Response | tuple[str, int]

blueprint = Blueprint("exclusions", __name__, url_prefix="/exclusion-rules")


@blueprint.get("")
@roles(READER)
def listing() -> str:
    """Show every rule to whoever reads results, and the way to write one to who may."""
    return _page(_form())


@blueprint.post("")
@roles(INDEX_ADMIN)
def create() -> Page:
    """Write a rule for the months from one that has not begun; it can never be changed."""
    access.require_everything()
    form = _form()
    if not form.validate():
        return _page(form), 422
    rule = _rule(form)
    exclusions.add(session(), rule)
    note("write exclusion rule", form.month.data, f"{rule.signs}: {rule.reason}")
    session().commit()
    flash(_("Đã ghi quy tắc."), "success")
    return redirect(url_for(".listing"), 303)


def _form() -> RuleForm:
    form, months = RuleForm(), _months()
    offer_months(form, [(each.name, titled(each)) for each in months])
    offer_signs(form, sorted(SIGNS - set(LEFT_OUT)))
    return form


def _months() -> list[Period]:
    found = [period.containing(period.containing(period.today()).end)]
    while len(found) < MONTHS_AHEAD:
        found.append(period.containing(found[-1].end))
    return found


def _rule(form: RuleForm) -> Exclusion:
    return Exclusion(
        starts_on=period.parse(form.month.data).start,
        signs=" ".join(sorted(form.signs.data)),
        reason=form.reason.data,
        written_on=period.today(),
        written_by=current_user.email,
    )


def _page(form: RuleForm) -> str:
    rules, today = exclusions.all_(session()), period.today()
    return render_template(
        "exclusions/list.html",
        form=form,
        rules=[(rule, _state(rule, rules)) for rule in reversed(rules)],
        now=sorted(exclusions.of_day(rules, today)),
        may_write=reach(INDEX_ADMIN) >= units.on_day(session(), today).keys(),
    )


def _state(rule: Exclusion, rules: Sequence[Exclusion]) -> str:
    """Say whether a rule holds now, will hold, or another has taken its place."""
    later = rules[rules.index(rule) + 1 :]
    if any(other.month == rule.month for other in later):
        return "replaced"
    if rule.month.start > period.today():
        return "ahead"
    return "over" if any(other.month.start <= period.today() for other in later) else "now"
