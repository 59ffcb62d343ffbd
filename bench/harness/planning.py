"""bench/compare --plan: a session that notes each command in place of running it.

A plan is made by the code that measures: the scenario gets a PlannedSession, whose servers and loads are built by Session itself. So a
plan and a measurement cannot differ, except where results decide. There a scenario calls session.from_results() and session.repeat(),
and the plan has a name in place of the value. The same plan tells how long a scenario takes (bench/compare --list, progress).
"""

import contextlib
import pathlib
import shlex
from dataclasses import dataclass

from harness import cpus, found, limit_rule, progress, table
from harness.kept import Kept
from harness.session import REPORT_S, Session, run_s

RECORDS = pathlib.Path("RECORDS")
RUN_ID = "RUN_ID"
SAME_ANSWER = b"HTTP/1.1 200 OK\r\n\r\n"
WORDS = {"start": "start server", "stop": "stop server", "warm-up": "warm up", "load": "load", "act": "do", "note": "#"}
HEAD = ["# Nothing was started. RECORDS stands for the folder of the records, RUN_ID for a new UUID. duel-load also gets --output=FILE, for its",
        "# report. An invalid run is repeated."]


class Named(float):
    """A number that only results decide. Its text is its name; arithmetic that a command line needs keeps the name."""

    def __new__(cls, value, name):
        named = super().__new__(cls, value)
        named.name = name
        return named

    def __format__(self, _):
        return self.name

    __str__ = __repr__ = lambda self: self.name

    def __mul__(self, other):
        return Named(float(self) * other, f"{self.name}*{other:.10g}")

    def __round__(self, digits=None):
        return self


class PlannedRecord(dict):
    """Stands for the record of a run: valid, and with some figure for each field. No plan prints a figure."""

    def __missing__(self, key):
        return 0 if key.startswith("errors_") else 1.0

    def __or__(self, other):
        return PlannedRecord({**self, **other})


@dataclass(frozen=True)
class Step:
    kind: str  # a key of WORDS
    text: str  # what is started, loaded or done
    command: tuple = ()


class PlannedServer:
    """Has what a scenario may ask a server outside of session.act()."""

    facts = {}

    def __init__(self, server, session, name):
        self._server, self._session, self._name = server, session, name

    def __enter__(self):
        limits = self._server.limits
        group = "".join(f", {name}={getattr(limits, name)}" for name in ("cpu_percent", "memory_bytes") if getattr(limits, name) is not None)
        self._session.note_step("start", self._name + (f" in {self._server.GROUP}{group}" if group else ""), self._server.whole_command)
        return self

    def __exit__(self, *_):
        self._session.note_step("stop", self._name)

    def url(self, path):
        return self._server.url(path)

    @contextlib.contextmanager
    def requested(self, path):
        self._session.note_step("act", f"GET {path} of the admin port, during the loads")
        yield


class PlannedRecords:
    """Keeps nothing."""

    folder = RECORDS
    raw = RECORDS / "raw"
    runs = ()

    def add(self, record):
        return record

    def note(self, *_):
        pass


class PlannedSession(Session):
    """Has the interface of Session. `steps` are the steps so far, `progress` counts their time."""

    def __init__(self, options, kept=None):  # not that of Session, which looks at the machine and makes a folder
        self.options = options
        self.server_cpus, self.client_cpus = cpus.choose(options.server_cpus, options.client_cpus)
        self.environment, self._cluster = {}, None
        self._kept = kept or Kept()
        self.records = PlannedRecords()
        self.progress = progress.Progress()
        self.steps = []
        self._times = 1  # how often the present part is repeated
        self._named = set()  # the values whose rule was told

    def note_step(self, kind, text, command=()):
        self.steps.append(Step(kind, text, tuple(map(str, command))))

    def spend(self, seconds, runs=0):
        self.progress.correct(seconds * self._times, runs * self._times)

    def say(self, text):
        self.note_step("note", text)

    def show(self, text, stays=False):
        """Nothing: it would be about results."""

    def server(self, router, name, *flags, **settings):
        return PlannedServer(super().server(router, name, *flags, **settings), self, name)

    def act(self, what, function, command=(), seconds=0.0, runs=0, planned=None):
        self.note_step("act", what, command)
        self.spend(seconds, runs)
        return planned

    def new_run_id(self):
        return RUN_ID

    has_null_server = True  # the build makes it

    def from_results(self, value, name, rule):
        if name not in self._named:
            self._named.add(name)
            self.note_step("note", f"{name} depends on the results: {rule}")
        return Named(value, name)

    def repeat(self, following, about):
        if (value := following()) is not None:
            self.note_step("note", f"about {about:.0f} times, as the results decide:")
            self._times = about
            yield value
            self._times = 1
            self.note_step("note", "(end of the repetition)")

    def _measure(self, server, cell, seconds, warm_up_s, name, ceiling=None, readers=None):
        load = self.load(seconds, cell)
        if warm_up_s:
            self.note_step("warm-up", name, load.for_warm_up(warm_up_s).command(server.url(cell.path), RUN_ID))
        self.note_step("load", name, load.command(server.url(cell.path), RUN_ID))
        self.spend(run_s(seconds, warm_up_s), 1)
        return {"intended_rate": load.intended_rate, "run_id": RUN_ID, "files": []}

    def _add(self, reading, cell, purpose, round_number, attempt):
        return PlannedRecord({"invalid": "", "late": "", "ended": "", "limit": limit_rule.SERVER, "limit_why": "", "used": True, **reading})

    def warm_up(self, server, cell, round_number, seconds=None):
        seconds = seconds or self.options.warm_up
        self.note_step("warm-up", f"{round_number}-{cell.key}", self.load(seconds, cell).for_warm_up(seconds).command(server.url(cell.path), RUN_ID))
        self.spend(seconds)

    def warm_up_all(self, servers, cells, round_number):
        self.note_step("note", "at the same time:")
        for cell in cells:
            self.warm_up(servers[cell.key], cell, round_number)
        self.spend(-self.options.warm_up * (len(cells) - 1))

    def answers(self, router, paths):
        with self.server(router, f"answers-{router}"):
            self.note_step("act", f"compare the answers to {', '.join(f'GET {path}' for path in paths)}")
        return dict.fromkeys(paths, SAME_ANSWER)

    @property
    def seconds(self):
        return self.progress.planned_s

    @property
    def runs(self):
        return round(self.progress.runs)


def make(options, scenario):
    """The session after the scenario has planned all of its runs, or those that an interrupted session lacks."""
    session = PlannedSession(options, Kept(found.read(options.resume).used()) if options.resume else None)
    scenario.measure(session)
    session.spend(REPORT_S)
    return session


def text(session):
    options = session.options
    about = f"{table.count(session.runs, 'run')} of a load, about {progress.duration(session.seconds)}, seed {options.seed}"
    lines = [f"# {options.scenario}: {about}", *HEAD]
    for step in session.steps:
        lines.append(f"{WORDS[step.kind]} {step.text}".strip())
        if step.command:
            lines.append(f"    {shlex.join(step.command)}")
    return "\n".join(lines) + "\n"
