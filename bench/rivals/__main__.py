"""`bench/rivals/run`: measures the route lookup of the styles and of other routers, in ns, taking turns on one CPU."""

import csv
import os
import subprocess
import sys
import time

from harness import options
from harness.errors import os_sentence
from rivals import build, report

SETS = ("github", "static", "gplus", "parse", "misses", "long")
GROWN = ("grown20", "grown200", "grown2000")
RESULTS = build.ROOT / "bench" / "results" / "rivals"
ROUNDS_MAX = 1000
SLICE_MS_MAX = 10_000
MEASURE_SECONDS_MAX = 60  # for one run of a program: reading, verifying, and measuring for a time slice


def main():
    chosen = parse_options(sys.argv[1:])
    rivals, missing = build.rivals(chosen.only)
    rivals = [rivals[name] for name in chosen.only if name in rivals]
    for name, why in missing.items():
        print(f"bench/rivals: without {name}: {why}")
    if not rivals:
        raise build.BuildError("bench/rivals: there is no router to measure")

    os.sched_setaffinity(0, {chosen.cpu})  # the programs inherit it
    runs = measure_rounds(rivals, missing, chosen)
    rivals = [rival for rival in rivals if rival.name not in missing]
    if not rivals:
        raise build.BuildError("bench/rivals: all measurements failed: " + "; ".join(missing.values()))

    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / "runs.csv").open("w", newline="", encoding="ascii") as file:
        writer = csv.writer(file)
        writer.writerow(("round", "rival", "set", "order", "ns"))
        writer.writerows(runs)
    results = report.Results(runs)
    text = "\n".join(report.lines(results, rivals, missing, SETS, GROWN, chosen))
    (RESULTS / "table.txt").write_text(text + "\n", encoding="utf-8")
    print(f"\n{text}\n\nAll measurements: {RESULTS.relative_to(build.ROOT)}/runs.csv")
    print(report.plot(results, rivals, GROWN, RESULTS / "rivals.png"))
    if chosen.write:
        report.write_page(text)
        print("written: bench/rivals/README.md")


def parser():
    found = options.Parser(prog="bench/rivals/run", description=__doc__)
    add = found.add_argument
    add("--rounds", type=options.whole(1, ROUNDS_MAX), default=15, metavar="N", help="each round measures every set and order once (15)")
    add("--slice-ms", type=options.number(1, SLICE_MS_MAX), default=20, metavar="N", help="time per measurement in ms (20)")
    add("--cpu", type=options.one_cpu, default=max(os.sched_getaffinity(0)), metavar="N", help="the CPU to measure on (the last)")
    add("--only", type=options.several_of(*build.NAMES), default=list(build.NAMES), metavar="NAMES",
        help=f"routers to measure, separated by commas ({','.join(build.NAMES)})")
    add("--write", action="store_true", help="write the tables to bench/rivals/README.md too")
    return found


def parse_options(arguments):
    """Ends the program with one sentence and status 2 if an option cannot be used."""
    parse = parser()
    chosen = parse.parse_args(arguments)
    parse.read("results", options.writable_folder, str(RESULTS))
    parse.read("build", options.writable_folder, str(build.OUT))
    return chosen


def measure_rounds(rivals, missing, chosen):
    """All rivals measure one set before the next set begins. Each round starts with another rival. A rival that fails is
    left out from then on; its name and the reason are added to `missing`."""
    runs, started = [], time.monotonic()
    for number in range(chosen.rounds):
        first = number % len(rivals)
        for name in SETS + GROWN:
            for order in report.ORDERS:
                for rival in rivals[first:] + rivals[:first]:
                    if rival.name in missing or not rival.holds(name):
                        continue
                    try:
                        runs.append((number, rival.name, name, order, measure(rival, name, order, chosen.slice_ms)))
                    except build.BuildError as error:
                        missing[rival.name] = str(error)
        spent = time.monotonic() - started
        left = spent / (number + 1) * (chosen.rounds - number - 1)
        end = "\n" if left == 0 or not sys.stdout.isatty() else ""
        print(f"\rbench/rivals: round {number + 1} of {chosen.rounds}, about {left:.0f} s left   ", end=end, flush=True)
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
    except OSError as error:
        sys.exit(f"bench/rivals: {os_sentence(error)}")
    except KeyboardInterrupt:
        sys.exit("\nbench/rivals: interrupted; no results were written")
