"""The memory that the Beego style's ORM and sessions cost a server at rest."""

import socket
import time

from harness import comparison, order, plots, procfs, stats, styles, table
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.session import Cell

DESCRIPTION = "What do Beego's defaults cost at rest? Memory with and without sessions and ORM; the Gin style"

REQUESTS = 10  # enough that everything created by the first request exists
PATH = "/ping"
COLUMNS = [
    Cell("beego", "--router=beego", "beego", PATH),
    Cell("no_session", "  --no-session", "beego", PATH, flags=("--no-session=true",)),
    Cell("no_orm", "  --no-orm", "beego", PATH, flags=("--no-orm=true",)),
    Cell("trim", "  --trim", "beego", PATH, flags=("--trim=true",)),
    Cell("gin", "--router=gin", "gin", PATH),
]
GO_COLUMNS = [
    Cell("go_beego", "Go Beego, sessions on", "go_beego", PATH, flags=("--session=on",)),
    Cell("go_no_session", "  sessions off", "go_beego", PATH),
    Cell("go_no_orm", "  without ORM", "go_beego", PATH, flags=("--session=on", "--orm=off")),
    Cell("go_trim", "  without both", "go_beego", PATH, flags=("--orm=off",)),
    Cell("go_gin", "Go Gin", "go_gin", PATH),
]
ORIGINALS = ("gin", "beego")
NOTES = ["Memory that is not anonymous consists of pages of the program file and its libraries that were executed. It includes "
         "SQLite's code even without an ORM, once a request for /sql has been answered.",
         "--trim is --no-orm and --no-session together. The width of an interval shows how much starts of the same server "
         "differ."]
GO_NOTE = "The article says that Beego's sessions are on by default. In Beego 2.1.0 they are off."
FIELDS = [("resident, KB", "rss_kib"), ("of these anonymous, KB", "anonymous_kib")]
NEEDS = ()
PRESETS = {
    "quick": {"rounds": 3, "seconds": 1, "warm_up": 1, "connections": 512},
    "default": {"rounds": 5, "seconds": 1, "warm_up": 1, "connections": 512},
    "full": {"rounds": 10, "seconds": 1, "warm_up": 1, "connections": 512},
}


def columns(options):
    return [*COLUMNS, *(GO_COLUMNS if options.originals else [])]


def full_of(cell):
    """The cell with which this one is compared."""
    return GO_COLUMNS[0] if cell in GO_COLUMNS else COLUMNS[0]


def measure(session):
    for number, cells in enumerate(order.rounds(columns(session.options), session.options.rounds, session.options.seed), start=1):
        records = {cell.key: session.once(cell, number, lambda cell=cell: one_start(session, cell, number)) for cell in cells}
        session.show(f"round {number} of {session.options.rounds}: " + ", ".join(
            f"{cell.title.strip()} {records[cell.key]['rss_kib']:,} KB" for cell in columns(session.options)))


def report(found):
    by_cell = found.by_cell()
    return Report("Memory at rest", [heading(found), cost_table(found.options, by_cell),
                                     table.notes([*NOTES, *([GO_NOTE] if found.options.originals else [])])], {"seed": found.options.seed},
                  lambda stem: draw(stem, found, by_cell))


def one_start(session, cell, number):
    """The readings of one server."""
    name, run_id, timestamp = f"{number}-{cell.key}", session.new_run_id(), time.time_ns() // 1_000_000
    with session.server(cell.router, name, *cell.flags) as server:
        memory = session.act(f"send {REQUESTS} requests, then read the memory", lambda: at_rest(server, run_id), runs=1)
        return {"recorder": "memory", "name": name, "run_id": run_id, "timestamp": timestamp, "files": [],
                "load_profile": {"requests": REQUESTS, "path": PATH}, "server": server.facts, "memory": memory}


def record_of(reading, _raw):
    memory = reading["memory"]
    return {"cmd_server": reading["server"]["command_line"], "rss_kib": memory["rss_kib"], "anonymous_kib": memory["anonymous_kib"],
            "invalid": "", "used": True}


def at_rest(server, trace_id):
    send_requests(server, trace_id)
    return procfs.memory(server.pid)


def send_requests(server, trace_id):
    request = f"GET {PATH} HTTP/1.1\r\nHost: {server.authority}\r\nX-Trace-ID: {trace_id}\r\n\r\n".encode()
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        for _ in range(REQUESTS):
            connection.sendall(request)
            answer = connection.recv(65536)
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise HarnessError(f"GET {PATH} is not answered with 200: {answer[:200]!r}")


def heading(found):
    options, facts = found.options, found.environment
    return (f"Memory at rest, {found.began}: after {REQUESTS} requests, "
            f"{table.count(options.rounds, 'start')} per row, medians [95 % bootstrap interval]\n" + "\n".join([
                f"{facts['cpu_model']}, Linux {facts['kernel']}, server on CPU {facts['server_cpus']}", *comparison.originals_line(found)]))


def estimates(by_cell, field):
    return {key: stats.estimate([record[field] for record in records]) for key, records in by_cell.items()}


def cost_table(options, by_cell):
    headers = [[""], *[["less than", "full Beego"] if saving else [line] for line, _ in FIELDS for saving in (False, True)]]
    rows = []
    for cell in columns(options):
        full, cells = full_of(cell), []
        for _, field in FIELDS:
            found = estimates(by_cell, field)
            saved = found[full.key].median - found[cell.key].median
            cells += [table.interval(found[cell.key], 0), "" if cell is full else f"{saved:,.0f}"]
        rows.append((cell.title, *cells))
    return table.Table(headers, rows)


def draw(stem, found, by_cell):
    cells = columns(found.options)
    groups = [(cell.title.strip().removeprefix("--router=").replace(", ", "\n"), styles.SUBJECTS[cell.router].colour) for cell in cells]
    panels, costs = [], []
    for title, field in FIELDS:
        at_rest = estimates(by_cell, field)
        panels.append((title, [[record[field] for record in by_cell[cell.key]] for cell in cells], [at_rest[cell.key] for cell in cells]))
        costs.append((f"less than full Beego: {title}", [max(0, at_rest[full_of(cell).key].median - at_rest[cell.key].median) for cell in cells]))
    plots.runs_and_costs(stem, heading(found).partition("\n")[0], groups, panels, costs,
                         width=14)
