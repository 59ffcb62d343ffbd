"""load_modes (S9, the article's 4.3): the load is raised step by step until the server gets slow, in three modes."""

import itertools
import textwrap
from dataclasses import dataclass, replace

from harness import article, comparison, duel_load, hdr, knee, limit_rule, order, plots, stats, styles, table
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.session import AT_ONCE, Cell

DESCRIPTION = "At which load does a server get slow? Short and long connections and mixed bodies, raised step by step to the knee"
NEEDS = ("duel-load",)
ORIGINALS = ("gin", "beego")
FIRST_STYLE = next(iter(styles.NAMES))
PRESETS = {
    "quick": {"rounds": 1, "seconds": 1, "warm_up": 0, "connections": 512},  # a search has many runs
    "default": {"rounds": 1, "seconds": 2, "warm_up": 1, "connections": 512},
    "full": {"rounds": 5, "seconds": 10, "warm_up": 1, "connections": 512},
}
FIRST = 1_000  # requests/s, the lowest rung
AGAIN_IN = "long"  # the mode in which the first style is measured twice (A/A)
OPEN = ">= "  # before a knee whose end is not known
# A late request adds at most this to a latency. It is far below the latency at which a step is lost (knee.P99_FLOOR_US).
PLAN = duel_load.Plan(max_lateness_us=1_000, timeout="2s", errors_are_results=True)
# This answer of 54 KB costs the server more than the client, even if the client opens a connection for it.
LIST = "/list/2000"
SMALL, LARGE = "9 POST /echo body={\"id\":7,\"name\":\"someone\"} header=Content-Type:application/json", "1 POST /echo body=size:512k chunk=16k"


TITLE_WIDTH = 58  # of a panel
RUNS_PER_LADDER = 10  # about; for the plan and the estimate of the time


@dataclass(frozen=True)
class Mode:
    key: str  # also in article.LOAD_MODES
    title: str
    path: str
    plan: duel_load.Plan


MODES = [
    Mode("short", f"short connections: GET {LIST}, one request per connection", LIST, replace(PLAN, requests_per_connection=1)),
    Mode("long", f"long connections: GET {LIST}", LIST, PLAN),
    Mode("mixed", "mixed bodies: POST /echo, 9 of 10 with a small JSON object, 1 of 10 with 512 KiB in chunks of 16 KiB", "/echo",
         replace(PLAN, mix=(SMALL, LARGE))),
]


@dataclass(frozen=True)
class Ladder:
    """One style in one mode."""

    mode: Mode
    router: str
    again: bool = False  # measured a second time, for A/A

    @property
    def key(self):
        return f"{self.router}_{self.mode.key}" + "_again" * self.again

    @property
    def title(self):
        return styles.SUBJECTS[self.router].name + " again (A/A)" * self.again

    def has(self, cell_key):
        """Whether the cell is one of this ladder: its key is that of the ladder, the rate, and the number of runs before."""
        return cell_key.rsplit("_", 2)[0] == self.key

    def cell(self, rate, runs_before):
        return Cell(f"{self.key}_{rate}_{runs_before}", f"{self.title}, {self.mode.key}, {rate:,}/s", self.router, self.mode.path,
                    plan=replace(self.mode.plan, rate=rate))


def ladders_of(mode, originals=True):
    """The ladders of a mode, with those of the originals or without."""
    again = [Ladder(mode, FIRST_STYLE, again=True)] if mode.key == AGAIN_IN else []
    return [*(Ladder(mode, router) for router in [*styles.NAMES, *(f"go_{router}" for router in ORIGINALS if originals)]), *again]


def all_ladders(options):
    return [ladder for mode in MODES for ladder in ladders_of(mode, options.originals)]


def compared(options):
    """(router, router) of each ratio."""
    return [(FIRST_STYLE, router) for router in list(styles.NAMES)[1:]] + [("go_gin", "go_beego")] * bool(options.originals)


def measure(session):
    options, ladders = session.options, all_ladders(session.options)
    comparison.require_same_answers(session, [ladder.cell(FIRST, 0) for ladder in ladders if ladder.mode.path == LIST])
    session.say(f"{len(ladders)} ladders of about {RUNS_PER_LADDER} runs in {table.count(options.rounds, 'round')}")
    for number, of_round in enumerate(order.rounds(ladders, options.rounds, options.seed), start=1):
        for ladder in of_round:
            climb(session, ladder, number)


