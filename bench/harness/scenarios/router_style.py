"""router_style (S1, the article's chapter 1): a short answer in the Gin style and in the Beego style, under five kinds of load.

The article asks how many requests/s each style answers when requests come alone, and there the client is the limit. Four more loads make
the server decide: batches, a CPU quota, and two fixed rates for the latency. The Go originals are further columns, measured in the same rounds.
"""

import contextlib
from dataclasses import replace

from harness import cgroup, comparison, correctness, limit_rule, order, presets, slices, stats, table
from harness.errors import HarnessError
from harness.scenarios.router_style_loads import (
    AS_IN_THE_ARTICLE, AT_LOW_RATE, BATCHES, COLUMNS, GO_COLUMNS, GIN_AGAIN, MODES, NULL_CELL, QUOTA, RATE_SHARE, RATE_STEP,
    SEEK_MAXIMUM, SLICES, SLICES_PER_START, SLICES_TO_PUBLISH, SLICES_USUAL, WITH_QUOTA, at_high_rate, columns, key_under, timed)
from harness.scenarios.router_style_table import report  # noqa: F401  (a scenario has measure() and report())
from harness.session import AT_ONCE, NEVER

DESCRIPTION = "What does a router style cost? Requests/s, latency, CPU time, memory and allocations of both styles"
NEEDS = ("wrk", "duel-load")
USES = ("control groups",)  # for the load with a quota
# A full run lasts two seconds, not the article's minute. A shared machine has slow phases: two short runs that are compared lie in the same phase,
# two long runs do not.
PRESETS = presets.changed(presets.IN_ROUNDS, quick={"rounds": 1, "warm_up": 1}, default={"rounds": 3, "seconds": 1, "warm_up": 0.5},
                          full={"rounds": 10, "seconds": 2, "warm_up": 1})
ORIGINALS = ("gin", "beego")
RECORDED_SECONDS_TO_PUBLISH = 3  # of a profile
PORTS = len([*COLUMNS, GIN_AGAIN, *GO_COLUMNS, NULL_CELL])  # the servers of a round run at the same time


def measure(session):
    comparison.require_same_bytes(session, columns(session.options))
    correctness.note(session)
    session.say("counting allocations (in separate runs, because counting costs time)")
    session.counted(columns(session.options))
    # Long profiles and profiles of the originals take time, so only a result that is published has them.
    if is_to_publish(session.options):
        session.profiled(columns(session.options), RECORDED_SECONDS_TO_PUBLISH)
    else:
        session.profiled(COLUMNS)
    no_quota = why_no_quota()
    session.note("no_quota", no_quota)
    time_in_rounds(session, has_quota=not no_quota)
    time_in_slices(session)


def is_to_publish(options):
    return options.rounds >= comparison.ROUNDS_TO_PUBLISH


def why_no_quota():
    """The reason why no server can have a quota here; "" if it can."""
    try:
        cgroup.require(WITH_QUOTA.limits)
    except HarnessError as error:
        return str(error)
    return ""


def time_in_slices(session):
    """Measures CPU time per request in slices: of all cells if the result has enough rounds to be published, of our own cells otherwise."""
    options, publish = session.options, is_to_publish(session.options)
    if options.rounds < stats.ROUNDS_TO_CLAIM or not slices.possible(session):
        return
    cells, rounds = (timed(options), SLICES_TO_PUBLISH) if publish else ([*COLUMNS, GIN_AGAIN], SLICES_USUAL)
    for first in range(1, rounds + 1, SLICES_PER_START):
        slices_on_new_servers(session, cells, range(first, min(first + SLICES_PER_START, rounds + 1)))


def slices_on_new_servers(session, cells, numbers):
    if session.is_measured([slices.keyed(kind, cell) for kind in SLICES for cell in cells], numbers[-1], slices.PURPOSE):
        return
    options = session.options
    with contextlib.ExitStack() as stack:
        servers = {cell.key: stack.enter_context(session.server(cell.router, f"slices-{numbers[0]}-{cell.key}", port=options.port + place))
                   for place, cell in enumerate(cells)}
        for place, kind in enumerate(SLICES):
            slices.measure(session, servers, cells, kind, numbers, options.seed + len(MODES) + place + numbers[0])


def time_in_rounds(session, has_quota):
    """Each round starts a server for each cell, and the null server. A load goes to one server after the other, so that runs which are
    compared are only seconds apart. A quota needs servers of its own."""
    options = session.options
    cells = timed(options)
    orders = {mode: order.rounds(cells, options.rounds, options.seed + place) for place, mode in enumerate(MODES)}

    def run_all(mode, servers, number):
        ceiling, records = ceiling_of(session, servers, mode, number), {}
        for cell in orders[mode.key][number - 1]:
            records[cell.key] = session.on_running(servers[cell.key], mode.cell(cell, session), number, ceiling,
                                                   may_be_late=AT_ONCE if mode.plan else NEVER)
            session.show(f"round {number} {mode.key:6}{cell.title:15}{comparison.progress(records[cell.key])}")
        return records

    session.say(f"timing {len(cells)} servers under {len(MODES) - (not has_quota)} loads in {table.count(options.rounds, 'round')}")
    rate = None
    for number in range(1, options.rounds + 1):
        with contextlib.ExitStack() as stack:
            servers = start(session, stack, [*cells, NULL_CELL] if session.has_null_server else cells, number, MODES[:-1])
            alone = run_all(AS_IN_THE_ARTICLE, servers, number)
            rate = rate or high_rate(session, alone)
            for mode in (BATCHES, AT_LOW_RATE, at_high_rate(rate)):
                run_all(mode, servers, number)
        if has_quota:
            with contextlib.ExitStack() as stack:
                run_all(WITH_QUOTA, start(session, stack, cells, number, (QUOTA,), WITH_QUOTA.limits), number)


def start(session, stack, cells, number, modes, limits=None):
    """{cell key: a server that runs until the end of `stack` and is warm}. No server starts if all its runs are there already."""
    left = [cell for cell in cells if not is_measured(session, cell, number, modes)]
    servers = dict.fromkeys((cell.key for cell in cells), None)
    name = f"{number}-{QUOTA}" if limits else number
    for place, cell in enumerate(left):
        servers[cell.key] = stack.enter_context(
            session.server(cell.router, f"{name}-{cell.key}", port=session.options.port + place, limits=limits))
    session.warm_up_all(servers, left, name)
    return servers


def is_measured(session, cell, number, modes):
    if cell is NULL_CELL:
        return session.is_measured([replace(cell, key=key_under(mode, cell)) for mode in modes if mode in SEEK_MAXIMUM], number, "ceiling")
    return session.is_measured([replace(cell, key=key_under(mode, cell)) for mode in modes], number)


def ceiling_of(session, servers, mode, number):
    """The limit_rule.Ceiling of this load, from the null server; None if the null server does not run, or if the load is no attempt at a
    maximum."""
    if NULL_CELL.key not in servers or not mode.seeks_maximum:
        return None
    record = session.on_running(servers[NULL_CELL.key], mode.cell(NULL_CELL, session), number, purpose="ceiling")
    return limit_rule.Ceiling.of(record)


def high_rate(session, alone):
    """RATE_SHARE of the smallest requests/s of a column in the first round, {cell key: record}."""
    ceiling = min(alone[cell.key]["requests_per_s"] for cell in columns(session.options))
    rate = max(RATE_STEP, int(RATE_SHARE * ceiling) // RATE_STEP * RATE_STEP)
    session.note("high_rate", rate)
    return session.from_results(rate, "RATE", f"{RATE_SHARE:.0%} of the smallest requests/s of a column alone in the first round, in thousands")
