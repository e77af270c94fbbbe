"""The manager's forms about printed codes: their versions, their packs, the walk past them."""

from collections.abc import Iterable

from wtforms import DateField, HiddenField, RadioField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forms.messages import Form

# How long a code that is being replaced may still be scanned.
GRACE_DAYS = 7
REPLACE, REPLACE_LATER, REVOKE = "replace", "replace-later", "revoke"
FORMS = {
    "a5": "A5, để ở quầy",
    "a4": "A4, treo tường",
    "a6": "A6, tờ nhỏ",
    "stand": "Để bàn, gấp từ A4",
    "sticker": "Tem dán, 8 tem một tờ A4",
}
LANGUAGES = {"en": "Tiếng Việt và tiếng Anh", "km": "Tiếng Việt và tiếng Khmer"}
FOUND = {"ok": "Còn tốt", "missing": "Mất", "covered": "Bị dán đè"}


class CodeForm(Form):
    """What becomes of the code at a counter."""

    act = RadioField(
        "Việc cần làm",
        [InputRequired("Xin chọn một việc.")],
        choices=[
            SelectChoice(
                value=REPLACE_LATER,
                label=f"Cấp mã mới, mã cũ còn quét được {GRACE_DAYS} ngày để kịp thay biển",
            ),
            SelectChoice(value=REPLACE, label="Cấp mã mới, mã cũ hết dùng ngay"),
            SelectChoice(value=REVOKE, label="Thu hồi mã ngay, chưa cấp mã mới"),
        ],
    )
    # The version that was shown: a second press must not revoke what the first one issued.
    version = HiddenField()
    submit = SubmitField("Thực hiện")


class PackForm(Form):
    """Which posters of which units; sent by GET, so it changes nothing and needs no token."""

    class Meta(Form.Meta):
        """No token: asking twice does no harm."""

        csrf = False

    unit = SelectField("Các quầy của", [InputRequired("Xin chọn đơn vị.")])
    form = SelectField(
        "Khổ giấy",
        choices=[SelectChoice(value=value, label=label) for value, label in FORMS.items()],
    )
    language = SelectField("Ngôn ngữ")
    file = SelectField(
        "Tệp",
        choices=[
            SelectChoice(value="pdf", label="Một tệp PDF"),
            SelectChoice(value="zip", label="Tệp ZIP, mỗi đơn vị một PDF"),
        ],
    )
    submit = SubmitField("Tải về")


class CheckForm(Form):
    """The day of a walk past the codes; what was found of each stands beside it."""

    on = DateField("Ngày kiểm tra", [InputRequired("Xin ghi ngày kiểm tra.")])
    submit = SubmitField("Ghi kết quả")


def offer_languages(form: PackForm, languages: Iterable[str]) -> None:
    """Let the language field offer Vietnamese alone, and with each of these languages."""
    both = [SelectChoice(value=code, label=LANGUAGES[code]) for code in languages]
    form.language.choices = [SelectChoice(value="", label="Tiếng Việt"), *both]
