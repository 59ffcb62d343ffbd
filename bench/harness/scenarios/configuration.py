"""configuration (S4, the article's 2.4): the effect of one setting after the other, in both styles."""

import gzip
import json
import socket

from harness import comparison, plots, presets, stats, styles, table
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.session import Cell

DESCRIPTION = "What does each setting change? Threads, asynchronous log, body copy, gzip, keep-alive, step by step"
SCRIPT = "post.lua"
PATH = "/echo"
LOG = "access.log"
COMPARED = {"requests/s": "requests_per_s", "CPU-us/request": "cpu_us_per_request"}  # label and field of each ratio
ORIGINALS = ("beego",)  # Gin has no such settings
THREADS_MIN = 2  # of the MaxProcs step, so that it differs from the first step

NEEDS = ("wrk",)
PRESETS = presets.IN_ROUNDS


def steps(threads, log):
    """Returns (name, changed flags) per step. Each step also keeps the changes of the steps before it."""
    start = {"--threads": "1", "--access-logs": "on", "--access-logs-async": "off", "--access-logs-file": log,
             "--copy-request-body": "on", "--gzip": "off", "--gzip-methods": "GET;POST", "--disable-keep-alive": "off"}
    return [("one thread, logging sync, body copied", start),
            (f"+ MaxProcs: 1 -> {threads}", {"--threads": str(threads)}),
            ("+ AccessLogsAsync: off -> on", {"--access-logs-async": "on"}),
            ("+ CopyRequestBody: on -> off", {"--copy-request-body": "off"}),
            ("+ EnableGzip: off -> on", {"--gzip": "on"}),
            ("+ DisableKeepAlive: off -> on", {"--disable-keep-alive": "on"})]


def ladder(router, threads, log):
    """The cells of one style, one per step."""
    cells, flags = [], {}
    for number, (name, changes) in enumerate(steps(threads, log)):
        flags |= changes
        given = tuple(f"{flag}={value}" for flag, value in flags.items())
        cells.append(Cell(f"{router}_{number}", f"{styles.SUBJECTS[router].name} {name}", router, PATH, flags=given, script=SCRIPT))
    return cells


def ladders_of(options, server_cpus, log):
    """{router: cells}, and the threads after the step MaxProcs."""
    threads = max(THREADS_MIN, len(server_cpus))
    return {router: ladder(router, threads, str(log)) for router in styles.with_originals(options, ORIGINALS)}, threads


def measure(session):
    log = session.records.raw / LOG
    ladders, _ = ladders_of(session.options, session.server_cpus, log)
    check_answers(session, [cell for cells in ladders.values() for cell in cells])
    first = ladders["gin"][0]
    again = Cell("gin_0_again", f"{first.title}, again", "gin", PATH, flags=first.flags, script=SCRIPT)
    # The log is deleted after each run: at 150 bytes per request it would fill a disk in a long session.
    comparison.time_in_rounds(session, [*(cell for cells in ladders.values() for cell in cells), again],
                              after_run=lambda: log.unlink(missing_ok=True))


def report(found):
    by_cell = found.by_cell()
    ladders, threads = ladders_of(found.options, found.server_cpus, LOG)
    noise = step_ratios(by_cell["gin_0"], by_cell["gin_0_again"])
    names = [name for name, _ in steps(threads, LOG)]
    return Report(
        "Configuration (S4)", [heading(found), cost_table(names, ladders, by_cell), ratio_table(names, ladders, by_cell, noise),
                               notes(found, by_cell, threads)],
        {"seed": found.options.seed, "steps": {
            cell.key: {label: vars(value) for label, value in step_ratios(by_cell[before.key], by_cell[cell.key]).items()}
            for cells in ladders.values() for before, cell in zip(cells, cells[1:])}},
        lambda stem: draw(stem, found, names, ladders, by_cell))


def check_answers(session, cells):
    """Raises HarnessError unless every step echoes the posted body. A shorter answer would look like a better configuration."""
    body = json.dumps([{"id": number, "name": "someone"} for number in range(60)]).encode()
    for cell in cells:
        with session.server(cell.router, f"answers-{cell.key}", *cell.flags) as server:
            session.act(f"POST {cell.path}, and compare the answer with the body", lambda: require_echo(server, cell, body))
    session.show(f"POST {PATH}: every step echoes the posted body", stays=True)


def require_echo(server, cell, body):
    head, answer = post(server, cell.path, body)
    if b"\r\ncontent-encoding: gzip\r\n" in head.lower():
        answer = gzip.decompress(answer)
    if not head.startswith(b"HTTP/1.1 200 ") or answer != body:
        raise HarnessError(f"{cell.title} does not echo what is posted to {cell.path}: {head[:200]!r}")


