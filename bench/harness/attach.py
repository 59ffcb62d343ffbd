"""bench/compare --attach: measures a server that already runs, on this machine or on another one. It can be any server of HTTP/1.1.

Only the kernel of the server's machine knows its CPU time and its memory. A server of this project tells them on its admin port, and so
do others that have a page /metrics with the usual names of Prometheus. What nobody tells is left out of the table, by name.
"""

import os
import shlex
import shutil
import time
import types
import uuid

from harness import cluster, cpus, direct_http, duel_load, environment, knobs, limit_rule, load, metrics_page, options as kinds, presets, probes, run, table
from harness import found as records_of
from harness.attach_table import SUBJECT
from harness.errors import HarnessError
from harness.kept import Kept
from harness.progress import Progress
from harness.records import Records
from harness.session import run_s

NAME = "attach"  # in the records, in place of a scenario
ANSWER_LIMIT_S = 5
ATTEMPTS_MAX = 3  # as many as for a server that the harness starts
PRESETS = presets.changed(presets.IN_ROUNDS, connections=64, pipeline=1)
PATHS = ("/ping", "/")  # without --path: the first that the server answers
PIPELINE_MAX = 256  # of duel-load
# Options about a server that bench/compare starts.
OF_OWN_SERVERS = ("--scenario", "--host", "--port", "--server-cpus", "--server", "--null-server", "--gin-pool", "--beego-pool", "--seed", "--p99-ms",
                  "--go", "--originals")
OF_ATTACHED_SERVERS = ("--admin", "--path", "--pipeline")


def add_options(add):
    add("--attach", type=kinds.endpoint("http", "http://127.0.0.1:8080", 80), metavar="http://HOST:PORT",
        help="measure a server that already runs, here or elsewhere; starts no server")
    add("--admin", type=kinds.endpoint("http", "http://127.0.0.1:6060"), metavar="http://HOST:PORT",
        help="its admin port, for what only its kernel knows: the page /metrics")
    add("--path", type=kinds.request_path, metavar="PATH", help="what to request from it (/ping, or / if it has no /ping)")
    add("--pipeline", type=kinds.whole(1, PIPELINE_MAX), metavar="N", help="requests in flight per connection (1); more than 1 by duel-load")
    add("--load-workers", type=kinds.endpoint("tcp", "tcp://192.168.0.5:8786"), metavar="tcp://HOST:PORT",
        help="send the load from the workers of this Dask scheduler, docs/load-cluster.md")


def require_agreement(options):
    """Raises HarnessError if options contradict each other, or if the server does not answer. Without --path, chooses one."""
    both = [name for name in OF_OWN_SERVERS if name in options.given]
    both += ["--with-originals"] * options.with_originals
    if both:
        raise HarnessError(f"{both[0]}: --attach measures a server that already runs, and this option is for one that bench/compare starts; "
                           "leave one of the two out")
    options.client_cpus = client_cpus(options)
    if options.wrk_threads is None:
        options.wrk_threads = min(len(options.client_cpus), options.connections)
    if options.wrk_threads > options.connections:
        raise HarnessError(f"wrk needs at least one connection per thread: {table.count(options.wrk_threads, 'thread')}, "
                           f"{table.count(options.connections, 'connection')}; lower --wrk-threads, or raise --connections")
    kinds.require_descriptors("--connections", options.connections)
    options.path = answering_path(options.attach, options.path)
    if options.admin:
        metrics_text(options.admin)
    if options.load_workers:
        cluster.require_scheduler(options.load_workers)
    if not options.check and uses_duel_load(options) and not options.duel_load.is_file():
        raise HarnessError(f"--duel-load: there is no program at {options.duel_load}; start bench/compare, which builds it, or name another "
                           "program")


def require_absent(options):
    """Raises HarnessError for an option that only --attach uses."""
    for name in OF_ATTACHED_SERVERS:
        if name in options.given:
            raise HarnessError(f"{name}: only a server that already runs is measured with this option; add --attach=http://HOST:PORT, or leave "
                               "it out")


def uses_duel_load(options):
    return bool(options.rate or options.pipeline > 1 or options.load_workers or not shutil.which("wrk"))


def build_targets(options):
    return ["load"] if uses_duel_load(options) else []


def client_cpus(options):
    """The CPUs of the load generator. A server on this machine needs some too."""
    available = sorted(os.sched_getaffinity(0))
    if kinds.is_here(options.attach) and len(available) > 1:
        return cpus.choose(None, options.client_cpus)[1]
    if options.client_cpus and not set(options.client_cpus) <= set(available):
        raise HarnessError(f"--client-cpus: this process is not allowed to use CPU {min(set(options.client_cpus) - set(available))}; choose from "
                           f"{cpus.text(available)}")
    return options.client_cpus or available


