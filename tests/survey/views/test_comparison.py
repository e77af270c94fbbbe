from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from survey import period
from survey.db import session
from survey.storage import targets, units
from survey.storage.targets import INDEX, TargetChange
from survey.storage.unit_successions import UnitSuccession
from survey.storage.units import UnitRow
from tests import peers, province, results

OCTOBER, SEPTEMBER = period.parse("2026-10"), period.parse("2026-09")
PAGE = "/comparison/units/92/2026-10/phuong"


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 22, 3, tzinfo=UTC)):
        yield


@pytest.fixture
def codes(app: Flask) -> list[str]:
    """Six communes: three apart, one of few people, one of six answers, one silent."""
    with app.app_context():
        found = peers.communes(session(), 6)
        for code, share in zip(found[:3], (0.5, 0.95, 0.2), strict=True):
            for point in peers.counters(session(), code):
                peers.release(session(), code, point, OCTOBER, 150, satisfied=share)
        point = peers.counters(session(), found[3])[0]
        peers.release(session(), found[3], point, OCTOBER, 14, satisfied=0.9)
        at = datetime(2026, 1, 5, tzinfo=UTC)
        own = peers.points.add(session(), found[4], "Quầy", at, peers.SINCE).public_id
        peers.closed(session(), date(2026, 11, 20))
        session().commit()
    results.answered(app, own, date(2026, 10, 20), 6)
    return found


@pytest.fixture
def reader(app: Flask, codes: list[str]) -> FlaskClient:
    """A client signed in as a reader of the province."""
    return province.sign_in(app, province.person(app, "so@hailong.example", ("reader", "92")))


def test_home_leads_to_the_latest_month_of_the_largest_group(
    app: Flask, reader: FlaskClient
) -> None:
    with app.app_context():  # which stands first among the groups
        row = UnitRow(
            number=1, code="H92.1", name="Sở", level="department", type="so", parent_code="92"
        )
        session().add(units.new(row, peers.SINCE))
        session().commit()
    assert "Cơ quan cấp tỉnh" in results.page(reader, PAGE)
    assert province.get(reader, "/comparison").location == "/comparison/units/92"
    assert province.get(reader, "/comparison/units/92").location == PAGE


def test_each_unit_is_held_against_the_group_and_the_page_says_how_often(
    reader: FlaskClient,
) -> None:
    text = results.words(reader, PAGE)
    for word in ("Cao", "Thấp"):
        assert f"{word} hơn cả nhóm " in text
    assert "Đã so 3 lần trong bảng này" in text


def test_units_far_apart_are_listed_by_index_each_with_its_tier_and_rank_set(
    reader: FlaskClient,
) -> None:
    text = results.words(reader, PAGE)
    assert "Có chỉ số ở 4 trong 6 đơn vị" in text
    assert "Có tập hạng ở 3 đơn vị" in text
    assert "chênh lệch giữa các chỉ số là khác biệt thật" in text
    table = text[text.index("Các đơn vị") :]
    assert table.index("Phường 003") < table.index("Phường 002") < table.index("Phường 004")
    assert "Nhóm cao: hạng 1 trong 3." in table
    assert "Nhóm thấp: hạng 3 trong 3." in table
    assert "không dùng để xếp loại hay thưởng phạt" in text


def test_a_persistent_weakness_is_said_by_the_target_of_each_period(
    app: Flask, reader: FlaskClient, codes: list[str]
) -> None:
    with app.app_context():
        for month in (SEPTEMBER, SEPTEMBER.previous):
            point = peers.counters(session(), codes[2])[0]
            peers.release(session(), codes[2], point, month, 150, satisfied=0.2)
        aim = TargetChange(unit_code="92", year=2026, key=INDEX, before=None, after=9990)
        targets.put(session(), [aim], on=date(2026, 1, 2), by="command line")
        session().commit()
    text = results.words(reader, PAGE)
    assert "trong 3 kỳ liền, cả khoảng đều nằm dưới chỉ tiêu của kỳ đó (kỳ này 99,9%)." in text


def test_limits_of_the_funnel_and_rank_sets_lead_to_their_methods(reader: FlaskClient) -> None:
    links, outside = results.intervals(results.page(reader, PAGE))
    assert outside == []
    titles = {name: title for name, title, _words in links}
    assert titles["simultaneous"].startswith("Tập hạng 95%, phương pháp tập hạng đồng thời")
    assert titles["over-dispersion"].startswith("Giới hạn 95%, phương pháp nhị thức cộng")
    assert [words for name, _title, words in links if name == "simultaneous"] == [
        "hạng 1",
        "hạng 2",
        "hạng 3",
    ]


def test_the_reader_may_ask_for_the_alphabet(reader: FlaskClient) -> None:
    text = results.words(reader, f"{PAGE}?order=name")
    table = text[text.index("Các đơn vị") :]
    assert table.index("Phường 002") < table.index("Phường 003") < table.index("Phường 004")
    assert province.get(reader, f"{PAGE}?order=size").status_code == 404