def knees_of(found):
    """The records and the knees of all ladders: {ladder key: [[record] per round]}, {ladder key: [knee.Knee per round]}."""
    climbed = {ladder.key: climbed_of(found, ladder) for ladder in all_ladders(found.options)}
    return climbed, {key: [knee.find(list(map(as_run, records))) for records in rounds] for key, rounds in climbed.items()}


def report(found):
    climbed, knees = knees_of(found)
    return Report("Load modes (S9)", parts(found, climbed, knees),
                  {"seed": found.options.seed, "knees": {key: [vars(one) for one in rounds] for key, rounds in knees.items()}},
                  lambda stem: draw(stem, found, climbed, knees))


def climbed_of(found, ladder):
    """The records of a ladder, per round, in the order in which they were measured."""
    records = sorted((record for record in found.used("timed") if ladder.has(record["cell"])), key=lambda record: record["round"])
    return [list(of_round) for _, of_round in itertools.groupby(records, lambda record: record["round"])]


def climb(session, ladder, number):
    """Measures one ladder. Each run has a new server, so that its memory is its own."""
    records = []
    for rate in session.repeat(lambda: knee.next_rate(list(map(as_run, records)), FIRST), RUNS_PER_LADDER):
        rate = session.from_results(rate, "RATE", f"{FIRST:,} first, doubled until it is not held, then bisected (bench/harness/knee.py)")
        record = session.timed(ladder.cell(rate, len(records)), number, may_be_late=AT_ONCE)
        records.append(record)
        found = knee.outcome(as_run(record), knee.p99_limit_us(list(map(as_run, records))))
        session.show(f"round {number} {ladder.mode.key:5} {ladder.title:17} {rate:9,} requests/s  achieved {record['achieved_rate']:9,.0f}  "
                     f"P99 {record['latency_p99_us'] / 1e3:8.2f} ms  server {record['server_share']:4.0%}  client {record['client_share']:4.0%}  "
                     f"{found}")
    if knee.outcomes(list(map(as_run, records)))[FIRST] == knee.UNKNOWN:
        raise HarnessError(f"{ladder.title}, {ladder.mode.key}: no load is low enough on this machine: {records[-1]['late']}")


def as_run(record):
    late = bool(record["late"]) and record["limit"] != limit_rule.SERVER
    return knee.Run(record["intended_rate"], record["achieved_rate"], record["latency_p99_us"], errors(record), late)


def errors(record):
    return sum(record[f"errors_{name}"] for name in duel_load.ERRORS)


@dataclass(frozen=True)
class Step:
    """All runs of one rung that had its outcome: a disturbed run of a rung that was held does not count."""

    rate: int
    outcome: str
    records: list
    measured: int  # runs, with the disturbed ones

    def median(self, field):
        return comparison.median(self.records, field)

    @property
    def peak_rss_mb(self):
        return max(record["peak_rss_kib"] for record in self.records) * 1024 / 1e6


def steps_of(rounds):
    """The steps of a ladder, all rounds together, from the lowest rate."""
    found = {}
    for records in rounds:
        runs = list(map(as_run, records))
        limit_us, by_rate = knee.p99_limit_us(runs), knee.outcomes(runs)
        for record, one in zip(records, runs):
            kept, every = found.setdefault(one.rate, ({}, []))
            every.append(record)
            if knee.outcome(one, limit_us) == by_rate[one.rate]:
                kept.setdefault(by_rate[one.rate], []).append(record)
    # Rounds can differ. The outcome of most runs counts.
    return [Step(rate, *max(kept.items(), key=lambda item: len(item[1])), len(every)) for rate, (kept, every) in sorted(found.items())]


def latency_ms(found, step, part):
    return hdr.quantile(hdr.merge(duel_load.histograms(found.raw, step.records)), part) / 1e6


# --- the tables

def parts(found, climbed, knees):
    options = found.options
    load = f"duel-load --connections={options.connections} --duration={options.seconds}s per step"
    title = comparison.heading(found, "Load modes (S9)", of_rounds="raised to the knee", load=load)
    tables = [part for mode in MODES for part in (mode.title, step_table(found, mode, climbed))]
    records = {key: [record for of_round in rounds for record in of_round] for key, rounds in climbed.items()}
    heading = "\n".join([title, comparison.allocator_and_contexts(found), *comparison.originals_line(found)])
    return [heading, knee_table(found, climbed, knees), *tables, notes(found, records, knees)]


