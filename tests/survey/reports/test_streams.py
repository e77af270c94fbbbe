"""The gaps between the streams of a closed period are one list of comparisons."""

import pytest

from survey.reports.streams import side_by_side
from survey.storage.tallies import TallyRow
from tests.figures import INSTRUMENTS, tallied

MOT_CUA = INSTRUMENTS["mot-cua"]


def _stream(channel: str, satisfied: int, n: int) -> TallyRow:
    return tallied(satisfied, n, stream=channel)


def _sides(*rows: TallyRow) -> dict[str, int]:
    return {stream.channel: stream.side for stream in side_by_side(rows, MOT_CUA) if stream.gap}


def test_a_gap_sure_by_itself_is_not_sure_among_several() -> None:
    opened, tablet = _stream("qr", 320, 400), _stream("tablet", 345, 400)
    alike = [_stream("paper", 320, 400), _stream("phone", 320, 400)]
    assert _sides(opened, tablet) == {"tablet": 1}
    assert _sides(opened, tablet, *alike) == {"tablet": 0, "paper": 0, "phone": 0}


@pytest.mark.parametrize(("opened", "invited"), [(29, 300), (300, 29), (29, 29)])
def test_fewer_than_thirty_people_on_either_side_have_no_gap(opened: int, invited: int) -> None:
    rows = _stream("qr", opened, opened), _stream("invitation", invited // 3, invited)
    assert [stream.gap for stream in side_by_side(rows, MOT_CUA)] == [None, None]


def test_without_the_open_code_nothing_is_compared() -> None:
    assert _sides(_stream("tablet", 320, 400), _stream("paper", 200, 400)) == {}
