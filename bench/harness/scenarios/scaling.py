"""scaling: 1, 2, 4 ... threads of the server against the rest of the CPUs as clients."""

import os
from dataclasses import asdict, dataclass

from harness import comparison, cpus, limit_rule, order, plots, stats, styles, table
from harness.balance import shares_of_workers
from harness.conclusion import Report
from harness.duel_load import Plan
from harness.session import NULL, Cell

DESCRIPTION = "What does one more thread bring? 1, 2, 4 ... server threads against the rest of the CPUs as clients; balance of the workers"
NEEDS = ("duel-load",)
PRESETS = {
    "quick": {"rounds": 2, "seconds": 1, "warm_up": 1, "connections": 256},
    "default": {"rounds": 5, "seconds": 2, "warm_up": 1, "connections": 256},
    "full": {"rounds": 10, "seconds": 10, "warm_up": 2, "connections": 256},
}
PATH = "/ping"
PIPELINE = 16  # so that a request costs the server more CPU time than the client
AGAIN = "gin_again"
SHARED = "shared"  # in place of a limit: the client runs on a CPU of the server


@dataclass(frozen=True)
class Step:
    """Server threads, one per CPU of the server, and the CPUs of the client."""

    server: tuple
    client: tuple

    @property
    def threads(self):
        return len(self.server)

    @property
    def is_shared(self):
        return bool(set(self.server) & set(self.client))


def powers_of_two(most):
    return [1 << exponent for exponent in range(most.bit_length())]


def steps_of_server(cores, server=None):
    """The steps if the load comes from other machines: the server can have every core."""
    places = server or ([core[0] for core in cores] if len(cores) > 1 else cores[0])
    return [Step(tuple(places[:threads]), ()) for threads in powers_of_two(len(places))]


def steps_of(cores, server=None, client=None):
    """The steps. `cores` has the CPUs of each physical core; `server` and `client` are the sets of the command line, which are
    disjoint. The server gets one CPU per core, and no core of a client. If only one step would be left, a second one has two threads,
    and the client shares a CPU with one of them."""
    if server and client:
        return [Step(tuple(server[:threads]), tuple(client)) for threads in powers_of_two(len(server))]
    places = cores if len(cores) > 1 else [(cpu,) for cpu in cores[0]]
    steps = [Step(tuple(place[0] for place in places[:threads]), tuple(cpu for place in places[threads:] for cpu in place))
             for threads in powers_of_two(len(places) - 1)]
    if len(steps) == 1:
        steps.append(Step((places[0][0], places[1][0]), (places[1][0],)))
    return steps


def measure(session):
    options = session.options
    given = cpus.choose(options.server_cpus, options.client_cpus) if options.server_cpus or options.client_cpus else (None, None)
    cores = cpus.cores(sorted(os.sched_getaffinity(0)))
    steps = steps_of_server(cores, options.server_cpus) if session.cluster else steps_of(cores, *given)
    comparison.require_same_answers(session, [Cell(router, name, router, PATH) for router, name in styles.NAMES.items()])
    session.note("steps", [asdict(step) for step in steps])
    time_in_rounds(session, steps)


def report(found):
    steps = [Step(tuple(step["server"]), tuple(step["client"])) for step in found.facts["steps"]]
    by_key = found.by_cell()
    return Report(
        "Scaling", [heading(found), cost_table(steps, by_key), speed_up_table(steps, by_key), notes(found, steps, by_key)],
        {"seed": found.options.seed, "speed_ups": {
            key: {name: vars(speed_up(by_key, key, steps, by_cpu_time)) for name, by_cpu_time in (("requests_per_s", False), ("by_cpu_time", True))}
            for key in by_key if key != AGAIN}},
        lambda stem: draw(stem, found, steps, by_key))


def key_of(router, step):
    return f"{router}_{step.threads}"


def cell_of(key, router):
    return Cell(key, key.replace("_", " "), router, PATH, plan=Plan(pipeline=PIPELINE), admin=True)