def knee_table(found, climbed, knees):
    headers = [["the knee"], ["requests/s", "held"], ["next", "step"], ["the limit", "there"], ["P99,", "ms"], ["server's", "CPUs busy"],
               ["CPU-us/", "request"], ["peak RSS,", "MB"], ["article:", "requests/s"], ["article:", "heap, MB"]]
    rows = []
    for mode in MODES:
        printed = article.LOAD_MODES[mode.key]
        rows.append((f"{mode.key}", *[""] * 7, table.number(printed["requests_per_s"]), printed["heap_mb"]))
        rows += [knee_row(found, ladder, climbed[ladder.key], knees[ladder.key]) for ladder in ladders_of(mode, found.options.originals)]
        rows += [ratio_row(mode, *pair, knees) for pair in compared(found.options)]
    return table.Table(headers, rows)


def knee_row(found, ladder, rounds, knees):
    steps = {step.rate: step for step in steps_of(rounds)}
    held = median_rung([one.held for one in knees])
    above = median_rung([one.lost for one in knees])
    at_knee, beyond = steps.get(held), steps.get(above)
    cells = ["", "", "", ""] if at_knee is None else [
        table.number(latency_ms(found, at_knee, 0.99), 2), f"{at_knee.median('server_share'):.0%}",
        table.number(at_knee.median("cpu_us_per_request"), 2), table.number(at_knee.peak_rss_mb, 1)]
    return (f"  {ladder.title}", held_text(knees), table.number(above), limit_above(beyond), *cells, "", "")


