"""Medians and bootstrap intervals."""

from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
CONFIDENCE = 0.95
INTERVAL = ((1 - CONFIDENCE) / 2, 1 - (1 - CONFIDENCE) / 2)  # the quantiles of the resamples
ROUNDS_TO_CLAIM = 3  # with two, 14 % of the sessions without a difference would claim one (share_found)
SIMULATED_SESSIONS = 1_000
SIMULATED_RESAMPLES = 1_000


@dataclass(frozen=True)
class Estimate:
    """The median over the rounds and its bootstrap interval. low and high are None if there is only one round."""

    median: float
    low: float | None
    high: float | None
    count: int | None  # of rounds; None if the interval is not one of rounds

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
    return estimates(values.reshape(1, -1), seed)[0]


def estimates(rows, seed=0, resamples=RESAMPLES):
    """One Estimate per row."""
    rows = np.sort(rows, axis=1)
    count = rows.shape[1]
    medians = (rows[:, (count - 1) // 2] + rows[:, count // 2]) / 2
    if count == 1:
        return [Estimate(float(median), None, None, 1) for median in medians]
    lower, upper = median_places(count, seed, resamples).T
    resampled = (rows[:, lower] + rows[:, upper]) / 2
    lows, highs = np.quantile(resampled, INTERVAL, axis=1)
    return [Estimate(float(median), float(low), float(high), count) for median, low, high in zip(medians, lows, highs)]


def median_places(count, seed=0, resamples=RESAMPLES):
    """For each resample of `count` sorted values the places of the two values whose mean is its median. In a sorted row, the median of a
    resample is the value at the median of the picked places, so all rows share one sort."""
    places = np.sort(np.random.default_rng(seed).integers(0, count, size=(resamples, count)), axis=1)
    return places[:, [(count - 1) // 2, count // 2]]


def merged_quantile(histograms, part, seed=0, resamples=1_000):
    """A quantile of all values of several histograms (hdr.decode) together, with a percentile bootstrap interval over the histograms.
    Quantiles of rounds are never averaged."""
    classes = sorted(set().union(*histograms))
    counts = np.array([[histogram.get(value, 0) for value in classes] for histogram in histograms])

    def quantiles(rows):
        running = np.cumsum(rows, axis=1)
        return np.array(classes)[np.argmax(running >= part * running[:, -1:] * (1 - 1e-9), axis=1)]

    found = float(quantiles(counts.sum(axis=0, keepdims=True))[0])
    if len(histograms) == 1:
        return Estimate(found, None, None, 1)
    picked = np.random.default_rng(seed).integers(0, len(histograms), size=(resamples, len(histograms)))
    weights = np.array([np.bincount(places, minlength=len(histograms)) for places in picked])
    low, high = np.quantile(quantiles(weights @ counts), INTERVAL)
    return Estimate(found, float(low), float(high), len(histograms))


def paired_ratio(numerators, denominators):
    """The estimate of the ratios per round. A machine that drifts between rounds changes both sides of a ratio equally."""
    return estimate(np.asarray(numerators, dtype=float) / np.asarray(denominators, dtype=float))


def paired_difference(minuends, subtrahends):
    return estimate(np.asarray(minuends, dtype=float) - np.asarray(subtrahends, dtype=float))


def is_tie(ratio, same_against_same):
    """True if the ratio cannot be distinguished from 1: its interval contains 1, or the ratio is no further from 1 than the
    interval of the same server measured against itself (A/A), or there are fewer than ROUNDS_TO_CLAIM rounds."""
    too_few = ratio.count is not None and ratio.count < ROUNDS_TO_CLAIM
    if not ratio.known or too_few or ratio.contains(1.0):
        return True
    if not same_against_same.known:
        return False
    noise = max(abs(same_against_same.low - 1), abs(same_against_same.high - 1))
    return abs(ratio.median - 1) <= noise


def share_found(noise, difference, rounds, seed=0, sessions=SIMULATED_SESSIONS):
    """The share of simulated sessions in which is_tie() finds that a server costs `difference` more than another (0.05: 5 %); the
    power of the statistics. With `difference` 0 it is the share of false claims. `noise` is the standard deviation of the logarithm
    of one run's figure. A session measures a server, the same again, and the other one, in `rounds` rounds."""
    source = np.random.default_rng(seed)
    first, again, other = np.exp(source.normal(0, noise, (3, sessions, rounds)))
    ratios = estimates(other * (1 + difference) / first, resamples=SIMULATED_RESAMPLES)
    same = estimates(again / first, resamples=SIMULATED_RESAMPLES)
    return sum(not is_tie(ratio, aa) for ratio, aa in zip(ratios, same)) / sessions


def noise_of_a_run(same_against_same):
    """The standard deviation of the logarithm of one run's figure, from the A/A ratios of a session. A ratio has the noise of two
    runs."""
    return float(np.std(np.log(same_against_same), ddof=1) / np.sqrt(2))


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
