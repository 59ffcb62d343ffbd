"""bench/crowd/run: throughput and CPU time per request over the number of connections, up to --max-connections and beyond it.

A cell is a server with its clients. All cells are open from the beginning to the end, and stopped (SIGSTOP) except in their slice. So slices
can be short, the rounds are interleaved, and no connection is opened while something is measured.
"""

import contextlib
import csv
import os
import shlex
import signal
import sys
import time
import uuid

from harness import cpus as cpu_sets
from harness import crowd_page, drawing, duel_load, environment, options as kinds, order, processes, procfs, release, server
from harness.environment import ROOT
from harness.errors import HarnessError
from harness.program import exit_status
from harness.progress import Progress

NAME = "bench/crowd/run"
RESULTS = ROOT / "bench" / "results" / "crowd"
TARGETS = ("server", "bare_server", "load")
SERVERS = {crowd_page.BARE: ["bare_server"], crowd_page.OURS: ["server", "--router=gin"], crowd_page.AGAIN: ["server", "--router=gin"]}
FEW = 64  # connections of the first step
PARTS = (0.25, 0.5, 1, 1.5, 2)  # the other steps, as parts of --max-connections
MAX_CONNECTIONS_MIN, MAX_CONNECTIONS_MAX = 512, 4_000  # as many clients wait in the kernel's queue, which holds 4,096
CELLS = len(SERVERS) * (1 + len(PARTS))
ROUNDS_MAX, SECONDS_MAX = 1000, 5  # the servers close connections that were idle for 10 minutes
SEED = 1
ENDLESS_S = 3600  # SIGTERM ends the load generators earlier
OPEN_LIMIT_S, POLL_S = 30, 0.02
MOST = 0.9  # of the connections beyond the maximum: some are being refused and opened again
# A server has answered everything if it used less than this share of this time. Refusals alone use less.
REST_S, REST_SHARE, REST_LIMIT_S = 0.004, 0.1, 5
START_S, READ_S = 0.6, 0.06  # planned: the start and the end of a cell; the readings of a slice


class Cell:
    """`inside` are the connections that the server accepts, `beyond` those above its maximum."""

    def __init__(self, name, connections, options, number):
        self.name, self.connections = name, connections
        self.inside = min(connections, options.max_connections)
        self.beyond = connections - self.inside
        program, *flags = SERVERS[name]
        command = [str(release.FOLDER / program), *flags, "--no-config", "--threads=1", f"--max-connections={options.max_connections}", "--idle-timeout=600s"]
        self._server_cpus, self._client_cpus = options.cpus
        self._stem = RESULTS / f"{name.replace(' ', '-')}-{connections}"
        self.server = server.Server(command, "127.0.0.1", options.port + number, self._server_cpus, RESULTS, self._stem.name)
        self.clients = []

    def open(self, stack):
        """Starts the processes, waits until all connections inside are open, and stops the processes. `stack` ends them."""
        stack.enter_context(self.server)
        stack.callback(self.server.resume)
        self._connect(stack, self.inside, "inside")
        self._await(lambda: self.server.snapshot()["connections"], self.inside)
        if self.beyond:
            beyond = self._connect(stack, self.beyond, "beyond")
            self._await(lambda: len(os.listdir(f"/proc/{beyond.pid}/fd")), MOST * self.beyond)
        self._signal_clients(signal.SIGSTOP)
        self.server.pause()

    def _connect(self, stack, connections, where):
        load = duel_load.DuelLoad(release.FOLDER / "duel-load", duel_load.Plan(timeout=f"{ENDLESS_S}s"), connections, ENDLESS_S, tuple(self._client_cpus))
        with open(f"{self._stem}-{where}.txt", "wb") as output:
            client = processes.start(load.command(self.server.url("/ping"), str(uuid.uuid4())), output)
        stack.callback(processes.stop, client)
        stack.callback(client.send_signal, signal.SIGCONT)
        self.clients.append(client)
        return client

    def _await(self, count, wanted):
        deadline = time.monotonic() + OPEN_LIMIT_S
        while (opened := count()) < wanted:
            if time.monotonic() > deadline:
                raise self._error(f"after {OPEN_LIMIT_S} s {opened:,} connections are open, and {wanted:,.0f} are needed")
            time.sleep(POLL_S)

    def _signal_clients(self, number):
        for client in self.clients:
            client.send_signal(number)

    def measure(self, warm_up_s, seconds):
        """The figures of a slice. They are read while the clients are stopped and the server has answered everything, so the counts of
        requests and the CPU time belong together."""
        if any(client.poll() is not None for client in self.clients):
            raise self._error("duel-load has ended")
        self.server.resume()
        self._load(warm_up_s)
        counts, before = self.server.snapshot(), self._cpu_s()
        took_s = self._load(seconds)
        after, counts_after = self._cpu_s(), self.server.snapshot()
        self.server.pause()
        requests = counts_after["requests"] - counts["requests"]
        if requests == 0:
            raise self._error("no request was answered")
        server_s, client_s = (end - begin for begin, end in zip(before, after))
        return {"server": self.name, "connections": self.connections, "requests": requests, "requests_per_s": requests / took_s,
                "cpu_us_per_request": server_s * 1e6 / requests,
                "requests_per_enter": requests / max(1, counts_after["ring_enters"] - counts["ring_enters"]),
                "server_share": server_s / took_s / len(self._server_cpus), "client_share": client_s / took_s / len(self._client_cpus)}

    def _load(self, seconds):
        began = time.monotonic()
        self._signal_clients(signal.SIGCONT)
        time.sleep(seconds)
        self._signal_clients(signal.SIGSTOP)
        took_s = time.monotonic() - began
        self._rest()
        return took_s

    def _rest(self):
        deadline, used_ns = time.monotonic() + REST_LIMIT_S, None
        while used_ns is None or used_ns > REST_SHARE * REST_S * 1e9:
            if time.monotonic() > deadline:
                raise self._error(f"the server is still busy {REST_LIMIT_S} s after its clients were stopped")
            before = procfs.cpu_ns(self.server.pid)
            time.sleep(REST_S)
            used_ns = procfs.cpu_ns(self.server.pid) - before

    def _error(self, what):
        return HarnessError(f"{self.name}, {self.connections:,} connections: {what}; {self._stem}-*.txt have what duel-load printed")

    def _cpu_s(self):
        return procfs.cpu_ns(self.server.pid) / 1e9, sum(procfs.cpu_ns(client.pid) for client in self.clients) / 1e9


