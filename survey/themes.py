"""What a comment is about, and whether the province must keep it to itself: word rules.

A phrase is looked for whole, without regard to case and to where a tone is written; in a comment
without marks it is looked for without marks. What the rules find and miss is printed by
`benchmarks.masking`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from survey.i18n import lazily as _l
from survey.storage.names import fold, spelling

LISTS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
OTHER = "other"
TITLES = {
    "wait": _l("Thời gian chờ"),
    "attitude": _l("Thái độ"),
    "guidance": _l("Hướng dẫn"),
    "paperwork": _l("Thủ tục, giấy tờ"),
    "fee": _l("Phí, lệ phí"),
    "on_time": _l("Đúng hẹn"),
    "premises": _l("Cơ sở vật chất"),
    "online": _l("Phần mềm, trực tuyến"),
    "praise": _l("Khen"),
    OTHER: _l("Khác"),
}
HOLDS = {
    "money": _l("Tiền, quà"),
    "harassment": _l("Quấy rối, sách nhiễu, đe dọa"),
}

UNIT = "k ngàn nghìn ngan nghin triệu trieu tr củ chai xị lít đ đồng dong vnd vnđ".replace(" ", "|")
SPOKEN = (
    "một hai ba bốn năm sáu bảy tám chín mười chục trăm mot bon sau bay tam chin muoi chuc tram"
)
SUM = re.compile(
    rf"\b(?:\d[\d.,]*\s?(?:{UNIT})\d?\b|\d{{1,3}}(?:[.,]\d{{3}})+\b"
    rf"|(?:(?:{'|'.join(SPOKEN.split())})\s)+(?:{UNIT})\b)"
)
# Not \w: the vowel signs of Khmer are no letters to it.
WORD = re.compile(r"[^\s.,;:!?\"'()\[\]/…–-]+")
SHORT = {short: whole for whole, all_short in LISTS["short"].items() for short in all_short.split()}
GAP = r"(?:\ \S+){0,4}"


def of(text: str) -> tuple[str, ...]:
    """Return the codes of the themes of a comment, at least one."""
    return _found("themes", text) or (OTHER,)


def holds(text: str) -> tuple[str, ...]:
    """Return why the province must hold a comment, as codes; usually none."""
    return _found("holds", text)


def _found(kind: str, text: str) -> tuple[str, ...]:
    words = WORD.findall(SUM.sub(" # ", text.lower()))
    is_plain = (said := " ".join(words)) == fold(said).lower()
    whole = " ".join(SHORT.get(word, word) for word in words)
    read = fold(whole) if is_plain else spelling(whole)
    return tuple(code for code in LISTS[kind] if _rule(kind, code, is_plain).search(read))


@cache
def _rule(kind: str, code: str, is_plain: bool) -> re.Pattern[str]:
    """Return what finds any phrase of a list that no word of its `unless` stands before."""
    entry, written = LISTS[kind][code], fold if is_plain else spelling
    # Without marks a single word says nothing: "cho" is chờ, chở, chó …
    said = [p for p in _phrases(entry["phrases"]) if not is_plain or " " in p or fold(p) == p]
    found = "|".join(_pattern(written(phrase)) for phrase in said)
    negated = (re.escape(written(word)) for word in _phrases(entry.get("unless", "")))
    before = "".join(rf"(?<!\b{word}\ )" for word in negated)
    return re.compile(rf"(?<!\S){before}(?:{found})(?!\S)")


def _phrases(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip()]


def _pattern(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ …", GAP)
