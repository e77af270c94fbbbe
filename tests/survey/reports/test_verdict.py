"""The word for each figure, and which is called the weakest, from people counted by hand."""

from collections.abc import Mapping
from datetime import date

import pytest

from forms import questionnaire
from survey import i18n, period
from survey.reports import Before, Figure, Verdict
from survey.reports.advice import ADVICE
from survey.reports.verdict import shift, verdict
from survey.storage.targets import Target
from tests.figures import share, wide

SEPTEMBER = period.parse("2026-09")


def _before(*figures: Figure, obstacle: str | None = None) -> Before:
    known = {(each.measure, each.code): each for each in figures}
    return Before(period=SEPTEMBER, figures=known, obstacle=obstacle)


def _targets(values: Mapping[str, float]) -> dict[tuple[str, str], Target]:
    """Return targets in per cent, of the index or of a factor."""
    keys = {code: ("overall" if code == "index" else "factor", code) for code in values}
    return {
        keys[code]: Target(
            unit_code="31117",
            year=2026,
            measure=keys[code][0],
            code=code,
            value=round(value * 100),
            set_on=date(2026, 1, 5),
            set_by="command line",
        )
        for code, value in values.items()
    }


def _factors(**satisfied: int) -> list[Figure]:
    """Return factors of 400 people each."""
    return [share(count, 400, code, "factor") for code, count in satisfied.items()]


def _words(found: Verdict) -> dict[str, str]:
    return {part.figure.code: part.word for part in found.parts}


@pytest.mark.parametrize(
    ("now", "earlier", "target", "word"),
    [
        (320, 320, 90, "below"),
        (360, 300, 95, "below"),  # better than before, and below its target still
        (360, 300, None, "improved"),
        (300, 360, None, "fell"),
        (300, 360, 60, "fell"),  # above its target still
        (360, 355, 80, "kept"),
        (360, 355, 90, "unknown"),
        (360, 345, None, "unknown"),
    ],
)
def test_the_word_of_the_index_follows_its_intervals(
    now: int, earlier: int, target: float | None, word: str
) -> None:
    aims = _targets({"index": target} if target else {})
    assert verdict([share(now, 400)], aims, _before(share(earlier, 400))).index.word == word


def test_of_an_open_period_nothing_is_said_but_its_figures() -> None:
    figures = [share(100, 400), *_factors(A=20, B=390, C=390)]
    targets = _targets({"index": 90, "A": 90})
    assert verdict(figures, targets, _before(share(360, 400))).weakest is not None
    found = verdict(figures, targets, _before(share(360, 400), obstacle="open"))
    assert {found.index.word, *_words(found).values()} == {"open"}
    assert (found.index.side, found.index.change, found.weakest, found.comparisons) == (
        *(0, None, None, 0),
    )
    assert found.index.target is not None


def test_without_a_target_a_change_that_is_surely_small_keeps() -> None:
    found = verdict([share(9000, 10_000)], {}, _before(share(9010, 10_000)))
    assert (found.index.word, found.index.is_same) == ("kept", True)
    less = verdict([share(90, 100)], {}, _before(share(90, 100)))
    assert (less.index.word, less.index.is_same) == ("unknown", False)


def test_a_target_that_is_not_told_keeps_a_small_change_from_being_called_kept() -> None:
    found = verdict([share(9000, 10_000)], _targets({"index": 90}), _before(share(9010, 10_000)))
    assert found.index.word == "unknown"


@pytest.mark.parametrize("obstacle", ["instrument", "boundaries", "channels"])
def test_where_something_stands_between_the_periods_there_is_no_change(obstacle: str) -> None:
    found = verdict([share(360, 400)], {}, _before(share(200, 400), obstacle=obstacle))
    assert (found.index.change, found.index.word) == (None, "unknown")


def test_fewer_than_thirty_people_are_called_nothing() -> None:
    few = verdict([share(29, 29)], _targets({"index": 10}), _before(share(300, 400)))
    assert (few.index.change, few.index.word) == (None, "unknown")
    before = verdict([share(390, 400)], {}, _before(share(1, 29)))
    assert (before.index.change, before.index.word) == (None, "unknown")
    enough = verdict([share(30, 30)], _targets({"index": 10}), _before())
    assert enough.index.word == "kept"


