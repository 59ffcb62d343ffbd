"""wrk: its command line and its report."""

import json
import pathlib
import resource
import subprocess
import time
from dataclasses import dataclass

from harness import cpus as cpu_sets
from harness import processes
from harness.errors import HarnessError

SCRIPTS = pathlib.Path(__file__).parents[1] / "load"
# Time that wrk may need beyond its duration: it first opens all connections, and at the end waits 2 s for late answers.
SLACK_S = 30


@dataclass(frozen=True)
class Load:
    """The parameters of one call of wrk. All of them are explicit."""

    threads: int
    connections: int
    seconds: int
    cpus: tuple
    script: str = "report.lua"  # a Lua script in bench/load: the kind of request, the format of the report

    def command(self, url, trace_id):
        return ["taskset", "-c", cpu_sets.text(self.cpus), "wrk", f"-t{self.threads}", f"-c{self.connections}",
                f"-d{self.seconds}s", "--latency", "-s", str(SCRIPTS / self.script), "-H", f"X-Trace-ID: {trace_id}", url]

    @property
    def cores_usable(self):
        return min(self.threads, len(self.cpus))


def parse(output):
    """The figures in the line that report.lua prints. Raises ValueError if there is no such line."""
    for line in output.splitlines():
        if line.startswith("REPORT "):
            return json.loads(line.removeprefix("REPORT "))
    raise ValueError("wrk printed no report")


def failures(report):
    """The errors that wrk counted, as texts; [] for a run without errors."""
    names = {
        "errors_connect": "failed connects", "errors_read": "read errors", "errors_write": "write errors",
        "errors_timeout": "timeouts", "errors_status": "answers with a status of 400 or more",
    }
    found = [f"{report[key]} {name}" for key, name in names.items() if report[key]]
    return found if report["requests"] else found + ["no request was answered"]


def run(load, url, trace_id, output_path):
    """Runs wrk to its end. Returns its figures and the CPU time of wrk itself. Its output stays in the file `output_path`."""
    cpu_before = _children_cpu_s()
    started = time.monotonic()
    report = finish(begin(load, url, trace_id, output_path), load, output_path)
    report["client_cpu_s"] = _children_cpu_s() - cpu_before
    report["client_wall_s"] = time.monotonic() - started
    return report


def begin(load, url, trace_id, output_path):
    """Starts wrk and returns its process. The caller must call finish()."""
    with open(output_path, "w", encoding="utf-8") as output:
        return processes.start(load.command(url, trace_id), output)


def finish(process, load, output_path):
    """Waits until wrk has ended. Returns its figures."""
    try:
        status = process.wait(load.seconds + SLACK_S)
    except subprocess.TimeoutExpired:
        status = "did not end"
    finally:
        processes.stop(process)
    text = pathlib.Path(output_path).read_text(encoding="utf-8")
    if status != 0:
        last = text.strip().splitlines()[-1:] or ["it printed nothing"]
        raise HarnessError(f"wrk failed ({status}): {last[0]}; its output is in {output_path}")
    try:
        return parse(text)
    except ValueError as error:
        raise HarnessError(f"wrk's report cannot be read ({error}); its output is in {output_path}") from error


def _children_cpu_s():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
