"""The load generators side by side: duel-load, and wrk and oha where they are installed."""

import json
import pathlib
import re
import resource
import shutil
import subprocess

from harness import processes

BUILD = pathlib.Path(__file__).parents[2] / "build/release"
RATE = 10_000
DUEL_LOAD_AT_RATE, OHA_AT_RATE = f"duel-load, {RATE:,}/s", f"oha, {RATE:,}/s"


def duel_load(report):
    total = json.loads(report)["total"]
    latency = total.get("latency_from_intended", total["latency_from_actual"])
    return {"requests": total["answered"], "rate": total["achieved_rate"], "p50_us": latency["p50_ns"] / 1e3,
            "p99_us": latency["p99_ns"] / 1e3, "late_us": total["lateness"]["p99_ns"] / 1e3 if "lateness" in total else None,
            "spin_s": json.loads(report)["cpu"]["spin_s"]}


def wrk(report):
    def microseconds(name):
        number, unit = re.search(rf"{name}%\s+([\d.]+)(us|ms|s)", report).groups()
        return float(number) * {"us": 1, "ms": 1e3, "s": 1e6}[unit]
    requests, seconds = re.search(r"(\d+) requests in ([\d.]+)s", report).groups()
    return {"requests": int(requests), "rate": int(requests) / float(seconds), "p50_us": microseconds("50"),
            "p99_us": microseconds("99"), "late_us": None, "spin_s": 0.0}


def oha(report):
    report = json.loads(report)
    return {"requests": sum(report["statusCodeDistribution"].values()), "rate": report["summary"]["requestsPerSec"],
            "p50_us": report["latencyPercentiles"]["p50"] * 1e6, "p99_us": report["latencyPercentiles"]["p99"] * 1e6,
            "late_us": None, "spin_s": 0.0}


def commands(seconds, connections):
    """(name, command without the URL, reader of its report) of each generator that is installed."""
    ours = [str(BUILD / "duel-load"), f"--connections={connections}", f"--duration={seconds}s"]
    found = [(DUEL_LOAD_AT_RATE, [*ours, f"--rate={RATE}"], duel_load), ("duel-load, closed loop", ours, duel_load)]
    if shutil.which("wrk"):
        found.append(("wrk, closed loop", ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"], wrk))
    if shutil.which("oha"):
        theirs = ["oha", "--no-tui", "--output-format=json", f"-c{connections}", f"-z{seconds}s", "--worker-threads=1"]
        found += [(OHA_AT_RATE, [*theirs, f"-q{RATE}", "--latency-correction"], oha), ("oha, closed loop", theirs, oha)]
    return found


def measure(command, reader, url, cpu):
    """The figures of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["taskset", "-c", str(cpu), *command, url], stdout=subprocess.PIPE, text=True, check=False,
                          env=processes.environment())  # oha would use a proxy
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    row = reader(done.stdout)
    busy_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return row | {"cpu_us": (busy_s - row["spin_s"]) * 1e6 / row["requests"], "with_spin_us": busy_s * 1e6 / row["requests"]}
