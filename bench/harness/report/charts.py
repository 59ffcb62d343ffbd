"""The plots of a session as data: page.js draws them in the page, svg.py draws them in files, and each has a table with its figures.

A chart is a dict with `name`, `kind`, `title`, `note`, `table` ({"headers", "rows"}) and `panels`. The panels by kind:

  bars         {"title", "digits", "rows": [{"label", "colour", "runs", "median", "low", "high", "text"}]}
  percentiles  {"title", "curves": [{"label", "colour", "dash", "points": [[1 / share of slower requests, us]]}], "marks": [{"label", "at"}]}
  lines        {"title", "x", "log", "curves": [{"label", "colour", "dash", "points": [[x, y]], "star"}], "guide": {"label", "x"} or None}
  flames       {"title", "total", "boxes": [[level, left, width, function, value]], "table"}
"""

import itertools
import json
import re
from collections import defaultdict

import numpy as np

from harness import article, duel_load, hdr, knee, styles, table
from harness.errors import HarnessError
from harness.report import figures, flames, sessions
from harness.scenarios import load_modes

BARS = ("requests_per_s", "cpu_us_per_request", "peak_rss_kib")
AT_REST = ("rss_kib", "anonymous_kib")  # in place of BARS, of servers without a load
OF_ALL_MODES = ("requests_per_s", "cpu_us_per_request")  # the memory of a server does not depend on its load
CELLS_MAX = 24  # of a panel; more bars cannot be read
DASHES = ("", "6 3", "2 3", "8 3 2 3")
POINTS_PER_DECADE = 20
SHOWN_QUANTILES = {"P50": 0.5, "P90": 0.9, "P99": 0.99, "P99.9": 0.999, "P99.99": 0.9999}
SERIES_MIN = 5  # points; fewer are no series
MB = 1e6
# The title of a series, and the unit. The other series of leak say nothing more.
SERIES = {"heap_allocated_bytes": ("heap in use, MB", MB), "live_bytes": ("live bytes of the route, MB", MB), "background_tasks": ("background tasks", 1)}
NOT_DRAWN = ("requests", "items", "live_bytes_per_min")
LADDER = re.compile(r"(.+)_(\d+)_\d+")  # the key of a cell of load_modes: ladder, rate, number of runs before


def of_session(session):
    if "knees" in session.summary:
        found = [knees(session)]
    else:
        drawn = BARS if any(run.get("peak_rss_kib") for run in session.runs) else AT_REST
        found = [*(bars(session, figure) for figure in figures.FIGURES if figure.field in drawn or figure.exact),
                 *percentiles(session), memory(session)]
    return [chart for chart in [*found, series(session), *(flame_graphs(session, name) for name in FLAMES)] if chart]


def _chart(name, kind, title, note, headers, rows, panels):
    return {"name": name, "kind": kind, "title": title, "note": note, "table": {"headers": headers, "rows": rows}, "panels": panels}


# --- bars

def bars(session, figure):
    """A panel per load, a bar per cell. None if nothing was measured."""
    by_mode, titles = defaultdict(list), {}
    for cell in session.cells:
        if _is_shown(cell, figure) and (row := _bar(cell, figure)):
            by_mode[cell.mode].append(row)
            titles.setdefault(cell.mode, title_of(cell))
    panels = [{"title": titles[mode] if len(by_mode) > 1 else "", "digits": figure.digits, "rows": rows} for mode, rows in by_mode.items()
              if len(rows) <= CELLS_MAX]
    if not panels:
        return None
    note = "Exact counts." if figure.exact else "Bar: median of the rounds. Line: 95 % interval. Dot: one run."
    if any(row["label"].startswith("*") for panel in panels for row in panel["rows"]):
        note += " *: the server was not the limit, so requests/s are no result about it."
    better = "Higher is better." if figure.more_is_better else "Lower is better."
    rows = [[panel["title"], row["label"], row["text"], figure.text(row["low"] and row["low"] / figure.factor),
             figure.text(row["high"] and row["high"] / figure.factor), str(len(row["runs"]) or 1)] for panel in panels for row in panel["rows"]]
    return _chart(figure.field, "bars", figure.label, f"{note} {better}", ["load", "server", "median", "low", "high", "runs"], rows, panels)


def _is_shown(cell, figure):
    if figure.exact:
        return not cell.mode and not cell.again_of
    if figure.field == "requests_per_s" and figures.is_scheduled(cell):
        return False
    return not cell.mode or figure.field in OF_ALL_MODES


def _bar(cell, figure):
    if figure.exact:
        value = (cell.counted or {}).get(figure.field)
        found, runs = None, []
    else:
        found = figures.estimate(cell, figure)
        value = found and found.median
        runs = [run[figure.field] * figure.factor for run in cell.runs if run.get(figure.field) is not None]
    if value is None:
        return None
    known = found and found.known
    return {"label": "*" * figures.is_starred(cell, figure) + without_mode(cell), "colour": cell.colour, "runs": runs, "median": value * figure.factor,
            "low": found.low * figure.factor if known else None, "high": found.high * figure.factor if known else None, "text": figure.text(value)}


