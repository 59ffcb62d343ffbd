"""The command line of bench/compare."""

import signal

if __name__ == "__main__":
    # Until handle_interrupts() nothing was started, so Ctrl-C ends the program at once, also while it loads its modules.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse  # noqa: E402
import contextlib  # noqa: E402
import random  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402

from harness import attach, cgroup, cluster, conclusion, cpus, environment, options as kinds, originals, processes, records_commands  # noqa: E402
from harness import replay, report, table, verify  # noqa: E402
from harness.errors import HarnessError, os_sentence  # noqa: E402
from harness.scenarios import ALIASES, BY_NAME  # noqa: E402
from harness.server import await_free_port  # noqa: E402
from harness.session import Session  # noqa: E402

ROUNDS_MAX = 1000
SECONDS_MAX = 3600  # an hour per run
WRK_THREADS_MAX = 1024
ARTICLE_WRK_THREADS = 4
RATE_MAX = 1_000_000
P99_MAX_MS = 10_000
CONNECTIONS_MAX = 16_384  # the server's default of --max-connections; further clients get 503
OF_ONE_SCENARIO = ("rate", "p99_ms")  # options that are refused in the other scenarios
BUILT = {name: environment.ROOT / "build" / "release" / name for name in ("server", "null_server", "duel-load")}


def list_of_scenarios():
    aliases = {name: alias for alias, name in ALIASES.items()}
    rows = [(f"{name}, {aliases[name]}" if name in aliases else name, module.DESCRIPTION) for name, module in BY_NAME.items()]
    width = max(len(names) for names, _ in rows)
    return "\n".join(f"  {names:{width}}  {description}" for names, description in rows)


def program(text):
    return kinds.program(text, made_by_the_build=[path.resolve() for path in BUILT.values()])


def go_command(text):
    return kinds.program(text, cure="install Go, or name the go command of a toolchain")


def parser():
    found = kinds.Parser(
        prog="bench/compare", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"scenarios and their aliases:\n{list_of_scenarios()}",
        description="Measures one scenario and prints a table. Installs missing packages and builds the release preset first.")
    add = found.add_argument
    add("--scenario", type=kinds.one_of(*BY_NAME, aliases=ALIASES), default="router_style", metavar="NAME",
        help="what to measure, see the list below (router_style)")
    add("--full", action="store_true", help="use the article's 60 s per run and 10 rounds; takes about an hour")
    add("--rounds", type=kinds.whole(1, ROUNDS_MAX), metavar="N", help="how many times each server is measured (5; with --full 10)")
    add("--seconds", type=kinds.whole(1, SECONDS_MAX), metavar="N", help="duration of one run (3; with --full 60)")
    add("--warm-up", type=kinds.whole(1, SECONDS_MAX), metavar="SECONDS",
        help="load before each run that is not measured (1; with --full 5)")
    add("--connections", type=kinds.whole(1, CONNECTIONS_MAX), metavar="N", help="wrk's -c (512; wildcards: 500)")
    add("--wrk-threads", type=kinds.whole(1, WRK_THREADS_MAX), metavar="N", help="wrk's -t (one per CPU of the client; with --full the article's 4)")
    add("--rate", type=kinds.number(1, RATE_MAX), metavar="N",
        help="with --attach: requests/s that duel-load sends (as many as the answers allow); for smallest_box: of the service level (10,000)")
    add("--p99-ms", type=kinds.number(1, P99_MAX_MS), metavar="N", help="maximum P99 of the service level, for smallest_box (20)")
    add("--gin-pool", type=kinds.one_of("on", "off"), default="on", metavar="on|off",
        help="whether the Gin style takes request contexts from a pool (on)")
    add("--beego-pool", type=kinds.one_of("on", "off"), default="off", metavar="on|off",
        help="whether the Beego style takes request contexts from a pool (off, as in the article; Beego itself uses a pool)")
    add("--host", type=kinds.address, default="127.0.0.1", metavar="ADDRESS",
        help="numeric address that the servers listen on, IPv4 or IPv6 (127.0.0.1)")
    add("--port", type=kinds.port, default=8080, metavar="N", help="port that the servers listen on (8080)")
    add("--server-cpus", type=kinds.cpu_list, metavar="LIST",
        help="CPUs of the server in the format of taskset, for example 0,2-4; one server thread per CPU")
    add("--client-cpus", type=kinds.cpu_list, metavar="LIST",
        help="CPUs of the load generator in the format of taskset; must not overlap --server-cpus")
    add("--server", type=program, default=str(BUILT["server"]), metavar="FILE", help="server program to measure (the release build)")
    add("--null-server", type=program, default=str(BUILT["null_server"]), metavar="FILE",
        help="program with the core but without a router, for the gc scenario (the release build)")
    add("--duel-load", type=program, default=str(BUILT["duel-load"]), metavar="FILE",
        help="load generator of the scenarios with a fixed rate (the release build)")
    add("--with-originals", action="store_true",
        help=f"measure the Go originals too; fetches Go {originals.GO} if it is not in build/originals (the default if it is there)")
    add("--without-originals", action="store_true", help="measure only this project's servers")
    add("--go", type=go_command, metavar="PATH", help=f"the go command that builds the originals (Go {originals.GO} as in the article)")
    add("--originals", type=kinds.readable_folder, metavar="FOLDER", help="programs of bench/originals that are already built (build/originals)")
    attach.add_options(add)
    add("--results", type=kinds.writable_folder, default=str(environment.ROOT / "bench" / "results"), metavar="FOLDER",
        help="folder for the records (bench/results)")
    records_commands.add_options(add)
    add("--plot", type=kinds.writable_file(".svg"), metavar="FILE.svg", help="also copy the scenario's SVG plot to this file")
    add("--seed", type=kinds.seed, metavar="N", help="seed for the order of the runs (random; it is recorded)")
    # Check the options before the build, print what the build must make, and exit.
    add("--check", action="store_true", help=argparse.SUPPRESS)
    return found


