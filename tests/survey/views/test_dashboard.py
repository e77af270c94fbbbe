import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from forms import questionnaire
from survey import period, reports, sifting
from survey.db import session
from survey.storage import marks, points, units
from survey.storage.responses import Response
from survey.storage.withdrawals import Withdrawal
from survey.views import dashboard
from tests import province, remarks, results, sheets
from tests.province import Place

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)  # ten o'clock in Vietnam
TODAY, YESTERDAY, OCTOBER = date(2026, 11, 22), date(2026, 11, 21), date(2026, 10, 20)
UNIT = "/results/units/31117"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def released(app: Flask, place: Place) -> None:
    """Forty answers of October, twelve of November, closed; three that still wait."""
    results.answered(app, place.point, OCTOBER, 40, (5, 5, 4, 4, 2, 6))
    results.close(app, date(2026, 11, 7))
    results.answered(app, place.point, YESTERDAY, 12, (4, 4, 4, 4, 4, 9))
    results.close(app, YESTERDAY)
    results.answered(app, place.point, TODAY, 3)


def test_before_the_first_answer_the_home_page_is_the_four_steps(manager: FlaskClient) -> None:
    assert province.get(manager, "/results").location == "/start"


def test_a_trial_is_no_first_answer(app: Flask, manager: FlaskClient, place: Place) -> None:
    sheets.answer(app.test_client(), place.test_token)
    assert province.get(manager, "/results").location == "/start"


def test_with_an_answer_home_leads_to_the_readers_own_unit_and_its_latest_month(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, TODAY, 1)
    assert province.get(manager, "/results").location == UNIT
    assert province.get(manager, UNIT).location == f"{UNIT}/2026-11"
    results.answered(app, place.point, OCTOBER, 10)
    results.close(app, YESTERDAY)
    assert province.get(manager, UNIT).location == f"{UNIT}/2026-10"
    own = f"/results/points/{place.point}"
    assert province.get(manager, own).location == f"{own}/2026-10"


def test_the_latest_closed_month_comes_before_an_open_one(
    released: None, manager: FlaskClient
) -> None:
    assert "12 người" in results.words(manager, f"{UNIT}/2026-11")
    assert province.get(manager, UNIT).location == f"{UNIT}/2026-10"


def test_the_index_stands_with_its_interval_its_people_and_a_plain_sentence(
    released: None, manager: FlaskClient
) -> None:
    text = results.words(manager, f"{UNIT}/2026-10")
    # Four answered items each, three of them 4 or 5; the fifth is left and counted as missing.
    assert "Chỉ số hài lòng tại điểm phục vụ 75% khoảng" in text
    assert re.search(
        r"Trong mỗi 100 câu trả lời của 40 người, khoảng 75 câu ở mức Hài lòng hoặc Rất hài lòng "
        r"\(từ \d+ đến \d+\), nếu người không trả lời cũng như người đã trả lời\.",
        text,
    )
    assert "40 câu bị bỏ trống" in text
    assert "Hỏi chung một câu: 100% (91–100%) trong 40 người" in text
    assert "Số liệu chỉ nói về những người đã trả lời" in text
    assert "SIPAS" not in text


def test_the_state_of_the_period_the_last_close_and_what_waits_are_said(
    released: None, manager: FlaskClient
) -> None:
    closed = results.words(manager, f"{UNIT}/2026-10")
    assert "Tháng 10/2026 · Đã chốt tháng" in closed
    assert "Đã nhận 40 phiếu. Chốt lần cuối 06:00 ngày 22/11/2026" in closed
    opened = results.words(manager, f"{UNIT}/2026-11")
    assert "Đang mở – số liệu tạm, chưa chốt" in opened
    assert "Đã nhận 15 phiếu, trong đó 3 phiếu chưa vào kết quả" in opened


def test_few_people_are_marked_in_words(released: None, manager: FlaskClient) -> None:
    assert "12 người · ít phiếu" in results.words(manager, f"{UNIT}/2026-11")
    assert "40 người · ít phiếu" not in results.words(manager, f"{UNIT}/2026-10")


def test_a_factor_that_nobody_answered_says_so(released: None, manager: FlaskClient) -> None:
    text = results.words(manager, f"{UNIT}/2026-10")
    assert "Tiếp nhận, xử lý phản ánh, kiến nghị Chưa đủ người trả lời" in text
    assert "nan" not in text.split()


