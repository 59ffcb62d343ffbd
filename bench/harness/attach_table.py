"""The table and the plot of bench/compare --attach."""

import time
from collections import Counter

from harness import comparison, cpus, limit_rule, plots, stats, table
from harness.balance import shares_of_workers

# (label, field, digits, factor)
OF_CLIENT = [("requests/s", "requests_per_s", 0, 1), ("latency P50, ms", "latency_p50_us", 3, 1e-3), ("latency P90, ms", "latency_p90_us", 3, 1e-3),
             ("latency P99, ms", "latency_p99_us", 3, 1e-3), ("latency P99.9, ms", "latency_p999_us", 3, 1e-3),
             ("latency maximum, ms", "latency_max_us", 3, 1e-3), ("own lateness of the client P99, ms", "lateness_p99_us", 3, 1e-3),
             ("client's CPUs busy, %", "client_share", 0, 100)]
OF_SERVER = [("server's CPU-us/request", "cpu_us_per_request", 3, 1), ("server's busy CPUs", "server_busy_cpus", 2, 1),
             ("server's RSS, MB", "rss_mb", 1, 1), ("server's peak RSS, MB", "peak_rss_mb", 1, 1),
             ("server's allocated bytes/request", "allocated_bytes_per_request", 1, 1)]
BALANCE = {"requests per worker": "worker_requests", "connections per worker": "worker_connections"}


def report(session, generator, runs):
    text = "\n\n".join([heading(session, generator), cost_table(runs), notes(session, generator, runs)])
    known = [row for row in (OF_CLIENT[0], OF_CLIENT[3], OF_SERVER[0], OF_SERVER[2])
             if is_known(runs, row[1]) and not (row[1].startswith("latency_") and comparison.latency_is_void(runs))]
    plots.lines(session.plot, f"{session.options.attach}{session.options.path}", "round", list(range(1, len(runs) + 1)),
                [(label, [record[field] * factor for record in runs]) for label, field, _, factor in known])
    return text


def heading(session, generator):
    options, facts = session.options, session.environment
    loop = f"at {options.rate:,.10g} requests/s" if options.rate else "in a closed loop"
    pipelined = f", {options.pipeline} requests in flight on each" if options.pipeline > 1 else ""
    at = f"on {session.cluster}" if session.cluster else (f"on CPU {cpus.text(options.client_cpus)} with "
                                                          f"{table.count(generator.threads, 'thread')}")
    where = "this machine" if session.is_here else "another machine"
    name = f" ({session.fields['Server'].strip()})" if "Server" in session.fields else ""
    kind = session.fields.get("Content-Type") or "no Content-Type"
    return (f"GET {options.attach}{options.path}, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}: {generator.tool} {loop}, "
            f"{table.count(options.connections, 'connection')}{pipelined}, {options.seconds} s, {table.count(options.rounds, 'round')}\n"
            f"client: {facts['cpu_model']}, {table.count(facts['cpu_count'], 'CPU')}, Linux {facts['kernel']}; {generator.tool} {at}\n"
            f"server: on {where}{name}; its answer has {session.body_bytes:,} bytes, {kind}")


def is_known(runs, field):
    return all(record.get(field) is not None for record in runs)


def cost_table(runs):
    rows = [row_of(runs, *row) for row in OF_CLIENT if is_known(runs, row[1])]
    rows.append(("the limit was", comparison.limit_of(runs), "", "", ""))
    rows += [row_of(runs, *row) for row in OF_SERVER if is_known(runs, row[1])]
    rows += [(f"{label}, of an equal share", text, "", "", "") for label, field in BALANCE.items()
             if (text := shares_of_workers(runs, field)) != "-"]
    return table.render([[""], ["median"], ["95 % bootstrap", "interval"], ["lowest", "round"], ["highest", "round"]], rows)


def row_of(runs, label, field, digits, factor):
    values = [record[field] * factor for record in runs]
    estimate = stats.estimate(values)
    if field.startswith("latency_") and comparison.latency_is_void(runs):
        return (label, comparison.VOID, "", "", "")
    interval = f"[{table.number(estimate.low, digits)}, {table.number(estimate.high, digits)}]" if estimate.known else "-"
    median = comparison.cell_text(table.number(estimate.median, digits), field, runs)
    return (label, median, interval, table.number(min(values), digits), table.number(max(values), digits))


def notes(session, generator, runs):
    options = session.options
    unknown = [label.partition(",")[0] for label, field, _, _ in OF_SERVER if not is_known(runs, field)]
    lines = []
    if unknown:
        cure = "its page /metrics does not have them" if options.admin else "give its admin port with --admin=http://HOST:PORT"
        lines.append(f"Not known: {', '.join(unknown)}; {cure}.")
    limits = Counter(record["limit"] for record in runs)
    lines.append("Who was the limit: " + ", ".join(f"{limit} in {count}" for limit, count in sorted(limits.items())) +
                 f" of {table.count(len(runs), 'run')}; in the last run {runs[-1]['limit_why']} (rule: bench/harness/limit_rule.py).")
    if comparison.limit_of(runs) != limit_rule.SERVER:
        lines.append("* It is not shown that the server was the limit, so requests/s are what it answered, and not what it can answer.")
    if options.rate:
        lines.append("Latencies count from the time at which a request was due, so they include the time in which the server kept others waiting.")
    else:
        lines.append("In a closed loop a latency is mostly the time that a request waits for the other requests in flight. Give a --rate for the "
                     "latency at a moderate load.")
    if comparison.latency_is_void(runs):
        lines.append(f"{comparison.VOID}: rate x mean latency is {comparison.median(runs, 'in_flight_share'):.0%} of the requests in flight, so the "
                     "client did not see a part of the waiting time (Little's law).")
    lines += [*doubts(session, generator, runs)]
    if options.rounds < comparison.ROUNDS_TO_PUBLISH:
        lines.append(f"This is a first impression from {table.count(options.rounds, 'round')}. To publish it, use at least "
                     f"{comparison.ROUNDS_TO_PUBLISH}: --rounds={comparison.ROUNDS_TO_PUBLISH}.")
    return table.notes(lines)


def doubts(session, generator, runs):
    if session.is_here and not session.options.load_workers:
        yield (f"Caution: the server runs on this machine. Keep it away from the CPUs of the client ({cpus.text(session.options.client_cpus)}), "
               "for example with taskset.")
    others = [record["server_requests"] / record["requests"] - 1 for record in runs
              if record["server_requests"] and record["server_requests"] - record["requests"] > generator.in_flight_max]
    if others:
        yield (f"Caution: in {len(others)} of {len(runs)} runs the server answered more requests than the client sent (maximum {max(others):+.1%}), "
               "so other clients use it.")
    repeated = sum(1 for record in session.records.runs if record["invalid"])
    if repeated:
        yield f"{table.count(repeated, 'invalid run')} had to be repeated. The column `invalid` of the records has the reason."
