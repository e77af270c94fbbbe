"""The form about the languages that the citizens of a unit speak beside Vietnamese."""

from wtforms import SelectMultipleField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from forms.messages import Form

SPOKEN = {
    "km": "Khmer",
    "bru": "Bru – Vân Kiều",
    "pac": "Pa Kô",
    "cja": "Chăm",
    "yue": "Hoa (tiếng Quảng Đông)",
}


class SpeakersForm(Form):
    """Which languages, none or several."""

    languages = SelectMultipleField(
        "Người dân đến đây nói tiếng",
        choices=[SelectChoice(value=code, label=name) for code, name in SPOKEN.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    submit = SubmitField("Lưu")