def post(server, path, body):
    """Sends one POST that accepts gzip. Returns the head and the body of the answer."""
    request = (f"POST {path} HTTP/1.1\r\nHost: {server.authority}\r\nContent-Length: {len(body)}\r\n"
               "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n")
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        connection.sendall(request.encode() + body)
        head, _, answer = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    return head + b"\r\n", answer


def step_ratios(before, after):
    """{label: Estimate}; above 1 if the later step is better."""
    def values(runs, field):
        return [record[field] for record in runs]

    return {"requests/s": stats.paired_ratio(values(after, "requests_per_s"), values(before, "requests_per_s")),
            "CPU-us/request": stats.paired_ratio(values(before, "cpu_us_per_request"), values(after, "cpu_us_per_request"))}


def heading(found):
    return "\n".join([f"{comparison.heading(found, f'Configuration (S4), POST {PATH} with 2 KiB of JSON')}, {found.runs[0]['allocator']}",
                      *comparison.originals_line(found)])


# (heading as lines, field, digits, factor)
COSTS = [(["requests", "/s"], "requests_per_s", 0, 1), (["P99", "ms"], "latency_p99_us", 1, 1e-3),
         (["CPU-us/", "request"], "cpu_us_per_request", 2, 1),
         (["allocated", "bytes/req."], "allocated_bytes_per_request", 0, 1),
         (["received", "bytes/req."], "answer_bytes", 0, 1)]


def cost_table(names, ladders, by_cell):
    headers = [[""], *[[styles.SUBJECTS[router].name, *lines] for router in ladders for lines, *_ in COSTS]]
    rows = []
    for number, name in enumerate(names):
        cells = []
        for ladder_cells in ladders.values():
            runs = by_cell[ladder_cells[number].key]
            for _, field, digits, factor in COSTS:
                median = stats.estimate([cost(record, field) for record in runs]).median
                cells.append(comparison.cell_text(table.number(median * factor, digits), field, runs))
        rows.append((name, *cells))
    return table.Table(headers, rows)


def cost(record, field):
    return record["bytes"] / record["requests"] if field == "answer_bytes" else record[field]


def ratio_table(names, ladders, by_cell, noise):
    labels = list(noise)
    headers = [["each step against the step before it", "[95 % bootstrap interval]"],
               *[[styles.SUBJECTS[router].name, label] for router in ladders for label in labels]]
    rows = []
    for number, name in enumerate(names[1:], start=1):
        cells = []
        for ladder_cells in ladders.values():
            before, after = (by_cell[cell.key] for cell in ladder_cells[number - 1:number + 1])
            for label, ratio in step_ratios(before, after).items():
                text = ("~ " if stats.is_tie(ratio, noise[label]) else "") + table.interval(ratio)
                cells.append(comparison.ratio_text(text, COMPARED[label], before, after))
        rows.append((name, *cells))
    same = by_cell["gin_0"], by_cell["gin_0_again"]
    rows.append(("A/A: the first against itself",
                 *[comparison.ratio_text(table.interval(noise[label]), COMPARED[label], *same) for label in labels],
                 *[""] * len(labels) * (len(ladders) - 1)))
    return table.Table(headers, rows)


def notes(found, by_cell, threads):
    timed = [record for runs in by_cell.values() for record in runs]
    lines = [comparison.HOW_TO_READ_RATIOS.format(better="the step is an improvement")]
    if threads > len(found.server_cpus):
        lines.append(f"The server has only {len(found.server_cpus)} CPU, which {threads} threads share. The MaxProcs step "
                     "therefore cannot show the effect of more cores. Give more CPUs with --server-cpus.")
    dropped = sum(record["access_log_dropped"] for record in timed)
    if dropped:
        share = dropped / sum(record["requests"] for record in timed if record["access_log_dropped"])
        lines.append(f"The asynchronous log dropped {share:.1%} of its lines, because it never makes a request wait.")
    if found.options.originals:
        lines.append("Go Beego has the same settings, except for DisableKeepAlive: there net/http closes the connections. If the queue of its "
                     "asynchronous log is full, a request waits, and nothing is dropped.")
    lines.append("The article's next step is a faster HTTP backend (fasthttp). Here both styles use the same fast core from "
                 "the start.")
    return table.notes([*lines, *comparison.remarks(found, by_cell)])


def draw(stem, found, names, ladders, by_cell):
    panels = []
    for title, field in COMPARED.items():
        for router, cells in ladders.items():
            values = [[record[field] for record in by_cell[cell.key]] for cell in cells]
            panels.append((f"{styles.SUBJECTS[router].name}: {title}", values, [stats.estimate(ys) for ys in values]))
    labels = ["start", *(name.removeprefix("+ ").replace(": ", "\n") for name in names[1:])]
    groups = [(label, "#1f77b4") for label in labels]
    plots.runs_and_costs(stem, heading(found).partition("\n")[0], groups, panels, [],
                         width=18)
