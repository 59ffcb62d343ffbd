"""smallest_box: the smallest CPU quota and the smallest memory limit with which each style holds a service level.

The level is a rate and a maximum P99. duel-load sends the rate whatever the server does (open loop), and a latency counts from the time
at which a request was due. So a server whose quota is too small falls behind, and the delay grows until the end of the run.
"""

import itertools
from dataclasses import dataclass, replace

from harness import bisection, cgroup, comparison, duel_load, plots, presets, stats, styles, table
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.session import ATTEMPTS_MAX, Cell

DESCRIPTION = "How small a box holds a service level? The smallest CPU quota and the smallest memory limit of each style"
NEEDS = ("duel-load",)
# `rounds` is the number of repetitions of a value.
PRESETS = {
    "quick": {"rounds": 1, "seconds": 1, "warm_up": presets.QUICK_WARM_UP_S, "connections": 64, "rate": 10_000.0, "p99_ms": 20.0},
    "default": {"rounds": 3, "seconds": 2, "warm_up": 1, "connections": 64, "rate": 10_000.0, "p99_ms": 20.0},
    "full": {"rounds": 5, "seconds": 10, "warm_up": 1, "connections": 64, "rate": 10_000.0, "p99_ms": 20.0},
}
LIMITS = cgroup.Limits(cpu_percent=100, memory_bytes=2**30)
PATH = "/json"
WHOLE = "whole"  # the purpose of the runs without a limit; those of a search have the key of their resource
RESOLUTION = 0.03  # of the bracket: (holds - fails) / fails
GUESS = 1.15  # of what a server uses in the whole box; the first value should hold
RUNS_OF_A_SEARCH = 14.5  # mean of simulated searches with three repetitions
TIMEOUT = "2s"  # a request that waits longer fails, and with it the level
LATENESS = 0.05  # of the maximum P99: a run that misses the level is repeated if the load generator was later than this
LATENESS_MAX_US = 60_000_000  # for duel-load, whose own rule knows no level
MEGABYTE = 1e6
RULE = f"{GUESS:g} times what the whole box used first, then the bracket is halved (bench/harness/bisection.py)"


@dataclass(frozen=True)
class Resource:
    """What is searched for. A value is in `unit`."""

    key: str
    title: str
    unit: str
    digits: int
    minimum: float
    name: str  # of a value, in a plan

    def maximum(self, server_cpus):
        return 100.0 * len(server_cpus) if self.key == "cpu" else LIMITS.memory_bytes / MEGABYTE

    def limits(self, server_cpus, value):
        """The limits of a server with this value of the resource, and enough of the other."""
        whole = whole_box(server_cpus)
        return replace(whole, cpu_percent=value) if self.key == "cpu" else replace(whole, memory_bytes=round(value * MEGABYTE))

    def used(self, runs):
        """What the server used in the whole box."""
        if self.key == "cpu":
            return comparison.median(runs, "cpu_us_per_request") * comparison.median(runs, "requests_per_s") / 1e6 * 100
        return max(record["group_peak_bytes"] for record in runs) / MEGABYTE


CPU = Resource("cpu", "CPU quota", "% of a CPU", 1, 100 * cgroup.QUOTA_MIN_US / cgroup.PERIOD_US, "PERCENT")
MEMORY = Resource("memory", "memory limit", "MB", 2, 0.1, "MB")


@dataclass(frozen=True)
class Outcome:
    """One run with one value."""

    held: bool
    why: str  # a clause; "" if it held
    record: dict | None  # None if the server ended


@dataclass
class Searched:
    """A search and its runs."""

    subject: Cell
    search: bisection.Search
    outcomes: dict  # per value, the list of outcomes

    def tell(self, outcome):
        self.outcomes.setdefault(self.search.value, []).append(outcome)
        self.search.tell(outcome.held)

    @property
    def bracket(self):
        return self.search.bracket

    def median(self, end, field):
        """The median of the field over the runs at this end of the bracket ("holds" or "fails"); None if no run has it."""
        records = [outcome.record for outcome in self.outcomes.get(getattr(self.bracket, end), []) if outcome.record]
        return comparison.median(records, field) if records else None

    def ended(self, end):
        """How many servers ended at this end, and how many were started."""
        outcomes = self.outcomes.get(getattr(self.bracket, end), [])
        return sum(outcome.record is None for outcome in outcomes), len(outcomes)


