"""The codes of an issue on slips (PDF, or a ZIP of several) or in a file for an SMS gateway."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit
from zipfile import ZIP_STORED, ZipFile

from survey.invitations.codes import shown
from survey.invitations.issuing import Draft
from survey.period import VIETNAM
from survey.posters import slips
from survey.posters.slips import Slip

# Typst keeps what its last ten documents were made of, 60 KB a slip: parts of 10 pages stay below
# 400 MB however many they are. One PDF of 100 pages takes 300 MB, of 10,000 slips 1.2 GB.
IN_A_PART, IN_A_PDF = 240, 2400
HEADER = ("Số điện thoại", "Mã", "Đường dẫn", "Hạn dùng", "Dòng")
NUMBER = re.compile(r"\+?[0-9][0-9 .-]*")
FORMULA = tuple("=+-@\t\r")


@dataclass(frozen=True, kw_only=True)
class Print:
    """What is printed: codes, the public address, and the name of each unit by its code."""

    drafts: Sequence[Draft]
    base: str
    units: Mapping[str, str]

    def address(self, draft: Draft) -> str:
        """Return the address that a code opens."""
        return f"{self.base}/m/{draft.code}"

    def pdf(self, drafts: Sequence[Draft]) -> bytes:
        """Return the slips of some of the codes."""
        parts = urlsplit(self.base)
        made = [
            Slip(
                address=self.address(draft),
                code=shown(draft.code),
                unit=self.units[draft.unit_code],
                point=draft.point.name,
                row=draft.row,
            )
            for draft in drafts
        ]
        return slips.pdf(made, parts.netloc if parts.scheme == "https" else self.base)


def write_pdf(file: BinaryIO, made: Print) -> None:
    """Write all slips as one PDF."""
    file.write(made.pdf(made.drafts))


def write_zip(file: BinaryIO, made: Print) -> None:
    """Write the slips as a ZIP of PDFs of ten pages."""
    with ZipFile(file, "w", ZIP_STORED) as archive:  # a PDF is compressed already
        for start in range(0, len(made.drafts), IN_A_PART):
            some = made.drafts[start : start + IN_A_PART]
            name = f"phieu-moi-{start + 1:05d}-{start + len(some):05d}.pdf"
            archive.writestr(name, made.pdf(some))


def write_csv(file: BinaryIO, made: Print) -> None:
    """Write one line a code; the telephone number stands there as in the list, or is empty."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    lines = csv.writer(text, delimiter=";")
    lines.writerow(HEADER)
    for draft in made.drafts:
        ends = draft.ends_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
        cells = (draft.code, made.address(draft), ends, draft.row or "")
        lines.writerow([_phone(draft.phone), *cells])
    text.detach()  # the file is its opener's


WRITERS = {"pdf": write_pdf, "zip": write_zip, "csv": write_csv}


def _phone(text: str) -> str:
    """Return a number as it is; what is none could be a formula for whoever opens the file."""
    is_safe = NUMBER.fullmatch(text) or not text.startswith(FORMULA)
    return text if is_safe else f"'{text}"
