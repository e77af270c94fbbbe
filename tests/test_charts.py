"""Charts drawn from figures written by hand: where the marks stand, and what is never drawn."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import html5lib
import pytest
from flask import Flask

from analysis.interval import ConfidenceInterval
from survey import period
from survey.reports import TrendMonth
from survey.reports.report import ControlLimits
from tests.figures import figure, wide


@pytest.fixture
def charts(app: Flask) -> Iterator[Any]:
    with app.test_request_context():
        yield app.jinja_env.get_template("macros/charts.html").make_module()


def _drawn(markup: object) -> str:
    """Return a chart after a strict parser has read it as part of a page."""
    text = str(markup)
    html5lib.HTMLParser(strict=True).parse(f"<!doctype html><title>x</title>{text}")
    assert not re.search(r"<script|\sstyle=|\son\w+=", text)
    return text


def _across(share: float) -> str:
    return f"{round(2 + 96 * share, 2)}%"


def _values(markup: str, tag: str, name: str) -> list[str]:
    return re.findall(rf'<{tag}[^>]* {name}="([^"]+)"', markup)


def test_a_dot_stands_at_its_share_and_its_line_spans_the_interval(charts: Any) -> None:
    drawn = _drawn(charts.dot(figure(), "Thủ tục <b>"))
    assert _values(drawn, "circle", "cx") == [_across(26 / 31)]
    assert _values(drawn, "line", "x1")[-1] == _across(0.6737)
    assert _values(drawn, "line", "x2")[-1] == _across(0.9291)
    assert "<title>Thủ tục &lt;b&gt;: 84%, khoảng 67–93% (Wilson)</title>" in drawn
    assert "<desc>" in drawn
    assert 'role="img"' in drawn


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_dot_at_an_end_of_the_scale_is_whole(charts: Any, share: float) -> None:
    limits = ConfidenceInterval(share, share, 0.95, "wilson")
    drawn = _drawn(charts.dot(figure(estimate=share, interval=limits), "A"))
    assert _values(drawn, "circle", "cx") == [_across(share)]
    assert _across(share) in {"2.0%", "98.0%"}


def test_an_interval_that_is_too_wide_has_its_line_and_no_dot(charts: Any) -> None:
    drawn = _drawn(charts.dot(wide(), "A"))
    assert _values(drawn, "line", "x1")[-1] == _across(0.5241)
    assert _values(drawn, "line", "x2")[-1] == _across(0.9243)
    assert "<circle" not in drawn
    assert "<title>A: 52–92% (Wilson), khoảng quá rộng, chưa nên nói một con số</title>" in drawn
    assert not re.search("79|[Cc]hấm", drawn)


def test_few_people_make_a_hollow_dot_so_that_it_shows_in_grey_too(charts: Any) -> None:
    assert 'fill="#fff"' in _drawn(charts.dot(figure(), "A", True))
    assert 'fill="#fff"' not in _drawn(charts.dot(figure(), "A", False))


def test_a_bar_has_the_levels_in_order_and_fills_its_width(charts: Any) -> None:
    drawn = _drawn(charts.bar(figure(levels=(1, 2, 3, 4, 10)), "A"))
    assert _values(drawn, "rect", "x") == ["0.0%", "5.0%", "15.0%", "30.0%", "50.0%"]
    assert _values(drawn, "rect", "width") == ["5.0%", "10.0%", "15.0%", "20.0%", "50.0%"]
    fills = _values(drawn, "rect", "fill")
    assert len(set(fills)) == 5
    assert "Rất không hài lòng 5%; Không hài lòng 10%; Bình thường 15%; Hài lòng 20%" in drawn


def test_a_level_nobody_chose_takes_no_room_and_is_still_told(charts: Any) -> None:
    drawn = _drawn(charts.bar(figure(levels=(0, 0, 5, 0, 5)), "A"))
    assert _values(drawn, "rect", "width") == ["50.0%", "50.0%"]
    assert "Rất không hài lòng 0%" in drawn


def test_every_level_has_a_filling_of_its_own_that_the_page_defines(charts: Any) -> None:
    defined = set(re.findall(r'id="([\w-]+)"', _drawn(charts.patterns())))
    drawn = _drawn(charts.bar(figure(levels=(1, 1, 1, 1, 1)), "A"))
    assert set(re.findall(r"url\(#([\w-]+)\)", drawn)) == defined


def _months(*shares: float | None) -> list[TrendMonth]:
    months = period.parse("2026-H2").of_kind("month")
    return [
        TrendMonth(
            month,
            None
            if share is None
            else figure(
                estimate=share,
                interval=ConfidenceInterval(share - 0.04, share + 0.04, 0.95, "wilson"),
            ),
        )
        for month, share in zip(months, shares, strict=False)
    ]


def _lines(markup: str, colour: str) -> list[str]:
    return [line for line in re.findall(r"<line[^>]+>", markup) if colour in line]


JOINS, LIMITS = "#6f9fd8", "#0b4f9e"


def test_neighbouring_months_are_joined_and_no_line_crosses_a_gap(charts: Any) -> None:
    drawn = _drawn(charts.trend(_months(0.8, 0.82, None, 0.9, None, 0.7), 30))
    assert len(_values(drawn, "circle", "cx")) == 4
    assert len(_lines(drawn, LIMITS)) == 4
    (join,) = _lines(drawn, JOINS)
    left, right = _values(drawn, "circle", "cx")[:2]
    assert f'x1="{left}"' in join
    assert f'x2="{right}"' in join


def test_a_month_whose_interval_is_too_wide_has_no_dot_and_no_line_reaches_it(charts: Any) -> None:
    months = _months(0.8, 0.82, 0.84, 0.86)
    assert "Vạch không có chấm" not in _drawn(charts.trend(months, 30))
    months[2] = TrendMonth(months[2].period, wide())
    drawn = _drawn(charts.trend(months, 30))
    assert len(_lines(drawn, LIMITS)) == 4
    assert len(_values(drawn, "circle", "cx")) == 3
    assert len(_lines(drawn, JOINS)) == 1
    assert "Vạch không có chấm: khoảng quá rộng, chưa nên nói một con số." in drawn


def test_a_better_month_stands_higher_and_all_limits_stay_on_the_chart(charts: Any) -> None:
    drawn = _drawn(charts.trend(_months(0.6, 0.9, 0.06, 0.94), 30))
    heights = [float(y) for y in _values(drawn, "circle", "cy")]
    assert heights[3] < heights[1] < heights[0] < heights[2]
    limits = [float(y) for line in _lines(drawn, LIMITS) for y in re.findall(r'y\d="(.+?)"', line)]
    assert all(12 <= y <= 148 for y in limits)


@pytest.mark.parametrize(
    ("share", "marks"),
    [(0.92, ["100%", "90%", "80%"]), (0.5, ["100%", "80%", "60%", "40%"])],
)
def test_the_axis_says_where_it_begins(charts: Any, share: float, marks: list[str]) -> None:
    drawn = _drawn(charts.trend(_months(share, share), 30))
    assert re.findall(r">(\d+%)</text>", drawn) == marks
    assert f"trục đứng từ {marks[-1]} đến 100%" in drawn


def test_the_text_of_a_chart_is_never_scaled_below_eleven_pixels(charts: Any) -> None:
    drawn = _drawn(charts.trend(_months(0.8, 0.9), 30))
    assert "viewBox" not in drawn
    assert min(int(size) for size in _values(drawn, "text", "font-size")) >= 11


def test_the_year_is_told_once_where_it_begins(charts: Any) -> None:
    names = ["2025-11", "2025-12", "2026-01", "2026-02"]
    months = [TrendMonth(period.parse(name), figure()) for name in names]
    drawn = _drawn(charts.trend(months, 30))
    assert re.findall(r">(\d{4})</text>", drawn) == ["2025", "2026"]
    # In December the year would run into that of January beside it.
    assert re.findall(r">(\d{4})</text>", _drawn(charts.trend(months[1:], 30))) == ["2026"]


LINE, RING = "#6b6b6b", 'r="8"'


def test_limits_lie_behind_the_months_that_have_them_and_a_signal_is_a_ring(charts: Any) -> None:
    months = _months(0.8, 0.82, 0.84, 0.86)
    assert _lines(_drawn(charts.trend(months, 30)), LINE) == []
    limits = ControlLimits(0.83, 0.71, 0.95)
    months[1:] = [replace(month, limits=limits) for month in months[1:]]
    months[3] = replace(months[3], signals=("trend",))
    drawn = _drawn(charts.trend(months, 30))
    places = _values(drawn, "circle", "cx")
    assert [f'x1="{places[1]}"' in line for line in _lines(drawn, LINE)] == [True] * 3
    assert drawn.count(RING) == 1
    assert "Đường giữa 83%; giới hạn kiểm soát từ 71% đến 95%." in drawn


def test_limits_beyond_the_scale_are_not_drawn(charts: Any) -> None:
    limits = ControlLimits(0.95, -0.1, 1.2)
    months = [replace(month, limits=limits) for month in _months(0.94, 0.95)]
    drawn = _drawn(charts.trend(months, 30))
    assert len(_lines(drawn, LINE)) == 1
    assert "từ 0% đến 100%" in drawn


def test_no_line_crosses_a_break_which_is_marked(charts: Any) -> None:
    months = _months(0.8, 0.82, 0.84, 0.86)
    months[2] = replace(months[2], breaks=("channels",))
    drawn = _drawn(charts.trend(months, 30))
    assert len(_lines(drawn, JOINS)) == 2
    assert len(_lines(drawn, "#8a4500")) == 1