def title_of(cell):
    """The name of the load. The first load of router_style has no suffix."""
    if figures.is_scheduled(cell):
        return f"{cell.first['intended_rate']:,.0f} requests/s"
    return cell.mode.strip("_") or "alone"


def without_mode(cell):
    return cell.title.removesuffix(f", {cell.mode.strip('_')}") if cell.mode else cell.title


# --- latencies

def percentiles(session):
    """A chart per load with a fixed rate."""
    by_mode = defaultdict(list)
    for cell in session.cells:
        if cell.first.get("intended_rate") and cell.first.get("raw_report") and not cell.is_ceiling:
            by_mode[cell.mode].append(cell)
    return [chart for mode, cells in by_mode.items() if (chart := _percentiles(session, mode, cells))]


def _percentiles(session, mode, cells):
    merged = {cell.key: hdr.merge(histograms(session, cell.in_time)) for cell in cells}
    shown = [cell for cell in cells if merged[cell.key]]
    if not shown:
        return None
    seen, curves = defaultdict(int), []
    for cell in shown:
        curves.append(_look(cell, seen) | {"points": percentile_points(merged[cell.key])})
    rate = shown[0].first["intended_rate"]
    marks = [{"label": f"article: P99 of {one['name']} (Go)", "at": [100, one["latency_p99_us"]]} for one in article.ROUTER_LATENCY.values()
             ] if session.scenario == "router_latency" else []
    rows = [[without_mode(cell), *[table.number(hdr.quantile(merged[cell.key], part) / 1e3) for part in SHOWN_QUANTILES.values()],
             table.number(max(merged[cell.key]) / 1e3), f"{sum(merged[cell.key].values()):,}"] for cell in shown]
    return _chart("latency" + re.sub(r"\W", "_", mode), "percentiles", f"Latency at {rate:,.0f} requests/s, us",
                  "All requests of all rounds together. A latency counts from the time at which the request was due. Each mark of the axis has ten "
                  "times fewer slower requests.", ["server", *[f"{name}, us" for name in SHOWN_QUANTILES], "maximum, us", "requests"], rows,
                  [{"title": "", "curves": curves, "marks": marks}])


def histograms(session, runs):
    """Of the runs whose raw report is still there."""
    found = []
    for run in runs:
        try:
            found += duel_load.histograms(session.raw, [run])
        except HarnessError:
            continue
    return found


def percentile_points(histogram):
    """[1 / share of slower requests, us], with equal steps on the logarithmic axis."""
    values, counts = np.array(list(histogram)), np.cumsum(list(histogram.values()))
    total = int(counts[-1])
    steps = [10 ** (step / POINTS_PER_DECADE) for step in range(int(np.log10(total) * POINTS_PER_DECADE) + 1)]
    points = [[step, _quantile_us(values, counts, 1 - 1 / step)] for step in steps] + [[total, float(values[-1]) / 1e3]]
    return [[round(x, 4), y] for x, y in points]


def _quantile_us(values, counts, part):
    wanted = max(1, part * counts[-1] * (1 - 1e-9))  # as hdr.quantile
    return float(values[np.searchsorted(counts, wanted)]) / 1e3


# --- series

def memory(session):
    """Memory and allocations of the servers of the first round, from their files of counters."""
    panels = [{"title": title, "x": "seconds since the start of the server", "log": False, "curves": [], "guide": None}
              for title in ("resident memory, MB", "allocated since the start, MB")]
    rows, seen = [], defaultdict(int)
    for cell in session.cells:
        points = [] if cell.mode or cell.is_ceiling else _counters(session, cell)
        if len(points) < SERIES_MIN:
            continue
        look = _look(cell, seen) | {"star": None}
        for panel, place in zip(panels, (1, 2)):
            panel["curves"].append({**look, "points": [[point[0], point[place]] for point in points]})
        rows += [[cell.title, *[table.number(value, 2) for value in point]] for point in points]
    if not rows:
        return None
    return _chart("memory", "lines", "Memory and allocations over time", "The servers of the first round. A point is a reading of the server's "
                  "counters, before or after a run.", ["server", "seconds", "resident, MB", "allocated, MB"], rows, panels)


def _counters(session, cell):
    """[seconds, resident MB, allocated MB] for each different line of the server's file."""
    name = sessions.option_of(cell.runs[0].get("cmd_server") or "", "stats-file") if cell.runs else ""
    path = session.raw / name.rpartition("/")[2]
    if not name or not path.is_file():
        return []
    points = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            read = json.loads(line)
            points[read["uptime_ms"]] = [read["uptime_ms"] / 1e3, read["rss_bytes"] / MB, read["allocated_bytes"] / MB]
        except (ValueError, KeyError, TypeError):
            continue
    return list(points.values())