def steps(max_connections):
    return [FEW, *(round(part * max_connections) for part in PARTS)]


def measure(options, progress):
    """A record per slice."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    runs = []
    with contextlib.ExitStack() as stack:
        cells = [Cell(name, connections, options, number) for number, (connections, name) in enumerate(
            (connections, name) for connections in steps(options.max_connections) for name in SERVERS)]
        for cell in cells:
            cell.open(stack)
            progress.spend(START_S)
        for number, in_order in enumerate(order.rounds(cells, options.rounds, SEED), start=1):
            for cell in in_order:
                run = {"round": number, **cell.measure(options.warm_up, options.seconds)}
                runs.append(run)
                progress.spend(options.warm_up + options.seconds + READ_S, 1)
                progress.show(f"{cell.name}, {cell.connections:,} connections: {run['requests_per_s']:,.0f} requests/s, "
                              f"{run['cpu_us_per_request']:.2f} CPU-us/request")
        progress.end()
    with (RESULTS / "runs.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, runs[0])
        writer.writeheader()
        writer.writerows(runs)
    return runs


def parser():
    found = kinds.Parser(prog=NAME, description="Measures throughput and CPU time per request over the number of connections, up to --max-connections and "
                         "beyond it, beside a server that is nothing but io_uring (bench/bare).")
    add = found.add_argument
    add("--rounds", type=kinds.whole(1, ROUNDS_MAX), default=30, metavar="N", help="rounds; each has a slice of every server with every number of "
        "connections (30)")
    add("--seconds", type=kinds.number(0.05, SECONDS_MAX), default=0.16, metavar="N", help="time of a slice (0.16)")
    add("--warm-up", type=kinds.number(0.01, SECONDS_MAX), default=0.06, metavar="N", help="load before each slice (0.06)")
    add("--max-connections", type=kinds.whole(MAX_CONNECTIONS_MIN, MAX_CONNECTIONS_MAX), default=1000, metavar="N",
        help="connections that the servers accept (1000)")
    add("--port", type=kinds.whole(1, kinds.PORT_MAX - CELLS + 1), default=9400, metavar="N", help=f"the first of {CELLS} ports (9400)")
    add("--server-cpus", type=kinds.cpu_list, metavar="LIST", help="CPUs of the servers (chosen)")
    add("--client-cpus", type=kinds.cpu_list, metavar="LIST", help="CPUs of duel-load (chosen)")
    add("--write", action="store_true", help="write docs/crowd.md and docs/crowd.svg")
    return found


def parse_arguments(arguments):
    """Ends the program with one sentence and status 2 if an option cannot be used."""
    parse = parser()
    options = parse.parse_args(arguments)
    options.command_line = shlex.join([NAME, *arguments])
    parse.read("results", kinds.writable_folder, str(RESULTS))
    try:
        options.cpus = cpu_sets.choose(options.server_cpus, options.client_cpus)
        kinds.require_descriptors("--max-connections", options.max_connections)
    except HarnessError as error:
        parse.error(str(error))
    return options


def main(arguments):
    options = parse_arguments(arguments)
    drawing.require()
    release.build(NAME, TARGETS, print)
    runs = options.rounds * CELLS
    progress = Progress(CELLS * START_S + runs * (options.warm_up + options.seconds + READ_S), runs)
    found = crowd_page.Results(measure(options, progress), options.max_connections)
    crowd_page.show(found, options, environment.describe_client(options.cpus[1]), RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(NAME, lambda: main(sys.argv[1:]), "interrupted; nothing was written"))
