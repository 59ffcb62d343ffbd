"""`bench/rivals/run`: measures the route lookup of the two styles and of other routers, in ns, taking turns on one CPU."""

import argparse
import csv
import os
import subprocess
import sys
import time

from rivals import build, report

SETS = ("github", "static", "gplus", "parse", "misses", "long")
GROWN = ("grown20", "grown200", "grown2000")
ORDERS = ("sequential", "random")
MEASURE_SECONDS_MAX = 60  # for one run of a program: reading, verifying, and measuring for a time slice


def main():
    options = parse_options()
    rivals, missing = build.rivals(options.only)
    rivals = [rivals[name] for name in options.only if name in rivals]
    for name, why in missing.items():
        print(f"bench/rivals: without {name}: {why}")
    if not rivals:
        raise build.BuildError("bench/rivals: there is no router to measure")

    os.sched_setaffinity(0, {options.cpu})  # the programs inherit it
    runs = measure_rounds(rivals, missing, options)
    rivals = [rival for rival in rivals if rival.name not in missing]
    if not rivals:
        raise build.BuildError("bench/rivals: all measurements failed: " + "; ".join(missing.values()))

    to = build.ROOT / "bench" / "results" / "rivals"
    to.mkdir(parents=True, exist_ok=True)
    with (to / "runs.csv").open("w", newline="", encoding="ascii") as file:
        writer = csv.writer(file)
        writer.writerow(("round", "rival", "set", "order", "ns"))
        writer.writerows(runs)
    results = report.Results(runs)
    text = "\n".join(report.lines(results, rivals, missing, SETS, GROWN, options))
    (to / "table.txt").write_text(text + "\n", encoding="utf-8")
    print(f"\n{text}\n\nAll measurements: {to.relative_to(build.ROOT)}/runs.csv")
    print(report.plot(results, rivals, GROWN, to / "rivals.png"))


def parse_options():
    cpus = os.sched_getaffinity(0)
    parser = argparse.ArgumentParser(prog="bench/rivals/run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="each round measures every set and order once (default 15)")
    parser.add_argument("--slice-ms", type=float, default=20, help="time per measurement in ms (default 20)")
    parser.add_argument("--cpu", type=int, default=max(cpus), help="the CPU to measure on (default: the last)")
    parser.add_argument("--only", default=",".join(build.NAMES), help="routers to measure, separated by commas (default: %(default)s)")
    options = parser.parse_args()
    options.only = options.only.split(",")
    unknown = [name for name in options.only if name not in build.NAMES]
    if unknown:
        parser.error(f"unknown router {', '.join(unknown)}; choose from {', '.join(build.NAMES)}")
    if not 1 <= options.rounds <= 1000 or not 1 <= options.slice_ms <= 10_000:
        parser.error("--rounds must be 1 to 1000, --slice-ms 1 to 10000")
    if options.cpu not in cpus:
        parser.error(f"--cpu {options.cpu}: this process can use only {', '.join(map(str, sorted(cpus)))}")
    return options


def measure_rounds(rivals, missing, options):
    """All rivals measure one set before the next set begins. Each round starts with another rival. A rival that fails is
    left out from then on; its name and the reason are added to `missing`."""
    runs, started = [], time.monotonic()
    for number in range(options.rounds):
        first = number % len(rivals)
        for name in SETS + GROWN:
            for order in ORDERS:
                for rival in rivals[first:] + rivals[:first]:
                    if rival.name in missing:
                        continue
                    try:
                        runs.append((number, rival.name, name, order, measure(rival, name, order, options.slice_ms)))
                    except build.BuildError as error:
                        missing[rival.name] = str(error)
        spent = time.monotonic() - started
        left = spent / (number + 1) * (options.rounds - number - 1)
        end = "\n" if left == 0 or not sys.stdout.isatty() else ""
        print(f"\rbench/rivals: round {number + 1} of {options.rounds}, about {left:.0f} s left   ", end=end, flush=True)
    return [run for run in runs if run[1] not in missing]


def measure(rival, name, order, slice_ms):
    command = [*rival.command(name), build.set_file(name), order, str(slice_ms)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MEASURE_SECONDS_MAX)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise build.BuildError(f"set {name}: {error}") from error
    words = done.stdout.split()
    if done.returncode != 0 or words[:3] != [rival.name, name, order]:
        said = (done.stderr.strip() or done.stdout.strip() or f"ended with {done.returncode}").splitlines()[0]
        raise build.BuildError(f"set {name}: {said}")
    return float(words[3])


if __name__ == "__main__":
    try:
        main()
    except build.BuildError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nbench/rivals: interrupted; no results were written")
