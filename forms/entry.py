"""The form of a sheet that staff type in: what a person marked, on which day, and how it came."""

from wtforms import DateField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forms.answer import AnswerForm
from forms.messages import Form
from forms.messages import lazily as _l

PAPER, PHONE = "paper", "phone"


class EntryForm(AnswerForm):
    """An answer sheet of somebody else, typed in by a person who has signed in."""

    class Meta(AnswerForm.Meta):
        """Unlike a citizen's, it comes from a session."""

        csrf = Form.Meta.csrf

    channel = RadioField(
        _l("Phiếu này là"),
        [InputRequired(_l("Xin chọn một cách."))],
        choices=[
            SelectChoice(value=PAPER, label=_l("Phiếu giấy")),
            SelectChoice(value=PHONE, label=_l("Trả lời qua điện thoại")),
        ],
    )
    on = DateField(
        _l("Ngày người dân trả lời"),
        [InputRequired(_l("Xin ghi ngày người dân trả lời."))],
        description=_l("Phiếu giấy không ghi ngày thì ghi ngày mở hòm phiếu."),
    )
    submit = SubmitField(_l("Lưu phiếu"))
