"""duel-load: its command line and its report. bench/load/README.md describes the program, its errors and its histograms."""

import json
import pathlib
from dataclasses import asdict, dataclass, replace

from harness import cpus as cpu_sets
from harness import hdr, load, probes
from harness.errors import HarnessError

ANY_LATENESS_US = 3_600_000_000
FORMAT = 1
MEASURED, VOID = 0, 3  # the exit statuses with a report
ERRORS = {"connect": "failed connects", "reset": "connections that failed", "closed": "connections closed before their answer was complete",
          "malformed": "malformed answers", "timeout": "timeouts", "unsent": "requests that found no free connection",
          "status": "answers with a status of 400 or more"}
# The histograms of a report. Only the last one exists in a closed loop.
INTENDED, LATENESS, ACTUAL = "latency_from_intended", "lateness", "latency_from_actual"
QUANTILES = {"p50": "p50_ns", "p90": "p90_ns", "p99": "p99_ns", "p999": "p99_9_ns", "p9999": "p99_99_ns"}


@dataclass(frozen=True)
class Plan:
    """What duel-load sends. A scenario writes it in a Cell, in place of a script for wrk."""

    rate: float | None = None  # requests per second; None without `steps` is a closed loop
    steps: tuple = ()  # (rate, seconds) pairs in place of `rate` and of --seconds
    connections: int | None = None  # None: the value of --connections
    pipeline: int = 1
    requests_per_connection: int = 0  # 0: no limit
    mix: tuple = ()  # "WEIGHT METHOD PATH ..." texts in place of the cell's path
    max_lateness_us: int = 100  # P99 of the generator's own lateness; above it the run is void
    timeout: str = "5s"  # limit of an answer, and of the wait for the last answers
    errors_are_results: bool = False  # the server may fail; only faults of the client make a run invalid

    @property
    def open_loop(self):
        return self.rate is not None or bool(self.steps)

    @property
    def intended_rate(self):
        """Requests per second of the whole schedule; None in a closed loop."""
        if not self.steps:
            return self.rate
        return sum(rate * seconds for rate, seconds in self.steps) / sum(seconds for _, seconds in self.steps)


@dataclass(frozen=True)
class DuelLoad:
    """The parameters of one call of duel-load. All of them are explicit. It has the interface of load.Load."""

    program: str
    plan: Plan
    connections: int
    seconds: float
    cpus: tuple

    tool = "duel-load"
    programs = 1

    @property
    def profile(self):
        """As that of load.Load."""
        return {"tool": self.tool, "connections": self.connections, "seconds": self.seconds, "threads": self.threads, "plan": asdict(self.plan)}

    @property
    def threads(self):
        return min(len(self.cpus), self.connections)

    cores_usable = threads

    @property
    def in_flight_max(self):
        return self.connections * self.plan.pipeline

    @property
    def in_flight_intended(self):
        """The requests in flight that Little's law promises; None in an open loop."""
        return None if self.plan.open_loop else self.in_flight_max

    @property
    def intended_rate(self):
        return self.plan.intended_rate

    @property
    def errors_are_results(self):
        return self.plan.errors_are_results

    def for_warm_up(self, seconds):
        first = self.plan.steps[0][0] if self.plan.steps else self.plan.rate
        return replace(self, plan=replace(self.plan, rate=first, steps=(), errors_are_results=True), seconds=seconds)

    @property
    def _schedule(self):
        if self.plan.steps:
            return ["--steps=" + ",".join(f"{rate:.10g}:{seconds:g}s" for rate, seconds in self.plan.steps)]
        open_loop = [f"--rate={self.plan.rate:.10g}"] if self.plan.rate is not None else []
        return [*open_loop, f"--duration={self.seconds:g}s"]

    def command(self, url, trace_id):
        return ["taskset", "-c", cpu_sets.text(self.cpus), str(self.program), *self.arguments(url, trace_id)]

    def arguments(self, url, trace_id):
        """Of the program, without its name."""
        plan = self.plan
        return [*self._schedule, f"--connections={self.connections}", f"--threads={self.threads}", f"--pipeline={plan.pipeline}",
                f"--requests-per-connection={plan.requests_per_connection}", f"--timeout={plan.timeout}",
                f"--max-lateness={plan.max_lateness_us}us", "--progress=off", *[f"--mix={kind}" for kind in plan.mix],
                f"--trace-id={trace_id}-", url]

    @property
    def limit_s(self):
        steps_s = sum(seconds for _, seconds in self.plan.steps)
        return (steps_s or self.seconds) + load.SLACK_S

    def run(self, url, trace_id, stem):
        """Runs duel-load to its end. Returns the outcome. The files `stem`.duel-load.json and .txt keep its report and messages."""
        report = stem.with_name(stem.name + ".duel-load.json")
        messages = stem.with_name(stem.name + ".duel-load.txt")
        command = [*self.command(url, trace_id), f"--output={report}"]
        load.run_to_end(command, self.limit_s, self.tool, messages, statuses=(MEASURED, VOID))
        return {"files": [report.name, messages.name]}


