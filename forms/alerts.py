"""The manager's answer to an alert: not to be told of until a day."""

from wtforms import DateField, SubmitField
from wtforms.validators import InputRequired

from forms.messages import Form


class MuteForm(Form):
    """The day from which an alert is heard again."""

    until = DateField("Tạm ẩn đến ngày", [InputRequired("Xin ghi ngày.")])
    submit = SubmitField("Tạm ẩn")
