"""Several machines that load one server: the workers of a Dask cluster run duel-load at the same time. docs/load-cluster.md tells how to
start such a cluster.

The program is sent to the workers, not looked for there: every worker then runs the same bytes, and a worker needs nothing but Python
and Dask. duel-load is one file, whose only shared library is that of C.

All start at one instant of their own clocks. The clocks are compared before, but not corrected: NTP keeps them closer to each other than
a round trip through Dask can measure.
"""

import hashlib
import ipaddress
import json
import math
import pathlib
import socket
import time
import uuid
import zlib
from concurrent import futures
from dataclasses import dataclass

from harness import cluster_worker, duel_load, merged_report, options
from harness.errors import HarnessError

CONNECT_LIMIT_S = 10
ROUND_TRIPS = 20
CLOCK_LIMIT_S = 0.05  # a run has at least a second, and windows must share 95 % of their time (merged_report.WINDOW_SHARE_MIN)
LEAD_S = 3  # from the order to the start: the workers must have opened their connections


@dataclass(frozen=True)
class Clock:
    """Of a worker, against ours. The true offset lies within `uncertainty_ns` of `offset_ns`."""

    offset_ns: int
    uncertainty_ns: int

    @property
    def bound_ns(self):
        return abs(self.offset_ns) + self.uncertainty_ns


