"""S4 (the article's 2.4): what each step of a configuration is worth, one by one, in both styles."""

import gzip
import json
import socket

from harness import comparison, plots, stats, table
from harness.errors import HarnessError
from harness.session import Cell

DESCRIPTION = "S4 configuration: threads, asynchronous logging, no copy of the body, gzip, no keep-alive, step by step"
ROUTERS = {"gin": "Gin", "beego": "Beego"}
SCRIPT = "post.lua"
PATH = "/echo"
LOG = "access.log"
THREADS_AT_LEAST = 2


defaults = comparison.defaults


def steps(threads, log):
    """(name, flags that it changes); each keeps what the ones before it have changed."""
    start = {"--threads": "1", "--access-logs": "on", "--access-logs-async": "off", "--access-logs-file": log,
             "--copy-request-body": "on", "--gzip": "off", "--gzip-methods": "GET;POST", "--disable-keep-alive": "off"}
    return [("one thread, logging sync, body copied", start),
            (f"+ MaxProcs: 1 -> {threads}", {"--threads": str(threads)}),
            ("+ AccessLogsAsync: off -> on", {"--access-logs-async": "on"}),
            ("+ CopyRequestBody: on -> off", {"--copy-request-body": "off"}),
            ("+ EnableGzip: off -> on", {"--gzip": "on"}),
            ("+ DisableKeepAlive: off -> on", {"--disable-keep-alive": "on"})]


def ladder(router, threads, log):
    """A cell for each step."""
    cells, flags = [], {}
    for number, (name, changes) in enumerate(steps(threads, log)):
        flags |= changes
        given = tuple(f"{flag}={value}" for flag, value in flags.items())
        cells.append(Cell(f"{router}_{number}", f"{ROUTERS[router]} {name}", router, PATH, flags=given, script=SCRIPT))
    return cells


def run(session):
    """Measures, prints and records; returns the table's text."""
    threads = max(THREADS_AT_LEAST, len(session.server_cpus))
    log = session.records.raw / LOG
    ladders = {router: ladder(router, threads, str(log)) for router in ROUTERS}
    check_answers(session, [cell for cells in ladders.values() for cell in cells])
    first = ladders["gin"][0]
    again = Cell("gin_0_again", f"{first.title}, again", "gin", PATH, flags=first.flags, script=SCRIPT)
    # A log of 150 bytes a request would fill a disk in a long session.
    by_cell = comparison.time_in_rounds(session, [*(cell for cells in ladders.values() for cell in cells), again],
                                        after_run=lambda: log.unlink(missing_ok=True))
    noise = step_ratios(by_cell["gin_0"], by_cell["gin_0_again"])
    names = [name for name, _ in steps(threads, str(log))]
    text = "\n\n".join([heading(session), cost_table(names, ladders, by_cell),
                        ratio_table(names, ladders, by_cell, noise), notes(session, by_cell, threads)])
    session.records.finish({"seed": session.options.seed, "steps": {
        cell.key: {label: vars(value) for label, value in step_ratios(by_cell[before.key], by_cell[cell.key]).items()}
        for cells in ladders.values() for before, cell in zip(cells, cells[1:])}}, text)
    draw(session, names, ladders, by_cell)
    return text


def check_answers(session, cells):
    """Every step has to give back what was posted, or a cheaper answer would look like a better configuration."""
    body = json.dumps([{"id": number, "name": "someone"} for number in range(60)]).encode()
    for cell in cells:
        with session.server(cell.router, f"answers-{cell.key}", *cell.flags) as server:
            head, answer = post(server, cell.path, body)
        if b"\r\ncontent-encoding: gzip\r\n" in head.lower():
            answer = gzip.decompress(answer)
        if not head.startswith(b"HTTP/1.1 200 ") or answer != body:
            raise HarnessError(f"{cell.title} does not give back what is posted to {cell.path}: {head[:200]!r}")
    session.say(f"POST {PATH}: every step gives back what was posted")


def post(server, path, body):
    """Head and body of the answer to one POST that accepts gzip."""
    request = (f"POST {path} HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: {len(body)}\r\n"
               "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n")
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        connection.sendall(request.encode() + body)
        head, _, answer = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    return head + b"\r\n", answer


