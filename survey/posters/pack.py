"""Many posters in one file: a PDF in the order given, or a ZIP with a PDF for each unit."""

from collections.abc import Iterable
from itertools import groupby
from typing import BinaryIO
from zipfile import ZIP_STORED, ZipFile

from survey.posters.poster import Poster
from survey.posters.press import pdf


def write_pdf(file: BinaryIO, posters: Iterable[Poster], form: str, language: str | None) -> None:
    """Write posters as one PDF."""
    file.write(pdf(posters, form, language))


def write_zip(file: BinaryIO, posters: Iterable[Poster], form: str, language: str | None) -> None:
    """Write posters, which come unit by unit, as a ZIP that holds a PDF for each unit."""
    with ZipFile(file, "w", ZIP_STORED) as archive:  # a PDF is compressed already
        for code, of_unit in groupby(posters, lambda poster: poster.unit_code):
            some = list(of_unit)
            name = f"{code} {some[0].unit.replace('/', '-')} {form}.pdf"
            archive.writestr(name, pdf(some, form, language))


WRITERS = {"pdf": write_pdf, "zip": write_zip}
