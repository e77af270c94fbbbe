"""How far each peer is from the whole group, which it is a part of."""

from collections.abc import Mapping, Sequence

from analysis.nested import overlaps
from analysis.stepdown import step_down
from survey.reports.comparison.figures import Index
from survey.reports.figures import strata_of
from survey.reports.report import PROFILE, Gap
from survey.storage.tallies import TallyRow

FEWEST = 2


def from_the_group(
    known: Mapping[str, Index], rows: Mapping[str, Sequence[TallyRow]]
) -> tuple[dict[str, Gap], dict[str, int]]:
    """Return the gap of each peer to all together, and the side on which it surely lies.

    Of peers that may be compared, and of these alone, or the others' shares could be worked out.
    Holm's step-down decides over all of them. Nothing of one peer alone: it is the group.
    """
    codes = [code for code, index in known.items() if index.figure.gates.manager.change]
    if len(codes) < FEWEST:
        return {}, {}
    found = overlaps(strata_of([rows[code] for code in codes]), profile=PROFILE)
    sides = step_down([each.confidence_interval for each in found])
    gaps = map(Gap.of, found)
    return dict(zip(codes, gaps, strict=True)), dict(zip(codes, sides, strict=True))
