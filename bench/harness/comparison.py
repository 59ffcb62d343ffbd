"""Parts that the scenarios share: runs in rounds, the heading, and remarks about the quality of the figures."""

from collections import Counter

from harness import collector, environment, limit_rule, order, probes, stats, styles, table
from harness.errors import HarnessError
from harness.session import NEVER, NULL, Cell, pool_of

# Every table with ratios prints this note. {better} is a clause that says which side is better if the ratio is above 1.
HOW_TO_READ_RATIOS = ('A ratio above 1 means that {better}. "~" marks a tie: the interval contains 1, or the ratio is no '
                      "further from 1 than the interval of one server measured against itself (A/A). Fewer than "
                      f"{stats.ROUNDS_TO_CLAIM} rounds are always a tie.")
ROUNDS_TO_PUBLISH = 10
CLIENT_BOUND = "client-bound"
VOID = "void"
NOT_COUNTED = "n/a"
SMALL_DIFFERENCE = 0.05  # the power of a session is stated for a difference of this size
POWER_SESSIONS = 200
ARTICLE_SECONDS = 60
NOISE_SHARE = 0.05  # share of the server's CPU time that other processes or the hypervisor may take without a remark


def require_same_answers(session, cells):
    """Raises HarnessError unless every cell is answered with 200 and the same bytes. A shorter answer would look like a
    cheaper router."""
    answers = {}
    for router in dict.fromkeys(cell.router for cell in cells):
        found = session.answers(router, list(dict.fromkeys(cell.path for cell in cells if cell.router == router)))
        answers |= {(router, path): answer for path, answer in found.items()}
    (first, expected), *others = answers.items()
    if not expected.startswith(b"HTTP/1.1 200 "):
        raise HarnessError(f"{first[0]}: GET {first[1]} is not answered with 200: {expected!r}")
    for (router, path), answer in others:
        if answer != expected:
            raise HarnessError(f"{router}: GET {path} is not answered with the same bytes as {first[0]}: GET {first[1]}: "
                               f"{answer!r} and {expected!r}")
    session.show(", ".join(f"{router} {path}" for router, path in answers) + ": answered with the same bytes", stays=True)


def require_same_bytes(session, cells):
    """Raises HarnessError unless all servers give the same bytes for a path, and with 200. A shorter answer would look like a faster
    router."""
    paths = list(dict.fromkeys(cell.path for cell in cells))
    found = {router: session.answers(router, paths) for router in dict.fromkeys(cell.router for cell in cells)}
    (first, expected), *others = found.items()
    for path in paths:
        if not expected[path].startswith(b"HTTP/1.1 200 "):
            raise HarnessError(f"GET {path} is not answered with 200: {expected[path]!r}")
        for router, got in others:
            if got[path] != expected[path]:
                raise HarnessError(f"{first} and {router} do not answer GET {path} with the same bytes: {expected[path]!r} and {got[path]!r}")
    names = ", ".join(styles.SUBJECTS[router].name for router in found)
    session.show(f"GET {' and '.join(paths)}: {names} answer with the same bytes", stays=True)


def time_in_rounds(session, cells, after_run=lambda: None, may_be_late=NEVER):
    """Measures every cell once per round and calls after_run() after each run. Each round begins with the null server, whose rate is
    the ceiling of the round (limit_rule), unless every cell has a schedule. `may_be_late` is that of Session.timed()."""
    options = session.options
    plan = order.rounds(cells, options.rounds, options.seed)
    # A schedule is no attempt at a maximum, so it has no ceiling.
    has_null = session.has_null_server and not all(cell.plan and cell.plan.open_loop for cell in cells)
    null = Cell("ceiling", "null server", NULL, cells[0].path, script=cells[0].script)
    session.say(f"timing {table.count(len(cells) + has_null, 'server')} in {table.count(options.rounds, 'round')}")
    width = max(len(cell.title) for cell in cells)
    for number, round_cells in enumerate(plan, start=1):
        ceiling = None
        for cell in [null] * has_null + round_cells:
            record = session.timed(cell, number, ceiling, "ceiling" if cell is null else "timed", may_be_late)
            if cell is null:
                ceiling = limit_rule.Ceiling.of(record)
            else:
                after_run()
            session.show(f"round {number} {cell.title:{width}}{progress(record)}")


def progress(record):
    """The figures of a run, for session.show()."""
    return (f"{record['requests_per_s']:11,.0f} requests/s {record['cpu_us_per_request']:7.2f} CPU-us/request  "
            f"server {record['server_share']:4.0%}  client {record['client_share']:4.0%}  limit: {record['limit']}")


def heading(found, title, connections=None, of_rounds="medians", load=None):
    """`load` is the load generator with its parameters, in place of wrk's."""
    options, facts = found.options, found.environment
    load = load or f"wrk -t{options.wrk_threads} -c{connections or options.connections} -d{options.seconds}s"
    return (f"{title}, {found.began}: {load}, {table.count(options.rounds, 'round')}, {of_rounds}\n"
            f"{facts['cpu_model']}, Linux {facts['kernel']}, server on CPU {facts['server_cpus']}, "
            f"{load.partition(' ')[0]} on {found.client_place}")