def step_ratios(before, after):
    """Above 1: the later step does better."""
    def values(runs, field):
        return [record[field] for record in runs]

    return {"requests/s": stats.paired_ratio(values(after, "requests_per_s"), values(before, "requests_per_s")),
            "CPU-us/request": stats.paired_ratio(values(before, "cpu_us_per_request"), values(after, "cpu_us_per_request"))}


def heading(session):
    return (f"{comparison.heading(session, f'S4 configuration, POST {PATH} with 2 KiB of JSON')}, "
            f"{session.records.runs[0]['allocator']}")


# (lines of the heading, field, digits, factor)
COSTS = [(["requests", "/s"], "requests_per_s", 0, 1), (["P99", "ms"], "latency_p99_us", 1, 1e-3),
         (["CPU-us/", "request"], "cpu_us_per_request", 2, 1),
         (["allocated", "bytes/req."], "allocated_bytes_per_request", 0, 1),
         (["received", "bytes/req."], "answer_bytes", 0, 1)]


def cost_table(names, ladders, by_cell):
    headers = [[""], *[[ROUTERS[router], *lines] for router in ladders for lines, *_ in COSTS]]
    rows = []
    for number, name in enumerate(names):
        cells = []
        for ladder_cells in ladders.values():
            runs = by_cell[ladder_cells[number].key]
            for _, field, digits, factor in COSTS:
                median = stats.estimate([cost(record, field) for record in runs]).median
                mark = comparison.client_bound_mark(runs) if field == "requests_per_s" else ""
                cells.append(mark + table.number(median * factor, digits))
        rows.append((name, *cells))
    return table.render(headers, rows)


def cost(record, field):
    return record["bytes"] / record["requests"] if field == "answer_bytes" else record[field]


def ratio_table(names, ladders, by_cell, noise):
    labels = list(noise)
    headers = [["each step against the one before it", "[95 % bootstrap interval]"],
               *[[ROUTERS[router], label] for router in ladders for label in labels]]
    rows = []
    for number, name in enumerate(names[1:], start=1):
        cells = []
        for ladder_cells in ladders.values():
            before, after = (by_cell[cell.key] for cell in ladder_cells[number - 1:number + 1])
            for label, ratio in step_ratios(before, after).items():
                cells.append(("~ " if stats.is_tie(ratio, noise[label]) else "") + table.interval(ratio))
        rows.append((name, *cells))
    rows.append(("A/A: the first against itself", *[table.interval(noise[label]) for label in labels],
                 *[""] * len(labels) * (len(ladders) - 1)))
    return table.render(headers, rows)


def notes(session, by_cell, threads):
    timed = [record for runs in by_cell.values() for record in runs]
    lines = ["Ratios above 1: the step makes it better. ~ a tie: not to be told from 1, or from what one server shows against "
             "itself (A/A)."]
    if threads > len(session.server_cpus):
        lines.append(f"The server has {len(session.server_cpus)} CPU here: {threads} threads share it, and MaxProcs cannot show "
                     "what a core more is worth. --server-cpus takes a list.")
    dropped = sum(record["access_log_dropped"] for record in timed)
    if dropped:
        share = dropped / sum(record["requests"] for record in timed if record["access_log_dropped"])
        lines.append(f"The asynchronous log dropped {share:.1%} of its lines where it could not follow: it never lets a request "
                     "wait.")
    lines.append("The article's next step, a leaner HTTP backend (fasthttp), is what both styles stand on here.")
    return "\n".join([*lines, *comparison.remarks(session, by_cell)])


def draw(session, names, ladders, by_cell):
    panels = []
    for title, field in (("requests/s", "requests_per_s"), ("CPU-us/request", "cpu_us_per_request")):
        for router, cells in ladders.items():
            values = [[record[field] for record in by_cell[cell.key]] for cell in cells]
            panels.append((f"{ROUTERS[router]}: {title}", values, [stats.estimate(ys) for ys in values]))
    labels = ["start", *(name.removeprefix("+ ").replace(": ", "\n") for name in names[1:])]
    groups = [(label, "#1f77b4") for label in labels]
    plots.runs_and_costs(session.plot, heading(session).partition("\n")[0], groups, panels, [],
                         width=18)
