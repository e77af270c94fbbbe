"""The days closed now, judged before their answers are released: what only a whole day tells.

Settled here and never again: which signs an answer carries, and whether it is left out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from analysis.surplus import surplus_vectors
from forms.questionnaire import parse
from survey.storage import exclusions, marks, questionnaires
from survey.storage.base import AnyRow
from survey.storage.questionnaires import QuestionnaireVersion

Versions = Mapping[int, QuestionnaireVersion]


def judge(session: Session, day: date, after: date | None, threshold: int) -> None:
    """Judge the days closed now, (after, day], before any answer of theirs is released."""
    rows = marks.unjudged(session, after or date.min, day)
    versions = questionnaires.by_id(session)
    by_day: defaultdict[date, list[AnyRow]] = defaultdict(list)
    for row in rows:
        by_day[row.business_day].append(row)
    for each in sorted(by_day):
        _settle_bursts(session, by_day[each], threshold)
        _note_surplus(session, each, by_day[each], versions)
    _leave_out(session, after or date.min, day)


def _settle_bursts(session: Session, rows: Sequence[AnyRow], threshold: int) -> None:
    """Let the sign tell fewer than k people of a day and point from no others.

    It is the one sign made of a time: where fewer than k carry it, or do not, all of the day do.
    """
    at_points: defaultdict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        at_points[row.point_id].append(row)
    for group in at_points.values():
        others = [row.key for row in group if "burst" not in row.signs.split()]
        n_bursts = len(group) - len(others)
        if n_bursts and min(n_bursts, len(others)) < threshold:
            marks.sign_all(session, others, "burst")


def _note_surplus(session: Session, day: date, rows: Sequence[AnyRow], versions: Versions) -> None:
    """Mark the answers that came too often on a day, those with other signs before others."""
    today: defaultdict[tuple[int, str], list[AnyRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (bool(row.signs), row.key)):
        if not row.left_out:
            today[row.point_id, versions[row.questionnaire_id].measure_hash].append(row)
    before: defaultdict[tuple[int, str], list[bytes]] = defaultdict(list)
    for row in marks.usual_answers(session, {point_id for point_id, _ in today}, day):
        version = versions[row.questionnaire_id]
        before[row.point_id, version.measure_hash] += [_asked(row.answers, version)] * row.n
    for key, group in today.items():
        levels = [_asked(row.answers, versions[row.questionnaire_id]) for row in group]
        flags = surplus_vectors(_array(levels), _array(before[key]))
        surplus = [row.key for row, flag in zip(group, flags, strict=True) if flag]
        marks.sign_all(session, surplus, "repeated")


def _leave_out(session: Session, after: date, until: date) -> None:
    """Leave out what a rule says that was written before its month began."""
    rules = exclusions.all_(session)
    if rules:
        left_out = [
            row.key
            for row in marks.unjudged(session, after, until)
            if exclusions.of_day(rules, row.business_day) & set(row.signs.split())
        ]
        marks.leave_out(session, left_out)


def _asked(answers: bytes, version: QuestionnaireVersion) -> bytes:
    """Return the answers to what everybody was asked; the rest differs by what was drawn."""
    items = parse(version.definition).items
    return bytes(a for a, item in zip(answers, items, strict=True) if item.ask == "all")


def _array(answers: Sequence[bytes]) -> npt.NDArray[np.int8]:
    packed = np.frombuffer(b"".join(answers), dtype=np.int8)
    return packed.reshape(len(answers), -1) if answers else packed.reshape(0, 0)