def answering_path(server, path):
    """The path to measure: `path`, or the first of PATHS that is answered with a status below 400."""
    for each in [path] if path else PATHS:
        status = ask(f"{server}{each}", "--attach")[0]
        if status < 400:
            return each
    if path:
        raise HarnessError(f"--path: {server} answers GET {path} with the status {status}; name a path that it has")
    raise HarnessError(f"--attach: {server} answers neither {' nor '.join(PATHS)} with a status below 400; name a path with --path")


def ask(url, option):
    """Status, fields and body. Raises HarnessError if there is no answer."""
    try:
        return direct_http.answer(url, ANSWER_LIMIT_S)
    except Exception as error:  # of any class: answers that are not HTTP raise many
        reason = getattr(error, "reason", error)
        raise HarnessError(f"{option}: GET {url} is not answered ({getattr(reason, 'strerror', None) or reason}); start the server, or correct the "
                           "address") from error


def metrics_text(admin):
    """The page /metrics, which can be read."""
    status, _, body = ask(f"{admin}/metrics", "--admin")
    try:
        if status != 200:
            raise ValueError(f"the status is {status}")
        metrics_page.Page(body.decode())
        return body.decode()
    except ValueError as error:
        raise HarnessError(f"--admin: {admin}/metrics is no page of metrics ({error}); give the admin port of the server") from error


class AttachedSession:
    """One call of bench/compare --attach. `cluster` is that of --load-workers; the caller sets it."""

    cluster = None
    _kept = Kept()

    def __init__(self, options, progress=None):
        self.options = options
        self.progress = progress or Progress()
        self.watch = probes.Watch(self.say)
        if getattr(options, "resume", None):
            self.records = Records(options.resume)
            self._kept = Kept(records_of.read(options.resume).used())
            return
        self.records = Records.begin(options.results, "attach", options, environment=environment.describe_client(options.client_cpus),
                                     server_cpus=[], client_cpus=options.client_cpus, knobs=knobs.before(options.client_cpus))

    def say(self, text):
        self.progress.say(text)

    def measure(self):
        options, generator = self.options, self._load()
        _, fields, body = ask(f"{options.attach}{options.path}", "--attach")
        self.records.note("answer", {"server": fields.get("Server", "").strip(), "type": fields.get("Content-Type"), "bytes": len(body)})
        self.records.note("is_here", kinds.is_here(options.attach))
        self.records.note("generator", {"tool": generator.tool, "threads": generator.threads, "in_flight_max": generator.in_flight_max})
        if self.cluster:
            self.records.note("cluster", str(self.cluster))
        self.progress.correct(options.rounds * run_s(options.seconds, options.warm_up), options.rounds)
        for number in range(1, options.rounds + 1):
            if not self._kept.take("attach", "timed", number):
                self._round(generator, number)

    def _load(self):
        options = self.options
        if not uses_duel_load(options):
            return load.Load(options.wrk_threads, options.connections, options.seconds, tuple(options.client_cpus))
        plan = duel_load.Plan(rate=options.rate, pipeline=options.pipeline)
        known = {"program": options.duel_load, "plan": plan, "connections": options.connections, "seconds": options.seconds,
                 "cpus": tuple(options.client_cpus)}
        return cluster.ClusterLoad(**known, cluster=self.cluster) if self.cluster else duel_load.DuelLoad(**known)

    def _round(self, generator, number):
        """One valid run. Invalid runs are recorded and repeated."""
        for attempt in range(1, ATTEMPTS_MAX + 1):
            place = {"scenario": "attach", "cell": "attach", "title": f"{self.options.attach}{self.options.path}", "purpose": "timed",
                     "round": number, "attempt": attempt}
            record = self.records.add({**self._measure(generator, f"{number}-{attempt}"), "place": place})
            if not record["invalid"]:
                self.progress.spend(run_s(self.options.seconds, self.options.warm_up), 1)
                self.progress.show(f"round {number} of {self.options.rounds}: {record['requests_per_s']:,.0f} requests/s, P99 "
                                   f"{record['latency_p99_us'] / 1e3:,.2f} ms, limit: {record['limit']}")
                return
            self.say(f"    invalid run: {record['invalid']}" + ("; repeated" if attempt < ATTEMPTS_MAX else ""))
        raise HarnessError(f"{self.options.attach} could not be measured, because {ATTEMPTS_MAX} runs in a row were invalid: {record['invalid']}; "
                           f"the output of the client is in {self.records.raw}")

    def _measure(self, generator, name):
        options = self.options
        url = f"{options.attach}{options.path}"
        run_id = str(uuid.uuid4())
        self.watch.before_run(SUBJECT, options.attach, options.path, same_clock=kinds.is_here(options.attach))
        warm_up = self.records.raw / f"{time.time_ns() // 1_000_000}-{name}.warm-up"
        generator.for_warm_up(options.warm_up).run(url, run_id, warm_up)
        timestamp = time.time_ns() // 1_000_000
        before = options.admin and metrics_text(options.admin)
        outcome = generator.run(url, run_id, self.records.raw / f"{timestamp}-{name}")
        after = options.admin and metrics_text(options.admin)
        findings = self.watch.after_run(SUBJECT, options.attach, options.path)
        return {"recorder": "attach", "name": name, "run_id": run_id, "timestamp": timestamp, "path": options.path, "files": outcome["files"],
                "load_profile": {**generator.profile, "path": options.path}, "server": str(options.attach), "outcome": outcome,
                "load": {"terms": load.terms(generator), "command_line": shlex.join(generator.command(url, run_id))}, "pages": [before, after],
                "findings": findings}