def median_rung(rates):
    """The middle one of the rates that are known; None if none is. Of two, the lower one."""
    known = sorted(rate for rate in rates if rate is not None)
    return known[(len(known) - 1) // 2] if known else None


def held_text(knees):
    held = median_rung([one.held for one in knees])
    if held is None:
        return f"< {FIRST:,}"
    mark = "" if all(one.found for one in knees) else OPEN
    known = [one.held or 0 for one in knees]
    spread = f" ({min(known):,} to {max(known):,})" if len(set(known)) > 1 else ""
    return f"{mark}{held:,}{spread}"


def limit_above(step):
    """Who limited the step above the knee."""
    if step is None:
        return ""
    return "client" if step.outcome == knee.UNKNOWN else comparison.limit_of(step.records)


def ratio_row(mode, first, router, knees):
    a, b = knees[f"{first}_{mode.key}"], knees[f"{router}_{mode.key}"]
    label = f"  {styles.SUBJECTS[first].name} / {styles.SUBJECTS[router].name}"
    if not all(one.found for one in [*a, *b]):
        return (label, "unknown", *[""] * 8)
    ratio = stats.paired_ratio([one.held for one in a], [one.held for one in b])
    tie = "~ " if is_tie(rungs_between(a, b), rungs_between(knees[f"{FIRST_STYLE}_{AGAIN_IN}"], knees[f"{FIRST_STYLE}_{AGAIN_IN}_again"])) else ""
    return (label, tie + table.interval(ratio), *[""] * 8)


def rungs_between(first, second):
    """How many rungs the knee of `first` is above that of `second`, per round; None for a round in which one is unknown."""
    return [knee.PLACES[a.held] - knee.PLACES[b.held] if a.found and b.found else None for a, b in zip(first, second)]


def is_tie(rungs, same_against_same):
    """True if the knees differ by no more than one rung, or than the same style against itself."""
    noise = max([1, *[abs(one) for one in same_against_same if one is not None]])
    return abs(sum(rungs) / len(rungs)) <= noise


def step_table(found, mode, climbed):
    headers = [["intended", "requests/s"], ["achieved", "requests/s"], ["P50, ms"], ["P99, ms"], ["CPU-us/", "request"], ["server's", "CPUs busy"],
               ["client's", "CPUs busy"], ["peak RSS,", "MB"], ["purge", "passes/s"], ["madvise", "calls/s"], ["GC", "runs/s"],
               ["minor faults/", "1000 requests"], ["errors"], ["runs"], ["outcome"]]
    rows = []
    for ladder in ladders_of(mode, found.options.originals):
        rows.append(ladder.title)
        rows += [step_row(found, step) for step in steps_of(climbed[ladder.key])]
    return table.Table(headers, rows)


def step_row(found, step):
    return (f"  {step.rate:9,}", table.number(step.median("achieved_rate")), table.number(latency_ms(found, step, 0.5), 2),
            table.number(latency_ms(found, step, 0.99), 2), table.number(step.median("cpu_us_per_request"), 2),
            f"{step.median('server_share'):.0%}", f"{step.median('client_share'):.0%}",
            table.number(step.peak_rss_mb, 1),
            *[comparison.rates_where_known([step.records], field)[0] for field in ("purge_passes", "purge_calls", "gc_runs")],
            table.number(step.median("minor_faults_per_request") * 1000, 2),
            table.number(sum(map(errors, step.records))), str(step.measured), step.outcome)


def open_knees(knees):
    """What >= in the table means, and where it stands; [] if it stands nowhere."""
    marked = [(ladder, knees[ladder.key]) for mode in MODES for ladder in ladders_of(mode) if ladder.key in knees]
    places = [f"{ladder.title}, {ladder.mode.key} (in {sum(not one.found for one in rounds)} of {table.count(len(rounds), 'round')})"
              for ladder, rounds in marked if held_text(rounds).startswith(OPEN)]
    if not places:
        return []
    return [">= before a knee: the knee is this load or a higher one. In at least one round no step above the highest held one was lost by the "
            "server: the next step is unknown, or it was not measured. Such a knee has no ratio, so the row of the ratio says unknown. Here: "
            f"{'; '.join(places)}."]


def notes(found, records, knees):
    every = [record for of_ladder in records.values() for record in of_ladder]
    invalid = sum(not record["used"] for record in found.runs)
    lines = [
        f"A step is held if the client sent at least {knee.ACHIEVED:.0%} of the intended requests in time, no request failed, and the P99 is at "
        f"most {knee.SLOWER} times that of the lowest step (or {knee.P99_FLOOR_US / 1e3:g} ms, if that is more). The knee is the highest step "
        f"that was held. A step that is not held is measured {knee.ATTEMPTS} times (rule: bench/harness/knee.py).",
        f'A step is 12 % above the step below. "~" marks a tie: the knees differ by no more than one step, or than those of one style '
        f'measured against itself (A/A, in the mode "{AGAIN_IN}").',
        "A latency counts from the time at which the request was due, so it contains the time in which all connections were busy. The P50 and "
        "P99 of a step are those of all its runs together (merged histograms).",
        f"unknown: duel-load itself was late (P99 of its lateness above {PLAN.max_lateness_us / 1e3:g} ms) and the server was not the limit, so the "
        "step says nothing about the server.",
        *open_knees(knees),
        "A server can be slow before it has used all of its CPU time: then the limit at the next step is neither.",
        "The article names neither the server nor the machine of its table. Its collectors are those of the JVM.",
    ]
    if invalid:
        lines.append(f"{table.count(invalid, 'invalid run')} had to be repeated. The column `invalid` of the records has the reason.")
    lines += [f"Caution: {doubt}." for doubt in comparison.noise(found, every)]
    if found.options.rounds == 1:
        lines.append("This is a first impression from 1 round. To publish knees, use --rounds=5 or --full.")
    return table.notes(lines)


def draw(stem, found, climbed, knees):
    panels = []
    for mode in MODES:
        curves = []
        for ladder in ladders_of(mode, found.options.originals):
            if ladder.again:
                continue
            steps = [step for step in steps_of(climbed[ladder.key]) if step.outcome != knee.UNKNOWN]
            rows = [[latency_ms(found, step, 0.99) for step in steps], [step.median("achieved_rate") for step in steps],
                    [step.peak_rss_mb for step in steps]]
            curves.append((ladder.title, styles.SUBJECTS[ladder.router].colour, [step.rate for step in steps], rows,
                           median_rung([one.held for one in knees[ladder.key]])))
        panels.append((textwrap.fill(mode.title, TITLE_WIDTH), curves, article.LOAD_MODES[mode.key]["requests_per_s"]))
    facts = found.environment
    plots.load_modes(stem, "The load is raised until the server gets slow", panels,
                     f"Star: the knee, the highest load that is held. {found.options.connections} connections, {facts['cpu_model']}, "
                     f"Linux {facts['kernel']}.")
