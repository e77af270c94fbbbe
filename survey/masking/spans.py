"""A stretch of a text that names somebody."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """From one character up to another, and what kind of name stands there."""

    start: int
    end: int
    kind: str
