"""Setting pages with Typst. Text is handed over as data, never as markup."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg
import typst

from survey.i18n import translate as _
from survey.posters.poster import Poster, PosterError
from survey.posters.qr import qr_svg
from survey.posters.words import of_language

DOCUMENTS = Path(__file__).parents[2] / "templates" / "documents"
FONT = "Be Vietnam Pro"
FORMS = ("a4", "a5", "a6", "stand", "sticker")
# How many stickers fill a sheet; a single code gets a whole sheet of its own.
STICKERS = 8


def pdf(posters: Iterable[Poster], form: str = "a5", language: str | None = None) -> bytes:
    """Return posters as one PDF, in Vietnamese and, where given, a second language."""
    made = [(poster, _shown(poster)) for poster in posters]
    if form == "sticker" and len(made) == 1:
        made *= STICKERS
    data = {
        "form": form,
        "words": of_language("vi"),
        "second": of_language(language) if language else None,
    }
    try:
        return compiled("poster", data | {"posters": [shown for _, shown in made]})
    except typst.TypstError as error:
        wrong = _first_unset([poster for poster, _ in made])
        raise PosterError(
            _(
                "Không in được mã của “%(point)s”, %(unit)s: tên có ký tự mà phông chữ không có. "
                "Bước tiếp theo: đổi tên quầy hoặc đơn vị rồi tải lại.",
                point=wrong.point,
                unit=wrong.unit,
            )
        ) from error


def compiled(document: str, data: Mapping[str, Any]) -> bytes:
    """Return a document as PDF/UA; TypstError where the font lacks a character."""
    return typst.compile(
        DOCUMENTS / f"{document}.typ",
        sys_inputs={"d": json.dumps(data)},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )


def _shown(poster: Poster) -> dict[str, Any]:
    shown = asdict(poster) | {"typed": poster.typed, "qr": qr_svg(poster.address)}
    return shown | {"issued_on": poster.issued_on.strftime("%d/%m/%Y")}


def _first_unset(posters: Sequence[Poster]) -> Poster:
    """Return a poster that cannot be set, of several at least one of which cannot."""
    while len(posters) > 1:
        half = len(posters) // 2
        posters = posters[half:] if _is_set(posters[:half]) else posters[:half]
    return posters[0]


def _is_set(posters: Sequence[Poster]) -> bool:
    names = [text for poster in posters for text in (poster.unit, poster.point)]
    try:
        compiled("names", {"names": names})
    except typst.TypstError:
        return False
    return True


@cache
def _fonts() -> list[Path]:
    return [fontpkg.path(FONT).parent]
