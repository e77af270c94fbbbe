from collections import Counter
from datetime import date

import pytest

from survey.answers_file.places import point_finder
from survey.dossiers_file.columns import CountNames, recognise
from survey.dossiers_file.rows import Counted, CountReader, check
from survey.reasons import WrongFile
from survey.storage.denominators import Cell, Part
from survey.storage.points import PointAssignment, ServicePoint

TODAY = date(2026, 11, 20)
NUMBER = "H15.50.05.13-261018-0001"
OCTOBER = date(2026, 10, 1)
DOSSIERS = [
    "Số hồ sơ",
    "Quầy",
    "Lĩnh vực",
    "Cơ quan giải quyết",
    "Ngày trả kết quả",
    "Đúng hạn",
    "Hình thức trả kết quả",
    "Họ tên",
]
COUNTS = ["Quầy", "Tháng", "Số lượng", "Lĩnh vực", "Đúng hạn", "Ghi chú"]


def _point(name: str = "Quầy 1", number: int = 1) -> ServicePoint:
    here = PointAssignment(unit_code="31117", valid_from=date(2025, 7, 1))
    return ServicePoint(
        id=number, public_id=f"id{number}", name=name, is_test=False, assignments=[here]
    )


def _check(
    header: list[str], *rows: list[str], point: ServicePoint | None = None, **names: str
) -> Counted:
    columns = recognise(header, CountNames(**names), one_point=False)
    find = point_finder([point or _point(), _point("Quầy 2", 2)])
    reader = CountReader(columns=columns, point=find, today=TODAY)
    return check(enumerate(rows, 2), reader)


def _row(
    number: str = NUMBER,
    point: str = "Quầy 1",
    on: str = "18/10/2026",
    on_time: str = "Đúng hạn",
    channel: str = "Tại quầy",
) -> list[str]:
    return [number, point, "Đất đai", "Sở Tài chính", on, on_time, channel, "Lê A"]


def _said(counted: Counted) -> list[str]:
    return [reason.code for reason in counted.reasons]


def test_dossiers_are_counted_by_what_is_kept_and_nothing_else() -> None:
    others = [
        _row(NUMBER[:-1] + "2", on="31/10/2026 16:30"),
        _row(NUMBER[:-1] + "3", on_time="TRỄ HẠN"),
        _row(NUMBER[:-1] + "4", channel="Bưu chính công ích"),
        _row(NUMBER[:-1] + "5", point="quay 2", channel="trực tuyến"),
    ]
    counted = _check(DOSSIERS, _row(), *others)
    assert _said(counted) == []
    on_time, late = (Part("Đất đai", "Sở Tài chính", on) for on in (True, False))
    assert counted.counts == {
        Cell("31117", 1, OCTOBER, "counter"): Counter({on_time: 2, late: 1}),
        Cell("31117", 1, OCTOBER, "postal"): Counter({on_time: 1}),
        Cell("31117", 2, OCTOBER, "online"): Counter({on_time: 1}),
    }
    assert counted.n == 5
    assert "H15" not in repr(counted)


def test_a_dossier_that_stands_twice_counts_once() -> None:
    counted = _check(DOSSIERS, _row(), _row(number=f" {NUMBER.lower()}"))
    assert (counted.n, counted.repeated.first, counted.n_refused) == (1, [3], 0)


def test_a_dossier_that_stands_twice_with_other_content_is_refused() -> None:
    counted = _check(DOSSIERS, _row(), _row(point="Quầy 2"))
    assert _said(counted) == ["dossier_twice"]
    assert "row 2" in counted.reasons[0].english
    assert counted.reasons[0].row == 3


def test_counts_add_up_and_a_row_said_twice_is_refused() -> None:
    rows = [
        ["Quầy 1", "10/2026", "1.200", "Đất đai", "Đúng hạn", "thủ tục 1"],
        ["Quầy 1", "2026-10", "34", "Đất đai", "Đúng hạn", "thủ tục 2"],
        ["Quầy 2", "Tháng 10 năm 2026", "0", "", "", ""],
    ]
    counted = _check(COUNTS, *rows)
    assert counted.n == 1234
    assert counted.counts[Cell("31117", 2, OCTOBER, "counter")] == Counter({Part(*[None] * 3): 0})
    assert _said(_check(COUNTS, *rows, rows[1])) == ["count_twice"]


