"""The samples that R's package survey was asked about, and what it said (tests/reference)."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.design import SurveyDesign

REFERENCE = Path(__file__).parent / "reference"
ESTIMATORS = json.loads((REFERENCE / "estimators.json").read_text())
API = json.loads((REFERENCE / "api.json").read_text())
Table = dict[str, npt.NDArray[Any]]


def number(text: str) -> float:
    return float("nan" if text == "NA" else text)


def table(name: str, text: tuple[str, ...], **where: str) -> Table:
    rows = list(csv.DictReader((REFERENCE / name).read_text().splitlines()))
    rows = [row for row in rows if all(row[key] == value for key, value in where.items())]
    return {
        key: np.array([row[key] if key in text else number(row[key]) for row in rows])
        for key in rows[0]
    }


PEOPLE = table("estimators.csv", ("sex",))
TOP = (PEOPLE["level"] >= 4).astype(float)
LATE = PEOPLE["late"] == 1
DESIGNS: dict[str, tuple[str, ...]] = {
    "people": ("strata",),
    "people, fpc": ("strata", "population"),
    "people, weights": ("strata", "weights"),
    "people, weights, fpc": ("strata", "weights", "population"),
    "people, one stratum": ("weights",),
    "days": ("strata", "clusters", "weights"),
    "days, fpc": ("strata", "clusters", "population"),
    "days, one stratum": ("clusters", "weights"),
    "two stages": ("strata", "clusters", "population", "cluster_population"),
}


def design_named(name: str) -> SurveyDesign:
    kind, lonely = name.split(" | ")
    columns = {
        "strata": PEOPLE["stratum"],
        "clusters": PEOPLE["day"],
        "weights": PEOPLE["weight"],
        "population": PEOPLE["people" if kind.startswith("people") else "days"],
        "cluster_population": PEOPLE["people.of.day"],
    }
    given_to_r: dict[str, Any] = {key: columns[key] for key in DESIGNS[kind]}
    return SurveyDesign(len(TOP), lonely=lonely, **given_to_r)


def schools(sample: str) -> tuple[Table, SurveyDesign]:
    data = table("api.csv", ("sample", "stype", "dnum"), sample=sample)
    own: dict[str, Any] = {
        "strat": {"strata": data["stype"], "weights": data["pw"]},
        "clus1": {"clusters": data["dnum"], "weights": data["pw"]},
        "clus2": {"clusters": data["dnum"], "cluster_population": data["cluster_population"]},
    }[sample]
    return data, SurveyDesign(len(data["pw"]), population=data["population"], **own)
