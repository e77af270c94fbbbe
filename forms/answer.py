"""The citizen's forms: the answer sheet of a questionnaire, and the comment after it."""

import unicodedata
from typing import Any, TypeVar

from wtforms import RadioField, TextAreaField
from wtforms.validators import Length, Optional

from forms.messages import Form
from forms.questionnaire import LEVELS, SKIPPED, Questionnaire

COMMENT_LENGTH = 2000


class CitizenForm(Form):
    """A form without cookie: a signed sheet or address stands in for session and CSRF token."""

    class Meta(Form.Meta):
        """No session, so no session token."""

        csrf = False


class AnswerForm(CitizenForm):
    """One answer sheet; its item fields are added by `answer_form`."""

    questionnaire: Questionnaire

    @property
    def answers(self) -> dict[str, int]:
        """The stored code of every item asked; untouched and skipped items are 6."""
        return {
            item.code: item.choices.get(self[item.code].data, SKIPPED)
            for item in self.questionnaire.asked
        }

    @property
    def visit_chosen(self) -> str | None:
        """The visit tapped, if any."""
        return self["visit"].data or None

    @property
    def is_blank(self) -> bool:
        """Whether no item was given a level: there is nothing to count."""
        return not any(level in LEVELS for level in self.answers.values())

    @property
    def sent(self) -> dict[str, str]:
        """What was chosen, as sent: enough to offer the same sheet once more."""
        names = [*(item.code for item in self.questionnaire.asked), "visit"]
        return {name: self[name].data for name in names if self[name].data}


Sheet = TypeVar("Sheet", bound=AnswerForm)


def _clean(text: str | None) -> str:
    """Return text in NFC without control characters; line breaks stay."""
    composed = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n")
    return "".join(c for c in composed if c.isprintable() or c == "\n").strip()


class CommentForm(CitizenForm):
    """The optional comment after the thank-you."""

    text = TextAreaField(
        validators=[Length(max=COMMENT_LENGTH)],
        filters=[_clean],
    )


def answer_form(questionnaire: Questionnaire) -> AnswerForm:
    """Return the form of a questionnaire, bound to the current request."""
    return bound_form(AnswerForm, questionnaire)


def bound_form(kind: type[Sheet], questionnaire: Questionnaire, **given: Any) -> Sheet:
    """Return a form of some kind with the questions of a questionnaire, bound to the request.

    `given` is what its other fields begin with.
    """
    fields: dict[str, Any] = {
        item.code: RadioField(choices=list(item.choices), validators=[Optional()])
        for item in questionnaire.asked
    }
    fields["visit"] = RadioField(choices=list(questionnaire.visits), validators=[Optional()])
    form: Sheet = type(f"Bound{kind.__name__}", (kind,), fields)(**given)
    form.questionnaire = questionnaire
    return form
