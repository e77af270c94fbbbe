"""How often signs of irregular answering were seen: never so exactly that one answer is found."""

from collections import Counter
from collections.abc import Iterable

from survey.storage.responses import Received


def signs_of(received: Iterable[Received], threshold: int) -> dict[str, int]:
    """Return how many answers carry each sign, rounded down to multiples of k, most first.

    0 stands for fewer than k. Exact counts of a unit and of its other points would tell those of
    the last, and a sign like "one level throughout" is made of the answers themselves.
    """
    people: Counter[str] = Counter()
    for row in received:
        for sign in row.signs.split():
            people[sign] += row.n + row.left_out
    told = {sign: n // threshold * threshold for sign, n in people.items()}
    return dict(sorted(told.items(), key=lambda one: (-one[1], one[0])))
