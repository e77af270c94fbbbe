"""What a page or a file is told: places, figures, reports; frozen values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from analysis import ConfidenceInterval, Gates, Thresholds, gates
from forms.questionnaire import Questionnaire
from survey.period import Period
from survey.storage.closes import Close
from survey.storage.points import ServicePoint
from survey.storage.units import Unit

METHOD_VERSION = "1"
PROFILE, PULSE = "t2b-pooled", "t2b-overall"
ROLLUP, BASIS = "pooled", "respondents_only"
THRESHOLDS = Thresholds()
# From how many people on a share is shown without the words "few answers".
FEW = THRESHOLDS.few


@dataclass(frozen=True, kw_only=True)
class Place:
    """A unit with everything below it, or one point of it."""

    unit: Unit
    point: ServicePoint | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Where its rows stand: unit code, and the point's number or 0."""
        return self.unit.code, 0 if self.point is None else self.point.id

    @property
    def is_todays(self) -> bool:
        """Whether a page of its own shows it: a point that was moved has one elsewhere."""
        return self.point is None or self.point.assignments[-1].unit_code == self.unit.code

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
    answers at levels 1 to 5.
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

    @property
    def is_known(self) -> bool:
        """Whether it is published: enough people answered for its interval to mean anything.

        Otherwise only how many people that were is told, no share and no levels.
        """
        values = (self.estimate, self.standard_error, self.interval.low, self.interval.high)
        return self.gates.manager.interval and all(map(math.isfinite, values))

    @property
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
class IndexReport:
    """What may be said about one place and period; `figures` is empty until it may.

    `received` counts every answer, `waiting` those in no batch yet; both are live.
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

    def of(self, measure: str) -> tuple[Figure, ...]:
        """Return the figures of one measure, in the order of the questionnaire."""
        return tuple(figure for figure in self.figures if figure.measure == measure)

    @property
    def index(self) -> Figure | None:
        """The index itself; None where nothing may be shown."""
        return next(iter(self.of("overall")), None)

    @property
    def pulse(self) -> Figure | None:
        """The single overall question; None where it was not put or may not be shown."""
        return next((figure for figure in self.figures if figure.profile == PULSE), None)


@dataclass(frozen=True)
class TrendMonth:
    """One month of a trend; no figure is a gap that no line may cross."""

    period: Period
    index: Figure | None


@dataclass(frozen=True, kw_only=True)
class UnitPage:
    """Everything the page of one unit (or point) and period shows."""

    report: IndexReport
    trend: tuple[TrendMonth, ...]
    below: tuple[IndexReport, ...]
    other_instruments: Mapping[str, int]
    comments: int
    last_close: Close | None
