"""The text of a one-time code: hopeless to guess, still possible to type, known to be ours.

Of its 12 characters 9 are random, 2 prove that this installation made them, and the last finds
every single slip in typing. So a code whose row is gone is told from one that never was.
"""

import hmac

from survey.storage.code_tokens import ALPHABET, check_character, normal, random_text
from survey.tokens import keyed

# 31⁹ is 2.6 × 10¹³: with a million codes in use one of 26 million guesses hits, and only one of
# 29,791 guesses is even looked up.
BODY, PROOF = 9, 2
LENGTH = BODY + PROOF + 1
GROUP = 4


def new() -> str:
    """Return a new code."""
    body = random_text(BODY)
    text = body + _proof(body)
    return text + check_character(text)


def read(typed: str) -> str | None:
    """Return a code as made, from however a person typed it; None if it is not ours."""
    code = normal(typed)
    if is_mistyped(code):
        return None
    ours = hmac.compare_digest(_proof(code[:BODY]), code[BODY : BODY + PROOF])
    return code if ours else None


def is_mistyped(typed: str) -> bool:
    """Say whether text cannot be a code of anybody's."""
    code = normal(typed)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return True
    return check_character(code[:-1]) != code[-1]


def shown(code: str) -> str:
    """Return a code as it is printed: ABCD EFGH JKMN."""
    return " ".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP)).upper()


def digest(code: str) -> bytes:
    """Return what is stored of a code."""
    return keyed("invitation", code.encode())


def _proof(body: str) -> str:
    places = keyed("invitation proof", body.encode())[:PROOF]
    return "".join(ALPHABET[place % len(ALPHABET)] for place in places)
