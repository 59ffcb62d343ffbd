"""One run against a server that already listens: warm up, read the counters, load, read them again. The readings go to a file; the record
of the run, with the judgement whether it is valid, is computed from the files."""

import dataclasses
import shlex
import time
import types
import uuid

from harness import collector, duel_load, limit_rule, load as wrk, metrics_page, probes, procfs

QUIET_S = 0.05  # longer than a worker usually waits for its CPU
FIGURES = {"wrk": wrk.figures, "duel-load": duel_load.figures_of}
FAILURES = {"wrk": wrk.failures, "duel-load": duel_load.failures}


def measure(server, path, load, warm_up_s, server_cpus, folder, name, ceiling=None, readers=None):
    """Loads `path` and returns the readings, for Records.add(). `load` is a load.Load or a duel_load.DuelLoad; `ceiling` is a
    limit_rule.Ceiling of the same round. Costs are the differences between the counters before and after the timed part. A warm-up
    of 0 s means none. `readers` are two functions, which read more before and after the run, as JSON."""
    run_id = str(uuid.uuid4())
    url = server.url(path)
    if warm_up_s:
        warm_up(server, path, load.for_warm_up(warm_up_s), folder, name)

    probed = [readers[0]()] if readers else []
    _await_quiet(server)
    timestamp = time.time_ns() // 1_000_000
    before = _read(server, server_cpus)
    outcome = load.run(url, run_id, folder / f"{timestamp}-{name}")
    after = _read(server, server_cpus)
    probed += [readers[1]()] if readers else []
    return {
        **begun(server, path, name, run_id, timestamp),
        "files": outcome["files"],
        "load_profile": {**load.profile, "path": path},
        "load": {"terms": wrk.terms(load), "command_line": shlex.join(load.command(url, run_id)), "cpus": list(load.cpus),
                 "program": str(getattr(load, "program", load.tool))},
        "outcome": outcome,
        "ceiling": ceiling and dataclasses.asdict(ceiling),
        "before": before,
        "after": after,
        "probed": probed,
    }


def begun(server, path, name, run_id, timestamp):
    """The part of the readings that is known before the load."""
    return {"recorder": "run", "name": name, "run_id": run_id, "timestamp": timestamp, "path": path, "server": server.facts}


