"""What a page or a file is told: places, figures, reports; frozen values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Self

from analysis import (
    ConfidenceInterval,
    Difference,
    Gates,
    SatisfactionIndex,
    Thresholds,
    gates,
    required_sample,
)
from analysis import coverage as share_of
from analysis.interval import Estimate
from analysis.samples import SensitivityBand
from forms.questionnaire import Questionnaire
from survey.period import Period
from survey.storage.points import ServicePoint
from survey.storage.units import Unit

METHOD_VERSION = "2"
PROFILE, PULSE = "t2b-pooled", "t2b-overall"
ROLLUP, BASIS = "pooled", "respondents_only"
THRESHOLDS = Thresholds()
# From how many people on a share is shown without the words "few answers".
FEW = THRESHOLDS.few


@dataclass(frozen=True, kw_only=True)
class Place:
    """A unit with everything below it, or one point of it.

    A point that was moved is no longer today's here: the page of its own is elsewhere.
    """

    unit: Unit
    point: ServicePoint | None = None
    is_todays: bool = True

    @property
    def key(self) -> tuple[str, int]:
        """Where its rows stand: unit code, and the point's number or 0."""
        return self.unit.code, 0 if self.point is None else self.point.id

    @property
    def level(self) -> str:
        """Return "unit" or "point"."""
        return "unit" if self.point is None else "point"

    @property
    def name(self) -> str:
        """The name of the point, or of the unit."""
        return self.unit.name if self.point is None else self.point.name


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One published figure: what it measures, its estimate and interval, its base.

    `measure` is "overall", "factor" or "item"; fractions from 0 to 1; `levels` counts the
    answers at levels 1 to 5. `source` is what it was taken from, to be held against others.
    """

    measure: str
    code: str
    name: str
    profile: str
    estimate: float
    standard_error: float
    degrees_of_freedom: int
    interval: ConfidenceInterval[float]
    n_respondents: int
    n_answers: int
    n_missing: int
    levels: tuple[int, ...]
    source: Estimate | None = field(default=None, repr=False, compare=False)

    @property
    def is_known(self) -> bool:
        """Whether it is published: enough people answered for its interval to mean anything.

        Otherwise only how many people that were is told, no share and no levels.
        """
        values = (self.estimate, self.standard_error, self.interval.low, self.interval.high)
        return self.gates.manager.interval and all(map(math.isfinite, values))

    @property
    def has_share(self) -> bool:
        """Whether its share is published too; else its interval alone, which is too wide."""
        return self.is_known and self.gates.manager.share

    @property
    def is_compared(self) -> bool:
        """Whether enough is known of it to say how far it is from another, or from a target."""
        return self.source is not None and self.is_known and self.gates.manager.change

    @property
    def is_collapsed(self) -> bool:
        """Whether too few people answered to tell its points apart: they count as one stratum."""
        return self.source is not None and self.source.collapsed

    @property
    def is_clustered(self) -> bool:
        """Whether who came to one counter on one day counts as one draw, for days differ."""
        return self.source is not None and self.source.clustered

    @cached_property
    def gates(self) -> Gates:
        """What may be shown of it, as far as its own numbers say.

        Its cell holds at least k people, all of them released together; inside such a cell a
        factor or an item is gated by how well it is known, not by how many answered it.
        """
        return gates(
            max(self.n_respondents, THRESHOLDS.hidden),
            df=self.degrees_of_freedom,
            width=abs(self.interval.high - self.interval.low),
        )


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Answers over results handed over at the counter; None where it is not known.

    `n` counts the people behind the figures, `online` and `postal` the results that no counter
    handed over. `missing` names the points that lack a month, and which.
    `corrected_on`: the day of the last correction of any of these counts.
    """

    n: int | None
    n_dossiers: int | None
    online: int = 0
    postal: int = 0
    missing: Mapping[str, tuple[Period, ...]]
    corrected_on: date | None = None
    band: tuple[SensitivityBand, ...] = ()

    @property
    def share(self) -> float | None:
        """The coverage, as a fraction; above 1 where more answered than were counted."""
        if self.n is None or not self.n_dossiers:
            return None
        return float(share_of(self.n, self.n_dossiers))

    @property
    def reference_sample(self) -> int | None:
        """How many would do if they were selected at random."""
        return required_sample(self.n_dossiers) if self.n_dossiers else None


