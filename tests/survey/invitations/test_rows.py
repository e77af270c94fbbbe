from datetime import datetime, timedelta

import pytest

from survey.answers_file.places import point_finder
from survey.invitations.columns import DossierNames, recognise
from survey.invitations.rows import Dossier, DossierReader, Listed, check
from survey.period import VIETNAM
from survey.reasons import WrongFile
from survey.storage.points import ServicePoint

NOW = datetime(2026, 11, 20, 16, 0, tzinfo=VIETNAM)
HEADER = [
    "Số hồ sơ",
    "Quầy",
    "Lĩnh vực",
    "Cơ quan giải quyết",
    "Ngày trả kết quả",
    "Ngày hẹn trả",
    "Ngày có kết quả",
    "Đúng hạn",
    "Số điện thoại",
    "Họ tên",
]
NUMBER = "H15.50.05.13-261118-0001"


def _point(name: str = "Quầy 1", **changes: object) -> ServicePoint:
    values = {"public_id": f"id{name[-1]}", "name": name, "is_test": False, "closed_at": None}
    return ServicePoint(**values | changes)


def _reader(*points: ServicePoint, one: ServicePoint | None = None) -> DossierReader:
    columns = recognise(HEADER, DossierNames(), one_point=one is not None)
    return DossierReader(
        columns=columns,
        point=one or point_finder(points or [_point()]),
        now=NOW,
        keyed=lambda content: b"keyed " + content,
    )


def _row(
    *,
    number: str = NUMBER,
    point: str = "Quầy 1",
    handed_over: str = "20/11/2026 14:30",
    appointed: str = "",
    finished: str = "",
    on_time: str = "",
) -> list[str]:
    middle = ["Đất đai", "Sở Nông nghiệp và Môi trường"]
    return [number, point, *middle, handed_over, appointed, finished, on_time, "0912345678", "Lê A"]


def _check(*rows: list[str], reader: DossierReader | None = None) -> Listed:
    return check(enumerate(rows, 2), reader or _reader())


def _one(**changes: str) -> Dossier:
    listed = _check(_row(**changes))
    assert [reason.english for reason in listed.reasons] == []
    return listed.dossiers[0]


def _reasons(**changes: str) -> list[str]:
    return [reason.code for reason in _check(_row(**changes)).reasons]


def test_a_row_invites_with_what_the_answer_keeps_and_no_number() -> None:
    dossier = _one()
    assert (dossier.row, dossier.point.name, dossier.phone) == (2, "Quầy 1", "0912345678")
    assert (dossier.field, dossier.agency) == ("Đất đai", "Sở Nông nghiệp và Môi trường")
    assert dossier.digest == f"keyed {NUMBER}".encode()
    assert not any(NUMBER in str(value) for key, value in vars(dossier).items() if key != "digest")


def test_a_code_ends_72_hours_after_the_handing_over_or_after_its_day() -> None:
    at = datetime(2026, 11, 20, 14, 30, tzinfo=VIETNAM)
    assert _one().ends_at == at + timedelta(hours=72)
    midnight = datetime(2026, 11, 21, tzinfo=VIETNAM)
    for day in ("20/11/2026", "2026-11-20", "2026-11-20 00:00:00"):
        dossier = _one(handed_over=day)
        assert dossier.ends_at == midnight + timedelta(hours=72)
        assert dossier.handed_over_on == at.date()


def test_who_came_more_than_72_hours_ago_is_counted_and_not_invited() -> None:
    listed = _check(_row(handed_over="17/11/2026 16:00"), _row(handed_over="16/11/2026"))
    assert (listed.dossiers, listed.too_late.n, listed.repeated.n) == ([], 1, 1)
    assert _check(_row(handed_over="17/11/2026 16:01")).too_late.n == 0


def test_a_dossier_that_stands_twice_is_invited_once() -> None:
    listed = _check(_row(), _row(number=f" {NUMBER.lower()} "), _row(number=NUMBER[:-1] + "2"))
    assert [dossier.row for dossier in listed.dossiers] == [2, 4]
    assert listed.repeated.first == [3]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, None),
        ({"on_time": "Đúng hạn"}, True),
        ({"on_time": "TRỄ  HẠN", "appointed": "25/11/2026"}, False),
        ({"appointed": "20/11/2026"}, True),
        # Fetched late, but nobody knows when it was ready.
        ({"appointed": "19/11/2026"}, None),
        ({"appointed": "19/11/2026", "finished": "19/11/2026 16:30"}, True),
        ({"appointed": "19/11/2026 11:00", "finished": "20/11/2026"}, False),
        ({"finished": "20/11/2026"}, None),
    ],
)
def test_on_time_is_what_the_list_says_or_proves(
    cells: dict[str, str], expected: bool | None
) -> None:
    assert _one(**cells).on_time is expected


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"number": "079123456789"}, "dossier_number"),
        ({"number": ""}, "dossier_number"),
        ({"number": NUMBER + "12345"}, "dossier_number"),
        ({"handed_over": ""}, "not_handed"),
        ({"handed_over": "hôm qua"}, "day"),
        ({"handed_over": "21/11/2026"}, "day_future"),
        ({"on_time": "chưa rõ"}, "on_time"),
        ({"point": ""}, "dossier_nowhere"),
        ({"point": "Quầy 9"}, "point_unknown"),
        ({"appointed": "31/02/2026"}, "day"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused(cells: dict[str, str], reason: str) -> None:
    assert _reasons(**cells) == [reason]


def test_a_refusal_never_quotes_what_stands_in_place_of_a_dossier_number() -> None:
    (reason,) = _check(_row(number="079123456789")).reasons
    assert "079123456789" not in reason.english + reason.on_page
    assert reason.on_page.startswith("Dòng 2: ")


def test_test_points_and_closed_ones_are_refused() -> None:
    trial, closed = _point("Quầy 2", is_test=True), _point("Quầy 3", closed_at=NOW)
    listed = _check(_row(point="Quầy 2"), _row(point="Quầy 3"), reader=_reader(trial, closed))
    assert [reason.code for reason in listed.reasons] == ["point_test", "point_closed"]


def test_one_point_needs_no_column() -> None:
    point = _point("Quầy 7")
    listed = _check(_row(point="gì cũng được"), reader=_reader(one=point))
    assert listed.dossiers[0].point is point


def test_columns_that_are_missing_are_all_said_at_once() -> None:
    with pytest.raises(WrongFile) as caught:
        recognise(["Họ tên"], DossierNames(), one_point=False)
    codes = [reason.code for reason in caught.value.why]
    assert codes == ["no_number", "no_handed_over", "no_dossier_point"]


def test_a_mapping_names_columns_and_leaves_some_out() -> None:
    said = DossierNames(number="Mã", handed_over="Trả lúc", on_time="")
    found = recognise(["Mã", "Trả lúc", "Đúng hạn", "Họ tên"], said, one_point=True)
    assert found.places == {"number": 0, "handed_over": 1}
    assert found.ignored == ["Đúng hạn", "Họ tên"]
