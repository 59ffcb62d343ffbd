"""One call of bench/compare: its options, its environment, its servers and its records."""

import copy
import itertools
import math
import os
import uuid
from dataclasses import dataclass, replace

from harness import answers, cgroup, cluster, containers, cpus, duel_load, environment, found, knobs, load as wrk, originals, processes, profiles, run, styles
from harness.errors import HarnessError
from harness.kept import Kept
from harness.probes import Watch
from harness.progress import Progress
from harness.records import Records
from harness.server import ServerEnded

ATTEMPTS_MAX = 3  # per place in the order; if all are invalid, repeating does not help
# The same for runs in which only duel-load was late. Another process had its CPU, usually not for long.
LATE_ATTEMPTS_MAX = 12
NEVER, AT_ONCE = math.inf, 1  # values of may_be_late
COUNTED_SECONDS = 0.5
# A new connection of net/http makes about 25 allocations. With 512 of them a request would seem to make 0.7 more, with 4 at most 0.02.
COUNTED_CONNECTIONS = 4
# A load generator starts slowly on a busy machine. A shorter warm-up would end it before it has begun.
COUNTED_WARM_UP_S = 0.3
PROFILED_SECONDS = 0.5
RECORDED_SECONDS = 1  # a profile of CPU time has 100 samples per second
SAMPLED = "--heap-profile=64k"  # half a second of load allocates hundreds of times as much
# What a plan adds to the seconds of the load generators, as measured on a machine with two CPUs.
START_S = 0.15  # of a server
RUN_S = 0.2  # of a run: counters, and the wait for late answers
REPORT_S = 3  # of a scenario: tables and plots
# Facts that must not change within a session.
LASTING = ("kernel", "cpu_model", "server_cpus", "client_cpus", "server_sha256", "server_version", "wrk_version", "malloc_conf")


@dataclass(frozen=True)
class Cell:
    """One column of a table: a server with its flags, and the load: the path that wrk requests, or what duel-load sends."""

    key: str
    title: str
    router: str  # a key of styles.SUBJECTS
    path: str
    pool: str = ""  # "on", "off", or "" for the value of --gin-pool or --beego-pool
    flags: tuple = ()  # flags of the server, in addition to the usual flags or in place of them
    script: str = "report.lua"  # the Lua script of wrk, in bench/load
    plan: duel_load.Plan | None = None  # if given, duel-load loads the server, not wrk
    limits: cgroup.Limits | None = None  # a CPU quota or a memory limit of the server
    seconds: int | None = None  # duration of a run, in place of --seconds
    connections: int | None = None  # of the load, in place of --connections and those of the plan
    admin: bool = False  # whether the server has an admin port; the records then have the work of each worker

    def original(self, **changes):
        """The same cell on the original of its style."""
        return replace(self, **{"key": f"go_{self.key}", "title": f"Go {self.title}", "router": f"go_{self.router}", **changes})


NULL = styles.NULL


