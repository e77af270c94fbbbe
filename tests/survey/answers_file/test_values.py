import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.questionnaire import NOT_APPLICABLE, SKIPPED, shipped
from survey import period
from survey.answers_file.values import EARLIEST, day, level_reader, visit_reader
from survey.reasons import Reason

MOT_CUA = next(found for found in shipped() if found.code == "mot-cua")
LEVEL, VISIT = level_reader(MOT_CUA), visit_reader(MOT_CUA)
TODAY = date(2026, 11, 22)
LABELS = {
    words: level
    for wording in MOT_CUA.wordings.values()
    for level, words in enumerate(wording.scale, 1)
}
DAYS = st.dates(EARLIEST, TODAY)


@given(
    st.sampled_from(sorted(LABELS)),
    st.sampled_from(["NFC", "NFD"]),
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.sampled_from([" ", "  ", "\u00a0", "\t", "\n"]),
)
def test_a_label_is_a_level_in_any_case_form_and_spacing(label, form, case, space) -> None:  # type: ignore[no-untyped-def]
    written = unicodedata.normalize(form, case(label).replace(" ", space))
    assert LEVEL(f"{space}{written}{space}") == LABELS[label]


@given(
    st.sampled_from(sorted(LABELS)),
    st.sampled_from(
        ["{n} - {words}", "{n}. {words}", "{n} {words}", "{words} ({n})", "{n}–{words}"]
    ),
    st.integers(1, 5),
)
def test_a_number_beside_a_label_must_agree_with_it(label: str, style: str, n: int) -> None:
    expected = n if LABELS[label] == n else None
    assert LEVEL(style.format(n=n, words=label)) == expected


@given(st.text())
def test_whatever_else_a_cell_says_is_no_level_and_no_error(text: str) -> None:
    assert LEVEL(text) in {None, *range(1, 6), SKIPPED, NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((str(level), level) for level in range(1, 6)),
        ("", SKIPPED),
        ("bỏ qua", SKIPPED),
        ("Skip", SKIPPED),
        ("Không áp dụng", NOT_APPLICABLE),
        ("not applicable", NOT_APPLICABLE),
        ("Tôi không gặp việc này", NOT_APPLICABLE),
        ("Chưa nhận kết quả", NOT_APPLICABLE),
        ("I have never given feedback", NOT_APPLICABLE),
    ],
)
def test_numbers_and_what_is_no_level_have_their_codes(text: str, code: int) -> None:
    assert LEVEL(text) == code


@pytest.mark.parametrize(
    "text", ["0", "6", "9", "5.0", "٣", "Hài long", "Tốt", "Hài lòng, Rất hài lòng", "=5", "55"]
)
def test_what_is_no_answer_of_the_form_is_no_level(text: str) -> None:
    assert LEVEL(text) is None


@given(
    DAYS,
    st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d"]),
    st.sampled_from(
        ["", " 8:05", " 23:59:59", ", 08:05:01", " 2:30:05 CH", " 11:00 SA", " 1:02 PM"]
    ),
)
def test_a_date_is_read_whatever_its_sign_and_time(on: date, style: str, then: str) -> None:
    assert day(on.strftime(style) + then, "dmy", TODAY) == on


@given(DAYS)
def test_leading_zeros_do_not_matter(on: date) -> None:
    assert day(f"{on.day}/{on.month}/{on.year} 7:05:00", "dmy", TODAY) == on


@given(DAYS)
def test_the_month_may_stand_first_when_the_mapping_says_so(on: date) -> None:
    assert day(on.strftime("%m/%d/%Y"), "mdy", TODAY) == on
    found = day(on.strftime("%m/%d/%Y"), "dmy", TODAY)
    if on.day > 12:
        assert isinstance(found, Reason)
        assert (found.code, found.values["other"]) == ("day_order", "mdy")


@given(
    st.dates(date(2001, 1, 1), date(2026, 11, 20)),
    st.times(),
    st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)
def test_an_instant_becomes_the_date_it_was_in_vietnam(on: date, at: time, zone: timezone) -> None:
    instant = datetime.combine(on, at, zone)
    assert day(instant.isoformat(), "dmy", TODAY) == period.business_day(instant)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2026/01/05 11:30:05 PM GMT+7", date(2026, 1, 5)),
        ("2026/01/05 11:30:05 CH GMT+7", date(2026, 1, 5)),
        ("2026/01/05 12:30:05 CH GMT+7", date(2026, 1, 5)),
        ("2026/01/05 12:30:05 SA GMT+7", date(2026, 1, 5)),
        ("2026/01/05 11:30:05 PM GMT", date(2026, 1, 6)),
        ("2026/01/05 0:30:05 AM UTC+9", date(2026, 1, 4)),
        ("2026-01-05T17:00:00Z", date(2026, 1, 6)),
        ("2026-01-05T16:59:59.999Z", date(2026, 1, 5)),
        ("2026-01-05 17:00:00+0530", date(2026, 1, 5)),
        ("5/1/2026 14:30:05", date(2026, 1, 5)),
        ("5/1/2026 14:30 CH", date(2026, 1, 5)),
        ("5/1/2026 2:30\u202fCH", date(2026, 1, 5)),
    ],
)
def test_the_ways_google_and_other_programs_write_a_moment(text: str, on: date) -> None:
    assert day(text, "dmy", TODAY) == on


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("01/25/2026", "day_order"),
        ("31/02/2026", "day"),
        ("5/1/26", "day"),
        ("5-1/2026", "day"),
        ("05/2026", "day"),
        ("0000-01-01", "day"),
        ("0001-01-01T00:00+14:00", "day"),
        ("05/01/2026 25:00", "day"),
        ("05/01/2026 8:61", "day"),
        ("05/01/2026 8:05+99:00", "day"),
        ("46027", "day"),
        ("hôm qua", "day"),
        ("٠٥/٠١/٢٠٢٦", "day"),
        ("23/11/2026", "day_future"),
        ("2026-11-22T20:00:00Z", "day_future"),
        ("31/12/1999", "day_old"),
    ],
)
def test_what_cannot_be_the_day_of_an_answer_is_refused(text: str, code: str) -> None:
    found = day(text, "dmy", TODAY)
    assert isinstance(found, Reason)
    assert found.code == code


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    assert isinstance(day(text, "dmy", TODAY), date | Reason)


def test_today_itself_is_not_the_future() -> None:
    assert day("22/11/2026", "dmy", TODAY) == TODAY
    assert period.business_day(datetime(2026, 11, 22, tzinfo=UTC)) == TODAY


def test_a_visit_is_known_by_its_code_and_its_words() -> None:
    written = [
        "submit",
        "NỘP HỒ SƠ",
        unicodedata.normalize("NFD", "Nộp hồ sơ"),
        "Hand in a dossier",
    ]
    assert {VISIT(text) for text in written} == {"submit"}
    assert VISIT("Đi ngang qua") is None
