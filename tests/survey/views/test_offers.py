import re

from flask.testing import FlaskClient

from tests import sheets
from tests.province import Place

PEOPLE = 60
SATISFIED = dict.fromkeys(("overall", "A", "B", "C", "D", "E"), "5")


def _asked(client: FlaskClient, location: str) -> set[str]:
    page = client.get(f"{location}/more").get_data(as_text=True)
    return set(re.findall(r'type="radio" name="(\w+)"', page))


def test_what_is_asked_does_not_tell_what_was_answered(client: FlaskClient, place: Place) -> None:
    asked = []
    for _person in range(PEOPLE):
        location = sheets.answer(client, place.token, **SATISFIED).location
        asked.append(_asked(client, location))
        assert _asked(client, location) == asked[-1]  # the same for every look
    # One in six of those who liked everything see all details of a factor; by the draw alone one
    # in 560 would. And who sees none proves little: two in five of them do.
    assert 1 <= sum({"C1", "C2", "C3"} <= each for each in asked) < PEOPLE * 0.5
    assert sum(len(each) == 3 for each in asked) < PEOPLE * 0.75
