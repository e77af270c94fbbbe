import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from analysis.interval import ConfidenceInterval
from survey import i18n
from survey.period import Calendar, parse
from tests import province
from tests.province import Place


def _limits(low: float, high: float) -> ConfidenceInterval[float]:
    return ConfidenceInterval(low, high, 0.95, "wilson")


HTTPS = "https://localhost"
WIDE, NARROW = _limits(0.8251, 0.8949), _limits(0.8567, 0.8733)


def test_a_share_has_whole_points_unless_its_interval_is_narrower_than_two() -> None:
    assert i18n.percent(0.8645, WIDE) == "86%"
    assert i18n.percent(0.8645, NARROW) == "86,5%"
    assert i18n.percent(0.8645) == "86%"
    assert i18n.interval(WIDE) == "83–89%"
    assert i18n.interval(NARROW) == "85,7–87,3%"


def test_an_interval_of_exactly_two_points_is_not_narrow() -> None:
    assert not i18n.is_narrow(_limits(0.5, 0.52))
    assert i18n.is_narrow(_limits(0.5, 0.5199))


@pytest.mark.parametrize(
    ("share", "shown"), [(0.005, "1%"), (0.285, "29%"), (0.985, "99%"), (0.0, "0%"), (1.0, "100%")]
)
def test_halves_are_rounded_up_as_they_are_written(share: float, shown: str) -> None:
    assert i18n.percent(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.999, "99,9%"),
        (0.995, "99,5%"),
        (0.9999, "99,9%"),
        (0.004, "0,4%"),
        (0.0004, "0,1%"),
        (1.003, "100,3%"),
        (1 - 1e-12, "100%"),  # what floats leave of all and of none
        (-1e-17, "0%"),
    ],
)
def test_a_rounded_share_is_neither_none_nor_all_unless_the_figure_is(
    share: float, shown: str
) -> None:
    assert i18n.percent(share) == shown


def test_a_limit_close_to_an_end_is_not_shown_as_that_end() -> None:
    assert i18n.interval(_limits(0.003, 0.9991)) == "0,3–99,9%"
    assert i18n.interval(_limits(0.93, 1)) == "93–100%"
    assert i18n.interval(_limits(0.99, 0.99996)) == "99,0–99,9%"
    assert i18n.interval(_limits(0, 0.0003)) == "0,0–0,1%"
    assert i18n.in_points(-0.0003, 1) == "-0,1"


@pytest.mark.parametrize(
    ("limits", "share", "shown"),
    [(_limits(0.93, 0.997), 0.997, "99,7"), (_limits(0.99, 0.9999), 0.9999, "999")],
)
def test_so_many_of_the_answers_agrees_with_the_share(
    limits: ConfidenceInterval[float], share: float, shown: str
) -> None:
    assert i18n.of_answers(share, limits) == shown
    assert i18n.percent(share, limits).startswith(("99,7", "99,9"))


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.85, "85%"), (1, "100%"), (0.999, "99,9%"), (0.875, "87,5%"), (0.8725, "87,25%"), (0, "0%")],
)
def test_a_target_has_the_decimals_it_was_set_with(share: float, shown: str) -> None:
    assert i18n.aim(share) == shown


def test_a_share_is_told_as_so_many_of_a_hundred_or_of_a_thousand_answers() -> None:
    assert i18n.of_answers(0.8645, WIDE) == "86"
    assert i18n.of_answers(0.8645, NARROW) == "865"


def test_numbers_are_grouped_and_split_as_in_vietnamese() -> None:
    assert i18n.number(1240) == "1.240"
    assert i18n.number(1234567) == "1.234.567"
    assert i18n.number(92.35, 2) == "92,35"


def test_an_instant_is_told_in_vietnamese_time() -> None:
    assert i18n.moment(datetime(2026, 11, 21, 23, 0, tzinfo=UTC)) == "06:00 ngày 22/11/2026"


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_is_shown_differs_from_the_figure_by_half_a_unit_at_most(a: float, b: float) -> None:
    limits = _limits(min(a, b), max(a, b))
    unit = 0.1 if i18n.is_narrow(limits) else 1
    shown = float(i18n.percent(a, limits).rstrip("%").replace(",", "."))
    off = abs(shown - a * 100)
    # It stops a tenth short of an end that it does not reach.
    assert off <= unit / 2 + 1e-9 or (shown in {0.1, 99.9} and off <= 0.1)
    assert shown not in {0, 100} or off < 1e-7


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context("/points?lang=en"):
        yield


PERIODS = [
    ("2026-10", "Tháng 10/2026", "October 2026", "October 2026"),
    ("2026-Q4", "Quý 4/2026", "Fourth quarter of 2026", "the fourth quarter of 2026"),
    ("2026-H1", "6 tháng đầu năm 2026", "First half of 2026", "the first half of 2026"),
    ("2026-H2", "6 tháng cuối năm 2026", "Second half of 2026", "the second half of 2026"),
    ("2026", "Năm 2026", "2026", "2026"),
]