def allocator_and_contexts(found):
    """A line of a heading. The styles without a choice of their request contexts are left out."""
    contexts = [f"{style.name} {'pooled' if pool_of(found.options, router) == 'on' else 'new for each request'}"
                for router, style in styles.ALL.items() if style.pool_flags]
    return f"{found.runs[0]['allocator']}; request contexts: {', '.join(contexts)}"


def originals_line(found):
    """[a line of a heading], or [] if no originals are measured."""
    facts = {name.removeprefix("originals_"): text for name, text in found.environment.items() if name.startswith("originals_")}
    if not facts:
        return []
    names = [f"{styles.ORIGINALS[f'go_{router}'].name.removeprefix('Go ')} {facts[router]}" for router in found.options.originals]
    return [f"originals: {', '.join(names)}, built with Go {facts['go']}, GOMAXPROCS={len(found.server_cpus)}; collector: {facts['collector']}"]


def reclamation(options):
    """The title of the rows about memory that is given back."""
    return f"reclamation work ({'only Go has a garbage collector' if options.originals else 'no garbage collector here'})"


def where_known(columns, field, text):
    """The texts of a row about what only some programs count: text(the runs of a column)."""
    return [NOT_COUNTED if runs[0][field] is None else text(runs) for runs in columns]


def rates_where_known(columns, field, digits=1, seconds=1):
    return where_known(columns, field, lambda runs: table.number(per_second(runs, field) * seconds, digits))


def mean_pauses(columns):
    """The texts of a row: the mean pause by GC in ms."""
    return where_known(columns, "gc_runs", lambda runs: milliseconds(collector.mean_pause_us(runs)))


def collector_rows(options, columns):
    """Rows about collectors, (label, texts), which the article does not have; [] without originals. columns: the runs of each column."""
    def row(label, text):
        return label, where_known(columns, "gc_runs", text)

    return [
        row("  P99 of the stops by GC, ms", lambda runs: milliseconds(collector.pause_quantile_us(runs, 0.99))),
        row("  longest stop by GC, ms", lambda runs: milliseconds(collector.pause_quantile_us(runs, 1))),
        row("  GC, % of the server's CPU time", lambda runs: table.number(median(runs, "gc_cpu_share") * 100, 1)),
        row("  Go heap at the end, MB", lambda runs: table.number(median(runs, "gc_heap_bytes") / 1e6, 1))] if options.originals else []


def milliseconds(us):
    return table.number(us and us / 1e3, 3)


def median(runs, field):
    return stats.estimate([record[field] for record in runs]).median


def per_second(runs, field):
    """The rate over all rounds together. The median of short runs would be 0 for a rare event."""
    return sum(record[field] for record in runs) / sum(record["duration_us"] for record in runs) * 1e6


def in_time(runs):
    """The runs in which duel-load was in time. The latencies of the others are not those of the server."""
    return [record for record in runs if not record.get("late")]


def paired_values(first, second, field):
    """Two lists of values, one per round. A latency counts only if duel-load was in time in both runs, so the lists may be empty."""
    rounds = [(one[field], other[field]) for one, other in zip(first, second)
              if not field.startswith("latency_") or len(in_time([one, other])) == 2]
    return [list(values) for values in zip(*rounds)] or [[], []]


def late_remark(runs):
    """[a sentence], or [] if duel-load was in time in all of these runs."""
    late = len(runs) - len(in_time(runs))
    return [f"In {table.count(late, 'run')} duel-load was late; the latencies do not contain them."] if late else []


def limit_of(runs):
    """The limit of most of the runs; NEITHER if no side has more than half."""
    (limit, count), = Counter(record["limit"] for record in runs).most_common(1)
    return limit if 2 * count > len(runs) else limit_rule.NEITHER


def why_neither(runs):
    """The reason as a clause: that of the first run that no side limited."""
    return next((record["limit_why"] for record in runs if record["limit"] == limit_rule.NEITHER), "its runs had different limits")


def latency_is_void(runs):
    return runs[0]["in_flight_share"] is not None and limit_rule.latency_is_void(median(runs, "in_flight_share"))


def cell_text(text, field, runs):
    """The text of a table's cell with a value of this field. Requests/s that the server did not limit get a mark; a latency is void if
    Little's law does not hold."""
    if field == "requests_per_s" and limit_of(runs) != limit_rule.SERVER:
        return "*" + text
    return VOID if field.startswith("latency_") and latency_is_void(runs) else text


def ratio_text(text, field, first, second):
    """The text of a table's cell with a ratio of two values of this field. There is none of requests/s if the client was the limit of
    both sides, and none of latencies if Little's law does not hold on one side."""
    if field == "requests_per_s" and limit_of(first) == limit_of(second) == limit_rule.CLIENT:
        return CLIENT_BOUND
    return VOID if field.startswith("latency_") and (latency_is_void(first) or latency_is_void(second)) else text


