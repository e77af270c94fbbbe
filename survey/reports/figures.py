"""Tallies of whole batches → published figures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from analysis import ItemShare, SatisfactionIndex, Sums, index_from_sums
from forms.questionnaire import Questionnaire, Wording
from survey.reports.report import PROFILE, PULSE, Figure
from survey.storage.tallies import TallyRow

OVERALL_ITEM = "overall"
# One stratum for each point, one for what the points of a unit left over together.
Strata = Mapping[int, Sums]


def figures_of(
    rows: Sequence[TallyRow], questionnaire: Questionnaire, profile: str = PROFILE
) -> tuple[Figure, ...]:
    """Return the index, its factors and its items, in the order of the questionnaire.

    Items that nobody was asked are left out. Without rows there are no figures.
    """
    return tuple(_figures(rows, questionnaire, profile))


def index_of(
    rows: Sequence[TallyRow], questionnaire: Questionnaire, profile: str = PROFILE
) -> Figure | None:
    """Return the index alone; None without rows."""
    return next(_figures(rows, questionnaire, profile), None)


def _figures(
    rows: Sequence[TallyRow], questionnaire: Questionnaire, profile: str
) -> Iterator[Figure]:
    if not rows:
        return
    strata, wording = _strata(rows), questionnaire.wordings["vi"]
    total = Sums.total(strata.values())
    index = index_from_sums(strata, profile=profile)
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
    )


def _strata(rows: Sequence[TallyRow]) -> Strata:
    gathered: defaultdict[tuple[str, int], list[Sums]] = defaultdict(list)
    for row in rows:
        gathered[row.unit_code, row.point_id or 0].append(Sums.from_bytes(row.sums))
    return {number: Sums.total(gathered[key]) for number, key in enumerate(sorted(gathered))}
