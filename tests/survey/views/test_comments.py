from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey import sifting
from survey.db import session
from survey.storage import comment_batches, comments, points
from survey.storage.audit_entries import AuditEntry
from survey.storage.comments import Comment
from tests import province, remarks, results
from tests.province import Place

DAY = date(2026, 11, 3)
LIST = "/comments/units/31117"


def _write(app: Flask, public_id: str, n: int, *texts: str) -> list[str]:
    """Store texts and others up to n, and let them be released; return their names."""
    with app.app_context():
        point = points.any_of(session(), public_id)
        own = [remarks.comment(session(), point, DAY, text) for text in texts]
        remarks.some(session(), point, DAY, n - len(texts))
        sifting.sift(session(), DAY + timedelta(days=1), 10)
        session().commit()
        return [comment.name for comment in own]


def _comment(app: Flask, name: str) -> Comment:
    with app.app_context():
        return session().scalars(select(Comment).where(Comment.key == int(name, 16))).one()


def test_before_the_first_batch_the_page_says_what_it_waits_for(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    _write(app, place.point, 9, "Chị Lan cho chờ lâu.")
    words = results.words(manager, LIST)
    assert "Chưa có góp ý nào được công bố" in words
    assert "đủ 10 góp ý" in words
    assert "chờ lâu" not in words


def test_a_batch_is_read_masked_with_its_themes_and_its_month(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    _write(app, place.point, 10, "Chị Lan cho chờ lâu, gọi 0912345678.")
    words = results.words(manager, LIST)
    assert "Chị [tên người] cho chờ lâu, gọi [số điện thoại]." in words
    assert "Thời gian chờ (1)" in words
    assert "Quầy 1: Hộ tịch. Công bố tháng 11/2026." in words
    assert "Lan" not in words
    assert "0912345678" not in words
    assert "03/11/2026" not in words


def test_the_own_unit_is_where_the_menu_leads(manager: FlaskClient, place: Place) -> None:
    assert province.get(manager, "/comments").location == LIST


def test_a_search_and_the_filters_narrow_the_list(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    _write(app, place.point, 10, "Chờ lâu quá.")
    for query in ("q=cho lau", "theme=wait", "q=chờ&theme=wait&status=new"):
        words = results.words(manager, f"{LIST}?{query}")
        assert "Chờ lâu quá." in words
        assert "Góp ý 3." not in words
    assert "Không có góp ý nào khớp" in results.words(manager, f"{LIST}?status=done")
    assert "Góp ý 3." in results.words(manager, f"{LIST}?theme=none&status=none")


def test_held_words_are_nowhere_on_the_units_pages(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    (name,) = _write(app, place.point, 12, "Phải lót tay mới xong.")
    assert "lót tay" not in results.words(manager, LIST)
    assert "lót tay" not in results.words(manager, f"{LIST}?q=lot tay")
    assert province.get(manager, f"/comments/{name}").status_code == 404
    assert "(11)" in results.words(manager, LIST)


def test_a_unit_says_what_it_does_about_a_comment_and_that_is_logged(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    (name,) = _write(app, place.point, 10, "Ghế hỏng.")
    path = f"/comments/{name}"
    answer = province.post(manager, path, status="done", owner="Bà Tư", note="Đã thay ghế.")
    assert answer.status_code == 303
    comment = _comment(app, name)
    assert (comment.status, comment.owner, comment.note) == ("done", "Bà Tư", "Đã thay ghế.")
    assert "Đã xử lý" in results.words(manager, f"{LIST}?status=done")
    with app.app_context():
        entry = session().scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert entry is not None
        assert (entry.act, entry.subject) == ("follow up comment", name)
        assert (entry.actor, entry.detail) == (place.manager, "new → done")


@pytest.mark.parametrize(
    "data", [{"status": "x"}, {"status": "done", "note": "x" * 1001}, {"owner": "x" * 121}]
)
def test_what_cannot_be_stored_is_said_and_nothing_changes(
    app: Flask, manager: FlaskClient, place: Place, data: dict[str, str]
) -> None:
    (name,) = _write(app, place.point, 10, "Ghế hỏng.")
    answer = province.post(manager, f"/comments/{name}", **data)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.get_data(as_text=True)
    assert _comment(app, name).status == "new"


def test_a_neighbours_comments_are_not_found(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    (name,) = _write(app, place.other_point, 10, "Ghế hỏng.")
    for path in ("/comments/units/31120", "/comments/units/92", f"/comments/{name}"):
        assert province.get(manager, path).status_code == 404
    token = province.csrf_token(manager, "/change")
    data = {"status": "done", "csrf_token": token}
    sent = manager.post(
        f"/comments/{name}", data=data, headers=province.referer("/"), base_url="https://localhost"
    )
    assert sent.status_code == 404
    assert _comment(app, name).status == "new"


def test_the_unit_above_reads_all_and_sees_whose_they_are(app: Flask, place: Place) -> None:
    _write(app, place.point, 10, "Ghế hỏng.")
    above = province.sign_in(app, place.provincial)
    words = results.words(above, "/comments/units/92")
    assert "Phường Ninh Kiều. Quầy 1: Hộ tịch." in words


def test_who_may_only_read_is_shown_no_form(app: Flask, place: Place) -> None:
    (name,) = _write(app, place.point, 10, "Ghế hỏng.")
    reader = province.sign_in(app, province.person(app, "doc@hailong.example", ("reader", "31117")))
    assert "Ghế hỏng." in results.words(reader, f"/comments/{name}")
    assert 'name="status"' not in results.page(reader, f"/comments/{name}")
    data = {"status": "done", "csrf_token": province.csrf_token(reader, "/change")}
    sent = reader.post(
        f"/comments/{name}", data=data, headers=province.referer("/"), base_url="https://localhost"
    )
    assert sent.status_code == 403


def test_what_the_province_holds_later_vanishes_from_the_unit(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    (name,) = _write(app, place.point, 10, "Ghế hỏng.")
    with app.app_context():
        stored = comments.get(session(), name, ["31117"], to_change=True)
        comment_batches.hold(stored, "moderator")
        session().commit()
    assert province.get(manager, f"/comments/{name}").status_code == 404
    assert "Ghế hỏng." not in results.words(manager, LIST)


def test_markup_in_a_comment_is_shown_as_text(
    app: Flask, manager: FlaskClient, place: Place
) -> None:
    _write(app, place.point, 10, "<script>alert(1)</script> chậm quá")
    raw = province.get(manager, LIST).get_data(as_text=True)
    assert "<script>" not in raw
    assert "&lt;script&gt;" in raw
