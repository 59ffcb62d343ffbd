"""bench/compare --replay: a recorded run again, with the same server command, the same load and the same CPUs, beside its record."""

import contextlib
import pathlib
import sqlite3

from harness import cgroup, duel_load, found as records_of, load, run, table, tables
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.server import Server

# (label, field, digits, factor)
FIGURES = [("requests/s", "requests_per_s", 0, 1), ("latency P50, us", "latency_p50_us", 1, 1), ("latency P99, us", "latency_p99_us", 1, 1),
           ("CPU-us/request", "cpu_us_per_request", 3, 1), ("  of these in user mode", "user_us_per_request", 3, 1),
           ("server's CPUs busy, %", "server_share", 1, 100), ("client's CPUs busy, %", "client_share", 1, 100),
           ("peak RSS, MB", "peak_rss_kib", 2, 1024 / 1e6), ("allocations/request", "allocations_per_request", 2, 1),
           ("bytes allocated/request", "allocated_bytes_per_request", 1, 1)]
ENVIRONMENT = ("kernel", "cpu_model", "server_sha256", "commit", "wrk_version", "malloc_conf", "server_cpus", "client_cpus")


def find(results, run_id):
    """The folder of the session with this run."""
    for path in sorted(pathlib.Path(results).rglob(tables.DATABASE)):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
            if base.execute("SELECT 1 FROM runs WHERE run_id = ?", [run_id]).fetchone():
                return path.parent
    raise HarnessError(f"--replay: no session in {results} has a run {run_id}; name its folder with --results, or take a run_id from a "
                       f"{tables.RUNS}")


def require_one_load(reading):
    """Raises HarnessError unless the reading says all that makes the same run again."""
    if reading["recorder"] != "run" or "ended" in reading or reading["load"]["terms"]["programs"] > 1:
        raise HarnessError(f"--replay: the run {reading['run_id']} of the scenario {reading['place']['scenario']} is not one load of one server "
                           "of this machine; repeat its scenario")


def measure(session):
    folder, run_id = session.options.replay
    old = records_of.read(folder)
    reading = old.readings[run_id]
    require_one_load(reading)
    session.note("original", next(record for record in old.runs if record["run_id"] == run_id))
    with server_of(reading["server"], f"{old.session['folder']}/raw", session.records.raw) as server:
        now = run.measure(server, reading["path"], load_of(reading), session.options.warm_up, reading["server"]["cpus"], session.records.raw,
                          "replay")
    place = {**reading["place"], "purpose": "replay", "round": 1, "attempt": 1}
    session.records.add({**now, "ceiling": reading["ceiling"], "place": place, "may_be_late": True})


def server_of(facts, old_raw, raw):
    """The same server; its files go to the folder of this session."""
    command = [word.replace(old_raw, str(raw)) for word in facts["command"]]
    return Server(command, facts["host"], facts["port"], facts["cpus"], raw, "replay", facts["admin_port"], cgroup.Limits(**facts["limits"]))


def load_of(reading):
    profile = dict(reading["load_profile"])
    tool, cpus = profile.pop("tool"), tuple(reading["load"]["cpus"])
    profile.pop("path")
    if tool == load.Load.tool:
        return load.Load(**profile, cpus=cpus)
    plan = {**profile["plan"], "steps": tuple(map(tuple, profile["plan"]["steps"])), "mix": tuple(profile["plan"]["mix"])}
    return duel_load.DuelLoad(reading["load"]["program"], duel_load.Plan(**plan), profile["connections"], profile["seconds"], cpus)


def report(found):
    then, now = found.facts["original"], found.runs[-1]
    heading = (f"Replay, {found.began}: run {then['run_id']} of {then['scenario']} again, cell {then['cell']}\n"
               f"server: {now['cmd_server']}\nload: {now['cmd_client']}")
    rows = [row(label, then.get(field), now.get(field), digits, factor) for label, field, digits, factor in FIGURES]
    rows.append(("the limit was", then["limit"], now["limit"], ""))
    return Report("Replay", [heading, table.Table([[""], ["then"], ["now"], ["now / then"]], rows), table.notes(notes(then, now))],
                  {"original": then["run_id"]}, lambda stem: None)


def row(label, then, now, digits, factor):
    texts = [table.number(value and value * factor, digits) for value in (then, now)]
    return (label, *texts, table.number(now / then, 2) if then and now is not None else "")


def notes(then, now):
    lines = ["One run has no interval: repeat the scenario to judge a difference."]
    lines += [f"{name} was {then.get(name)} and is {now.get(name)}." for name in ENVIRONMENT if then.get(name) != now.get(name)]
    lines += [f"{when} the run was invalid: {one['invalid']}." for when, one in (("Then", then), ("Now", now)) if one["invalid"]]
    if then["profile_hash"] == now["profile_hash"]:
        lines.append(f"Both runs have the load profile {now['profile_hash']}.")
    return lines
