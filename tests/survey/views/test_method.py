"""The method page, and the way to it from every interval."""

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from analysis import difference, funnel, rank_sets, sensitivity_band, xmr_chart
from analysis.drivers import key_drivers
from analysis.index import index_from_sums
from analysis.interval import ConfidenceInterval
from analysis.publication import Thresholds
from analysis.sums import Item, Sums, tally
from survey import period, reports
from survey.reports import Before, Gap, Stream, TrendMonth, UnitPage, told
from survey.reports.comparison.result import LEAST_RANKABILITY
from survey.reports.report import Coverage
from survey.reports.verdict import verdict
from survey.views import method
from tests import figures, results
from tests.province import Place

# Of figures, and of what is made of several.
METHODS = {"bca", "wilson", "wilson-neff-t", "t", "t-logit", "census"}
BEYOND = {"mover", "simultaneous", "klein", "binomial", "over-dispersion", "xmr"}
BEYOND |= {"data-defect-correlation", "wilson-rounded"}
ITEMS = (Item("A1", "A"), Item("A2", "A"), Item("B1", "B"), Item("overall", None))
SECTIONS = ("khoang", "so-nguoi", "do-phu", "tu-chon", "so-sanh", "duoc-noi", "tung-phan")
SECTIONS += ("cach-tinh", "phuong-phap", "khong-phai-sipas")
SETS = ((5, "simultaneous"), (70, "klein"))
MONTH, DAY = "2026-10", date(2026, 10, 20)
TEMPLATES = Path(__file__).parents[3] / "templates"
PATH = f"/results/units/31117/{MONTH}"


def _tree(page: str) -> Any:
    return html5lib.parse(page, namespaceHTMLElements=False)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _page(client: FlaskClient) -> str:
    """Return the method page as a stranger gets it."""
    answer = client.get("/method")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _ids(page: str) -> set[str]:
    return {element.get("id") for element in _tree(page).iter() if element.get("id")}


