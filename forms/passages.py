"""What is read aloud: a question and the choices below it, in the order in which they stand."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

from forms.questionnaire import Questionnaire, parse

VISIT = "visit"


@dataclass(frozen=True)
class Passage:
    """The words of one recording; `name` is that of its file, without an ending."""

    code: str
    name: str
    words: tuple[str, ...]

    @cached_property
    def hash(self) -> str:
        """The hash of the words: a recording of other words is not played for these."""
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()[:16]


def passages(
    questionnaire: Questionnaire, language: str, scale_order: str = "official"
) -> tuple[Passage, ...]:
    """Return what is read aloud in a language, first what is asked first.

    A reversed scale is a reading of its own: who cannot read counts the faces from the top.
    """
    return _passages(questionnaire.definition, language, scale_order)


@lru_cache(maxsize=64)
def _passages(definition: str, language: str, scale_order: str) -> tuple[Passage, ...]:
    questionnaire = parse(definition)
    asked = [_item(questionnaire, item.code, language, scale_order) for item in questionnaire.asked]
    wording = questionnaire.wordings[language]
    visits = (wording.visits[value] for value in questionnaire.visits)
    visit = Passage(VISIT, VISIT, (wording.visit_question, *visits))
    drawn = [_item(questionnaire, code, language, scale_order) for code in questionnaire.drawable]
    return (*asked, visit, *drawn)


def asked_first(questionnaire: Questionnaire) -> frozenset[str]:
    """Return the codes of the passages that stand on the first page."""
    return frozenset(item.code for item in questionnaire.asked) | {VISIT}


def _item(questionnaire: Questionnaire, code: str, language: str, scale_order: str) -> Passage:
    wording = questionnaire.wordings[language]
    item = next(item for item in questionnaire.items if item.code == code)
    choices = (wording.choice(value) for value in item.choices_in(scale_order))
    name = f"{code}-reversed" if scale_order == "reversed" else code
    return Passage(code, name, (wording.items[code], *choices))
