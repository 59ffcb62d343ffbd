"""The command line of bench/compare."""

import signal

if __name__ == "__main__":
    # Until handle_interrupts() nothing was started, so Ctrl-C ends the program at once, also while it loads its modules.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import argparse  # noqa: E402
import contextlib  # noqa: E402
import copy  # noqa: E402
import itertools  # noqa: E402
import pathlib  # noqa: E402
import random  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from dataclasses import dataclass, replace  # noqa: E402

from harness import attach, catalogue, cgroup, cluster, conclusion, container_cost, cpus, drawing, environment, options as kinds, originals, planning  # noqa: E402
from harness import presets, records_commands, replay, table, verify  # noqa: E402
from harness.errors import HarnessError  # noqa: E402
from harness.program import exit_status, sentence  # noqa: E402
from harness.progress import Progress, duration  # noqa: E402
from harness.report import output, page  # noqa: E402
from harness.scenarios import ALIASES, BY_NAME  # noqa: E402
from harness.server import await_free_port  # noqa: E402
from harness.session import Session  # noqa: E402

ALL = "all"  # every scenario that this machine can run
DEFAULT_SCENARIO = "router_style"
ROUNDS_MAX = 1000
SECONDS_MAX = 3600  # an hour per run
WARM_UP_MIN_S = 0.1  # the load generator needs this time to open its connections
WRK_THREADS_MAX = 1024
ARTICLE_WRK_THREADS = 4
RATE_MAX = 1_000_000
P99_MAX_MS = 10_000
CONNECTIONS_MAX = 16_384  # the server's default of --max-connections; further clients get 503
OF_ONE_SCENARIO = ("rate", "p99_ms")  # options that most scenarios do not have
BUILT = {name: environment.ROOT / "build" / "release" / name for name in ("server", "null_server", "duel-load")}


class NotHere(HarnessError):
    """This machine cannot run the scenario."""


def program(text):
    return kinds.program(text, made_by_the_build=[path.resolve() for path in BUILT.values()])


def go_command(text):
    return kinds.program(text, cure="install Go, or name the go command of a toolchain")


def parser():
    found = kinds.Parser(
        prog="bench/compare", formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"scenarios and their aliases:\n{catalogue.questions()}",
        description="Measures scenarios and prints their tables. Installs missing packages and builds the release preset first.")
    add = found.add_argument
    known = kinds.one_of(*BY_NAME, ALL, aliases=ALIASES)
    add("scenarios", nargs="*", type=known, metavar="SCENARIO",
        help=f"what to measure: names or aliases of the list below, or {ALL} ({DEFAULT_SCENARIO})")
    add("--scenario", type=known, metavar="NAME", help=argparse.SUPPRESS)  # of bench/leak, and of command lines in old records
    add("--docker", action="store_true",
        help="what a container costs: S1 on the host and in containers; needs docker and the images of docker/Dockerfile")
    add("--quick", action="store_true", help=f"use few rounds of short runs; {ALL} takes less than 20 minutes")
    add("--full", action="store_true", help="use enough rounds and seconds to publish the result; --list says how long each scenario takes")
    add("--list", action="store_true", help="print the scenarios, how long they take and what they need; measure nothing")
    add("--plan", action="store_true", help="print every command that would run, in order; run nothing")
    add("--rounds", type=kinds.whole(1, ROUNDS_MAX), metavar="N", help="how many times each server is measured (5)")
    add("--seconds", type=kinds.whole(1, SECONDS_MAX), metavar="N", help="duration of one run (3)")
    add("--warm-up", type=kinds.number(WARM_UP_MIN_S, SECONDS_MAX), metavar="SECONDS", help="load before each run that is not measured (1)")
    add("--connections", type=kinds.whole(1, CONNECTIONS_MAX), metavar="N", help="connections of the load generator (512)")
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


# --- the options of each scenario

@dataclass(frozen=True)
class Call:
    """What one command line asks for."""

    given: argparse.Namespace
    scenarios: list  # the options of each scenario, in the order in which they run; with --attach, those of the attached server
    left_out: tuple = ()  # sentences: the scenarios that this machine cannot run
    folder: pathlib.Path | None = None  # of an interrupted call with several scenarios, which --resume continues
    complete: tuple = ()  # the sessions in it that are complete


