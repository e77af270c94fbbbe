"""The index of each stream of one place and period, and how far it is from the open QR's."""

from collections import defaultdict
from collections.abc import Sequence

from analysis import difference
from analysis.stepdown import step_down
from forms.questionnaire import Questionnaire
from survey.reports.figures import index_of
from survey.reports.report import Figure, Gap, Stream
from survey.storage.tallies import TallyRow

# What the others are held against: anybody may scan it.
OPEN = "qr"


def side_by_side(rows: Sequence[TallyRow], questionnaire: Questionnaire) -> tuple[Stream, ...]:
    """Return the streams of some tallies, the open QR first, then the largest.

    Their gaps are one list: Holm's step-down decides which of them may be said.
    """
    parts: defaultdict[str, list[TallyRow]] = defaultdict(list)
    for row in rows:
        parts[row.stream].append(row)
    known = {name: found for name, own in parts.items() if (found := index_of(own, questionnaire))}
    order = sorted(known, key=lambda name: (name != OPEN, -known[name].n_respondents))
    return _with_gaps({name: known[name] for name in order})


def _with_gaps(figures: dict[str, Figure]) -> tuple[Stream, ...]:
    """Return each stream with its gap, where both it and the open QR may be compared."""
    opened = figures.get(OPEN)
    gaps = {
        name: difference(figure.source, opened.source)  # type: ignore[arg-type]
        for name, figure in figures.items()
        if opened and name != OPEN and opened.is_compared and figure.is_compared
    }
    sides = dict(zip(gaps, step_down([g.confidence_interval for g in gaps.values()]), strict=True))
    return tuple(
        Stream(
            channel=name,
            figure=figure,
            gap=Gap.of(gaps[name]) if name in gaps else None,
            side=sides.get(name, 0),
        )
        for name, figure in figures.items()
    )
