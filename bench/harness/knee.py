"""The knee: the load above which a server gets slow or loses requests. The rule, in one place.

The load is raised on a geometric ladder: the rungs are the preferred numbers R20 of ISO 3 (1, 1.12, 1.25, 1.4, 1.6, ...), so a rung is
12 % above the rung below. Each run sends one constant rate.

1. A run is *held* if the client sent at least ACHIEVED of the intended rate in time, no request failed, and the P99 is at most
   SLOWER times the P99 of the lowest rung. A limit of less than P99_FLOOR_US is raised to it, because pauses of the machine are as long.
2. A run is *unknown* if the load generator itself was late and the server was not the limit (limit_rule.py): it says nothing about
   the server.
3. Otherwise it is *lost*.
4. A rung is held if one of its runs was: disturbances only make a run worse. A rung that is not held is measured ATTEMPTS times. The lowest
   rung is measured up to UNKNOWN_ATTEMPTS times while it is unknown, because no other rung says anything without it.
5. The knee is the highest rung that was held. Rungs below it that were lost were disturbed.

The search doubles the rate (OCTAVE rungs) until a rung is not held, and then bisects the rungs between.
"""

from dataclasses import dataclass

ACHIEVED = 0.99
SLOWER = 10
P99_FLOOR_US = 2_000
ATTEMPTS = 2
UNKNOWN_ATTEMPTS = 12
R20 = (1.0, 1.12, 1.25, 1.4, 1.6, 1.8, 2.0, 2.24, 2.5, 2.8, 3.15, 3.55, 4.0, 4.5, 5.0, 5.6, 6.3, 7.1, 8.0, 9.0)
OCTAVE = 6  # rungs
RATE_MAX = 1_000_000

HELD, LOST, UNKNOWN = "held", "lost", "unknown"


@dataclass(frozen=True)
class Run:
    rate: int  # intended, per second
    achieved: float  # sent in time, per second
    p99_us: float
    errors: int
    late: bool  # the load generator was late, although the server was not the limit


@dataclass(frozen=True)
class Knee:
    held: int | None  # the highest rung that was held; None: not even the lowest
    lost: int | None  # the next rung that was measured; None: no higher rung was measured
    unknown: bool = False  # the load generator was late at the rung `lost`; nobody knows whether the server can hold this rung

    @property
    def found(self):
        return self.held is not None and self.lost is not None and not self.unknown


def rung(place):
    return round(R20[place % len(R20)] * 10 ** (place // len(R20)))


PLACES = {rung(place): place for place in range(2 * len(R20), 7 * len(R20))}  # 100 to 10 million per second


def p99_limit_us(runs):
    """The P99 up to which a run is held. The lowest rung counts with its best run."""
    lowest = min(run.rate for run in runs)
    return max(P99_FLOOR_US, SLOWER * min(run.p99_us for run in runs if run.rate == lowest))


def outcome(run, limit_us):
    if run.late:
        return UNKNOWN
    return HELD if run.achieved >= ACHIEVED * run.rate and not run.errors and run.p99_us <= limit_us else LOST


def outcomes(runs):
    """{rate: outcome of the rung}, from the lowest to the highest."""
    limit_us = p99_limit_us(runs)
    found = {}
    for run in sorted(runs, key=lambda run: run.rate):
        found.setdefault(run.rate, []).append(outcome(run, limit_us))
    return {rate: next(one for one in (HELD, LOST, UNKNOWN) if one in of_rung) for rate, of_rung in found.items()}


def find(runs):
    by_rate = outcomes(runs)
    held = max((rate for rate, found in by_rate.items() if found == HELD), default=None)
    above = [rate for rate in by_rate if held is None or rate > held]
    if not above:
        return Knee(held, None)
    return Knee(held, above[0], by_rate[above[0]] == UNKNOWN)


def next_rate(runs, first, highest=RATE_MAX):
    """The rate of the next run; None if the knee is known. `first` is the lowest rung."""
    if not runs:
        return first
    by_rate = outcomes(runs)
    for rate, found in by_rate.items():
        attempts = UNKNOWN_ATTEMPTS if found == UNKNOWN and rate == first else ATTEMPTS
        if found != HELD and sum(run.rate == rate for run in runs) < attempts:
            return rate
    knee = find(runs)
    if knee.held is None:
        return None
    if knee.lost is None:
        above = rung(PLACES[knee.held] + OCTAVE)
        return above if above <= highest else None
    low, high = PLACES[knee.held], PLACES[knee.lost]
    return rung((low + high) // 2) if high - low > 1 else None
