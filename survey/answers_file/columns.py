"""Which column of a file holds what: by its heading, or as a mapping says."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forms.questionnaire import OWN_LANGUAGES, Questionnaire
from survey.answers_file.mapping import ColumnNames
from survey.reasons import Reason, WrongFile, quote
from survey.storage import names
from survey.tables import column_letters

DATE_HEADINGS = ("Dấu thời gian", "Timestamp", "Ngày", "Date")
POINT_HEADINGS = ("Quầy", "Mã quầy", "Point")
# A grid's column is headed “question [row]”, and its row is the item.
GRID = re.compile(r".*\[([^\[\]]+)\]", re.DOTALL)
OTHERS = {"date", "id", "point", "visit"}
SHOWN = 20


@dataclass(frozen=True)
class Columns:
    """The positions of what is read; `items` follows the order of the questionnaire."""

    header: Sequence[str]
    items: Sequence[int | None]
    date: int
    date_order: str
    id: int | None
    point: int | None
    visit: int | None

    @property
    def ignored(self) -> list[str]:
        """The headings of the columns that are not read."""
        used = {*self.items, self.date, self.id, self.point, self.visit}
        return [name for place, name in enumerate(self.header) if name and place not in used]


def recognise(
    header: Sequence[str], questionnaire: Questionnaire, said: ColumnNames, *, one_point: bool
) -> Columns:
    """Return where things stand; `one_point` says that all answers belong to a given point.

    Raises WrongFile with everything that is missing, unclear or contradictory.
    """
    search = Search(header)
    date = search.place("date", said.date, DATE_HEADINGS)
    found = Columns(
        header=header,
        items=_items(search, questionnaire, said),
        date=date or 0,
        date_order=said.date_order,
        id=search.place("id", said.id, ()),
        point=search.place("point", said.point, () if one_point else POINT_HEADINGS),
        visit=search.place("visit", said.visit, _visit_headings(questionnaire)),
    )
    wrong = [*search.wrong, *_strangers(questionnaire, said)]
    wrong += _missing(search, questionnaire, one_point=one_point)
    if one_point and said.point:
        wrong.append(Reason("point_twice"))
    if wrong:
        raise WrongFile(*wrong)
    return found


class Search:
    """Looks for columns by heading; remembers which it found and what is wrong."""

    def __init__(self, header: Sequence[str]) -> None:
        self._header = header
        self._taken: dict[int, list[str]] = {}
        # What was found, or said to be wrong.
        self.settled: set[str] = set()
        self.wrong: list[Reason] = []
        rows = [GRID.fullmatch(name) for name in header]
        self._whole = [names.spelling(name) for name in header]
        self._grid = [names.spelling(row[1]) if row else "" for row in rows]

    @property
    def known(self) -> str:
        """The headings of the file, for a message."""
        shown = [f"“{quote(name)}”" for name in self._header if name]
        return ", ".join(shown[:SHOWN]) + (" …" if len(shown) > SHOWN else "")

    def place(self, key: str, name: str | None, headings: Iterable[str]) -> int | None:
        """Return the column that a mapping names, or else the one with a usual heading."""
        if name == "":
            return None
        places = self._at(headings if name is None else [name])
        if len(places) == 1:
            self._take(places[0], key)
            return places[0]
        if places:
            said = "”, “".join(quote(self._header[place]) for place in places)
            letters = ", ".join(map(column_letters, places))
            self._refuse("column_unclear", key, letters=letters, headings=said)
        elif name is not None:
            self._refuse("column_missing", key, heading=quote(name), known=self.known)
        return None

    def _at(self, headings: Iterable[str]) -> list[int]:
        keys = {names.spelling(heading) for heading in headings}
        whole = [place for place, name in enumerate(self._whole) if name in keys]
        return whole or [place for place, name in enumerate(self._grid) if name in keys]

    def _take(self, place: int, key: str) -> None:
        self.settled.add(key)
        keys = self._taken.setdefault(place, [])
        keys.append(key)
        if len(keys) > 1:
            heading = quote(self._header[place])
            self._refuse("column_twice", key, heading=heading, keys=", ".join(keys))

    def _refuse(self, code: str, key: str, **values: str) -> None:
        self.settled.add(key)
        self.wrong.append(Reason(code, {"key": key} | values))


def _items(search: Search, questionnaire: Questionnaire, said: ColumnNames) -> list[int | None]:
    if said.items is not None:  # these and no others
        named = said.items
        return [
            search.place(item.code, named.get(item.code, ""), ()) for item in questionnaire.items
        ]
    wordings = [questionnaire.wordings[language] for language in OWN_LANGUAGES]
    return [
        search.place(item.code, None, [item.code, *(words.items[item.code] for words in wordings)])
        for item in questionnaire.items
    ]


def _visit_headings(questionnaire: Questionnaire) -> list[str]:
    questions = [questionnaire.wordings[language].visit_question for language in OWN_LANGUAGES]
    return ["visit", *questions, *(question.rstrip(": ") for question in questions)]


def _missing(search: Search, questionnaire: Questionnaire, *, one_point: bool) -> Iterable[Reason]:
    known = {"known": search.known, "questionnaire": questionnaire.code}
    if not search.settled - OTHERS:
        yield Reason("no_items", known)
    if "date" not in search.settled:
        yield Reason("no_date", known)
    if not one_point and "point" not in search.settled:
        yield Reason("no_point")


def _strangers(questionnaire: Questionnaire, said: ColumnNames) -> Iterable[Reason]:
    codes = [item.code for item in questionnaire.items]
    values = {"questionnaire": questionnaire.code, "known": ", ".join(codes)}
    for code in said.items or ():
        if code not in codes:
            yield Reason("mapping_item", {"code": quote(code)} | values)
