"""What a mapping (TOML) says about the columns of a file."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from survey.answers_file.values import ORDERS
from survey.reasons import Reason, WrongFile, quote

INSTRUMENTS = ("mot-cua", "sipas-dich-vu")


@dataclass(frozen=True, kw_only=True)
class FileNames:
    """The names of columns: None is recognised by its heading, an empty name is not read."""

    date_order: str = "dmy"


@dataclass(frozen=True, kw_only=True)
class ColumnNames(FileNames):
    """Those of a file of answers."""

    questionnaire: str = INSTRUMENTS[0]
    date: str | None = None
    id: str | None = None
    point: str | None = None
    visit: str | None = None
    items: Mapping[str, str] | None = None


Names = TypeVar("Names", bound=FileNames)


def column_names(mapping: bytes | None) -> ColumnNames:
    """Return what a mapping file says; WrongFile when it cannot be meant."""
    return names_of(ColumnNames, mapping)


def names_of(kind: type[Names], mapping: bytes | None) -> Names:
    """Return what a mapping file says of the columns that this kind of file has."""
    if mapping is None:
        return kind()
    try:
        said = tomllib.loads(mapping.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongFile(Reason("toml", {"error": quote(str(error))})) from error
    if wrong := [*_wrong_keys(said, kind), *_wrong_types(said), *_wrong_values(said)]:
        raise WrongFile(*wrong)
    return kind(**said)


def _wrong_keys(said: Mapping[str, Any], kind: type[Names]) -> Iterable[Reason]:
    known = [field.name for field in fields(kind)]
    for key in said:
        if key not in known:
            yield Reason("mapping_key", {"key": quote(key), "known": ", ".join(known)})


def _wrong_types(said: Mapping[str, Any]) -> Iterable[Reason]:
    items = said.get("items", {})
    if not isinstance(items, dict):
        yield Reason("mapping_items")
        items = {}
    texts = dict(said) | {f"items.{code}": heading for code, heading in items.items()}
    for key, value in texts.items():
        if key != "items" and not isinstance(value, str):
            yield Reason("mapping_text", {"key": quote(key)})


def _wrong_values(said: Mapping[str, Any]) -> Iterable[Reason]:
    for key, known in {"questionnaire": INSTRUMENTS, "date_order": tuple(ORDERS)}.items():
        value = said.get(key, known[0])
        if isinstance(value, str) and value not in known:
            values = {"key": key, "value": quote(value), "known": ", ".join(known)}
            yield Reason("mapping_value", values)
