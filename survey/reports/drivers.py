"""Which questions go together with the overall judgement at a unit, and how they are answered.

What needs the answers themselves and not their sums; they are read as patterns of whole batches.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from analysis import ItemShare, KeyDrivers, key_drivers
from analysis.flags import straight_lining
from forms.questionnaire import LEVELS, Questionnaire
from survey.period import Period
from survey.reports.figures import OVERALL_ITEM
from survey.reports.report import THRESHOLDS, IndexReport, Place
from survey.reports.shelf import Shelf
from survey.storage import responses
from survey.storage.units import Unit

# Only a person who answered everything enters the weights, so a question put to few would
# throw most people out.
LEAST_ANSWERED = 0.5
FEWEST_DRIVERS = 2
# One level in fewer answers than these is no line.
SHORTEST_LINE = 5
Answers = npt.NDArray[np.int8]
People = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DriversPage:
    """Key drivers of a unit and period; none where too few people answered everything.

    `left_out` holds the codes of questions that too few answered. `straight`: of the people with
    five answers or more, how many gave one level throughout.
    """

    report: IndexReport
    found: KeyDrivers | None = None
    left_out: tuple[str, ...] = ()
    straight: float | None = None


def drivers_page(session: Session, unit: Unit, period: Period) -> DriversPage:
    """Return what goes together with the overall judgement at a unit and below it."""
    return DriversShelf(session, unit, period, with_imported=False).page(Place(unit=unit))


class DriversShelf(Shelf):
    """What was released to a subtree, with the answers behind it as far as they are kept."""

    def page(self, place: Place) -> DriversPage:
        """Return what goes together with the overall judgement at a unit of the subtree."""
        report, measure = self.report(place), self.measures[0]
        if not report.figures or report.n_respondents < THRESHOLDS.ranked:
            return DriversPage(report=report)
        weighing = self._weighing(place, self._shown(place, self._period, measure), self._period)
        # Every answer of the period is read for it and two thousand times drawn from.
        key = ("drivers", place, self._period, measure)
        found = self._once(key, weighing, lambda: self._together(report, measure))
        return replace(found, report=report)

    def _together(self, report: IndexReport, measure: str) -> DriversPage:
        patterns = responses.patterns(
            self._session, self.codes, self._period, measure, self.first_days
        )
        if not patterns:  # sums outlive the answers they were made from
            return DriversPage(report=report)
        levels, people = _arrays(patterns)
        chosen, few = _drivers(report.questionnaire, levels, people)
        return DriversPage(
            report=report,
            found=_found(report, levels, people, chosen),
            left_out=tuple(few),
            straight=_straight(report.questionnaire, levels, people),
        )


def _arrays(patterns: Sequence[tuple[bytes, int]]) -> tuple[Answers, People]:
    """Return the patterns (patterns, items) and how many people gave each."""
    packed = np.frombuffer(b"".join(answers for answers, _ in patterns), dtype=np.int8)
    return packed.reshape(len(patterns), -1), np.array([n for _, n in patterns])


def _drivers(
    questionnaire: Questionnaire, levels: Answers, people: People
) -> tuple[list[str], list[str]]:
    """Return the items of the index that enough people answered, and the others."""
    answered = people @ np.isin(levels, LEVELS) / people.sum()
    enough, few = list[str](), list[str]()
    for item, share in zip(questionnaire.items, answered, strict=True):
        if item.in_index:
            (enough if share >= LEAST_ANSWERED else few).append(item.code)
    return enough, few


def _found(
    report: IndexReport, levels: Answers, people: People, chosen: Sequence[str]
) -> KeyDrivers | None:
    """Return the drivers with the shares and intervals that the unit's own page has for them."""
    places = {item.code: place for place, item in enumerate(report.questionnaire.items)}
    if OVERALL_ITEM not in places or len(chosen) < FEWEST_DRIVERS:
        return None
    columns = [places[code] for code in (*chosen, OVERALL_ITEM)]
    complete = np.isin(levels[:, columns], LEVELS).all(axis=1)
    if people[complete].sum() < THRESHOLDS.ranked:
        return None
    everybody = np.repeat(levels[:, columns], people, axis=0)
    told = {figure.code: figure.source for figure in report.of("item")}
    shares = [share for code in chosen if isinstance(share := told[code], ItemShare)]
    found = key_drivers(everybody[:, :-1], everybody[:, -1], codes=chosen, shares=shares)
    return found if found.r_squared > 0 else None


def _straight(questionnaire: Questionnaire, levels: Answers, people: People) -> float | None:
    """Return the share of one level throughout; None where it is of few, or of all but few."""
    asked = levels[:, [item.ask == "all" for item in questionnaire.items]]
    lines = straight_lining(asked, least=SHORTEST_LINE)
    long = np.isin(asked, LEVELS).sum(axis=1) >= SHORTEST_LINE
    n, n_lines = int(people[long].sum()), int(people[lines].sum())
    return n_lines / n if min(n_lines, n - n_lines) >= THRESHOLDS.hidden else None
