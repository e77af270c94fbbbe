"""Pages of results before there are any: why, and when something will be shown."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from survey import period
from survey.db import session
from survey.storage import points, questionnaires, suppressions
from survey.storage.imports import Import
from survey.storage.responses import Response
from survey.storage.suppressions import Suppression
from tests import province, results
from tests.province import Place

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
TODAY, YESTERDAY, OCTOBER = date(2026, 11, 22), date(2026, 11, 21), date(2026, 10, 20)
UNIT = "/results/units/31117"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def second(app: Flask, place: Place) -> str:
    """Another counter of the manager's commune."""
    with app.app_context():
        point = points.add(session(), "31117", "Quầy 5: Thuế", period.now(), province.SINCE)
        session().commit()
        return point.public_id


def test_nothing_received_names_the_next_step(manager: FlaskClient) -> None:
    text = results.words(manager, f"{UNIT}/2026-11")
    assert "Chưa nhận phiếu nào trong tháng 11/2026. Bước tiếp theo: in mã" in text
    assert "Chưa chốt lần nào; mỗi ngày chốt lúc 06:00" in text
    assert "Theo tháng" not in text


@pytest.mark.parametrize("n", [1, 6, 9])
def test_fewer_than_ten_are_counted_and_nothing_more(
    app: Flask, manager: FlaskClient, place: Place, n: int
) -> None:
    results.answered(app, place.point, TODAY, n)
    page = results.page(manager, f"{UNIT}/2026-11")
    assert f">Mới có {n} phiếu, cần 10 để hiện kết quả<" in page
    assert f"Đã nhận {n} phiếu, chưa phiếu nào vào kết quả" in results.words(
        manager, f"{UNIT}/2026-11"
    )
    assert "%" not in results.words(manager, f"{UNIT}/2026-11").replace("(trục 0–100%)", "")


def test_a_counter_with_enough_waits_for_the_next_close(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, TODAY, 14)
    sentence = "Đã nhận 14 phiếu; kết quả hiện sau lần chốt 06:00 tới."
    for path in (f"{UNIT}/2026-11", f"{UNIT}/2026-Q4", f"/results/points/{place.point}/2026-11"):
        assert sentence in results.words(manager, path)
    assert "14 phiếu, chờ chốt" in results.words(manager, f"{UNIT}/2026-11")


def test_counters_that_have_ten_only_together_wait_for_the_end_of_the_month(
    app: Flask, manager: FlaskClient, place: Place, second: str
) -> None:
    for point in (place.point, second):
        results.answered(app, point, TODAY, 7)
    assert (
        "Đã nhận 14 phiếu; kết quả hiện khi một quầy đủ 10 phiếu, hoặc khi chốt tháng "
        "ngày 08/12/2026."
    ) in results.words(manager, f"{UNIT}/2026-11")


def test_a_counter_with_ten_over_two_months_is_not_promised_the_next_close(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2026, 11, 2), 6)
    results.answered(app, place.point, OCTOBER, 6)
    text = results.words(manager, f"{UNIT}/2026-Q4")
    assert "Đã nhận 12 phiếu; kết quả hiện khi một quầy đủ 10 phiếu" in text


def test_what_a_closed_month_left_over_is_told_with_which_close_it_is_tried_again(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 6)
    results.close(app, YESTERDAY)
    text = results.words(manager, f"{UNIT}/2026-10")
    assert "Mới có 6 phiếu, cần 10 để hiện kết quả" in text
    assert "Các phiếu này được gộp khi chốt quý 4/2026, ngày 08/01/2027." in text


def test_a_province_whose_communes_are_each_below_ten_says_that_no_group_was_large_enough(
    app: Flask, place: Place
) -> None:
    for point in (place.point, place.other_point):
        results.answered(app, point, OCTOBER, 6)
    results.close(app, YESTERDAY)
    client = province.sign_in(app, place.provincial)
    text = results.words(client, "/results/units/92/2026-10")
    assert "Đã nhận 12 phiếu, nhưng không nhóm nào đủ 10 phiếu khi chốt." in text


