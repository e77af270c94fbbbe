"""Answers people already have, from a file into the database: read and checked whole, then
written in chunks that nowhere count, then made to count by one short act.

Cut off at any moment, nothing counts, and the same act again finishes what was begun.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import BinaryIO

from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session

from forms.questionnaire import Questionnaire, parse
from survey import tables
from survey.answers_file.columns import Columns, recognise
from survey.answers_file.mapping import column_names
from survey.answers_file.places import point_finder
from survey.answers_file.rows import AnswerRow, Checked, Reader, Tally
from survey.answers_file.values import level_reader, visit_reader
from survey.db import snapshot
from survey.reasons import Reason, WrongFile
from survey.storage import imports, questionnaires, responses
from survey.storage.base import chunks
from survey.storage.points import ServicePoint
from survey.storage.questionnaires import QuestionnaireVersion
from survey.tables import Table
from survey.tokens import keyed

# One short transaction each: citizens' answers take their turn between two.
ROWS_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a person hands over: a file, a mapping or none, and which points it may be about.

    All answers belong to `point`, or each to the one of `points` that its row names.
    """

    file: BinaryIO
    name: str
    mapping: bytes | None
    point: ServicePoint | None
    points: Sequence[ServicePoint]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file whose columns are understood and whose rows wait to be checked."""

    table: Table
    reader: Reader
    version: QuestionnaireVersion
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import will do: the rows to write, and what it leaves aside.

    `n_done` rows were written when this import was cut off; duplicates were imported
    before, or repeat an id within the file.
    """

    digest: bytes
    version: QuestionnaireVersion
    rows: Sequence[AnswerRow]
    n_done: int
    duplicates: Tally
    n_refused: int
    n_reasons: int
    reasons: Sequence[Reason]
    ignored: Sequence[str]

    @property
    def n_accepted(self) -> int:
        """How many answers will count in the end."""
        return len(self.rows) + self.n_done

    @property
    def has_good_rows(self) -> bool:
        """Whether anything in the file can be or was taken in."""
        return bool(self.n_accepted or self.duplicates.n)

    @property
    def n_chunks(self) -> int:
        """How many transactions it takes to write the rows."""
        return -(-len(self.rows) // ROWS_AT_ONCE)

    @property
    def chunks(self) -> Iterator[Sequence[AnswerRow]]:
        """The rows of one transaction after the other."""
        for start in range(0, len(self.rows), ROWS_AT_ONCE):
            yield self.rows[start : start + ROWS_AT_ONCE]


def prepare(session: Session, source: Source, today: date) -> Opened:
    """Return a file with its columns understood; WrongFile when they cannot be."""
    if source.point is not None and source.point.is_test:
        raise WrongFile(Reason("test_point", {"point": source.point.name}))
    said = column_names(source.mapping)
    version = questionnaires.current(session, said.questionnaire)
    questionnaire = parse(version.definition)
    digest = _digest(source)
    table = tables.opened(source.file, source.name)
    one_point = source.point is not None
    columns = recognise(table.header, questionnaire, said, one_point=one_point)
    reader = _reader(source, questionnaire, columns, today)
    return Opened(table=table, reader=reader, version=version, digest=digest)


def plan(opened: Opened, checked: Checked, name: str) -> Plan:
    """Return what to do with checked rows, beside what was imported before.

    Raises WrongFile when there is no row at all, or when another import, unfinished, holds
    some of them.
    """
    if not checked.rows and not checked.n_refused:
        raise WrongFile(Reason("no_rows", {"file": name}))
    with snapshot() as reading:
        unfinished = imports.unfinished(reading)
        known: dict[bytes, int] = {}
        for some in chunks([row.digest for row in checked.rows]):
            known |= imports.known(reading, some)
    _refuse_held(
        known, {n: i.started_on for n, i in unfinished.items() if i.digest != opened.digest}
    )
    duplicates = Tally(checked.repeated.n, checked.repeated.first)
    for row in checked.rows:
        if row.digest in known and known[row.digest] not in unfinished:
            duplicates.add(row.number)
    return Plan(
        digest=opened.digest,
        version=opened.version,
        rows=[row for row in checked.rows if row.digest not in known],
        n_done=sum(number in unfinished for number in known.values()),
        duplicates=duplicates,
        n_refused=checked.n_refused,
        n_reasons=checked.n_reasons,
        reasons=checked.reasons,
        ignored=opened.reader.columns.ignored,
    )


def write(session: Session, plan: Plan, chunks: Iterable[Sequence[AnswerRow]], today: date) -> None:
    """Write the chunks of a plan, committing each, and then let all of it count.

    Raises WrongFile when somebody else takes in the same rows at this moment.
    """
    try:
        number = imports.begin(session, plan.digest, today).id
        session.commit()
        for rows in chunks:
            _store(session, plan, number, rows)
            session.commit()
        imports.count(session, number, plan.digest, today)
        session.commit()
    except (IntegrityError, NoResultFound) as error:
        session.rollback()
        raise WrongFile(Reason("at_once")) from error


def _store(session: Session, plan: Plan, number: int, rows: Sequence[AnswerRow]) -> None:
    imports.remember(session, number, plan.digest, [row.digest for row in rows])
    # Read with every chunk: a point may be moved in between.
    points = imports.as_they_are(session, {row.point_id for row in rows})
    answers = ((points[row.point_id], row.day, row.visit, row.answers) for row in rows)
    responses.add_imported(session, number, plan.version, answers)


def _reader(source: Source, questionnaire: Questionnaire, columns: Columns, today: date) -> Reader:
    words = questionnaire.wordings["vi"]
    return Reader(
        columns=columns,
        level=level_reader(questionnaire),
        visit=visit_reader(questionnaire),
        visits=", ".join(words.visits.values()),
        point=source.point or point_finder(source.points),
        today=today,
        keyed=partial(keyed, "imported row"),
    )


def _refuse_held(known: dict[bytes, int], others: dict[int, date]) -> None:
    for number, on in others.items():
        held = sum(holder == number for holder in known.values())
        if held:
            raise WrongFile(Reason("held", {"n": held, "number": number, "on": on}))


def _digest(source: Source) -> bytes:
    """Return what makes an import this one: its file, its mapping and its place."""
    content = hashlib.sha256()
    for block in iter(partial(source.file.read, tables.BLOCK), b""):
        content.update(block)
    source.file.seek(0)
    mapping = hashlib.sha256(source.mapping or b"").digest()
    place = source.point.public_id if source.point else ""
    return keyed("import", content.digest() + mapping + place.encode())
