"""A questionnaire as frozen values, read from its TOML file or from a stored version."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "questionnaires"
LEVELS = range(1, 6)
SKIPPED, NOT_APPLICABLE = 6, 9
# Languages we write ourselves; any other is offered once a native speaker has reviewed it.
OWN_LANGUAGES = ("vi", "en")


class QuestionnaireError(ValueError):
    """A questionnaire file is wrong; the message names the file's table and key."""


@dataclass(frozen=True)
class Item:
    """One question. `ask` is "all" (put to everybody) or "drawn" (to some, later)."""

    code: str
    factor: str | None
    ask: str
    not_applicable: tuple[str, ...]

    @property
    def in_index(self) -> bool:
        """Only items of a factor that are put to everybody enter an index."""
        return self.factor is not None and self.ask == "all"

    @property
    def choices(self) -> dict[str, int]:
        """What the form may send back for this item, and the code each is stored under."""
        levels = {str(level): level for level in LEVELS}
        others = dict.fromkeys(self.not_applicable, NOT_APPLICABLE)
        return levels if self.factor is None else levels | others | {"skip": SKIPPED}

    def choices_in(self, scale_order: str) -> list[str]:
        """Return the choices as shown: the levels from 1 to 5, or reversed, then the others."""
        levels = [str(level) for level in LEVELS]
        others = [value for value in self.choices if value not in levels]
        return (levels[::-1] if scale_order == "reversed" else levels) + others


@dataclass(frozen=True)
class Wording:
    """All words of one language, and a hash of them."""

    language: str
    native_reviewer: str
    scale: tuple[str, ...]
    skip: str
    not_applicable: Mapping[str, str]
    visit_question: str
    visits: Mapping[str, str]
    factors: Mapping[str, str]
    items: Mapping[str, str]
    hash: str

    @property
    def is_offered(self) -> bool:
        """Whether citizens may choose this language."""
        return self.language in OWN_LANGUAGES or bool(self.native_reviewer.strip())

    def choice(self, value: str) -> str:
        """Return the words of one choice of an item."""
        if value.isdecimal():
            return self.scale[int(value) - 1]
        return self.skip if value == "skip" else self.not_applicable[value]


@dataclass(frozen=True)
class Questionnaire:
    """An instrument: its items in order, its wording per language, its text as stored."""

    code: str
    title: str
    draws: int
    items: tuple[Item, ...]
    visits: tuple[str, ...]
    wordings: Mapping[str, Wording]
    definition: str

    @cached_property
    def asked(self) -> tuple[Item, ...]:
        """The items of the first page."""
        return tuple(item for item in self.items if item.ask == "all")

    @cached_property
    def drawable(self) -> tuple[str, ...]:
        """The codes from which `draws` items are drawn when a form is issued."""
        return tuple(item.code for item in self.items if item.ask == "drawn")

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages citizens may choose, Vietnamese first."""
        return tuple(code for code, wording in self.wordings.items() if wording.is_offered)

    @cached_property
    def measure_hash(self) -> str:
        """The hash of what breaks a series: codes, factors, scale, routing."""
        items = [[i.code, i.factor, i.ask, list(i.not_applicable)] for i in self.items]
        return _hash([self.code, len(LEVELS), self.draws, items, list(self.visits)])

    def language(self, wanted: str | None) -> str:
        """Return the wanted language if it is offered, else Vietnamese."""
        return wanted if wanted in self.languages else "vi"


@lru_cache(maxsize=64)
def parse(definition: str) -> Questionnaire:
    """Return the questionnaire of a TOML text; QuestionnaireError says what is wrong."""
    try:
        data = tomllib.loads(definition)
        items = tuple(_item(entry) for entry in data["items"])
        visits = tuple(data["visits"])
        wordings = {code: _wording(code, table) for code, table in data["wording"].items()}
        parsed = Questionnaire(
            data["code"], data["title"], data.get("draws", 0), items, visits, wordings, definition
        )
    except tomllib.TOMLDecodeError as error:
        raise QuestionnaireError(f"not valid TOML: {error}") from error
    except KeyError as error:
        raise QuestionnaireError(f"the key {error} is missing") from error
    _check(parsed)
    return parsed


def shipped() -> list[Questionnaire]:
    """Return the questionnaires that come with the program."""
    return [parse(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.toml"))]


def _item(entry: Mapping[str, Any]) -> Item:
    return Item(
        entry["code"],
        entry.get("factor"),
        entry.get("ask", "all"),
        tuple(entry.get("not_applicable", ("not-met",))) if entry.get("factor") else (),
    )


def _wording(language: str, table: Mapping[str, Any]) -> Wording:
    return Wording(
        language=language,
        native_reviewer=table.get("native_reviewer", ""),
        scale=tuple(table["scale"]),
        skip=table["skip"],
        not_applicable=table["not_applicable"],
        visit_question=table["visit_question"],
        visits=table["visits"],
        factors=table["factors"],
        items=table["items"],
        hash=_hash({key: value for key, value in table.items() if key != "native_reviewer"}),
    )


def _check(questionnaire: Questionnaire) -> None:
    codes = [item.code for item in questionnaire.items]
    if len(set(codes)) != len(codes):
        raise QuestionnaireError(f"{questionnaire.code}: an item code appears twice")
    if next(iter(questionnaire.wordings), None) != "vi":
        raise QuestionnaireError(f"{questionnaire.code}: the first wording must be [wording.vi]")
    wanted = {
        "items": set(codes),
        "factors": {item.factor for item in questionnaire.items if item.factor},
        "visits": set(questionnaire.visits),
        "not_applicable": {key for item in questionnaire.items for key in item.not_applicable},
    }
    for language, wording in questionnaire.wordings.items():
        where = f"{questionnaire.code}: [wording.{language}"
        if len(wording.scale) != len(LEVELS):
            raise QuestionnaireError(f"{where}] scale needs {len(LEVELS)} labels")
        for part, keys in wanted.items():
            _check_keys(f"{where}.{part}]", set(getattr(wording, part)), keys)


def _check_keys(where: str, found: set[str], wanted: set[str]) -> None:
    if found != wanted:
        raise QuestionnaireError(
            f"{where} lacks {sorted(wanted - found)} and has unknown {sorted(found - wanted)}"
        )


def _hash(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
