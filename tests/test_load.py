"""Ten processes post the same and different forms to a started server on each database, to one
point and from one address, and accepted = stored."""

import re
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from survey.db import session
from survey.storage.receipts import Receipt
from survey.storage.responses import Response
from tests import crowd, live, province


@pytest.mark.timeout(240)
def test_three_hundred_forms_at_once_at_one_point_are_accepted_and_each_stored_once(
    both_app: Flask, database_url: str, tmp_path: Path
) -> None:
    place = province.build(both_app)
    with live.serving(tmp_path, DATABASE_URL=database_url) as server:
        replies = crowd.run(server.base, [place.token])
        output = server.output.read_text("utf-8")

    assert Counter(reply.status for reply in replies) == {
        303: crowd.PROCESSES * (crowd.OWN + crowd.SHARED)
    }
    accepted = {reply.receipt: reply.level for reply in replies}
    assert len(accepted) == crowd.PROCESSES * crowd.OWN + crowd.SHARED
    with both_app.app_context():
        stored = session().scalars(select(Response)).all()
        receipts = session().scalars(select(Receipt.response_key)).all()
    assert Counter(row.answers[0] for row in stored) == Counter(accepted.values())
    assert sorted(receipts) == sorted(row.key for row in stored)
    # A point that opened just now: taken for a busy one, it may have 25 within ten minutes.
    assert sum("burst" in row.signs.split() for row in stored) >= len(accepted) - 1
    assert not any(row.left_out for row in stored)
    assert not re.search(r'"level": "error"|Traceback', output)
