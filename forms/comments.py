"""The forms about comments: what a unit does about one, what the province decides on one."""

from collections.abc import Mapping

from wtforms import SelectField, StringField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from forms.answer import COMMENT_LENGTH
from forms.messages import Form
from forms.messages import lazily as _l

STATUS_NAMES = {
    "new": _l("Mới"),
    "working": _l("Đang xử lý"),
    "done": _l("Đã xử lý"),
    "declined": _l("Không xử lý"),
}
LONGEST_NAME, LONGEST_NOTE = 120, 1000
SHORTEST_REASON = 10


def _trimmed(text: str | None) -> str:
    """Return text without white space around it, and with the line ends we store."""
    return (text or "").replace("\r\n", "\n").strip()


class FollowUpForm(Form):
    """What is done about a comment."""

    status = SelectField(
        _l("Tình trạng"),
        choices=[SelectChoice(value=code, label=name) for code, name in STATUS_NAMES.items()],
    )
    owner = StringField(_l("Người phụ trách"), [Length(max=LONGEST_NAME)], filters=[_trimmed])
    note = TextAreaField(
        _l("Đã làm gì"),
        [Length(max=LONGEST_NOTE)],
        filters=[_trimmed],
        description=_l("Viết ngắn, không ghi tên người dân."),
        render_kw={"rows": 3},
    )
    submit = SubmitField(_l("Lưu"))


class MaskForm(Form):
    """The text that the unit reads in place of the raw one."""

    masked = TextAreaField(
        _l("Văn bản đơn vị được đọc"),
        # Placeholders may be longer than what they stand for.
        [DataRequired(), Length(max=2 * COMMENT_LENGTH)],
        filters=[_trimmed],
        description=_l(
            "Thay phần còn lộ bằng [tên người], [số điện thoại] … Giữ nguyên ý người viết."
        ),
        render_kw={"rows": 5},
    )
    submit = SubmitField(_l("Lưu văn bản"))


class ReferralForm(Form):
    """A decision to pass a comment to the competent authority."""

    authority = StringField(
        _l("Chuyển đến cơ quan"),
        [DataRequired(), Length(3, LONGEST_NAME)],
        filters=[_trimmed],
        description=_l("Ví dụ: Thanh tra tỉnh."),
    )
    reason = TextAreaField(
        _l("Lý do"),
        [DataRequired(), Length(SHORTEST_REASON, LONGEST_NOTE)],
        filters=[_trimmed],
        render_kw={"rows": 3},
    )
    submit = SubmitField(_l("Quyết định chuyển"))


def named(codes: str, names: Mapping[str, str]) -> list[str]:
    """Return the names of codes joined by spaces; a code without a name as it is."""
    return [names.get(code, code) for code in codes.split()]
