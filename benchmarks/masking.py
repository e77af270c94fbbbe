"""What the rules for comments find and miss; python -m benchmarks.masking.

On `comments.tsv`: comments written for this purpose, with what must be masked in braces, why
they must be held, and their themes. The rules were written with the part `dev`; `test` was drawn
at random before the first rule and looked at only here; `fresh` was written when the word lists
were done, in words that were not thought of before. All are by one hand, and the last part is
small: real comments will be missed more often than `test` says.
"""

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from survey import masking, themes
from survey.masking import PLACEHOLDERS, Span

CORPUS = Path(__file__).with_name("comments.tsv")
MARK = re.compile(r"\{(\w+):([^}]*)\}")
PARTS = ("dev", "test", "fresh")


@dataclass(frozen=True)
class Comment:
    """A comment of the corpus and what a person says about it."""

    part: str
    text: str
    spans: tuple[Span, ...]
    holds: frozenset[str]
    themes: frozenset[str]


@dataclass
class Score:
    """How many labels a rule found and missed, and how often it spoke without reason."""

    found: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        """The share of labels found."""
        return self.found / (self.found + self.missed or 1)

    @property
    def precision(self) -> float:
        """The share of finds that were meant."""
        return self.found / (self.found + self.wrong or 1)

    def add(self, meant: Iterable[str], said: Iterable[str], label: str) -> None:
        """Count one comment for one label."""
        is_meant, is_said = label in set(meant), label in set(said)
        self.found += is_meant and is_said
        self.missed += is_meant and not is_said
        self.wrong += is_said and not is_meant


Scores = dict[str, Score]


@cache
def corpus() -> tuple[Comment, ...]:
    """Return the labelled comments."""
    with CORPUS.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(_comment(row) for row in rows)


def masks(part: str) -> Scores:
    """Return how much of what must be masked is, by kind, whatever placeholder stands there."""
    scores: Scores = defaultdict(Score)
    for comment in _part(part):
        found = masking.spans(comment.text)
        hidden = {place for span in found for place in range(span.start, span.end)}
        for span in comment.spans:
            whole = all(place in hidden for place in _signs(comment.text, span))
            scores[span.kind].found += whole
            scores[span.kind].missed += not whole
        for span in found:
            meant = any(span.start < one.end and one.start < span.end for one in comment.spans)
            scores[span.kind].wrong += not meant
    return scores


def holds(part: str) -> Scores:
    """Return how many comments about money and harassment are held."""
    scores: Scores = defaultdict(Score)
    for comment in _part(part):
        said = themes.holds(comment.text)
        for label in themes.HOLDS:
            scores[label].add(comment.holds, said, label)
        scores["either"].add(
            ["either"] if comment.holds else [], ["either"] if said else [], "either"
        )
    return scores


def topics(part: str) -> Scores:
    """Return how well the themes are found."""
    scores: Scores = defaultdict(Score)
    for comment in _part(part):
        said = themes.of(comment.text)
        for label in themes.TITLES:
            scores[label].add(comment.themes, said, label)
    return scores


def overall(scores: Scores) -> Score:
    """Return the scores of all labels together."""
    total = Score()
    for score in scores.values():
        total.found += score.found
        total.missed += score.missed
        total.wrong += score.wrong
    return total


def errors(part: str) -> Iterator[str]:
    """Yield every comment that a rule misread, with how."""
    for comment in _part(part):
        found = masking.spans(comment.text)
        hidden = {place for span in found for place in range(span.start, span.end)}
        missed = [s for s in comment.spans if not set(_signs(comment.text, s)) <= hidden]
        wrong = [
            s for s in found if not any(s.start < o.end and o.start < s.end for o in comment.spans)
        ]
        for sign, some in (("-", missed), ("+", wrong)):
            yield from (
                f"{sign}{s.kind} {comment.text[s.start : s.end]!r}: {comment.text}" for s in some
            )
        yield from _differences("hold", comment.holds, themes.holds(comment.text), comment.text)
        yield from _differences("theme", comment.themes, themes.of(comment.text), comment.text)


def _differences(what: str, meant: Iterable[str], said: Iterable[str], text: str) -> Iterator[str]:
    yield from (f"-{what} {label}: {text}" for label in set(meant) - set(said))
    yield from (f"+{what} {label}: {text}" for label in set(said) - set(meant))


def _part(part: str) -> list[Comment]:
    return [comment for comment in corpus() if comment.part == part]


def _signs(text: str, span: Span) -> list[int]:
    """Return the letters and digits of a span: a stop after an initial tells nothing."""
    return [place for place in range(span.start, span.end) if text[place].isalnum()]


def _comment(row: dict[str, str]) -> Comment:
    text, spans, end = "", [], 0
    for match in MARK.finditer(row["text"]):
        text += row["text"][end : match.start()]
        spans.append(Span(len(text), len(text) + len(match[2]), match[1]))
        text, end = text + match[2], match.end()
    return Comment(
        part=row["split"],
        text=text + row["text"][end:],
        spans=tuple(spans),
        holds=frozenset(row["held"].split()),
        themes=frozenset(row["themes"].split()),
    )


def main() -> None:
    """Print recall and precision of masking, holding and themes; --errors PART prints errors."""
    if "--errors" in sys.argv:
        print("\n".join(errors(sys.argv[-1])))
        return
    n = Counter(comment.part for comment in corpus())
    print(f"{n.total()} comments: {', '.join(f'{part} {n[part]}' for part in PARTS)}")
    for title, score_of in (("masked", masks), ("held", holds), ("themes", topics)):
        _print(title, {part: score_of(part) for part in PARTS})


def _print(title: str, parts: dict[str, Scores]) -> None:
    print(f"\n{title:12}" + "".join(f"{p:>8} n  recall  precision" for p in parts))
    labels = (*PLACEHOLDERS, *themes.HOLDS, "either", *themes.TITLES)
    known = [label for label in labels if any(label in scores for scores in parts.values())]
    for label in [*known, *(["all"] if title == "masked" else [])]:
        scores = [overall(s) if label == "all" else s.get(label, Score()) for s in parts.values()]
        print(f"{label:12}" + "".join(_figures(score) for score in scores))


def _figures(score: Score) -> str:
    n = score.found + score.missed
    if not n:
        return f"{n:>8}  {'–':>8}  {'–':>9}"
    return f"{n:>8}  {score.recall:>8.1%}  {score.precision:>9.1%}"


if __name__ == "__main__":
    main()
