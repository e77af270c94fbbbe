from hypothesis import given
from hypothesis import strategies as st

from survey.storage.code_tokens import (
    ALPHABET,
    LENGTH,
    check_character,
    is_token,
    normal,
    random_text,
)

BODIES = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def test_the_alphabet_has_no_signs_that_look_alike() -> None:
    assert len(ALPHABET) == 31
    assert not set("0o1il") & set(ALPHABET)


@given(BODIES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_noticed(body: str, place: int, wrong: str) -> None:
    token = body + check_character(body)
    mistyped = token[:place] + wrong + token[place + 1 :]
    assert is_token(token)
    assert is_token(mistyped) == (mistyped == token)


@given(BODIES, st.integers(0, LENGTH - 2))
def test_any_two_swapped_neighbours_are_noticed(body: str, place: int) -> None:
    token = body + check_character(body)
    a, b = token[place], token[place + 1]
    swapped = token[:place] + b + a + token[place + 2 :]
    assert is_token(swapped) == (a == b)


def test_a_token_may_be_typed_in_capitals_with_spaces_or_dashes() -> None:
    assert normal(" AB2C-D3EF ") == "ab2cd3ef"


def test_random_texts_differ() -> None:
    assert len({random_text(8) for _ in range(1000)}) == 1000