def test_the_trend_has_months_with_figures_and_gaps_between_them(
    app: Flask, released: None, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2026, 8, 3), 15, (5, 5, 5, 5, 5, 5))
    results.close(app, TODAY)
    text = results.words(manager, f"{UNIT}/2026-11")
    trend = text[text.index("Theo tháng") :]
    assert "Tháng 7/2026" not in trend
    assert re.search(r"Tháng 8/2026 100% \(.*\), ít phiếu 15 Tháng 9/2026 chưa có kết quả", trend)
    assert "Tháng 10/2026 75%" in trend


def test_what_is_below_stands_in_order_each_with_its_own_page(
    app: Flask, released: None, place: Place
) -> None:
    client = province.sign_in(app, place.provincial)
    page = results.page(client, "/results/units/92/2026-10")
    text = results.words(client, "/results/units/92/2026-10")
    assert text.index("Phường Cái Khế") < text.index("Phường Ninh Kiều")
    assert "Phường Cái Khế Chưa có phiếu" in text
    assert f'href="{UNIT}/2026-10"' in page
    inside = results.page(client, f"{UNIT}/2026-10")
    assert f'href="/results/points/{place.point}/2026-10"' in inside
    assert 'href="/results/units/92/2026-10"' in inside  # and the way back up


def test_a_counter_has_the_same_page(released: None, manager: FlaskClient, place: Place) -> None:
    text = results.words(manager, f"/results/points/{place.point}/2026-10")
    assert "Quầy 1: Hộ tịch" in text
    assert "75% khoảng" in text


def test_a_manager_reaches_nothing_outside_the_subtree(
    released: None, manager: FlaskClient, place: Place
) -> None:
    for path in (
        "/results/units/92",
        "/results/units/31120",
        f"/results/points/{place.other_point}",
    ):
        assert province.get(manager, path).status_code == 404
        assert province.get(manager, f"{path}/2026-10").status_code == 404
    assert province.get(manager, "/results/units/92/2026-10/export.csv").status_code == 404
    assert "Cần Thơ" not in results.page(manager, f"{UNIT}/2026-10")


def test_comments_are_counted_once_they_are_released_and_never_while_they_wait(
    app: Flask, released: None, manager: FlaskClient, place: Place
) -> None:
    with app.app_context():
        point = points.any_of(session(), place.point)
        remarks.some(session(), point, date(2026, 11, 3), 9)
        sifting.sift(session(), date(2026, 11, 4), 10)
        session().commit()
    assert "góp ý" not in results.words(manager, f"{UNIT}/2026-11").lower()
    with app.app_context():
        point = points.any_of(session(), place.point)
        remarks.comment(session(), point, date(2026, 11, 4))
        sifting.sift(session(), date(2026, 11, 5), 10)
        session().commit()
    page = results.page(manager, f"{UNIT}/2026-11")
    assert '<a href="/comments/units/31117">10 góp ý đã công bố</a>' in page
    assert "Chờ hơi lâu" not in page


def test_comments_stay_with_the_unit_that_a_counter_belonged_to(
    app: Flask, released: None, manager: FlaskClient, place: Place
) -> None:
    with app.app_context():
        point = points.any_of(session(), place.point)
        remarks.some(session(), point, date(2026, 11, 3), 10)
        sifting.sift(session(), date(2026, 11, 4), 10)
        points.move(session(), point, "31120", period.today())
        session().commit()
        reached = {
            code: reports.unit_page(
                session(), units.get(session(), code, period.today()), period.parse("2026-11")
            ).comments
            for code in ("31117", "31120", "92")
        }
    assert reached == {"31117": 10, "31120": 0, "92": 10}


def test_marked_answers_stay_and_a_second_figure_leaves_them_out(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, OCTOBER, 30, (5, 5, 5, 5, 5, 5))
    with app.app_context():
        keys = session().scalars(select(Response.key)).all()
        marks.put(session(), keys[:12], flagged=True)
        session().commit()
    results.close(app, date(2026, 11, 7))
    assert "Không tính 12 phiếu cần kiểm tra: 100%" in results.words(manager, f"{UNIT}/2026-10")


@pytest.mark.parametrize("name", ["2026-13", "2026-Q5", "x", "2025-06", "2024"])
def test_a_period_that_is_none_of_ours_is_not_found(manager: FlaskClient, name: str) -> None:
    assert province.get(manager, f"{UNIT}/{name}").status_code == 404


@pytest.mark.parametrize("name", ["2026-12", "2027-Q1", "2027-H1", "2027"])
def test_a_period_that_has_not_begun_says_so(manager: FlaskClient, name: str) -> None:
    for path in (f"{UNIT}/{name}", f"{UNIT}/{name}/export.csv"):
        answer = province.get(manager, path)
        assert answer.status_code == 404
        assert "chưa bắt đầu" in answer.get_data(as_text=True)


