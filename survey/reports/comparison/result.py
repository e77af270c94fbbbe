"""What a page of comparison is told; frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis import ConfidenceInterval
from analysis.publication import Reason
from survey.period import Period
from survey.reports.report import Figure, Gap
from survey.storage.boundary_changes import BoundaryChange
from survey.storage.closes import Close
from survey.storage.units import Unit

# Below this share of variance between units that is not noise an order would be noise.
LEAST_RANKABILITY = 0.5


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A peer in the funnel: its effective size, the limits there, and where it lies.

    `position` is "usual", "low", "very-low", "high" or "very-high": beyond what chance and the
    usual differences between peers explain in 95 or 99.8 of 100.
    """

    n: int
    warning: ConfidenceInterval[float]
    action: ConfidenceInterval[float]
    position: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The confidence set of a rank, and the tier that it allows; never a bare rank."""

    best: int
    worst: int
    tier: str
    level: float
    method: str


@dataclass(frozen=True, kw_only=True)
class Move:
    """A change of rank since the period before: two sets without a rank in common."""

    before: tuple[int, int]
    now: tuple[int, int]
    level: float
    method: str

    @property
    def is_up(self) -> bool:
        """Whether the ranks became better."""
        return self.now[1] < self.before[0]


@dataclass(frozen=True, kw_only=True)
class Standardised:
    """The index as counted, and as it would be with the group's mix of fields.

    Both of the people whose counter has a field. `covered`: what share of the group's mix the
    peer has answers for.
    """

    crude: float
    crude_interval: ConfidenceInterval[float]
    estimate: float
    interval: ConfidenceInterval[float]
    n: int
    covered: float


@dataclass(frozen=True, kw_only=True)
class Weakness:
    """A peer surely below its target for some periods running, this one included.

    Each period was held against the target of its own year; `target` is this one's.
    """

    target: float
    periods: int


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A unit beside the others of its group.

    `index` is None until anything may be shown; `partial` are boundary changes that forbid any
    figure for the period, `broken` those that forbid the comparison with the period before,
    `joined` the full ones whose forebears are counted in. `reasons`: why it has no rank set.
    `gap` is to the whole group; `side` is −1 or 1 where it surely lies below or above that.
    """

    unit: Unit
    received: int
    is_hidden: bool
    index: Figure | None
    partial: tuple[BoundaryChange, ...] = ()
    joined: tuple[BoundaryChange, ...] = ()
    broken: tuple[BoundaryChange, ...] = ()
    coverage: float | None = None
    gap: Gap | None = None
    side: int = 0
    spot: Spot | None = None
    standing: Standing | None = None
    reasons: tuple[Reason, ...] = ()
    move: Move | None = None
    standardised: Standardised | None = None
    weakness: Weakness | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The peers of one group below one unit in one period, in Vietnamese order.

    `groups` counts the units of every group below the parent. `centre` is the group's own
    index, the middle of the funnel; `rankability` nan where fewer than two units are ranked.
    `n_moves` units could be compared with the period before. `fields` is empty where nothing
    can be standardised.
    """

    parent: Unit
    period: Period
    group: str
    groups: Mapping[str, int]
    is_closed: bool
    last_close: Close | None
    instrument: str
    other_instruments: Mapping[str, int]
    peers: tuple[Peer, ...]
    centre: float | None
    rankability: float
    has_coverage: bool
    n_moves: int
    fields: Mapping[str, int]
    has_targets: bool

    @property
    def is_rankable(self) -> bool:
        """Whether an order by the index would say more than noise."""
        return self.rankability >= LEAST_RANKABILITY

    def ordered(self, by: str) -> tuple[Peer, ...]:
        """Return the peers by "name", or by "index": those with a rank set first, highest first.

        Who has none keeps to the alphabet, or its place would be a rank.
        """
        if by == "name":
            return self.peers
        return tuple(sorted(self.peers, key=_place))

    @property
    def n_gaps(self) -> int:
        """How many peers were compared with the whole group."""
        return sum(peer.gap is not None for peer in self.peers)

    @property
    def silent(self) -> tuple[Peer, ...]:
        """The peers that received nothing."""
        return tuple(peer for peer in self.peers if not peer.received and peer.index is None)

    @property
    def ranked(self) -> tuple[Peer, ...]:
        """The peers that have a rank set."""
        return tuple(peer for peer in self.peers if peer.standing)

    @property
    def in_funnel(self) -> tuple[Peer, ...]:
        """The peers in the funnel, the smallest first."""
        found = [peer for peer in self.peers if peer.spot]
        return tuple(sorted(found, key=lambda peer: peer.spot.n if peer.spot else 0))


def _place(peer: Peer) -> float:
    return -peer.index.estimate if peer.index and peer.standing else 1.0