def series(session):
    """The values over time that the runs of the first round recorded."""
    found = defaultdict(lambda: defaultdict(list))  # {name: {run: points}}
    for run_id, name, t_s, value in session.rows("series", "run_id", "name", "t_s", "value"):
        if name not in NOT_DRAWN:
            found[name][run_id].append([t_s, value])
    panels, rows = [], []
    for name, by_run in found.items():
        title, scale = SERIES.get(name, (name.replace("_", " "), 1))
        curves, seen = [], defaultdict(int)
        for run_id, points in by_run.items():
            cell = session.of_run(run_id)
            if cell is None or len(points) < SERIES_MIN or run_id != cell.first.get("run_id"):
                continue
            scaled = [[t_s, value / scale] for t_s, value in points]
            curves.append(_look(cell, seen) | {"points": scaled, "star": None})
            rows += [[title, cell.title, table.number(t_s, 1), table.number(value, 1)] for t_s, value in (scaled[0], scaled[-1])]
        if curves:
            panels.append({"title": title, "x": "seconds", "log": False, "curves": curves, "guide": None})
    if not panels:
        return None
    return _chart("series", "lines", "Values over time", "The table has the first and the last value.", ["value", "server", "seconds", "value"], rows,
                  panels)


def _look(cell, seen):
    """Cells of one router have one colour and different dashes. `seen` counts them."""
    seen[cell.router] += 1
    return {"label": without_mode(cell), "colour": cell.colour, "dash": DASHES[(seen[cell.router] - 1) % len(DASHES)]}


# --- knees

def knees(session):
    """Latency and achieved rate over the intended rate, a panel of each per mode."""
    steps = {key: load_modes.steps_of(rounds) for key, rounds in _ladders(session).items()}
    panels, rows = [], []
    for mode in load_modes.MODES:
        ladders = [ladder for ladder in load_modes.ladders_of(mode) if ladder.key in steps and not ladder.again]
        for title, of_step in (("P99, ms", lambda step: _p99_ms(session, step)), ("achieved requests/s", lambda step: step.median("achieved_rate"))):
            curves = [_knee_curve(session, ladder, steps[ladder.key], of_step) for ladder in ladders]
            if curves:
                panels.append({"title": f"{mode.key} connections: {title}" if mode.key != "mixed" else f"mixed bodies: {title}",
                               "x": "intended requests/s", "log": True, "curves": curves,
                               "guide": {"label": "the article's knee", "x": article.LOAD_MODES[mode.key]["requests_per_s"]}})
        rows += [[mode.key, ladder.title, f"{step.rate:,}", table.number(step.median("achieved_rate")), table.number(_p99_ms(session, step), 2),
                  step.outcome] for ladder in ladders for step in steps[ladder.key]]
    if not panels:
        return None
    return _chart("knees", "lines", "The load is raised until the server gets slow", "Star: the knee, the highest load that is held.",
                  ["mode", "server", "intended requests/s", "achieved", "P99, ms", "outcome"], rows, panels)


def _ladders(session):
    """{ladder: [the runs of a round, in the order in which they were made]}."""
    found = defaultdict(lambda: defaultdict(list))
    for cell in session.cells:
        key = LADDER.fullmatch(cell.key)
        for number, run in cell.by_round.items() if key else ():
            found[key[1]][number].append(run)
    return {key: [sorted(runs, key=lambda run: run["timestamp"]) for runs in rounds.values()] for key, rounds in found.items()}


def _knee_curve(session, ladder, steps, of_step):
    shown = [step for step in steps if step.outcome != knee.UNKNOWN]
    held = load_modes.median_rung([one["held"] for one in session.summary["knees"][ladder.key]])
    return {"label": ladder.title, "colour": styles.SUBJECTS[ladder.router].colour, "dash": "", "points": [[step.rate, of_step(step)] for step in shown],
            "star": held if held in [step.rate for step in shown] else None}


def _p99_ms(session, step):
    return hdr.quantile(hdr.merge(histograms(session, step.records)), 0.99) / 1e6


# --- flame graphs

FLAMES = {"flames": (flames.MEMORY, "Where memory is allocated", "bytes"), "flames_cpu": (flames.CPU, "Where CPU time is spent", "CPU time")}


def flame_graphs(session, name):
    kinds, title, what = FLAMES[name]
    panels = flames.of_session(session, kinds)
    if not panels:
        return None
    rows = list(itertools.chain.from_iterable([[panel["title"], *row] for row in panel["table"]["rows"]] for panel in panels))
    return _chart(name, "flames", title, f"A box is a function; its width is its share of the {what}, with the functions that it calls. The boxes "
                  "above it are these functions. Boxes in colour are functions of the server and of its framework.", ["profile", *panels[0]["table"]["headers"]], rows,
                  [{key: panel[key] for key in ("title", "total", "boxes", "own", "exact")} for panel in panels])
