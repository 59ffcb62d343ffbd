"""leak (S5, the article's 2.5): a leak, produced with ab and found, and the same application without the leak."""

import json
import shlex
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass

from harness import ab, article, comparison, plots, pprof, profiles, stats, styles, table
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.session import Cell

DESCRIPTION = "What does a leak look like, and which route is named? Heap in use, background tasks, heap profiles"

ROUTE = "/api/item/:id"
REQUESTS = 10_000  # per call of ab, as in the article
SAMPLE_S = 0.25
WINDOW_BATCHES = 6  # the detector's window in batches: it divides its window into six blocks
ROUNDS_MIN = WINDOW_BATCHES + 2  # enough for a slope and for the detector
CONNECTIONS_MAX = REQUESTS  # ab refuses more connections than requests
NEEDS = ("ab",)
# `rounds` is the number of batches of ab, `seconds` the time from the start of one batch to the start of the next.
PRESETS = {
    "quick": {"rounds": ROUNDS_MIN, "seconds": 1, "warm_up": 1, "connections": 200},
    "default": {"rounds": 10, "seconds": 3, "warm_up": 1, "connections": 200},
    "full": {"rounds": 13, "seconds": 50, "warm_up": 1, "connections": 200},
}
FIRST_PROFILE = 2  # number of batches before the first of the two heap profiles
TOP = 8  # number of functions shown
GO_LIMIT_S = 60
MB = 1e6
FLAT_BYTES = 1_000_000  # growth that connections and buffers of the first requests explain; below it the line is flat
SCENARIOS = ["leak", "leak-fixed"]
ORIGINALS = ("gin", "beego")
GO_SAMPLE_S = 1.0  # a reading of a Go program begins with a collection, which costs time
LINES = {"leak": ".-", "leak-fixed": ".:"}  # in the plot


@dataclass(frozen=True)
class Sample:
    """The content of GET /debug/routes at one moment."""

    t_s: float
    requests: int
    heap_allocated_bytes: int
    live_bytes: int | None  # of ROUTE; None in a Go program, which does not count by route
    live_bytes_per_min: int
    leak_suspected: bool
    background_tasks: int
    items: int


NO_SAMPLE = Sample(0, 0, 0, 0, 0, False, 0, 0)


def measure(session):
    options, routers = session.options, styles.with_originals(session.options, ORIGINALS)
    session.say(f"running ab -n {REQUESTS} -c {options.connections} {options.rounds} times, once every {options.seconds} s, against "
                f"each of {len(routers) * len(SCENARIOS)} servers")
    for router in routers:
        for scenario in SCENARIOS:
            name = f"{styles.SUBJECTS[router].name}, {scenario}"
            cell = Cell(f"{router}_{scenario}", name, router, ROUTE, flags=(f"--scenario={scenario}",))
            session.once(cell, 1, lambda router=router, scenario=scenario: one_server(session, router, scenario))


def results_of(found):
    return [judge(found.reading(record), found.raw) for record in found.used()]


def report(found):
    results = results_of(found)
    title = heading(found)
    return Report("Leak (S5)", [title, result_table(results), *(findings(result) for result in results), notes(found.options)],
                  {"seed": found.options.seed}, lambda stem: draw(stem, title, results))