def record_of(reading, raw):
    generator = types.SimpleNamespace(**reading["load"]["terms"])
    before, after = [page and metrics_page.Page(page) for page in reading["pages"]]
    report_of_client = run.FIGURES[generator.tool](reading["outcome"], raw)
    record = {"path": reading["path"], "cmd_client": reading["load"]["command_line"],
              "tool": generator.tool, "intended_rate": generator.intended_rate, **report_of_client,
              "requests_per_s": report_of_client["requests"] / report_of_client["duration_us"] * 1e6,
              "client_share": report_of_client["client_cpu_s"] / (report_of_client["active_s"] * generator.cores_usable),
              **server_costs(before, after, report_of_client)}
    record["limit"], record["limit_why"] = judge(record)
    record["in_flight_share"] = limit_rule.in_flight_share(generator.in_flight_intended, record["requests_per_s"],
                                                           report_of_client["latency_mean_us"])
    restarted = [f"{reading['server']} was started again during the run"] * has_restarted(before, after)
    record["findings"] = probes.text_of(reading)
    record["invalid"] = "; ".join([*run.FAILURES[generator.tool](report_of_client, generator), *restarted])
    record["used"] = not record["invalid"]
    return record


def server_costs(before, after, report_of_client):
    """What the pages /metrics before and after a run tell about the server. None stands for a figure that they do not have."""
    def spent(name, scale=1.0):
        values = [page.total(name) if page else None for page in (before, after)]
        return None if None in values else (values[1] - values[0]) * scale

    def level(name, scale):
        value = after.total(name) if after else None
        return None if value is None else value * scale

    workers = [[late - early for early, late in zip(*pair)] for pair in zip(*map(metrics_page.of_workers, (before, after)))] if after else []
    answered = sum(requests for requests, _ in workers) or report_of_client["requests"]
    cpu_s, allocated = spent("process_cpu_seconds_total"), spent("duel_allocated_bytes_total")
    busy_cpus = None if cpu_s is None else cpu_s / report_of_client["active_s"]
    return {
        "server_requests": round(answered) if workers else None,
        "cpu_us_per_request": None if cpu_s is None else cpu_s * 1e6 / max(answered, 1),
        "server_busy_cpus": busy_cpus,
        "server_share": busy_cpus / len(workers) if workers and busy_cpus is not None else None,
        "grown_bytes": spent("process_resident_memory_bytes"),
        "rss_mb": level("process_resident_memory_bytes", 1e-6),
        "peak_rss_mb": level("duel_memory_resident_peak_bytes", 1e-6),
        "allocated_bytes_per_request": None if allocated is None else allocated / max(answered, 1),
        "worker_requests": " ".join(f"{requests:.0f}" for requests, _ in workers),
        "worker_connections": " ".join(f"{connections:.0f}" for _, connections in workers),
    }


def has_restarted(before, after):
    """Whether a counter of the server began again."""
    pages = [page.total("process_cpu_seconds_total") for page in (before, after) if page]
    return None not in pages and pages != sorted(pages)


def judge(record):
    """The limit and why. A server whose number of workers is unknown may have been the limit too."""
    if record["server_share"] is not None:
        verdict = limit_rule.judge(record["server_share"], record["client_share"], intended_rate=record["intended_rate"])
        return verdict.limit, verdict.why
    used = f"the client used {record['client_share']:.0%} of its CPU time"
    if record["client_share"] >= limit_rule.SATURATED:
        return limit_rule.CLIENT, used
    if record["intended_rate"]:
        return limit_rule.NEITHER, f"the schedule asked for only {record['intended_rate']:,.0f} requests/s; {used}"
    return limit_rule.UNKNOWN, f"{used}, and how much of its CPU time the server used is not known"
