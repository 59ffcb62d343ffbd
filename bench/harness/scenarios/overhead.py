"""The cost of observing a server: the default settings against everything switched off, and optional measurements against the
default."""

import contextlib
import itertools
import statistics
from dataclasses import dataclass

from harness import comparison, order, plots, procfs, stats, styles, table
from harness.conclusion import Report
from harness.session import Cell

DESCRIPTION = "What does observing cost? The default against everything off; accounts per phase, heap samples, CPU profile"

PATH = "/ping"
PASSES = 4  # per round: how many times each server of the round is loaded, in turn
RATIO_MAX = 1.01  # maximum ratio of the variants in BOUND
ALL_OFF = ("--leak-detector=off",)  # these variants have no admin port either


@dataclass(frozen=True)
class Variant:
    key: str
    title: str
    against: str  # key of the variant that this one is compared with; "" for none
    flags: tuple = ()
    admin: bool = True
    request: str = ""  # path of the admin port that is requested during the load; the answer is not awaited


VARIANTS = [
    Variant("off", "everything off", "", ALL_OFF, admin=False),
    Variant("again", "  the same again (A/A)", "off", ALL_OFF, admin=False),
    Variant("default", "the default: admin port, leak detector", "off"),
    Variant("phases", "  with --account-phases=on", "default", ("--account-phases=on",)),
    Variant("heap", "  with --heap-profile=on", "default", ("--heap-profile=on",)),
    Variant("cpu", "  with a running CPU profile", "default", request="/debug/pprof/profile?seconds=300"),
]
PORTS = len(VARIANTS)  # the servers of a round run at the same time
TITLES = {variant.key: variant.title.strip() for variant in VARIANTS}
PURPOSE = "beside others"
BOUND = {"default": "the default", "cpu": "a running CPU profile"}  # variants whose ratio should be at most RATIO_MAX
NEEDS = ("wrk",)
PRESETS = {
    "quick": {"rounds": 1, "seconds": 1, "warm_up": 1, "connections": 64},
    "default": {"rounds": 5, "seconds": 1, "warm_up": 1, "connections": 64},
    "full": {"rounds": 20, "seconds": 2, "warm_up": 1, "connections": 64},
}


def measure(session):
    comparison.require_same_answers(session, [Cell(router, name, router, PATH) for router, name in styles.NAMES.items()])
    options = session.options
    session.say(f"loading {len(VARIANTS)} servers of each style in turn, {PASSES} times {options.seconds} s per round")
    for number in range(1, options.rounds + 1):
        for router, name in styles.NAMES.items():
            passes = one_round(session, router, number)
            session.show(f"round {number} of {options.rounds}, {name}: " + ", ".join(
                f"{key} {median_of(records, 'cpu_us_per_request'):.2f}" for key, records in passes.items()) + " CPU-us/request")
    session.profiled([Cell(f"{router}_profiles", f"{name}, profiled", router, PATH) for router, name in styles.NAMES.items()])


def report(found):
    passes = passes_of(found)
    costs, others = ({router: {key: [median_of(records, field) for records in rounds] for key, rounds in of_router.items()}
                      for router, of_router in passes.items()} for field in ("cpu_us_per_request", "beside_workers"))
    ratios = {router: {variant.key: ratio_of(of_router[variant.key], of_router[variant.against])
                       for variant in VARIANTS if variant.against} for router, of_router in passes.items()}
    heading = comparison.heading(found, f"Overhead, GET {PATH}")
    return Report("Overhead", [heading, cost_table(costs, others, ratios), table.notes([*verdicts(ratios), *notes(found)])],
                  {"seed": found.options.seed, "costs": costs, "beside_workers": others,
                   "ratios": {router: {key: vars(ratio) for key, ratio in of_router.items()} for router, of_router in ratios.items()}},
                  lambda stem: draw(stem, heading, costs, ratios))


def passes_of(found):
    """{router: {variant key: [[figures per pass] per round]}}."""
    by_cell = found.by_cell(PURPOSE)

    def rounds(key):
        records = by_cell[key]
        return [[figures(record, found.reading(record)) for record in of_round] for _, of_round in itertools.groupby(records, lambda one: one["round"])]

    return {router: {variant.key: rounds(cell_of(router, variant).key) for variant in VARIANTS} for router in styles.NAMES}


def median_of(records, field):
    return statistics.median(record[field] for record in records)


def ratio_of(rounds, against):
    """The ratio as an Estimate over the rounds. The ratio of one round is the median of the ratios of its passes."""
    field = "cpu_us_per_request"
    return stats.estimate([statistics.median(a[field] / b[field] for a, b in zip(*passes)) for passes in zip(rounds, against)])