def one_server(session, router, scenario):
    """The readings of all batches against one server, from its start to its end."""
    options, name, run_id, timestamp = session.options, f"{router}-{scenario}", session.new_run_id(), time.time_ns() // 1_000_000
    samples, batches, taken = [], [], []
    ours = router in styles.ALL  # Go always takes heap profiles, and has no detector
    flags = [f"--leak-window={window_s(options)}s", "--heap-profile=on"] if ours else []
    with session.server(router, name, f"--scenario={scenario}", *flags, admin_port="any") as server:
        begin = time.monotonic()

        def sample():
            samples.append(read(server, time.monotonic() - begin))
            pause_s = SAMPLE_S if ours else GO_SAMPLE_S
            time.sleep(pause_s)
            return pause_s

        def sample_until(end_s):
            sample()
            while time.monotonic() < begin + end_s:
                sample()
            return samples[-1]

        session.act("read /debug/routes", sample)
        for number in range(1, options.rounds + 1):
            batches.append(run_batch(session, server, f"{run_id}-{number}", f"{name}-{number}", number, sample))
            end_s = number * options.seconds
            last = session.act(f"read /debug/routes every {SAMPLE_S} s until {end_s} s after the start", lambda: sample_until(end_s),
                               seconds=options.seconds, runs=1, planned=NO_SAMPLE)
            show_progress(session, router, scenario, number, last)
            if number in (FIRST_PROFILE, options.rounds):
                taken += session.act("take a heap profile", lambda: profiles.take(server, "heap", run_id, session.records.raw), planned=[])
        session.act("read /debug/routes", sample)
        warnings = session.act("read the messages of the server", lambda: warnings_of(server), planned=[])
    paths = [session.records.raw / profile["file"] for profile in taken]
    return {"recorder": "leak", "name": name, "run_id": run_id, "timestamp": timestamp,
            "files": [*(batch["file"] for batch in batches), *(profile["file"] for profile in taken)],
            "load_profile": {"tool": "ab", "requests": REQUESTS, "connections": options.connections, "batches": options.rounds,
                        "seconds": options.seconds, "path": "/api/item/N"},
            "server": server.facts, "router": router, "application": scenario, "batches": batches, "samples": list(map(asdict, samples)),
            "series": series(samples), "warnings": warnings, "profiles": taken, "go_top": go_top(*paths) if len(paths) == 2 else ""}


def warnings_of(server):
    return [line for line in server.log().splitlines() if ROUTE in line and "live bytes" in line]


def window_s(options):
    return WINDOW_BATCHES * options.seconds


def series(samples):
    """{name: [(s, value)]}, of what the server counts."""
    names = [name for name, value in asdict(samples[-1] if samples else NO_SAMPLE).items()
             if value is not None and name not in ("t_s", "leak_suspected")]
    return {name: [(sample.t_s, getattr(sample, name)) for sample in samples] for name in names}


def run_batch(session, server, trace_id, name, number, sample):
    # One id per batch, because one call of ab requests one URL.
    command = ab.command(server.url(f"/api/item/{number}"), REQUESTS, session.options.connections, session.client_cpus, trace_id)
    output = session.records.raw / f"{time.time_ns() // 1_000_000}-{name}.ab.txt"
    session.act(f"run batch {number}", lambda: ab.run(command, output, sample), command)
    return {"command_line": shlex.join(command), "file": output.name}


def read(server, t_s):
    body = server.admin("/debug/routes")
    if body is None:
        raise HarnessError("the server has no /debug/routes; this scenario needs a server that counts per route")
    report = json.loads(body)
    route = next((one for one in report["routes"] if one["route"] == ROUTE), {})
    return Sample(t_s, route.get("requests", 0), report["heap_allocated_bytes"], route.get("live_bytes") if route else 0,
                  route.get("live_bytes_per_min", 0), route.get("leak_suspected", False), report["background_tasks"],
                  report["items"])


def show_progress(session, router, scenario, number, last):
    suspicion = f"the detector names {ROUTE}" if last.leak_suspected else ""
    session.show(f"{styles.SUBJECTS[router].name:8} {scenario:10} batch {number:2}/{session.options.rounds}  "
                 f"heap in use {last.heap_allocated_bytes / MB:8.1f} MB  background tasks {last.background_tasks:8,}  {suspicion}")


