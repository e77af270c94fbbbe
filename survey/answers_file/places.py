"""The counter that a cell names: by its public id, or by its name however it is spelt."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from survey.reasons import Reason, quote
from survey.storage import names
from survey.storage.points import ServicePoint

NAMES_KEPT = 4096


def point_finder(points: Sequence[ServicePoint]) -> Callable[[str], ServicePoint | Reason]:
    """Return what turns a cell into one of these points, or into why it cannot.

    A name that is right but for its marks is taken when it can mean one point only.
    """
    ids = {point.public_id: point for point in points}
    spelt = _by_name(points, names.spelling)
    folded = _by_name(points, names.fold)

    @lru_cache(NAMES_KEPT)
    def find(text: str) -> ServicePoint | Reason:
        if text.lower() in ids:
            return _countable(ids[text.lower()])
        found = spelt.get(names.spelling(text)) or folded.get(names.fold(text)) or []
        if len(found) == 1:
            return _countable(found[0])
        if not found:
            return Reason("point_unknown", {"text": quote(text)})
        known = ", ".join(point.public_id for point in found)
        return Reason("point_unclear", {"text": quote(text), "known": known})

    return find


def _by_name(
    points: Sequence[ServicePoint], key: Callable[[str], str]
) -> dict[str, list[ServicePoint]]:
    found: dict[str, list[ServicePoint]] = {}
    for point in points:
        found.setdefault(key(point.name), []).append(point)
    return found


def _countable(point: ServicePoint) -> ServicePoint | Reason:
    return Reason("point_test", {"point": point.name}) if point.is_test else point