def parse_arguments(arguments):
    """Ends the program with one sentence and status 2 if an option, or several together, cannot be used."""
    parse = parser()
    options = parse.parse_args(arguments)
    try:
        if records_commands.command_of(options):
            return records_commands.read_options(options, arguments, parse_arguments)
    except HarnessError as error:
        parse.error(str(error))
    scenario = BY_NAME[options.scenario]
    for name, value in (attach if options.attach else scenario).defaults(options.full).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1_000_000)
    try:
        if options.attach:
            attach.require_agreement(options)
        else:
            attach.require_absent(options)
            require_agreement(options, scenario)
    except HarnessError as error:
        parse.error(str(error))
    return options


def require_agreement(options, scenario):
    """Checks what options need of each other, of the scenario and of the machine. A scenario module may declare ROUNDS_MIN,
    CONNECTIONS (the number that it makes, whatever --connections says), CONNECTIONS_MAX, PORTS (how many ports in a row its servers
    need), NEEDS_NULL_SERVER, NEEDS_DUEL_LOAD, NEEDS_WRK (beside duel-load), LIMITS (kinds of limits that it gives to servers) and ORIGINALS
    (the routers of bench/originals that it can measure)."""
    for name in OF_ONE_SCENARIO:
        if getattr(options, name) is not None and name not in scenario.defaults(options.full):
            users = [user for user, module in BY_NAME.items() if name in module.defaults(False)]
            raise HarnessError(f"--{name.replace('_', '-')}: the scenario {options.scenario} does not use it; leave it out, or choose "
                               f"--scenario={' or '.join(users)}")
    require_usable_originals(options, getattr(scenario, "ORIGINALS", ()))
    if options.load_workers:
        cluster.require_usable(options, getattr(scenario, "NEEDS_DUEL_LOAD", False) and not getattr(scenario, "NEEDS_WRK", False))
    if hasattr(scenario, "LIMITS"):
        cgroup.require(scenario.LIMITS)
    connections = getattr(scenario, "CONNECTIONS", options.connections)
    _, client_cpus = cpus.choose(options.server_cpus, options.client_cpus)
    if options.wrk_threads is None:
        options.wrk_threads = min(ARTICLE_WRK_THREADS if options.full else len(client_cpus), connections)
    if options.wrk_threads > connections:
        raise HarnessError(f"wrk needs at least one connection per thread: {table.count(options.wrk_threads, 'thread')}, "
                           f"{table.count(connections, 'connection')}; lower --wrk-threads, or raise --connections")
    minimum = getattr(scenario, "ROUNDS_MIN", 1)
    if options.rounds < minimum:
        raise HarnessError(f"--rounds: {options.rounds} is too small for the scenario {options.scenario}; use at least {minimum}")
    maximum = getattr(scenario, "CONNECTIONS_MAX", connections)
    if connections > maximum:
        raise HarnessError(f"--connections: {connections} is too large for the scenario {options.scenario}; use at most {maximum}")
    kinds.require_descriptors("--connections", connections)
    last_port = options.port + getattr(scenario, "PORTS", 1) - 1
    if last_port > kinds.PORT_MAX:
        raise HarnessError(f"--port: the scenario {options.scenario} uses the ports {options.port} to {last_port}, but the last port is "
                           f"{kinds.PORT_MAX}; use a smaller --port")
    for port in range(options.port, last_port + 1):
        await_free_port(options.host, port)
    needed = {"--server": options.server}
    if getattr(scenario, "NEEDS_NULL_SERVER", False):
        needed["--null-server"] = options.null_server
    if getattr(scenario, "NEEDS_DUEL_LOAD", False):
        needed["--duel-load"] = options.duel_load
    for option, path in needed.items():
        if not options.check and not path.is_file():
            raise HarnessError(f"{option}: there is no program at {path}; start bench/compare, which builds it, or name another program")


