"""CPU time per request in slices of a sixth of a second.

A shared machine has phases in which everything is slower, and a run of a second meets another phase than the next run. So all servers are
alive at once, each with a wrk of its own. A wrk runs only in its slices; between them it is stopped (SIGSTOP). The slices of a round follow each other at once, in
random order, and a ratio is that of two slices of the same round. A slice reads the CPU time of the server and the calls of write(2) of wrk:
wrk sends each request, or each batch, by one call. It prints no report, because a signal ends it.
"""

import contextlib
import dataclasses
import os
import shlex
import signal
import time

from harness import load as wrk, order, processes, procfs
from harness.errors import HarnessError

SLICE_S = 0.15
SETTLE_S = 0.02  # after wrk continues: both programs are in their caches again
OVERHEAD_S = 0.01  # planned
BEGIN_S = 1.0  # after this time every wrk has connected, and every server is warm
FOR_EVER_S = 3600
CONNECTIONS = 64
PURPOSE = "slices"


@dataclasses.dataclass(frozen=True)
class Kind:
    """What wrk sends."""

    key: str
    title: str
    requests_per_write: int
    script: str


def possible(session):
    """Whether the load is a process of this machine, which can be stopped."""
    return session.place.is_host and not session.cluster


def measure(session, servers, cells, kind, numbers, seed):
    """Measures the cells on servers that run, {cell key: server}, in the rounds with these numbers: one record per cell and round, with the key of
    key_of()."""
    left = [cell for cell in cells if not session.is_measured([keyed(kind, cell)], numbers[-1], PURPOSE)]
    if not left:
        return
    session.say(f"CPU time of requests {kind.title}, in rounds {numbers[0]} to {numbers[-1]} of slices of {SLICE_S * 1000:.0f} ms")
    with contextlib.ExitStack() as stack:
        generators = session.act(f"start a wrk for each of {len(left)} servers, and stop it", lambda: stopped_wrks(session, stack, servers, left, kind),
                                 seconds=BEGIN_S)
        orders = zip(numbers, order.rounds(left, len(numbers), seed))
        for number, chosen in session.repeat(lambda: next(orders, None), about=len(numbers)):
            for cell in chosen:
                session.once(keyed(kind, cell), number, lambda cell=cell: session.act(
                    f"let the wrk of {cell.title} run for a slice",
                    lambda: reading(servers[cell.key], generators[cell.key], cell, kind, f"{number}-{key_of(kind, cell)}", session.new_run_id()),
                    seconds=SLICE_S + SETTLE_S + OVERHEAD_S, planned={}), PURPOSE)


def keyed(kind, cell):
    return dataclasses.replace(cell, key=key_of(kind, cell))


def key_of(kind, cell):
    return f"{cell.key}_{kind.key}"


def stopped_wrks(session, stack, servers, cells, kind):
    """{cell key: a wrk that has connected and is stopped: (process, command line)}, until the end of `stack`."""
    load = wrk.Load(1, CONNECTIONS, FOR_EVER_S, tuple(session.client_cpus), kind.script)
    begun = {}
    for cell in cells:
        url, trace_id = servers[cell.key].url(cell.path), session.new_run_id()
        output = load.output(session.records.raw / f"{time.time_ns() // 1_000_000}-{key_of(kind, cell)}")
        begun[cell.key] = stack.enter_context(running(load, url, trace_id, output)), shlex.join(load.command(url, trace_id))
    time.sleep(BEGIN_S)
    for process, _ in begun.values():
        os.kill(process.pid, signal.SIGSTOP)
    return begun


@contextlib.contextmanager
def running(load, url, trace_id, output):
    """A process of wrk that is ended at the end."""
    process = wrk.begin(load, url, trace_id, output)
    try:
        yield process
    finally:
        process.kill()  # SIGTERM would wait until it continues
        processes.stop(process)


def reading(server, generator, cell, kind, name, run_id):
    """The readings of one slice."""
    process, command = generator
    timestamp = time.time_ns() // 1_000_000
    os.kill(process.pid, signal.SIGCONT)
    time.sleep(SETTLE_S)
    before = counts(server, process)
    time.sleep(SLICE_S)
    after = counts(server, process)
    os.kill(process.pid, signal.SIGSTOP)
    if after[1] == before[1]:  # The cell has no slice for this round then, and its later slices would be paired with those of other rounds.
        raise HarnessError(f"the wrk of {cell.title} sent nothing for {SLICE_S * 1000:.0f} ms; look at the output of the server and of wrk in the records")
    return {"recorder": "slices", "name": name, "run_id": run_id, "timestamp": timestamp, "files": [],
            "load_profile": {"tool": "wrk", "connections": CONNECTIONS, "script": kind.script, "path": cell.path}, "cmd_client": command,
            "cmd_server": server.facts["command_line"], "requests_per_write": kind.requests_per_write,
            "cpu_ns": after[0] - before[0], "writes": after[1] - before[1], "clock_ns": after[2] - before[2]}


def counts(server, process):
    return procfs.cpu_ns(server.pid), procfs.writes(process.pid), time.monotonic_ns()


def record_of(reading, _raw):
    requests = reading["writes"] * reading["requests_per_write"]
    return {"cmd_server": reading["cmd_server"], "cmd_client": reading["cmd_client"], "path": reading["load_profile"]["path"], "requests": requests,
            "requests_per_s": requests / reading["clock_ns"] * 1e9, "cpu_us_per_request": reading["cpu_ns"] / 1e3 / requests,
            "invalid": "", "used": True}
