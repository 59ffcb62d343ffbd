"""The command line of bench/compare."""

import argparse
import pathlib
import random
import shutil
import signal
import sys

from harness import environment, processes
from harness.errors import HarnessError
from harness.scenarios import ALIASES, BY_NAME
from harness.session import Session


def positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a whole number of at least 1")
    return int(text)


def scenario(text):
    """The full name, also for an alias. argparse checks that a scenario of that name exists."""
    return ALIASES.get(text, text)


def svg_path(text):
    if not text.endswith(".svg"):
        raise argparse.ArgumentTypeError(f"{text!r}: expected a file name that ends with .svg")
    return pathlib.Path(text)


def list_of_scenarios():
    aliases = {name: alias for alias, name in ALIASES.items()}
    rows = [(f"{name}, {aliases[name]}" if name in aliases else name, module.DESCRIPTION) for name, module in BY_NAME.items()]
    width = max(len(names) for names, _ in rows)
    return "\n".join(f"  {names:{width}}  {description}" for names, description in rows)


def parse_arguments(arguments):
    root = environment.ROOT
    parser = argparse.ArgumentParser(
        prog="bench/compare", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"scenarios and their aliases:\n{list_of_scenarios()}",
        description="Measures one scenario and prints a table. Installs missing packages and builds the release preset first.")
    parser.add_argument("--scenario", type=scenario, choices=list(BY_NAME), default="router_style", metavar="NAME",
                        help="what to measure, see the list below (router_style)")
    parser.add_argument("--full", action="store_true",
                        help="use the article's 60 s per run and 10 rounds; takes about an hour")
    parser.add_argument("--rounds", type=positive, help="how many times each server is measured (5; with --full 10)")
    parser.add_argument("--seconds", type=positive, help="duration of one run (3; with --full 60)")
    parser.add_argument("--warm-up", type=positive, metavar="SECONDS",
                        help="load before each run that is not measured (1; with --full 5)")
    parser.add_argument("--connections", type=positive, help="wrk's -c (512; wildcards: 500)")
    parser.add_argument("--wrk-threads", type=positive, default=4, help="wrk's -t (4)")
    parser.add_argument("--gin-pool", choices=("on", "off"), default="on",
                        help="whether the Gin style takes request contexts from a pool (on)")
    parser.add_argument("--beego-pool", choices=("on", "off"), default="off",
                        help="whether the Beego style takes request contexts from a pool (off, as in the article; Beego itself "
                        "uses a pool)")
    parser.add_argument("--host", default="127.0.0.1", help="numeric address that the servers listen on (127.0.0.1)")
    parser.add_argument("--port", type=positive, default=8080, help="port that the servers listen on (8080)")
    parser.add_argument("--server-cpus", metavar="LIST",
                        help="CPUs of the server in the format of taskset, for example 0,2-4; one server thread per CPU")
    parser.add_argument("--client-cpus", metavar="LIST",
                        help="CPUs of the load generator in the format of taskset; must not overlap --server-cpus")
    parser.add_argument("--server", type=pathlib.Path, default=root / "build" / "release" / "server",
                        help="server program to measure (the release build)")
    parser.add_argument("--null-server", type=pathlib.Path, default=root / "build" / "release" / "null_server",
                        help="program with the core but without a router, for the gc scenario (the release build)")
    parser.add_argument("--results", type=pathlib.Path, default=root / "bench" / "results",
                        help="folder for the records (bench/results)")
    parser.add_argument("--plot", type=svg_path, metavar="FILE.svg", help="also copy the scenario's SVG plot to this file")
    parser.add_argument("--seed", type=int, help="seed for the order of the runs (random; it is recorded)")
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # check the options, then exit
    options = parser.parse_args(arguments)
    for name, value in BY_NAME[options.scenario].defaults(options.full).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    if options.wrk_threads > options.connections:
        parser.error(f"wrk needs at least one connection per thread: {options.wrk_threads} threads, "
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
            signal.signal(number, signal.SIG_IGN)  # stopping takes a bounded time; a second Ctrl-C must not interrupt it
        processes.stop_all()
        kept = f"; {len(session.records.runs)} runs are kept in {session.records.folder}" if session else ""
        print(f"\nbench/compare: interrupted, the server and wrk are stopped{kept}", file=sys.stderr)
        return 130
    print(f"\n{text}\n\nrecords and plots: {session.records.folder}")
    if options.plot:
        options.plot.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(session.plot.with_suffix(".svg"), options.plot)
        print(f"copy of the plot: {options.plot}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
