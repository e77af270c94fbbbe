"""The walk of an answer, from end to end in one test, on both databases."""

from flask import Flask
from sqlalchemy import select

from survey.db import session
from survey.storage.comments import Comment
from survey.storage.points import ServicePoint
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from survey.tokens import receipt_digest
from tests import province, sheets


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
        response = session().scalars(select(Response)).one()
        point = session().get_one(ServicePoint, response.point_id)
        assert point.public_id == place.point
        # overall, A, B, then C skipped (6), D not applicable (9), E left (6), details not put.
        assert response.answers == bytes([5, 4, 3, 6, 9, 6]) + bytes(16)
        assert (response.channel, response.visit, response.language) == ("qr", "submit", "vi")
        assert len(response.drawn.split()) == 3
        receipt = session().scalars(select(Receipt)).one()
        assert receipt.response_key == response.key
        code = page.split('class="receipt">')[1].split("<")[0].replace("-", "")
        assert receipt.digest == receipt_digest(code, "response")
        comment = session().scalars(select(Comment)).one()
        assert comment.text == "Chờ hơi lâu."
        assert comment.receipt_digest == receipt_digest(code, "comment")
