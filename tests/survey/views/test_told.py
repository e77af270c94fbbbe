"""The page of what people told besides their answers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey.db import session
from survey.storage.responses import Response
from tests import province, results
from tests.province import Place

PAGE = "/results/units/31117/2026-10/told"
PAID = "trả khoản nào mà không có biên lai"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def told(app: Flask, place: Place) -> None:
    """A hundred and twenty people of one commune who told something besides."""
    results.answered(app, place.point, date(2026, 10, 15), 120)
    with app.app_context():
        for n, response in enumerate(session().scalars(select(Response))):
            response.helped_by = "family" if n < 37 else "nobody"
            response.paid_extra = "yes" if n < 4 else "no"
        session().commit()
    results.close(app, date(2026, 11, 7))


def test_a_unit_reads_who_helped_and_not_what_its_superiors_are_told(
    manager: FlaskClient, told: None
) -> None:
    words = results.words(manager, PAGE)
    assert "Người nhà từ 30 17–41%" in words
    assert "Cán bộ dưới 10 0–14%" in words
    assert "Từ 120 phiếu có câu trả lời này" in words
    assert PAID not in words


def test_who_stands_above_the_unit_reads_everything(app: Flask, place: Place, told: None) -> None:
    provincial = province.sign_in(app, place.provincial)
    for page in (PAGE, "/results/units/92/2026-10/told"):
        words = results.words(provincial, page)
        assert f"Ông/Bà có phải {PAID} không? Câu trả lời Số phiếu Tỷ lệ Không từ 110" in words
        assert "Có dưới 10" in words
        assert "chỉ cấp trên của đơn vị được xem" in words


def test_the_page_is_one_tap_from_the_results(manager: FlaskClient, told: None) -> None:
    assert f'href="{PAGE}"' in results.page(manager, "/results/units/31117/2026-10")


def test_an_open_period_and_too_few_say_what_to_do(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    assert "Xin xem một kỳ trước" in results.words(manager, PAGE.replace("-10", "-11"))
    results.close(app, date(2026, 11, 7))
    assert "cần ít nhất 100 phiếu" in results.words(manager, PAGE)


def test_another_units_page_is_not_found(manager: FlaskClient) -> None:
    assert province.get(manager, PAGE.replace("31117", "31120")).status_code == 404
