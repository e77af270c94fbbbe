"""What people answer who met a counter in a certain mood: levels, and what they leave out.

A latent satisfaction with cut points: what a person thinks of an item is the mood of the
counter that day, the person's own, and the item's; where the cut points lie decides the level.
"""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from survey.storage.responses import LEFT, LEVELS, NOT_APPLICABLE

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

USUAL = 4
ITEMS = ("overall", "A", "B", "C", "D", "E")
VISITS = ("submit", "collect", "ask")
# Standard deviations of the latent parts; together with the counters' they make about 1.
PERSON, ITEM = 0.75, 0.55
# Shares of the levels 1 to 5 at a counter in an ordinary mood.
SHARES = {
    "overall": (0.015, 0.025, 0.10, 0.50, 0.36),
    "A": (0.01, 0.025, 0.095, 0.50, 0.37),
    "B": (0.02, 0.04, 0.12, 0.50, 0.32),
    "C": (0.015, 0.025, 0.08, 0.47, 0.41),
    "D": (0.02, 0.04, 0.10, 0.49, 0.35),
    "E": (0.03, 0.06, 0.15, 0.49, 0.27),
}
# Who is asked and taps nothing: more and more down the page, and some after the first item.
LEAVE = {"overall": 0.02, "A": 0.04, "B": 0.06, "C": 0.07, "D": 0.09, "E": 0.12}
ONLY_OVERALL = 0.08
# Who met nothing to judge, by visit for the result; few ever wrote to the commune.
NOT_MET = {"A": 0.005, "B": 0.02, "C": 0.01, "E": 0.68}
NO_RESULT_YET = {"submit": 0.62, "collect": 0.02, "ask": 0.75}


def answers(rng: np.random.Generator, mood: Floats, visit: Integers) -> npt.NDArray[np.uint8]:
    """Return stored codes (people, items) for people's counters' moods and kinds of visit."""
    thinks = mood + rng.normal(0, PERSON, len(mood))
    table = np.stack([_item(rng, item, thinks, visit) for item in ITEMS], axis=1)
    table[rng.random(len(mood)) < ONLY_OVERALL, 1:] = LEFT
    table[(table > max(LEVELS)).all(axis=1), 0] = USUAL  # a sheet without a level is refused
    return table


def _item(
    rng: np.random.Generator, item: str, thinks: Floats, visit: Integers
) -> npt.NDArray[np.uint8]:
    latent = thinks + rng.normal(0, ITEM, len(thinks))
    levels = np.searchsorted(_cuts(item), latent).astype(np.uint8) + np.uint8(1)
    met_nothing = np.array(
        [NO_RESULT_YET[v] if item == "D" else NOT_MET.get(item, 0) for v in VISITS]
    )
    levels[rng.random(len(levels)) < met_nothing[visit]] = NOT_APPLICABLE
    levels[rng.random(len(levels)) < LEAVE[item]] = LEFT
    return levels


def _cuts(item: str) -> list[float]:
    normal = NormalDist()
    return [normal.inv_cdf(sum(SHARES[item][:level])) for level in range(1, 5)]
