"""What the figures mean, in plain words, for whoever meets one."""

from dataclasses import dataclass
from functools import cache

from flask import Blueprint, current_app, render_template

from analysis.interval import ConfidenceInterval
from analysis.proportions import proportion
from survey import reports
from survey.access import public

blueprint = Blueprint("method", __name__)

# The picture: what numpy.random.default_rng(8).binomial(80, 0.84, 20) draws. The seed was
# chosen because exactly one of its intervals misses, and the page says so.
TRUTH, PEOPLE = 0.84, 80
SATISFIED = (69, 59, 69, 65, 63, 68, 68, 68, 71, 67, 70, 69, 70, 70, 64, 68, 69, 67, 66, 66)
# How many people the table of widths goes through: four times as many halve the width.
SIZES = (10, 25, 100, 400, 1600)


@dataclass(frozen=True)
class Sample:
    """A share of n people with its interval, and whether that holds the true share."""

    n: int
    estimate: float
    interval: ConfidenceInterval[float]

    @property
    def holds(self) -> bool:
        """Whether the true share of the simulation lies within the limits."""
        return self.interval.low <= TRUTH <= self.interval.high


@blueprint.get("/method")
@public
def show() -> str:
    """Show the page that every interval links to."""
    return render_template(
        "method/show.html",
        truth=TRUTH,
        samples=[sample(satisfied, PEOPLE) for satisfied in SATISFIED],
        sizes=[sample(TRUTH * n, n) for n in SIZES],
        few=reports.FEW,
        widest=reports.THRESHOLDS.width,
        smallest=current_app.config["SMALLEST_GROUP"],
    )


@cache
def sample(satisfied: float, n: int) -> Sample:
    """Return the share of satisfied people with Wilson's interval."""
    share = proportion(satisfied, n)
    found = share.confidence_interval()
    limits = ConfidenceInterval(
        float(found.low), float(found.high), level=found.level, method=found.method
    )
    return Sample(n, float(share.estimate), limits)
