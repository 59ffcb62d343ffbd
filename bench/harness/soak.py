"""bench/soak: a mixed load for a long time, with a check whether memory or descriptors grow."""

import asyncio
import os
import pathlib
import random
import sys
import tempfile
import time

import numpy

from harness import environment, options as kinds, plots, procfs, styles
from harness.errors import HarnessError
from harness.mixed_load import FILE_BYTES, FILE_NAME, MixedLoad
from harness.program import exit_status
from harness.server import Server, await_free_port

SAMPLE_S = 2
PROGRESS_S = 60
WARM_UP_SHARE = 0.2  # share of the time until caches and pools have their final size; the slope ignores it
SLOPE_LIMIT_MB_PER_MIN = 0.1
QUIET_LIMIT_S = 10  # until the last connections have ended
MINUTES_MIN = 0.2  # enough samples for a slope
MINUTES_MAX = 10_080  # a week
RATE_MIN, RATE_MAX = 1, 100_000  # these clients are Python tasks and send far less than the maximum
CLIENTS_MAX = 10_000  # below the server's default of --max-connections
THREADS_MAX = 256
PAUSE_S_MAX = 10  # between two requests of a client; at the end the load waits for every pause


def parser():
    found = kinds.Parser(prog="bench/soak", description="Loads a server with a mix of clients and checks that memory and descriptors do "
                         "not grow and that every answer is right. Exit status 1 if a check fails.")
    add = found.add_argument
    add("--router", type=kinds.one_of(*styles.ALL), default="gin", metavar="|".join(styles.ALL), help="router style (gin)")
    add("--minutes", type=kinds.number(MINUTES_MIN, MINUTES_MAX), default=20, metavar="N", help="duration of the load (20)")
    add("--rate", type=kinds.number(RATE_MIN, RATE_MAX), default=400, metavar="N",
        help="requests per second of all clients together (400)")
    add("--clients", type=kinds.whole(1, CLIENTS_MAX), default=50, metavar="N", help="number of simultaneous clients (50)")
    add("--threads", type=kinds.whole(1, THREADS_MAX), default=2, metavar="N", help="threads of the server (2)")
    add("--host", type=kinds.address, default="127.0.0.1", metavar="ADDRESS",
        help="numeric address that the server listens on, IPv4 or IPv6 (127.0.0.1)")
    add("--port", type=kinds.port, default=8080, metavar="N", help="port of the server (8080)")
    add("--server", type=kinds.program, metavar="FILE",
        help="server program (the release build)")
    add("--plot", type=kinds.writable_file(".png", ".svg"), metavar="FILE.png",
        help="the plot, written as .png and as .svg (bench/results/soak-ROUTER.png)")
    add("--seed", type=kinds.seed, metavar="N", help="seed of the clients' random choices (random; it is printed)")
    return found


def parse_arguments(arguments):
    """Ends the program with one sentence and status 2 if an option, or several together, cannot be used."""
    parse = parser()
    options = parse.parse_args(arguments)
    if options.plot is None:
        options.plot = parse.read("--plot", kinds.writable_file(".png"),
                                  str(environment.ROOT / "bench" / "results" / f"soak-{options.router}.png"))
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    pause_s = options.clients / options.rate
    if pause_s > PAUSE_S_MAX:
        parse.error(f"--clients: {options.clients} clients at {options.rate:g} requests/s wait {pause_s:,.0f} s between two requests; use "
                    f"at most {PAUSE_S_MAX} clients per request/s")
    try:
        kinds.require_descriptors("--clients", options.clients)
        if options.server is None:  # checked late: what is wrong in the command line has nothing to do with a missing build
            options.server = parse.read("--server", kinds.program, str(environment.ROOT / "build" / "release" / "server"))
        await_free_port(options.host, options.port)
    except HarnessError as error:
        parse.error(str(error))
    return options


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
    with Server(command, options.host, options.port, sorted(os.sched_getaffinity(0)), folder, "soak") as server:
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
    return exit_status("bench/soak", lambda: soak(options), "interrupted, the server is stopped")


def soak(options):
    with tempfile.TemporaryDirectory(prefix="duel-soak-") as folder:
        samples, slope, faults = run(options, pathlib.Path(folder))
    options.plot.parent.mkdir(parents=True, exist_ok=True)
    plots.soak(options.plot, f"Soak, {options.router}: {options.minutes:g} min, {options.rate:g} requests/s, RSS {slope:+.3f} MB/min",
               samples)
    print(f"  plots: {options.plot.with_suffix('.png')}, {options.plot.with_suffix('.svg')}")
    for fault in faults:
        print(f"bench/soak: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