@dataclass(frozen=True, kw_only=True)
class IndexReport:
    """What may be said about one place and period; `figures` is empty until it may.

    `received` counts every answer, `waiting` those in no batch yet; both are live. `n_left_out`
    more are stored and no figure counts them.
    `n_respondents` counts the people behind the figures. `unflagged` is the second figure,
    without `n_flagged` irregular answers: those of owners with enough marked and unmarked ones.
    """

    place: Place
    period: Period
    is_closed: bool
    questionnaire: Questionnaire
    instrument_version: int
    with_imported: bool
    received: int
    waiting: int
    n_imported: int
    n_respondents: int
    n_points: int
    n_points_covered: int
    channels: Mapping[str, int]
    suppressed: bool
    figures: tuple[Figure, ...]
    n_flagged: int | None
    unflagged: Figure | None
    n_left_out: int = 0
    # Of a closed period, how many answers carry each sign, in whole multiples of k.
    signs: Mapping[str, int] | None = None
    coverage: Coverage | None = None
    rollup: str = ROLLUP
    # Why not weighted by dossiers, as was chosen for the period: "missing" or "more".
    rollup_note: str | None = None

    def of(self, measure: str) -> tuple[Figure, ...]:
        """Return the figures of one measure, in the order of the questionnaire."""
        return tuple(figure for figure in self.figures if figure.measure == measure)

    @property
    def index(self) -> Figure | None:
        """The index itself; None where nothing may be shown."""
        return next(iter(self.of("overall")), None)

    @property
    def n_dossiers_covered(self) -> int | None:
        """Of how many dossiers a weighted index speaks, those of points with answers; else None."""
        source = self.index.source if self.index else None
        return source.population_covered if isinstance(source, SatisfactionIndex) else None

    @property
    def pulse(self) -> Figure | None:
        """The single overall question; None where it was not put or may not be shown."""
        return next((figure for figure in self.figures if figure.profile == PULSE), None)


@dataclass(frozen=True)
class ControlLimits:
    """Centre line and limits of the months since the last break, fractions; not clipped."""

    centre: float
    lower: float
    upper: float


@dataclass(frozen=True)
class TrendMonth:
    """One month of a trend; no figure is a gap that no line may cross.

    `breaks` names what changed since the month before: "instrument", "channels", "rollup"
    or "boundaries"; `signals` the rules of the control chart that it completes.
    """

    period: Period
    index: Figure | None
    breaks: tuple[str, ...] = ()
    limits: ControlLimits | None = None
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What one figure has more than another, in points, as a fraction."""

    estimate: float
    interval: ConfidenceInterval[float]

    @classmethod
    def of(cls, difference: Difference) -> Self:
        """Return a difference with its usual interval."""
        return cls(estimate=difference.estimate, interval=difference.confidence_interval())


@dataclass(frozen=True, kw_only=True)
class Stream:
    """The index among those who came by one channel.

    `gap` is to the open QR, None where either index does not allow one; `side` is −1 or 1 where
    the list of gaps leaves no doubt that the stream lies below or above.
    """

    channel: str
    figure: Figure
    gap: Gap | None = None
    side: int = 0


@dataclass(frozen=True, kw_only=True)
class SplitGroup:
    """The index among n people told apart; None where nobody's answer counts for it."""

    category: str
    n: int
    figure: Figure | None


@dataclass(frozen=True, kw_only=True)
class Split:
    """The groups of a place by one thing; `rest` more people were not told apart by it."""

    code: str
    groups: tuple[SplitGroup, ...]
    rest: int


@dataclass(frozen=True)
class Invited:
    """How many one-time codes were issued, and how many of them were used."""

    issued: int
    used: int
