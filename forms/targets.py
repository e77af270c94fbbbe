"""The forms about targets: one field for each figure that may have one, and a file of them."""

import re
from collections.abc import Mapping
from typing import Any, cast

from flask_babel import LazyString, get_locale
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import Field, StringField, SubmitField
from wtforms.validators import ValidationError

from forms.messages import Form
from forms.messages import lazily as _l
from forms.questionnaire import shipped

# A target is kept in hundredths of a per cent.
WHOLE = 10_000
PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")
WRONG = _l("Xin ghi một số từ 1 đến 100, ví dụ 85 hoặc 85,5; để trống là không đặt.")


def hundredths(text: str) -> int | None:
    """Return a per cent written as 85, 85,5 or 85.5% in hundredths, None for nothing.

    ValueError for anything else, and for less than 1 or more than 100.
    """
    if not text.strip():
        return None
    found = PERCENT.fullmatch(text.strip())
    value = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 100 <= value <= WHOLE:  # noqa: PLR2004 -- 1 %
        raise ValueError(f"{text} is no per cent from 1 to 100")
    return value


def written(value: int | None) -> str:
    """Return hundredths of a per cent as a person writes them: 85 or 85,5."""
    if value is None:
        return ""
    whole, rest = divmod(value, 100)
    return f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)


def aims() -> dict[tuple[str, str], str]:
    """Return what may have a target, each factor before its questions, and its name."""
    wordings = [each.wordings["vi"] for each in shipped()]
    items = {i.code: i.factor for each in shipped() for i in each.asked}
    factors = {code for wording in wordings for code in wording.factors}
    found = {("overall", "index"): _l("Chỉ số hài lòng tại điểm phục vụ")}
    for factor in sorted(factors):
        found["factor", factor] = _named("factor", factor)
        own = sorted(code for code, of in items.items() if of == factor and code not in factors)
        found |= {("item", code): _named("item", code) for code in own}
    return found


def _named(measure: str, code: str) -> str:
    """Return the name of a figure, in the language of the page that shows it."""
    return cast("str", LazyString(_wording, measure, code))


def _wording(measure: str, code: str) -> str:
    language = "en" if str(get_locale()) == "en" else "vi"
    wordings = [each.wordings[language] for each in shipped()]
    lists = [each.factors if measure == "factor" else each.items for each in wordings]
    return next(names[code] for names in reversed(lists) if code in names)


AIMS: Mapping[tuple[str, str], str] = aims()


def _check(_form: Form, field: Field) -> None:
    try:
        hundredths(field.data or "")
    except ValueError as error:
        raise ValidationError(WRONG) from error


class TargetsForm(Form):
    """The targets of one unit and year; an empty field leaves them to the unit above."""

    submit = SubmitField(_l("Lưu chỉ tiêu"))

    @property
    def values(self) -> dict[tuple[str, str], int | None]:
        """What is wanted of each figure, in hundredths of a per cent."""
        return {key: hundredths(self[field_name(key)].data or "") for key in AIMS}

    def fill(self, known: Mapping[tuple[str, str], int]) -> None:
        """Show what is set."""
        for key, value in known.items():
            if key in AIMS:
                self[field_name(key)].data = written(value)


def field_name(key: tuple[str, str]) -> str:
    """Return the name of the field of a figure."""
    return "-".join(key)


for _key, _name in AIMS.items():
    setattr(
        TargetsForm,
        field_name(_key),
        StringField(_name, [_check], render_kw={"inputmode": "decimal", "size": 6}),
    )


class TargetsFileForm(Form):
    """A file of targets of many units."""

    class Meta(Form.Meta):
        """Unlike other forms, this one is for a file."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return fields and files as sent; no text field here has a filter to upset."""
            return FlaskForm.Meta.wrap_formdata(self, form, formdata)

    file = FileField(
        _l("Tệp chỉ tiêu"),
        [
            FileRequired(_l("Xin chọn tệp.")),
            FileAllowed(("csv", "xlsx"), _l("Chỉ nhận tệp .csv hoặc .xlsx. Xin lưu lại kiểu đó.")),
        ],
        description=_l("Các cột: Mã đơn vị, Năm, Mã, Chỉ tiêu. Mỗi dòng một chỉ tiêu."),
        render_kw={"accept": ".csv,.xlsx"},
    )
    check = SubmitField(_l("Kiểm tra thử"))
    submit = SubmitField(_l("Nhập chỉ tiêu"))
