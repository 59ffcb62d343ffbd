"""The figures of a session's cells, for the page's comparison of any two of them."""

from collections import Counter
from dataclasses import dataclass

from harness import comparison, limit_rule, stats, table
from harness.report import sessions


@dataclass(frozen=True)
class Figure:
    field: str
    label: str
    digits: int
    factor: float = 1
    more_is_better: bool = False
    exact: bool = False  # from the run that counted, without an interval

    def text(self, value):
        return table.number(None if value is None else value * self.factor, self.digits)


KNEE = Figure("knee", "highest requests/s that are held", 0, more_is_better=True)
FIGURES = [
    Figure("requests_per_s", "requests/s", 0, more_is_better=True),
    Figure("cpu_us_per_request", "CPU-us/request", 2),
    Figure("user_us_per_request", "CPU-us/request in user mode", 2),
    Figure("latency_p50_us", "latency P50, us", 0),
    Figure("latency_p90_us", "latency P90, us", 0),
    Figure("latency_p99_us", "latency P99, us", 0),
    Figure("latency_p999_us", "latency P99.9, us", 0),
    Figure("peak_rss_kib", "peak RSS, MB", 1, 1024 / 1e6),
    Figure("rss_kib", "RSS at the end, MB", 1, 1024 / 1e6),
    Figure("anonymous_kib", "anonymous memory at the end, MB", 1, 1024 / 1e6),
    Figure("allocations_per_request", "allocations/request, exact", 2, exact=True),
    Figure("allocated_bytes_per_request", "bytes allocated/request, exact", 1, exact=True),
    Figure("minor_faults_per_request", "minor faults/1000 requests", 2, 1000),
    Figure("gc_cpu_share", "GC, % of the server's CPU time", 1, 100),
    Figure("gc_heap_bytes", "Go heap at the end, MB", 1, 1e-6),
    KNEE,
]


def of_session(session):
    """What the page needs to compare two cells: {"cells", "figures"}. The values of all cells have the same rounds; a
    value is None in a round without a result."""
    if "knees" in session.summary:
        cells = _of_knees(session)
    else:
        timed = [cell for cell in session.cells if not cell.is_ceiling]
        rounds = sorted({number for cell in timed for number in cell.by_round})
        cells = [_of_cell(cell, rounds) for cell in timed]
    used = [figure for figure in FIGURES if any(figure.field in cell["exact" if figure.exact else "values"] for cell in cells)]
    return {"cells": cells, "figures": [vars(figure) for figure in used]}


def _of_cell(cell, rounds):
    def value(figure, number):
        run = cell.by_round.get(number, {})
        return None if figure.field.startswith("latency_") and run.get("late") else run.get(figure.field)

    values = {figure.field: [value(figure, number) for number in rounds] for figure in FIGURES if not figure.exact}
    timed = [figure for figure in FIGURES if any(one is not None for one in values.get(figure.field, ()))]
    counted = cell.counted or {}
    return {
        "key": cell.key, "title": cell.title, "mode": cell.mode, "again_of": cell.again_of,
        "limit": limit_of(cell), "scheduled": is_scheduled(cell), "void": latency_is_void(cell),
        "values": {figure.field: values[figure.field] for figure in timed},
        "texts": {figure.field: text_of(cell, figure) for figure in timed},
        "exact": {figure.field: counted[figure.field] for figure in FIGURES if figure.exact and counted.get(figure.field) is not None},
    }


def _of_knees(session):
    """The cells of load_modes are ladders: one knee per round."""
    found = []
    for key, knees in session.summary["knees"].items():
        held = [knee["held"] if knee["held"] and knee["lost"] and not knee["unknown"] else None for knee in knees]
        known = [rate for rate in held if rate is not None]
        again = key.replace(sessions.AGAIN, "")
        found.append({"key": key, "title": key.replace("_", " "), "mode": "", "again_of": again if again != key else None, "limit": "",
                      "scheduled": False, "void": False, "values": {KNEE.field: held},
                      "texts": {KNEE.field: KNEE.text(stats.estimate(known).median if known else None)}, "exact": {}})
    return found


def limit_of(cell):
    """Who limited the cell; "" if the scenario does not ask."""
    return comparison.limit_of(cell.runs) if cell.runs and all(run.get("limit") for run in cell.runs) else ""


def is_scheduled(cell):
    """Whether a schedule sets the rate, so that requests/s are no result."""
    return bool(cell.first.get("intended_rate"))


def is_starred(cell, figure):
    """Whether the figure is marked in a table, because the server did not limit it."""
    return figure.field == "requests_per_s" and not is_scheduled(cell) and limit_of(cell) not in (limit_rule.SERVER, "")


def latency_is_void(cell):
    shares = [run.get("in_flight_share") for run in cell.runs]
    return bool(shares) and None not in shares and comparison.latency_is_void(cell.runs)


def estimate(cell, figure):
    """Over the rounds; None without a value. A latency does not count if the load generator was late."""
    runs = cell.in_time if figure.field.startswith("latency_") else cell.runs
    values = [run[figure.field] for run in runs if run.get(figure.field) is not None]
    return stats.estimate(values) if values else None


def text_of(cell, figure):
    """The median as the printed table shows it."""
    found = estimate(cell, figure)
    text = figure.text(found and found.median)
    if figure.field.startswith("latency_") and latency_is_void(cell):
        return comparison.VOID
    return "*" + text if is_starred(cell, figure) else text


def resamples(parts):
    """What stats.estimates() draws for each number of values that a pair of cells can have: [place, place, how often], so that the page
    computes the same intervals without a random number of its own."""
    counts = set()
    for part in parts:
        known = [tuple(number for number, value in enumerate(values) if value is not None)
                 for cell in part["cells"] for values in cell["values"].values()]
        distinct = set(known)
        counts |= {len(set(first) & set(second)) for first in distinct for second in distinct}
    drawn = {}
    for count in sorted(counts - {0, 1}):
        pairs = Counter(map(tuple, stats.median_places(count).tolist()))
        drawn[str(count)] = [[lower, upper, times] for (lower, upper), times in sorted(pairs.items())]
    return {"drawn": drawn, "quantiles": [_place(part) for part in stats.INTERVAL], "rounds_to_claim": stats.ROUNDS_TO_CLAIM}


def _place(part):
    """The quantile of the sorted resamples, as numpy.quantile finds it: the place below, and the share of the way to the next one."""
    place = (stats.RESAMPLES - 1) * part
    return [int(place), place - int(place)]