@dataclass(frozen=True)
class Result:
    router: str
    scenario: str
    requests: int
    requests_per_s: float
    heap_begin_bytes: int
    heap_end_bytes: int
    bytes_per_request: float  # slope of heap in use over requests
    line_by_requests: object  # R², None if all values are equal
    bytes_per_min: float
    line_by_time: object
    second_half_bytes: int  # growth of the heap in use, from the middle of the run to its end
    live_bytes: int | None
    items: int
    background_tasks: int
    largest_fall: int  # largest decrease of background tasks from one sample to the next
    named_after_s: object  # time until the detector named the route, None if it never did
    warning: str
    growth: list  # (function, bytes): the difference between the two heap profiles
    go_top: str
    samples: list

    @property
    def is_flat(self):
        return self.line_by_requests is None or self.heap_end_bytes - self.heap_begin_bytes < FLAT_BYTES


def judge(reading, raw):
    samples = [Sample(**sample) for sample in reading["samples"]]
    batches = [ab.parse((raw / batch["file"]).read_text(encoding="utf-8", errors="replace")) for batch in reading["batches"]]
    times, requests, heap, tasks = (
        [getattr(sample, field) for sample in samples] for field in ("t_s", "requests", "heap_allocated_bytes", "background_tasks"))
    slope, _, line_by_requests = stats.straight_line(requests, heap)
    per_s, _, line_by_time = stats.straight_line(times, heap)
    middle = next(sample for sample in samples if sample.requests >= requests[-1] / 2)
    last = samples[-1]
    return Result(
        reading["router"], reading["application"], last.requests, stats.estimate([batch["requests_per_s"] for batch in batches]).median, heap[0], heap[-1],
        slope, line_by_requests, per_s * 60, line_by_time, heap[-1] - middle.heap_allocated_bytes, last.live_bytes, last.items,
        last.background_tasks, max((a - b for a, b in zip(tasks, tasks[1:])), default=0),
        next((sample.t_s for sample in samples if sample.leak_suspected), None), reading["warnings"][0] if reading["warnings"] else "",
        growth([raw / profile["file"] for profile in reading["profiles"]]), reading["go_top"], samples)


def growth(paths):
    """The growth per function between two heap profiles; [] if the server offers none."""
    if len(paths) < 2:
        return []
    try:
        return pprof.growth(*(pprof.parse(path.read_bytes()) for path in paths), "inuse_space")
    except ValueError as error:
        raise HarnessError(f"{paths[1]} cannot be read: {error}") from error


def go_top(before, after):
    """The output of `go tool pprof`, if Go is installed."""
    if shutil.which("go") is None:
        return ""
    command = ["go", "tool", "pprof", "-top", "-cum", f"-nodecount={TOP}", "-sample_index=inuse_space", "-base", str(before),
               str(after)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GO_LIMIT_S, check=False)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def record_of(reading, raw):
    result = judge(reading, raw)
    row = {key: value for key, value in vars(result).items() if key not in ("router", "scenario", "growth", "go_top", "samples")}
    top = "; ".join(f"{function} {value}" for function, value in result.growth[:TOP])
    return {"application": result.scenario, "cmd_server": reading["server"]["command_line"],
            "cmd_client": "; ".join(batch["command_line"] for batch in reading["batches"]), **row, "heap_growth": top, "invalid": "", "used": True}


def heading(found):
    options, facts = found.options, found.environment
    return (f"Leak (S5), {found.began}: ab -n {REQUESTS} -c {options.connections} "
            f"{options.rounds} times, once every {options.seconds} s, {ROUTE}\n" + "\n".join([
                f"{facts['cpu_model']}, Linux {facts['kernel']}, server on CPU {facts['server_cpus']}, ab on CPU {facts['client_cpus']}; "
                f"detector's window {window_s(options)} s", *comparison.originals_line(found)]))


