"""The page of results from reports written by hand: what seldom comes together by itself."""

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from analysis.interval import ConfidenceInterval
from survey import period, reports
from survey.reports import Figure, IndexReport, TrendMonth, UnitPage
from survey.storage.boundary_changes import BoundaryChange
from tests import figures, results

PATH = "/results/units/31117/2026-10"
FACTORS = figures.INSTRUMENTS["mot-cua"].wordings["vi"].factors
TOO_WIDE = "khoảng quá rộng, chưa nên nói một con số"
NARROW = ConfidenceInterval(0.8567, 0.8733, 0.95, "wilson")


def _report(*shown: Figure, **changes: Any) -> IndexReport:
    return figures.report(*shown, owner=figures.unit(code="31117"), **changes)


def _words(
    client: FlaskClient, patch: pytest.MonkeyPatch, report: IndexReport, **changes: Any
) -> str:
    """Return the words of the page that shows a report."""
    values = {
        "report": report,
        "verdict": figures.verdict(report),
        "trend": (TrendMonth(period.parse("2026-10"), None),),
        "below": (),
        "other_instruments": {},
        "comments": 0,
        "last_close": None,
    }
    page = UnitPage(**values | changes)
    patch.setattr(reports, "unit_page", lambda *_args, **_options: page)
    return results.words(client, PATH)


def _all(code: str = "mot-cua") -> list[Figure]:
    wording = figures.INSTRUMENTS[code].wordings["vi"]
    factors = [figures.figure("factor", key, name=name) for key, name in wording.factors.items()]
    items = [
        figures.figure("item", item.code, name=wording.items[item.code])
        for item in figures.INSTRUMENTS[code].asked
    ]
    return [figures.figure(), *factors, *items]


def _change(old: str, *, full: bool = False, new: str = "Phường Mới") -> BoundaryChange:
    return BoundaryChange(
        new_code=new,
        new_name=new,
        old_code=old,
        old_name=old,
        on=date(2026, 10, 1),
        full=full,
        reference="Nghị quyết 1",
        begins=False,
    )


