"""The rules for comments against the labelled corpus: never worse than what we print."""

import re

import pytest

from benchmarks import masking as bench
from survey import themes
from survey.masking import PLACEHOLDERS

# A little below what `python -m benchmarks.masking` prints, so that a word may move.
MASKED = {"dev": (0.97, 0.95), "test": (0.94, 0.95), "fresh": (0.94, 0.90)}
HELD = {"dev": (0.97, 0.90), "test": (0.93, 0.80), "fresh": (0.70, 0.90)}


@pytest.mark.parametrize("part", bench.PARTS)
def test_masking_finds_what_it_found_and_is_as_seldom_wrong(part: str) -> None:
    score = bench.overall(bench.masks(part))
    assert (score.recall, score.precision) >= (MASKED[part][0], 0)
    assert score.precision >= MASKED[part][1]


@pytest.mark.parametrize("part", bench.PARTS)
def test_money_and_harassment_are_held_as_often_as_printed(part: str) -> None:
    score = bench.holds(part)["either"]
    assert score.recall >= HELD[part][0]
    assert score.precision >= HELD[part][1]


def test_themes_are_found_as_well_as_printed() -> None:
    score = bench.overall(bench.topics("test"))
    assert score.recall >= 0.78
    assert score.precision >= 0.78


def test_the_corpus_is_large_varied_and_well_labelled() -> None:
    comments = bench.corpus()
    assert len(comments) >= 300
    assert len({comment.text for comment in comments}) == len(comments)
    for comment in comments:
        assert comment.part in bench.PARTS
        assert comment.themes
        assert comment.themes <= themes.TITLES.keys()
        assert comment.holds <= themes.HOLDS.keys()
        assert {span.kind for span in comment.spans} <= PLACEHOLDERS.keys()
        assert not re.search(r"[{}]", comment.text)


def test_a_find_and_a_miss_are_counted() -> None:
    score = bench.Score()
    score.add(["a"], ["a", "b"], "a")
    score.add(["a"], [], "a")
    score.add([], ["a"], "a")
    assert (score.found, score.missed, score.wrong) == (1, 1, 1)
    assert score.recall == score.precision == 0.5
