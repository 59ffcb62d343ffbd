"""Overload: more connections than the server can keep busy, and more than it lets in."""

import json
import signal
import threading
import time
import urllib.request

from harness import comparison, load, plots, procfs, run as judge, table
from harness.errors import HarnessError
from harness.session import NOISE_SHARE

DESCRIPTION = "overload: connections up to and beyond --max-connections; throughput, admin port, memory"
MAX_CONNECTIONS = 1000
STEPS = [16, 64, 256, 500, MAX_CONNECTIONS, 2 * MAX_CONNECTIONS, 4 * MAX_CONNECTIONS]
# An answer that costs the server more than it costs wrk to ask for it: it is the server that is overloaded.
PATH = "/list/200"
SHARE_MIN = 0.9  # of the peak, at every step beyond it
CONNECTION_BOUND_KIB = 80 + 64  # SECURITY.md, without a body: a request in pieces, and answers on their way out
PROBE_S = 0.1
PROBE_LIMIT_S = 2
IN_LIMIT_S = 10  # for those that are let in to connect
POLL_S = 0.05
WRK_S = 3600  # longer than any step: it is told when to end


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
    text = report(session, steps)
    plots.lines(session.plot, f"Overload: --max-connections={MAX_CONNECTIONS}, {PATH}", "wrk's connections", [step["connections"] for step in steps],
                [("answers/s", [step["answers_per_s"] for step in steps]), ("refused/s", [step["refused_per_s"] for step in steps]),
                 ("server's CPU-us/answer", [step["cpu_us_per_answer"] for step in steps]),
                 ("of these in user mode", [step["user_us_per_answer"] for step in steps]),
                 ("server's CPUs busy, %", [100 * step["server_share"] for step in steps]),
                 ("client's CPUs busy, %", [100 * step["client_share"] for step in steps]),
                 ("admin port, worst answer, ms", [step["admin_worst_ms"] for step in steps]),
                 ("peak RSS, MB", [step["peak_rss_mb"] for step in steps])])
    session.records.finish({"steps": steps}, text)
    return text


def one_round(session, number):
    """Every step on a server of its own, so that a peak of memory is the step's."""
    return [measure(session, connections, f"{number}-{connections}") for connections in STEPS]


def measure(session, connections, name):
    """Those that are in and the crowd beyond them have a wrk each, so that what the crowd costs its own wrk slows nobody who is in."""
    options = session.options
    inside, beyond = min(connections, MAX_CONNECTIONS), max(0, connections - MAX_CONNECTIONS)
    with session.server("gin", name, f"--max-connections={MAX_CONNECTIONS}", admin_port="any") as server:
        clients = [Client(session, server, f"{name}-in", options.wrk_threads, inside)]
        await_inside(server, inside)
        if beyond:
            clients.append(Client(session, server, f"{name}-beyond", 1, beyond))
        probe = Probe(server.admin_url())
        probe.start()
        time.sleep(options.warm_up)
        before = read(session, server, clients)
        time.sleep(options.seconds)
        after = read(session, server, clients)
        probe.stop()
        p99_us = [client.finish()["latency_p99_us"] for client in clients][0]
        peak_mb = procfs.memory(server.pid)["peak_rss_kib"] / 1024
    used = {key: (after[key] - before[key]) / (after["clock_s"] - before["clock_s"]) for key in before}
    record = {"connections": connections, "answers_per_s": used["requests"], "refused_per_s": used["turned_away"],
              "cpu_us_per_answer": used["server_s"] * 1e6 / max(used["requests"], 1),
              "user_us_per_answer": used["server_user_s"] * 1e6 / max(used["requests"], 1),
              "server_share": used["server_s"] / len(session.server_cpus), "client_share": used["clients_s"] / len(session.client_cpus),
              "foreign_share": max(0.0, used["busy_s"] - used["server_s"]) / len(session.server_cpus),
              "stolen_share": used["stolen_s"] / len(session.server_cpus),
              "p99_ms": p99_us / 1000, "admin_worst_ms": probe.worst_ms, "admin_asked": probe.asked, "admin_failed": probe.failed,
              "peak_rss_mb": peak_mb}
    session.records.add({"scenario": "overload", "name": name, **record})
    session.say(f"  {connections:5} connections  {record['answers_per_s']:9,.0f} answers/s  {record['refused_per_s']:8,.0f} refused/s  "
                f"{record['cpu_us_per_answer']:5.2f} CPU-us/answer  server {record['server_share']:4.0%}  client {record['client_share']:4.0%}  "
                f"admin port: {probe.worst_ms:6.1f} ms at worst, {probe.failed} of {probe.asked} failed  {peak_mb:5.1f} MB")
    return record


