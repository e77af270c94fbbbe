"""The form of a rule that leaves answers with certain signs out of every headline."""

from collections.abc import Iterable

from wtforms import SelectField, SelectMultipleField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from forms.manage import spaced
from forms.messages import Form
from forms.messages import lazily as _l


class RuleForm(Form):
    """From which month which signs are left out, none for counting all again, and why."""

    month = SelectField(_l("Từ tháng"), [InputRequired(_l("Xin chọn tháng."))])
    signs = SelectMultipleField(_l("Dấu hiệu"))
    reason = StringField(_l("Căn cứ"), [InputRequired(), Length(5, 300)], filters=[spaced])
    submit = SubmitField(_l("Ghi quy tắc"))


def offer_months(form: RuleForm, months: Iterable[tuple[str, str]]) -> None:
    """Let a rule begin with one of these months, (name, title)."""
    form.month.choices = list(months)


def offer_signs(form: RuleForm, signs: Iterable[str]) -> None:
    """Let a rule be about these signs; the page names them."""
    form.signs.choices = [(sign, sign) for sign in signs]
