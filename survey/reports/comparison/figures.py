"""Released tallies of many peers → their indices, all at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis import ConfidenceInterval, Estimate, Stabiliser, Sums
from analysis.layout import SCALE
from analysis.table import IndexTable, index_table
from survey.reports.figures import strata_of
from survey.reports.report import PROFILE, Figure
from survey.storage.tallies import TallyRow


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index as it is published, as `analysis` compares it, and the sums behind it."""

    figure: Figure
    estimate: Estimate
    sums: Sums


def indices(places: Sequence[Sequence[TallyRow]], name: str) -> list[Index | None]:
    """Return the index of each place, its points as strata; None of a place without tallies."""
    strata = strata_of(places)
    table = index_table(strata, rollup="pooled", profile=PROFILE, prior=Stabiliser())
    limits = table.indices.values.confidence_interval()
    totals = strata.design.total(strata.matrix)
    return [
        _index(
            table,
            place,
            name,
            ConfidenceInterval(
                float(limits.low[place, 0]),
                float(limits.high[place, 0]),
                limits.level,
                str(table.indices.values.interval_method[place, 0]),
            ),
            Sums(strata.layout.items, totals[place]),
        )
        if rows
        else None
        for place, rows in enumerate(places)
    ]


def _index(
    table: IndexTable, place: int, name: str, interval: ConfidenceInterval[float], sums: Sums
) -> Index:
    estimate = Estimate(**table.indices.at(place, 0))
    counts = table.counts[place, table.columns[0]]
    figure = Figure(
        measure="overall",
        code="index",
        name=name,
        profile=table.profile,
        estimate=estimate.estimate,
        standard_error=estimate.standard_error,
        degrees_of_freedom=estimate.degrees_of_freedom,
        interval=interval,
        n_respondents=estimate.n_respondents,
        n_answers=int(table.indices.ratio.answers[place, 0]),
        n_missing=int(counts[:, SCALE].sum()),
        levels=tuple(counts[:, :SCALE].sum(axis=0).tolist()),
    )
    return Index(figure=figure, estimate=estimate, sums=sums)
