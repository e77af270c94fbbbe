import hashlib
import unicodedata
from datetime import date

import pytest

from forms.questionnaire import shipped
from survey.answers_file.columns import recognise
from survey.answers_file.mapping import ColumnNames
from survey.answers_file.places import point_finder
from survey.answers_file.rows import Checked, Reader, check
from survey.answers_file.values import level_reader, visit_reader
from survey.storage.points import ServicePoint

MOT_CUA = next(found for found in shipped() if found.code == "mot-cua")
ONE = ServicePoint(id=1, public_id="aaaa2222", name="Quầy 1", is_test=False)
TWO = ServicePoint(id=2, public_id="bbbb3333", name="Quầy 2", is_test=False)
HEADER = ["Ngày", "overall", "A"]


def _check(
    *rows: list[str], header: list[str] = HEADER, point: ServicePoint | None = ONE, **said: str
) -> Checked:
    columns = recognise(header, MOT_CUA, ColumnNames(**said), one_point=point is not None)  # type: ignore[arg-type]
    reader = Reader(
        columns=columns,
        level=level_reader(MOT_CUA),
        visit=visit_reader(MOT_CUA),
        visits="Nộp hồ sơ",
        point=point or point_finder([ONE, TWO]),
        today=date(2026, 11, 22),
        keyed=lambda content: hashlib.sha256(content).digest(),
    )
    return check(enumerate(rows, 2), reader)


def _codes(checked: Checked) -> list[tuple[int | None, str]]:
    return [(reason.row, reason.code) for reason in checked.reasons]


def test_a_row_becomes_a_day_a_point_and_a_byte_per_item() -> None:
    (row,) = _check(["05/01/2026 8:15:02", "5", "Hài lòng"]).rows
    assert (row.number, row.point_id, row.day, row.visit) == (2, 1, date(2026, 1, 5), None)
    assert row.answers == bytes([5, 4]) + bytes(20)  # no column: not put


def test_a_column_left_empty_is_put_and_left() -> None:
    (row,) = _check(["05/01/2026", "5", ""]).rows
    assert row.answers[:3] == bytes([5, 6, 0])


def test_every_row_says_what_is_wrong_with_it() -> None:
    checked = _check(
        ["05/01/2026", "5", "Tốt"],
        ["", "7", "4"],
        ["05/01/2026", "", "Không áp dụng"],
        ["05/01/2026", "5", "4"],
    )
    wrong = [(2, "level"), (3, "no_day"), (3, "level"), (4, "no_level")]
    assert _codes(checked) == wrong
    assert (checked.n_refused, checked.n_reasons, len(checked.rows)) == (3, 4, 1)


def test_only_the_first_twenty_reasons_are_kept() -> None:
    checked = _check(*[["x", "y", "z"]] * 50)
    assert (checked.n_refused, checked.n_reasons, len(checked.reasons)) == (50, 150, 20)


def test_a_row_that_ends_early_is_filled_up_and_one_that_says_more_is_refused() -> None:
    checked = _check(
        ["05/01/2026", "5"], ["05/01/2026", "5", "4", ""], ["05/01/2026", "5", "4", "x"]
    )
    assert [row.answers[:2] for row in checked.rows] == [bytes([5, 6]), bytes([5, 4])]
    assert _codes(checked) == [(4, "wide")]


def test_a_row_belongs_to_the_point_it_names() -> None:
    checked = _check(
        ["05/01/2026", "5", "quay 2"],
        ["05/01/2026", "5", "AAAA2222"],
        ["05/01/2026", "5", ""],
        ["05/01/2026", "5", "Quầy 3"],
        header=["Ngày", "overall", "Quầy"],
        point=None,
    )
    assert [row.point_id for row in checked.rows] == [2, 1]
    assert _codes(checked) == [(4, "no_point_here"), (5, "point_unknown")]


def test_a_visit_is_kept_by_its_code_and_a_strange_one_refused() -> None:
    rows = [["05/01/2026", "5", text] for text in ("nộp hồ sơ", "", "đi chợ")]
    checked = _check(*rows, header=["Ngày", "overall", "visit"])
    assert [row.visit for row in checked.rows] == ["submit", None]
    assert _codes(checked) == [(4, "visit")]


def test_an_id_makes_a_row_count_once_and_must_be_there() -> None:
    rows = [["05/01/2026", "5", text] for text in ("m1", "m1", "m2", "")]
    checked = _check(*rows, header=["Ngày", "overall", "Mã"], id="Mã")
    assert [row.number for row in checked.rows] == [2, 4]
    assert (checked.repeated.n, checked.repeated.first) == (1, [3])
    assert _codes(checked) == [(5, "no_id")]


def test_an_id_belongs_to_its_point() -> None:
    rows = [["05/01/2026", "5", "m1", name] for name in ("Quầy 1", "Quầy 2")]
    checked = _check(*rows, header=["Ngày", "overall", "Mã", "Quầy"], point=None, id="Mã")
    assert len({row.digest for row in checked.rows}) == 2


def test_a_refused_row_does_not_use_up_its_id() -> None:
    rows = [["", "5", "m1"], ["05/01/2026", "5", "m1"]]
    checked = _check(*rows, header=["Ngày", "overall", "Mã"], id="Mã")
    assert [row.number for row in checked.rows] == [3]


def test_without_an_id_equal_rows_are_different_answers_in_a_stable_order() -> None:
    row = ["05/01/2026", "5", "4"]
    first, longer = _check(row, row), _check(row, row, row)
    assert first.repeated.n == 0
    assert len({found.digest for found in longer.rows}) == 3
    assert [r.digest for r in first.rows] == [r.digest for r in longer.rows][:2]


def test_the_same_row_at_another_point_is_another_answer() -> None:
    row = ["05/01/2026", "5", "4"]
    (here,), (there,) = _check(row).rows, _check(row, point=TWO).rows
    assert here.digest != there.digest


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER, ["05/01/2026", "Hài lòng"]),
        ([*HEADER, "Câu mới"], ["05/01/2026", "Hài lòng", "", ""]),
        (HEADER, ["05/01/2026", unicodedata.normalize("NFD", "Hài lòng"), ""]),
    ],
)
def test_a_row_is_known_again_when_it_is_padded_extended_or_decomposed(
    header: list[str], row: list[str]
) -> None:
    (before,), (after,) = (
        _check(["05/01/2026", "Hài lòng", ""]).rows,
        _check(row, header=header).rows,
    )
    assert before.digest == after.digest


def test_the_levels_of_a_row_with_a_time_cannot_be_tried_out() -> None:
    (first,) = _check(["05/01/2026 07:12:31", "Hài lòng", ""]).rows
    (guess,) = _check(["05/01/2026 07:12:31", "Bình thường", ""]).rows
    (later,) = _check(["05/01/2026 07:12:32", "Hài lòng", ""]).rows
    assert first.digest == guess.digest != later.digest


def test_rows_of_a_day_alone_are_told_apart_by_their_levels_and_their_order() -> None:
    one, other, again = _check(
        ["05/01/2026", "Hài lòng", ""],
        ["05/01/2026", "Bình thường", ""],
        ["05/01/2026", "Hài lòng", ""],
    ).rows
    assert len({one.digest, other.digest, again.digest}) == 3
