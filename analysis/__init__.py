"""The arithmetic: arrays in, frozen results out; NumPy and SciPy only.

Every name that the rest of the service may call stands here; docs/method.md has the formulas.
"""

from analysis.charts import ControlChart, p_chart, xmr_chart
from analysis.differences import Difference, difference, equivalence
from analysis.disclosure import CountTree, suppress
from analysis.drivers import KeyDrivers, key_drivers
from analysis.flags import bursts, repeated_vectors, speed, straight_lining
from analysis.funnel_chart import Funnel, funnel
from analysis.index import ItemShare, SatisfactionIndex, index_from_sums
from analysis.interval import ConfidenceInterval, Estimate
from analysis.measurement import Alpha, Reliability, cronbach_alpha, reliability
from analysis.multiplicity import adjust_p
from analysis.nested import overlap
from analysis.proportions import Proportion, proportion
from analysis.publication import Gates, Thresholds, gates
from analysis.ranks import RankSets, rank_sets
from analysis.rows import satisfaction_index
from analysis.samples import coverage, required_sample, sensitivity_band
from analysis.stabiliser import Stabiliser
from analysis.standardisation import standardise
from analysis.sums import Item, Sums, tally, tally_by

__all__ = [
    "Alpha",
    "ConfidenceInterval",
    "ControlChart",
    "CountTree",
    "Difference",
    "Estimate",
    "Funnel",
    "Gates",
    "Item",
    "ItemShare",
    "KeyDrivers",
    "Proportion",
    "RankSets",
    "Reliability",
    "SatisfactionIndex",
    "Stabiliser",
    "Sums",
    "Thresholds",
    "adjust_p",
    "bursts",
    "coverage",
    "cronbach_alpha",
    "difference",
    "equivalence",
    "funnel",
    "gates",
    "index_from_sums",
    "key_drivers",
    "overlap",
    "p_chart",
    "proportion",
    "rank_sets",
    "reliability",
    "repeated_vectors",
    "required_sample",
    "satisfaction_index",
    "sensitivity_band",
    "speed",
    "standardise",
    "straight_lining",
    "suppress",
    "tally",
    "tally_by",
    "xmr_chart",
]