def _links(page: str, rel: str) -> list[str]:
    return re.findall(rf'rel="{rel}" href="([^"]+)"', page)


def test_a_reader_moves_between_periods_and_kinds(released: None, manager: FlaskClient) -> None:
    page = results.page(manager, f"{UNIT}/2026-10")
    assert _links(page, "prev") == [f"{UNIT}/2026-09"]
    assert _links(page, "next") == [f"{UNIT}/2026-11"]
    assert _links(results.page(manager, f"{UNIT}/2026-11"), "next") == []
    assert _links(results.page(manager, f"{UNIT}/2025-07"), "prev") == []
    for name in ("2026-Q4", "2026-H2", "2026"):
        assert f'href="{UNIT}/{name}"' in page
    year = results.page(manager, f"{UNIT}/2026")
    assert f'href="{UNIT}/2026-11"' in year
    assert "Năm 2026" in year


def test_answers_from_before_the_new_communes_lengthen_the_series(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2025, 3, 3), 12)
    results.close(app, YESTERDAY)
    assert "12 người" in results.words(manager, f"{UNIT}/2025-03")
    assert province.get(manager, f"{UNIT}/2025-02").status_code == 404


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_the_files_carry_the_figures_of_the_page(
    released: None, manager: FlaskClient, form: str
) -> None:
    assert f'href="{UNIT}/2026-10/export.{form}"' in results.page(manager, f"{UNIT}/2026-10")
    answer = province.get(manager, f"{UNIT}/2026-10/export.{form}")
    assert answer.status_code == 200
    disposition = answer.headers["Content-Disposition"]
    assert re.fullmatch(rf"attachment; filename=[\w.-]*31117_2026-10[\w.-]*\.{form}", disposition)
    if form == "csv":
        table = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        assert any("0.75" in cell for row in table for cell in row)
    if form == "json":
        assert "0.75" in json.dumps(json.loads(answer.data))


def test_no_other_format_is_offered(manager: FlaskClient) -> None:
    assert province.get(manager, f"{UNIT}/2026-10/export.pdf").status_code == 404


def test_a_counter_that_moved_away_is_named_and_leads_nowhere(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    results.answered(app, place.point, date(2026, 10, 5), 12)
    results.close(app, date(2026, 10, 6))
    with app.app_context():
        points.move(session(), points.any_of(session(), place.point), "31120", date(2026, 10, 9))
        session().commit()
    page = results.page(manager, f"{UNIT}/2026-10")
    assert "(đã chuyển đơn vị)" in page
    assert place.point not in page


def test_only_the_page_of_the_province_tells_how_much_was_taken_back(
    app: Flask, released: None, manager: FlaskClient, place: Place
) -> None:
    province_page = "/results/units/92/2026-10"
    provincial = province.sign_in(app, place.provincial)
    assert "chưa ai rút lại phiếu" in results.words(provincial, province_page)
    with app.app_context():
        key = {"unit_code": "31117", "business_day": OCTOBER, "what": "answer", "n": 1234}
        session().add(Withdrawal(point_id=points.any_of(session(), place.point).id, **key))
        session().commit()
    text = results.words(provincial, province_page)
    assert "bằng mã biên nhận: phiếu 1.234, góp ý 0, số điện thoại 0." in text
    assert "Quầy 1: Hộ tịch Phường Ninh Kiều 1.234 0 0" in text
    for path in (f"{UNIT}/2026-10", f"/results/points/{place.point}/2026-10"):
        assert "rút lại" not in results.words(manager, path)


def test_a_page_in_english_words_figures_and_advice_in_english(
    manager: FlaskClient, released: None
) -> None:
    page = results.words(manager, f"{UNIT}/2026-10?lang=en")
    assert "October 2026 · The month is closed" in page
    assert "Of every 100 answers from 40 people, about 75 are Satisfied or Very satisfied" in page
    # The factor in the form's own English.
    assert "Weakest The result of the service: 0% (0–9%), lower than any other factor." in page
    assert "Do first Look again at the dossiers of the period that were late" in page


def test_the_language_of_one_reader_is_not_kept_for_the_next(
    app: Flask, manager: FlaskClient, place: Place, released: None
) -> None:
    other = province.sign_in(app, place.provincial)
    english = results.words(manager, f"{UNIT}/2026-10?lang=en")
    vietnamese = results.words(other, f"{UNIT}/2026-10")
    assert "Quarter" in english
    assert "Very satisfied" in english
    assert "Quý" in vietnamese
    assert "Very satisfied" not in vietnamese


def test_every_form_that_comes_with_the_program_has_a_title_in_both_languages() -> None:
    assert {each.title for each in questionnaire.shipped()} == set(map(str, dashboard.TITLES))