def clock_of(round_trips):
    """The clock from (ours before, theirs, ours after), in ns, of several round trips. The shortest one tells most."""
    before, theirs, after = min(round_trips, key=lambda trip: trip[2] - trip[0])
    return Clock(theirs - (before + after) // 2, math.ceil((after - before) / 2))


def require_right(clocks):
    """`clocks` by worker. Raises HarnessError if one of them may be too far from ours."""
    for worker, clock in clocks.items():
        if clock.bound_ns > CLOCK_LIMIT_S * 1e9:
            raise HarnessError(f"--load-workers: the clock of {worker} may differ from ours by {clock.bound_ns / 1e6:,.0f} ms, and "
                               f"{CLOCK_LIMIT_S * 1e3:.0f} ms are allowed; let both machines follow NTP (chronyc tracking)")


def shares(total, weights):
    """`total` divided in proportion to the weights, in whole numbers of at least 1."""
    found, left, weight_left = [], total, sum(weights)
    for place, weight in enumerate(weights):
        others = len(weights) - place - 1
        found.append(max(1, min(left - others, round(left * weight / weight_left))))
        left -= found[-1]
        weight_left -= weight
    return found


def require_scheduler(scheduler):
    options.addresses_of(scheduler, "--load-workers")
    try:
        socket.create_connection((scheduler.host, scheduler.port), CONNECT_LIMIT_S).close()
    except OSError as error:
        raise HarnessError(f"--load-workers: {scheduler} does not accept connections ({error.strerror or error}); start dask-scheduler, or "
                           "correct the address") from error


def require_usable(given, only_duel_load):
    """Raises HarnessError if the workers cannot load a server that bench/compare starts. `given` are the options."""
    if not only_duel_load:
        raise HarnessError(f"--load-workers: the scenario {given.scenario} is not loaded by duel-load alone; choose one that is, such as "
                           "router_latency, or add --attach=http://HOST:PORT")
    require_scheduler(given.load_workers)
    host = ipaddress.ip_address(given.host)
    if host.is_unspecified or (host.is_loopback and not options.is_here(given.load_workers, "--load-workers")):
        raise HarnessError(f"--host: the workers of {given.load_workers} cannot reach {given.host}; give an address of this machine that "
                           "they can reach")


class Cluster:
    """A context manager. Inside the `with` block every worker has duel-load. `threads` has the number of threads per worker; the workers
    are named by their addresses."""

    def __init__(self, scheduler, program, say):
        self._scheduler = scheduler
        self._program = pathlib.Path(program)
        self._say = say
        self._client = None
        self._session_id = str(uuid.uuid4())
        self._paths = {}
        self._run_id = None  # of the run in progress
        self.threads, self.clocks = {}, {}

    def __str__(self):
        return f"{len(self.threads)} workers with {sum(self.threads.values())} threads"

    def __enter__(self):
        try:
            self._connect()
            self._compare_clocks()
            self._install()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _connect(self):
        try:
            import cloudpickle
            from distributed import Client
        except ImportError as error:
            raise HarnessError(f"--load-workers needs Dask ({error}); install Debian's python3-distributed (tools/install)") from error
        cloudpickle.register_pickle_by_value(cluster_worker)  # the workers have no module of this name
        try:
            self._client = Client(self._scheduler, timeout=CONNECT_LIMIT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise HarnessError(f"--load-workers: {self._scheduler} does not answer like a Dask scheduler ({error}); start one with "
                               "dask-scheduler, or correct the address") from error
        found = self._client.scheduler_info()["workers"]
        if not found:
            raise HarnessError(f"--load-workers: {self._scheduler} has no workers; start them with dask-worker {self._scheduler}")
        self.threads = {address: max(1, found[address]["nthreads"]) for address in sorted(found)}
        self._require_one_python()

    def _require_one_python(self):
        """Code travels only between equal versions of Python."""
        versions = self._client.get_versions()
        ours = _python(versions["client"])
        for worker, found in versions["workers"].items():
            if _python(found) != ours:
                raise HarnessError(f"--load-workers: {worker} runs Python {_python(found)} and this program {ours}; start the workers with "
                                   "the same version")

    def _compare_clocks(self):
        for worker in self.threads:
            trips = []
            for _ in range(ROUND_TRIPS):
                before = time.time_ns()
                theirs = self._on([worker], cluster_worker.clock_ns)[worker]
                trips.append((before, theirs, time.time_ns()))
            self.clocks[worker] = clock_of(trips)
        require_right(self.clocks)
        worst = max(clock.bound_ns for clock in self.clocks.values())
        self._say(f"load from {self}; their clocks differ from ours by at most "
                  f"{worst / 1e6:.1f} ms")

    def _install(self):
        content = self._program.read_bytes()
        self._paths = self._on(self.threads, cluster_worker.install, zlib.compress(content, 1), hashlib.sha256(content).hexdigest(),
                               self._session_id)

    def _on(self, workers, function, *arguments):
        """Calls the function on each worker. Returns {worker: result}. Raises HarnessError if a worker fails or ends."""
        found = self._client.run(function, *arguments, workers=list(workers), on_error="return")
        return {worker: _result(worker, found.get(worker)) for worker in workers}

    def run(self, arguments, limit_s):
        """Runs duel-load once on each worker: arguments(place, start_at) are those of the worker at this place. Returns the parts of the
        load (merged_report.Part) in the order of the workers."""
        self._run_id = str(uuid.uuid4())
        start_at = round(time.time() + LEAD_S, 3)
        commands = {worker: [self._paths[worker], *arguments(place, start_at)] for place, worker in enumerate(self.threads)}
        try:
            parts = self._measure(commands, LEAD_S + limit_s)
        except BaseException:
            self._stop()
            raise
        self._run_id = None
        return parts

    def _measure(self, commands, limit_s):
        """Each worker has a call and a thread of its own, so the first that fails ends the wait. One call for all of them would
        report a worker that has ended only when all others have ended too."""
        def of(worker):
            return self._part(worker, *self._on([worker], cluster_worker.measure, commands, self._run_id, limit_s)[worker])

        pool = futures.ThreadPoolExecutor(len(commands))
        try:
            calls = [pool.submit(of, worker) for worker in commands]
            for call in futures.wait(calls, return_when=futures.FIRST_EXCEPTION).done:
                call.result()
            return [call.result() for call in calls]
        finally:
            pool.shutdown(wait=False)  # after a failure the caller ends the load, which ends the threads

    def _part(self, worker, status, report, message):
        if status not in (duel_load.MEASURED, duel_load.VOID):
            raise HarnessError(f"duel-load on {worker} failed ({status}): {message.removeprefix('duel-load: ')}")
        return merged_report.Part(worker, json.loads(report), self.clocks[worker].offset_ns)

    def _stop(self):
        """Ends duel-load on the workers that still answer."""
        self._client.run(cluster_worker.stop, self._run_id, workers=list(self._client.scheduler_info()["workers"]), on_error="ignore")
        self._run_id = None

    def close(self):
        """Leaves nothing on the workers."""
        client, self._client = self._client, None
        if client is None:
            return
        try:
            if self.threads:
                client.run(cluster_worker.remove, self._session_id, on_error="ignore")
        finally:
            client.close()


def _python(versions):
    return ".".join(versions["host"]["python"].split(".")[:2])


def _result(worker, found):
    if isinstance(found, RuntimeError):
        raise HarnessError(f"--load-workers: {worker} {found}; take it out of the cluster, or mend it")
    if found is None or type(found).__name__ == "CommClosedError":
        raise HarnessError(f"the worker {worker} has ended or does not answer, so the run is void; start the worker again, and repeat the command")
    if isinstance(found, Exception):
        raise HarnessError(f"the worker {worker} failed ({type(found).__name__}: {found}), so the run is void; look into its log")
    return found


@dataclass(frozen=True)
class ClusterLoad(duel_load.DuelLoad):
    """A load from all workers together. It has the interface of load.Load; `program` and `cpus` are not used."""

    cluster: Cluster | None = None

    tool = "duel-load"

    @property
    def programs(self):
        return len(self.cluster.threads)

    @property
    def threads(self):
        return sum(self.cluster.threads.values())

    cores_usable = threads

    def _of(self, place):
        """The load of one worker: its share of the connections, one thread per thread of the worker."""
        threads = list(self.cluster.threads.values())
        return duel_load.DuelLoad(self.program, self.plan, shares(self.connections, threads)[place], self.seconds, tuple(range(threads[place])))

    def arguments_of(self, place, url, trace_id, start_at):
        count = len(self.cluster.threads)
        share = [f"--share={place + 1}/{count}"] if self.plan.open_loop else []  # a closed loop has no schedule to divide
        return [*share, f"--start-at={start_at:.3f}", *self._of(place).arguments(url, f"{trace_id}-{place + 1}")]

    def command(self, url, trace_id):
        """For the records: the command of the first worker, of how many workers."""
        return ["duel-load", *self.arguments_of(0, url, trace_id, 0), f"(on {len(self.cluster.threads)} workers)"]

    def run(self, url, trace_id, stem):
        """Runs duel-load on all workers. Returns the outcome, with the merged report. The files `stem`.duel-load.json and
        `stem`.worker-N.duel-load.json keep it and the reports of the workers."""
        parts = self.cluster.run(lambda place, start_at: self.arguments_of(place, url, trace_id, start_at), self.limit_s)
        reports = {f"{stem.name}.worker-{place}.duel-load.json": part.report for place, part in enumerate(parts, start=1)}
        for name, report in reports.items():
            _write(stem.with_name(name), report)
        merged = stem.name + ".duel-load.json"
        _write(stem.with_name(merged), merged_report.merge(parts))
        return {"files": [merged, *reports]}


def _write(path, report):
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
