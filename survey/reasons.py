"""Why a file or one of its rows is refused, in the two languages in which it is said.

A reason is a code and its values; commands say it in English, pages in their own language.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from survey.i18n import language
from survey.storage.base import Refused

LONGEST_QUOTE = 60
SENTENCES: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)


@dataclass(frozen=True)
class Reason:
    """Why something is refused: a code, its values, and the row if it is about one."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    row: int | None = None

    @property
    def english(self) -> str:
        """The sentence for commands."""
        return self._said("en", "row")

    @property
    def on_page(self) -> str:
        """The sentence for a page, in its language; in English without the words of commands."""
        if language() == "vi":
            return self._said("vi", "Dòng")
        return self._said("page" if "page" in SENTENCES[self.code] else "en", "Row")

    def _said(self, form: str, row: str) -> str:
        start = "" if self.row is None else f"{row} {self.row}: "
        return start + SENTENCES[self.code][form].format(**self.values)


class WrongFile(Refused):
    """A file that cannot be taken, with reasons that can be said in both languages."""

    def __init__(self, *why: Reason) -> None:
        super().__init__([reason.english for reason in why])
        self.why = why


def quote(text: str) -> str:
    """Return what a cell says, short and without signs that could play with a terminal."""
    seen = "".join(c if c.isprintable() else "�" for c in text)
    return seen if len(seen) <= LONGEST_QUOTE else seen[: LONGEST_QUOTE - 1] + "…"
