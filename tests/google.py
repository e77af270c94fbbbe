"""A Google Forms export as people have it: Vietnamese headings, commas, names, remarks."""

import csv
import io
from collections.abc import Sequence

STAMP = "Dấu thời gian"
OVERALL = "Nhìn chung, Ông/Bà hài lòng thế nào về việc phục vụ ở đây?"
ITEMS = (
    "Ông/Bà hài lòng thế nào về nơi đón tiếp người dân?",
    "Ông/Bà hài lòng thế nào về thủ tục hành chính đã làm?",
    "Ông/Bà hài lòng thế nào về công chức đã tiếp Ông/Bà?",
    "Ông/Bà hài lòng thế nào về kết quả nhận được?",
    "Ông/Bà hài lòng thế nào về việc tiếp nhận, xử lý phản ánh, kiến nghị?",
)
# A grid: one question, one column a row, and rows that are the questions of mot-cua.
GRID = [f"Xin cho biết mức độ hài lòng, theo từng mặt [{item}]" for item in ITEMS]
HEADER = [STAMP, OVERALL, *GRID, "Họ và tên, số điện thoại", "Ý kiến khác"]
ROWS = [
    "05/01/2026 8:15:02|Rất hài lòng|Hài lòng|4|5|Chưa nhận kết quả||Lê A, 0912345678|Nhanh, gọn",
    '5/1/2026 14:30:05|RẤT  KHÔNG hài lòng|Bỏ qua||Bình thường|1|Không áp dụng||=HYPERLINK("x")',
    "06/01/2026 23:59:59|5 - Rất hài lòng|Very satisfied|3|2|4|5|Trần B|Chờ lâu,\nnhưng lịch sự",
]
# What is stored of each row: overall, A to E, and sixteen detail items that were not put.
ANSWERS = [bytes([5, 4, 4, 5, 9, 6]), bytes([1, 6, 6, 3, 1, 9]), bytes([5, 5, 3, 2, 4, 5])]
NOT_PUT = bytes(16)


def cells(row: str) -> list[str]:
    """Return the cells of a row written with | between them."""
    return row.split("|")


def export(
    rows: Sequence[str] = ROWS,
    header: Sequence[str] = HEADER,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> bytes:
    """Return a file as Google writes it: every cell that needs quotation marks has them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *map(cells, rows)])
    return text.getvalue().encode(encoding)


def simple(n: int) -> bytes:
    """Return a file of n different answers with a day, an overall level and a name each."""
    return shifted(n, by=0)


def shifted(n: int, *, by: int) -> bytes:
    """Return such a file without its first answers, and with as many new ones."""
    rows = [
        f"{k % 28 + 1:02d}/{k % 12 + 1:02d}/2025|{k % 5 + 1}|Người số {k}"
        for k in range(by, by + n)
    ]
    return export(rows, ["Ngày", "overall", "Họ và tên"])