@pytest.mark.parametrize(("name", "vietnamese", "title", "words"), PERIODS)
@pytest.mark.usefixtures("english")
def test_a_period_is_named_as_in_english(
    name: str, vietnamese: str, title: str, words: str
) -> None:
    period = parse(name)
    assert (i18n.titled(period), i18n.in_words(period)) == (title, words)
    with force_locale("vi"):
        assert (i18n.titled(period), i18n.in_words(period)) == (vietnamese, vietnamese.lower())


def test_a_chart_names_a_month_short(app: Flask) -> None:
    assert i18n.short_month(parse("2026-09")) == "T9"
    with app.test_request_context("/points?lang=en"):
        assert i18n.short_month(parse("2026-10")) == "O"


def test_the_days_of_an_official_month_are_told_without_doubt_in_english(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert i18n.days(parse("2026-10")) == ""
    monkeypatch.setattr("survey.period._InUse.calendar", Calendar(2026))
    assert i18n.days(parse("2026-10")) == "15/9–14/10"
    with app.test_request_context("/points?lang=en"):
        assert i18n.days(parse("2026-10")) == "15 Sep–14 Oct"
        assert i18n.days(parse("2027-01")) == "15 Dec 2026–14 Jan 2027"
        assert i18n.titled(parse("2027-01")) == "January 2027"


@pytest.mark.usefixtures("english")
def test_numbers_dates_and_instants_are_written_as_in_english_on_an_english_page() -> None:
    assert i18n.number(1234567) == "1,234,567"
    assert i18n.percent(0.8645, NARROW) == "86.5%"
    assert i18n.interval(NARROW) == "85.7–87.3%"
    assert i18n.of_answers(1, NARROW) == "1,000"
    assert i18n.day(date(2027, 1, 5)) == "5 Jan 2027"
    assert i18n.moment(datetime(2026, 11, 21, 23, 0, tzinfo=UTC)) == "06:00 on 22 Nov 2026"


def test_a_page_is_vietnamese_until_a_link_is_followed_and_stays_in_its_language(
    manager: FlaskClient,
) -> None:
    assert _language(manager, "/points") == "vi"
    assert _language(manager, "/points?lang=xx") == "vi"
    assert _language(manager, "/points?lang=en") == "en"
    assert _language(manager, "/account") == "en"
    assert _language(manager, "/points?lang=km") == "en"  # written for citizens at most
    assert _language(manager, "/points?lang=vi") == "vi"
    assert _language(manager, "/account") == "vi"


def test_the_language_of_the_sign_in_page_stays_after_signing_in_and_out(
    app: Flask, place: Place, client: FlaskClient
) -> None:
    assert _language(client, "/login?lang=en") == "en"
    signed_in = province.post(client, "/login", email=place.manager, password=province.PASSWORD)
    assert signed_in.status_code == 302
    assert _language(client, "/points") == "en"
    province.post(client, "/logout", "/points")
    assert _language(client, "/login") == "en"


@pytest.mark.parametrize("path", ["/", "/privacy", "/receipt", "/method", "/no-such-page"])
def test_a_citizen_reads_another_language_without_a_cookie(client: FlaskClient, path: str) -> None:
    answer = province.get(client, f"{path}?lang=en")
    assert '<html lang="en"' in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers
    assert _language(client, path) == "vi"


def test_what_a_manager_chose_changes_no_citizens_page(manager: FlaskClient) -> None:
    assert _language(manager, "/method?lang=en") == "en"
    assert _language(manager, "/points") == "en"
    assert _language(manager, "/") == "vi"


def test_the_link_to_the_other_language_keeps_the_rest_of_the_address(manager: FlaskClient) -> None:
    assert _link(manager.get("/points?q=a%26b&closed=1", base_url=HTTPS), "en") == (
        "?q=a%26b&closed=1&lang=en"
    )
    assert _link(manager.get("/points?lang=en&q=x", base_url=HTTPS), "vi") == "?lang=vi&q=x"


def test_the_link_on_the_answer_to_a_form_leads_to_a_page_that_can_be_opened(
    manager: FlaskClient,
) -> None:
    refused = province.post(manager, "/points/new", name="")
    assert (refused.status_code, _link(refused, "en")) == (422, "?lang=en")
    assert _language(manager, "/points/new?lang=en") == "en"


def test_the_link_of_an_address_that_only_takes_a_form_leads_to_the_start(app: Flask) -> None:
    with app.test_request_context("/points/x/close", method="POST"):
        assert i18n._in_language("en") == "/account/home?lang=en"


def _language(client: FlaskClient, path: str) -> str:
    page = province.get(client, path).get_data(as_text=True)
    found = re.search(r'<html lang="(\w+)"', page)
    assert found, page
    return found[1]


def _link(page: TestResponse, language: str) -> str:
    found = re.search(rf'hreflang="{language}" href="([^"]+)"', page.get_data(as_text=True))
    assert found, page.get_data(as_text=True)
    return unescape(found[1])
