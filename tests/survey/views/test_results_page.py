"""The page of results from reports written by hand: what seldom comes together by itself."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from analysis.interval import ConfidenceInterval
from survey import period, reports
from survey.reports import Figure, IndexReport, TrendMonth, UnitPage
from tests import figures, results

PATH = "/results/units/31117/2026-10"
FACTORS = figures.INSTRUMENTS["mot-cua"].wordings["vi"].factors
NARROW = ConfidenceInterval(0.8567, 0.8733, 0.95, "wilson")


def _report(*shown: Figure, **changes: Any) -> IndexReport:
    return figures.report(*shown, owner=figures.unit(code="31117"), **changes)


def _words(
    client: FlaskClient, patch: pytest.MonkeyPatch, report: IndexReport, **changes: Any
) -> str:
    """Return the words of the page that shows a report."""
    values = {
        "report": report,
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


def test_the_published_example_reads_as_it_was_published(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _words(manager, monkeypatch, _report(*_all()))
    assert "84% khoảng 67–93% · 31 người Trong mỗi 100" in text
    assert "khoảng 84 câu ở mức Hài lòng hoặc Rất hài lòng (từ 67 đến 93)" in text
    assert all(name in text for name in FACTORS.values())
    assert "Từng câu hỏi" not in text


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
    items = text[text.index("Từng câu hỏi") :]
    assert all(words in items for words in instrument.wordings["vi"].items.values())
    assert items.count("84% (67–93%)") == 16


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


def test_a_title_from_a_file_is_shown_as_text(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _words(manager, monkeypatch, _report(*_all()), other_instruments={"<script>x</script>": 12})
    assert "<script" not in manager.get(PATH, base_url="https://localhost").get_data(as_text=True)
