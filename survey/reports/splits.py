"""The index of each group that the closed months of a place told apart."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from forms.questionnaire import Questionnaire
from survey import period as periods
from survey.reports.figures import index_of
from survey.reports.report import Split, SplitGroup
from survey.storage.base import AnyRow
from survey.storage.tallies import TallyRow

# In the order they are read.
ORDER = ("visit", "field", "agency", "on_time")


def divided(rows: Sequence[AnyRow], people: int, questionnaire: Questionnaire) -> Iterator[Split]:
    """Yield what some groups of counters and months add up to, beside how many stay undivided.

    `people` stand behind the place's own figure. One group that is everybody tells nothing new.
    """
    found: defaultdict[str, defaultdict[str, list[AnyRow]]]
    found = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.split][row.category].append(row)
    for split in ORDER:
        groups = [_group(name, own, questionnaire) for name, own in found[split].items()]
        rest = people - sum(group.n for group in groups)
        if len(groups) > 1 or (groups and rest):
            groups.sort(key=lambda group: (-group.n, group.category))
            yield Split(code=split, groups=tuple(groups), rest=rest)


def _group(category: str, rows: Sequence[AnyRow], questionnaire: Questionnaire) -> SplitGroup:
    figure = index_of([_as_tally(row) for row in rows], questionnaire)
    return SplitGroup(category=category, n=sum(row.n for row in rows), figure=figure)


def _as_tally(row: AnyRow) -> TallyRow:
    return TallyRow(
        unit_code=row.unit_code,
        point_id=row.point_id,
        starts_on=row.month,
        ends_on=periods.containing(row.month).end,
        measure_hash=row.measure_hash,
        is_imported=False,
        marks_apart=None,
        stream=row.category,
        flagged=False,
        n=row.n,
        batches=(),
        sums=(row.sums,),
    )
