"""overload: more connections than the server can keep busy, and more than it accepts."""

import json
import shlex
import signal
import threading
import time

from harness import comparison, direct_http, limit_rule, load, plots, presets, procfs, table
from harness.comparison import NOISE_SHARE
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.session import Cell, run_s

DESCRIPTION = "What do too many clients cost? Connections below and above --max-connections; throughput, memory"
MAX_CONNECTIONS = 1000
STEPS = [16, 64, 256, 500, MAX_CONNECTIONS, 2 * MAX_CONNECTIONS, 4 * MAX_CONNECTIONS]
CONNECTIONS = STEPS[-1]
# This answer costs the server more CPU time than the request costs wrk, so the server is overloaded before wrk is.
PATH = "/list/200"
NEEDS = ("wrk",)
PRESETS = presets.changed(presets.IN_ROUNDS, quick={"rounds": 1, "warm_up": 1}, default={"rounds": 2}, full={"rounds": 5, "seconds": 10})
SHARE_MIN = 0.9  # minimum throughput after the peak, as a share of the peak
CONNECTION_BOUND_KIB = 80 + 64  # from SECURITY.md, without a body: an incomplete request, and unsent answers
PROBE_S = 0.1
PROBE_LIMIT_S = 2
IN_LIMIT_S = 10  # until all accepted connections are open
POLL_S = 0.05
WRK_S = 3600  # longer than any step; SIGINT ends wrk earlier


class Probe(threading.Thread):
    """Requests /healthz of the admin port repeatedly and measures how long the answers take."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self._url = f"{url}/healthz"
        self._running = True
        self.max_ms, self.requests, self.failed = 0.0, 0, 0

    def run(self):
        while self._running:
            started = time.monotonic()
            self.requests += 1
            try:
                self.failed += direct_http.request(self._url, PROBE_LIMIT_S)[0] != 200
            except OSError:
                self.failed += 1
            self.max_ms = max(self.max_ms, 1000 * (time.monotonic() - started))
            time.sleep(PROBE_S)

    def stop(self):
        self._running = False
        self.join()


def measure(session):
    """Runs every step on a new server, so that the peak of memory belongs to that step."""
    for number in range(1, session.options.rounds + 1):
        for connections in STEPS:
            cell = Cell(str(connections), f"{connections:,} connections", "gin", PATH)
            record = session.once(cell, number, lambda cell=cell, connections=connections: one_step(session, connections, f"{number}-{cell.key}"))
            show_progress(session, record)


def report(found):
    steps = [merge(records) for records in found.by_cell().values()]
    return Report("Overload", parts(found, steps), {"steps": steps}, lambda stem: draw(stem, steps))


def draw(stem, steps):
    plots.lines(stem, f"Overload: --max-connections={MAX_CONNECTIONS}, {PATH}", "wrk's connections",
                [step["connections"] for step in steps],
                [("answers/s", [step["answers_per_s"] for step in steps]), ("refused/s", [step["refused_per_s"] for step in steps]),
                 ("server's CPU-us/answer", [step["cpu_us_per_answer"] for step in steps]),
                 ("of these in user mode", [step["user_us_per_answer"] for step in steps]),
                 ("server's CPUs busy, %", [100 * step["server_share"] for step in steps]),
                 ("client's CPUs busy, %", [100 * step["client_share"] for step in steps]),
                 ("admin port, slowest answer, ms", [step["admin_max_ms"] for step in steps]),
                 ("peak RSS, MB", [step["peak_rss_mb"] for step in steps])])


def one_step(session, connections, name):
    """The readings of one server. One wrk loads the accepted connections, another wrk makes the surplus connections. The cost of the
    refusals on the client's side therefore slows down only the second wrk."""
    options, run_id, timestamp = session.options, session.new_run_id(), time.time_ns() // 1_000_000
    inside, beyond = min(connections, MAX_CONNECTIONS), max(0, connections - MAX_CONNECTIONS)
    with session.server("gin", name, f"--max-connections={MAX_CONNECTIONS}", admin_port="any") as server:
        clients = [Client(session, server, f"{name}-in", run_id, options.wrk_threads, inside)]
        clients += [Client(session, server, f"{name}-beyond", run_id, 1, beyond)] if beyond else []
        for client in clients:
            session.act(f"start {client.connections:,} connections", client.start, client.command)
            if client is clients[0]:
                session.act("wait until they are open", lambda: await_inside(server, inside))
        read_all = session.act(f"read all counters after {options.warm_up} s and {options.seconds} s later, and ask /healthz meanwhile; end wrk",
                               lambda: under_load(session, server, clients), seconds=run_s(options.seconds, options.warm_up), runs=1, planned={})
        return {"recorder": "overload", "name": name, "run_id": run_id, "timestamp": timestamp, **read_all,
                "load_profile": {"loads": [client.profile for client in clients], "path": PATH, "seconds": options.seconds}, "server": server.facts,
                "clients": {"command_lines": [shlex.join(client.command) for client in clients], "cpus": session.client_cpus},
                "connections": connections}


