"""What a province would set, so that the demonstration shows all of its pages."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SHOWN = {
    "CONTROLLER_NAME": "Cơ quan mẫu (bản dùng thử, không phải cơ quan thật)",
    "CONTROLLER_ADDRESS": "Số 1 Đường Mẫu, Tỉnh Mẫu (bản dùng thử)",
    "CONTROLLER_CONTACT": "lienhe@hailong.example (bản dùng thử)",
    "SECURITY_CONTACT": "mailto:baomat@hailong.example",
    "EXTRA_QUESTIONS": ("paid", "trips", "apology"),
}


def shown(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the demonstration sets where nobody has; a real installation gets nothing."""
    if settings["PURPOSE"] != "demo":
        return {}
    # The numbers of a demonstration are nobody's: its key may follow from the one it has.
    key = urlsafe_b64encode(sha256(settings["SECRET_KEY"].encode()).digest()).decode()
    offered = SHOWN | {"CONTACT_KEYS": (key,)}
    return {name: value for name, value in offered.items() if not settings[name]}
