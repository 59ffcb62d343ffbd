"""The load generators side by side: duel-load, and wrk and oha where they are installed."""

import json
import pathlib
import re
import resource
import shutil
import subprocess

from harness import duel_load, processes

BUILD = pathlib.Path(__file__).parents[2] / "build/release"
RATE = 10_000
DUEL_LOAD_AT_RATE, OHA_AT_RATE = f"duel-load, {RATE:,}/s", f"oha, {RATE:,}/s"


def _duel_load(report):
    figures = duel_load.figures(json.loads(report))
    return {"requests": figures["requests"], "rate": figures["achieved_rate"], "p50_us": figures["latency_p50_us"],
            "p99_us": figures["latency_p99_us"], "late_us": figures["lateness_p99_us"], "spin_s": figures["client_spin_s"]}


def _wrk(report):
    def microseconds(name):
        number, unit = re.search(rf"{name}%\s+([\d.]+)(us|ms|s)", report).groups()
        return float(number) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]
    requests, seconds = re.search(r"(\d+) requests in ([\d.]+)s", report).groups()
    return {"requests": int(requests), "rate": int(requests) / float(seconds), "p50_us": microseconds("50"),
            "p99_us": microseconds("99"), "late_us": None, "spin_s": 0.0}


def _oha(report):
    report = json.loads(report)
    return {"requests": sum(report["statusCodeDistribution"].values()), "rate": report["summary"]["requestsPerSec"],
            "p50_us": report["latencyPercentiles"]["p50"] * 1e6, "p99_us": report["latencyPercentiles"]["p99"] * 1e6,
            "late_us": None, "spin_s": 0.0}


def commands(seconds, connections):
    """(name, command without the URL, reader of its report) of each generator that is installed."""
    ours = [str(BUILD / "duel-load"), f"--connections={connections}", f"--duration={seconds}s"]
    found = [(DUEL_LOAD_AT_RATE, [*ours, f"--rate={RATE}"], _duel_load), ("duel-load, closed loop", ours, _duel_load)]
    if shutil.which("wrk"):
        found.append(("wrk, closed loop", ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"], _wrk))
    if shutil.which("oha"):
        theirs = ["oha", "--no-tui", "--output-format=json", f"-c{connections}", f"-z{seconds}s", "--worker-threads=1"]
        found += [(OHA_AT_RATE, [*theirs, f"-q{RATE}", "--latency-correction"], _oha), ("oha, closed loop", theirs, _oha)]
    return found


def in_turns(todo, rounds, url, cpu):
    """Yields (round, name, figures). `todo` has entries of commands(); every second round runs them in the reverse order."""
    for number in range(1, rounds + 1):
        for name, command, reader in todo if number % 2 else reversed(todo):
            yield number, name, _measure(command, reader, url, cpu)


def _measure(command, reader, url, cpu):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["taskset", "-c", str(cpu), *command, url], stdout=subprocess.PIPE, text=True, check=False,
                          env=processes.environment())  # oha would use a proxy
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    row = reader(done.stdout)
    busy_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return row | {"cpu_us": (busy_s - row["spin_s"]) * 1e6 / row["requests"], "with_spin_us": busy_s * 1e6 / row["requests"]}
