"""The second forms, after the thank-you: details of the answer, what is told besides, a number."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import Optional

from forms.answer import CitizenForm, CommentForm
from forms.questionnaire import LEVELS, SKIPPED, Item, Questionnaire

WORST_LIKED = 4
# What may be told besides, by the column it is stored in, and its choices.
TOLD: dict[str, tuple[str, ...]] = {
    "helped_by": ("nobody", "family", "official"),
    "paid_extra": ("no", "yes", "unsaid"),
    "trips": ("1", "2", "3+"),
    "apology": ("yes", "no", "not-late"),
}
# The column of each question that a province may switch on.
EXTRA_COLUMNS = {"paid": "paid_extra", "trips": "trips", "apology": "apology"}
# Ten digits for a mobile telephone, eleven for a fixed one with its area.
WITHOUT_ZERO = 9
NUMBER = re.compile(r"0[35789][0-9]{8}|02[0-9]{9}")


class DetailsForm(CitizenForm):
    """Detail items; its fields are added by `details_form`."""

    items: Sequence[Item]

    @property
    def answers(self) -> dict[str, int]:
        """The stored code of every item put; untouched and skipped items are 6."""
        return {item.code: item.choices.get(self[item.code].data, SKIPPED) for item in self.items}

    @property
    def is_blank(self) -> bool:
        """Whether no item was given a level: there is nothing to count."""
        return not any(level in LEVELS for level in self.answers.values())


class ToldForm(CitizenForm):
    """Questions outside the index; its fields are added by `told_form`."""

    @property
    def told(self) -> dict[str, str]:
        """What was chosen, by the column it is stored in."""
        return {field.name: field.data for field in self if field.data}


class CallBackForm(CommentForm):
    """A comment, and beside it a number to call back on for those who wish it."""

    number = StringField()
    consent = BooleanField()
    call = StringField()  # the button that sends the number too

    @property
    def telephone(self) -> str | None:
        """The number as it is dialled in Vietnam; None for what is no number."""
        return telephone(self.number.data or "")


def details(
    questionnaire: Questionnaire,
    stored: Mapping[str, int],
    drawn: Collection[str],
    decoys: Collection[str],
) -> tuple[Item, ...]:
    """Return the items put after the thank-you: those drawn, then the details of some factors.

    The factors are those rated 3 or lower and the decoys, which hide which those are. The drawn
    ones come first for everybody, so that no answer before changes what they are asked after.
    """
    low = {
        item.factor for item in questionnaire.items if item.in_index and _is_low(stored[item.code])
    }
    later = [item for item in questionnaire.items if item.ask == "drawn"]
    first = [item for item in later if item.code in drawn]
    return (*first, *(i for i in later if i not in first and i.factor in low.union(decoys)))


def details_form(items: Sequence[Item]) -> DetailsForm:
    """Return the form of these items, bound to the current request."""
    form: DetailsForm = _form(DetailsForm, {item.code: item.choices for item in items})
    form.items = items
    return form


def told_form(columns: Iterable[str]) -> ToldForm:
    """Return the form of these questions, bound to the current request."""
    form: ToldForm = _form(ToldForm, {column: TOLD[column] for column in columns})
    return form


def telephone(text: str) -> str | None:
    """Return a number as it is dialled in Vietnam, however it was written; None for any other."""
    digits = "".join(str(unicodedata.digit(c)) for c in text if c.isdigit())
    if text.strip().startswith("+") and not digits.startswith("84"):
        return None
    if len(digits) == WITHOUT_ZERO:
        digits = f"0{digits}"
    digits = re.sub(r"^(00)?840?", "0", digits)
    return digits if NUMBER.fullmatch(digits) else None


def _is_low(level: int) -> bool:
    return level in LEVELS and level < WORST_LIKED


def _form(base: type[CitizenForm], choices: Mapping[str, Iterable[str]]) -> Any:
    fields = {
        name: RadioField(choices=list(values), validators=[Optional()])
        for name, values in choices.items()
    }
    return type(f"Bound{base.__name__}", (base,), fields)()