def require_usable_originals(options, routers):
    for name in ("with_originals", "go", "originals"):
        if not getattr(options, name):
            continue
        flag = f"--{name.replace('_', '-')}"
        if options.without_originals:
            raise HarnessError(f"{flag}: --without-originals is given too; leave one of the two out")
        if not routers:
            users = [user for user, module in BY_NAME.items() if getattr(module, "ORIGINALS", ())]
            raise HarnessError(f"{flag}: the scenario {options.scenario} does not measure the originals; leave it out, or choose "
                               f"--scenario={' or '.join(users)}")
    if options.originals:
        for router in routers:
            kinds.require_program("--originals", options.originals / router, "build it from bench/originals, or leave the option out")


def build_targets(options):
    if options.verify:
        return []
    return attach.build_targets(options) if options.attach else ["server", "null_server", "load"]


def measure_of(options):
    if options.attach:
        return attach.AttachedSession.measure
    return replay.measure if options.replay else BY_NAME[options.scenario].measure


def main():
    processes.handle_interrupts()
    options = session = None
    try:
        options = parse_arguments(sys.argv[1:])
        if options.check:
            print(*build_targets(options))
            return 0
        if options.verify:
            print(verify.verify(options.verify))
            return 0
        report.page.require_library()
        if not options.attach:
            originals.prepare(options, getattr(BY_NAME[options.scenario], "ORIGINALS", ()), lambda text: print(text, flush=True))
        session = attach.AttachedSession(options) if options.attach else Session(options, "replay" if options.replay else options.scenario)
        with contextlib.ExitStack() as stack:
            if options.load_workers:
                session.cluster = stack.enter_context(cluster.Cluster(str(options.load_workers), options.duel_load, session.say))
            text = conclusion.run(session, measure_of(options)).text
        print(f"\n{text}\n\nrecords and plots: {session.records.folder}")
        if options.plot and not options.replay:
            options.plot.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(session.records.folder / f"{session.records.session['scenario']}.svg", options.plot)
            print(f"copy of the plot: {options.plot}")
        print(report.write([session.records.folder], session.records.folder)[0])  # the last line
    except HarnessError as error:
        print(f"bench/compare: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"bench/compare: {os_sentence(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        processes.stop_all()
        stopped = "the load generator is" if options and options.attach else "the server and the load generator are"
        kept = f"; {len(session.records.runs)} runs are kept in {session.records.folder}, and --resume continues there" if session else ""
        print(f"\nbench/compare: interrupted, {stopped} stopped{kept}", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
