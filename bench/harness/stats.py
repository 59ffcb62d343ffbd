"""Medians and bootstrap intervals."""

from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """The median over the rounds and its bootstrap interval. low and high are None if there is only one round."""

    median: float
    low: float | None
    high: float | None
    count: int

    @property
    def known(self):
        return self.low is not None

    def contains(self, value):
        return self.known and self.low <= value <= self.high


def estimate(values, seed=0):
    """The median with a percentile bootstrap interval. The fixed seed makes the interval a function of the values."""
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        raise ValueError("no values")
    median = float(np.median(values))
    if values.size == 1:
        return Estimate(median, None, None, 1)
    picks = np.random.default_rng(seed).integers(0, values.size, size=(RESAMPLES, values.size))
    medians = np.median(values[picks], axis=1)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(medians, [tail, 1 - tail])
    return Estimate(median, float(low), float(high), int(values.size))


def paired_ratio(numerators, denominators):
    """The estimate of the ratios per round. A machine that drifts between rounds changes both sides of a ratio equally."""
    return estimate(np.asarray(numerators, dtype=float) / np.asarray(denominators, dtype=float))


def paired_difference(minuends, subtrahends):
    return estimate(np.asarray(minuends, dtype=float) - np.asarray(subtrahends, dtype=float))


def is_tie(ratio, same_against_same):
    """True if the ratio cannot be distinguished from 1: its interval contains 1, or the ratio is no further from 1 than the
    interval of the same server measured against itself (A/A)."""
    if not ratio.known or ratio.contains(1.0):
        return True
    if not same_against_same.known:
        return False
    noise = max(abs(same_against_same.low - 1), abs(same_against_same.high - 1))
    return abs(ratio.median - 1) <= noise


def straight_line(xs, ys):
    """Slope and intercept of the least-squares line, and R²: the share of the variance that the line explains. R² is None if
    the values are constant."""
    xs, ys = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    variance = float(np.sum((ys - ys.mean()) ** 2))
    if variance == 0:
        return 0.0, float(ys[0]), None
    slope, intercept = np.polyfit(xs, ys, 1)
    left = float(np.sum((ys - (slope * xs + intercept)) ** 2))
    return float(slope), float(intercept), 1 - left / variance