def under_load(session, server, clients):
    options, probe = session.options, Probe(server.admin_url())
    probe.start()
    time.sleep(options.warm_up)
    before = read(session, server, clients)
    time.sleep(options.seconds)
    after = read(session, server, clients)
    probe.stop()
    return {"files": [client.finish() for client in clients], "before": before, "after": after, "memory": procfs.memory(server.pid),
            "admin": {"max_ms": probe.max_ms, "requests": probe.requests, "failed": probe.failed}}


def record_of(reading, raw):
    before, after, admin = reading["before"], reading["after"], reading["admin"]
    server_cpus, client_cpus = len(reading["server"]["cpus"]), len(reading["clients"]["cpus"])
    used = {key: (after[key] - before[key]) / (after["clock_s"] - before["clock_s"]) for key in before}
    p99_us = load.figures_in(raw / reading["files"][0])["latency_p99_us"]  # of the accepted connections
    return {"cmd_server": reading["server"]["command_line"], "cmd_client": " & ".join(reading["clients"]["command_lines"]),
            "connections": reading["connections"], "answers_per_s": used["requests"], "refused_per_s": used["turned_away"],
            "cpu_us_per_answer": used["server_s"] * 1e6 / max(used["requests"], 1),
            "user_us_per_answer": used["server_user_s"] * 1e6 / max(used["requests"], 1),
            "server_share": used["server_s"] / server_cpus, "client_share": used["clients_s"] / client_cpus,
            "foreign_share": max(0.0, used["busy_s"] - used["server_s"]) / server_cpus,
            "stolen_share": used["stolen_s"] / server_cpus,
            "p99_ms": p99_us / 1000, "admin_max_ms": admin["max_ms"], "admin_requests": admin["requests"], "admin_failed": admin["failed"],
            "peak_rss_mb": reading["memory"]["peak_rss_kib"] / 1024, "invalid": "", "used": True}


def show_progress(session, record):
    session.show(f"{record['connections']:5} connections  {record['answers_per_s']:9,.0f} answers/s  "
                f"{record['refused_per_s']:8,.0f} refused/s  {record['cpu_us_per_answer']:5.2f} CPU-us/answer  "
                f"server {record['server_share']:4.0%}  client {record['client_share']:4.0%}  "
                f"admin port: {record['admin_max_ms']:6.1f} ms maximum, {record['admin_failed']} of {record['admin_requests']} failed  "
                f"{record['peak_rss_mb']:5.1f} MB")


class Client:
    """One wrk that runs from start() until finish() is called."""

    def __init__(self, session, server, name, run_id, threads, connections):
        self._load = load.Load(min(threads, connections), connections, WRK_S, tuple(session.client_cpus))
        self.profile = self._load.profile
        self.connections = connections
        self.command = self._load.command(server.url(PATH), run_id)
        self._begin = lambda output: load.begin(self._load, server.url(PATH), run_id, output)
        self._raw, self._name = session.records.raw, name
        self._output = self._process = None

    def start(self):
        self._output = self._raw / f"{time.time_ns() // 1_000_000}-{self._name}.wrk.txt"
        self._process = self._begin(self._output)

    def cpu_s(self):
        return procfs.cpu_ns(self._process.pid) / 1e9

    def finish(self):
        """Returns the name of the file with its output."""
        self._process.send_signal(signal.SIGINT)  # wrk prints its report on SIGINT too
        load.finish(self._process, self._load, self._output)
        return self._output.name


def await_inside(server, wanted):
    deadline = time.monotonic() + IN_LIMIT_S
    while (connected := json.loads(server.admin("/debug/vars"))["connections_open"]) < wanted:
        if time.monotonic() > deadline:
            raise HarnessError(f"after {IN_LIMIT_S} s only {connected} of {wanted} connections are open; the output of wrk is in "
                               "the records")
        time.sleep(POLL_S)


