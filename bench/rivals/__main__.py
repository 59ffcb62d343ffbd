"""`bench/rivals/run`: ns a lookup of the two styles and of other routers, measured in turns on one CPU."""

import argparse
import csv
import os
import subprocess
import sys

from rivals import build, report

SETS = ("github", "static", "gplus", "parse", "misses", "long")
GROWN = ("grown20", "grown200", "grown2000")
ORDERS = ("sequential", "random")


def main():
    parser = argparse.ArgumentParser(prog="bench/rivals/run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="each measures every set and order once (default 15)")
    parser.add_argument("--slice-ms", type=float, default=20, help="time for one measurement (default 20)")
    parser.add_argument("--cpu", type=int, default=max(os.sched_getaffinity(0)), help="the CPU to measure on (default: the last)")
    parser.add_argument("--only", default="", help="rivals to measure, by name and separated by commas")
    options = parser.parse_args()

    rivals, missing = build.all_rivals()
    for sentence in missing:
        print(f"bench/rivals: {sentence}")
    wanted = [name for name in options.only.split(",") if name]
    rivals = [rival for rival in rivals if not wanted or rival.name in wanted]
    if not rivals:
        raise build.BuildError(f"there is no rival named '{options.only}'")

    os.sched_setaffinity(0, {options.cpu})  # the programs inherit it
    runs = [run for number in range(options.rounds) for run in measure_round(rivals, number, options)]

    to = build.ROOT / "bench" / "results" / "rivals"
    to.mkdir(parents=True, exist_ok=True)
    with (to / "runs.csv").open("w", newline="", encoding="ascii") as file:
        writer = csv.writer(file)
        writer.writerow(("round", "rival", "set", "order", "ns"))
        writer.writerows(runs)
    results = report.Results(runs)
    text = "\n".join(report.lines(results, rivals, SETS, GROWN, options))
    (to / "table.txt").write_text(text + "\n", encoding="utf-8")
    report.plot(results, rivals, GROWN, to / "rivals.png")
    print(f"\n{text}\n\nEvery measurement: {to.relative_to(build.ROOT)}/runs.csv; picture: rivals.png beside it")


def measure_round(rivals, number, options):
    """Every rival measures a set before the next set is begun; another rival begins in each round."""
    first = number % len(rivals)
    if sys.stdout.isatty():
        print(f"\rround {number + 1} of {options.rounds} ", end="", flush=True)
    for name in SETS + GROWN:
        for order in ORDERS:
            for rival in rivals[first:] + rivals[:first]:
                yield number, rival.name, name, order, measure(rival, name, order, options.slice_ms)


def measure(rival, name, order, slice_ms):
    command = [*rival.command(name), build.set_file(name), order, str(slice_ms)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if done.returncode != 0 or words[:3] != [rival.name, name, order]:
        raise build.BuildError(f"{rival.name} did not measure {name}: {done.stderr.strip() or done.stdout.strip()}")
    return float(words[3])


if __name__ == "__main__":
    try:
        main()
    except build.BuildError as error:
        sys.exit(str(error))
