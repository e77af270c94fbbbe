"""The arithmetic: arrays in, frozen results out; NumPy and SciPy only.

Every name that the rest of the service may call stands here; docs/method.md has the formulas.
What a page of results does not need is imported when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from analysis.differences import Difference, difference, equivalence
from analysis.disclosure import CountTree, suppress
from analysis.index import ItemShare, SatisfactionIndex, index_from_sums
from analysis.interval import ConfidenceInterval, Estimate
from analysis.proportions import Proportion, proportion
from analysis.publication import Gates, Thresholds, gates
from analysis.rows import satisfaction_index
from analysis.stabiliser import Stabiliser
from analysis.sums import Item, Sums, tally, tally_by

if TYPE_CHECKING:
    from analysis.charts import ControlChart, p_chart, xmr_chart
    from analysis.drivers import KeyDrivers, key_drivers
    from analysis.flags import bursts, repeated_vectors, speed, straight_lining
    from analysis.funnel_chart import Funnel, funnel
    from analysis.measurement import Alpha, Reliability, cronbach_alpha, reliability
    from analysis.multiplicity import adjust_p
    from analysis.nested import overlap
    from analysis.ranks import RankSets, rank_sets
    from analysis.samples import coverage, required_sample, sensitivity_band
    from analysis.standardisation import standardise

_LATER = {
    "Alpha": "measurement",
    "ControlChart": "charts",
    "Funnel": "funnel_chart",
    "KeyDrivers": "drivers",
    "RankSets": "ranks",
    "Reliability": "measurement",
    "adjust_p": "multiplicity",
    "bursts": "flags",
    "coverage": "samples",
    "cronbach_alpha": "measurement",
    "funnel": "funnel_chart",
    "key_drivers": "drivers",
    "overlap": "nested",
    "p_chart": "charts",
    "rank_sets": "ranks",
    "reliability": "measurement",
    "repeated_vectors": "flags",
    "required_sample": "samples",
    "sensitivity_band": "samples",
    "speed": "flags",
    "standardise": "standardisation",
    "straight_lining": "flags",
    "xmr_chart": "charts",
}

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


def __getattr__(name: str) -> Any:
    """Import what is asked for the first time (PEP 562)."""
    if name not in _LATER:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"analysis.{_LATER[name]}"), name)
    return found
