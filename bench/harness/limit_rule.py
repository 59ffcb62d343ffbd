"""Who limited a run: the rule, in one place.

A closed loop is as fast as its slowest part. Requests/s are a result about the server only if the server was that part.

1. The limit was the *server* if it used at least SATURATED of its CPU time, or if a quota stopped it for at least THROTTLED of the
   time. This holds also if the client was saturated too.
2. Otherwise it was the *client* if the client used at least SATURATED of its CPU time.
3. Otherwise it was the *client* if the run reached CEILING of the rate that a server without a router (the null server) reached in
   the same rounds, and that server was not saturated either: a server that does nothing would have been no faster. (If other
   processes took the CPUs of both servers, they were the limit, and the rate is no result about the server either.)
4. Otherwise it was *neither*: CPU time was left on both sides. Others used the CPUs, or both sides waited, or (an open loop) the
   schedule asked for no more. Rule 3 is for closed loops only.

Latency has a check of its own, Little's law: the requests in flight are the rate times the mean latency. In a closed loop they are
the connections. If the product differs from the connections by more than LITTLE_TOLERANCE, the client did not see a part of the
waiting time (its threads take turns, or answers wait in its sockets), and its latencies are void.

A published set often has rates but no CPU times. There, different servers at equal connections cannot be equally fast by
chance: a plateau is a band of PLATEAU_WIDTH that holds at least PLATEAU_SHARE of the servers and at least PLATEAU_MIN of them, with
at most PLATEAU_ABOVE of the servers faster than the band. The servers on a plateau are client-bound. Repeated runs of one server
are not such a set.
"""

import bisect
from dataclasses import dataclass

SATURATED = 0.95  # share of the CPU time; the rest is the first and the last moment of a run
THROTTLED = 0.02  # share of the time
CEILING = 0.95  # share of the null server's rate; the noise of a short run is about 5 %
KEPT = 0.99  # share of the rate of a schedule
LITTLE_TOLERANCE = 0.10  # of the connections
PLATEAU_WIDTH = 0.02  # (highest - lowest) / lowest rate of the band
PLATEAU_SHARE = 0.25
PLATEAU_MIN = 10
PLATEAU_ABOVE = 0.05

SERVER, CLIENT, NEITHER = "server", "client", "neither"
UNKNOWN = "not known"  # of a server whose CPU time nobody tells


@dataclass(frozen=True)
class Verdict:
    limit: str  # SERVER, CLIENT or NEITHER
    why: str  # a clause


@dataclass(frozen=True)
class Ceiling:
    """The null server in the same rounds."""

    requests_per_s: float
    server_share: float

    @classmethod
    def of(cls, record):
        """The ceiling that a run of the null server shows."""
        return cls(record["requests_per_s"], record["server_share"])


def judge(server_share, client_share, throttled_share=0.0, requests_per_s=0.0, ceiling=None, intended_rate=None):
    """The verdict on one run, or on the medians of a cell. Shares are between 0 and 1; `ceiling` is None if it was not measured;
    `intended_rate` is that of an open loop."""
    if server_share >= SATURATED:
        return Verdict(SERVER, f"the server used {server_share:.0%} of its CPU time")
    if throttled_share >= THROTTLED:
        return Verdict(SERVER, f"its quota stopped the server for {throttled_share:.0%} of the time")
    if client_share >= SATURATED:
        return Verdict(CLIENT, f"the client used {client_share:.0%} of its CPU time, the server {server_share:.0%}")
    used = f"the server used {server_share:.0%} and the client {client_share:.0%} of their CPU time"
    if intended_rate:
        kept = requests_per_s >= KEPT * intended_rate
        return Verdict(NEITHER, f"the schedule asked for only {intended_rate:,.0f} requests/s; {used}" if kept else used)
    if ceiling and ceiling.server_share < SATURATED and requests_per_s >= CEILING * ceiling.requests_per_s:
        return Verdict(CLIENT, f"a server that does nothing reached only {ceiling.requests_per_s:,.0f} requests/s")
    return Verdict(NEITHER, used)


def in_flight_share(in_flight_intended, requests_per_s, mean_latency_us):
    """The requests in flight that the client saw (Little's law), as a share of those of its closed loop; None in an open loop, where
    the server decides how many there are."""
    return requests_per_s * mean_latency_us / 1e6 / in_flight_intended if in_flight_intended else None


def latency_is_void(share_in_flight):
    return abs(share_in_flight - 1) > LITTLE_TOLERANCE


def plateau(rates):
    """The lowest and the highest rate of the plateau of a published set at equal connections, or None. Of several bands, the one
    with the most servers."""
    rates = sorted(rates)
    best = (0, 0)
    for first, low in enumerate(rates):
        end = bisect.bisect_right(rates, low * (1 + PLATEAU_WIDTH))
        best = max(best, (end - first, first))
    size, first = best
    above = len(rates) - first - size
    if size < max(PLATEAU_MIN, PLATEAU_SHARE * len(rates)) or above > PLATEAU_ABOVE * len(rates):
        return None
    return rates[first], rates[first + size - 1]


def judge_published(rates):
    """One verdict per rate of a published set, in the same order. Without CPU times a server outside a plateau has none (None)."""
    band = plateau(rates)
    if band is None:
        return [None] * len(rates)
    low, high = band
    on_it = sum(low <= rate <= high for rate in rates)
    why = f"{on_it} of {len(rates)} servers lie between {low:,.0f} and {high:,.0f} requests/s"
    return [Verdict(CLIENT, why) if low <= rate <= high else None for rate in rates]
