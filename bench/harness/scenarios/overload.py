"""Overload: more connections than the server can keep busy, and more than it lets in."""

import re
import threading
import time
import urllib.request

from harness import comparison, load, plots, procfs, table
from harness.errors import HarnessError

DESCRIPTION = "overload: connections up to and beyond --max-connections; throughput, admin port, memory"
MAX_CONNECTIONS = 1000
STEPS = [16, 64, 256, 500, MAX_CONNECTIONS, 2 * MAX_CONNECTIONS, 4 * MAX_CONNECTIONS]
PATH = "/ping"
SHARE_MIN = 0.9  # of the peak, at every step beyond it
CONNECTION_BOUND_KIB = 80 + 64  # SECURITY.md, without a body: a request in pieces, and answers on their way out
PROBE_S = 0.1
PROBE_LIMIT_S = 2


def defaults(full):
    return {**comparison.defaults(full), "rounds": 5 if full else 2, "seconds": 10 if full else 3}


class Probe(threading.Thread):
    """Asks the admin port for its health, again and again."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self._url = f"{url}/healthz"
        self._running = True
        self.worst_ms, self.asked, self.failed = 0.0, 0, 0

    def run(self):
        while self._running:
            started = time.monotonic()
            self.asked += 1
            try:
                with urllib.request.urlopen(self._url, timeout=PROBE_LIMIT_S) as reply:
                    self.failed += reply.status != 200
            except OSError:
                self.failed += 1
            self.worst_ms = max(self.worst_ms, 1000 * (time.monotonic() - started))
            time.sleep(PROBE_S)

    def stop(self):
        self._running = False
        self.join()


def run(session):
    rounds = [one_round(session, number) for number in range(1, session.options.rounds + 1)]
    steps = [merge(list(of_one_step)) for of_one_step in zip(*rounds)]
    peak = max(step["answers_per_s"] for step in steps)
    text = report(session, steps, peak)
    path = session.records.folder / "overload.png"
    plots.lines(path, f"Overload: --max-connections={MAX_CONNECTIONS}, {PATH}", "wrk's connections", [step["connections"] for step in steps],
                [("answers/s", [step["answers_per_s"] for step in steps]), ("refused/s", [step["refused_per_s"] for step in steps]),
                 ("admin port, worst answer, ms", [step["admin_worst_ms"] for step in steps]),
                 ("peak RSS, MB", [step["peak_rss_mb"] for step in steps])])
    session.records.finish({"steps": steps}, text)
    return text


def one_round(session, number):
    """Every step on a server of its own, so that a peak of memory is the step's."""
    return [measure(session, connections, f"{number}-{connections}") for connections in STEPS]


def measure(session, connections, name):
    options = session.options
    with session.server("gin", name, f"--max-connections={MAX_CONNECTIONS}", admin_port="any") as server:
        url = re.search(r"admin=(http\S+?)[,)]", server.log())
        if not url:
            raise HarnessError(f"the server names no admin port: {server.log()}")
        probe = Probe(url[1].rstrip("/"))
        probe.start()
        before = server.snapshot()
        wrk = load.Load(options.wrk_threads, connections, options.seconds, tuple(session.client_cpus))
        report = load.run(wrk, server.url(PATH), name, session.records.raw / f"{name}.wrk.txt")
        after = server.snapshot()
        probe.stop()
        peak_mb = procfs.memory(server.pid)["peak_rss_kib"] / 1024
    seconds = report["duration_us"] / 1e6
    record = {"connections": connections, "answers_per_s": (after["requests"] - before["requests"]) / seconds,
              "refused_per_s": report["errors_status"] / seconds, "p99_ms": report["latency_p99_us"] / 1000,
              "admin_worst_ms": probe.worst_ms, "admin_asked": probe.asked, "admin_failed": probe.failed, "peak_rss_mb": peak_mb}
    session.records.add({"scenario": "overload", "name": name, **record})
    session.say(f"  {connections:5} connections  {record['answers_per_s']:9,.0f} answers/s  {record['refused_per_s']:8,.0f} refused/s  "
                f"admin port: {probe.worst_ms:6.1f} ms at worst, {probe.failed} of {probe.asked} failed  {peak_mb:5.1f} MB")
    return record


def merge(records):
    """The best throughput of a step's rounds (others can only take from it), the worst of everything else."""
    merged = {key: max(record[key] for record in records) for key in records[0]}
    merged["admin_failed"] = sum(record["admin_failed"] for record in records)
    merged["admin_asked"] = sum(record["admin_asked"] for record in records)
    return merged


def report(session, steps, peak):
    bound_mb = MAX_CONNECTIONS * CONNECTION_BOUND_KIB / 1024
    rows = [(f"{step['connections']:,}", table.number(step["answers_per_s"]), f"{step['answers_per_s'] / peak:.0%}",
             table.number(step["refused_per_s"]), table.number(step["p99_ms"], 1), table.number(step["admin_worst_ms"], 1),
             f"{step['admin_failed']}/{step['admin_asked']}", table.number(step["peak_rss_mb"], 1)) for step in steps]
    headers = [["connections"], ["answers/s"], ["of the", "peak"], ["refused/s", "(503)"], ["P99, ms"], ["admin port:", "worst, ms"],
               ["failed"], ["peak RSS,", "MB"]]
    at_peak = max(range(len(steps)), key=lambda i: steps[i]["answers_per_s"])
    lowest = min(step["answers_per_s"] / peak for step in steps[at_peak:])
    verdicts = [f"Beyond the peak throughput stays at {lowest:.0%} of it or above; {SHARE_MIN:.0%} is asked for: "
                + ("held." if lowest >= SHARE_MIN else "NOT held."),
                f"Memory: {max(step['peak_rss_mb'] for step in steps):.1f} MB at most; the bound is {bound_mb:.0f} MB and what the server has "
                f"without clients.", "Admin port: " + ("it always answered." if not sum(step["admin_failed"] for step in steps)
                                                      else "it did NOT always answer.")]
    return "\n".join([comparison.heading(session, f"Overload of --max-connections={MAX_CONNECTIONS}"), "", table.render(headers, rows), "", *verdicts])
