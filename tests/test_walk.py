"""The walks of an answer, down to its row and up to a page and a file, on both databases."""

import re
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import closing, period, reports
from survey.db import session as current
from survey.storage import units
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from survey.tokens import receipt_digest
from tests import index_files, province, rows, sheets


def test_a_citizens_answer_goes_from_the_form_to_its_row(both_app: Flask) -> None:
    place = province.build(both_app)
    client = both_app.test_client()

    sent = sheets.answer(client, place.token)
    assert sent.status_code == 303
    thanks = client.get(sent.location)
    assert thanks.status_code == 200
    page = thanks.get_data(as_text=True)
    assert "Đã nhận phiếu" in page
    commented = client.post(sent.location, data={"text": "Chờ hơi lâu."})
    assert commented.status_code == 303

    with both_app.app_context():
        response = current().scalars(select(Response)).one()
        point = current().get_one(ServicePoint, response.point_id)
        assert point.public_id == place.point
        # overall, A, B, then C skipped (6), D not applicable (9), E left (6), details not put.
        assert response.answers == bytes([5, 4, 3, 6, 9, 6]) + bytes(16)
        assert (response.channel, response.visit, response.language) == ("qr", "submit", "vi")
        assert len(response.drawn.split()) == 3
        receipt = current().scalars(select(Receipt)).one()
        assert receipt.response_key == response.key
        code = page.split('class="receipt">')[1].split("<")[0].replace("-", "")
        assert receipt.digest == receipt_digest(code, "response")
        comment = current().scalars(select(Comment)).one()
        assert comment.text == "Chờ hơi lâu."
        assert comment.receipt_digest == receipt_digest(code, "comment")


# A department's published survey: 10 very satisfied, 16 satisfied, 5 neutral of 31.
PUBLISHED = [5] * 10 + [4] * 16 + [3] * 5
TUESDAY = datetime(2026, 10, 20, 9, tzinfo=period.VIETNAM)


def test_a_batch_of_answers_goes_from_the_form_to_the_page_and_the_files(both_app: Flask) -> None:
    place = province.build(both_app)
    citizen = both_app.test_client()
    with time_machine.travel(TUESDAY):
        for level in PUBLISHED:
            chosen = {"overall": str(level), "A": str(level), "B": "5", "C": "skip"}
            assert sheets.answer(citizen, place.token, **chosen).status_code == 303

    manager = province.sign_in(both_app, place.manager)
    october = "/results/units/31117/2026-10"
    before = province.get(manager, october).get_data(as_text=True)
    assert "Đã nhận <strong>31 phiếu</strong>" in before
    assert "kết quả hiện sau lần chốt 06:00 tới" in before

    closed = both_app.test_cli_runner().invoke(args=["nightly", "--as-of", "2026-10-21"])
    assert "31 answers in 1 batches" in closed.output

    page = province.get(manager, october).get_data(as_text=True)
    assert "Chốt lần cuối 06:00 ngày 21/10/2026" in page
    # 26 of 31 on A and all 31 on B: 57 of 62, by hand.
    assert re.search(r'class="index"><strong>92%</strong>', page)
    without_links = re.sub(r"</?a\b[^>]*>", "", page)
    assert "<strong>84%</strong> (67–93%) trong 31 người" in without_links

    for form in ("csv", "json", "xlsx"):
        file = index_files.rows(form, province.get(manager, f"{october}/export.{form}").data)
        unit = [row for row in file if row["level"] == "unit"]
        overall = next(row for row in unit if row["measure"] == "overall")
        assert float(overall["estimate"]) == pytest.approx(57 / 62, abs=1e-12)
        assert [int(overall[f"level_{n}"]) for n in range(1, 6)] == [0, 0, 5, 16, 41]
        assert (int(overall["n_respondents"]), int(overall["n_missing"])) == (31, 93)
        pulse = next(row for row in unit if (row["measure"], row["code"]) == ("item", "overall"))
        assert float(pulse["estimate"]) == pytest.approx(0.8387, abs=5e-5)
        assert float(pulse["ci_low"]) == pytest.approx(0.6737, abs=5e-5)
        assert float(pulse["ci_high"]) == pytest.approx(0.9291, abs=5e-5)
        point = [row for row in file if row["point_id"] == place.point]
        assert [row["estimate"] for row in point] == [row["estimate"] for row in unit]


@pytest.mark.parametrize(("profile", "published"), [("mean5", 0.8323), ("mean01", 0.7903)])
def test_the_other_profiles_reproduce_the_published_figures(
    session: Session, profile: str, published: float
) -> None:
    units.put(session, province.ROWS, province.SINCE)
    point = rows.point_named(session, "31117", "Quầy 1", province.SINCE)
    for level in PUBLISHED:
        rows.answer(session, point, TUESDAY.date(), (level, level, 6, 6, 6, 6))
    closing.close_day(session, TUESDAY.date(), at=TUESDAY, threshold=10)
    unit = units.get(session, "31117", TUESDAY.date())
    report = reports.index_report(session, unit, period.parse("2026-10"), profile)
    assert report.index is not None
    assert report.index.estimate == pytest.approx(published, abs=5e-5)