def test_the_list_is_judged_as_a_whole_and_its_comparisons_are_counted() -> None:
    # One change in ten points: told alone, not among four more that did not change.
    now, earlier = share(350, 400, "A", "factor"), share(327, 400, "A", "factor")
    alone = verdict([share(340, 400), now], {}, _before(earlier))
    assert (_words(alone), alone.comparisons) == ({"A": "improved"}, 1)
    same = _factors(B=340, C=340, D=340, E=340)
    together = verdict([share(340, 400), now, *same], {}, _before(earlier, *same))
    assert (_words(together)["A"], together.comparisons) == ("unknown", 5)


def test_targets_and_changes_are_counted_together() -> None:
    parts = _factors(A=360, B=300)
    found = verdict([share(340, 400), *parts], _targets({"A": 85, "B": 85}), _before(*parts))
    assert found.comparisons == 4
    assert _words(found) == {"B": "below", "A": "kept"}


def test_the_weakest_stands_first_and_is_named_where_its_interval_is_below_all_others() -> None:
    apart = verdict([share(340, 400), *_factors(A=360, B=250, C=350)], {}, _before())
    assert [part.figure.code for part in apart.parts] == ["B", "C", "A"]
    assert apart.weakest is apart.parts[0]
    assert apart.advice == ADVICE["B"]
    near = verdict([share(340, 400), *_factors(A=360, B=335, C=350)], {}, _before())
    assert (near.weakest, near.advice) == (None, None)


def test_of_those_below_their_target_the_lowest_is_the_weakest() -> None:
    parts = _factors(A=330, B=335, C=340)
    found = verdict([share(340, 400), *parts], _targets({"B": 95, "C": 95}), _before())
    assert found.weakest is not None
    assert found.weakest.figure.code == "B"  # A is lower, and nothing is surely wrong with it


def test_a_factor_alone_is_not_the_weakest_of_anything() -> None:
    assert verdict([share(340, 400), *_factors(A=200)], {}, _before()).weakest is None


def test_questions_go_before_their_factors() -> None:
    items = [share(n, 400, code, "item") for code, n in {"B1": 350, "B2": 250, "A1": 360}.items()]
    found = verdict([share(340, 400), *_factors(A=360, B=300), *items], {}, _before())
    assert found.weakest is not None
    assert (found.weakest.figure.code, len(found.parts)) == ("B2", 5)
    single = [share(n, 400, code, "item") for code, n in {"A": 360, "B": 300}.items()]
    assert len(verdict([share(9, 10), *_factors(A=360, B=300), *single], {}, _before()).parts) == 2


def test_the_order_does_not_tell_a_share_that_is_withheld() -> None:
    figures = [wide("factor", "A"), *_factors(B=250, C=360)]
    found = verdict([share(340, 400), *figures], {}, _before())
    assert [part.figure.code for part in found.parts] == ["B", "C", "A"]
    assert found.weakest is None  # the wide interval holds that of B


def test_a_shift_is_the_part_of_people_who_answer_another_way() -> None:
    assert shift({"qr": 80, "paper": 20}, {"qr": 160, "paper": 40}) == 0
    assert shift({"qr": 100}, {"qr": 70, "tablet": 30}) == pytest.approx(0.3)
    assert shift({"qr": 100}, {"paper": 9}) == 1
    assert shift({}, {"paper": 9}) == 0


def test_every_factor_and_question_has_its_advice() -> None:
    codes = {
        code
        for each in questionnaire.shipped()
        for item in each.asked
        for code in (item.code, item.factor)
        if item.factor
    }
    assert ADVICE.keys() == codes
    assert {tuple(each) for each in ADVICE.values()} == {i18n.MANAGER_LANGUAGES}
    assert all(40 < len(text) < 180 for each in ADVICE.values() for text in each.values())


def test_the_list_is_called_the_same_only_where_all_of_it_surely_is() -> None:
    # Within five points of the month before at 95 %, and not at what five such words ask for.
    part = share(243, 270, "A", "factor")
    others = [share(243, 270, code, "factor") for code in "BCDE"]
    earlier = [share(243, 270, each.code, "factor") for each in (part, *others)]
    alone = verdict([part, part], {}, _before(earlier[0]))
    together = verdict([part, part, *others], {}, _before(*earlier))
    assert (_words(alone), set(_words(together).values())) == ({"A": "kept"}, {"unknown"})


def test_a_change_that_is_told_is_not_called_the_same() -> None:
    found = verdict([share(9000, 10_000)], {}, _before(share(8800, 10_000)))
    assert (found.index.side, found.index.is_same, found.index.word) == (1, False, "improved")
