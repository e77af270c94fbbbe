import unicodedata

import pytest

from survey.answers_file.places import point_finder
from survey.reasons import Reason
from survey.storage.points import ServicePoint


def _point(public_id: str, name: str, *, is_test: bool = False) -> ServicePoint:
    return ServicePoint(public_id=public_id, name=name, is_test=is_test)


POINTS = [
    _point("aaaa2222", "Quầy 1: Hộ tịch"),
    _point("bbbb3333", "Quầy Hoà Bình"),
    _point("cccc4444", "Quầy Bà"),
    _point("dddd5555", "Quầy Ba"),
    _point("eeee6666", "Quầy 9"),
    _point("ffff7777", "Quầy 9"),
    _point("gggg8888", "Quầy thử", is_test=True),
]
FIND = point_finder(POINTS)


@pytest.mark.parametrize(
    ("text", "public_id"),
    [
        ("AAAA2222", "aaaa2222"),
        ("quầy 1: hộ tịch", "aaaa2222"),
        (unicodedata.normalize("NFD", "Quầy 1: Hộ tịch"), "aaaa2222"),
        ("QUAY 1: HO TICH", "aaaa2222"),
        ("Quầy  Hòa Bình", "bbbb3333"),
        ("Quầy Ba", "dddd5555"),
        ("quầy bà", "cccc4444"),
    ],
)
def test_a_point_is_found_by_its_id_or_its_name_however_it_is_spelt(
    text: str, public_id: str
) -> None:
    found = FIND(text)
    assert isinstance(found, ServicePoint)
    assert found.public_id == public_id


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Quầy 7", "point_unknown", "Quầy 7"),
        ("quay ba", "point_unclear", "cccc4444, dddd5555"),
        ("Quầy 9", "point_unclear", "eeee6666, ffff7777"),
        ("Quầy thử", "point_test", "Quầy thử"),
        ("gggg8888", "point_test", "Quầy thử"),
    ],
)
def test_a_point_that_is_unknown_unclear_or_a_trial_is_refused(
    text: str, code: str, said: str
) -> None:
    found = FIND(text)
    assert isinstance(found, Reason)
    assert found.code == code
    assert said in found.english
    assert said in found.on_page
