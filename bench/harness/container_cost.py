"""bench/compare --docker: the request of S1 on the host and in containers, with the same program and the same CPUs.

Two kinds of containers separate the costs. One in the network of the host has namespaces, a cgroup with limits, and a filter of system
calls. One in a bridge network, which is the default of engines, also has each packet pass two virtual interfaces and the bridge.
"""

import contextlib
import shutil

from harness import comparison, containers, order, plots, presets, stats, styles, table
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.session import Cell

NAME = "container"  # of the records
DESCRIPTION = "What does a container cost? Both styles on the host, in containers in its network, and in a bridge network"
NEEDS = ("wrk",)
PRESETS = presets.IN_ROUNDS

PATH = "/ping"
HOST, AGAIN, SHARED, BRIDGE = "host", "again", "shared", "bridge"
TITLES = {HOST: "host", AGAIN: "host again (A/A)", SHARED: "container, network of the host", BRIDGE: "container, bridge network"}
INSIDE = (SHARED, BRIDGE)
# (label, field); each is the value at a place divided by that of the host
RATIOS = [("requests/s", "requests_per_s"), ("CPU-us/request", "cpu_us_per_request"), ("P99", "latency_p99_us")]


def require(options):
    """Raises HarnessError unless there are an engine, the images and wrk, of which a plan needs none. The program of the image becomes the
    one to measure."""
    if "--server" in options.given:
        raise HarnessError(f"--server: with --docker the program of the image {containers.image(containers.SERVER)} is measured; leave it out")
    if options.plan:
        options.server = containers.PLANNED_PROGRAM
        return
    if not shutil.which("wrk"):
        raise HarnessError("--docker: wrk, which loads the servers of the host, is not installed; call tools/install")
    containers.facts()
    if not options.check:
        options.server = containers.program_of_the_image()


# --- measuring

def measure(session):
    with contextlib.ExitStack() as stack:
        places = open_places(session, stack)
        for place in places.values():
            comparison.require_same_answers(session.at(place), [cell_of(router, HOST) for router in styles.NAMES])
        time_in_rounds(session, places)
        session.note("knobs_of_containers", {key: place.knobs for key, place in places.items() if isinstance(place, containers.Inside)})


def open_places(session, stack):
    """{key: place}. The containers of the loads end with `stack`."""
    session.act("remove the containers and networks of calls that were killed", lambda: containers.remove_abandoned(session.say))
    session.note("engine", session.act("ask the engine for its version and its images", containers.facts))
    session.act(f"copy the program of {containers.image(containers.SERVER)} to {containers.PLANNED_PROGRAM}", containers.program_of_the_image)
    places = {HOST: containers.Host(), AGAIN: containers.Host()}

    def add(key, network):
        name = f"{containers.PLANNED_LOAD}_{key.upper()}"
        command = containers.container_of_loads(session.client_cpus, network, planned=name).wrap(containers.WAIT)
        places[key] = session.act(
            f"start the container of the load generator: {TITLES[key]}",
            lambda: stack.enter_context(containers.inside(key, network, session.client_cpus, session.records.raw)),
            command, planned=containers.Inside(network, name, planned=True))

    add(SHARED, "host")
    try:
        add(BRIDGE, session.act("make the bridge network", lambda: stack.enter_context(containers.network()),
                                containers.network_command(containers.PLANNED_NETWORK), planned=containers.PLANNED_NETWORK))
    except HarnessError as error:
        session.note("missing", f"{TITLES[BRIDGE]}: not measured: {error}.")
    return places


def cell_of(router, place):
    return Cell(f"{router}_{place}", f"{styles.NAMES[router]}, {TITLES[place]}", router, PATH)


def time_in_rounds(session, places):
    """Every round measures each style at each place."""
    options = session.options
    keys = [(router, place) for router in styles.NAMES for place in places]
    session.say(f"timing {table.count(len(keys), 'server')} in {table.count(options.rounds, 'round')}")
    for number, of_round in enumerate(order.rounds(keys, options.rounds, options.seed), start=1):
        for router, place in of_round:
            cell = cell_of(router, place)
            record = session.at(places[place]).timed(cell, number)
            session.show(f"round {number} {cell.title:40}{comparison.progress(record)}")


# --- the report

def report(found):
    runs = {tuple(cell.split("_", 1)): records for cell, records in found.by_cell().items()}
    runs = {(router, place): runs[router, place] for router in styles.NAMES for place in TITLES if (router, place) in runs}
    places = [place for place in TITLES if ("gin", place) in runs]
    ratios = {router: {place: {label: ratio(runs, router, place, field) for label, field in RATIOS} for place in places if place != HOST}
              for router in styles.NAMES}
    of_styles = {place: stats.paired_ratio(*(values(runs[router, place], "requests_per_s") for router in ("gin", "beego"))) for place in places}
    figures = {"seed": found.options.seed, "styles": {place: vars(one) for place, one in of_styles.items()}, "ratios": {
        router: {place: {label: vars(one) for label, one in by_label.items()} for place, by_label in by_place.items()}
        for router, by_place in ratios.items()}}
    missing = [found.facts["missing"]] if "missing" in found.facts else []
    return Report(f"Containers, GET {PATH}", [heading(found), cost_table(runs, places), ratio_table(runs, ratios, of_styles, places),
                                              table.notes([*notes(found, runs), *missing])],
                  figures, lambda stem: draw(stem, heading(found).partition("\n")[0], runs, ratios))


