"""Tallies of whole batches → published figures."""

from collections.abc import Iterator, Mapping, Sequence

from analysis import ItemShare, SatisfactionIndex, Sums, index_from_sums
from analysis.gathering import totals
from forms.questionnaire import Questionnaire, Wording
from survey.reports.report import PROFILE, PULSE, Figure
from survey.storage.tallies import TallyRow

OVERALL_ITEM = "overall"
# One stratum for each point, one for what the points of a unit left over together.
Strata = Mapping[int, Sums]
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
    strata, wording = strata_of(rows), questionnaire.wordings["vi"]
    total = Sums.total(strata.values())
    sizes = None if population is None else dict(enumerate(population[k] for k in _keys(rows)))
    index = index_from_sums(strata, profile=profile, population=sizes)
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


def strata_of(rows: Sequence[TallyRow]) -> Strata:
    """Return the sums of each point, and of what the points of a unit left over together."""
    number_of = {key: number for number, key in enumerate(_keys(rows))}
    numbers = [number_of[row.unit_code, row.point_id or 0] for row in rows]
    return dict(enumerate(totals([row.sums for row in rows], numbers)))


def _keys(rows: Sequence[TallyRow]) -> list[tuple[str, int]]:
    """Return the strata of some tallies, in the order of their numbers."""
    return sorted({(row.unit_code, row.point_id or 0) for row in rows})
