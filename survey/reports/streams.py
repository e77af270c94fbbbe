"""The index of each stream of one place and period, and how far it is from the open QR's."""

from collections import defaultdict
from collections.abc import Sequence

from analysis import difference, index_from_sums
from forms.questionnaire import Questionnaire
from survey.reports.figures import index_of, strata_of
from survey.reports.report import PROFILE, Figure, Gap, Stream
from survey.storage.tallies import TallyRow

# What the others are held against: anybody may scan it.
OPEN = "qr"


def side_by_side(rows: Sequence[TallyRow], questionnaire: Questionnaire) -> tuple[Stream, ...]:
    """Return the streams of some tallies, the open QR first, then the largest."""
    parts: defaultdict[str, list[TallyRow]] = defaultdict(list)
    for row in rows:
        parts[row.stream].append(row)
    found = [(name, index_of(own, questionnaire), own) for name, own in parts.items()]
    known = [(name, figure, own) for name, figure, own in found if figure is not None]
    known.sort(key=lambda one: (one[0] != OPEN, -one[1].n_respondents))
    return tuple(
        Stream(channel=name, figure=figure, gap=_gap(name, figure, own, parts[OPEN]))
        for name, figure, own in known
    )


def _gap(
    name: str, figure: Figure, rows: Sequence[TallyRow], opened: Sequence[TallyRow]
) -> Gap | None:
    """Return a stream's difference from the open QR; None where either has no interval."""
    if name == OPEN or not opened or not figure.is_known:
        return None
    ours, theirs = (index_from_sums(strata_of(some), profile=PROFILE) for some in (rows, opened))
    found = difference(ours, theirs)
    limits = found.confidence_interval()
    known = limits.low <= limits.high  # False for nan too
    return Gap(estimate=found.estimate, interval=limits) if known else None