def values(records, field):
    return [record[field] for record in records]


def ratio(runs, router, place, field):
    return stats.paired_ratio(values(runs[router, place], field), values(runs[router, HOST], field))


def heading(found):
    facts = found.facts["engine"]
    return (comparison.heading(found, f"Containers, GET {PATH}") +
            f"\nDocker {facts['engine_version']}, image of the server {facts['server_image'][7:19]}; every container: its CPUs as cpuset and "
            f"quota, {containers.MEMORY_BYTES >> 20} MiB without swap, read-only root, no capability")


def cost_table(runs, places):
    """The figures side by side: a column per style and place."""
    columns = list(runs.values())

    def row(label, field, digits=0, scale=1.0):
        return (label, *[comparison.cell_text(table.number(comparison.median(records, field) * scale, digits), field, records)
                         for records in columns])

    def sums(label, field):
        return (label, *[table.number(sum(values(records, field))) if place in INSIDE else "-" for (_, place), records in runs.items()])

    headers = [[""], *[[styles.NAMES[router], *TITLES[place].split(" ", 1)] for router in styles.NAMES for place in places]]
    return table.Table(headers, [
        row("requests/s", "requests_per_s"),
        ("the limit was", *[comparison.limit_of(records) for records in columns]),
        row("latency P99, ms", "latency_p99_us", 2, 1e-3),
        row("CPU-us/request (user + system)", "cpu_us_per_request", 2),
        row("  of these in system mode", "system_us_per_request", 2),
        row("server's CPUs busy, %", "server_share", 0, 100),
        row("client's CPUs busy, %", "client_share", 0, 100),
        row("peak RSS, MB", "peak_rss_kib", 1, 1024 / 1e6),
        sums("periods of the quota, all rounds", "quota_periods"),
        sums("  of these throttled", "throttled_periods")])


def ratio_table(runs, ratios, of_styles, places):
    """A column per place. The last row tells whether a place changes which style wins."""
    rows = []
    for label, field in RATIOS:
        for router, by_place in ratios.items():
            cells = [ratio_text(found[label], by_place[AGAIN][label], place, field, runs[router, place], runs[router, HOST])
                     for place, found in by_place.items()]
            rows.append((f"{styles.NAMES[router]}: {label}", "", *cells))
    rows.append(("requests/s, Gin / Beego", *[comparison.ratio_text(table.interval(of_styles[place]), "requests_per_s", runs["gin", place],
                                                                      runs["beego", place]) for place in places]))
    headers = [["place / host, median of the rounds", "[95 % bootstrap interval]"], *[TITLES[place].split(" ", 1) for place in places]]
    return table.Table(headers, rows)


def ratio_text(found, noise, place, field, records, on_host):
    tie = "~ " if place != AGAIN and stats.is_tie(found, noise) else ""
    return comparison.ratio_text(tie + table.interval(found), field, records, on_host)


def notes(found, runs):
    by_cell = {cell_of(*key).title: records for key, records in runs.items()}
    return ["A ratio above 1 means more than on the host: of requests/s that is better, of CPU time and P99 it is worse. \"~\" marks a tie: the "
            "interval contains 1, or the ratio is no further from 1 than that of the host against itself (A/A). Fewer than "
            f"{stats.ROUNDS_TO_CLAIM} rounds are always a tie.",
            f"Every column runs the same server program, {containers.PROGRAM} of the image. wrk is in a container too where the server is; the "
            "packets between the two pass the network of the column.",
            "CPU-us/request is the CPU time of the server's process. Work of the kernel for a network is counted there if it happens while the "
            "server sends, and for the client otherwise.",
            "The knobs of the machine, as each container sees them, are in the facts of the records (knobs_of_containers).",
            *comparison.remarks(found, by_cell)]


def draw(stem, title, runs, ratios):
    shown = [key for key in runs if key[1] != AGAIN]
    short = {HOST: "host", SHARED: "container", BRIDGE: "container,\nbridge"}
    groups = [(f"{styles.NAMES[router]}\n{short[place]}", styles.COLOURS[router]) for router, place in shown]
    metrics = [(f"{name}: every run, median, 95 % interval", [values(runs[key], field) for key in shown],
                [stats.estimate(values(runs[key], field)) for key in shown])
               for name, field in (("requests/s", "requests_per_s"), ("CPU-us/request", "cpu_us_per_request"))]
    costs = [(name, [0 if place == HOST else 100 * (ratios[router][place][label].median - 1) for router, place in shown])
             for name, (label, _) in zip(("requests/s: % more than on the host", "CPU-us/request: % more than on the host"), RATIOS)]
    plots.runs_and_costs(stem, title, groups, metrics, costs)
