"""How many people stand behind the figures of each place, added up once after each release."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from survey.period import Period
from survey.reports.coverage import ELSEWHERE, Key
from survey.reports.kept import Kept
from survey.storage import responses
from survey.storage.responses import Received
from survey.storage.tallies import TallyRow

Arrived = Mapping[Key, tuple[Received, ...]]
# From a unit's code to itself and those above it.
Above = Callable[[str], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class People:
    """How many people some tallies hold: in all, by channel, and of how many points.

    `n_apart`: those that the second figure leaves out.
    """

    n: int = 0
    n_apart: int = 0
    n_points: int = 0
    channels: Mapping[str, int] = field(default_factory=dict)


NOBODY = People()


def people_of(rows: Iterable[TallyRow]) -> People:
    """Return how many people some tallies hold."""
    channels: Counter[str] = Counter()
    n_apart, points = 0, set[int | None]()
    for row in rows:
        channels[row.stream] += row.n
        points.add(row.point_id)
        if row.flagged and row.marks_apart:
            n_apart += row.n
    return People(
        n=channels.total(),
        n_apart=n_apart,
        n_points=len(points - {None}),
        channels=dict(sorted(channels.items())),
    )


class Arrivals:
    """How many answers came to each place in a period; only those that wait are counted anew."""

    def __init__(
        self,
        session: Session,
        kept: Kept,
        codes: Collection[str],
        period: Period,
        above: Above,
        *,
        first_days: Mapping[str, date] | None = None,
    ) -> None:
        def arrived(*, waiting: bool) -> Arrived:
            rows = responses.received(
                session, codes, period, waiting=waiting, first_days=first_days
            )
            return _arrived(rows, above)

        self._settled = kept.once(("arrived", period), lambda: arrived(waiting=False))
        self._waiting = arrived(waiting=True)

    def at(self, place: Key) -> Sequence[Received]:
        """Return how many answers came to a place, by channel and signs."""
        return [*self._settled.get(place, ()), *self._waiting.get(place, ())]


def is_at_counter(row: Received) -> bool:
    """Say whether somebody answered who was served at a counter."""
    return row.n > 0 and row.channel not in ELSEWHERE


def _arrived(rows: Iterable[Received], above: Above) -> Arrived:
    """Add up what came to each point, its unit and every unit above it."""
    found: defaultdict[Key, dict[tuple[str, str], tuple[int, int, int]]] = defaultdict(dict)
    for row in rows:
        kind = row.channel, row.signs
        for place in ((row.unit_code, row.point_id), *((code, 0) for code in above(row.unit_code))):
            n, waiting, left_out = found[place].get(kind, (0, 0, 0))
            sums = n + row.n, waiting + row.waiting, left_out + row.left_out
            found[place][kind] = sums
    return {
        place: tuple(Received(*place, *kind, *sums) for kind, sums in kinds.items())
        for place, kinds in found.items()
    }
