"""The manager's form about answers people already have."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import SelectField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forms.messages import Form
from forms.messages import lazily as _l

# The value that leaves each answer to the counter its row names.
BY_COLUMN = "*"


class IntakeForm(Form):
    """A file of answers, what its columns are, and the counter it is about."""

    class Meta(Form.Meta):
        """Unlike other forms, this one is for files."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return fields and files as sent; no text field here has a filter to upset."""
            return FlaskForm.Meta.wrap_formdata(self, form, formdata)

    file = FileField(
        _l("Tệp câu trả lời"),
        [
            FileRequired(_l("Xin chọn tệp.")),
            FileAllowed(
                ("csv", "tsv", "txt", "xlsx"),
                _l("Chỉ nhận tệp .csv hoặc .xlsx. Xin xuất hoặc lưu lại kiểu đó rồi gửi."),
            ),
        ],
        description=_l(
            "Tệp .csv hoặc .xlsx, ví dụ xuất từ Google Biểu mẫu. Tệp lớn cần chờ vài phút."
        ),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )
    point = SelectField(
        _l("Phiếu của quầy"),
        [InputRequired(_l("Xin chọn quầy, hoặc chọn lấy theo cột trong tệp."))],
    )
    mapping = FileField(
        _l("Tệp khai báo cột"),
        [FileAllowed(("toml",), _l("Tệp khai báo cột phải có đuôi .toml. Xin xem mẫu bên dưới."))],
        description=_l("Có thể để trống nếu tên cột đúng như câu hỏi của mẫu."),
        render_kw={"accept": ".toml"},
    )
    check = SubmitField(_l("Kiểm tra thử"))
    submit = SubmitField(_l("Nhập phiếu"))


def offer_points(form: IntakeForm, points: Iterable[tuple[str, str]]) -> None:
    """Let the point field offer (public id, name) pairs, in the order given."""
    choices = [("", _l("– Chọn quầy –")), (BY_COLUMN, _l("Theo cột quầy trong tệp")), *points]
    form.point.choices = [SelectChoice(value=value, label=label) for value, label in choices]
