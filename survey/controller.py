"""Who answers for the data of citizens, as the settings name him, and what they do not name yet."""

import re
from collections.abc import Mapping
from typing import Any

NAMED = ("CONTROLLER_NAME", "CONTROLLER_ADDRESS", "CONTROLLER_CONTACT", "SECURITY_CONTACT")


def unset(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a real installation still has to set; a demonstration has no controller."""
    if settings["PURPOSE"] != "real":
        return ()
    return tuple(name for name in NAMED if not said(settings, name))


def said(settings: Mapping[str, Any], name: str) -> str:
    """Return one of these settings on a line of its own, empty where it is not set."""
    return " ".join(str(settings[name] or "").split())


def security_contact(settings: Mapping[str, Any]) -> str | None:
    """Return the address for reports of weaknesses as a URI, None where none is set."""
    contact = said(settings, "SECURITY_CONTACT")
    if re.match(r"(https://|mailto:|tel:)", contact):
        return contact
    return f"mailto:{contact}" if "@" in contact else None
