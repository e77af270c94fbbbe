from typing import Any

import pytest

from survey import config, controller

NAMED = {
    "CONTROLLER_NAME": "Văn phòng UBND thành phố Cần Thơ",
    "CONTROLLER_ADDRESS": "2 Hoà Bình, Cần Thơ",
    "CONTROLLER_CONTACT": "0292 000 0000",
    "SECURITY_CONTACT": "an-toan@cantho.gov.vn",
}


def _settings(**given: Any) -> dict[str, Any]:
    return config.DEFAULTS | {"PURPOSE": "real"} | given


def test_a_real_installation_is_told_what_it_still_has_to_set() -> None:
    assert controller.unset(_settings()) == tuple(NAMED)
    assert controller.unset(_settings(**NAMED)) == ()
    assert controller.unset(_settings(**NAMED | {"CONTROLLER_CONTACT": " "})) == (
        "CONTROLLER_CONTACT",
    )
    assert controller.unset(_settings(PURPOSE="demo")) == ()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("an-toan@cantho.gov.vn", "mailto:an-toan@cantho.gov.vn"),
        ("mailto:a@b.vn", "mailto:a@b.vn"),
        ("https://cantho.gov.vn/an-toan", "https://cantho.gov.vn/an-toan"),
        ("tel:+84-292-000", "tel:+84-292-000"),
        ("a@b.vn\nExpires: never", "mailto:a@b.vn Expires: never"),
        ("hỏi ông A", None),
        ("http://cantho.gov.vn", None),
        ("", None),
    ],
)
def test_a_contact_for_weaknesses_is_an_address_on_one_line(
    written: str, meant: str | None
) -> None:
    assert controller.security_contact(_settings(SECURITY_CONTACT=written)) == meant
