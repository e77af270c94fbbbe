"""Tallies of whole batches → published figures."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from analysis import ItemShare, SatisfactionIndex, Stabiliser, Sums
from analysis.gathering import strata_of_tallies
from analysis.index import index_at
from analysis.table import Strata, checked, index_table
from forms.questionnaire import Questionnaire, Wording
from survey.reports.report import PROFILE, PULSE, Figure
from survey.storage.tallies import TallyRow

OVERALL_ITEM = "overall"
# How many stand behind a stratum, by the unit's code and the number of the point, or 0.
Population = Mapping[tuple[str, int], int]


def figures_of(
    rows: Sequence[TallyRow],
    questionnaire: Questionnaire,
    profile: str = PROFILE,
    population: Population | None = None,
) -> tuple[Figure, ...]:
    """Return the index, its factors and its items, in the order of the questionnaire.

    Items that nobody was asked are left out. Without rows there are no figures. With the
    population of each stratum, a person weighs what he stands for.
    """
    return tuple(_figures(rows, questionnaire, profile, population))


def index_of(
    rows: Sequence[TallyRow],
    questionnaire: Questionnaire,
    profile: str = PROFILE,
    population: Population | None = None,
) -> Figure | None:
    """Return the index alone; None without rows."""
    return next(_figures(rows, questionnaire, profile, population), None)


def _figures(
    rows: Sequence[TallyRow],
    questionnaire: Questionnaire,
    profile: str,
    population: Population | None,
) -> Iterator[Figure]:
    if not rows:
        return
    strata, wording, rollup = strata_of([rows]), questionnaire.wordings["vi"], "pooled"
    if population is not None:
        strata, rollup = _weighed(strata, rows, population), "weighted"
    total = Sums(strata.layout.items, strata.matrix.sum(axis=0))
    table = index_table(strata, rollup=rollup, profile=profile, prior=Stabiliser())
    index = index_at(table, 0)
    yield _index("overall", "index", questionnaire.title, index, total.pooled_levels())
    for code, name in wording.factors.items():
        if code in index.factors:
            part = index.factors[code]
            yield _index("factor", code, name, part, total.pooled_levels(code))
    shares = {share.code: share for share in index.items}
    for item in questionnaire.asked:
        share = shares[item.code]
        if share.n + share.n_missing + share.n_not_applicable:
            yield _item(share, wording, PULSE if item.code == OVERALL_ITEM else profile)


def _index(
    measure: str, code: str, name: str, index: SatisfactionIndex, levels: tuple[int, ...]
) -> Figure:
    return Figure(
        measure=measure,
        code=code,
        name=name,
        profile=index.profile,
        estimate=index.estimate,
        standard_error=index.standard_error,
        degrees_of_freedom=index.degrees_of_freedom,
        interval=index.confidence_interval(),
        n_respondents=index.n_respondents,
        n_answers=index.n_answers,
        n_missing=index.n_missing,
        levels=levels,
        source=index,
    )


def _item(share: ItemShare, wording: Wording, profile: str) -> Figure:
    return Figure(
        measure="item",
        code=share.code,
        name=wording.items[share.code],
        profile=profile,
        estimate=share.estimate,
        standard_error=share.standard_error,
        degrees_of_freedom=share.degrees_of_freedom,
        interval=share.confidence_interval(),
        n_respondents=share.n,
        n_answers=share.n,
        n_missing=share.n_missing,
        levels=share.levels,
        source=share,
    )


def point_of(row: TallyRow) -> tuple[str, int]:
    """Return the unit's code and the point's number, 0 for what a unit's points left over."""
    return row.unit_code, row.point_id or 0


def strata_of(
    places: Sequence[Sequence[TallyRow]], key: Callable[[TallyRow], Any] = point_of
) -> Strata:
    """Return the strata of some places, those of each in the order of their keys.

    The people of one batch are a day of their counter, where every tally says its batch.
    """
    rows = [(place, key(row), row) for place, own in enumerate(places) for row in own]
    number = {each: n for n, each in enumerate(sorted({each for _place, each, _row in rows}))}
    lengths = [len(row.sums) for *_, row in rows]
    batches = [*chain.from_iterable(row.batches for *_, row in rows)]
    sums = [*chain.from_iterable(row.sums for *_, row in rows)]
    return strata_of_tallies(
        sums,
        np.repeat([place for place, *_ in rows], lengths),
        np.repeat([number[each] for _place, each, _row in rows], lengths),
        len(places),
        batches if len(batches) == len(sums) else None,
    )


def _weighed(strata: Strata, rows: Sequence[TallyRow], population: Population) -> Strata:
    """Return the strata of one place with how many stand behind each."""
    keys = sorted({point_of(row) for row in rows})
    sizes = np.array([[population[each]] for each in keys], dtype=np.float64)
    sizes = checked(sizes, strata.design.rows, population)
    return replace(strata, design=replace(strata.design, population=sizes))
