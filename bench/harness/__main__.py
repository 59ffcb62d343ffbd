"""The command line of bench/compare."""

import argparse
import pathlib
import random
import signal
import sys

from harness import environment, processes
from harness.errors import HarnessError
from harness.scenarios import BY_NAME
from harness.session import Session


def positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number of at least 1")
    return int(text)


def parse_arguments(arguments):
    root = environment.ROOT
    scenarios = "\n".join(f"  {name}  {module.DESCRIPTION}" for name, module in BY_NAME.items())
    parser = argparse.ArgumentParser(
        prog="bench/compare", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=f"scenarios:\n{scenarios}",
        description="Compares the two router styles: installs what is missing, builds release, measures, prints a table.")
    parser.add_argument("--scenario", choices=sorted(BY_NAME), default="s1")
    parser.add_argument("--full", action="store_true",
                        help="the article's 60 s a run and 10 rounds (about an hour) in place of a short look")
    parser.add_argument("--rounds", type=positive, help="how often each server is measured (5; --full: 10)")
    parser.add_argument("--seconds", type=positive, help="of one run (3; --full: 60)")
    parser.add_argument("--warm-up", type=positive, metavar="SECONDS", help="before each run, thrown away (1; --full: 5)")
    parser.add_argument("--connections", type=positive, help="wrk's -c (512; s2: 500)")
    parser.add_argument("--wrk-threads", type=positive, default=4, help="wrk's -t (4)")
    parser.add_argument("--gin-pool", choices=("on", "off"), default="on", help="pooled request contexts (on)")
    parser.add_argument("--beego-pool", choices=("on", "off"), default="off",
                        help="pooled request contexts (off, as the article has it; the original pools them)")
    parser.add_argument("--host", default="127.0.0.1", help="a numeric address of this machine (127.0.0.1)")
    parser.add_argument("--port", type=positive, default=8080, help="of the servers (8080)")
    parser.add_argument("--server-cpus", metavar="LIST", help="as for taskset; one server thread a CPU")
    parser.add_argument("--client-cpus", metavar="LIST", help="as for taskset; must not overlap the server's")
    parser.add_argument("--server", type=pathlib.Path, default=root / "build" / "release" / "server",
                        help="another server program (the release build)")
    parser.add_argument("--null-server", type=pathlib.Path, default=root / "build" / "release" / "null_server",
                        help="the core without a router, for gc (the release build)")
    parser.add_argument("--results", type=pathlib.Path, default=root / "bench" / "results",
                        help="where the records go (bench/results)")
    parser.add_argument("--seed", type=int, help="of the order of the runs (drawn and recorded)")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # the options, and do nothing
    options = parser.parse_args(arguments)
    for name, value in BY_NAME[options.scenario].defaults(options.full).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    if options.wrk_threads > options.connections:
        parser.error(f"wrk needs at least one connection a thread: {options.wrk_threads} threads, "
                     f"{options.connections} connections")
    if not options.check and not options.server.is_file():
        parser.error(f"there is no server at {options.server}")
    return options


def main():
    options = parse_arguments(sys.argv[1:])
    if options.check:
        return 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, processes.on_interrupt)
    session = None
    try:
        session = Session(options)
        text = BY_NAME[options.scenario].run(session)
    except HarnessError as error:
        print(f"bench/compare: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # stopping is bounded; a second Ctrl-C shall not cut it short
        processes.stop_all()
        kept = f"; {len(session.records.runs)} runs are kept in {session.records.folder}" if session else ""
        print(f"\nbench/compare: interrupted, the server and wrk are stopped{kept}", file=sys.stderr)
        return 130
    print(f"\n{text}\n\nrecords and plots: {session.records.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
