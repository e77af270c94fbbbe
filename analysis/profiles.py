"""Method profiles: which y and x of a person a satisfaction index is the ratio of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from analysis.interval import Array
from analysis.layout import Integers, Layout

# What the answers 1..5 count in a share of satisfied answers, and on the scales of the means.
TOP_TWO = np.array([0.0, 0.0, 0.0, 1.0, 1.0])
OF_FIVE = np.arange(1, 6) / 5
FROM_ZERO = np.arange(5) / 4


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Weighted sums over the clusters of each stratum; arrays (strata, figures).

    A figure is Σy/Σx; `yy`, `xy`, `xx` are sums over clusters of products of their totals.
    Who answered nothing has y = x = 0 and stands only among the rows of the design. `people`
    answered, `clusters` of them (people themselves, unless days are the clusters), with
    `weights` Σw and `squared_weights` Σw². `elements` are what the figure is a mean of, answers
    or people; `mass` their Σw, and `squares` Σw·element².
    """

    people: Array
    clusters: Array
    answers: Array
    y: Array
    x: Array
    yy: Array
    xy: Array
    xx: Array
    weights: Array
    squared_weights: Array
    elements: Array
    mass: Array
    squares: Array

    @classmethod
    def of_people(cls, *, people: Array, elements: Array, **others: Array) -> Self:
        """Return the moments where each person is a cluster and weighs 1."""
        same = dict.fromkeys(("people", "clusters", "weights", "squared_weights"), people)
        return cls(**same, elements=elements, mass=elements, **others)

    def first(self) -> Self:
        """Return the moments of the first figure, (strata, 1)."""
        return replace(
            self, **{each.name: getattr(self, each.name)[:, :1] for each in fields(self)}
        )

    def scaled(self, weight: Array) -> Self:
        """Return the moments of people who weigh so much more; `weight` (strata, figures or 1)."""
        once = {
            name: getattr(self, name) * weight for name in ("y", "x", "weights", "mass", "squares")
        }
        twice = {
            name: getattr(self, name) * weight**2 for name in ("yy", "xy", "xx", "squared_weights")
        }
        return replace(self, **once, **twice)


# Σy and Σy² over the people with b answers, and the x of each of them; (strata, b) and (b,).
PersonSums = Callable[[Array, Array], tuple[Array, Array, Array]]
# y and x of a person with a satisfied answers among b > 0, and the sum of her levels.
Person = Callable[[Array, Array, Array], tuple[Array, Array]]


def _pooled(people: Array, b: Array) -> tuple[Array, Array, Array]:
    """Σa / Σb: y = satisfied answers, x = answers."""
    return people[..., 1], people[..., 2], b


def _by_person(people: Array, b: Array) -> tuple[Array, Array, Array]:
    """Σ(a/b) / n: y = a person's own share, x = 1."""
    return people[..., 1] / b, people[..., 2] / b**2, np.ones_like(b)


def _all_satisfied(people: Array, b: Array) -> tuple[Array, Array, Array]:
    """Share of people with a = b."""
    return people[..., 3], people[..., 3], np.ones_like(b)


def _of_five(people: Array, b: Array) -> tuple[Array, Array, Array]:
    """Σ level / (5 · answers)."""
    return people[..., 4], people[..., 5], 5 * b


def _from_zero(people: Array, b: Array) -> tuple[Array, Array, Array]:
    """Σ(level − 1) / (4 · answers)."""
    n, level, squared = people[..., 0], people[..., 4], people[..., 5]
    return level - b * n, squared - 2 * b * level + b**2 * n, 4 * b


INDEX, PEOPLE, MEAN = "index", "people", "mean"
OVERALL = "t2b-overall"