def figures_of(outcome, folder):
    """The figures of a run, from its files. `raw_report` is the name of its report."""
    report = outcome["files"][0]
    return {**figures(read(folder / report)), "raw_report": report}


def failures(record, terms):
    """What the client has against the run, as texts; [] if it is a result. `terms` are those of load.terms(). If several programs sent the
    load, one that is late hardly changes the merged lateness, so the verdict of each counts too."""
    if terms.errors_are_results:
        return [record["late"]] if record["late"] else []
    found = [f"{record[f'errors_{key}']} {name}" for key, name in ERRORS.items() if record[f"errors_{key}"]]
    found += [f"these are {record['bad_statuses']}"] if record["bad_statuses"] else []
    found += [reason for reason in (record["late"],) if reason] + ([] if record["requests"] else ["no request was answered"])
    return found or ([record["void"]] if record["void"] and terms.programs > 1 else [])


def read(path):
    """The report in a file."""
    try:
        report = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise HarnessError(f"duel-load left no report that can be read ({error}); check that --duel-load names duel-load") from error
    if report.get("format") != FORMAT:
        raise HarnessError(f"{path} has the format {report.get('format')} of duel-load's reports, and {FORMAT} is needed; build both programs "
                           "from the same sources")
    return report


def figures(report):
    """The figures of a report, flat, with the names of wrk's figures where both have them."""
    total, cpu = report["total"], report["cpu"]
    open_loop = report["settings"]["loop"] == "open"
    latency = total[INTENDED if open_loop else ACTUAL]
    duration_s = total["duration_s"]
    return {
        "requests": total["answered"], "bytes": total["bytes_received"], "duration_us": duration_s * 1e6,
        # In an open loop the server may still answer late requests when the schedule has ended.
        "active_s": duration_s + (latency["max_ns"] / 1e9 if open_loop else 0),
        **{f"errors_{key}": total["errors"][key] for key in ERRORS},
        "bad_statuses": ", ".join(f"{count} with {status}" for status, count in total["statuses"].items() if int(status) >= 400),
        "latency_min_us": latency["min_ns"] / 1e3, "latency_mean_us": latency["mean_ns"] / 1e3,
        **{f"latency_{name}_us": latency[key] / 1e3 for name, key in QUANTILES.items()},
        "latency_max_us": latency["max_ns"] / 1e3,
        "slow_share": probes.slow_share(hdr.decode(latency["hdr"]), latency["p50_ns"] / 1e3),
        "client_program": report["program"],
        "scheduled_requests": total["requests"],
        "achieved_rate": total["achieved_rate"],
        "lateness_p99_us": total[LATENESS]["p99_ns"] / 1e3 if open_loop else None,
        "void": "; ".join(report["void"]),
        "late": lateness_of(report) if open_loop else "",
        "client_cpu_s": cpu["user_s"] + cpu["system_s"] - cpu["spin_s"],  # active waiting is no work
        "client_spin_s": cpu["spin_s"],
        "client_preemptions": cpu["preemptions"],
    }


def lateness_of(report):
    """The clause that says that duel-load was too late, or ""."""
    allowed_ns = report["settings"]["max_lateness_ns"]
    worst = max(report["steps"], key=lambda step: step[LATENESS]["p99_ns"])
    late_ns = worst[LATENESS]["p99_ns"]
    if late_ns <= allowed_ns:
        return ""
    return (f"duel-load itself was late: at {worst['rate']:,.10g} requests/s the P99 of its lateness was {late_ns / 1e3:,.0f} us, "
            f"and {allowed_ns / 1e3:,.0f} us are allowed (end other processes on its CPU, or give it another one with --client-cpus)")


def histograms(folder, records, name=INTENDED):
    """One histogram per run, from the reports in `folder`."""
    return [hdr.decode(read(folder / record["raw_report"])["total"][name]["hdr"]) for record in records]
