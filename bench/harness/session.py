"""One call of bench/compare: its options, its environment, its servers and its records."""

import copy
import itertools
import os
from dataclasses import dataclass, replace

from harness import answers, cgroup, cluster, cpus, duel_load, environment, originals, processes, run, styles
from harness.errors import HarnessError
from harness.load import Load
from harness.records import Records
from harness.server import Server

ATTEMPTS_MAX = 3  # per place in the order; if all are invalid, repeating does not help
COUNTED_SECONDS = 1  # exact counts need no long run
NOISE_SHARE = 0.05  # share of the server's CPU time that other processes or the hypervisor may take without a remark


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
    admin: bool = False  # whether the server has an admin port; the records then have the work of each worker


NULL = styles.NULL


class Session:
    def __init__(self, options):
        self.options = options
        self.server_cpus, self.client_cpus = cpus.choose(options.server_cpus, options.client_cpus)
        hidden = sorted(name for name in os.environ if processes.is_foreign(name))
        if hidden:
            self.say(f"the environment variables {', '.join(hidden)} are not passed to the server and the load generator")
        cgroup.remove_abandoned(self.say)
        self.environment = {**environment.describe(options.server, self.server_cpus, self.client_cpus), **originals.facts(options.originals)}
        self.records = Records(options.results, self.environment)
        self.cluster = None  # that of --load-workers; the caller sets it
        self.plot = self.records.folder / options.scenario  # without the suffix: there is a .png and a .svg

    def on(self, server_cpus, client_cpus):
        """The same session with other CPUs, for a scenario that compares numbers of CPUs."""
        other = copy.copy(self)
        other.server_cpus, other.client_cpus = list(server_cpus), list(client_cpus)
        return other

    @property
    def client_place(self):
        """Where the load generator runs, for headings."""
        return str(self.cluster or f"CPU {cpus.text(self.client_cpus)}")

    def say(self, text):
        print(text, flush=True)

    def load(self, seconds, cell):
        options = self.options
        if cell.plan:
            connections = cell.plan.connections or options.connections
            known = options.duel_load, cell.plan, connections, seconds, tuple(self.client_cpus)
            return cluster.ClusterLoad(*known, cluster=self.cluster) if self.cluster else duel_load.DuelLoad(*known)
        return Load(options.wrk_threads, options.connections, seconds, tuple(self.client_cpus), cell.script)

    def pool(self, router):
        """Whether this style takes contexts from a pool; None if it has no such choice. The Gin style does so by default, the Beego
        style creates a context per request."""
        return getattr(self.options, f"{router}_pool", None)

    def server(self, router, name, *flags, pool="", admin_port="0", port=None, limits=None):
        style = styles.SUBJECTS[router]
        pool_flag = [style.pool_flags[pool or self.pool(style.router)]] if style.pool_flags else []
        usual = [*style.flags, f"--threads={len(self.server_cpus)}", *pool_flag]
        given = {flag.partition("=")[0] for flag in flags}
        command = [str(style.program(self.options)), f"--router={style.router}",
                   *(flag for flag in usual if flag.partition("=")[0] not in given), *flags]
        return Server(command, self.options.host, port or self.options.port, self.server_cpus, self.records.raw, name,
                      admin_port, limits)

    def warm_up(self, server, cell, round_number):
        """Loads a server that the caller started. The load is not measured."""
        seconds = self.options.warm_up
        run.warm_up(server, cell.path, self.load(seconds, cell).for_warm_up(seconds), self.records.raw, f"{round_number}-{cell.key}")

    def timed(self, cell, round_number, ceiling=None, purpose="timed", may_be_late=False):
        """One valid run on a new server. Invalid runs are recorded and repeated. `ceiling` is a limit_rule.Ceiling of the same round.
        With `may_be_late`, a run in which duel-load itself was late is returned like a valid one."""
        def measure(attempt):
            name = f"{round_number}-{cell.key}-{attempt}"
            admin_port = "any" if cell.admin else "0"
            with self.server(cell.router, name, *cell.flags, pool=cell.pool, admin_port=admin_port, limits=cell.limits) as server:
                return self._measure(server, cell, self._seconds(cell), self.options.warm_up, name, ceiling)

        return self._valid(measure, cell, round_number, purpose, may_be_late)

    def on_running(self, server, cell, round_number, ceiling=None, purpose="timed", may_be_late=False):
        """As timed(), on a server that the caller started and warmed up. Other servers may run idle beside it."""
        def measure(attempt):
            return self._measure(server, cell, self._seconds(cell), 0, f"{round_number}-{cell.key}-{attempt}", ceiling)

        return self._valid(measure, cell, round_number, purpose, may_be_late)

    def _valid(self, measure, cell, round_number, purpose, may_be_late):
        for attempt in range(1, ATTEMPTS_MAX + 1):
            record = measure(attempt)
            self._add(record, cell, purpose, round_number, attempt)
            if not record["invalid"] or may_be_late and record["invalid"] == record["late"]:
                return record
            self.say(f"    invalid run: {record['invalid']}" + ("; repeated" if attempt < ATTEMPTS_MAX else ""))
        raise HarnessError(f"{cell.title} was invalid {ATTEMPTS_MAX} times in a row, at last because {record['invalid']}; the output of "
                           f"the server and of the client is in {self.records.raw}")

    def _seconds(self, cell):
        return cell.seconds or self.options.seconds

    def counted(self, cells):
        """Runs on separate servers that count every allocation. Counting is slow, so these records are used for counts, never
        for times. Returns {cell key: record}."""
        counts = {}
        for (router, pool, flags), group in itertools.groupby(cells, key=lambda cell: (cell.router, cell.pool, cell.flags)):
            cells = list(group)
            with self.server(router, f"counted-{cells[0].key}", *styles.SUBJECTS[router].count_flags, *flags, pool=pool) as server:
                for cell in cells:
                    record = self._measure(server, at_any_time(cell), COUNTED_SECONDS, 1, f"counted-{cell.key}")
                    self._add(record, cell, "counted", 0, 1)
                    if record["invalid"]:
                        raise HarnessError(f"the counted run of {cell.title} is invalid: {record['invalid']}")
                    counts[cell.key] = record
        return counts

    def observed(self, server, cell, seconds, name):
        """A run without warm-up on a server that the caller starts and reads. It is not added to the records."""
        record = self._measure(server, cell, seconds, 0, f"{name}-{cell.key}")
        if record["invalid"]:
            raise HarnessError(f"the observed run of {cell.title} is invalid: {record['invalid']}")
        return record

    def answers(self, router, paths):
        """The complete answer of a router to GET of each path, byte by byte, in the form in which answers can be compared."""
        with self.server(router, f"answers-{router}") as server:
            return {path: answers.comparable(answers.ask(server, path)) for path in paths}

    def noise(self, timed):
        """Clauses about disturbances of these runs."""
        doubts = environment.fit_for_timing(self.environment)
        for key, what in (("foreign_share", "other processes used"), ("stolen_share", "the hypervisor took")):
            disturbed = [record[key] for record in timed if record[key] > NOISE_SHARE]
            if disturbed:
                doubts.append(f"in {len(disturbed)} of {len(timed)} runs {what} more than {NOISE_SHARE:.0%} of the "
                              f"server's CPU time (maximum {max(disturbed):.0%})")
        return doubts

    def _measure(self, server, cell, seconds, warm_up_s, name, ceiling=None):
        return run.measure(server, cell.path, self.load(seconds, cell), warm_up_s, self.server_cpus, self.records.raw, name,
                           ceiling)

    def _add(self, record, cell, purpose, round_number, attempt):
        place = {"scenario": self.options.scenario, "cell": cell.key, "router": cell.router, "purpose": purpose,
                 "round": round_number, "attempt": attempt, "server_cpus": ",".join(map(str, self.server_cpus)),
                 "client_cpus": str(self.cluster or ",".join(map(str, self.client_cpus)))}
        self.records.add({**place, **record})


def at_any_time(cell):
    """The same cell for a count, which does not depend on whether duel-load sends its requests in time."""
    return replace(cell, plan=replace(cell.plan, max_lateness_us=duel_load.ANY_LATENESS_US)) if cell.plan else cell
