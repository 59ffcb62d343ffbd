"""Merges the reports of several duel-load programs that loaded one server at the same time. The result is a report of the same form,
as if one program had sent everything: counts and histograms are added, and quantiles come from the added histograms. Quantiles are
never averaged.
"""

from dataclasses import dataclass

from harness import hdr
from harness.errors import HarnessError

# The shared part of the windows, as a share of a window. Below it the server was loaded by fewer programs for a part of the time.
WINDOW_SHARE_MIN = 0.95
HISTOGRAMS = ("latency_from_intended", "latency_from_actual", "lateness")
QUANTILES = {"p50_ns": 0.5, "p90_ns": 0.9, "p99_ns": 0.99, "p99_9_ns": 0.999, "p99_99_ns": 0.9999}
SAME_SETTINGS = ("loop", "authority", "pipeline", "requests_per_connection", "warmup_s", "requests")
SUMMED_SETTINGS = ("connections", "threads")
COUNTS = ("requests", "sent_in_time", "answered", "bytes_received")
CPU_SUMS = ("user_s", "system_s", "spin_s", "preemptions")


@dataclass(frozen=True)
class Part:
    """The report of one program. `clock_offset_ns` is its clock minus ours."""

    name: str
    report: dict
    clock_offset_ns: int = 0

    @property
    def window_ns(self):
        """The beginning and the end of the schedule without its warm-up, on our clock."""
        total = self.report["total"]
        begin = self.report["start_unix_ns"] - self.clock_offset_ns + round(total["start_s"] * 1e9)
        return begin, begin + round(total["duration_s"] * 1e9)


def merge(parts):
    """The report of all parts together. Raises HarnessError if they are not parts of one load."""
    require_same_load(parts)
    require_one_window(parts)
    reports = [part.report for part in parts]
    first = reports[0]
    settings = {**first["settings"], "share": "1/1",
                **{key: sum(report["settings"][key] for report in reports) for key in SUMMED_SETTINGS}}
    total = merge_steps([report["total"] for report in reports])
    return {
        **first,
        "valid": all(report["valid"] for report in reports),
        "void": [f"{part.name}: {reason}" for part in parts for reason in part.report["void"]],
        "settings": settings,
        "start_unix_ns": min(part.report["start_unix_ns"] - part.clock_offset_ns for part in parts),
        "steps": [merge_steps(list(steps)) for steps in zip(*(report["steps"] for report in reports))],
        "total": total,
        "cpu": merge_cpu([report["cpu"] for report in reports], total["answered"]),
        "parts": [part.name for part in parts],
    }


def require_same_load(parts):
    """Every part must have had the same task, apart from its share."""
    first = parts[0]
    for part in parts[1:]:
        for key in SAME_SETTINGS:
            ours, theirs = first.report["settings"][key], part.report["settings"][key]
            if ours != theirs:
                raise HarnessError(f"{first.name} and {part.name} sent different loads ({key}: {ours} and {theirs}), so their reports "
                                   "cannot be merged; start the run again")
        if _schedule(first.report) != _schedule(part.report):
            raise HarnessError(f"{first.name} and {part.name} had different schedules, so their reports cannot be merged; start the run again")


def _schedule(report):
    return [(step.get("rate"), step["start_s"], step["duration_s"]) for step in report["steps"]]


def require_one_window(parts):
    """Raises HarnessError unless all parts loaded the server at the same time."""
    windows = {part.name: part.window_ns for part in parts}
    latest = max(windows, key=lambda name: windows[name][0])
    earliest = min(windows, key=lambda name: windows[name][1])
    shared_ns = windows[earliest][1] - windows[latest][0]
    longest_ns = max(end - begin for begin, end in windows.values())
    if shared_ns < WINDOW_SHARE_MIN * longest_ns:
        share = max(0.0, shared_ns / longest_ns)
        raise HarnessError(f"the windows of the workers share only {share:.0%} of their time: {latest} began "
                           f"{(windows[latest][0] - windows[earliest][0]) / 1e9:.2f} s after {earliest}; look for a busy machine or a "
                           "wrong clock, and start the run again")


def merge_steps(steps):
    """One step, or the total, of all parts. They have the same schedule, so its times and its rate are those of the first part."""
    merged = {key: value for key, value in steps[0].items() if key in ("rate", "start_s", "duration_s")}
    # A part sends its share of the schedule, so its rate is a part of the rate too.
    merged["achieved_rate"] = sum(step["achieved_rate"] for step in steps)
    merged |= {key: sum(step[key] for step in steps) for key in COUNTS}
    for key in ("statuses", "errors"):
        merged[key] = {name: sum(step[key].get(name, 0) for step in steps) for step in steps for name in step[key]}
    merged |= {key: merge_histograms([step[key] for step in steps]) for key in HISTOGRAMS if key in steps[0]}
    return merged


def merge_histograms(parts):
    """A histogram as a report has it. The minimum, the mean and the maximum of a part are exact, so those of the result are exact too."""
    merged = hdr.merge(hdr.decode(part["hdr"]) for part in parts)
    filled = [part for part in parts if part["count"]]
    count = sum(part["count"] for part in filled)
    high_ns = max((part["max_ns"] for part in filled), default=0)
    return {
        "count": count,
        "min_ns": min((part["min_ns"] for part in filled), default=0),
        "mean_ns": sum(part["mean_ns"] * part["count"] for part in filled) / count if count else 0,
        **{name: min(hdr.quantile(merged, share), high_ns) for name, share in QUANTILES.items()},
        "max_ns": high_ns,
        "hdr": hdr.encode(merged),
    }


def merge_cpu(parts, answered):
    merged = {key: sum(part[key] for part in parts) for key in CPU_SUMS}
    busy_s = merged["user_s"] + merged["system_s"] - merged["spin_s"]
    return {**merged, "us_per_request": busy_s * 1e6 / answered if answered else 0.0}