def test_new_boundaries_are_told_with_their_day_and_what_joined_and_left(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = (
        _change("Xã Cũ", full=True),
        _change("Phường Mới"),
        _change("Phường Mới", new="Phường Bên"),
    )
    text = _words(manager, monkeypatch, _report(*_all()), boundaries=changes)
    assert (
        "Căn cứ Địa giới đổi từ 01/10/2026 (Nghị quyết 1): toàn bộ Xã Cũ nhập vào Phường Mới; "
        "Phường Mới giữ một phần địa giới cũ; một phần Phường Mới nhập vào Phường Bên. "
        "Số liệu trước ngày này theo địa giới cũ, từ ngày này theo địa giới mới."
    ) in text
    assert "Địa giới đổi từ" not in _words(manager, monkeypatch, _report(*_all()))


def test_of_many_new_boundaries_the_first_five_are_named(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = tuple(_change(f"Xã {number}") for number in range(7))
    text = _words(manager, monkeypatch, _report(*_all()), boundaries=changes)
    assert "một phần Xã 4 nhập vào Phường Mới; và 2 thay đổi khác." in text
    assert "Xã 5" not in text


def test_the_published_example_reads_as_it_was_published(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _words(manager, monkeypatch, _report(*_all()))
    assert "84% khoảng 67–93% · 31 người Trong mỗi 100" in text
    assert "khoảng 84 câu ở mức Hài lòng hoặc Rất hài lòng (từ 67 đến 93)" in text
    assert all(name in text for name in FACTORS.values())
    assert "Năm yếu tố, yếu trước" in text


def test_an_index_that_weighs_counters_by_dossiers_is_not_told_as_a_count_of_answers(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _words(manager, monkeypatch, _report(*_all(), rollup="weighted"))
    assert "câu trả lời của 31 người" not in text
    assert "khi mỗi quầy nặng theo số hồ sơ đã trả" in text
    assert "có 31 người trả lời." in text


def test_a_narrow_interval_is_told_in_tenths_and_thousands(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = figures.figure(estimate=0.8645, interval=NARROW, n_respondents=12_345)
    text = _words(manager, monkeypatch, _report(figure))
    assert "86,5% khoảng 85,7–87,3% · 12.345 người" in text
    assert "Trong mỗi 1.000 câu trả lời của 12.345 người, khoảng 865 câu" in text
    assert "(từ 857 đến 873)" in text


def test_the_sixteen_items_are_listed_and_the_name_sipas_is_explained(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    instrument = figures.INSTRUMENTS["sipas-dich-vu"]
    report = _report(*_all("sipas-dich-vu"), questionnaire=instrument)
    text = _words(manager, monkeypatch, report)
    assert "Chỉ số hài lòng tại điểm phục vụ" in text
    assert "không phải SIPAS do Bộ Nội vụ công bố" in text
    parts = text[text.index("Yếu tố và câu hỏi, yếu trước") : text.index("Chưa so được lần nào")]
    assert all(words in parts for words in instrument.wordings["vi"].items.values())
    assert parts.count("84% (67–93%)") == 5 + 16


def test_other_instruments_are_named_and_not_added(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _words(manager, monkeypatch, _report(*_all()), other_instruments={"Mẫu khác": 1240})
    assert "Ngoài ra 1.240 người đã trả lời mẫu khác (“Mẫu khác”), không gộp vào đây." in text


def test_units_and_counters_below_are_headed_by_what_they_are(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = figures.report(figures.figure(), point="Quầy 1")
    unit = figures.report(figures.figure(), owner=figures.unit("Xã A"))
    heads = [
        ((counter,), "Các quầy"),
        ((unit,), "Các đơn vị"),
        ((unit, counter), "Các đơn vị và quầy"),
        ((unit, *[counter] * 9), "Các đơn vị và quầy"),
    ]
    for below, head in heads:
        assert f" {head} Tên" in _words(manager, monkeypatch, _report(*_all()), below=below)


def test_an_interval_that_is_too_wide_stands_alone_and_its_share_is_nowhere(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    instrument = figures.INSTRUMENTS["sipas-dich-vu"]
    report = _report(
        figures.wide(),
        figures.wide("item", "overall", profile="t2b-overall"),
        *(figures.wide("factor", code, name=name) for code, name in FACTORS.items()),
        *(figures.wide("item", item.code, name=item.code) for item in instrument.asked),
        questionnaire=instrument,
        n_flagged=12,
        unflagged=figures.wide(),
    )
    text = _words(
        manager,
        monkeypatch,
        report,
        trend=tuple(TrendMonth(period.parse(f"2026-{n}"), figures.wide()) for n in ("09", "10")),
        below=(figures.report(figures.wide(), point="Quầy 1"),),
    )
    assert f"52–92% {TOO_WIDE} · 14 người · ít phiếu Trong mỗi 100 câu trả lời" in text
    assert "của 14 người, từ 52 đến 92 câu ở mức Hài lòng hoặc Rất hài lòng, nếu người" in text
    assert f"một câu: 52–92% hài lòng hoặc rất hài lòng (14 người, ít phiếu; {TOO_WIDE})." in text
    assert f"Không tính 12 phiếu cần kiểm tra: 52–92%, {TOO_WIDE}." in text
    assert text.count("52–92% 14 người, ít phiếu, khoảng quá rộng") == 5 + 16 + 1
    assert text.count("52–92%, ít phiếu, khoảng quá rộng 14") == 2
    assert "Nơi ghi khoảng quá rộng thì chưa nên nói một con số." in text
    page = results.page(manager, PATH)
    assert not re.search(r"\b(79|78,6|786)\b|<circle cx=\"\d+\.\d+%|stroke=\"#6f9fd8\"", page)


def test_answers_behind_an_interval_that_is_too_wide_are_counted_without_per_cents(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = figures.figure("item", "overall", profile="t2b-overall")
    factor = figures.wide("factor", "A", name=FACTORS["A"])
    text = _words(manager, monkeypatch, _report(figures.figure(), pulse, factor))
    levels = text[text.index("Năm mức trả lời") :]
    assert levels.startswith("Năm mức trả lời Khoảng quá rộng thì chỉ đếm số câu, chưa tính")
    assert "Hỏi chung một câu (31 câu) 0% 0% 16% 52% 32%" in levels
    assert f"{FACTORS['A']} (14 câu) 0 câu 1 câu 2 câu 6 câu 5 câu" in levels
    page = results.page(manager, PATH)
    assert "31 câu trả lời theo năm mức" in page
    assert "14 câu trả lời theo năm mức" not in page
    assert "chỉ đếm số câu" not in _words(manager, monkeypatch, _report(*_all()))


@pytest.mark.parametrize(("low", "is_told"), [(0.5001, True), (0.4999, False)])
def test_thirty_points_are_too_wide_however_many_people_answered(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch, low: float, is_told: bool
) -> None:
    limits = ConfidenceInterval(low, 0.8, 0.95, "wilson")
    factor = figures.figure("factor", "A", estimate=0.65, interval=limits, n_respondents=38)
    text = _words(manager, monkeypatch, _report(figures.figure(), factor))
    assert ("38 người, khoảng quá rộng" in text) is not is_told
    assert ("<strong>65%</strong>" in results.page(manager, PATH)) is is_told
    assert "84% khoảng 67–93% · 31 người" in text


def test_a_title_from_a_file_is_shown_as_text(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _words(manager, monkeypatch, _report(*_all()), other_instruments={"<script>x</script>": 12})
    assert "<script" not in manager.get(PATH, base_url="https://localhost").get_data(as_text=True)


def test_the_levels_of_sixteen_items_stand_below_those_of_their_factors(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = figures.INSTRUMENTS["sipas-dich-vu"].wordings["vi"]
    report = _report(*_all("sipas-dich-vu"), questionnaire=figures.INSTRUMENTS["sipas-dich-vu"])
    text = _words(manager, monkeypatch, report)
    levels = text[text.index("Năm mức trả lời") : text.index("Chất lượng dữ liệu")]
    assert all(f"{name} (31 câu)" in levels for name in wording.items.values())


def test_a_factor_of_one_question_has_its_levels_once(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _words(manager, monkeypatch, _report(*_all()))
    levels = text[text.index("Năm mức trả lời") : text.index("Chất lượng dữ liệu")]
    assert levels.count("(31 câu)") == len(FACTORS)