def time_in_rounds(session, steps):
    """Each round begins with the null server of each step, whose rate is the ceiling of the step."""
    options = session.options
    cells = [(step, cell_of(key_of(router, step), router)) for step in steps for router in styles.NAMES]
    cells.append((steps[0], cell_of(AGAIN, "gin")))
    ceilings = [step for step in steps if not step.is_shared] if session.has_null_server else []
    session.say(f"timing {table.count(len(cells) + len(ceilings), 'server')} in {table.count(options.rounds, 'round')}")
    for number, round_cells in enumerate(order.rounds(cells, options.rounds, options.seed), start=1):
        ceiling_of = {}
        nulls = [(step, cell_of(key_of(NULL, step), NULL)) for step in ceilings]
        for step, cell in nulls + round_cells:
            purpose = "ceiling" if cell.router == NULL else "timed"
            record = session.on(step.server, step.client).timed(cell, number, ceiling_of.get(step), purpose)
            if cell.router == NULL:
                ceiling_of[step] = limit_rule.Ceiling.of(record)
            session.show(f"round {number} {cell.title:10} {record['requests_per_s']:11,.0f} requests/s "
                         f"{record['cpu_us_per_request']:6.3f} CPU-us/request  server {record['server_share']:4.0%}  "
                         f"client {record['client_share']:4.0%}  limit: {SHARED if step.is_shared else record['limit']}")


def heading(found):
    options, facts = found.options, found.environment
    return (f"Scaling, GET {PATH}, {found.began}: duel-load in a closed loop, "
            f"{options.connections} connections, {PIPELINE} requests in flight on each, {options.seconds} s, "
            f"{table.count(options.rounds, 'round')}, medians\n"
            f"{facts['cpu_model']}, {facts['cpu_count']} CPUs, Linux {facts['kernel']}, {found.runs[-1]['allocator']}"
            + (f"; duel-load on {found.facts['cluster']}" if "cluster" in found.facts else ""))


def limit_of(step, runs):
    return SHARED if step.is_shared else comparison.limit_of(runs)


def cost_table(steps, by_key):
    rows = []
    for router, name in styles.NAMES.items():
        for step in steps:
            runs = by_key[key_of(router, step)]
            limit = limit_of(step, runs)
            mark = "" if limit == limit_rule.SERVER else "*"
            rows.append((name, str(step.threads), cpus.text(step.server), cpus.text(step.client) or "remote",
                         mark + table.number(comparison.median(runs, "requests_per_s")),
                         table.number(comparison.median(runs, "cpu_us_per_request"), 3),
                         table.number(comparison.median(runs, "user_us_per_request"), 3),
                         f"{comparison.median(runs, 'server_share'):.0%}", f"{comparison.median(runs, 'client_share'):.0%}", limit,
                         shares_of_workers(runs, "worker_requests"), shares_of_workers(runs, "worker_connections")))
    headers = [["style"], ["threads"], ["CPUs of", "server"], ["CPUs of", "client"], ["requests/s"], ["CPU-us/", "request"],
               ["in user", "mode"], ["server's", "CPUs busy"], ["client's", "CPUs busy"], ["the limit", "was"],
               ["requests per worker,", "of an equal share"], ["connections per worker,", "of an equal share"]]
    return table.Table(headers, rows)


def values(by_key, key, field):
    return [record[field] for record in by_key[key]]


def speed_up(by_key, key, steps, by_cpu_time):
    """Against one thread of the same style, as an Estimate. By CPU time: the threads, times the cost of a request with one thread over
    its cost with these threads. That is the speed-up if each thread has a CPU and is busy."""
    router, threads = key.rsplit("_", 1)
    first = key_of(router, steps[0])
    if by_cpu_time:
        costs = [[cost / int(threads) for cost in values(by_key, key, "cpu_us_per_request")], values(by_key, first, "cpu_us_per_request")]
        return stats.paired_ratio(costs[1], costs[0])
    return stats.paired_ratio(values(by_key, key, "requests_per_s"), values(by_key, first, "requests_per_s"))


def speed_up_text(by_key, router, step, steps, by_cpu_time):
    if step is steps[0]:
        return "1"
    key = key_of(router, step)
    text = table.interval(speed_up(by_key, key, steps, by_cpu_time))
    if by_cpu_time:
        return text
    if step.is_shared:
        return SHARED
    text = comparison.ratio_text(text, "requests_per_s", by_key[key], by_key[key_of(router, steps[0])])
    is_server = all(comparison.limit_of(by_key[each]) == limit_rule.SERVER for each in (key, key_of(router, steps[0])))
    return text if is_server or text == comparison.CLIENT_BOUND else "*" + text


