"""What a page says of a figure against its target and the period before."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from survey import period
from survey.reports import Before, Verdict
from survey.reports.verdict import verdict
from survey.storage.targets import Target
from tests.figures import share, wide

FEW = 30


@pytest.fixture
def words(app: Flask) -> Iterator[Any]:
    with app.test_request_context():
        yield app.jinja_env.get_template("macros/verdict.html").make_module()


def _found(
    now: int,
    earlier: int,
    *,
    of: int = 400,
    target: int | None = None,
    name: str = "2026-Q3",
    obstacle: str | None = None,
) -> Verdict:
    figure = share(earlier, of)
    before = Before(
        period=period.parse(name), figures={("overall", "index"): figure}, obstacle=obstacle
    )
    aim = Target(
        unit_code="92",
        year=2026,
        measure="overall",
        code="index",
        value=target,
        set_on=date(2026, 1, 5),
        set_by="x",
    )
    return verdict([share(now, of)], {("overall", "index"): aim} if target else {}, before)


def _since(words: Any, found: Verdict) -> str:
    return re.sub("</?a[^>]*>", "", str(words.since(found.index, found.before)))


def _sentence(words: Any, found: Verdict) -> str:
    return str(words.sentence(found.index, found.before, FEW))


def test_a_change_is_told_in_points_with_its_limits(words: Any) -> None:
    found = _found(360, 300)
    gap = found.index.change
    assert gap is not None
    low, high = (f"{100 * each:.0f}" for each in (gap.interval.low, gap.interval.high))
    told = f"So với quý trước: tăng khoảng 15 điểm phần trăm (từ {low} đến {high})"
    assert _since(words, found) == told
    turned = told.replace("tăng", "giảm")
    assert _since(words, _found(300, 360)) == turned


def test_a_change_has_the_decimals_that_its_interval_earns(words: Any) -> None:
    narrow = _since(words, _found(9300, 9000, of=10_000))
    assert "tăng khoảng 3,0 điểm phần trăm (từ 2,2 đến 3,8)" in narrow
    near = _since(words, _found(3640, 3572, of=4000))  # whole points would say “from 0”
    assert re.search(r"tăng khoảng 1,7 điểm phần trăm \(từ 0,4 đến 3,0\)", near)


def test_a_change_that_is_not_sure_has_no_direction(words: Any) -> None:
    said = _since(words, _found(344, 340))
    assert said.startswith("So với quý trước: chưa đủ căn cứ để nói tăng hay giảm (chênh từ -")
    same = _since(words, _found(9010, 9000, of=10_000))
    assert same.startswith("So với quý trước: chênh không đáng kể (chênh từ -")


@pytest.mark.parametrize(
    ("name", "said"),
    [("2026-09", "tháng"), ("2026-Q3", "quý"), ("2026-H1", "nửa năm"), ("2025", "năm")],
)
def test_the_period_before_is_named_by_its_kind(words: Any, name: str, said: str) -> None:
    assert _since(words, _found(360, 300, name=name)).startswith(f"So với {said} trước: tăng")


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        ("none", "chưa có kết quả để so"),
        ("hidden", "kết quả kỳ trước ẩn"),
        ("instrument", "mẫu phiếu đã đổi"),
        ("boundaries", "địa giới đã đổi"),
        ("channels", "cách thu phiếu đã đổi nhiều"),
        ("rollup", "cách cộng các quầy đã đổi"),
    ],
)
def test_what_stands_between_two_periods_is_said(words: Any, obstacle: str, said: str) -> None:
    assert said in _since(words, _found(360, 300, obstacle=obstacle))


def test_a_share_that_is_withheld_is_not_told_by_its_change(words: Any) -> None:
    before = Before(period=period.parse("2026-Q3"), figures={("overall", "index"): wide()})
    found = verdict([share(360, 400)], {}, before)
    assert _since(words, found) == "So với quý trước: chưa đủ căn cứ để nói tăng hay giảm"


@pytest.mark.parametrize(
    ("now", "earlier", "target", "said"),
    [
        (320, 320, 9000, "Chưa đạt chỉ tiêu 90%: cả khoảng nằm dưới chỉ tiêu."),
        (360, 300, None, "Cải thiện so với quý trước."),
        (300, 360, None, "Giảm so với quý trước."),
        (360, 355, 8050, "Duy trì: cả khoảng nằm trên chỉ tiêu 80,5%."),
        (360, 355, 9000, "Chưa đủ căn cứ để nói đạt hay chưa đạt chỉ tiêu 90%."),
        (360, 345, None, "Chưa đủ căn cứ để kết luận."),
    ],
)
def test_the_verdict_is_one_sentence(
    words: Any, now: int, earlier: int, target: int | None, said: str
) -> None:
    assert _sentence(words, _found(now, earlier, target=target)) == said


def test_without_a_target_a_small_change_is_the_verdict(words: Any) -> None:
    said = _sentence(words, _found(9010, 9000, of=10_000))
    assert said == "Duy trì: so với quý trước chênh không quá 5 điểm phần trăm."


def test_too_few_people_are_told_how_many_it_takes(words: Any) -> None:
    said = _sentence(words, _found(20, 25, of=29, target=9000))
    assert said.endswith("mới có 29 người trả lời, từ 30 người mới so.")


@pytest.mark.parametrize(("value", "said"), [(8500, "85%"), (8550, "85,5%"), (8525, "85,25%")])
def test_a_target_keeps_the_decimals_it_was_set_with(words: Any, value: int, said: str) -> None:
    assert words.aim(Target(value=value)) == said
