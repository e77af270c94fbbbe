"""The manager's forms about printed codes: their versions, their packs, the walk past them."""

from collections.abc import Iterable

from wtforms import DateField, HiddenField, RadioField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forms.messages import Form
from forms.messages import lazily as _l

# How long a code that is being replaced may still be scanned.
GRACE_DAYS = 7
REPLACE, REPLACE_LATER, REVOKE = "replace", "replace-later", "revoke"
FORMS = {
    "a5": _l("A5, để ở quầy"),
    "a4": _l("A4, treo tường"),
    "a6": _l("A6, tờ nhỏ"),
    "stand": _l("Để bàn, gấp từ A4"),
    "sticker": _l("Tem dán, 8 tem một tờ A4"),
}
LANGUAGES = {"en": _l("Tiếng Việt và tiếng Anh"), "km": _l("Tiếng Việt và tiếng Khmer")}
FOUND = {"ok": _l("Còn tốt"), "missing": _l("Mất"), "covered": _l("Bị dán đè")}


class CodeForm(Form):
    """What becomes of the code at a counter."""

    act = RadioField(
        _l("Việc cần làm"),
        [InputRequired(_l("Xin chọn một việc."))],
        choices=[
            SelectChoice(
                value=REPLACE_LATER,
                label=_l(
                    "Cấp mã mới, mã cũ còn quét được %(n)s ngày để kịp thay biển", n=GRACE_DAYS
                ),
            ),
            SelectChoice(value=REPLACE, label=_l("Cấp mã mới, mã cũ hết dùng ngay")),
            SelectChoice(value=REVOKE, label=_l("Thu hồi mã ngay, chưa cấp mã mới")),
        ],
    )
    # The version that was shown: a second press must not revoke what the first one issued.
    version = HiddenField()
    submit = SubmitField(_l("Thực hiện"))


class PackForm(Form):
    """Which posters of which units; sent by GET, so it changes nothing and needs no token."""

    class Meta(Form.Meta):
        """No token: asking twice does no harm."""

        csrf = False

    unit = SelectField(_l("Các quầy của"), [InputRequired(_l("Xin chọn đơn vị."))])
    form = SelectField(
        _l("Khổ giấy"),
        choices=[SelectChoice(value=value, label=label) for value, label in FORMS.items()],
    )
    language = SelectField(_l("Ngôn ngữ"))
    file = SelectField(
        _l("Tệp"),
        choices=[
            SelectChoice(value="pdf", label=_l("Một tệp PDF")),
            SelectChoice(value="zip", label=_l("Tệp ZIP, mỗi đơn vị một PDF")),
        ],
    )
    submit = SubmitField(_l("Tải về"))


class CheckForm(Form):
    """The day of a walk past the codes; what was found of each stands beside it."""

    on = DateField(_l("Ngày kiểm tra"), [InputRequired(_l("Xin ghi ngày kiểm tra."))])
    submit = SubmitField(_l("Ghi kết quả"))


def offer_languages(form: PackForm, languages: Iterable[str]) -> None:
    """Let the language field offer Vietnamese alone, and with each of these languages."""
    both = [SelectChoice(value=code, label=LANGUAGES[code]) for code in languages]
    form.language.choices = [SelectChoice(value="", label=_l("Tiếng Việt")), *both]
