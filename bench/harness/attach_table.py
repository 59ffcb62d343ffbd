"""The table and the plot of bench/compare --attach."""

from collections import Counter

from harness import comparison, cpus, limit_rule, plots, probes, stats, table
from harness.balance import shares_of_workers
from harness.conclusion import Report

# (label, field, digits, factor)
OF_CLIENT = [("requests/s", "requests_per_s", 0, 1), ("latency P50, ms", "latency_p50_us", 3, 1e-3), ("latency P90, ms", "latency_p90_us", 3, 1e-3),
             ("latency P99, ms", "latency_p99_us", 3, 1e-3), ("latency P99.9, ms", "latency_p999_us", 3, 1e-3),
             ("latency maximum, ms", "latency_max_us", 3, 1e-3), ("own lateness of the client P99, ms", "lateness_p99_us", 3, 1e-3),
             ("client's CPUs busy, %", "client_share", 0, 100)]
OF_SERVER = [("server's CPU-us/request", "cpu_us_per_request", 3, 1), ("server's busy CPUs", "server_busy_cpus", 2, 1),
             ("server's RSS, MB", "rss_mb", 1, 1), ("server's peak RSS, MB", "peak_rss_mb", 1, 1),
             ("server's allocated bytes/request", "allocated_bytes_per_request", 1, 1)]
SUBJECT = "the server"  # in sentences
BALANCE = {"requests per worker": "worker_requests", "connections per worker": "worker_connections"}


def report(found):
    runs = found.used()
    return Report("A server that runs already", [heading(found), cost_table(runs), notes(found, runs)], {}, lambda stem: draw(stem, found, runs))


def draw(stem, found, runs):
    known = [row for row in (OF_CLIENT[0], OF_CLIENT[3], OF_SERVER[0], OF_SERVER[2])
             if is_known(runs, row[1]) and not (row[1].startswith("latency_") and comparison.latency_is_void(runs))]
    plots.lines(stem, f"{found.options.attach}{found.options.path}", "round", list(range(1, len(runs) + 1)),
                [(label, [record[field] * factor for record in runs]) for label, field, _, factor in known])


def heading(found):
    options, facts, answer, generator = found.options, found.environment, found.facts["answer"], found.facts["generator"]
    loop = f"at {options.rate:,.10g} requests/s" if options.rate else "in a closed loop"
    pipelined = f", {options.pipeline} requests in flight on each" if options.pipeline > 1 else ""
    at = f"on {found.facts['cluster']}" if "cluster" in found.facts else (f"on CPU {cpus.text(options.client_cpus)} with "
                                                                          f"{table.count(generator['threads'], 'thread')}")
    where = "this machine" if found.facts["is_here"] else "another machine"
    name = f" ({answer['server']})" if answer["server"] else ""
    kind = answer["type"] or "no Content-Type"
    return (f"GET {options.attach}{options.path}, {found.began}: {generator['tool']} {loop}, "
            f"{table.count(options.connections, 'connection')}{pipelined}, {options.seconds} s, {table.count(options.rounds, 'round')}\n"
            f"client: {facts['cpu_model']}, {table.count(facts['cpu_count'], 'CPU')}, Linux {facts['kernel']}; {generator['tool']} {at}\n"
            f"server: on {where}{name}; its answer has {answer['bytes']:,} bytes, {kind}")


def is_known(runs, field):
    return all(record.get(field) is not None for record in runs)


def cost_table(runs):
    rows = [row_of(runs, *row) for row in OF_CLIENT if is_known(runs, row[1])]
    rows.append(("the limit was", comparison.limit_of(runs), "", "", ""))
    rows += [row_of(runs, *row) for row in OF_SERVER if is_known(runs, row[1])]
    rows += [(f"{label}, of an equal share", text, "", "", "") for label, field in BALANCE.items()
             if (text := shares_of_workers(runs, field)) != "-"]
    return table.Table([[""], ["median"], ["95 % bootstrap", "interval"], ["lowest", "round"], ["highest", "round"]], rows)


def row_of(runs, label, field, digits, factor):
    values = [record[field] * factor for record in runs]
    estimate = stats.estimate(values)
    if field.startswith("latency_") and comparison.latency_is_void(runs):
        return (label, comparison.VOID, "", "", "")
    interval = f"[{table.number(estimate.low, digits)}, {table.number(estimate.high, digits)}]" if estimate.known else "-"
    median = comparison.cell_text(table.number(estimate.median, digits), field, runs)
    return (label, median, interval, table.number(min(values), digits), table.number(max(values), digits))


def notes(found, runs):
    options = found.options
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
    lines += [*doubts(found, runs)]
    if options.rounds < comparison.ROUNDS_TO_PUBLISH:
        lines.append(f"This is a first impression from {table.count(options.rounds, 'round')}. To publish it, use at least "
                     f"{comparison.ROUNDS_TO_PUBLISH}: --rounds={comparison.ROUNDS_TO_PUBLISH}.")
    return table.notes(lines)


def doubts(found, runs):
    yield from (f"Caution: {finding}." for finding in probes.cautions(runs, SUBJECT))
    if found.facts["is_here"] and not found.options.load_workers:
        yield (f"Caution: the server runs on this machine. Keep it away from the CPUs of the client ({cpus.text(found.options.client_cpus)}), "
               "for example with taskset.")
    others = [record["server_requests"] / record["requests"] - 1 for record in runs
              if record["server_requests"] and record["server_requests"] - record["requests"] > found.facts["generator"]["in_flight_max"]]
    if others:
        yield (f"Caution: in {len(others)} of {len(runs)} runs the server answered more requests than the client sent (maximum {max(others):+.1%}), "
               "so other clients use it.")
    repeated = sum(not record["used"] for record in found.runs)
    if repeated:
        yield f"{table.count(repeated, 'invalid run')} had to be repeated. The column `invalid` of the records has the reason."
