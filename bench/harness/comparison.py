"""Parts that the scenarios share: runs in rounds, the heading, and remarks about the quality of the figures."""

import time

from harness import order, stats, table
from harness import run as judge
from harness.errors import HarnessError

# Every table with ratios prints this note. {better} is a clause that says which side is better if the ratio is above 1.
HOW_TO_READ_RATIOS = ('A ratio above 1 means that {better}. "~" marks a tie: the interval contains 1, or the ratio is no '
                      "further from 1 than the interval of one server measured against itself (A/A).")
ROUNDS_TO_PUBLISH = 10
ARTICLE_SECONDS = 60


def defaults(full):
    """Default values of options. With --full: the article's 60 s, and enough rounds to publish a ratio."""
    if full:
        return {"rounds": ROUNDS_TO_PUBLISH, "seconds": ARTICLE_SECONDS, "warm_up": 5, "connections": 512}
    return {"rounds": 5, "seconds": 3, "warm_up": 1, "connections": 512}


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
    session.say(", ".join(f"{router} {path}" for router, path in answers) + ": answered with the same bytes")


def time_in_rounds(session, cells, after_run=lambda: None):
    """Measures every cell once per round and calls after_run() after each run. Returns {cell key: [record per round]}."""
    options = session.options
    plan = order.rounds(cells, options.rounds, options.seed)
    total = len(cells) * options.rounds
    per_run_s = options.seconds + options.warm_up + 0.5
    session.say(f"timing {total} runs in {table.count(options.rounds, 'round')} (seed {options.seed}), about {total * per_run_s / 60:.0f} min")
    by_cell = {cell.key: [] for cell in cells}
    width = max(len(cell.title) for cell in cells)
    done = 0
    for number, round_cells in enumerate(plan, start=1):
        for cell in round_cells:
            record = session.timed(cell, number)
            after_run()
            by_cell[cell.key].append(record)
            done += 1
            session.say(f"  {done:3}/{total} round {number} {cell.title:{width}}{record['requests_per_s']:11,.0f} requests/s "
                        f"{record['cpu_us_per_request']:7.2f} CPU-us/request  "
                        f"server {record['server_share']:4.0%}  client {record['client_share']:4.0%}")
    return by_cell


def heading(session, title, connections=None, of_rounds="medians"):
    options, facts = session.options, session.environment
    return (f"{title}, {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}: wrk -t{options.wrk_threads} "
            f"-c{connections or options.connections} -d{options.seconds}s, {table.count(options.rounds, 'round')}, {of_rounds}\n"
            f"{facts['cpu_model']}, Linux {facts['kernel']}, server on CPU {facts['server_cpus']}, "
            f"wrk on CPU {facts['client_cpus']}")


def median(runs, field):
    return stats.estimate([record[field] for record in runs]).median


def per_second(runs, field):
    """The rate over all rounds together. The median of short runs would be 0 for a rare event."""
    return sum(record[field] for record in runs) / sum(record["duration_us"] for record in runs) * 1e6


def client_bound_mark(runs):
    return "*" if any(record["client_bound"] for record in runs) else ""


def remarks(session, by_cell):
    """Sentences about the quality of these figures, one per line."""
    timed = [record for runs in by_cell.values() for record in runs]
    options = session.options
    bound = sum(record["client_bound"] for record in timed)
    invalid = sum(1 for record in session.records.runs if record["invalid"])
    lines = ["wrk is a closed loop: requests/s is a maximum, and a latency is mostly the time that a request waits for "
             f"those of the other {options.connections - 1} connections."]
    if bound:
        lines.append(f"* In {bound} of {len(timed)} runs wrk used all of its CPU time and the server did not. Their requests/s are "
                     "the limit of wrk, and ratios of them are too close to 1. CPU-us/request is not affected.")
    idle = sum(max(record["client_share"], record["server_share"]) < judge.SATURATED for record in timed)
    if idle:
        lines.append(f"In {idle} of {len(timed)} runs neither wrk nor the server used all of its CPU time. Their requests/s are the "
                     "limit of neither side. CPU-us/request is not affected.")
    if session.records.runs[0]["allocator"] == "libc":
        lines.append("The server does not use jemalloc: allocations, bytes and purges were not counted.")
    if invalid:
        lines.append(f"{table.count(invalid, 'invalid run')} had to be repeated. The column `invalid` of the records has the reason.")
    lines += [f"Caution: {doubt}." for doubt in session.noise(timed)]
    if options.rounds < ROUNDS_TO_PUBLISH:
        lines.append(f"This is a first impression from {table.count(options.rounds, 'round')}. To publish a ratio, use at least "
                     f"{ROUNDS_TO_PUBLISH}: --rounds={ROUNDS_TO_PUBLISH} or --full.")
    return lines