def test_what_no_close_will_take_any_more_is_said_to_stay_out(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2025, 8, 4), 3)
    results.close(app, YESTERDAY)
    text = results.words(manager, f"{UNIT}/2025-08")
    assert "Mới có 3 phiếu, cần 10 để hiện kết quả Kỳ này đã chốt nên các phiếu này" in text


def test_a_hidden_cell_says_why_on_its_page_and_in_the_list_above(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 12)
    results.close(app, YESTERDAY)
    with app.app_context():
        point = points.any_of(session(), place.point)
        measure = questionnaires.current(session(), "mot-cua").measure_hash
        october = period.parse("2026-10")
        cells = [
            Suppression(
                measure_hash=measure,
                starts_on=october.start,
                ends_on=october.end,
                split="headline",
                unit_code="31117",
                point_id=number,
            )
            for number in (0, point.id)
        ]
        suppressions.put(session(), period.parse("2026"), cells)
        session().commit()
    text = results.words(manager, f"{UNIT}/2026-10")
    assert text.count("ẩn để không lộ câu trả lời của ít người") == 2
    assert "%" not in text.replace("(trục 0–100%)", "")


def test_with_the_single_question_only_there_is_no_index_but_its_own_figure(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 20, (5, 6, 6, 6, 6, 6))
    results.close(app, YESTERDAY)
    text = results.words(manager, f"{UNIT}/2026-10")
    assert "Chưa đủ người trả lời các câu về năm yếu tố để tính chỉ số." in text
    assert "Hỏi chung một câu: 100% (84–100%) trong 20 người" in text
    assert "nan" not in text.split()


def test_a_factor_that_few_people_answered_is_not_shown_in_any_form(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 20, (5, 5, 5, 5, 5, 6))
    results.answered(app, place.point, OCTOBER, 8, (5, 5, 5, 5, 5, 1))
    results.close(app, YESTERDAY)
    text = results.words(manager, f"{UNIT}/2026-10")
    assert text.count("Tiếp nhận, xử lý phản ánh, kiến nghị") == 1  # no bar of levels
    assert "Tiếp nhận, xử lý phản ánh, kiến nghị Chưa đủ người trả lời" in text


@pytest.fixture
def imported(app: Flask, place: Place) -> None:
    """Twelve answers brought in from elsewhere, beside twelve of the counter's own."""
    results.answered(app, place.point, OCTOBER, 12, (1, 1, 1, 1, 1, 1), channel="imported")
    with app.app_context():
        file = Import(digest=b"1", started_on=TODAY, counted_on=TODAY)
        session().add(file)
        session().flush()
        session().execute(update(Response).values(import_id=file.id))
        session().commit()


def test_answers_from_elsewhere_count_only_when_the_reader_says_so(
    app: Flask, imported: None, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 12, (5, 5, 5, 5, 5, 5))
    results.close(app, YESTERDAY)
    without = results.page(manager, f"{UNIT}/2026-10")
    assert f'href="{UNIT}/2026-10?imported=1"' in without
    text = results.words(manager, f"{UNIT}/2026-10")
    assert "Có 12 phiếu nhập từ nguồn khác, chưa tính" in text
    assert "100% khoảng" in text
    together = results.words(manager, f"{UNIT}/2026-10?imported=1")
    # Half of 24 people: an interval too wide for a number.
    assert "100% khoảng" not in together
    assert "khoảng quá rộng" in together
    assert "Đã tính cả 12 phiếu nhập từ nguồn khác" in together
    assert "nhập từ nguồn khác 12, quét mã 12" in together
    page = results.page(manager, f"{UNIT}/2026-10?imported=1")
    assert f'href="{UNIT}/2026-09?imported=1"' in page
    assert f'href="{UNIT}/2026-10/export.csv?imported=1"' in page


def test_answers_from_elsewhere_alone_are_pointed_out(
    app: Flask, imported: None, manager: FlaskClient, place: Place
) -> None:
    text = results.words(manager, f"{UNIT}/2026-10")
    assert "Chưa nhận phiếu nào trong tháng 10/2026" in text
    assert "Có 12 phiếu nhập từ nguồn khác, chưa tính" in text
    asked = results.words(manager, f"{UNIT}/2026-10?imported=1")
    assert "Đã nhận 12 phiếu; kết quả hiện sau lần chốt 06:00 tới." in asked
