"""Peers with the mix of fields that the whole group has, where counters have a field."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from analysis import Estimate, gates
from analysis.standardisation import in_proportions
from analysis.table import IndexTable
from survey.reports.comparison.figures import indices
from survey.reports.comparison.result import Standardised
from survey.reports.figures import strata_of
from survey.reports.report import PROFILE
from survey.storage.tallies import TallyRow

# A figure that speaks of less of the group's mix is no comparison.
LEAST_COVERED = 0.8
FEWEST = 2


def side_by_side(
    rows: Mapping[str, Sequence[TallyRow]], field_of: Mapping[int, str]
) -> tuple[dict[str, int], dict[str, Standardised]]:
    """Return how many people the group has in each field, and each peer on that mix.

    Only of counters with a field; the group's own answers are the standard. Nothing where there
    is one field, or fewer than two peers that cover enough of the mix.
    """
    fielded = {code: [row for row in own if row.point_id in field_of] for code, own in rows.items()}
    chosen = {code: own for code, own in fielded.items() if own}
    mix: Counter[str] = Counter()
    for own in chosen.values():
        for row in own:
            mix[field_of[row.point_id or 0]] += row.n
    found = _standardised(chosen, field_of, mix) if len(mix) >= FEWEST else {}
    return (dict(mix.most_common()), found) if len(found) >= FEWEST else ({}, {})


def _standardised(
    rows: Mapping[str, Sequence[TallyRow]], field_of: Mapping[int, str], mix: Mapping[str, int]
) -> dict[str, Standardised]:
    table = _table([*rows.values()], field_of, mix)
    found = {}
    for place, (code, crude) in enumerate(zip(rows, indices([*rows.values()], ""), strict=True)):
        covered = float(table.indices.covered[place, 0]) / sum(mix.values())
        own = Estimate(**table.indices.at(place, 0))
        if crude is None or not (crude.figure.has_share and covered >= LEAST_COVERED):
            continue
        if not _has_share(own):
            continue
        found[code] = Standardised(
            crude=crude.figure.estimate,
            crude_interval=crude.figure.interval,
            estimate=own.estimate,
            interval=own.confidence_interval(),
            n=crude.figure.n_respondents,
            covered=covered,
        )
    return found


def _has_share(own: Estimate) -> bool:
    """Say whether a standardised share may be told: a small cell of weight widens its interval."""
    limits = own.confidence_interval()
    width = abs(limits.high - limits.low)
    return gates(own.n_respondents, df=own.degrees_of_freedom, width=width).manager.share


def _table(
    places: Sequence[Sequence[TallyRow]], field_of: Mapping[int, str], mix: Mapping[str, int]
) -> IndexTable:
    """Return the index of each place with its fields in the proportions of the mix."""

    def field(row: TallyRow) -> str:
        return field_of[row.point_id or 0]

    found = sorted({(place, field(row)) for place, own in enumerate(places) for row in own})
    shares = np.array([[mix[name]] for _place, name in found], dtype=np.float64)
    return in_proportions(strata_of(places, field), shares, profile=PROFILE)
