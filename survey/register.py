"""Files about administrative units, read and checked; nothing here touches the database.

The columns of CSV and XLSX files are documented in docs/units.md.
"""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from survey import tables
from survey.storage import names
from survey.storage.base import Refused
from survey.storage.unit_successions import SuccessionRow
from survey.storage.units import UnitRow
from survey.tables import TableRow

# The first words of a unit's name say its level and type.
TYPES = {
    "tỉnh": ("province", "tinh"),
    "thành phố": ("province", "thanh-pho"),
    "phường": ("commune", "phuong"),
    "xã": ("commune", "xa"),
    "đặc khu": ("commune", "dac-khu"),
    "thị trấn": ("commune", "thi-tran"),
    "sở": ("department", "so"),
    "ban": ("department", "ban"),
    "thanh tra": ("department", "thanh-tra"),
    "văn phòng": ("department", "van-phong"),
}
SHORTEST_NAME, LONGEST_NAME = 2, 120
ZEROS = "if a spreadsheet dropped its leading zeros, format the column as text"
LEVELS = ("province", "department", "commune")
SUCCESSION_COLUMNS = (
    "old_province_code",
    "old_province",
    "old_code",
    "old_name",
    "new_code",
    "new_name",
    "kind",
)


def units_of(path: Path, province: str | None = None) -> list[UnitRow]:
    """Return the units of a JSON, CSV or XLSX file, of one province if given.

    Raises Refused with every wrong row; a file is taken whole or not at all.
    """
    cells = _json_rows(path) if path.suffix.lower() == ".json" else _table_rows(path)
    reasons: list[str] = []
    rows = [unit for number, row in cells if (unit := _unit(number, row, reasons))]
    reasons += _repeated(rows)
    if reasons:
        raise Refused(reasons)
    chosen = rows if province is None else _below(rows, province)
    if not chosen:
        raise Refused([f"{path.name} has no unit of province {province}"])
    return chosen


def _below(rows: Sequence[UnitRow], top: str) -> list[UnitRow]:
    """Return the unit `top` and everything below it, in the order of the file."""
    codes = {top}
    while added := {row.code for row in rows if row.parent_code in codes} - codes:
        codes |= added
    return [row for row in rows if row.code in codes]


def successions_of(path: Path) -> list[SuccessionRow]:
    """Return the successions of a CSV or XLSX file; Refused names every wrong row."""
    reasons: list[str] = []
    rows = tables.read(path, SUCCESSION_COLUMNS)
    found = [line for row in rows if (line := _succession(row, reasons))]
    if reasons:
        raise Refused(reasons)
    return found


def _json_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        provinces = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused([f"{path.name} is not JSON: {error}"]) from error
    if not isinstance(provinces, list):
        raise Refused([f"{path.name} must be a list of provinces, each with Code and FullName"])
    flat: list[dict[str, str]] = []
    for province in provinces:
        flat.append(_json_unit(province, ""))
        wards = province.get("Wards", []) if isinstance(province, dict) else []
        flat += [_json_unit(ward, flat[-1]["code"]) for ward in wards or []]
    return list(enumerate(flat, 1))


def _json_unit(value: Any, parent: str) -> dict[str, str]:
    known = value if isinstance(value, dict) else {}
    return {
        "code": str(known.get("Code", "")),
        "name": str(known.get("FullName", "")),
        "parent_code": str(known.get("ProvinceCode", parent)),
    }


def _table_rows(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    return ((row.number, row.cells) for row in tables.read(path, ("code", "name", "parent_code")))


def _unit(number: int, cells: dict[str, str], reasons: list[str]) -> UnitRow | None:
    name = names.clean(cells["name"])
    level, kind = _level_and_type(name)
    level, kind = cells.get("level") or level, cells.get("type") or kind
    wrong = [*_wrong_code(cells["code"]), *_wrong_name(name, level, kind)]
    if level in {"department", "commune"} and not cells["parent_code"]:
        wrong.append("it has no parent_code")
    reasons += [f"row {number}: {cells['code']} {name}: {reason}" for reason in wrong]
    if wrong:
        return None
    return UnitRow(
        number=number,
        code=cells["code"],
        name=name,
        level=level,
        type=kind,
        parent_code=cells["parent_code"] or None,
        electronic_id=cells.get("electronic_id") or None,
    )


def _level_and_type(name: str) -> tuple[str, str]:
    words = name.lower()
    found = [kind for prefix, kind in TYPES.items() if words.startswith(f"{prefix} ")]
    return found[0] if found else ("", "")


def _wrong_code(code: str) -> list[str]:
    if re.fullmatch(r"\d+", code) and len(code) not in {2, 5}:
        return [f"the code {code} should have 2 digits (province) or 5 (commune); {ZEROS}"]
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.-]{1,19}", code):
        return [f"the code “{code}” is missing or has other signs than letters, digits, . and -"]
    return []


def _wrong_name(name: str, level: str, kind: str) -> list[str]:
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        return [f"the name is missing or longer than {LONGEST_NAME} characters"]
    if level not in LEVELS or not kind:
        return [f"its level is unknown; fill the columns level ({', '.join(LEVELS)}) and type"]
    return []


def _repeated(rows: Sequence[UnitRow]) -> list[str]:
    """Name codes given to two units; a unit may stand twice with its tones written differently."""
    first: dict[str, UnitRow] = {}
    return [
        f"row {row.number}: {row.code} {row.name}: row {first[row.code].number} gives this code "
        f"to {first[row.code].name}; a code belongs to one unit"
        for row in rows
        if _key(row) != _key(first.setdefault(row.code, row))
    ]


def _key(row: UnitRow) -> tuple[str, str | None]:
    return names.spelling(row.name), row.parent_code


def _succession(row: TableRow, reasons: list[str]) -> SuccessionRow | None:
    cells, before = row.cells, len(reasons)
    province = _unit(row.number, _cells(cells["old_province_code"], cells["old_province"]), reasons)
    old = _unit(
        row.number,
        _cells(cells["old_code"], cells["old_name"], cells["old_province_code"]),
        reasons,
    )
    reasons += [f"row {row.number}: new unit: {wrong}" for wrong in _wrong_code(cells["new_code"])]
    if cells["kind"] not in {"full", "partial"}:
        reasons.append(f"row {row.number}: kind is “{cells['kind']}”; it must be full or partial")
    if len(reasons) > before or province is None or old is None:
        return None
    return SuccessionRow(
        number=row.number,
        old=old,
        old_province=province,
        new_code=cells["new_code"],
        new_name=names.clean(cells["new_name"]),
        full=cells["kind"] == "full",
    )


def _cells(code: str, name: str, parent: str = "") -> dict[str, str]:
    return {"code": code, "name": name, "parent_code": parent}
