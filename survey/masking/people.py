"""Names of people, in the ways a Vietnamese comment writes them.

A name follows a title ("chị Lan", "cán bộ nguyễn văn hùng") or begins with a family name
("Trần Thị Bích Ngọc"). Capitals say where a name ends; who writes without them, or nothing
but them, is understood by lists of words.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from survey.masking.spans import Span
from survey.storage.names import fold, spelling

LONGEST = 6  # syllables of a name; among the Khmer and the Chăm five and six are usual
FULL = 3  # syllables from which on a family name alone shows a person
# Who writes at least so many words without a capital means something by one.
LOWER = 2
FEW = 6  # words of a comment that may be little but a name
TOKEN = re.compile(r"đ/c|mrs?\.|ms\.|[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w ]", re.IGNORECASE)
EDE = re.compile(r"h'\w")  # before a woman's name among the Ê Đê: H'Hen, H’Linh
KHMER = re.compile(r"(?:លោកស្រី|លោក|អ្នកស្រី|ឈ្មោះ)\s*([\u1780-\u17ff]+)")
Lists = Mapping[str, frozenset[str]]


def _lists() -> Lists:
    text = Path(__file__).with_name("words.toml").read_text("utf-8")
    return {
        name: frozenset(spelling(word.replace("_", " ")) for word in words.split())
        for name, words in tomllib.loads(text).items()
    }


MARKED = _lists()
PLAIN: Lists = {name: words | set(map(fold, words)) for name, words in MARKED.items()}


def found(text: str) -> Iterator[Span]:
    """Yield every name of a person."""
    for match in KHMER.finditer(text):
        yield Span(*match.span(1), "name")
    sentence, place = _Sentence(text), 0
    while place < len(sentence.words):
        length = sentence.name_at(place)
        if length:
            yield sentence.span(place, length)
        place += length or 1


class _Sentence:
    """The words and signs of a text, read as its writer's habits allow."""

    def __init__(self, text: str) -> None:
        self._tokens = list(TOKEN.finditer(text))
        self.words = [spelling(token[0]) for token in self._tokens]
        is_plain = fold(text) == " ".join(text.lower().split())
        self._lists = PLAIN if is_plain else MARKED

    def span(self, place: int, length: int) -> Span:
        """Return where so many words from a place on stand in the text."""
        last = self._tokens[place + length - 1]
        return Span(self._tokens[place].start(), last.end(), "name")

    def name_at(self, place: int) -> int:
        """Return how many words of a name begin at a place; 0 where none does."""
        title = self._title(place)
        full = 0 if self._is_place(place) else self._full_name(place, title)
        if full or not title:
            return full
        capitals = self._capitals(place)
        if title in MARKED["short_titles"]:
            return capitals if self._is_in("given_names", place) else 0
        return capitals or self._usual_name(place, title)

    @cached_property
    def _capitals_tell(self) -> bool:
        words = [token[0] for token in self._tokens if token[0][0].isalpha()]
        if len(words) < FEW:
            return not "".join(words).isupper()
        return sum(word[0].islower() for word in words) >= LOWER

    def _is_place(self, place: int) -> bool:
        """Say whether what stands here belongs to the name of a street, a bridge, a school."""
        before = place - 1
        while self._is_capital(before) and not self._is_in("places", before):
            before -= 1
        ruled = self._phrase(before - 2, 2) in self._lists["offices"]  # "chủ tịch phường …"
        return self._is_in("places", before) and not (ruled and self._is_in("surnames", place))

    def _title(self, place: int) -> str:
        """Return the title or office right before a place, or nothing."""
        end = place - 1
        if self._word(end) in {":", "."}:  # "Ký tên: …", "C. …"
            end -= 1
        for length in (2, 1):
            said = self._phrase(end - length + 1, length)
            short = said in MARKED["short_titles"]
            if short or any(said in self._lists[kind] for kind in ("titles", "offices")):
                return said
        return ""

    def _full_name(self, place: int, title: str) -> int:
        if EDE.match(self._word(place)):
            return max(1, self._capitals(place))
        if not self._is_in("surnames", place):
            return 0
        if self._is_in("middle_names", place + 1):
            if not self._is_letters(place + 2):
                return 0
            return max(self._capitals(place), FULL + self._goes_on(place + FULL))
        n = self._capitals(place)
        usual = n > 1 and self._is_in("given_names", place + 1)
        return n if n >= FULL or usual or (title and n > 1) else 0

    def _capitals(self, place: int) -> int:
        """Return how many words with a capital, and of no other use, stand here in a row."""
        length = 0
        while length < LONGEST and self._is_capital(place + length):
            length += 1
        return length

    def _usual_name(self, place: int, title: str) -> int:
        """Return the length of a name known by the lists alone."""
        if title in self._lists["offices"] or not self._is_in("given_names", place):
            return 0
        if self._is_other(place) or self._phrase(place - 1, 2) in self._lists["not_names"]:
            return 0
        length = 1 + self._goes_on(place + 1)
        after, is_weak = place + length, title in self._lists["weak_titles"]
        told = self._is_seated(after) or (not is_weak and self._is_in("deeds", after))
        if length == 1 and not told and (is_weak or self._is_in("common_names", place)):
            return 0
        return length

    def _goes_on(self, place: int) -> bool:
        if self._is_in("seats", place) or self._is_other(place):
            return False
        return self._is_in("given_names", place)

    def _is_seated(self, place: int) -> bool:
        return not self._word(place)[:1].isalnum() or self._is_in("seats", place)

    def _is_capital(self, place: int) -> bool:
        if not (self._capitals_tell and self._is_letters(place)):
            return False
        return self._tokens[place][0][0].isupper() and not self._is_other(place)

    def _is_other(self, place: int) -> bool:
        """Say whether a word, alone or with the next, is known to be something else."""
        alone = self._is_in("not_names", place) and not self._is_in("given_names", place)
        return alone or self._phrase(place, 2) in self._lists["not_names"]

    def _is_letters(self, place: int) -> bool:
        return self._word(place)[:1].isalpha()

    def _is_in(self, name: str, place: int) -> bool:
        return self._word(place) in self._lists[name]

    def _word(self, place: int) -> str:
        return self.words[place] if 0 <= place < len(self.words) else ""

    def _phrase(self, place: int, length: int) -> str:
        return " ".join(self.words[max(place, 0) : place + length])