def power_note(first, again, figures=(("requests/s", "requests_per_s"), ("CPU-us/request", "cpu_us_per_request"))):
    """A sentence that says how often sessions with the noise of this A/A would find a small difference. figures: (label, field)."""
    found = []
    for label, field in figures:
        one, other = paired_values(first, again, field)
        if len(one) < 2:
            return []
        noise = stats.noise_of_a_run([b / a for a, b in zip(one, other)])
        share = stats.share_found(noise, SMALL_DIFFERENCE, len(one), sessions=POWER_SESSIONS)
        found.append(f"{100 * share:.0f} in {label}")
    return [f"Of 100 sessions with the noise of this A/A, a difference of {SMALL_DIFFERENCE:.0%} is found by {' and '.join(found)}."]


def lateness_remark(scheduled):
    worst_us = max(record["lateness_p99_us"] for record in scheduled)
    return ("duel-load follows a schedule. If neither the server nor the client was the limit, the schedule was: both had CPU time left. "
            "A latency counts from the time at which the request was due. It contains the lateness of "
            f"duel-load itself, whose P99 was at most {worst_us:,.0f} us. A run that is later than allowed is void and is repeated.")


def noise(found, timed):
    """Clauses about disturbances of these runs."""
    doubts = environment.fit_for_timing(found.environment)
    for key, what in (("foreign_share", "other processes used"), ("stolen_share", "the hypervisor took")):
        disturbed = [record[key] for record in timed if record[key] > NOISE_SHARE]
        if disturbed:
            doubts.append(f"in {len(disturbed)} of {len(timed)} runs {what} more than {NOISE_SHARE:.0%} of the "
                          f"server's CPU time (maximum {max(disturbed):.0%})")
    return doubts + probes.cautions(timed)


def remarks(found, by_cell):
    """Sentences about the quality of these figures, one per line."""
    timed = [record for runs in by_cell.values() for record in runs]
    options = found.options
    limits = Counter(record["limit"] for record in timed)
    invalid = sum(not record["used"] for record in found.runs)
    tools = {record["tool"] for record in timed}
    scheduled = [record for record in timed if record["intended_rate"] and not record["late"]]
    lines = [lateness_remark(scheduled)] if scheduled else []
    if closed := {record["tool"] for record in timed if not record["intended_rate"]}:
        lines.append(f"{' and '.join(sorted(closed))} in a closed loop: requests/s is a maximum, and a latency is mostly the time that a request "
                     "waits for the other requests in flight.")
    lines.append("Who was the limit: " + ", ".join(f"{limit} in {count}" for limit, count in sorted(limits.items())) +
                 f" of {table.count(len(timed), 'run')} (rule: bench/harness/limit_rule.py; the column `limit_why` of the records has the "
                 "reason of each run). CPU-us/request is a result in each case.")
    lines += [f"{key}: neither side was the limit: {why_neither(runs)}." for key, runs in by_cell.items()
              if limit_of(runs) == limit_rule.NEITHER and not runs[0]["intended_rate"]]
    if any(record["limit"] != limit_rule.SERVER for record in timed if not record["intended_rate"]):
        lines.append("* The server was not the limit, so requests/s are no result about it. If the client was the limit of both sides, "
                     f"their ratio is not printed ({CLIENT_BOUND}).")
    if void := [runs for runs in by_cell.values() if latency_is_void(runs)]:
        shares = [median(runs, "in_flight_share") for runs in void]
        lines.append(f"{VOID}: rate x mean latency is {min(shares):.0%} to {max(shares):.0%} of the connections; a closed loop has 100 % "
                     f"(Little's law, tolerance {limit_rule.LITTLE_TOLERANCE:.0%}). The client did not see a part of the waiting time, so "
                     "its latencies are not printed.")
        if any(runs[0]["tool"] == "wrk" for runs in void):
            lines.append("wrk starts the clock of a request when it writes the request. If wrk is the limit, a request has waited before "
                         "that until wrk had read the answers of other connections.")
    threads, usable = options.wrk_threads, len(found.client_cpus)
    if threads > usable and "wrk" in tools:
        lines.append(f"wrk's {threads} threads share {table.count(usable, 'CPU')}, so they take turns: an answer waits until its thread "
                     "runs, and wrk counts only a part of that time. Its latencies are those of its own queue.")
    if found.runs[0]["allocator"] == "libc":
        lines.append("The server does not use jemalloc: allocations, bytes and purges were not counted.")
    if invalid:
        lines.append(f"{table.count(invalid, 'invalid run')} had to be repeated. The column `invalid` of the records has the reason.")
    lines += [f"Caution: {doubt}." for doubt in noise(found, timed)]
    if options.rounds < ROUNDS_TO_PUBLISH:
        lines.append(f"This is a first impression from {table.count(options.rounds, 'round')}. To publish a ratio, use at least "
                     f"{ROUNDS_TO_PUBLISH}: --rounds={ROUNDS_TO_PUBLISH} or --full.")
    return lines