def style_ratio(by_key, step, field, noise):
    """Above 1 if the Gin style is better."""
    gin, beego = key_of("gin", step), key_of("beego", step)
    better, worse = (gin, beego) if field == "requests_per_s" else (beego, gin)
    ratio = stats.paired_ratio(values(by_key, better, field), values(by_key, worse, field))
    text = ("~ " if stats.is_tie(ratio, noise) else "") + table.interval(ratio)
    if field != "requests_per_s":
        return text
    return SHARED if step.is_shared else comparison.ratio_text(text, field, by_key[gin], by_key[beego])


def speed_up_table(steps, by_key):
    first = key_of("gin", steps[0])
    fields = {"requests/s, Gin / Beego": "requests_per_s", "CPU-us/request, Beego / Gin": "cpu_us_per_request"}
    noise = {field: stats.paired_ratio(values(by_key, AGAIN, field), values(by_key, first, field)) for field in fields.values()}
    rows = []
    for label, by_cpu_time in (("requests/s", False), ("requests per CPU time, times threads", True)):
        rows += [(f"{name}: {label}", *[speed_up_text(by_key, router, step, steps, by_cpu_time) for step in steps],
                  table.interval(noise["cpu_us_per_request" if by_cpu_time else "requests_per_s"]) if router == "gin" else "")
                 for router, name in styles.NAMES.items()]
    rows += [(label, *[style_ratio(by_key, step, field, noise[field]) for step in steps], table.interval(noise[field]))
             for label, field in fields.items()]
    headers = [["speed-up against 1 thread, ratio of the styles", "[95 % bootstrap interval]"],
               *[[table.count(step.threads, "thread")] for step in steps], ["A/A: Gin, 1 thread,", "against itself"]]
    return table.Table(headers, rows)


def notes(found, steps, by_key):
    lines = ["Ideal is a speed-up of the number of threads. Per CPU time it does not depend on the client: it falls if a request costs more "
             "CPU time with more threads.",
             comparison.HOW_TO_READ_RATIOS.format(better="the Gin style is better"),
             "The kernel gives each new connection to one of the workers by a hash of its addresses, and the connection stays there. A worker "
             "with more connections answers more requests.",
             *shared_notes(steps),
             *comparison.power_note(by_key[key_of("gin", steps[0])], by_key[AGAIN])]
    of_free_steps = {key: runs for key, runs in by_key.items() if not any(step.is_shared and key.endswith(f"_{step.threads}") for step in steps)}
    return table.notes([*lines, *comparison.remarks(found, of_free_steps)])


def shared_notes(steps):
    """What a step can and cannot show if the client has no CPU of its own."""
    return [f"{SHARED}: with {step.threads} threads the server uses CPU {cpus.text(step.server)}, and no CPU is left, so the client shares "
            f"CPU {cpus.text(step.client)} with a worker. The step shows what a request costs with {step.threads} workers and how evenly "
            "they share connections and requests. It cannot show requests/s or their speed-up, because the client takes CPU time "
            "from the server. A machine with more CPUs shows both." for step in steps if step.is_shared]


def draw(stem, found, steps, by_key):
    threads = [step.threads for step in steps]
    panels = []
    for title, field, is_ideal in (("requests/s", "requests_per_s", True), ("CPU-us/request", "cpu_us_per_request", False)):
        curves = []
        for router, name in styles.NAMES.items():
            runs = [values(by_key, key_of(router, step), field) for step in steps]
            estimates = [stats.estimate(ys) for ys in runs]
            filled = [not is_ideal or limit_of(step, by_key[key_of(router, step)]) == limit_rule.SERVER for step in steps]
            ideal = [estimates[0].median * count for count in threads] if is_ideal else None
            curves.append((f"{name} style", styles.COLOURS[router], runs, estimates, filled, ideal))
        panels.append((title, curves))
    plots.against_threads(stem, heading(found).partition("\n")[0], threads, panels)