def one_round(session, router, number):
    """Returns {variant key: [record per pass]}. All servers of the round run at the same time on the same CPUs, and one of them
    is loaded at a time. An idle server costs almost nothing, and runs that are compared are only seconds apart."""
    passes = {variant.key: [] for variant in VARIANTS}
    cells = {variant.key: cell_of(router, variant) for variant in VARIANTS}
    with contextlib.ExitStack() as stack:
        servers = dict.fromkeys(cells)
        for offset, variant in enumerate(VARIANTS):
            if session.is_measured(cells.values(), number, PURPOSE, PASSES):
                break
            server = stack.enter_context(session.server(
                router, f"{number}-{router}-{variant.key}", *variant.flags, port=session.options.port + offset,
                admin_port="any" if variant.admin else "0"))
            session.warm_up(server, cells[variant.key], number)
            if variant.request:
                stack.enter_context(server.requested(variant.request))
            servers[variant.key] = server
        for of_pass in order.rounds(list(servers), PASSES, session.options.seed + number):
            for key in of_pass:
                passes[key].append(one_run(session, servers[key], cells[key], number))
    return passes


def cell_of(router, variant):
    return Cell(f"{router}_{variant.key}", f"{styles.NAMES[router]}, {TITLES[variant.key]}", router, PATH)


def one_run(session, server, cell, number):
    def beside_workers_ns():
        return procfs.cpu_ns_beside_workers(server.pid)

    return session.on_running(server, cell, number, purpose=PURPOSE, readers=(beside_workers_ns, beside_workers_ns))


def figures(record, reading):
    """Of one pass. `beside_workers` is the share of the server's CPU time that its other threads used."""
    before_ns, after_ns = reading["probed"]
    return {"cpu_us_per_request": record["cpu_us_per_request"], "beside_workers": (after_ns - before_ns) / 1e9 / record["server_cpu_s"]}


def cost_table(costs, others, ratios):
    headers = [['medians; ratio to "everything off"', "(last three rows: to the default)", "[95 % bootstrap interval]"],
               *[[name, *what] for name in styles.NAMES.values()
                 for what in (["CPU-us/", "request"], ["", "ratio"], ["% not in", "workers"])]]
    rows = []
    for variant in VARIANTS:
        cells = []
        for router in styles.NAMES:
            known = ratios[router].get(variant.key)
            cells += [table.number(statistics.median(costs[router][variant.key]), 3),
                      "" if known is None else table.interval(known, 3),
                      table.number(statistics.median(others[router][variant.key]) * 100, 3)]
        rows.append((variant.title, *cells))
    return table.Table(headers, rows)


def verdicts(ratios):
    return [f"{name}, ratio of {title} (target: at most {RATIO_MAX}): {verdict(ratios[router][key], ratios[router]['again'])}"
            for router, name in styles.NAMES.items() for key, title in BOUND.items()]


def verdict(ratio, same_against_same):
    if not ratio.known:
        return "unknown, one round has no interval."
    if ratio.low > max(RATIO_MAX, same_against_same.high):
        return "not met."
    if not 2 - RATIO_MAX <= same_against_same.low <= same_against_same.high <= RATIO_MAX:
        return "unknown, the A/A interval is wider than the bound. Use more rounds or a quieter machine."
    return "met." if ratio.high <= RATIO_MAX else "unknown, the interval of the ratio is too wide. Use more rounds."


def notes(found):
    return ["Accounts per route, the counters of the allocator and the clock of the event loop are part of the core and cannot be "
            "switched off. Every row includes their cost.",
            "\"% not in workers\" is the share of CPU time that other threads used: the admin port, the leak detector, the sampler of "
            "counters. The workers run the same code in the first three rows.",
            "Another program writes the profile after the recording has ended. No row includes that time.",
            "One more run per style was recorded in profiles of allocations and of CPU time (profiles.csv). bench/report draws them.",
            *(f"Caution: {doubt}." for doubt in comparison.noise(found, found.used()))]


def draw(stem, heading, costs, ratios):
    short = {"off": "off", "again": "off\n(A/A)", "default": "default", "phases": "phases", "heap": "heap", "cpu": "CPU"}
    colours = ["#7f7f7f", "#7f7f7f", "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"]
    groups = [(short[variant.key], colour) for variant, colour in zip(VARIANTS, colours)]
    panels = []
    for router, of_router in costs.items():
        values = list(of_router.values())
        panels.append((f"{styles.NAMES[router]}: CPU-us/request, every round, median", values, [stats.estimate(ys) for ys in values]))
    bars = [(f"{styles.NAMES[router]}: per mille more", [0, *[1000 * (ratio.median - 1) for ratio in of_router.values()]])
            for router, of_router in ratios.items()]
    plots.runs_and_costs(stem, heading.partition("\n")[0], groups, panels, bars)