def parse_arguments(arguments):
    """The Call. Ends the program with one sentence and status 2 if an option, or several together, cannot be used."""
    parse = parser()
    given = parse.parse_args(arguments)
    if given.seed is None:
        given.seed = random.SystemRandom().randrange(1_000_000)
    try:
        if records_commands.command_of(given):
            if given.scenarios:
                raise HarnessError("SCENARIO: the records say which scenario it is; leave the name out")
            if records_commands.is_call(given.resume):
                return of_interrupted(given, arguments)
            options = records_commands.read_options(given, arguments, lambda recorded: parse_arguments(recorded).scenarios[0])
            return Call(options, [options])
        require_one_purpose(given)
        if given.attach:
            return Call(given, [of_attached(given)])
        if given.docker:
            return of_docker(given)
        names = chosen_scenarios(given)
        require_used(given, names)
        return of_scenarios(given, names)
    except HarnessError as error:
        parse.error(str(error))


def of_interrupted(given, arguments):
    """What is left of a call with several scenarios."""
    call, left, complete = records_commands.read_call(given, arguments, parse_arguments)
    return replace(call, scenarios=left, folder=given.resume, complete=tuple(complete))


def require_one_purpose(given):
    """Raises HarnessError for two options of which each makes the other pointless."""
    for name, other in (("quick", "full"), ("list", "plan"), ("list", "attach"), ("plan", "attach"), ("plan", "load_workers"),
                        ("docker", "attach"), ("docker", "list"), ("docker", "load_workers")):
        if getattr(given, name) and getattr(given, other):
            raise HarnessError(f"--{name}: --{other.replace('_', '-')} is given too; leave one of the two out")
    if given.scenario and given.scenarios:
        raise HarnessError(f"SCENARIO: --scenario={given.scenario} is given too; name every scenario without --scenario=")


def chosen_scenarios(given):
    named = given.scenarios or [given.scenario or (ALL if given.list else DEFAULT_SCENARIO)]
    found = [each for name in named for each in (BY_NAME if name == ALL else [name])]
    for place, name in enumerate(found):
        if name in found[:place]:
            raise HarnessError(f"SCENARIO: {name} is named twice{f', because {ALL} contains it' if ALL in named else ''}; name it once")
    if given.plot and len(found) > 1:
        raise HarnessError(f"--plot: there is a plot for each of the {len(found)} scenarios; name one scenario, or leave the option out")
    return found


def require_used(given, names):
    """Raises HarnessError for an option that none of these scenarios has."""
    attach.require_absent(given)
    for name in OF_ONE_SCENARIO:
        if getattr(given, name) is not None and not any(has(each, name) for each in names):
            raise HarnessError(f"--{name.replace('_', '-')}: {none_of(names)} uses it; leave it out, or measure "
                               f"{' or '.join(user for user in BY_NAME if has(user, name))}")
    for name in ("with_originals", "go", "originals"):
        if not getattr(given, name):
            continue
        flag = f"--{name.replace('_', '-')}"
        if given.without_originals:
            raise HarnessError(f"{flag}: --without-originals is given too; leave one of the two out")
        if not any(map(originals_of, names)):
            raise HarnessError(f"{flag}: {none_of(names)} measures the originals; leave it out, or measure "
                               f"{' or '.join(filter(originals_of, BY_NAME))}")


def has(scenario, option):
    return option in module_of(scenario).PRESETS[presets.DEFAULT]


def originals_of(scenario):
    """The routers of bench/originals that the scenario can measure."""
    return getattr(module_of(scenario), "ORIGINALS", ())


def none_of(names):
    return f"no part of the scenario {names[0]}" if len(names) == 1 else "none of these scenarios"


def options_of(given, name, preset=None):
    """A copy of the options for one scenario: what the command line leaves out has the value of the preset."""
    options = copy.copy(given)
    options.scenario = name
    values = (attach if given.attach else module_of(name)).PRESETS[preset or preset_of(given)]
    for option, value in values.items():
        if getattr(options, option) is None:
            setattr(options, option, value)
    for option in OF_ONE_SCENARIO:
        if option not in values and not given.attach:
            setattr(options, option, None)
    return options