def subjects_of(options):
    """Every style, and the first one again (A/A)."""
    subjects = [Cell(router, name, router, PATH, plan=plan(options)) for router, name in styles.NAMES.items()]
    return [*subjects, replace(subjects[0], key=f"{subjects[0].key}_again", title=f"{subjects[0].title} again")]


def measure(session):
    subjects = subjects_of(session.options)
    comparison.require_same_answers(session, subjects[:-1])
    session.say(f"the level: {level(session.options)}")
    whole = whole_boxes(session, subjects[:-1])
    whole[subjects[-1].key] = whole[subjects[0].key]
    for resource in (CPU, MEMORY):
        search_all(session, subjects, resource, whole, RESOLUTION)


def report(found):
    subjects, whole = subjects_of(found.options), found.by_cell(WHOLE)
    whole[subjects[-1].key] = whole[subjects[0].key]
    searched = {resource.key: searched_of(found, subjects, resource, whole) for resource in (CPU, MEMORY)}
    return Report("Smallest box", parts(found, subjects, whole, searched), {"seed": found.options.seed, "brackets": {
        key: {one.subject.key: vars(one.bracket) for one in searches} for key, searches in searched.items()}},
        lambda stem: draw(stem, found, searched))


def plan(options):
    return duel_load.Plan(rate=options.rate, timeout=TIMEOUT, max_lateness_us=LATENESS_MAX_US, errors_are_results=True)


def whole_box(server_cpus):
    return replace(LIMITS, cpu_percent=100.0 * len(server_cpus))


def runs_of_a_search(rounds):
    """About how many; for the plan and the estimate of the time."""
    return RUNS_OF_A_SEARCH * (rounds + 1) / 4


def level(options):
    return f"{options.rate:,.10g} requests/s with a P99 of at most {options.p99_ms:g} ms"


# --- runs

def whole_boxes(session, subjects):
    """Every subject with the whole CPUs of the server: {key: [record per round]}. Raises HarnessError if the level does not hold even so."""
    runs = {one.key: [] for one in subjects}
    for number in range(1, session.options.rounds + 1):
        for one in subjects if number % 2 else subjects[::-1]:
            outcome = attempt(session, replace(one, limits=whole_box(session.server_cpus)), number, WHOLE)
            if outcome.record is None:
                raise HarnessError(f"{one.title}: {outcome.why}")
            runs[one.key].append(outcome.record | {"held": outcome.held, "why": outcome.why})
            session.show(f"whole box  {one.title:11} {described(outcome)}")
    for one in subjects:
        held = [record["held"] for record in runs[one.key]]
        if 2 * sum(held) <= len(held):
            raise HarnessError(f"{one.title} does not hold {level(session.options)} even with {whole_box(session.server_cpus)}: {runs[one.key][-1]['why']}; "
                               "use a smaller --rate, a larger --p99-ms or more --server-cpus, on a machine without other work")
    return runs


def search_of(subject, resource, whole, server_cpus, resolution, rounds):
    """A search that has not begun."""
    first = GUESS * resource.used(whole[subject.key])
    return Searched(subject, bisection.Search(first, resource.minimum, resource.maximum(server_cpus), resolution, rounds), {})


def search_all(session, subjects, resource, whole, resolution):
    """One search per subject, one run of each in turn, so that a drift of the machine affects all of them: [Searched]."""
    searches = [search_of(one, resource, whole, session.server_cpus, resolution, session.options.rounds) for one in subjects]

    def undecided():
        return [one for one in searches if one.search.value is not None] or None

    for number, active in enumerate(session.repeat(undecided, runs_of_a_search(session.options.rounds)), start=1):
        for one in active if number % 2 else active[::-1]:
            value = session.from_results(one.search.value, resource.name, RULE)
            outcome = attempt(session, replace(one.subject, limits=resource.limits(session.server_cpus, value)), number, resource.key)
            one.tell(outcome)
            session.show(f"{resource.key:6} {number:3}  {one.subject.title:11} {value:8.{resource.digits}f} {resource.unit}  {described(outcome)}")
    for one in searches:
        if one.search.decided:
            session.show(f"  {one.subject.title}: {resource.title} {bracket_text(one.bracket, resource)} {resource.unit}", stays=True)
    return searches


def searched_of(found, subjects, resource, whole):
    """The searches again, from the records: [Searched]. Of several attempts at a value, the last one counts."""
    searches = [search_of(one, resource, whole, found.server_cpus, RESOLUTION, found.options.rounds) for one in subjects]
    by_cell = found.by_cell(resource.key)
    for one in searches:
        for _, attempts in itertools.groupby(by_cell[one.subject.key], key=lambda record: record["round"]):
            one.tell(outcome_of(list(attempts)[-1], found.options.p99_ms))
    return searches


