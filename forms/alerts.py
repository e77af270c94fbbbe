"""The manager's answer to an alert: not to be told of until a day."""

from wtforms import DateField, SubmitField
from wtforms.validators import InputRequired

from forms.messages import Form
from forms.messages import lazily as _l


class MuteForm(Form):
    """The day from which an alert is heard again."""

    until = DateField(_l("Tạm ẩn đến ngày"), [InputRequired(_l("Xin ghi ngày."))])
    submit = SubmitField(_l("Tạm ẩn"))