@pytest.fixture(params=[0.6737, 0.6237], ids=["with-shares", "without"])
def full(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page with a figure in each place that has one, their methods all different in turn."""
    names = iter(sorted(METHODS - {"census"}) * 20)

    def figure(*args: Any, **changes: Any) -> reports.Figure:
        limits = ConfidenceInterval(request.param, 0.9291, 0.95, next(names))
        return figures.figure(*args, interval=limits, **changes)

    instrument = figures.INSTRUMENTS["sipas-dich-vu"]
    wording = instrument.wordings["vi"]
    report = figures.report(
        figure(),
        figure("item", "overall", profile="t2b-overall"),
        *(figure("factor", code, name=name) for code, name in wording.factors.items()),
        *(figure("item", i.code, name=wording.items[i.code]) for i in instrument.asked),
        owner=figures.unit(code="31117"),
        questionnaire=instrument,
        n_flagged=12,
        unflagged=figures.figure(interval=ConfidenceInterval(0.5, 0.6, 0.95, "wilson")),
    )
    months = period.parse("2026-H2").of_kind("month")
    page = UnitPage(
        report=report,
        verdict=figures.verdict(report),
        trend=tuple(TrendMonth(month, figure()) for month in months),
        below=(
            figures.report(figure(), point="Quầy 1"),
            figures.report(figure(), owner=figures.unit("Xã A")),
        ),
        other_instruments={},
        comments=0,
        last_close=None,
    )
    monkeypatch.setattr(reports, "unit_page", lambda *_args, **_options: page)
    monkeypatch.setattr(period, "today", lambda: date(2026, 12, 31))


def test_every_interval_of_a_page_names_its_method_and_leads_to_its_row(
    full: None, manager: FlaskClient, client: FlaskClient
) -> None:
    links, outside = results.intervals(results.page(manager, PATH))
    assert outside == []
    # The index twice, in figures and in words; the single question; without marks; five
    # factors; sixteen items; six months; two places below.
    assert len(links) == 2 + 1 + 1 + 5 + 16 + 6 + 2
    ids, named = _ids(_page(client)), set()
    for name, title, words in links:
        assert results.INTERVAL.fullmatch(words)
        assert name in ids
        assert re.fullmatch(rf"Khoảng tin cậy 95%, phương pháp .+ \({name}\)", title)
        named.add(name)
    assert named == METHODS - {"census"}


def test_the_method_is_that_of_the_figure_and_not_of_the_page(
    app: Flask, place: Place, manager: FlaskClient
) -> None:
    results.answered(app, place.point, DAY, 40, (5, 5, 4, 4, 2, 6))
    results.answered(app, place.point, DAY, 20)
    results.close(app, date(2026, 11, 7))
    links, outside = results.intervals(results.page(manager, PATH))
    assert outside == []
    assert [name for name, _title, _words in links[:3]] == [
        "wilson-neff-t",
        "wilson-neff-t",
        "wilson",
    ]


def test_the_second_figure_has_its_own_interval(full: None, manager: FlaskClient) -> None:
    page = results.page(manager, PATH)
    (second,) = [words for _, _, words in results.LINK.findall(page) if words == "50–60%"]
    assert re.search(rf"Không tính 12 phiếu cần kiểm tra: 84% \(<a [^>]+>{second}</a>\)", page)


def test_a_page_of_results_leads_to_the_explanation_beside_the_index_and_in_the_notes(
    full: None, manager: FlaskClient
) -> None:
    tree = _tree(results.page(manager, PATH))
    for part in ("headline", "notes"):
        links = tree.findall(f".//section[@class='{part}']//a[@href='/method']")
        assert [_text(link) for link in links] == ["Con số này nghĩa là gì?"]


def test_each_section_with_figures_has_its_plain_explanation_one_tap_away(
    full: None, manager: FlaskClient, client: FlaskClient
) -> None:
    ids, led = _ids(_page(client)), set()
    for section in _tree(results.page(manager, PATH)).iter("section"):
        if not section.findall(".//table") and not section.findall(".//dl"):
            continue
        ((heading, link),) = section.findall(".//div[@class='titled']")
        led.add(link.get("href").removeprefix("/method#"))
        assert link.get("aria-label") == f"Giải thích: {_text(heading)}"
    assert led >= {"ket-luan", "yeu-to", "theo-thang", "nam-muc", "cac-noi", "chat-luong"}
    assert led <= ids


def test_each_heading_of_results_leads_to_a_part_of_the_method_page(client: FlaskClient) -> None:
    sources = [file.read_text() for file in TEMPLATES.rglob("*.html")]
    called = {id_ for text in sources for id_ in re.findall(r"{{ titled\(.+, '([\w-]+)'", text)}
    (parts,) = [
        s for s in _tree(_page(client)).iter("section") if s.find("h2[@id='tung-phan']") is not None
    ]
    explained = {head.get("id"): head for head in parts.iter("h3")}
    assert called - {"do-phu"} == set(explained)
    for words in parts.findall("p"):
        assert 60 < len(_text(words)) < 400


def test_a_stranger_may_read_it_and_every_word_has_its_section(client: FlaskClient) -> None:
    page = _page(client)
    tree = _tree(page)
    assert _text(tree.find(".//h1")) == "Con số này nghĩa là gì?"
    assert [h.get("id") for h in tree.iter("h2")] == list(SECTIONS)
    inside = {a.get("href")[1:] for a in tree.iter("a") if a.get("href").startswith("#")}
    assert set(SECTIONS) <= inside <= _ids(page)


def test_each_method_has_a_row_that_says_what_it_is(client: FlaskClient) -> None:
    tree = _tree(_page(client))
    rows = list(zip(tree.iter("dt"), tree.iter("dd"), strict=True))
    assert {term.get("id") for term, _ in rows} == METHODS | BEYOND
    for term, meaning in rows:
        assert _text(term.find("code")) == term.get("id")
        assert len(_text(meaning)) > 60


ANSWER = st.sampled_from([1, 2, 3, 4, 5, 4, 5, 6, 9])
PEOPLE = st.lists(st.tuples(*[ANSWER] * len(ITEMS)), min_size=1, max_size=25)
PROFILES = ("t2b-pooled", "t2b-person", "t2b-overall", "mean5", "mean01", "all-satisfied")


@given(
    strata=st.lists(PEOPLE, min_size=1, max_size=3),
    profile=st.sampled_from(PROFILES),
    rollup=st.sampled_from(["pooled", "weighted", "mean"]),
    beyond=st.none() | st.integers(0, 30),
)
def test_no_figure_has_a_method_without_a_row(
    strata: list[list[tuple[int, ...]]], profile: str, rollup: str, beyond: int | None
) -> None:
    sums = {number: tally(people, ITEMS) for number, people in enumerate(strata)}
    population = {number: len(each) + (beyond or 0) for number, each in enumerate(strata)}
    index = index_from_sums(
        sums, population=population, fpc=beyond is not None, rollup=rollup, profile=profile
    )
    for figure in (index, *index.factors.values(), *index.items):
        assert figure.confidence_interval().method in METHODS


def _method(people: Any, **options: Any) -> str:
    sums: dict[int, Sums] = {0: tally(people, ITEMS)}
    return index_from_sums(sums, **options).confidence_interval().method


def test_each_row_is_the_method_of_some_figure() -> None:
    middling, high = [(1, 3, 5, 4), (5, 2, 4, 1)] * 10, [(5, 5, 4, 5), (5, 5, 5, 5)] * 10
    levels = np.random.default_rng(1).integers(1, 6, (120, 4))
    found = {
        _method(middling, profile="t2b-overall"),
        _method(middling),
        _method(middling, profile="mean01"),
        _method(high, profile="mean01"),
        _method(middling, population={0: 20}, fpc=True),
        key_drivers(levels[:, :3], levels[:, 3], codes="ABC").drivers[0].interval.method,
    }
    assert found == METHODS


def test_each_other_row_is_the_method_of_what_is_made_of_figures() -> None:
    alike, apart = ([9, 8, 9, 10], [10] * 4), ([90, 10, 50, 99], [100] * 4)
    few, many = [rank_sets(range(n), [0.1] * n, method=m) for n, m in SETS]
    change = difference(*(index_from_sums({0: tally([(5,), (n,)] * 20, "A")}) for n in (2, 4)))
    found = {
        change.method.partition("-")[0],
        few.method,
        many.method,
        funnel(*alike).adjusted_warning.method,
        funnel(*apart).adjusted_warning.method,
        xmr_chart([0.8, 0.9, 0.7, 0.8]).method,
        sensitivity_band(0.8, 100, 1000)[0].method,
        told.ROUNDED,
    }
    assert found == BEYOND


def test_a_change_a_stream_and_a_deviation_lead_to_their_methods(
    manager: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [figures.share(n, 400, code, "factor") for n, code in ((300, "A"), (360, "B"))]
    index, invited = figures.share(340, 400), figures.share(200, 400)
    gap = difference(invited.source, index.source)
    report = figures.report(
        index,
        *parts,
        owner=figures.unit(code="31117"),
        is_closed=True,
        coverage=Coverage(
            n=400, n_dossiers=4000, missing={}, band=sensitivity_band(0.85, 400, 4000)
        ),
    )
    earlier = {("overall", "index"): invited, ("factor", "A"): parts[1], ("factor", "B"): parts[1]}
    before = Before(period=report.period.previous, figures=earlier)
    page = UnitPage(
        report=report,
        verdict=verdict(report.figures, {}, before),
        trend=(),
        below=(),
        other_instruments={},
        comments=0,
        last_close=None,
        streams=(
            Stream(channel="qr", figure=index, gap=None),
            Stream(
                channel="invitation",
                figure=invited,
                gap=Gap(estimate=gap.estimate, interval=gap.confidence_interval()),
            ),
        ),
    )
    monkeypatch.setattr(reports, "unit_page", lambda *_args, **_options: page)
    monkeypatch.setattr(period, "today", lambda: date(2026, 12, 31))
    links, outside = results.intervals(results.page(manager, PATH))
    assert outside == []
    named = Counter(name for name, _title, _words in links)
    # The index, two factors and a stream against what was before; the band, and twice in words.
    assert (named["mover"], named["data-defect-correlation"]) == (4, 3)
    titles = {name: title for name, title, _words in links}
    assert titles["mover"].startswith("Khoảng tin cậy 95%, phương pháp MOVER")
    assert titles["mover"].endswith("(mover-wilson)")
    assert titles["data-defect-correlation"].startswith("Độ lệch có thể có, phương pháp")


def test_the_picture_is_the_simulation_that_the_page_says_it_is() -> None:
    drawn = np.random.default_rng(8).binomial(method.PEOPLE, method.TRUTH, len(method.SATISFIED))
    assert tuple(drawn.tolist()) == method.SATISFIED
    samples = [method.sample(satisfied, method.PEOPLE) for satisfied in method.SATISFIED]
    assert [sample.holds for sample in samples].count(False) == 1
    assert len(samples) == 20


def test_the_picture_has_a_line_for_each_sample_and_marks_the_one_that_misses(
    client: FlaskClient,
) -> None:
    page = _page(client)
    assert "mô phỏng bằng máy tính" in page
    (chart,) = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert "19 khoảng chứa con số thật 84%, 1 khoảng trượt" in chart
    assert not re.search(r"<script|\sstyle=|\son\w+=|nan", chart)
    circles = re.findall(r"<circle[^>]+>", chart)
    assert len(circles) == 20
    assert sum('fill="#fff"' in circle for circle in circles) == 1
    assert chart.count("stroke-dasharray") == 1
    assert chart.count(">trượt</text>") == 1


def test_the_example_of_the_index_is_what_the_program_computes(client: FlaskClient) -> None:
    (table,) = [t for t in _tree(_page(client)).iter("table") if "answers" in t.get("class")]
    given = [
        [9 if _text(cell) == "–" else int(_text(cell)) for cell in list(row.iter("td"))[:5]]
        for row in table.find("tbody").iter("tr")
    ]
    assert len(given) == 3
    index = index_from_sums({0: tally(given, list("ABCDE"))})
    words = results.words(client, "/method")
    assert f"{index.n_answers} câu trả lời. Chỉ số là 11 chia 13, tức 85%" in words
    assert (round(index.estimate * 13), round(index.estimate, 2)) == (11, 0.85)


def test_the_thresholds_are_those_of_this_server(make_app: Any) -> None:
    words = results.words(make_app(SMALLEST_GROUP=15).test_client(), "/method")
    assert "Dưới 15 người: không hiện kết quả" in words
    assert "mỗi đợt ít nhất 15 người" in words


def test_the_page_says_from_which_width_on_an_interval_stands_alone(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = results.words(client, "/method")
    assert "Khoảng rộng từ 30 điểm phần trăm" in words
    assert "trang kết quả và tệp tải về chỉ ghi khoảng, không ghi một con số" in words
    monkeypatch.setattr(reports, "THRESHOLDS", Thresholds(width=0.25))
    assert "Khoảng rộng từ 25 điểm phần trăm" in results.words(client, "/method")


def test_the_widths_are_wilsons_and_halve_with_four_times_the_people(client: FlaskClient) -> None:
    words = results.words(client, "/method")
    assert "10 người 53–96% 25 người 65–94% 100 người 76–90%" in words
    widths = [s.interval.high - s.interval.low for s in map(_at, (100, 400, 1600))]
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.05)
    assert widths[1] / widths[2] == pytest.approx(2, rel=0.05)


def _at(n: int) -> method.Sample:
    return method.sample(method.TRUTH * n, n)


def test_the_page_says_when_places_are_ordered_by_their_index(client: FlaskClient) -> None:
    words = results.words(client, "/method")
    assert "trừ khi phần khác nhau thật giữa các nơi ít nhất bằng phần may rủi" in words
    assert LEAST_RANKABILITY == 0.5  # of the variance, as much as chance


def test_its_own_examples_name_their_method_too(client: FlaskClient) -> None:
    links, _prose = results.intervals(_page(client))
    assert [(name, words) for name, _title, words in links[:2]] == [
        ("wilson-neff-t", "83–89%"),
        ("wilson", "53–96%"),
    ]
    assert len(links) == 1 + len(method.SIZES)
    for name, title, _words in links:
        assert re.fullmatch(rf"Khoảng tin cậy 95%, phương pháp .+ \({name}\)", title)


def test_five_of_five_satisfied_may_be_no_more_than_the_page_says(client: FlaskClient) -> None:
    assert round(method.sample(5, 5).interval.low, 2) == 0.57
    assert "5 người đều hài lòng vẫn có thể chỉ là 57%" in results.words(client, "/method")


def test_the_page_says_what_the_figures_are_not_and_calls_nobody_ban(client: FlaskClient) -> None:
    words = results.words(client, "/method")
    for said in (
        "Đây không phải SIPAS",
        "95–99%",
        "khoảng 84%",
        "nếu người không trả lời cũng như người đã trả lời",
        "Nhiều phiếu hơn không tự làm mẫu đại diện",
        "Ông/Bà",
    ):
        assert said in words
    assert not re.search(r"\bbạn\b|đủ mẫu", words, re.IGNORECASE)