@dataclass(frozen=True)
class Profile:
    """How a person's answers become y and x, and what kind of figure their ratio is.

    `ratio` None: the share of 4 and 5 on the item coded "overall". `scores` of the levels where
    answers are the elements, None where people are. `kind`: INDEX (a share within each person),
    PEOPLE (a share of people), MEAN (of levels). `lowest`: the least value of the figure.
    """

    ratio: PersonSums | None
    person: Person
    scores: Array | None
    kind: str
    lowest: float = 0.0

    def columns(self, layout: Layout) -> list[list[int]]:
        """Return the rows of the items of each figure: the index, then its factors."""
        if self.ratio is None:
            return [[row for code, row in layout.position.items() if code == "overall"]]
        return [layout.columns(index) for index in (None, *layout.factors)]

    def moments(self, layout: Layout, matrix: Integers) -> Moments:
        """Return the moments of each figure; `matrix` (strata, integers) as `layout` says."""
        if self.ratio is None:
            return _sum_of(item_moments(layout, matrix), *self.columns(layout))
        squares = None
        if self.scores is not None:
            squares = layout.item_counts(matrix)[..., :5] @ self.scores**2
        figures = [
            _of_people(
                self.ratio,
                # Strata side by side: what follows takes one of the six, or adds over b.
                layout.people(matrix, index).astype(np.float64, order="F"),
                None if squares is None else squares[:, rows].sum(axis=1),
            )
            for index, rows in zip((None, *layout.factors), self.columns(layout), strict=True)
        ]
        return joined(figures)


def _of_people(ratio: PersonSums, people: Array, squares: Array | None) -> Moments:
    """Return the moments of one figure (strata,); `squares` of its answers, None: of people."""
    b = np.arange(1.0, people.shape[1] + 1)
    n, (y, yy, x) = people[..., 0], ratio(people, b)
    count, answers, y_squared = n.sum(axis=1), n @ b, yy.sum(axis=1)
    return Moments.of_people(
        people=count,
        answers=answers,
        y=y.sum(axis=1),
        x=n @ x,
        yy=y_squared,
        xy=y @ x,
        xx=n @ x**2,
        elements=count if squares is None else answers,
        squares=y_squared if squares is None else squares,
    )


def item_moments(layout: Layout, matrix: Integers) -> Moments:
    """Return the moments of each item's share of the answers 4 and 5; figures as the items.

    A person is 0 or 1, so y² = xy = y and x² = x.
    """
    by_level = np.moveaxis(layout.item_counts(matrix)[..., :5], -1, 0)
    levels = by_level.astype(np.float64, order="C")
    y, x = levels[3] + levels[4], levels.sum(axis=0)
    return Moments.of_people(people=x, answers=x, y=y, x=x, yy=y, xy=y, xx=x, elements=x, squares=y)


def _sum_of(items: Moments, columns: list[int]) -> Moments:
    """Return the one figure that is the item in `columns`, or nobody's when it is not there."""
    return Moments(
        **{
            each.name: getattr(items, each.name)[:, columns].sum(axis=1, keepdims=True)
            for each in fields(items)
        }
    )


def joined(figures: Sequence[Moments]) -> Moments:
    """Return moments (strata,) of some figures as moments (strata, figures)."""
    return Moments(
        **{
            each.name: np.stack([getattr(figure, each.name) for figure in figures], axis=-1)
            for each in fields(Moments)
        }
    )


PROFILES = {
    "t2b-pooled": Profile(_pooled, lambda a, b, _level: (a, b), TOP_TWO, INDEX),
    "t2b-person": Profile(_by_person, lambda a, b, _level: (a / b, b / b), None, INDEX),
    OVERALL: Profile(None, lambda a, b, _level: (a, b), None, PEOPLE),
    "mean5": Profile(_of_five, lambda _a, b, level: (level, 5 * b), OF_FIVE, MEAN, lowest=0.2),
    "mean01": Profile(_from_zero, lambda _a, b, level: (level - b, 4 * b), FROM_ZERO, MEAN),
    "all-satisfied": Profile(
        _all_satisfied, lambda a, b, _level: (1.0 * (a == b), b / b), None, PEOPLE
    ),
}
