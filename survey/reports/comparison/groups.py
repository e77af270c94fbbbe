"""Peer groups: only units of one kind below one parent are compared."""

from collections.abc import Iterable, Mapping

from survey.i18n import lazily as _l
from survey.storage.units import Unit

GROUPS = {
    "cap-tinh": _l("Cơ quan cấp tỉnh"),
    "phuong": _l("Phường"),
    "xa": _l("Xã"),
    "dac-khu": _l("Đặc khu"),
}


def group_of(unit: Unit) -> str | None:
    """Return the peer group of a unit; None for a province and for kinds that are no more."""
    if unit.level == "commune":
        return unit.type if unit.type in GROUPS else None
    return None if unit.level == "province" else "cap-tinh"


def peers_below(parent: Unit, tree: Mapping[str, Unit]) -> dict[str, list[Unit]]:
    """Return the groups of the units directly below one, each in Vietnamese order."""
    below = sorted(
        (unit for unit in tree.values() if unit.parent_code == parent.code),
        key=lambda unit: unit.sort_key,
    )
    sorted_out = {group: [u for u in below if group_of(u) == group] for group in GROUPS}
    return {group: units for group, units in sorted_out.items() if units}


def owners(peers: Iterable[Unit], tree: Mapping[str, Unit]) -> dict[str, str]:
    """Return the peer that each unit of the tree belongs to: itself or one below it."""
    tops = {peer.code for peer in peers}
    found: dict[str, str] = {}
    for code in tree:
        above: str | None = code
        while above is not None and above not in tops:
            above = tree[above].parent_code if above in tree else None
        if above is not None:
            found[code] = above
    return found
