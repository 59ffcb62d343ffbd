"""The runs. All servers are alive, and stopped (SIGSTOP) except in their runs, so that the runs of a load follow each other within seconds and
a slow phase of the machine meets all servers. The order in a round is random, the next round has the reverse order (harness/order.py)."""

import contextlib
import csv
import errno
import json
import socket
import time
import types
import uuid

from harness import correctness, duel_load, limit_rule, load as load_terms, order, procfs, processes
from harness.environment import ROOT
from harness.errors import HarnessError
from rivals.servers import catalogue, loads

ATTEMPTS_MAX = 3  # as many as bench/compare makes
START_S = 1.0  # planned, for the start and the end of a server
OVERHEAD_S = 0.15  # planned, for the start and the end of a load generator
IDLE_S = 3.0  # planned, for the idle connections of a server
JUDGE_LIMIT_S = 600
SETTLE_LIMIT_S = 2
SETTLE_S = 0.1
ANSWER_LIMIT_S = 10
SEED = 1
FIELDS = ("round", "server", "load", "attempt", "requests", "requests_per_s", "cpu_us_per_request", "server_share", "client_share", "limit",
          "latency_p50_us", "latency_p99_us", "peak_rss_kib", "invalid")


def run_s(options):
    return options.seconds + options.warm_up + OVERHEAD_S


def planned_s(servers, chosen_loads, options):
    one = START_S + options.rounds * len(chosen_loads) * run_s(options)
    return len(servers) * (one + (START_S + IDLE_S if options.idle else 0))


def can(name, load):
    return load.kind not in catalogue.ALL[name].cannot


