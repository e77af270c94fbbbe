"""A patient official: writes down everything shown on every day, then solves for single votes.

Stronger than a real one: told exactly whose answers stand in each sum shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

People = frozenset[int]
# What one person said to one question: a level, left (6), or not applicable (9).
SAID = (1, 2, 3, 4, 5, 6, 9)


@dataclass
class Notebook:
    """Sums written down: how many of which people said what to one question."""

    sums: dict[People, tuple[int, ...]] = field(default_factory=dict)

    def write(self, people: People, said: tuple[int, ...]) -> None:
        """Note one sum that was shown."""
        assert self.sums.setdefault(people, said) == said, "the same people, another sum"

    @cached_property
    def atoms(self) -> list[People]:
        """People whom no sum tells apart."""
        member: defaultdict[int, list[int]] = defaultdict(list)
        for number, people in enumerate(self.sums):
            for person in people:
                member[person].append(number)
        found: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
        for person, numbers in member.items():
            found[tuple(numbers)].add(person)
        return [frozenset(people) for people in found.values()]

    def differences(self, below: int) -> set[People]:
        """Return every group of fewer than `below` people that two sums differ by."""
        sums = list(self.sums)
        return {
            larger - smaller
            for larger in sums
            for smaller in sums
            if smaller < larger and len(larger - smaller) < below
        }

    def learns(self, group: People) -> tuple[int, ...] | None:
        """Return what a group said if only one answer fits everything written down."""
        told = []
        for place in range(len(SAID)):
            least, most = self._extreme(group, place, 1), self._extreme(group, place, -1)
            if least != most:
                return None
            told.append(least)
        return tuple(told)

    def _extreme(self, group: People, place: int, sign: int) -> int:
        """Minimise (1) or maximise (−1) how many of the group said one thing, in whole people."""
        parts = [part for atom in self.atoms for part in (atom & group, atom - group)]
        objective = np.zeros((len(parts), len(SAID)))
        objective[
            [number for number, part in enumerate(parts) if part and part <= group], place
        ] = sign
        solved = milp(
            objective.ravel(),
            constraints=self._constraints(parts),
            integrality=np.ones(objective.size),
            bounds=Bounds(0, np.inf),
        )
        assert solved.success, "what was written down contradicts itself"
        return round(sign * solved.fun)

    def _constraints(self, parts: list[People]) -> LinearConstraint:
        rows, values = [], []
        for number, part in enumerate(parts):  # everybody said exactly one thing
            row = np.zeros((len(parts), len(SAID)))
            row[number] = 1
            rows.append(row.ravel())
            values.append(len(part))
        for people, said in self.sums.items():
            inside = [number for number, part in enumerate(parts) if part and part <= people]
            for place, count in enumerate(said):
                row = np.zeros((len(parts), len(SAID)))
                row[inside, place] = 1
                rows.append(row.ravel())
                values.append(count)
        return LinearConstraint(np.array(rows), values, values)


def said(people: Iterable[int], answers: Mapping[int, int]) -> tuple[int, ...]:
    """Return how many of these people said each thing."""
    given = [answers[person] for person in people]
    return tuple(given.count(thing) for thing in SAID)
