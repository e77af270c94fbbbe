"""The forms about accounts: who is invited, with which role over which unit."""

from collections.abc import Iterable

from wtforms import EmailField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, InputRequired, Length

from forms.messages import Form
from forms.messages import lazily as _l

ROLE_NAMES = {
    "province-admin": _l("Quản trị cấp tỉnh"),
    "index-admin": _l("Quản trị bộ chỉ số"),
    "manager": _l("Quản lý đơn vị"),
    "moderator": _l("Người duyệt góp ý"),
    "clerk": _l("Người nhập phiếu"),
    "reader": _l("Người xem kết quả"),
    "auditor": _l("Người xem nhật ký"),
}
LONGEST_EMAIL = 254
WRONG_EMAIL = _l("Địa chỉ này chưa đúng. Ví dụ đúng: ten@cantho.gov.vn")


class RoleForm(Form):
    """A role over a unit and everything below it."""

    role = SelectField(_l("Vai trò"), [InputRequired(_l("Xin chọn vai trò."))])
    unit = SelectField(
        _l("Ở đơn vị"),
        [InputRequired(_l("Xin chọn đơn vị."))],
        description=_l("Vai trò có hiệu lực ở đơn vị này và mọi đơn vị cấp dưới."),
    )
    submit = SubmitField(_l("Giao vai trò"))


class InvitationForm(RoleForm):
    """A person who gets an account, or another role for the one there is."""

    email = EmailField(
        _l("Địa chỉ thư điện tử"),
        [InputRequired(_l("Xin điền địa chỉ.")), Length(max=LONGEST_EMAIL), Email(WRONG_EMAIL)],
        filters=[lambda text: (text or "").strip()],
        description=_l("Dùng để đăng nhập. Không có thư nào được gửi tới địa chỉ này."),
    )
    submit = SubmitField(_l("Tạo liên kết mời"))


def offer(form: RoleForm, roles: Iterable[str], units: Iterable[tuple[str, str]]) -> None:
    """Let a form offer these roles, and these (code, name) pairs of units, in the order given."""
    form.role.choices = _choices(
        ((name, ROLE_NAMES[name]) for name in roles), _l("– Chọn vai trò –")
    )
    form.unit.choices = _choices(units, _l("– Chọn đơn vị –"))


def _choices(pairs: Iterable[tuple[str, str]], words: str) -> list[SelectChoice]:
    choices = [SelectChoice(value=value, label=label) for value, label in pairs]
    # Nothing chosen yet: the first of a list is nobody's choice.
    return choices if len(choices) == 1 else [SelectChoice(value="", label=words), *choices]
