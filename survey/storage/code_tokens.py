"""The text of a printed code: unguessable, and easy to read off a sticker and type."""

import secrets

# No 0/o, 1/i/l, which look alike. 31 is prime, which makes the check character below catch
# every single wrong character and every swap of two.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 8


def random_text(length: int) -> str:
    """Return unguessable text of the unambiguous alphabet."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new() -> str:
    """Return a new token, its last character the check character."""
    text = random_text(LENGTH - 1)
    return text + check_character(text)


def check_character(text: str) -> str:
    """Return the character that completes a token: the weighted sum of its places, mod 31."""
    places = (ALPHABET.index(c) for c in text)
    return ALPHABET[sum(weight * place for weight, place in enumerate(places, 1)) % len(ALPHABET)]


def normal(text: str) -> str:
    """Return a token as stored, from however a person typed it."""
    return "".join(c for c in text.lower() if c.isalnum())


def is_token(text: str) -> bool:
    """Say whether text can be a token at all; False means it was mistyped."""
    if len(text) != LENGTH or not set(text) <= set(ALPHABET):
        return False
    return check_character(text[:-1]) == text[-1]
