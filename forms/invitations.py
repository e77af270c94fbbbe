"""The manager's form about one-time codes: for how many, or for which list."""

from collections.abc import Iterable
from typing import Any

from babel.numbers import format_decimal
from flask_babel import LazyString, get_locale
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField
from wtforms import IntegerField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from forms.messages import Form
from forms.messages import lazily as _l

# The value that leaves each dossier to the counter its row names.
BY_COLUMN = "*"
MOST = 20_000
WANTED = {
    "pdf": _l("Phiếu để in: một tệp PDF, 24 phiếu một tờ A4"),
    "zip": _l("Phiếu để in: tệp ZIP, mỗi PDF 20 tờ"),
    "csv": _l("Tệp CSV để gửi tin nhắn SMS"),
}


def _most() -> str:
    return format_decimal(MOST, locale=get_locale())


class InvitationsForm(Form):
    """A number or a list, the counter, and in which form the codes are handed over."""

    class Meta(Form.Meta):
        """Unlike other forms, this one is for files."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return fields and files as sent; no text field here has a filter to upset."""
            return FlaskForm.Meta.wrap_formdata(self, form, formdata)

    point = SelectField(
        _l("Trả kết quả ở quầy"),
        [InputRequired(_l("Xin chọn quầy, hoặc chọn lấy theo cột trong tệp."))],
    )
    n = IntegerField(
        _l("Số phiếu"),
        [
            Optional(),
            NumberRange(1, MOST, _l("Xin ghi một số từ 1 đến %(most)s.", most=LazyString(_most))),
        ],
        description=_l("Điền số phiếu, hoặc chọn danh sách ở dưới."),
        render_kw={"min": 1, "max": MOST},
    )
    file = FileField(
        _l("Danh sách hồ sơ đã trả kết quả"),
        [
            FileAllowed(
                ("csv", "tsv", "txt", "xlsx"),
                _l("Chỉ nhận tệp .csv hoặc .xlsx. Xin xuất hoặc lưu lại kiểu đó rồi gửi."),
            )
        ],
        description=_l("Tệp .csv hoặc .xlsx xuất từ hệ thống một cửa."),
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )
    mapping = FileField(
        _l("Tệp khai báo cột"),
        [FileAllowed(("toml",), _l("Tệp khai báo cột phải có đuôi .toml. Xin xem mẫu bên dưới."))],
        description=_l("Có thể để trống nếu tên cột như ghi ở dưới."),
        render_kw={"accept": ".toml"},
    )
    form = SelectField(
        _l("Nhận mã bằng"),
        choices=[SelectChoice(value=value, label=label) for value, label in WANTED.items()],
    )
    check = SubmitField(_l("Kiểm tra thử"))
    submit = SubmitField(_l("Cấp mã và tải về"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Say also where neither or both of number and list are given."""
        if not super().validate(extra_validators):
            return False
        if bool(self.n.data) == bool(self.file.data):
            self.n.errors = [_l("Xin điền số phiếu hoặc chọn một danh sách, không cả hai.")]
        elif self.n.data and self.point.data == BY_COLUMN:
            self.point.errors = [_l("Cấp theo số lượng thì xin chọn một quầy.")]
        return not self.errors


def offer_points(form: InvitationsForm, points: Iterable[tuple[str, str]]) -> None:
    """Let the point field offer (public id, name) pairs, in the order given."""
    choices = [("", _l("– Chọn quầy –")), (BY_COLUMN, _l("Theo cột quầy trong danh sách")), *points]
    form.point.choices = [SelectChoice(value=value, label=label) for value, label in choices]
