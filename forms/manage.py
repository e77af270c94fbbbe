"""The manager's forms about service points."""

from collections.abc import Iterable

from wtforms import BooleanField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from forms.messages import Form
from forms.messages import lazily as _l


def spaced(text: str | None) -> str:
    """Return text with single spaces and without invisible signs, so that blank is empty."""
    words = " ".join((text or "").split())
    return "".join(c for c in words if c.isprintable()).strip()


class PointForm(Form):
    """The name of a counter, the field it serves, and whether it is for trying out."""

    name = StringField(
        _l("Tên quầy"),
        [InputRequired(), Length(2, 120)],
        filters=[spaced],
        description=_l("Tên người dân nhìn thấy ở quầy, ví dụ: Quầy 3, Đất đai."),
    )
    field = StringField(
        _l("Lĩnh vực"),
        [Length(max=120)],
        filters=[spaced],
        description=_l("Có thể để trống. Ví dụ: Hộ tịch."),
    )
    submit = SubmitField(_l("Lưu"))


class NewPointForm(PointForm):
    """A new counter also says which unit it belongs to."""

    unit = SelectField(_l("Thuộc đơn vị"), [InputRequired(_l("Xin chọn đơn vị."))])
    is_test = BooleanField(
        _l("Quầy thử"), description=_l("Phiếu gửi từ quầy thử không bao giờ được tính vào kết quả.")
    )
    submit = SubmitField(_l("Tạo quầy và mã"))


class MoveForm(Form):
    """The unit a counter belongs to from today."""

    unit = SelectField(_l("Chuyển sang đơn vị"), [InputRequired(_l("Xin chọn đơn vị."))])
    submit = SubmitField(_l("Chuyển quầy"))


class ConfirmForm(Form):
    """A button that changes something; it carries nothing but its CSRF token."""


def offer_units(form: NewPointForm | MoveForm, units: Iterable[tuple[str, str]]) -> None:
    """Let the unit field offer (code, name) pairs, in the order given."""
    choices = [SelectChoice(value=code, label=name) for code, name in units]
    if len(choices) != 1:  # nothing chosen yet: the first in the alphabet is nobody's choice
        choices.insert(0, SelectChoice(value="", label=_l("– Chọn đơn vị –")))
    form.unit.choices = choices
