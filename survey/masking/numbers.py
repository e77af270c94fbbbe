"""Numbers that lead to a person, however they are typed: telephones, identity, plates."""

import re
import unicodedata
from collections.abc import Iterator

from survey.masking.spans import Span

# Between the digits of one number people put a space, a dot, a stroke, or two of them.
GAP = r"[ .\-/]{0,2}"
DIGIT = r"[\doO]"  # the letter o is typed for a nought
SPOKEN = r"(?:không|khong|một|mot|hai|ba|bốn|bon|tư|năm|nam|sáu|sau|bảy|bẩy|bay|tám|tam|chín|chin)"
MONEY = r"\d{1,3} (?: [.,]\d{3} )+ (?!\d)"
NO_MONEY_AFTER = r"(?! \s? (?: đ | d | đồng | dong | vnd | vnđ | k | tr | triệu | trieu | tỷ ) \b )"
DATE = r"\d{1,2} [-./] \d{1,2} [-./] \d{4}"

# Verbose and without regard to case; tried in this order. A group named like its kind is all
# that is masked of a match.
PATTERNS = {
    "email": r"""
        (?<! [\w.+-] ) [\w.+-]{1,64} \s? (?: @ | \(a\) | \b a[ ]c[òo]ng \b ) \s?
        [a-z0-9-]+ (?: (?: \. | [ ]\.[ ] | [ ]ch[ấa]m[ ] ) [a-z0-9-]{2,} )+
        """,
    "link": r"""
        (?: https?:// )? (?: www\. | m\. )?
        (?: fb | facebook | zalo | m ) \. (?: com | me ) / \S* [^\s.,;:!?)]
        """,
    "dossier": rf"""
        (?: \d{{2,3}}\. )* (?<! [^\W\d_] ) [a-z]\d{{2}} (?: \.\d{{1,3}} ){{0,4}}
        \s?-\s? \d{{6}} \s?-\s? \d{{4,7}}
        | (?: hồ[ ]sơ | ho[ ]so | \b hs | biên[ ]nhận | bien[ ]nhan
            | (?: phiếu | phieu | giấy | giay )[ ](?: hẹn | hen ) )
          \s* (?: số | so | mã | ma )? \s* :? \s*
          (?! {DATE} | {MONEY} ) (?P<dossier> \d [\d/.-]{{3,}} \d )
        """,
    "phone": rf"""
        (?<! \d ) (?<! \d[.,/-] )
        (?: \(? (?: \+ | 00 )? 84 \)? {GAP} (?: \(? 0 \)? )? | \(? [0oO] )
        (?: {GAP} [35789] (?: {GAP} {DIGIT} ){{8}} | {GAP} [12] (?: \)? {GAP} {DIGIT} ){{9}} )
        (?! \d )
        | (?<! \d ) \+ (?! 84 ) \d (?: {GAP} \d ){{8,13}} (?! \d )
        | \b (?: {SPOKEN} [\s,.-]+ ){{7,}} {SPOKEN} \b
        """,
    "id": rf"""
        (?<! [\d.,/] ) (?<! \d[ -] ) 0 (?: [ .-]?\d ){{11}} (?! [\d/] ) {NO_MONEY_AFTER}
        | (?<! [\d.,/] ) [1-9]\d{{8}} (?! \d ) {NO_MONEY_AFTER}
        | (?<! [\d.,/] ) [1-9]\d\d [ ] \d{{3}} [ ] \d{{3}} (?! [ ]?\d ) {NO_MONEY_AFTER}
        """,
    "plate": r"""
        (?<! [\d.,] ) (?: 1[1-9] | [2-9]\d )
        (?: -? (?: (?! k[^\d] )[a-z]\d? | [a-z]{2} ) | [ ] (?! m[23] )[a-z]\d )
        [ .-]{0,2} (?: \d{3}[. ]\d{2} | \d{4,5} ) (?! \d )
        """,
    # Accounts, transactions, land certificates, passports.
    "number": rf"""
        (?<! \w ) (?! {DATE} | {MONEY} )
        (?: [a-z]{{1,3}} )? \d (?: [ .-]?\d ){{8,}} (?! \d ) {NO_MONEY_AFTER}
        | (?<! \w ) (?-i: [A-Z]{{2}} ) [ ]? \d{{6,8}} (?! \d )
        | (?<! \w ) (?-i: [A-Z] ) \d{{7,8}} (?! \d )
        """,
}
RULES = {
    kind: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for kind, pattern in PATTERNS.items()
}


def found(text: str) -> Iterator[Span]:
    """Yield every number, the surest kind first; a later one may overlap an earlier."""
    latin = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    for kind, rule in RULES.items():
        for match in rule.finditer(latin):
            group = kind if match.groupdict().get(kind) else 0
            yield Span(match.start(group), match.end(group), kind)
