"""Ten processes post the same and different forms to a started server on each database, and
accepted = stored."""

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
def test_ten_processes_post_at_once_and_each_accepted_form_is_stored_once(
    both_app: Flask, database_url: str, tmp_path: Path
) -> None:
    place = province.build(both_app)
    with live.serving(tmp_path, DATABASE_URL=database_url) as server:
        replies = crowd.run(server.base, [place.token, place.other_token])
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
    assert not re.search(r'"level": "error"|Traceback', output)
