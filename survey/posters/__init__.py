"""From an address to its QR code, to the poster on the counter and the pack; pure, no Flask."""

from survey.posters.checks import CheckRow, check_sheet
from survey.posters.pack import WRITERS
from survey.posters.paper import paper_form
from survey.posters.poster import Poster, PosterError, address_of, of_code
from survey.posters.press import FORMS, pdf
from survey.posters.qr import qr_svg
from survey.posters.words import languages

__all__ = [
    "FORMS",
    "WRITERS",
    "CheckRow",
    "Poster",
    "PosterError",
    "address_of",
    "check_sheet",
    "languages",
    "of_code",
    "paper_form",
    "pdf",
    "qr_svg",
]
