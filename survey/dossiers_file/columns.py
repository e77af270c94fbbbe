"""Which column of a dossier system's list holds what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from survey.answers_file.columns import POINT_HEADINGS, Search
from survey.answers_file.mapping import FileNames
from survey.reasons import Reason, WrongFile

Headings = Mapping[str, tuple[str, ...]]

# What any list of dossiers may say.
HEADINGS: Headings = {
    "number": ("Số hồ sơ", "Mã hồ sơ", "Mã số hồ sơ", "Dossier"),
    "point": POINT_HEADINGS,
    "field": ("Lĩnh vực", "Field"),
    "agency": ("Cơ quan giải quyết", "Cơ quan có thẩm quyền", "Đơn vị giải quyết", "Agency"),
    "handed_over": ("Ngày trả kết quả", "Thời gian trả kết quả", "Ngày trả", "Handed over"),
    "appointed": ("Ngày hẹn trả", "Ngày hẹn trả kết quả", "Hạn trả kết quả", "Appointed"),
    "finished": ("Ngày có kết quả", "Ngày hoàn thành", "Ngày kết thúc xử lý", "Finished"),
    "on_time": ("Đúng hạn", "Đúng hạn hay trễ hạn", "Tình trạng giải quyết", "On time"),
}
# What else there is where they are counted.
COUNTED: Headings = {
    "count": ("Số lượng", "Số lượng hồ sơ", "Tổng số hồ sơ", "Số hồ sơ đã trả", "Count"),
    "month": ("Tháng", "Kỳ", "Month"),
    "channel": ("Hình thức trả kết quả", "Hình thức nhận kết quả", "Hình thức trả", "Channel"),
}


@dataclass(frozen=True, kw_only=True)
class ListNames(FileNames):
    """The names of the columns of a list of dossiers."""

    number: str | None = None
    point: str | None = None
    field: str | None = None
    agency: str | None = None
    handed_over: str | None = None
    appointed: str | None = None
    finished: str | None = None
    on_time: str | None = None


@dataclass(frozen=True, kw_only=True)
class CountNames(ListNames):
    """Those of a list of which only the numbers are kept, or that has only numbers."""

    count: str | None = None
    month: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class DossierColumns:
    """Where each of these stands; what the file does not have is missing from `places`."""

    header: Sequence[str]
    places: dict[str, int]
    date_order: str

    @property
    def ignored(self) -> list[str]:
        """The headings of the columns that are not read."""
        used = set(self.places.values())
        return [name for place, name in enumerate(self.header) if name and place not in used]

    def cell(self, cells: Sequence[str], key: str) -> str:
        """Return what a row says, empty where the file has no such column."""
        place = self.places.get(key)
        return cells[place] if place is not None and place < len(cells) else ""

    def heading(self, key: str) -> str:
        """Return what the file calls a column that it has."""
        return self.header[self.places[key]]


def found(
    search: Search, said: ListNames, headings: Headings, *, but: Collection[str] = ()
) -> dict[str, int]:
    """Return where the columns stand that a file has; what is unclear stands in `search.wrong`."""
    places = {
        key: search.place(key, getattr(said, key), usual)
        for key, usual in headings.items()
        if key not in but
    }
    return {key: place for key, place in places.items() if place is not None}


def recognise(header: Sequence[str], said: CountNames, *, one_point: bool) -> DossierColumns:
    """Return where things stand; `one_point` says that all results belong to a given point.

    Raises WrongFile with everything that is missing, unclear or contradictory.
    """
    search = Search(header)
    but = {"point"} if one_point else ()
    places = found(search, said, {**HEADINGS, **COUNTED}, but=but)
    if wrong := [*search.wrong, *_missing(search, places, one_point=one_point)]:
        raise WrongFile(*wrong)
    return DossierColumns(header, places, said.date_order)


def _missing(search: Search, places: Collection[str], *, one_point: bool) -> Iterable[Reason]:
    known = {"known": search.known}
    if search.settled.isdisjoint({"number", "count"}):
        yield Reason("no_number_or_count", known)
    if {"number", "count"} <= set(places):
        yield Reason("number_and_count")
    if search.settled.isdisjoint({"handed_over", "month"}):
        yield Reason("no_month", known)
    if not one_point and "point" not in search.settled:
        yield Reason("no_dossier_point", known)