class Client:
    """One wrk, at work from its beginning to finish()."""

    def __init__(self, session, server, name, threads, connections):
        self._load = load.Load(min(threads, connections), connections, WRK_S, tuple(session.client_cpus))
        self._output = session.records.raw / f"{name}.wrk.txt"
        self._process = load.begin(self._load, server.url(PATH), name, self._output)

    def cpu_s(self):
        return procfs.cpu_ns(self._process.pid) / 1e9

    def finish(self):
        self._process.send_signal(signal.SIGINT)  # it reports all the same
        return load.finish(self._process, self._load, self._output)


def await_inside(server, wanted):
    deadline = time.monotonic() + IN_LIMIT_S
    while (connected := json.loads(server.admin("/debug/vars"))["connections_open"]) < wanted:
        if time.monotonic() > deadline:
            raise HarnessError(f"after {IN_LIMIT_S} s {connected} of {wanted} connections are in; what wrk said is among the records")
        time.sleep(POLL_S)


def read(session, server, clients):
    """Seconds and counts since the start, at one moment."""
    counters = json.loads(server.admin("/debug/vars"))["total"]
    return {"clock_s": time.monotonic(), "requests": counters["requests"], "turned_away": counters["turned_away"],
            "server_s": procfs.cpu_ns(server.pid) / 1e9, "server_user_s": procfs.user_s(server.pid),
            "clients_s": sum(client.cpu_s() for client in clients),
            **procfs.cpu_seconds(session.server_cpus)}


def merge(records):
    """The round with the best throughput (others can only take from it), with the worst of everything that is a promise."""
    merged = dict(max(records, key=lambda record: record["answers_per_s"]))
    for key in ("p99_ms", "admin_worst_ms", "peak_rss_mb"):
        merged[key] = max(record[key] for record in records)
    for key in ("admin_failed", "admin_asked"):
        merged[key] = sum(record[key] for record in records)
    return merged


def limit(step):
    """Who could not do more."""
    server, client = (step[key] >= judge.SATURATED for key in ("server_share", "client_share"))
    return {(True, False): "server", (False, True): "client", (True, True): "both", (False, False): "neither"}[server, client]


def report(session, steps):
    peak = max(step["answers_per_s"] for step in steps)
    rows = [(f"{step['connections']:,}", table.number(step["answers_per_s"]), f"{step['answers_per_s'] / peak:.0%}",
             table.number(step["refused_per_s"]), table.number(step["cpu_us_per_answer"], 2),
             table.number(step["user_us_per_answer"], 2), f"{step['server_share']:.0%}",
             f"{step['client_share']:.0%}", limit(step),
             table.number(step["p99_ms"], 1), table.number(step["admin_worst_ms"], 1),
             f"{step['admin_failed']}/{step['admin_asked']}", table.number(step["peak_rss_mb"], 1)) for step in steps]
    headers = [["connections"], ["answers/s"], ["of the", "peak"], ["refused/s", "(503)"], ["CPU-us/", "answer"], ["in user", "mode"],
               ["server's", "CPUs busy"],
               ["client's", "CPUs busy"], ["the limit", "was"], ["P99, ms"], ["admin port:", "worst, ms"], ["failed"], ["peak RSS,", "MB"]]
    title = comparison.heading(session, f"Overload of --max-connections={MAX_CONNECTIONS}, GET {PATH}", f"{STEPS[0]} to {STEPS[-1]}", "the best")
    doubts = [f"Doubt: {doubt}." for doubt in session.noise(steps)]
    return "\n".join([title, "", table.render(headers, rows), "", *verdicts(steps, peak), *doubts])


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
        f"Throughput beyond the peak: {lowest:.0%} of it at the least; {SHARE_MIN:.0%} is asked for: {judgement(steps, beyond, lowest)}",
        f"Where an answer costs most ({worst['connections']:,} connections) it costs {more_us:+.2f} us against the peak: "
        f"{more_user_us:+.2f} in user mode, the server's own, and {more_us - more_user_us:+.2f} in the kernel.",
        f"The server's own CPU, whoever was the limit: {full:.2f} us an answer when all places are taken, {max(crowds):.2f} at the most with a "
        f"crowd beyond them, {max(crowds) / full - 1:+.0%} (the refusals are in it).",
        f"Memory: {peak_rss_mb:.1f} MB at most; the bound is {bound_mb:.0f} MB and what the server has without clients.",
        "Admin port: it did NOT always answer." if failed else "Admin port: it always answered."]


def judgement(steps, beyond, lowest):
    """Where wrk had used up its CPU, or others used the server's, a throughput does not tell what the server can do."""
    judged = [step for step in steps if step in beyond or step["connections"] >= MAX_CONNECTIONS]
    hindered = [f"{step['connections']:,}" for step in judged
                if limit(step) == "client" or step["foreign_share"] + step["stolen_share"] > NOISE_SHARE]
    if hindered:
        return f"no verdict, at {', '.join(hindered)} connections the client or other processes were in the server's way."
    return "held." if lowest >= SHARE_MIN else "NOT held."