def test_few_people_small_numbers_and_silence_are_said_as_such(reader: FlaskClient) -> None:
    text = results.words(reader, PAGE)
    assert "14 người, ít phiếu" in text
    assert "Không xếp hạng: cần từ 100 người trả lời" in text
    assert "Mới có 6 phiếu, cần 10 để hiện kết quả" in text
    assert "Chưa có phiếu (1) Phường 007." in text


def test_the_funnel_stands_with_its_words_and_its_table(reader: FlaskClient) -> None:
    page = results.page(reader, PAGE)
    assert "<title>Phường: chỉ số theo cỡ mẫu hiệu dụng</title>" in page
    assert page.count("<polyline") == 4
    assert page.count("<circle") >= 3
    assert "dao động thường gặp (" in page


def test_crude_and_standardised_stand_side_by_side(reader: FlaskClient) -> None:
    text = results.words(reader, PAGE)
    assert "Theo cùng cơ cấu lĩnh vực" in text
    assert "Đất đai 49%" in text
    open_month = results.words(reader, PAGE.replace("2026-10", "2026-11"))
    assert "Theo cùng cơ cấu" not in open_month


def test_before_any_figure_the_page_says_so(reader: FlaskClient) -> None:
    text = results.words(reader, PAGE.replace("2026-10", "2026-09"))
    assert "Có chỉ số ở 0 trong 6 đơn vị" in text
    assert "chưa nói được đơn vị nào hơn đơn vị nào" in text
    assert "Chưa có phiếu (6)" in text


def test_an_open_month_waits_with_what_it_says_of_units_until_its_close(
    reader: FlaskClient,
) -> None:
    text = results.words(reader, PAGE.replace("2026-10", "2026-11"))
    assert "Kỳ chưa chốt: đơn vị nào cao hơn, thấp hơn thì nêu khi chốt kỳ." in text
    assert "tập hạng ở" not in text


def test_a_unit_without_units_below_says_where_to_go(app: Flask, codes: list[str]) -> None:
    email = province.person(app, "phuong@hailong.example", ("reader", codes[0]))
    client = province.sign_in(app, email)
    text = results.words(client, f"/comparison/units/{codes[0]}")
    assert "không có đơn vị trực thuộc" in text


def test_nobody_compares_outside_his_subtree(app: Flask, codes: list[str]) -> None:
    email = province.person(app, "phuong@hailong.example", ("manager", codes[0]))
    client = province.sign_in(app, email)
    for path in (PAGE, "/comparison/units/92", "/comparison/units/92/tree"):
        assert province.get(client, path).status_code == 404
    assert province.get(client, "/comparison").location == f"/comparison/units/{codes[0]}"


def test_a_group_or_a_period_that_is_not_there_is_not_found(reader: FlaskClient) -> None:
    for path in (PAGE.replace("phuong", "xa"), PAGE.replace("2026-10", "2026-13")):
        assert province.get(reader, path).status_code == 404


def _merged(app: Flask, code: str, *, full: bool) -> None:
    """Let an old commune have gone into this one on the first of October."""
    with app.app_context():
        row = UnitRow(
            number=1, code="40001", name="Xã Cũ", level="commune", type="xa", parent_code="92"
        )
        old = units.new(row, peers.SINCE, date(2026, 10, 1))
        session().add(old)
        session().flush()
        new = units.get(session(), code, period.today())
        line = UnitSuccession(old_id=old.id, new_id=new.id, full=full, reference="NQ 1")
        session().add(line)
        session().commit()


def test_a_partial_succession_refuses_the_comparison_and_says_why(
    app: Flask, codes: list[str], reader: FlaskClient
) -> None:
    _merged(app, codes[0], full=False)
    reason = "đơn vị chỉ nhận một phần của Xã Cũ, từ 01/10/2026 (NQ 1)."
    assert f"Không so với kỳ trước: {reason}" in results.words(reader, PAGE)


def test_a_full_one_carries_the_note(app: Flask, codes: list[str], reader: FlaskClient) -> None:
    _merged(app, codes[0], full=True)
    text = results.words(reader, PAGE)
    assert "Số liệu trước khi đổi địa giới gộp từ: Xã Cũ, từ 01/10/2026 (NQ 1)." in text


def test_the_tree_can_be_looked_at_on_any_date(
    app: Flask, codes: list[str], reader: FlaskClient
) -> None:
    _merged(app, codes[0], full=True)
    tree = "/comparison/units/92/tree"
    assert "Xã Cũ" not in results.words(reader, tree)
    before = results.words(reader, f"{tree}?on=2026-09-30")
    assert "Xã Cũ → Phường 002 (toàn bộ), từ 01/10/2026" in before
    assert "chưa có đơn vị nào vào ngày 01/01/2020" in results.words(
        reader, f"{tree}?on=2020-01-01"
    )
    wrong = province.get(reader, f"{tree}?on=hôm qua")
    assert wrong.status_code == 422
    assert "Không đọc được ngày" in wrong.get_data(as_text=True)


def test_the_page_takes_few_queries(app: Flask, reader: FlaskClient) -> None:
    asked: list[str] = []
    sa.event.listen(
        app.extensions["engine"], "before_cursor_execute", lambda *args: asked.append(args[2])
    )
    results.page(reader, PAGE)
    assert len(asked) <= 36
