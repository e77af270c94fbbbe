"""Replicate weights: standard errors that no formula of the estimator is needed for."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.design import SurveyDesign
from analysis.interval import Array, ConfidenceInterval
from analysis.linearisation import half_width
from analysis.read_only import ReadOnly

Statistic = Callable[[Array], npt.ArrayLike]


@dataclass(frozen=True, kw_only=True)
class ReplicateWeights(ReadOnly):
    """Replicates of the weights of a design.

    `factors` (replicates, PSUs) by which the weights of a PSU are multiplied; `scales`
    (replicates,): V(θ) = Σ_r scales_r (θ_r − θ)², about the full estimate.
    """

    factors: Array
    scales: Array
    method: str

    def weights(self, design: SurveyDesign) -> Array:
        """Return the replicate weights (replicates, n) of the people of the design."""
        return design.weight * self.factors[:, design.psu]


@dataclass(frozen=True, kw_only=True)
class ReplicateEstimate(ReadOnly):
    """An estimate of shape () or (k,), its `replicates` (replicates, ...) and their spread."""

    estimate: Array
    standard_error: Array
    degrees_of_freedom: int
    replicates: Array
    method: str

    def confidence_interval(self, level: float = 0.95) -> ConfidenceInterval[Array]:
        """Return estimate ± t·SE; nan below 8 degrees of freedom and where SE = 0.

        Raises ValueError for a level outside (0, 1).
        """
        half = half_width(level, self.degrees_of_freedom, self.standard_error)
        name = f"t, {self.method}"
        return ConfidenceInterval(self.estimate - half, self.estimate + half, level, name)


def jackknife(statistic: Statistic, design: SurveyDesign) -> ReplicateEstimate:
    """Return the stratified jackknife (JKn) of a statistic of the weights.

    `statistic(weights)` maps weights (n,) to an estimate of shape () or (k,), for example
    `lambda w: np.average(y, weights=w)`; a domain is its own affair. Not for medians: it is
    not consistent there. The other edge cases are those of `jackknife_weights`.
    """
    return replicated(statistic, jackknife_weights(design), design)


def bootstrap(
    statistic: Statistic, design: SurveyDesign, replicates: int = 1000, seed: int = 0
) -> ReplicateEstimate:
    """Return the Rao–Wu–Yue bootstrap of a statistic of the weights, also for medians.

    `statistic` as in `jackknife`; the edge cases are those of `bootstrap_weights`.
    """
    return replicated(statistic, bootstrap_weights(design, replicates, seed), design)


def jackknife_weights(design: SurveyDesign) -> ReplicateWeights:
    """Return JKn weights: each PSU left out once, the others of its stratum up by n/(n − 1).

    The scale is (1 − f_h)(n_h − 1)/n_h; the second stage is not seen. Lonely stratum:
    "adjust" leaves it out and raises all others by H/(H − 1), scale (H − 1)/H; "certainty", or
    nothing but one PSU, makes no replicate. It takes PSUs² numbers: for people, thousands.

    Rust, K. F. and Rao, J. N. K. (1996). Variance estimation for complex surveys using
    replication techniques. SMMR 5, 283–310; R's as.svrepdesign(type = "JKn", mse = TRUE).
    """
    of, size = design.stratum_of_psu, design.psus
    lonely, strata = size[of] == 1, len(size)
    same = of[:, None] == of
    raised = np.where(same, (size / np.maximum(size - 1, 1))[of][:, None], 1.0)
    raised[lonely] = np.where(same[lonely], 0, strata / max(strata - 1, 1))
    np.fill_diagonal(raised, 0)
    usual = (design.correction * (size - 1) / size)[of]
    scales = np.where(lonely, (strata - 1) / strata if strata else 0.0, usual)
    kept = ~lonely if design.lonely == "certainty" or strata <= 1 else np.ones_like(lonely)
    return ReplicateWeights(factors=raised[kept], scales=scales[kept], method="jackknife (JKn)")


def bootstrap_weights(design: SurveyDesign, replicates: int, seed: int) -> ReplicateWeights:
    """Return rescaled bootstrap weights: n_h − 1 PSUs of each stratum drawn with replacement.

    The factor of a PSU drawn m times is 1 − √c + √c·m·n_h/(n_h − 1), c = 1 − f_h: 0 or more
    always, and 1 for all drawn. A lonely stratum never varies, whatever `lonely` says, so the
    standard error is too small by it. The same seed gives the same weights.

    Rao, J. N. K. and Wu, C. F. J. (1988). Resampling inference with complex survey data. JASA
    83, 231–241. Rao, J. N. K., Wu, C. F. J. and Yue, K. (1992). Survey Methodology 18, 209–217.

    Raises ValueError for fewer than 2 replicates.
    """
    if replicates <= 1:
        raise ValueError("a bootstrap needs at least 2 replicates; 1000 are usual")
    random = np.random.default_rng(seed)
    factors = np.ones((replicates, len(design.stratum_of_psu)))
    for stratum, size in enumerate(design.psus):
        if size > 1:
            drawn = random.multinomial(size - 1, np.full(size, 1 / size), size=replicates)
            root = np.sqrt(design.correction[stratum])
            factor = 1 - root + root * drawn * size / (size - 1)
            factors[:, design.stratum_of_psu == stratum] = factor
    scales = np.full(replicates, 1 / replicates)
    return ReplicateWeights(factors=factors, scales=scales, method="bootstrap (Rao–Wu–Yue)")


def replicated(
    statistic: Statistic, weights: ReplicateWeights, design: SurveyDesign
) -> ReplicateEstimate:
    """Return a statistic with the standard error of its replicates about the full estimate.

    A replicate without an estimate (nan) makes the standard error nan: none is left out in
    silence. So does a design without a degree of freedom.
    """
    full = np.asarray(statistic(design.weight), dtype=np.float64)
    own = [statistic(design.weight * factor[design.psu]) for factor in weights.factors]
    each = np.array(own, dtype=np.float64).reshape(len(own), *full.shape)
    df = int(design.degrees_of_freedom(design.members(None)[:, None])[0])
    variance = np.tensordot(weights.scales, (each - full) ** 2, axes=1)
    return ReplicateEstimate(
        estimate=full,
        standard_error=np.sqrt(variance) if df > 0 else np.full_like(full, np.nan),
        degrees_of_freedom=df,
        replicates=each,
        method=weights.method,
    )
