"""What could name a person or lead to one, taken out of a comment before its unit reads it.

Rules, not guesses: what each of them finds and misses is printed by `benchmarks.masking`.
Where a rule is in doubt it masks: a name that stays is worse than a word that goes.
"""

from survey.masking import numbers, people
from survey.masking.spans import Span

__all__ = ["PLACEHOLDERS", "Span", "masked", "spans"]

PLACEHOLDERS = {
    "email": "[e-mail]",
    "link": "[liên kết]",
    "dossier": "[mã hồ sơ]",
    "phone": "[số điện thoại]",
    "id": "[số định danh]",
    "plate": "[biển số xe]",
    "number": "[dãy số]",
    "name": "[tên người]",
}


def masked(text: str) -> str:
    """Return a text with a placeholder in place of everything that `spans` finds."""
    parts, end = [], 0
    for span in spans(text):
        parts += [text[end : span.start], PLACEHOLDERS[span.kind]]
        end = span.end
    return "".join([*parts, text[end:]])


def spans(text: str) -> list[Span]:
    """Return what must not be read, in order; where two rules meet, the first one holds."""
    found: list[Span] = []
    for span in [*numbers.found(text), *people.found(text)]:
        if all(span.end <= other.start or span.start >= other.end for other in found):
            found.append(span)
    return sorted(found)