def attempt(session, cell, number, purpose):
    """One run. Latencies contain the lateness of the load generator. So a run that holds the level holds it although the generator was
    late. A run that misses it may be the generator's fault and is repeated; if it is late each time, the value counts as failed."""
    for number_of in range(1, ATTEMPTS_MAX + 1):
        outcome = outcome_of(session.timed(cell, number, purpose=purpose, may_end=True), session.options.p99_ms)
        if outcome.held or not is_late(outcome.record, session.options.p99_ms):
            return outcome
        late = f"{outcome.why}, but duel-load was late by {outcome.record['lateness_p99_us'] / 1e3:.1f} ms (P99)"
        session.say(f"    {cell.title}: {late}" + ("; repeated" if number_of < ATTEMPTS_MAX else ""))
    return replace(outcome, why=late)


def is_late(record, p99_ms):
    return record is not None and record["lateness_p99_us"] > max(duel_load.Plan.max_lateness_us, LATENESS * p99_ms * 1e3)


def outcome_of(record, p99_ms):
    if ended := record.get("ended"):
        return Outcome(False, "the server was killed: out of memory" if record["oom_kills"] else ended, None)
    why = why_missed(record, p99_ms)
    return Outcome(not why, why, record)


def why_missed(record, p99_ms):
    """Why this run does not hold the level, as a clause; "" if it holds. Without a failed request, every request of the schedule was
    answered, so the rate was held."""
    failed = sum(record[f"errors_{kind}"] for kind in duel_load.ERRORS)
    if failed:
        return f"{failed:,} of {record['scheduled_requests']:,} requests failed"
    p99 = record["latency_p99_us"] / 1e3
    return f"the P99 was {p99:,.1f} ms" if p99 > p99_ms else ""


def described(outcome):
    if outcome.record is None:
        return outcome.why
    record = outcome.record
    return (f"{'holds' if outcome.held else 'fails'}: P99 {record['latency_p99_us'] / 1e3:7.1f} ms, {record['throttled_periods']} of "
            f"{record['quota_periods']} periods throttled, {record['cpu_us_per_request']:.2f} CPU-us/request, "
            f"group {record['group_peak_bytes'] / MEGABYTE:.2f} MB")


# --- output

def bracket_text(bracket, resource):
    """"21.4 (fails at 20.8)"."""
    if bracket.holds is None:
        return f"> {bracket.fails:.{resource.digits}f}"
    below = f"fails at {bracket.fails:.{resource.digits}f}" if bracket.fails else "even the minimum"
    return f"{bracket.holds:.{resource.digits}f} ({below})"


def parts(found, subjects, whole, searched):
    headers = [[""], *[one.title.split(" ", 1) for one in subjects]]
    rows = [row for resource in (CPU, MEMORY) for row in resource_rows(resource, whole, searched[resource.key])]
    return [heading(found), table.Table(headers, rows), ratio_table(searched), notes(found, searched)]


def heading(found):
    options, facts = found.options, found.environment
    return (f"Smallest box, {found.began}: {level(options)}, GET {PATH}, "
            f"{options.connections} connections\nruns of {options.seconds} s, {table.count(options.rounds, 'repetition')} per value, "
            f"{facts['cpu_model']}, Linux {facts['kernel']}, server on CPU {facts['server_cpus']}, duel-load on {found.client_place}")


def resource_rows(resource, whole, searches):
    def row(label, cell):
        return (label, *[cell(one) for one in searches])

    def at(end, field, digits, scale=1.0):
        def cell(one):
            value = one.median(end, field)
            return table.number(value if value is None else value * scale, digits)
        return cell

    def ended(end):
        return lambda one: "{} of {}".format(*one.ended(end))

    def throttled(end):
        def cell(one):
            periods, stopped = one.median(end, "quota_periods"), one.median(end, "throttled_periods")
            return f"{stopped:.0f} of {periods:.0f}" if periods is not None else "-"
        return cell

    rows = [row(f"smallest {resource.title}, {resource.unit}", lambda one: table.number(one.bracket.holds, resource.digits)),
            row(f"  largest that fails, {resource.unit}", lambda one: table.number(one.bracket.fails, resource.digits)),
            row(f"  used in the whole box, {resource.unit}", lambda one: table.number(resource.used(whole[one.subject.key]), resource.digits)),
            row("  P99 at the smallest, ms", at("holds", "latency_p99_us", 1, 1e-3)),
            row("  P99 just below it, ms", at("fails", "latency_p99_us", 1, 1e-3))]
    if resource is CPU:
        return [*rows, row("  periods throttled at the smallest", throttled("holds")), row("  periods throttled just below", throttled("fails")),
                row("  CPU-us/request at the smallest", at("holds", "cpu_us_per_request", 2)),
                row("  CPU-us/request in the whole box", lambda one: table.number(
                    comparison.median(whole[one.subject.key], "cpu_us_per_request"), 2))]
    return [*rows, row("  servers that ended at the smallest", ended("holds")), row("  servers that ended just below", ended("fails")),
            row("  RSS at the smallest, MB", at("holds", "rss_kib", 2, 1024 / MEGABYTE)),
            row("  RSS in the whole box, MB", lambda one: table.number(
                comparison.median(whole[one.subject.key], "rss_kib") * 1024 / MEGABYTE, 2))]


