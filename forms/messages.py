"""Validator messages in Vietnamese, for which WTForms ships no catalogue."""

from typing import Any, cast

from flask import request
from flask_babel import get_locale, lazy_gettext
from flask_wtf import FlaskForm

MESSAGES = {
    "This field is required.": "Xin điền ô này.",
    "Not a valid choice.": "Lựa chọn này không có trong danh sách. Xin chọn lại.",
    "Invalid Choice: could not coerce.": "Lựa chọn này không đọc được. Xin chọn lại.",
    "Not a valid integer value.": "Xin ghi một số, ví dụ 120.",
    "CSRF token missing.": "Trang đã mở quá lâu. Xin tải lại trang rồi gửi lại.",
    "CSRF failed.": "Trang đã mở quá lâu. Xin tải lại trang rồi gửi lại.",
}
PLURALS = {
    "Field must be at least %(min)d character long.": "Xin viết ít nhất %(min)d ký tự.",
    "Field cannot be longer than %(max)d character.": "Xin viết nhiều nhất %(max)d ký tự.",
    "Field must be between %(min)d and %(max)d characters long.": (
        "Xin viết từ %(min)d đến %(max)d ký tự."
    ),
}


def lazily(text: str, **values: object) -> str:
    """Return an interface string that is put into a language when it is shown."""
    return cast("str", lazy_gettext(text, **values))


class Vietnamese:
    """The translations object that WTForms asks for its messages."""

    def gettext(self, string: str) -> str:
        """Return the Vietnamese message, or the original where there is none."""
        return MESSAGES.get(string, PLURALS.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the Vietnamese message; Vietnamese has no plural forms."""
        return PLURALS.get(singular) or PLURALS.get(plural) or (singular if n == 1 else plural)


class Form(FlaskForm):
    """A form that complains in the language of its page."""

    class Meta(FlaskForm.Meta):
        """Our messages instead of WTForms' catalogues, and never an uploaded file."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return the text fields sent: a file in their place must not reach a filter."""
            posted = super().wrap_formdata(form, formdata)
            return request.form if posted is not None and request.files else posted

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """Return the field's HTML, saying to a screen reader whether it is wrong."""
            if field.errors:
                render_kw.setdefault("aria-invalid", "true")
            return super().render_field(field, render_kw)

        def get_translations(self, _form: Any) -> Vietnamese | None:
            """Return the Vietnamese messages, or nothing where WTForms' own English is right."""
            return None if str(get_locale()) == "en" else Vietnamese()