class Session:
    """A new session. With --resume it continues the one in the folder. planning.PlannedSession has the same interface and starts nothing."""

    _kept = Kept()
    _cluster = None
    place = containers.Host()

    def __init__(self, options, progress=None, scenario=None):
        self.options = options
        self.progress = progress or Progress()
        self.watch = Watch(self.say)
        self.server_cpus, self.client_cpus = cpus.choose(options.server_cpus, options.client_cpus)
        hidden = sorted(name for name in os.environ if processes.is_foreign(name))
        if hidden:
            self.say(f"the environment variables {', '.join(hidden)} are not passed to the server and the load generator")
        cgroup.remove_abandoned(self.say)
        self.environment = {**environment.describe(options.server, self.server_cpus, self.client_cpus), **originals.facts(options.originals)}
        if getattr(options, "resume", None):
            self._resume()
            return
        self.records = Records.begin(options.results, scenario or options.scenario, options, environment=self.environment,
                                     server_cpus=self.server_cpus, client_cpus=self.client_cpus, knobs=knobs.before(self.server_cpus))

    def _resume(self):
        kept = found.read(self.options.resume)
        for name in (*LASTING, *(name for name in self.environment if name.startswith("originals_"))):
            then, now = kept.environment.get(name), self.environment.get(name)
            if then != now:
                raise HarnessError(f"--resume: {name} was {then} when the session began and is {now}, so its runs could not be compared; start a "
                                   "new session, or restore it")
        self.environment = kept.environment
        self.records = Records(self.options.resume)
        self.records.remove_parts()
        self.records.runs += kept.runs
        self._kept = Kept(kept.used())
        self.say(f"{len(kept.used())} runs are there already")

    def on(self, server_cpus, client_cpus):
        """The same session with other CPUs, for a scenario that compares numbers of CPUs."""
        other = copy.copy(self)
        other.server_cpus, other.client_cpus = list(server_cpus), list(client_cpus)
        return other

    def at(self, place):
        """The same session, with its servers and load generators at this place (containers.Host or containers.Inside)."""
        other = copy.copy(self)
        other.place = place
        return other

    @property
    def cluster(self):
        """That of --load-workers; the caller sets it."""
        return self._cluster

    @cluster.setter
    def cluster(self, workers):
        self._cluster = workers
        if workers:
            self.note("cluster", str(workers))

    def say(self, text):
        """A line that does not depend on results."""
        self.progress.say(text)

    def show(self, text, stays=False):
        """A line about results. On a terminal the next one replaces it, unless it stays."""
        (self.progress.say if stays else self.progress.show)(text)

    def spend(self, seconds, runs=0):
        """Counts planned time that has passed."""
        self.progress.spend(seconds, runs)

    def act(self, what, function, command=(), seconds=0.0, runs=0, planned=None):
        """Calls function() and returns its result: all that is neither a server nor a load of a cell. A plan shows `what`, in a few words,
        and the command of the program that it starts; `planned` then stands for the result. It takes `seconds` and counts as `runs`."""
        result = function()
        self.spend(seconds, runs)
        return result

    def new_run_id(self):
        return str(uuid.uuid4())

    @property
    def has_null_server(self):
        return self.options.null_server.is_file()

    def from_results(self, value, name, rule):
        """The value, which was computed from results. A plan has the name in its place, and tells the rule."""
        return value

    def repeat(self, following, about):
        """Yields following() until it is None: a search, whose end results decide. `about` is the usual number of values."""
        begin_s, begin_runs, of_one = self.progress.done_s, self.progress.runs_done, None
        while (value := following()) is not None:
            yield value
            of_one = of_one or (self.progress.done_s - begin_s, self.progress.runs_done - begin_runs)
        if of_one:
            self.progress.correct(self.progress.done_s - begin_s - about * of_one[0], self.progress.runs_done - begin_runs - about * of_one[1])

    def note(self, name, value):
        """Keeps what a scenario found beside runs, for its report (found.Found.facts). The value is JSON."""
        self.records.note(name, value)

    def load(self, seconds, cell):
        options = self.options
        connections = cell.connections or (cell.plan and cell.plan.connections) or options.connections
        if cell.plan:
            known = options.duel_load, cell.plan, connections, seconds, tuple(self.client_cpus)
            return cluster.ClusterLoad(*known, cluster=self.cluster) if self.cluster else duel_load.DuelLoad(*known)
        return self.place.load(wrk.Load(min(options.wrk_threads, connections), connections, seconds, tuple(self.client_cpus), cell.script))

    def server(self, router, name, *flags, pool="", admin_port="0", port=None, limits=None):
        style = styles.SUBJECTS[router]
        pool_flag = [style.pool_flags[pool or pool_of(self.options, style.router)]] if style.pool_flags else []
        usual = [*style.flags, f"--threads={len(self.server_cpus)}", *pool_flag]
        given = {flag.partition("=")[0] for flag in flags}
        command = [str(style.program(self.options)), f"--router={style.router}",
                   *(flag for flag in usual if flag.partition("=")[0] not in given), *flags]
        self.spend(START_S)
        return self.place.server(command, self.options.host, port or self.options.port, self.server_cpus, self.records.raw, name,
                                 admin_port, limits)

    def warm_up(self, server, cell, round_number, seconds=None):
        """Loads a server that the caller started. The load is not measured."""
        seconds = seconds or self.options.warm_up
        run.warm_up(server, cell.path, self.load(seconds, cell).for_warm_up(seconds), self.records.raw, f"{round_number}-{cell.key}")
        self.spend(seconds)

    def warm_up_all(self, servers, cells, round_number):
        """Loads servers that the caller started, {cell key: server}, all at the same time: it takes no longer than one warm_up()."""
        running = []
        for cell in cells:
            load = self.load(self.options.warm_up, cell).for_warm_up(self.options.warm_up)
            output = load.output(run.warm_up_stem(self.records.raw, f"{round_number}-{cell.key}"))
            running.append((wrk.begin(load, servers[cell.key].url(cell.path), self.new_run_id(), output), load, output))
        for process, load, output in running:
            wrk.finish(process, load, output)
        self.spend(self.options.warm_up)

    def is_measured(self, cells, round_number, purpose="timed", visits=1):
        """Whether an interrupted session has all of these runs, so that the caller need not start servers for them."""
        return self._kept.has([cell.key for cell in cells], purpose, round_number, visits)

    def timed(self, cell, round_number, ceiling=None, purpose="timed", may_be_late=NEVER, may_end=False):
        """One valid run on a new server. Invalid runs are recorded and repeated. `ceiling` is a limit_rule.Ceiling of the same round.
        A run in which duel-load itself was late is returned like a valid one from the attempt `may_be_late` on. With `may_end`, a run in which the
        server ended is a result too: its record has `ended`, the reason, and no figures of a load."""
        def measure(attempt):
            name = f"{round_number}-{cell.key}-{attempt}"
            admin_port = "any" if cell.admin else "0"
            server = self.server(cell.router, name, *cell.flags, pool=cell.pool, admin_port=admin_port, limits=cell.limits)
            try:
                with server:
                    return self._measure(server, cell, self._seconds(cell), self.options.warm_up, name, ceiling)
            except ServerEnded as ended:
                if not may_end:
                    raise
                return run.ended(server, cell.path, name, self.load(self._seconds(cell), cell), ended.counts, str(ended))

        return self._valid(measure, cell, round_number, purpose, may_be_late)

    def on_running(self, server, cell, round_number, ceiling=None, purpose="timed", may_be_late=NEVER, readers=None):
        """As timed(), on a server that the caller started and warmed up. Other servers may run idle beside it. `readers` are those of
        run.measure(); what they return is in the `probed` of the reading (found.Found.reading)."""
        def measure(attempt):
            return self._measure(server, cell, self._seconds(cell), 0, f"{round_number}-{cell.key}-{attempt}", ceiling, readers)

        return self._valid(measure, cell, round_number, purpose, may_be_late)

    def _valid(self, measure, cell, round_number, purpose, may_be_late):
        if kept := self._kept.take(cell.key, purpose, round_number):
            return kept
        for attempt in itertools.count(1):
            before_s = self.progress.done_s
            record = self._add({**measure(attempt), "may_be_late": attempt >= may_be_late}, cell, purpose, round_number, attempt)
            if record["used"]:
                return record
            self.progress.correct(self.progress.done_s - before_s, 1)  # no plan has invalid runs
            last = attempt >= (LATE_ATTEMPTS_MAX if record["invalid"] == record.get("late") else ATTEMPTS_MAX)
            self.say(f"    invalid run: {record['invalid']}" + ("" if last else "; repeated"))
            if last:
                raise HarnessError(f"{cell.title} was invalid {attempt} times in a row, at last because {record['invalid']}; the output of "
                                   f"the server and of the client is in {self.records.raw}")

    def _seconds(self, cell):
        return cell.seconds or self.options.seconds

    def once(self, cell, round_number, measure, purpose="timed"):
        """The record of a place that a scenario measures by itself. measure() returns a reading whose `recorder` is the scenario; the
        record needs `invalid` and `used`."""
        return self._kept.take(cell.key, purpose, round_number) or self._add(measure(), cell, purpose, round_number, 1)

    def counted(self, cells):
        """Runs on separate servers that count every allocation. Counting is slow, so these records are used for counts, never
        for times. Returns {cell key: record}."""
        counts = {cell.key: kept for cell in cells if (kept := self._kept.take(cell.key, "counted", 0))}
        left = [cell for cell in cells if cell.key not in counts]
        for (router, pool, flags), group in itertools.groupby(left, key=lambda cell: (cell.router, cell.pool, cell.flags)):
            cells = list(group)
            with self.server(router, f"counted-{cells[0].key}", *styles.SUBJECTS[router].count_flags, *flags, pool=pool) as server:
                for cell in cells:
                    record = self._add(self._measure(server, for_count(cell), COUNTED_SECONDS, COUNTED_WARM_UP_S, f"counted-{cell.key}"), cell, "counted", 0, 1)
                    if record["invalid"]:
                        raise HarnessError(f"the counted run of {cell.title} is invalid: {record['invalid']}")
                    counts[cell.key] = record
                    self.show(f"counted {cell.title}")
        return counts

    def profiled(self, cells, recorded_s=RECORDED_SECONDS):
        """Runs on separate servers that sample their allocations. The profile of all allocations is kept beside each run, and one of CPU time
        under the same load once more: recording it allocates memory (profiles.py)."""
        for cell in cells:
            if self._kept.take(cell.key, "profiled", 0):
                continue
            with self.server(cell.router, f"profiled-{cell.key}", SAMPLED, *cell.flags, pool=cell.pool, admin_port="any") as server:
                reading = self._measure(server, cell, PROFILED_SECONDS, 0, f"profiled-{cell.key}")
                place = reading["run_id"], self.records.raw
                taken = self.act("take a profile of the allocations", lambda: profiles.take(server, "allocs", *place), planned=[])
                recording = self.act(f"record a profile of CPU time for {recorded_s} s", lambda: profiles.Recording(server, recorded_s))
                self.warm_up(server, cell, "profiled", recorded_s)
                taken = self.act("wait for the profile of CPU time", lambda: [*taken, *recording.save(*place)], planned=[])
            self._add({**reading, "profiles": taken, "files": [*reading["files"], *(one["file"] for one in taken)]}, cell, "profiled", 0, 1)
            self.show(f"profiled {cell.title}")

    def answers(self, router, paths):
        """The complete answer of a router to GET of each path, byte by byte, in the form in which answers can be compared."""
        with self.server(router, f"answers-{router}") as server:
            return {path: answers.comparable(answers.ask(server, path)) for path in paths}

    def _measure(self, server, cell, seconds, warm_up_s, name, ceiling=None, readers=None):
        subject = styles.SUBJECTS[cell.router].name
        self.watch.before_run(subject, server, cell.path, routes=cell.router != NULL)
        reading = run.measure(server, cell.path, self.load(seconds, cell), warm_up_s, self.server_cpus, self.records.raw, name,
                              ceiling, readers)
        self.spend(run_s(seconds, warm_up_s), 1)
        return {**reading, "findings": self.watch.after_run(subject, server, cell.path)}

    def _add(self, reading, cell, purpose, round_number, attempt):
        place = {"scenario": self.records.session["scenario"], "cell": cell.key, "title": cell.title, "router": cell.router, "purpose": purpose,
                 "round": round_number, "attempt": attempt, "server_cpus": ",".join(map(str, self.server_cpus)),
                 "client_cpus": str(self.cluster or ",".join(map(str, self.client_cpus)))}
        return self.records.add({**reading, "place": place})


def run_s(seconds, warm_up_s):
    return seconds + warm_up_s + RUN_S


def pool_of(options, router):
    """Whether this style takes contexts from a pool; None if it has no such choice. The Gin style does so by default, the Beego
    style creates a context per request."""
    return getattr(options, f"{router}_pool", None)


def for_count(cell):
    """The same cell with few connections, and in an open loop without a limit of lateness: a count does not depend on times."""
    plan = replace(cell.plan, max_lateness_us=duel_load.ANY_LATENESS_US) if cell.plan else None
    return replace(cell, plan=plan, connections=COUNTED_CONNECTIONS)
