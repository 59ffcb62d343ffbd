"""bench/soak: a mixed load for a long time, with a check whether memory or descriptors grow."""

import argparse
import asyncio
import os
import pathlib
import random
import signal
import sys
import tempfile
import time

import numpy

from harness import environment, plots, procfs, processes
from harness.errors import HarnessError
from harness.mixed_load import FILE_BYTES, FILE_NAME, MixedLoad
from harness.server import Server

SAMPLE_S = 2
PROGRESS_S = 60
WARM_UP_SHARE = 0.2  # share of the time until caches and pools have their final size; the slope ignores it
SLOPE_LIMIT_MB_PER_MIN = 0.1
QUIET_LIMIT_S = 10  # until the last connections have ended


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(prog="bench/soak", description="Loads a server with a mix of clients and checks that memory and "
                                     "descriptors do not grow and that every answer is right. Exit status 1 if a check fails.")
    parser.add_argument("--router", choices=("gin", "beego"), default="gin", help="router style (gin)")
    parser.add_argument("--minutes", type=float, default=20, help="duration of the load (20)")
    parser.add_argument("--rate", type=float, default=400, help="requests per second of all clients together (400)")
    parser.add_argument("--clients", type=int, default=50, help="number of simultaneous clients (50)")
    parser.add_argument("--threads", type=int, default=2, help="threads of the server (2)")
    parser.add_argument("--port", type=int, default=8080, help="port of the server (8080)")
    parser.add_argument("--server", type=pathlib.Path, default=environment.ROOT / "build" / "release" / "server",
                        help="server program (the release build)")
    parser.add_argument("--plot", type=pathlib.Path, help="path of the plot, written as .png and as .svg (bench/results/soak-ROUTER.png)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000),
                        help="seed of the clients' random choices (random; it is printed)")
    return parser.parse_args(arguments)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


async def load(server, options):
    """Returns the samples (s, RSS in MB, descriptors, requests, errors) and the MixedLoad."""
    mixed = MixedLoad(server.host, server.port, options.clients, options.rate, options.seed)
    running = asyncio.create_task(mixed.run())
    samples, started = [], time.monotonic()
    end, next_line_s = options.minutes * 60, PROGRESS_S
    while (now := time.monotonic() - started) < end and server.alive():
        samples.append((now, procfs.memory(server.pid)["rss_kib"] / 1024, descriptors(server.pid), mixed.requests,
                        mixed.errors.total()))
        if now >= next_line_s:
            _, rss, open_now, requests, errors = samples[-1]
            print(f"  {now / 60:5.1f} min  {requests:>9,} requests  {rss:6.2f} MB  {open_now:3} descriptors  {errors} errors", flush=True)
            next_line_s += PROGRESS_S
        await asyncio.sleep(SAMPLE_S)
    mixed.stop()
    await running
    return samples, mixed


def slope_mb_per_min(samples):
    """The slope of the straight line through the samples after the warm-up."""
    end = samples[-1][0]
    steady = [(second / 60, rss) for second, rss, *_ in samples if second >= WARM_UP_SHARE * end]
    minutes, rss = numpy.array(steady).T
    return float(numpy.polyfit(minutes, rss, 1)[0])


def settle(pid, wanted):
    """Waits until the last connections have ended, at most QUIET_LIMIT_S. Returns the number of open descriptors."""
    deadline = time.monotonic() + QUIET_LIMIT_S
    while descriptors(pid) > wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    return descriptors(pid)


def run(options, folder):
    (folder / FILE_NAME).write_bytes(bytes(FILE_BYTES))
    command = [str(options.server), f"--router={options.router}", "--no-config", f"--threads={options.threads}",
               f"--static-dir={folder}", "--max-body=1M"]
    with Server(command, "127.0.0.1", options.port, sorted(os.sched_getaffinity(0)), folder, "soak") as server:
        print(f"bench/soak: {server.command_line}\n  {options.minutes:g} min, {options.clients} clients, "
              f"{options.rate:g} requests/s, seed {options.seed}", flush=True)
        before = descriptors(server.pid)
        samples, mixed = asyncio.run(load(server, options))
        if not server.alive():
            raise HarnessError("the server ended before the load did")
        after = settle(server.pid, before)
        counters = server.snapshot()
    slope = slope_mb_per_min(samples)
    faults = [f"RSS grows by {slope:.3f} MB/min; the limit is {SLOPE_LIMIT_MB_PER_MIN}"] if slope >= SLOPE_LIMIT_MB_PER_MIN else []
    faults += [f"{before} descriptors before the load, {after} after it"] if after != before else []
    faults += [f"{count} x {what}" for what, count in mixed.errors.items()]
    print("  connections by kind: " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(mixed.done.items())))
    print(f"  {mixed.requests:,} requests sent, {counters['requests']:,} answered by the server on {counters['connections']:,} "
          f"connections, {counters['responses_5xx']} with a 5xx")
    print(f"  RSS {samples[0][1]:.2f} MB at the start, {samples[-1][1]:.2f} at the end; slope after the first "
          f"{WARM_UP_SHARE:.0%} of the time: {slope:+.4f} MB/min")
    print(f"  descriptors: {before} before, maximum {max(sample[2] for sample in samples)}, {after} after")
    print(f"  errors: {mixed.errors.total()}")
    return samples, slope, faults


def main():
    options = parse_arguments(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, processes.on_interrupt)
    try:
        if not options.server.is_file():
            raise HarnessError(f"there is no server at {options.server}; build it with tests/run release")
        with tempfile.TemporaryDirectory(prefix="duel-soak-") as folder:
            samples, slope, faults = run(options, pathlib.Path(folder))
    except HarnessError as error:
        print(f"bench/soak: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        processes.stop_all()
        print("bench/soak: interrupted, the server is stopped", file=sys.stderr)
        return 130
    plot = options.plot or environment.ROOT / "bench" / "results" / f"soak-{options.router}.png"
    plot.parent.mkdir(parents=True, exist_ok=True)
    plots.soak(plot, f"Soak, {options.router}: {options.minutes:g} min, {options.rate:g} requests/s, RSS {slope:+.3f} MB/min", samples)
    print(f"  plots: {plot.with_suffix('.png')}, {plot.with_suffix('.svg')}")
    for fault in faults:
        print(f"bench/soak: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
