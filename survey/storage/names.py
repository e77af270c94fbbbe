"""Vietnamese names: one spelling to store, one key to search by, one key to sort by.

Neither database can be asked for this: SQLite lowers only ASCII, and a PostgreSQL
collation depends on the machine it was created on.
"""

import re
import unicodedata

# Grave, hook, tilde, acute, dot below: the dictionary's order of the five written tones.
TONES = "\u0300\u0309\u0303\u0301\u0323"
LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
APOSTROPHES = str.maketrans("’‘ʼ`", "''''")


def clean(name: str) -> str:
    """Return a name in NFC: single spaces, straight apostrophes, no controls, a capital first."""
    composed = unicodedata.normalize("NFC", name).translate(APOSTROPHES)
    text = "".join(c for c in " ".join(composed.split()) if c.isprintable())
    return text[:1].upper() + text[1:]


def fold(text: str) -> str:
    """Return the search key: lower case without marks, with đ as d ("Hoà Bình" → "hoa binh")."""
    marks_off = unicodedata.normalize("NFD", clean(text).lower().replace("đ", "d"))
    return "".join(c for c in marks_off if not unicodedata.combining(c))


def spelling(name: str) -> str:
    """Return what a name is apart from case and where its tones are written (hoà, hòa)."""
    return " ".join(_tone_last(word) for word in clean(name).lower().split())


def sort_key(name: str) -> bytes:
    """Return bytes whose order is the Vietnamese dictionary's; numbers count by value.

    Letters decide first, syllable by syllable, then the tones. Bytes, because their order
    is the same in both databases whatever the collation.
    """
    words = spelling(name).split()
    letters = b"\x01".join(_letters(word.rstrip(TONES)) for word in words)
    tones = bytes(_tone(word) for word in words)
    return letters + b"\x00" + tones


def _tone_last(word: str) -> str:
    parts = unicodedata.normalize("NFD", word)
    rest = "".join(c for c in parts if c not in TONES)
    return unicodedata.normalize("NFC", rest) + "".join(c for c in parts if c in TONES)


def _tone(word: str) -> int:
    return 1 + TONES.index(word[-1]) + 1 if word[-1] in TONES else 1


def _letters(word: str) -> bytes:
    padded = re.sub(r"\d+", lambda run: run.group().zfill(6), word)
    places = [LETTERS.find(c) for c in padded]
    # Digits and marks stand before letters, as in a dictionary.
    return bytes(
        100 + place if place >= 0 else min(2 + ord(c), 99)
        for c, place in zip(padded, places, strict=True)
    )
