from flask import Flask

from survey import demo, period
from survey.db import session
from survey.storage import points, units
from tests import province


def test_the_demonstration_has_counters_in_every_commune_and_names_nobody_takes_for_real(
    app: Flask,
) -> None:
    today = period.today()
    with app.app_context():
        assert units.is_empty(session())
        password = demo.load(session(), period.now(), today)
        session().commit()
        codes = units.subtree(session(), demo.PROVINCE, today)
        named = units.named(session(), codes, today)
        assert all("mẫu" in unit.name.lower() for unit in named)
        found = points.listing(session(), codes, today)
        assert found.total == 3 * 10 + 2
        assert any(point.is_test for point, _unit in found.rows)
        assert any(not point.is_open for point, _unit in found.rows)
        assert demo.first_point(session(), today).is_open
    assert len(password) == 16


def test_the_account_of_the_demonstration_signs_in_and_sees_the_province(app: Flask) -> None:
    with app.app_context():
        password = demo.load(session(), period.now(), period.today())
        session().commit()
    client = province.sign_in(app, demo.EMAIL, password)
    page = client.get("/points", base_url="https://localhost").get_data(as_text=True)
    assert "(32)" in page
