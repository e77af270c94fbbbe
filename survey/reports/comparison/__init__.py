"""Peers beside each other: what may be said about who differs, and about whom nothing."""

from survey.reports.comparison.compare import WEAK_PERIODS, compare, groups_below
from survey.reports.comparison.groups import GROUPS
from survey.reports.comparison.result import (
    Comparison,
    Move,
    Peer,
    Spot,
    Standardised,
    Standing,
    Weakness,
)
from survey.reports.comparison.tree import Branch, Leaf, tree_on

__all__ = [
    "GROUPS",
    "WEAK_PERIODS",
    "Branch",
    "Comparison",
    "Leaf",
    "Move",
    "Peer",
    "Spot",
    "Standardised",
    "Standing",
    "Weakness",
    "compare",
    "groups_below",
    "tree_on",
]
