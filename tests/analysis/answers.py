"""The people of tests/reference/index.csv, and answers drawn by hypothesis."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis import Item

REFERENCE = Path(__file__).parents[1] / "reference"
PEOPLE = list(csv.DictReader((REFERENCE / "index.csv").read_text().splitlines()))
ITEMS = [
    Item(code, None if code == "overall" else code[0])
    for code in ("A1", "A2", "B1", "B2", "B3", "overall")
]
LEVELS = np.array([[int(person[item.code]) for item in ITEMS] for person in PEOPLE], dtype=np.int8)
STRATUM = np.array([int(person["stratum"]) for person in PEOPLE])
POPULATION = {int(person["stratum"]): int(person["population"]) for person in PEOPLE}


def reference(name: str) -> Any:
    """Return what an R script wrote."""
    return json.loads((REFERENCE / f"{name}.json").read_text())


def sheets(least: int = 0, most: int = 30) -> st.SearchStrategy[npt.NDArray[np.int8]]:
    """Answers (people, 6) to ITEMS."""
    codes = st.sampled_from([0, 1, 2, 3, 4, 5, 5, 6, 9])
    return st.integers(least, most).flatmap(
        lambda n: arrays(np.int8, (n, len(ITEMS)), elements=codes)
    )