def test_a_month_that_has_not_ended_is_left_aside() -> None:
    counted = _check(DOSSIERS, _row(on="19/11/2026"), _row(NUMBER[:-1] + "2"))
    assert (counted.running.first, counted.n, counted.n_refused) == ([2], 1, 0)
    counted = _check(COUNTS, ["Quầy 1", "12/2026", "5", "", "", ""])
    assert (counted.running.n, counted.n) == (1, 0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"number": "079123456789"}, "dossier_number"),
        ({"number": "320"}, "number_is_count"),
        ({"point": ""}, "dossier_nowhere"),
        ({"point": "Quầy 9"}, "point_unknown"),
        ({"on": ""}, "no_month_here"),
        ({"on": "21/11/2026"}, "day_future"),
        ({"on_time": "chưa rõ"}, "on_time"),
        ({"channel": ""}, "handed_over_how"),
        ({"channel": "Zalo"}, "handed_over_how"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused(changes: dict[str, str], reason: str) -> None:
    assert _said(_check(DOSSIERS, _row(**changes))) == [reason]


@pytest.mark.parametrize("text", ["", "-1", "12,5", "ba", "1.23", "١٢", "12345678"])
def test_what_is_no_count_is_refused(text: str) -> None:
    assert _said(_check(COUNTS, ["Quầy 1", "10/2026", text, "", "", ""])) == ["count"]


def test_a_refusal_never_quotes_what_stands_in_place_of_a_dossier_number() -> None:
    (reason,) = _check(DOSSIERS, _row(number="079123456789")).reasons
    assert "079123456789" not in reason.english + reason.on_page


def test_a_row_wider_than_the_header_is_refused() -> None:
    assert _said(_check(DOSSIERS, [*_row(), "thừa"])) == ["wide"]


def test_whether_on_time_is_read_or_proved_from_the_days() -> None:
    header = ["Số hồ sơ", "Quầy", "Ngày trả kết quả", "Ngày hẹn trả", "Ngày có kết quả"]
    rows = [
        [NUMBER[:-1] + str(n), "Quầy 1", "18/10/2026", appointed, finished]
        for n, (appointed, finished) in enumerate(
            [("18/10/2026", ""), ("17/10/2026", ""), ("17/10/2026", "18/10/2026")]
        )
    ]
    (parts,) = _check(header, *rows).counts.values()
    assert {part.on_time: n for part, n in parts.items()} == {True: 1, None: 1, False: 1}


def test_a_result_belongs_to_the_unit_of_its_day_and_a_month_may_not_lie_across_a_move() -> None:
    point = _point()
    point.assignments[0].valid_to = date(2026, 10, 15)
    point.assignments.append(PointAssignment(unit_code="31120", valid_from=date(2026, 10, 15)))
    rows = [_row(on="14/10/2026"), _row(NUMBER[:-1] + "2", on="15/10/2026")]
    counted = _check(DOSSIERS, *rows, point=point)
    assert [cell.unit_code for cell in counted.counts] == ["31117", "31120"]
    counted = _check(COUNTS, ["Quầy 1", "10/2026", "5", "", "", ""], point=point)
    assert _said(counted) == ["point_moved"]


def test_what_columns_lack_or_say_twice_is_said_at_once() -> None:
    with pytest.raises(WrongFile) as caught:
        recognise(["Họ tên"], CountNames(), one_point=False)
    codes = [reason.code for reason in caught.value.why]
    assert codes == ["no_number_or_count", "no_month", "no_dossier_point"]
    header = ["Số hồ sơ", "Số lượng", "Tháng"]
    with pytest.raises(WrongFile) as caught:
        recognise(header, CountNames(), one_point=True)
    assert [reason.code for reason in caught.value.why] == ["number_and_count"]
    found = recognise(header, CountNames(count="Số hồ sơ", number=""), one_point=True)
    assert (found.places, found.ignored) == ({"count": 0, "month": 2}, ["Số lượng"])
