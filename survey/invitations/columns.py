"""Which column of a list of returned dossiers holds what."""

from collections.abc import Sequence
from dataclasses import dataclass

from survey.answers_file.columns import Search
from survey.dossiers_file.columns import HEADINGS as COMMON
from survey.dossiers_file.columns import DossierColumns, Headings, ListNames, found
from survey.reasons import Reason, WrongFile

HEADINGS: Headings = {**COMMON, "phone": ("Số điện thoại", "Điện thoại", "Phone")}


@dataclass(frozen=True, kw_only=True)
class DossierNames(ListNames):
    """The names of the columns of a list of dossiers whose people are invited."""

    phone: str | None = None


def recognise(header: Sequence[str], said: DossierNames, *, one_point: bool) -> DossierColumns:
    """Return where things stand; `one_point` says that all dossiers belong to a given point.

    Raises WrongFile with everything that is missing, unclear or contradictory.
    """
    search = Search(header)
    places = found(search, said, HEADINGS, but={"point"} if one_point else ())
    known = {"known": search.known}
    wrong = search.wrong
    if "number" not in search.settled:
        wrong.append(Reason("no_number", known))
    if "handed_over" not in search.settled:
        wrong.append(Reason("no_handed_over", known))
    if not one_point and "point" not in search.settled:
        wrong.append(Reason("no_dossier_point", known))
    if wrong:
        raise WrongFile(*wrong)
    return DossierColumns(header, places, said.date_order)
