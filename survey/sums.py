"""Answers as they are stored → the integer sums from which everything shown is added up."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis import Item, tally
from forms.questionnaire import parse
from survey.storage.base import AnyRow
from survey.storage.questionnaires import QuestionnaireVersion


def sums_of(rows: Sequence[AnyRow], versions: Mapping[int, QuestionnaireVersion]) -> bytes:
    """Tally answers of one measure: their versions have the same items in the same order."""
    questionnaire = parse(versions[rows[0].questionnaire_id].definition)
    items = [Item(i.code, i.factor if i.in_index else None) for i in questionnaire.items]
    packed = np.frombuffer(b"".join(row.answers for row in rows), dtype=np.int8)
    return tally(packed.reshape(len(rows), len(items)), items).to_bytes()
