"""Load generators: a run to its end, and wrk, its command line and its report. duel_load.py has the other generator.

A load is an object with the members of Load that have no underscore. Running it leaves an outcome: a JSON object that names its files
and has what no file contains. The figures of a run are a function of the outcome, the files and the terms of the load."""

import json
import math
import pathlib
import resource
import subprocess
import time
from dataclasses import dataclass, replace

from harness import cpus as cpu_sets
from harness import processes
from harness.errors import HarnessError

SCRIPTS = pathlib.Path(__file__).parents[1] / "load"
TERMS = ("tool", "intended_rate", "in_flight_max", "in_flight_intended", "cores_usable", "errors_are_results", "programs")
# Time that a generator may need beyond its duration: it first opens all connections, and at the end waits for late answers (wrk: 2 s,
# duel-load: 5 s).
SLACK_S = 30
AFTER_FRACTION = ("timeout", "--foreground", "--preserve-status", "--signal=INT")  # at SIGINT, wrk ends as it does after -d
# SIGINT would end a wrk that has no handler yet, without a report. So wrk ignores the signal until it has one. If the signal came before, wrk
# runs for the whole second.
UNTIL_WRK_LISTENS = ("env", "--ignore-signal=INT")


@dataclass(frozen=True)
class Load:
    """The parameters of one call of wrk. All of them are explicit."""

    threads: int
    connections: int
    seconds: float
    cpus: tuple
    script: str = "report.lua"  # a Lua script in bench/load: the kind of request, the format of the report

    tool = "wrk"
    errors_are_results = False
    intended_rate = None  # requests per second; None: a closed loop, which has none
    programs = 1

    def command(self, url, trace_id):
        whole = math.ceil(self.seconds)  # wrk's -d takes only whole seconds
        fraction = [] if whole == self.seconds else [*AFTER_FRACTION, f"{self.seconds:g}", *UNTIL_WRK_LISTENS]
        return ["taskset", "-c", cpu_sets.text(self.cpus), *fraction, "wrk", f"-t{self.threads}", f"-c{self.connections}",
                f"-d{whole}s", "--latency", "-s", str(SCRIPTS / self.script), "-H", f"X-Trace-ID: {trace_id}", url]

    @property
    def profile(self):
        """All parameters of the load, except for the machine's: the CPUs and the program."""
        return {"tool": self.tool, "threads": self.threads, "connections": self.connections, "seconds": self.seconds, "script": self.script}

    @property
    def cores_usable(self):
        return min(self.threads, len(self.cpus))

    @property
    def in_flight_max(self):
        """Requests that the server may have answered and that the report does not count."""
        return self.connections

    @property
    def in_flight_intended(self):
        """The requests in flight that Little's law promises; None in an open loop."""
        return self.in_flight_max

    def for_warm_up(self, seconds):
        return replace(self, seconds=seconds)

    @staticmethod
    def output(stem):
        """The file that keeps what wrk prints."""
        return stem.with_name(stem.name + ".wrk.txt")

    def run(self, url, trace_id, stem):
        """Runs wrk to its end. Returns the outcome."""
        output = self.output(stem)
        cpu_before = _children_cpu_s()
        wall_s = run_to_end(self.command(url, trace_id), self.seconds + SLACK_S, self.tool, output)
        return {"files": [output.name], "client_cpu_s": _children_cpu_s() - cpu_before, "client_wall_s": wall_s}


def terms(load):
    """What the record of a run needs to know of its load."""
    return {name: getattr(load, name) for name in TERMS}


def figures(outcome, folder):
    """The figures of a run of wrk, the CPU time of wrk itself, and the time in which it loaded the server (active_s)."""
    report = figures_in(folder / outcome["files"][0])
    return {**report, "client_cpu_s": outcome["client_cpu_s"], "client_wall_s": outcome["client_wall_s"], "active_s": report["duration_us"] / 1e6}


def parse(output):
    """The figures in the line that report.lua prints. Raises ValueError if there is no such line."""
    for line in output.splitlines():
        if line.startswith("REPORT "):
            return json.loads(line.removeprefix("REPORT "))
    raise ValueError("wrk printed no report")


def failures(report, _terms=None):
    """The errors that wrk counted, as texts; [] for a run without errors."""
    names = {
        "errors_connect": "failed connects", "errors_read": "read errors", "errors_write": "write errors",
        "errors_timeout": "timeouts", "errors_status": "answers with a status of 400 or more",
    }
    found = [f"{report[key]} {name}" for key, name in names.items() if report[key]]
    return found if report["requests"] else found + ["no request was answered"]


def begin(load, url, trace_id, output_path):
    """Starts wrk and returns its process. The caller must call finish()."""
    with open(output_path, "w", encoding="utf-8") as output:
        return processes.start(load.command(url, trace_id), output)


def finish(process, load, output_path):
    """Waits until wrk has ended."""
    _await_end(process, load.seconds + SLACK_S, load.tool, output_path, statuses=(0,))


def run_to_end(command, limit_s, tool, output_path, statuses=(0,)):
    """Runs a load generator to its end and returns the seconds that it took. Its output goes to a file. Raises HarnessError if the exit
    status is none of `statuses`."""
    started = time.monotonic()
    with open(output_path, "w", encoding="utf-8") as output:
        process = processes.start(command, output)
    _await_end(process, limit_s, tool, output_path, statuses)
    return time.monotonic() - started


def _await_end(process, limit_s, tool, output_path, statuses):
    try:
        status = processes.wait(process, limit_s)
    except subprocess.TimeoutExpired:
        status = f"did not end within {limit_s:g} s"
    finally:
        processes.stop(process)
    if status not in statuses:
        text = pathlib.Path(output_path).read_text(encoding="utf-8", errors="replace")
        last = text.strip().splitlines()[-1:] or ["it printed nothing"]
        raise HarnessError(f"{tool} failed ({status}): {last[0]}; its output is in {output_path}")


def figures_in(output_path):
    """The figures in the output of wrk."""
    try:
        return parse(pathlib.Path(output_path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise HarnessError(f"wrk's report cannot be read ({error}); its output is in {output_path}") from error


def _children_cpu_s():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