class Session:
    """One call. `found` is the result of catalogue.prepare()."""

    def __init__(self, found, options, progress, folder):
        self.found, self.options, self.progress, self.folder = found, options, progress, folder
        self.runs, self.idle_bytes, self.failed = [], {}, {}
        self.server_cpus, self.client_cpus = options.cpus
        raw = folder / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        for name, content in loads.FILES.items():
            file = catalogue.files(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def server(self, name, purpose):
        port = self.options.port + list(self.found).index(name)
        return catalogue.ALL[name].server(self.found[name][1], port, self.server_cpus, self.folder, f"{name}-{purpose}")

    def _without(self, name, error):
        self.failed[name] = str(error)
        self.progress.say(f"bench/rivals/servers: without {name}: {error}")

    def check(self):
        """Starts each server once. One that gives a wrong answer is left out, by name."""
        for name in self.found:
            kinds = {load.kind for load in self.options.loads if can(name, load)}
            try:
                with self.server(name, "check") as server:
                    loads.require_right_answers(server.url, sorted(kinds))
            except HarnessError as error:
                self._without(name, error)

    @property
    def names(self):
        return [name for name in self.found if name not in self.failed]

    def measure(self):
        with contextlib.ExitStack() as stack:
            servers = {name: self._started(name, stack) for name in self.names}
            for load in self.options.loads:
                for number, names in enumerate(order.rounds(list(servers), self.options.rounds, SEED), start=1):
                    for name in names:
                        if name not in self.failed and can(name, load):
                            self._visit(servers[name], name, load, number)
                        self.progress.spend(run_s(self.options), 1)
        self._write_csv()

    def _started(self, name, stack):
        """The server, which is stopped; None if it does not start."""
        try:
            server = stack.enter_context(self.server(name, "runs"))
        except HarnessError as error:
            return self._without(name, error)
        finally:
            self.progress.spend(START_S)
        stack.callback(server.resume)
        server.pause()
        return server

    def _visit(self, server, name, load, number):
        server.resume()
        try:
            self._valid(server, name, load, number)
        except HarnessError as error:
            self._without(name, error)
        server.pause()

    def _valid(self, server, name, load, number):
        for attempt in range(1, ATTEMPTS_MAX + 1):
            run = self._run(server, load, f"{name}-{load.name}-{number}-{attempt}")
            record = {"round": number, "server": name, "load": load.name, "attempt": attempt, **run}
            self.runs.append(record)
            if not record["invalid"]:
                self.progress.show(f"round {number} of {self.options.rounds}, {name} {load.name}: {record['requests_per_s']:,.0f} requests/s, "
                                   f"{record['cpu_us_per_request']:.2f} CPU-us/request")
                return
            self.progress.say(f"    {name} {load.name}: invalid run: {record['invalid']}")
        raise HarnessError(f"{load.name}: {ATTEMPTS_MAX} runs in a row were invalid: {record['invalid']}")

    def _run(self, server, load, stem):
        options, url = self.options, server.url(load.path)
        sent = load.duel_load(options.duel_load, options.seconds, self.client_cpus)
        sent.for_warm_up(options.warm_up).run(url, str(uuid.uuid4()), self.folder / "raw" / f"{stem}.warm-up")
        cpu_ns = procfs.cpu_ns(server.pid)
        outcome = sent.run(url, str(uuid.uuid4()), self.folder / "raw" / stem)
        cpu_s = (procfs.cpu_ns(server.pid) - cpu_ns) / 1e9
        figures = duel_load.figures_of(outcome, self.folder / "raw")
        failures = duel_load.failures(figures, types.SimpleNamespace(**load_terms.terms(sent)))
        shares = cpu_s / figures["active_s"] / len(self.server_cpus), figures["client_cpu_s"] / figures["active_s"] / sent.cores_usable
        return {"requests": figures["requests"], "requests_per_s": figures["requests"] / figures["duration_us"] * 1e6,
                "cpu_us_per_request": cpu_s * 1e6 / max(figures["requests"], 1), "server_share": shares[0], "client_share": shares[1],
                "limit": limit_rule.judge(*shares).limit, "latency_p50_us": figures["latency_p50_us"], "latency_p99_us": figures["latency_p99_us"],
                "peak_rss_kib": procfs.memory(server.pid)["peak_rss_kib"], "invalid": "; ".join(failures)}

    def measure_idle(self):
        for name in self.names:
            try:
                with self.server(name, "idle") as server:
                    self.idle_bytes[name] = idle_bytes(server, self.options.idle)
            except (HarnessError, OSError) as error:
                self.progress.say(f"    {name}: no figure of idle connections: {error}")
            self.progress.spend(START_S + IDLE_S)

    def _write_csv(self):
        with (self.folder / "runs.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, FIELDS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self.runs)


# --- idle connections

def idle_bytes(server, count):
    """The resident memory that each of `count` idle connections adds. Each has had one answer."""
    clients = []
    try:
        _answered(server, clients, 1)  # what a server makes with its first connection is no part
        before = settled_rss(server.pid)
        _answered(server, clients, count)
        return max(0, settled_rss(server.pid) - before) / count
    finally:
        for client in clients:
            client.close()


def _answered(server, clients, count):
    request = f"GET /ping HTTP/1.1\r\nHost: {server.authority}\r\n\r\n".encode()
    for _ in range(count):
        client = socket.create_connection((server.host, server.port), timeout=ANSWER_LIMIT_S)
        clients.append(client)
        client.sendall(request)
        if not client.recv(4096).startswith(b"HTTP/1.1 200"):
            raise OSError(errno.EPROTO, f"connection {len(clients):,} of {count:,} was not answered with 200")


def settled_rss(pid):
    """Bytes, when two readings in a row are equal, or after SETTLE_LIMIT_S: a collector may give memory back later."""
    deadline, last = time.monotonic() + SETTLE_LIMIT_S, None
    while (now := procfs.memory(pid)["rss_kib"]) != last and time.monotonic() < deadline:
        last = now
        time.sleep(SETTLE_S)
    return now * 1024


# --- HTTP

COUNTS = catalogue.HERE / "conformance.json"
CASES = ROOT / "tests" / "data" / "conformance"
JUDGE_SOURCE = ROOT / "tests" / "e2e" / "conformance_judge.cc"
JUDGE = catalogue.RELEASE / "judge_http"


def judge(session):
    """Scores of each server; {name: {must, should, version, cases}}. A server that ends is scored for the cases until then."""
    found = {}
    for name in session.names:
        if catalogue.ALL[name].cannot == catalogue.ONLY_PING:
            continue  # it has not the routes that the cases need
        log = session.folder / "raw" / f"{name}-judge.txt"
        try:
            with session.server(name, "judge") as server:
                with log.open("w", encoding="utf-8") as output:
                    process = processes.start([str(JUDGE), str(server.port), str(CASES), *left_out(name)], output)
                try:
                    process.wait(JUDGE_LIMIT_S)
                finally:
                    processes.stop(process)
                ended = not server.alive()
        except HarnessError as error:
            session.progress.say(f"    {name}: not judged: {error}")
            continue
        scores = correctness.conformance_counts(log.read_text(encoding="utf-8", errors="replace"), str(server.port))
        found[name] = {**scores, "ended": ended, "version": session.found[name][0], "judge_sha256": judge_hash()}
        session.progress.say(f"    {name}: MUST {scores['must'][0]} of {scores['must'][1]}, SHOULD {scores['should'][0]} of {scores['should'][1]}")
    return found


def left_out(name):
    """Paths whose cases say nothing about this server: only the demo of this project has them, or the server cannot have them."""
    return ["/static", "/list/", "/user/starred", *(loads.PATHS[kind] for kind in catalogue.ALL[name].cannot)]


def judge_hash():
    """Of the cases and of what decides whether a server passes one."""
    return correctness.hash_of([*sorted(CASES.glob("*.txt")), JUDGE_SOURCE], ROOT)


def known_scores():
    """Those of conformance.json that are of the present cases and judge."""
    try:
        scores = json.loads(COUNTS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: score for name, score in scores.items() if score.get("judge_sha256") == judge_hash()}
