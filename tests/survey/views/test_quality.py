"""What a page of results says about its data, and the page of what goes together."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.db import session
from survey.storage import marks
from survey.storage.responses import Response
from tests import province, results
from tests.province import Place

PAGE = "/results/units/31117/2026-10"
OCTOBER = date(2026, 10, 15)
CONTENT, LOW_A, LOW_B = (5, 5, 4, 5, 4, 9), (2, 2, 4, 4, 4, 9), (5, 5, 2, 4, 5, 9)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


def _signed(app: Flask, n: int, sign: str) -> None:
    with app.app_context():
        for response in session().scalars(select(Response).limit(n)):
            marks.sign(response, {sign})
        session().commit()


def test_the_panel_tells_signs_and_the_index_with_and_without(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 40, CONTENT)
    results.answered(app, place.point, OCTOBER, 20, LOW_A)
    _signed(app, 17, "quick")
    results.close(app, date(2026, 11, 7))
    words = results.words(manager, PAGE)
    assert "Đã nhận 60 phiếu; 60 phiếu đứng sau các con số trên." in words
    assert "28% số phiếu trong kết quả. Có tính các phiếu này:" in words
    assert "Gửi rất nhanh sau khi mở: từ 10 phiếu (khoảng 17%)" in words
    assert "Tỷ lệ trả lời Chưa biết: chưa có đủ số hồ sơ đã trả." in words


def test_few_signs_are_told_without_their_number(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 40, CONTENT)
    _signed(app, 3, "quick")
    results.close(app, date(2026, 11, 7))
    words = results.words(manager, PAGE)
    assert "Quá ít để tách khỏi chỉ số" in words
    assert "Gửi rất nhanh sau khi mở: dưới 10 phiếu" in words


def test_no_sign_at_all_is_said(app: Flask, manager: FlaskClient, place: Place) -> None:
    results.answered(app, place.point, OCTOBER, 40, CONTENT)
    results.close(app, date(2026, 11, 7))
    assert "Có dấu hiệu bất thường Không có phiếu nào." in results.words(manager, PAGE)


def test_signs_of_an_open_month_are_not_told(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2026, 11, 5), 40, CONTENT)
    _signed(app, 17, "quick")
    results.close(app, date(2026, 11, 7))
    words = results.words(manager, "/results/units/31117/2026-11")
    assert "Có dấu hiệu bất thường Chỉ nêu khi kỳ đã chốt." in words
    assert "Gửi rất nhanh" not in words


def test_what_goes_together_is_told_with_intervals_and_never_as_a_cause(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    for levels, n in ((CONTENT, 80), (LOW_A, 30), (LOW_B, 20), ((4, 4, 4, 4, 4, 4), 12)):
        results.answered(app, place.point, OCTOBER, n, levels)
    results.close(app, date(2026, 11, 7))
    assert f'href="{PAGE}/drivers"' in results.page(manager, PAGE)
    words = results.words(manager, f"{PAGE}/drivers")
    assert "Trong 142 người trả lời đủ các câu" in words
    assert "Đi cùng không có nghĩa là nguyên nhân" in words
    assert "Không xét vì chưa đến một nửa số người trả lời" in words
    assert "Khoảng 8% số người trả lời từ 5 câu trở lên" in words
    assert "làm tăng" not in words


def test_too_few_people_are_told_how_many_it_takes(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 40, CONTENT)
    results.close(app, date(2026, 11, 7))
    assert f"{PAGE}/drivers" not in results.page(manager, PAGE)
    words = results.words(manager, f"{PAGE}/drivers")
    assert "Cần ít nhất 100 người trong kết quả, kỳ này mới có 40." in words
    assert "Một mức cho mọi câu" not in words


def test_what_goes_together_elsewhere_is_not_found(manager: FlaskClient, place: Place) -> None:
    path = "/results/units/31120/2026-10/drivers"
    assert province.get(manager, path).status_code == 404