def read(session, server, clients):
    """Times in seconds and counts since the start, at one moment."""
    counters = json.loads(server.admin("/debug/vars"))["total"]
    return {"clock_s": time.monotonic(), "requests": counters["requests"], "turned_away": counters["turned_away"],
            "server_s": procfs.cpu_ns(server.pid) / 1e9, "server_user_s": procfs.user_s(server.pid),
            "clients_s": sum(client.cpu_s() for client in clients),
            **procfs.cpu_seconds(session.server_cpus)}


def merge(records):
    """The round with the highest throughput (disturbances only lower it), with the worst value of latency, memory and failures."""
    merged = dict(max(records, key=lambda record: record["answers_per_s"]))
    for key in ("p99_ms", "admin_max_ms", "peak_rss_mb"):
        merged[key] = max(record[key] for record in records)
    for key in ("admin_failed", "admin_requests"):
        merged[key] = sum(record[key] for record in records)
    return merged


def limit(step):
    return limit_rule.judge(step["server_share"], step["client_share"]).limit


def parts(found, steps):
    peak = max(step["answers_per_s"] for step in steps)
    rows = [(f"{step['connections']:,}", table.number(step["answers_per_s"]), f"{step['answers_per_s'] / peak:.0%}",
             table.number(step["refused_per_s"]), table.number(step["cpu_us_per_answer"], 2),
             table.number(step["user_us_per_answer"], 2), f"{step['server_share']:.0%}",
             f"{step['client_share']:.0%}", limit(step),
             table.number(step["p99_ms"], 1), table.number(step["admin_max_ms"], 1),
             f"{step['admin_failed']}/{step['admin_requests']}", table.number(step["peak_rss_mb"], 1)) for step in steps]
    headers = [["connections"], ["answers/s"], ["of the", "peak"], ["refused/s", "(503)"], ["CPU-us/", "answer"], ["in user", "mode"],
               ["server's", "CPUs busy"],
               ["client's", "CPUs busy"], ["the limit", "was"], ["P99, ms"], ["admin port:", "max, ms"], ["failed"], ["peak RSS,", "MB"]]
    title = comparison.heading(found, f"Overload, --max-connections={MAX_CONNECTIONS}, GET {PATH}", f"{STEPS[0]} to {STEPS[-1]}",
                               "best round")
    doubts = [f"Caution: {doubt}." for doubt in comparison.noise(found, steps)]
    return [title, table.Table(headers, rows), table.notes([*verdicts(steps, peak), *doubts])]


def verdicts(steps, peak):
    at_peak = max(range(len(steps)), key=lambda i: steps[i]["answers_per_s"])
    beyond = steps[at_peak:]
    best, worst = beyond[0], max(beyond, key=lambda step: step["cpu_us_per_answer"])
    more_us = worst["cpu_us_per_answer"] - best["cpu_us_per_answer"]
    more_user_us = worst["user_us_per_answer"] - best["user_us_per_answer"]
    lowest = min(step["answers_per_s"] / peak for step in beyond)
    full, *crowds = [step["cpu_us_per_answer"] for step in steps if step["connections"] >= MAX_CONNECTIONS]
    failed = sum(step["admin_failed"] for step in steps)
    peak_rss_mb = max(step["peak_rss_mb"] for step in steps)
    bound_mb = MAX_CONNECTIONS * CONNECTION_BOUND_KIB / 1024
    return [
        f"Throughput after the peak: minimum {lowest:.0%} of the peak (target: at least {SHARE_MIN:.0%}): "
        f"{judgement(steps, beyond, lowest)}",
        f"An answer costs most at {worst['connections']:,} connections: {more_us:+.2f} us compared with the peak, of these "
        f"{more_user_us:+.2f} us in user mode and {more_us - more_user_us:+.2f} us in the kernel.",
        f"CPU time of the server per answer: {full:.2f} us at --max-connections, maximum {max(crowds):.2f} us above it, "
        f"{max(crowds) / full - 1:+.0%} (including the refusals).",
        f"Memory: maximum {peak_rss_mb:.1f} MB; the bound is {bound_mb:.0f} MB plus the memory of a server without clients.",
        "Admin port: some requests failed." if failed else "Admin port: every request was answered."]


def judgement(steps, beyond, lowest):
    """The verdict on the throughput after the peak: "met.", "not met.", or that other limits than the server make it unknown."""
    judged = [step for step in steps if step in beyond or step["connections"] >= MAX_CONNECTIONS]
    hindered = [f"{step['connections']:,}" for step in judged
                if limit(step) == "client" or step["foreign_share"] + step["stolen_share"] > NOISE_SHARE]
    if hindered:
        return f"unknown, because at {', '.join(hindered)} connections the client or other processes limited the throughput."
    return "met." if lowest >= SHARE_MIN else "not met."