def ratio(first, second):
    """second / first, with the interval that both brackets allow; None if a threshold lies outside of the limits."""
    a, b = first.bracket, second.bracket
    if not all((a.fails, a.holds, b.fails, b.holds)):
        return None
    return stats.Estimate(b.middle / a.middle, b.fails / a.holds, b.holds / a.fails, None)


def ratio_table(searched):
    first, *others, again = searched[CPU.key]
    headers = [["ratio", "[from the brackets]"], *[[f"{one.subject.title} / {first.subject.title}"] for one in others],
               [f"A/A: {first.subject.title}", "against itself"]]
    rows = []
    for resource in (CPU, MEMORY):
        first, *others, again = searched[resource.key]
        same = ratio(first, again)
        rows.append((f"smallest {resource.title}", *[ratio_text(ratio(first, one), same) for one in others], ratio_text(same)))
    return table.Table(headers, rows)


def ratio_text(value, same=None):
    """`same` is the A/A ratio if the value may be a tie."""
    if value is None:
        return "-"
    return ("~ " if same and stats.is_tie(value, same) else "") + table.interval(value)


def notes(found, searched):
    options = found.options
    lines = [
        f"A value holds if in more than half of its runs no request failed and the P99 was at most {options.p99_ms:g} ms (rule: "
        "bench/harness/bisection.py). Latencies count from the time at which a request was due.",
        f"A server that lacks x % of CPU time falls behind by x % of the run, so in a run of {options.seconds} s a lack of up to "
        f"{options.p99_ms / options.seconds / 1000:.1%} is not noticed.",
        f'A ratio above 1 means that {searched[CPU.key][0].subject.title} needs less. "~" marks a tie: the interval contains 1, or the ratio is no further from 1 than the '
        "interval of one server measured against itself (A/A).",
        f"The quota is renewed every {cgroup.PERIOD_US // 1000} ms; a throttled period is one in which it stopped the server. The memory limit "
        "counts what the kernel charges to the server's group, with the memory of the kernel and without swap. Pages of the program file that "
        "other processes have read before are not charged, so RSS can be larger than the limit."]
    for searches in searched.values():
        lines += [f"{one.subject.title}: the search ended after {one.search.runs} runs without a decision; the level depends on chance. Measure "
                  "on a quiet machine." for one in searches if not one.search.decided]
    runs = [outcome.record for searches in searched.values() for one in searches for outcomes in one.outcomes.values()
            for outcome in outcomes if outcome.record]
    late = [run for run in runs if why_missed(run, options.p99_ms) and is_late(run, options.p99_ms)]
    if late:
        lines.append(f"{table.count(len(late), 'run')} of {len(runs)} counted as failed although the load generator was late in {ATTEMPTS_MAX} "
                     "attempts. Such a value may be smaller in truth. Measure on a quiet machine.")
    return table.notes([*lines, *[f"Caution: {doubt}." for doubt in comparison.noise(found, runs)]])


def draw(stem, found, searched):
    panels = [(f"Smallest {resource.title} (lower is better)", resource.unit, resource.digits,
               [(one.subject.title, styles.COLOURS[one.subject.router], one.bracket) for one in searched[resource.key]])
              for resource in (CPU, MEMORY)]
    facts = found.environment
    plots.brackets(stem, f"The smallest box for {level(found.options)}",
                   "Bar: the smallest value that holds the level. Black line: the bracket, from the largest value that fails.\n"
                   f"GET {PATH}, {facts['cpu_model']}, Linux {facts['kernel']}.", panels)
