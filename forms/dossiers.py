"""The manager's form about results handed over."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import BooleanField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forms.messages import Form
from forms.messages import lazily as _l

# The value that leaves each result to the counter its row names.
BY_COLUMN = "*"


class DossiersForm(Form):
    """A dossier system's file, what its columns are, and the counter it is about."""

    class Meta(Form.Meta):
        """Unlike other forms, this one is for files."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return fields and files as sent; no text field here has a filter to upset."""
            return FlaskForm.Meta.wrap_formdata(self, form, formdata)

    file = FileField(
        _l("Tệp hồ sơ đã trả kết quả"),
        [
            FileRequired(_l("Xin chọn tệp.")),
            FileAllowed(
                ("csv", "tsv", "txt", "xlsx"),
                _l("Chỉ nhận tệp .csv hoặc .xlsx. Xin xuất hoặc lưu lại kiểu đó rồi gửi."),
            ),
        ],
        description=_l("Tệp .csv hoặc .xlsx xuất từ hệ thống một cửa, đủ cả tháng."),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )
    point = SelectField(
        _l("Trả kết quả ở quầy"),
        [InputRequired(_l("Xin chọn quầy, hoặc chọn lấy theo cột trong tệp."))],
    )
    mapping = FileField(
        _l("Tệp khai báo cột"),
        [FileAllowed(("toml",), _l("Tệp khai báo cột phải có đuôi .toml. Xin xem mẫu bên dưới."))],
        description=_l("Có thể để trống nếu tên cột như ghi ở dưới."),
        render_kw={"accept": ".toml"},
    )
    replace = BooleanField(
        _l("Thay số đã nhập trước đó"),
        description=_l("Số cũ vẫn được giữ kèm ngày thay. Chỉ chọn khi tệp đủ cả tháng."),
    )
    check = SubmitField(_l("Kiểm tra thử"))
    submit = SubmitField(_l("Nhập số hồ sơ"))


def offer_points(form: DossiersForm, points: Iterable[tuple[str, str]]) -> None:
    """Let the point field offer (public id, name) pairs, in the order given."""
    choices = [("", _l("– Chọn quầy –")), (BY_COLUMN, _l("Theo cột quầy trong tệp")), *points]
    form.point.choices = [SelectChoice(value=value, label=label) for value, label in choices]