def preset_of(given):
    return presets.QUICK if given.quick else presets.FULL if given.full else presets.DEFAULT


def of_attached(given):
    if given.scenarios:
        raise HarnessError("SCENARIO: --attach measures a server that already runs, and a scenario starts its own; leave one of the two out")
    options = options_of(given, attach.NAME)
    attach.require_agreement(options)
    return options


def of_docker(given):
    if given.scenarios or given.scenario:
        raise HarnessError("SCENARIO: --docker measures the request of S1 on the host and in containers; leave one of the two out")
    require_used(given, [container_cost.NAME])
    options = options_of(given, container_cost.NAME)
    container_cost.require(options)
    require_agreement(options, container_cost)
    return Call(given, [options])


def module_of(name):
    """The module that measures: of a scenario, or of --docker."""
    return container_cost if name == container_cost.NAME else BY_NAME[name]


def of_scenarios(given, names):
    found, left_out = [], []
    for options in (options_of(given, name) for name in names):
        try:
            if not given.list:
                require_agreement(options, BY_NAME[options.scenario])
            found.append(options)
        except NotHere as reason:
            if ALL not in given.scenarios:
                raise
            left_out.append(f"{options.scenario} is left out: {reason}")
    return Call(given, found, tuple(left_out))


def require_agreement(options, scenario):
    """Checks what options need of each other, of the scenario and of the machine. docs/harness.md lists what a scenario declares. A plan
    starts nothing, so it needs no port and no program."""
    if options.originals:
        for router in originals_of(options.scenario):
            kinds.require_program("--originals", options.originals / router, "build it from bench/originals, or leave the option out")
    if options.load_workers:
        cluster.require_usable(options, "duel-load" in scenario.NEEDS and "wrk" not in scenario.NEEDS)
    if hasattr(scenario, "LIMITS"):
        try:
            cgroup.require(scenario.LIMITS)
        except HarnessError as error:
            raise NotHere(str(error)) from error
    require_loads(options, scenario)
    if options.plan:
        return
    last_port = options.port + getattr(scenario, "PORTS", 1) - 1
    if last_port > kinds.PORT_MAX:
        raise HarnessError(f"--port: the scenario {options.scenario} uses the ports {options.port} to {last_port}, but the last port is "
                           f"{kinds.PORT_MAX}; use a smaller --port")
    for port in range(options.port, last_port + 1):
        await_free_port(options.host, port)
    for name in ["server", *(set(BUILT) & set(scenario.NEEDS))]:
        path = getattr(options, name.replace("-", "_"))
        if not options.check and not path.is_file():
            raise HarnessError(f"--{name.replace('_', '-')}: there is no program at {path}; start bench/compare, which builds it, or name another "
                               "program")


def require_loads(options, scenario):
    """Checks the numbers of rounds, connections and threads."""
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


# --- the call

@dataclass
class Work:
    """What is going on: for the message of an interrupt."""

    progress: Progress
    call: Call | None = None
    session: object = None
    folder: pathlib.Path | None = None  # of a call with several scenarios

    def interrupted(self):
        stopped = "the load generator is" if self.call and self.call.given.attach else "the server and the load generator are"
        if self.session is None:
            return f"interrupted, {stopped} stopped"
        records = self.session.records
        return (f"interrupted, {stopped} stopped; {len(records.runs)} runs are kept in {records.folder}, and "
                f"--resume={self.folder or records.folder} continues")


def main():
    work = Work(Progress())
    return exit_status("bench/compare", lambda: do(work), work.interrupted, work.progress.end)


def do(work):
    """What the command line asks for. Returns the exit status."""
    work.call = call = parse_arguments(sys.argv[1:])
    if call.given.check:
        targets = build_targets(call)
        if targets and not (call.given.attach or call.given.replay):
            originals.ask(call.given, routers_of_originals(call))
        print(*targets)
    elif call.given.list:
        print(catalogue.overview([options.scenario for options in call.scenarios], lambda name, preset: planned_s(call.given, name, preset)))
    elif call.given.plan:
        print_plans(call)
    elif call.given.verify:
        for each in verify.verify_all(call.given.verify):
            print(each, flush=True)
    else:
        measure_all(call, work)
    return 0