def result_table(results):
    def row(label, cell, article_cell=""):
        return (label, *[cell(result) for result in results], article_cell)

    def megabytes(value):
        return comparison.NOT_COUNTED if value is None else table.number(value / MB, 1)

    def line(result, value):
        return "flat" if result.is_flat else table.number(value, 4)

    def named(result):
        if result.router not in styles.ALL:
            return comparison.NOT_COUNTED
        return "never" if result.named_after_s is None else table.number(result.named_after_s, 1)

    headers = [[""], *[[styles.SUBJECTS[result.router].name, result.scenario] for result in results], ["article", "leak"]]
    return table.Table(headers, [
        row("requests answered", lambda one: table.number(one.requests), table.number(REQUESTS)),
        row("requests/s of one call of ab", lambda one: table.number(one.requests_per_s)),
        row("heap in use at the start, MB", lambda one: megabytes(one.heap_begin_bytes)),
        row("heap in use at the end, MB", lambda one: megabytes(one.heap_end_bytes), f"> {article.LEAK['heap_in_use_mb']}"),
        row("  growth in the second half, MB", lambda one: megabytes(one.second_half_bytes)),
        row("  bytes/request (slope)", lambda one: table.number(one.bytes_per_request, 1)),
        row("  straight line over requests, R²", lambda one: line(one, one.line_by_requests)),
        row("  MB/min", lambda one: megabytes(one.bytes_per_min)),
        row("  straight line over time, R²", lambda one: line(one, one.line_by_time)),
        row("live bytes of the route, MB", lambda one: megabytes(one.live_bytes)),
        row("items in the map", lambda one: table.number(one.items)),
        row("background tasks at the end", lambda one: table.number(one.background_tasks),
            f"> {article.LEAK['background_tasks']:,}"),
        row("  largest decrease before", lambda one: table.number(one.largest_fall)),
        row("route named after, s", named),
    ])


def findings(result):
    """The findings of the detector and of the heap profiles, as text."""
    silent = "no warning" if result.router in styles.ALL else "it has no detector"
    lines = [f"{styles.SUBJECTS[result.router].name}, {result.scenario}: " + (result.warning or silent)]
    if result.growth:
        lines.append("  growth between two heap profiles, in bytes in use that the function and its callees hold:")
        lines += [f"    {value / MB:9.1f} MB  {function}" for function, value in result.growth[:TOP]]
    else:
        lines.append("  no heap profile: the server offers none, or nothing has grown")
    if result.go_top and result.scenario == "leak":
        lines += ["  go tool pprof -top -cum -base:", *(f"    {line}" for line in result.go_top.splitlines())]
    return "\n".join(lines)


def notes(options):
    return table.notes([
        *(["The heap in use of a Go program is that of live objects: each reading begins with a collection. Its background tasks are "
           "goroutines that sleep. The goroutine holds the buffer, as the article's text says."] if options.originals else []),
        "Each request keeps a buffer of 4,000 bytes (8 KiB with its spare capacity) and a task that deletes the buffer ten minutes "
        "later. With leak-fixed an LRU cache of 1,000 items keeps each item for one minute. In Go each task also costs a "
        "goroutine stack of 2 KiB; a task here costs about 100 bytes.",
        "ab requests one id per batch. In Go the map would keep one buffer per id, because the article's closure captures only the "
        "key. The article's text says that the closure also holds the buffer, and the task here does so.",
        f"The detector warns after one full window of steady growth: {window_s(options)} s here (--leak-window), 5 min by "
        "default."])


def draw(stem, title, results):
    def by_server(field, scale):
        lines = []
        for result in results:
            style, values = styles.SUBJECTS[result.router], [getattr(sample, field) for sample in result.samples]
            if None not in values:
                lines.append((f"{style.name}, {result.scenario}", style.colour, LINES[result.scenario],
                              [sample.t_s for sample in result.samples], [value / scale for value in values]))
        return lines

    plots.curves(stem, title.partition("\n")[0], [
        ("heap in use", "MB", by_server("heap_allocated_bytes", MB)),
        (f"live bytes of {ROUTE}", "MB", by_server("live_bytes", MB)),
        ("background tasks", "tasks", by_server("background_tasks", 1))])
