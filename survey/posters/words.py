"""What a poster says in each language, from templates/documents/words."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parents[2] / "templates" / "documents" / "words"
# The others need somebody who speaks them to have read the words first.
OWN_LANGUAGES = frozenset({"vi", "en"})


@cache
def of_language(language: str) -> Mapping[str, str]:
    """Return the words of a language by their key."""
    words: dict[str, str] = tomllib.loads((WORDS / f"{language}.toml").read_text("utf-8"))
    return words


@cache
def languages() -> tuple[str, ...]:
    """Return the languages a poster may speak beside Vietnamese."""
    written = sorted(file.stem for file in WORDS.glob("*.toml"))
    return tuple(name for name in written if name != "vi" and _is_read(name))


def _is_read(language: str) -> bool:
    reviewer = of_language(language).get("native_reviewer", "")
    return language in OWN_LANGUAGES or bool(reviewer.strip())