def build_targets(call):
    """What the build must make, for the script bench/compare; nothing if nothing will run."""
    if call.given.list or call.given.plan or call.given.verify or call.given.docker:
        return []
    return attach.build_targets(call.scenarios[0]) if call.given.attach else ["server", "null_server", "load"]


def planned_s(given, name, preset):
    """How many seconds the scenario takes with this preset."""
    options = options_of(given, name, preset)
    options.originals = originals.planned(options, originals_of(name))
    require_loads(options, BY_NAME[name])
    return planning.make(options, BY_NAME[name]).seconds


def print_plans(call):
    for options in call.scenarios:
        options.originals = originals.planned(options, originals_of(options.scenario))
        print(planning.text(planning.make(options, module_of(options.scenario))))
    for reason in call.left_out:
        print(f"# {reason}")


def measure_all(call, work):
    """Measures each scenario, one after the other, and writes the report. One that fails does not stop the others."""
    page.require_library()
    drawing.require()
    progress, several = work.progress, len(call.scenarios) > 1
    for reason in call.left_out:
        progress.say(reason)
    plans = make_plans(call, progress)
    results = call.folder
    if several and not results:
        results = call.given.results / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{uuid.uuid4()}"
    work.folder = results
    measured, failed = list(call.complete), []
    for options, planned in itertools.zip_longest(call.scenarios, plans):
        options.results = results or options.results
        left_s, left_runs = progress.planned_s - progress.done_s, progress.runs - progress.runs_done
        try:
            measured.append(measure(options, planned, work))
        except (HarnessError, OSError) as error:
            if not several:
                raise
            progress.end()
            print(f"bench/compare: {options.scenario}: {sentence(error)}", file=sys.stderr)
            failed.append(options.scenario)
        if planned:
            progress.leave(left_s - planned.seconds, left_runs - planned.runs)
    if measured:
        progress.say(str(output.write(sorted(measured), results or measured[0])[0]))  # the last line; folders begin with their time
    if failed:
        raise HarnessError(f"{len(failed)} of {len(call.scenarios)} scenarios failed ({', '.join(failed)}); the reasons are above")


def make_plans(call, progress):
    """The plan of each scenario, for the time left; [] without a scenario."""
    if call.given.attach:
        return []
    prepare_originals(call, progress.say)
    if call.given.replay:
        return []
    plans = [planning.make(options, module_of(options.scenario)) for options in call.scenarios]
    progress.correct(sum(planned.seconds for planned in plans), sum(planned.runs for planned in plans))
    return plans


def routers_of_originals(call):
    """The routers of bench/originals that the scenarios of the call can measure, each once."""
    return tuple(dict.fromkeys(router for options in call.scenarios for router in originals_of(options.scenario)))


def prepare_originals(call, say):
    """Once for all scenarios, because each router is built once."""
    everything = copy.copy(call.given)
    originals.prepare(everything, routers_of_originals(call), say)
    for options in call.scenarios:
        of_scenario = originals_of(options.scenario)
        options.originals = {router: program for router, program in everything.originals.items() if router in of_scenario}


def measure(options, planned, work):
    """One scenario, or an attached server, which has no plan. Returns the folder of its records."""
    say = work.progress.say
    if options.attach:
        session, measure_all_runs = attach.AttachedSession(options, work.progress), attach.AttachedSession.measure
    elif options.replay:
        session, measure_all_runs = Session(options, work.progress, "replay"), replay.measure
    else:
        session, measure_all_runs = Session(options, work.progress), module_of(options.scenario).measure
    work.session = session
    if planned:
        say(f"{options.scenario}: {table.count(planned.runs, 'run')}, about {duration(planned.seconds)} (seed {options.seed})")
    with contextlib.ExitStack() as stack:
        if options.load_workers:
            session.cluster = stack.enter_context(cluster.Cluster(str(options.load_workers), options.duel_load, say))
        text = conclusion.run(session, measure_all_runs).text
    folder = session.records.folder
    say(f"\n{text}\n\nrecords and plots: {folder}")
    if options.plot and not options.replay:
        options.plot.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / f"{session.records.session['scenario']}.svg", options.plot)
        say(f"copy of the plot: {options.plot}")
    return folder


if __name__ == "__main__":
    sys.exit(main())
