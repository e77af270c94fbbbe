"""The form about the languages that the citizens of a unit speak beside Vietnamese."""

from wtforms import SelectMultipleField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from forms.messages import Form
from forms.messages import lazily as _l

SPOKEN = {
    "km": "Khmer",
    "bru": _l("Bru – Vân Kiều"),
    "pac": _l("Pa Kô"),
    "cja": _l("Chăm"),
    "yue": _l("Hoa (tiếng Quảng Đông)"),
}


class SpeakersForm(Form):
    """Which languages, none or several."""

    languages = SelectMultipleField(
        _l("Người dân đến đây nói tiếng"),
        choices=[SelectChoice(value=code, label=name) for code, name in SPOKEN.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    submit = SubmitField(_l("Lưu"))