def ended(server, path, name, load, counts, why):
    """The readings of a run in which the server ended. `counts` are those of its group (cgroup.Counts)."""
    return {**begun(server, path, name, str(uuid.uuid4()), time.time_ns() // 1_000_000), "files": [],
            "load_profile": {**load.profile, "path": path}, "ended": {"why": why, **dataclasses.asdict(counts)}}


def record_of(reading, raw):
    """The record of a run, flat. Both CPU shares are relative to the time in which the client loaded the server. Outside of that time,
    both are idle."""
    limits = reading["server"]["limits"]
    record = {
        "path": reading["path"],
        "cmd_server": reading["server"]["command_line"],
        "cpu_quota_percent": limits["cpu_percent"],
        "memory_limit_bytes": limits["memory_bytes"],
    }
    if "ended" in reading:
        end = reading["ended"]
        return {**record, "oom_kills": end["oom_kills"], "group_peak_bytes": end["memory_peak_bytes"], "ended": end["why"], "invalid": "",
                "used": True}
    before, after, ceiling = reading["before"], reading["after"], reading["ceiling"]
    load = types.SimpleNamespace(**reading["load"]["terms"])
    report = FIGURES[load.tool](reading["outcome"], raw)
    active_s = report["active_s"]
    server_cpu_count = len(reading["server"]["cpus"])
    costs = _costs(before, after, server_cpu_count)
    record |= {
        "cmd_client": reading["load"]["command_line"],
        "tool": load.tool,
        "intended_rate": load.intended_rate,
        "allocator": after["stats"]["allocator"],
        **report,
        **costs,
        "server_share": costs["server_cpu_s"] / (active_s * server_cpu_count),
        "client_share": report["client_cpu_s"] / (active_s * load.cores_usable),
        "requests_per_s": report["requests"] / report["duration_us"] * 1e6,
    }
    verdict = limit_rule.judge(record["server_share"], record["client_share"], record["throttled_share"],
                               report.get("achieved_rate", record["requests_per_s"]), ceiling and limit_rule.Ceiling(**ceiling), load.intended_rate)
    record["limit"], record["limit_why"] = verdict.limit, verdict.why
    record["in_flight_share"] = limit_rule.in_flight_share(load.in_flight_intended, record["requests_per_s"], report["latency_mean_us"])
    record["findings"] = probes.text_of(reading)
    record["invalid"] = "; ".join(reasons_invalid(record, load))
    record["used"] = not record["invalid"] or reading.get("may_be_late", False) and record["invalid"] == record.get("late")
    return record


def warm_up(server, path, load, folder, name):
    """`load` is the result of for_warm_up(). Its figures are not read."""
    load.run(server.url(path), str(uuid.uuid4()), warm_up_stem(folder, name))


def warm_up_stem(folder, name):
    """The name of the files of a warm-up that begins now."""
    return folder / f"{time.time_ns() // 1_000_000}-{name}.warm-up"


def _await_quiet(server):
    """Waits until the server answers no more requests. When a client ends, it may leave a request on each connection. A server that
    waits for its CPU answers these late, and they would count for the next run."""
    seen = None
    while (now := server.snapshot()["requests"]) != seen:
        seen = now
        time.sleep(QUIET_S)


def _read(server, server_cpus):
    group = server.group_counts()
    return {
        "clock_ns": time.monotonic_ns(),
        "stats": server.snapshot(),
        "cpu_ns": procfs.cpu_ns(server.pid),
        "throttled_s": group.throttled_s if server.limits.cpu_percent is not None else procfs.throttled_s(server.pid),
        "group": dataclasses.asdict(group),
        "workers": metrics_page.of_workers(page) if server.has_admin and (page := server.metrics()) else [],
        "cpus": procfs.cpu_seconds(server_cpus),
        **procfs.memory(server.pid),
    }


def _costs(before, after, server_cpu_count):
    """The work and the costs of the server between two readings."""
    stats = {key: _difference(before["stats"], after["stats"], key) for key in (
        "requests", "connections", "responses_4xx", "responses_5xx", "ring_enters", "no_buffers", "allocations", "allocated_bytes",
        "purge_passes", "purge_calls", "purged_pages", "cpu_user_us", "cpu_system_us")}
    requests = max(stats["requests"], 1)
    cpu_s = (after["cpu_ns"] - before["cpu_ns"]) / 1e9
    cpu_time_s = (after["clock_ns"] - before["clock_ns"]) / 1e9 * server_cpu_count
    busy_s = after["cpus"]["busy_s"] - before["cpus"]["busy_s"]
    return {
        "server_requests": stats["requests"],
        "server_connections": stats["connections"],
        **_work_of_each(before["workers"], after["workers"]),
        "server_4xx": stats["responses_4xx"],
        "server_5xx": stats["responses_5xx"],
        "server_cpu_s": cpu_s,
        "stolen_share": (after["cpus"]["stolen_s"] - before["cpus"]["stolen_s"]) / cpu_time_s,
        "throttled_share": (after["throttled_s"] - before["throttled_s"]) / cpu_time_s,
        "quota_periods": after["group"]["periods"] - before["group"]["periods"],
        "throttled_periods": after["group"]["throttled_periods"] - before["group"]["throttled_periods"],
        "group_peak_bytes": after["group"]["memory_peak_bytes"],
        "oom_kills": after["group"]["oom_kills"],
        "foreign_share": max(0.0, busy_s - cpu_s) / cpu_time_s,
        "cpu_us_per_request": cpu_s * 1e6 / requests,
        "user_us_per_request": stats["cpu_user_us"] / requests,
        "system_us_per_request": stats["cpu_system_us"] / requests,
        "ring_enters_per_request": _per(stats["ring_enters"], requests),
        "no_buffers": stats["no_buffers"],
        "allocations_per_request": _per(stats["allocations"], requests),
        "allocated_bytes_per_request": stats["allocated_bytes"] / requests,
        "access_log_dropped":
            after["stats"].get("access_log_dropped", 0) - before["stats"].get("access_log_dropped", 0),
        "minor_faults_per_request": (after["minor_faults"] - before["minor_faults"]) / requests,
        "purge_passes": stats["purge_passes"],
        "purge_calls": stats["purge_calls"],
        "purged_pages": stats["purged_pages"],
        "grown_bytes": (after["anonymous_kib"] - before["anonymous_kib"]) * 1024,
        "rss_kib": after["rss_kib"],
        "peak_rss_kib": after["peak_rss_kib"],
        "anonymous_kib": after["stats"]["anonymous_bytes"] // 1024,
        **collector.between(before["stats"], after["stats"], cpu_s),
    }


def _difference(before, after, key):
    """None if this program does not count it."""
    return None if after[key] is None else after[key] - before[key]


def _per(count, requests):
    return None if count is None else count / requests


def _work_of_each(before, after):
    """The requests and the connections of each worker, as texts of numbers; empty without an admin port."""
    counts = [[late - early for early, late in zip(*pair)] for pair in zip(before, after)]
    return {name: " ".join(f"{count[place]:.0f}" for count in counts) for place, name in enumerate(("worker_requests", "worker_connections"))}


def reasons_invalid(record, load):
    """The reasons why this run is invalid, as texts; [] if it is valid. `load` has the terms of load.terms()."""
    reasons = FAILURES[load.tool](record, load)
    if (record["server_4xx"] or record["server_5xx"]) and not load.errors_are_results:
        reasons.append(f"the server counted {record['server_4xx']} answers with 4xx and {record['server_5xx']} with 5xx")
    # The server may have answered requests that were in flight when the client stopped, or that the client had given up.
    surplus = record["server_requests"] - record["requests"]
    given_up = sum(value for key, value in record.items() if key.startswith("errors_") and key != "errors_status")
    if not 0 <= surplus <= load.in_flight_max + given_up:
        reasons.append(f"{load.tool} counted {record['requests']} answers, the server {record['server_requests']}: another process "
                       "answers on this port or sends requests to this server")
    return reasons
