"""`bench/rivals/servers/run`: measures this project's server beside those of other projects."""

import json
import shlex
import sys

from harness import cpus, options as kinds, table
from harness.environment import ROOT
from harness.errors import HarnessError
from harness.program import exit_status, put
from harness.progress import Progress, duration
from rivals import build
from rivals.build import BuildError
from rivals.servers import catalogue, loads, measuring, report

NAME = "bench/rivals/servers/run"
RESULTS = ROOT / "bench" / "results" / "servers"
DUEL_LOAD = catalogue.RELEASE / "duel-load"
ROUNDS_MAX, SECONDS_MAX, IDLE_MAX = 1000, 3600, 16_000


def parser():
    found = kinds.Parser(prog=NAME, description="Measures this project's server beside those of other projects, in interleaved runs on the same CPUs.")
    add = found.add_argument
    add("--list", action="store_true", help="list the servers and the loads; measures nothing")
    add("--plan", action="store_true", help="show what would run, in order, and how long it takes; builds and starts nothing")
    add("--write", action="store_true", help="write docs/rivals.md and docs/rivals.svg")
    add("--conformance", action="store_true", help="judge the HTTP of each server in place of measuring it, and write conformance.json")
    add("--servers", type=kinds.several_of(*catalogue.ALL), default=list(catalogue.ALL), metavar="NAMES", help="servers, separated by commas (all)")
    add("--loads", type=kinds.several_of(*loads.ALL), default=list(loads.ALL), metavar="NAMES", help="loads, separated by commas (all)")
    add("--rounds", type=kinds.whole(1, ROUNDS_MAX), default=7, metavar="N", help="rounds of each load; each has one run of every server (7)")
    add("--seconds", type=kinds.number(0.1, SECONDS_MAX), default=0.2, metavar="N", help="time of a run (0.2)")
    add("--warm-up", type=kinds.number(0.1, SECONDS_MAX), default=0.1, metavar="N", help="load before each run (0.1)")
    add("--idle", type=kinds.whole(0, IDLE_MAX), default=10_000, metavar="N", help="idle connections whose memory is measured; 0 for none (10000)")
    add("--port", type=kinds.whole(1, kinds.PORT_MAX - len(catalogue.ALL) + 1), default=9300, metavar="N", help=f"the first of {len(catalogue.ALL)} ports (9300)")
    add("--server-cpus", type=kinds.cpu_list, metavar="LIST", help="CPUs of the server (chosen)")
    add("--client-cpus", type=kinds.cpu_list, metavar="LIST", help="CPUs of duel-load (chosen)")
    add("--go", type=kinds.program, metavar="FILE", help="the go command for Gin, Echo and Beego (Go 1.21 of build/originals, or the installed one)")
    return found


def parse_arguments(arguments):
    """Ends the program with one sentence and status 2 if an option cannot be used."""
    parse = parser()
    options = parse.parse_args(arguments)
    options.loads = [load for name, load in loads.ALL.items() if name in options.loads]  # in the order of the table
    options.command_line = shlex.join([NAME, *arguments])
    options.duel_load = DUEL_LOAD
    if options.list:
        return options
    parse.read("results", kinds.writable_folder, str(RESULTS))
    parse.read("build", kinds.writable_folder, str(catalogue.OUT))
    try:
        options.cpus = cpus.choose(options.server_cpus, options.client_cpus)
        kinds.require_descriptors("--idle", max(options.idle, *(load.connections for load in options.loads)))
    except HarnessError as error:
        parse.error(str(error))
    return options


def listing():
    servers = [(rival.name, rival.what, "; ".join(rival.cannot) or "-", rival.bodies) for rival in catalogue.ALL.values()]
    columns = [(load.name, f"{'POST' if load.kind == 'echo' else 'GET'} {load.path}", load.connections, load.pipeline) for load in loads.ALL.values()]
    return "\n\n".join((table.render([["server"], ["what it is"], ["cannot"], ["bodies from"]], servers),
                        table.render([["load"], ["request"], ["connections"], ["in flight per connection"]],
                                     [tuple(map(str, column)) for column in columns])))


def plan(options):
    seconds = measuring.planned_s(options.servers, options.loads, options)
    lines = [f"# about {duration(seconds)}, without builds; nothing was started. Each round has another order (harness/order.py)."]
    lines += [f"start {name} and stop it (SIGSTOP): {catalogue.ALL[name].what}" for name in options.servers]
    for load in options.loads:
        lines.append(f"{load.name}: {table.count(options.rounds, 'round')}, in each one run of every server, which goes on (SIGCONT) for it")
        for port, name in enumerate(options.servers, start=options.port):
            if not measuring.can(name, load):
                lines.append(f"    # not {name}: {catalogue.ALL[name].cannot[load.kind]}")
                continue
            sent = load.duel_load(options.duel_load, options.seconds, options.cpus[1])
            lines.append("    " + shlex.join(sent.command(f"http://127.0.0.1:{port}{load.path}", "RUN_ID")))
    lines += [f"start each server again, open {options.idle:,} connections, and read its memory"] if options.idle else []
    return "\n".join(lines)


def say(text):
    print(text, flush=True)


def prepare(options):
    build.run("configure", ["cmake", "--preset", "release"], cwd=ROOT)
    targets = ["load", "server", "null_server", *(["judge_http"] if options.conformance else [])]
    build.run("duel", ["cmake", "--build", "--preset", "release", "--target", *targets], cwd=ROOT)
    found, options.missing = catalogue.prepare(options.servers, options, say)
    for name, why in options.missing.items():
        say(f"bench/rivals/servers: without {name}: {why}")
    if not found:
        raise HarnessError("there is no server to measure; install a toolchain, or name other servers with --servers")
    return found


def main(arguments):
    options = parse_arguments(arguments)
    if options.list or options.plan:
        print(listing() if options.list else plan(options))
        return 0
    try:
        found = prepare(options)
    except BuildError as error:
        raise HarnessError(str(error)) from error
    RESULTS.mkdir(parents=True, exist_ok=True)
    runs = options.rounds * len(found) * len(options.loads)
    session = measuring.Session(found, options, Progress(measuring.planned_s(found, options.loads, options), runs), RESULTS)
    session.check()
    return judge(session) if options.conformance else measure(session, options)


def judge(session):
    scores = {**measuring.known_scores(), **measuring.judge(session)}
    put(json.dumps(dict(sorted(scores.items())), indent=1) + "\n", measuring.COUNTS)
    return 0


def measure(session, options):
    session.measure()
    if options.idle:
        session.measure_idle()
    session.progress.end()
    results = report.Results(session)
    if not results.names:
        raise HarnessError(f"no server could be measured; the outputs are in {RESULTS}")
    say("\n" + report.text(results, options) + f"\n\nAll runs: {RESULTS.relative_to(ROOT)}/runs.csv")
    plot = report.PLOT if options.write else RESULTS / "rivals.svg"
    report.plot(results, options, plot)
    say(f"Plot: {plot.relative_to(ROOT)}")
    if options.write:
        put(report.page(results, options), report.PAGE)
    return 0


if __name__ == "__main__":
    sys.exit(exit_status(NAME, lambda: main(sys.argv[1:]), "interrupted; nothing was written"))
