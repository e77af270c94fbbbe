"""What a manager reads at five in the afternoon: on a phone, at a desk, on a sheet of paper."""

import random
import re
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, StorageState, expect

from survey import closing, period
from survey.storage import units
from survey.storage.units import UnitRow
from tests import rows
from tests.browser.conftest import Pages
from tests.live import Server

UNIT, NAME, COUNTERS, MONTHS, PEOPLE = "00098", "Phường Mẫu Đông Khách", 6, 12, 12
A4 = (595, 842)
WIDTH = "document.scrollingElement.scrollWidth"
SMALL = "[...document.querySelectorAll('svg text')].filter(e => e.getBBox().height < 11).length"
CUT = """[...document.querySelectorAll('svg text')].filter(e => {
  const text = e.getBoundingClientRect(), box = e.closest('svg').getBoundingClientRect();
  return text.left < box.left - 1 || text.right > box.right + 1 || text.bottom > box.bottom + 1;
}).map(e => e.textContent)"""


@pytest.fixture(scope="module")
def busy(server: Server) -> str:
    """The page of last month for a commune with six counters and a year of results."""
    months = [period.containing(period.today()).previous]
    while len(months) < MONTHS:
        months.append(months[-1].previous)
    row = UnitRow(number=1, code=UNIT, name=NAME, level="commune", type="phuong", parent_code="00")
    dice = random.Random(7)
    with server.session() as session:
        units.put(session, [row], months[-1].start)
        for number in range(1, COUNTERS + 1):
            name = f"Quầy {number}: Lao động, thương binh và xã hội"
            point = rows.point_named(session, UNIT, name, months[-1].start)
            for month in months:
                for _ in range(PEOPLE):
                    levels = dice.choices(range(1, 6), weights=(1, 2, 4, 20, 15), k=6)
                    rows.answer(session, point, month.start, levels)
        closing.release(session, period.today() - timedelta(days=1), 10, None)
        session.commit()
    return f"{server.base}/results/units/{UNIT}/{months[0].name}"


@pytest.fixture
def desk(pages: Pages, signed_in: StorageState) -> Page:
    """A computer signed in with the account of the province."""
    return pages.open(storage_state=signed_in)


@pytest.fixture
def phone(pages: Pages, signed_in: StorageState) -> Page:
    """A small phone signed in with the account of the province."""
    return pages.phone(360, 640, storage_state=signed_in)


def follow(page: Page, words: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=words, exact=True).click()


def test_the_page_reads_on_a_phone_without_scrolling_sideways_or_squinting(
    phone: Page, busy: str
) -> None:
    phone.goto(busy)
    expect(phone.locator(".index strong")).to_have_text(re.compile(r"^\d{2}%$"))
    assert phone.evaluate(WIDTH) == 360
    assert phone.locator("svg text").count() > MONTHS
    assert phone.evaluate(SMALL) == 0
    assert phone.evaluate(CUT) == []


def test_the_first_screen_of_a_phone_has_the_number_received_and_the_index(
    phone: Page, busy: str
) -> None:
    phone.goto(busy)
    expect(phone.locator(".received")).to_be_in_viewport(ratio=1)
    expect(phone.locator(".index strong")).to_be_in_viewport(ratio=1)


def test_no_page_of_results_makes_the_browser_complain(
    pages: Pages, desk: Page, server: Server, busy: str
) -> None:
    for path in (busy, f"{server.base}/results/units/00", f"{server.base}/results/units/{UNIT}"):
        desk.goto(path)
    follow(desk, "Quầy 3: Lao động, thương binh và xã hội")
    assert pages.complaints == []


def _printed(page: Page, folder: Path) -> list[str]:
    """Print a page as its style sheet says; return the words of each sheet."""
    file = folder / "printed.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(file) as document:
        sizes = {tuple(round(side) for side in sheet.get_size()) for sheet in document}
        assert sizes == {A4}
        return [sheet.get_textpage().get_text_range() for sheet in document]


def test_a_commune_prints_its_first_screen_with_list_and_trend_on_one_sheet(
    desk: Page, busy: str, tmp_path: Path
) -> None:
    desk.goto(busy)
    first, second = _printed(desk, tmp_path)
    for words in (NAME, "Kết luận", "Nên làm trước", "yếu trước", "Theo tháng", "Bản dùng thử"):
        assert words in first
    for words in ("Năm mức trả lời", "Quầy 6", "Nên hiểu thế nào"):
        assert words in second
    for words in ("Đăng xuất", "Tải số liệu", "6 tháng", "Các chữ này nghĩa là gì"):
        assert words not in first + second


def test_the_list_of_a_province_prints_after_its_first_sheet(
    desk: Page, server: Server, busy: str, tmp_path: Path
) -> None:
    desk.goto(f"{server.base}/results/units/00/{busy.rpartition('/')[2]}")
    first, second, third, *_more = _printed(desk, tmp_path)
    assert "Nên làm trước" in first
    assert "Nên hiểu thế nào" in second
    assert NAME not in first + second
    assert NAME in third


def test_a_manager_walks_to_another_month_a_longer_period_and_a_counter(
    desk: Page, server: Server, busy: str
) -> None:
    desk.goto(busy)
    last = period.parse(busy.rpartition("/")[2])
    follow(desk, f"‹ {last.previous.title}")
    expect(desk.locator("h1 + p")).to_contain_text(last.previous.title)
    follow(desk, f"{last.title} ›")
    follow(desk, "Năm")
    expect(desk.locator("h1 + p")).to_contain_text(f"Năm {last.start.year}")
    follow(desk, "Quầy 2: Lao động, thương binh và xã hội")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Quầy 2")
    follow(desk, NAME)
    expect(desk.get_by_role("heading", level=1)).to_have_text(NAME)


@pytest.mark.parametrize(("words", "ending"), [("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json")])
def test_the_files_arrive_whole_under_a_name_that_says_what_they_are(
    desk: Page, busy: str, words: str, ending: str
) -> None:
    desk.goto(busy)
    with desk.expect_download() as download:
        desk.get_by_role("link", name=words, exact=True).click()
    name = download.value.suggested_filename
    assert UNIT in name
    assert name.endswith(f".{ending}")
    assert Path(download.value.path()).stat().st_size > 1000
