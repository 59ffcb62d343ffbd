"""Makes the records of a session, without a server and without a load generator."""

import contextlib
import dataclasses
import json
import random
import sqlite3
from collections import Counter

from harness import claims, hdr, table
from stub_server import profile

ROUNDS = 6  # an even number: the median is the mean of two values
ROUTERS = {"gin_text": "gin", "beego_text": "beego", "go_gin_text": "go_gin", "gin_text_again": "gin"}
BASE_US = {"gin": 5.0, "beego": 6.0, "go_gin": 14.0}  # of CPU time per request
RATE = 10_000
ENVIRONMENT = {"kernel": "6.1.0", "cpu_model": "A CPU", "cpu_count": 2, "client_cpus": "1", "server_cpus": "0", "commit": "0" * 40}


def write(folder, change=lambda content, began: None, text=None):
    """Writes the records of router_style into `folder`. change(content, began) may change the content of session.json and of raw/session.json
    before that."""
    raw = folder / "raw"
    raw.mkdir(parents=True)
    source = random.Random(7)
    runs = [run for mode in ("", "_low") for number in range(1, ROUNDS + 1) for key in ROUTERS for run in timed(raw, source, key, mode, number)]
    runs += [record(key, router, "counted", 0, 1, allocations_per_request={"gin": 0.0, "beego": 11.0, "go_gin": 9.0}[router],
                    allocated_bytes_per_request={"gin": 0.0, "beego": 896.0, "go_gin": 500.0}[router]) for key, router in ROUTERS.items()
             if key != "gin_text_again"]
    began = {"format": 1, "scenario": "router_style", "command": ["bench/harness/__main__.py", "--rounds=6"],
             "knobs": [{"name": "noise.before", "want": "at most 5%", "got": "1%", "state": "ok"}]}
    content = {"session_id": "1", "environment": dict(ENVIRONMENT), "runs": runs, "seed": 1, "claims": verdicts()}
    change(content, began)
    (folder / "session.json").write_text(json.dumps(content), encoding="utf-8")
    (raw / "session.json").write_text(json.dumps(began), encoding="utf-8")
    (folder / "table.txt").write_text(printed() if text is None else text, encoding="utf-8")
    with contextlib.closing(sqlite3.connect(folder / "runs.sqlite")) as base:
        base.execute("CREATE TABLE series (run_id, name, t_s, value)")
        base.execute("CREATE TABLE profiles (run_id, type, start_ns, duration_ms, file_size_bytes, file)")
        for run, sizes in zip(runs, ((1_000, 9_000), (9_000,))):
            base.executemany("INSERT INTO series VALUES (?, ?, ?, ?)", [(run["run_id"], name, t_s, t_s * 1e6) for name in (
                "heap_allocated_bytes", "requests") for t_s in range(6)])
            for place, size in enumerate(sizes):
                name = f"{run['run_id']}_heap_{place}.pb.gz"
                (raw / name).write_bytes(profile("inuse_space", size))
                base.execute("INSERT INTO profiles VALUES (?, 'heap', 0, 0, 0, ?)", (run["run_id"], name))
        base.commit()


def verdicts():
    """As a session of router_style has them: the claims about other scenarios cannot be tested."""
    found = [dataclasses.asdict(claim) for claim in claims.load()]
    none = {"verdict": claims.NOT_TESTABLE, "sentence": "It was not measured in this session."}
    rows = [{"claim": claim, "ours": none, "originals": none} for claim in found]
    rows[0] |= {"ours": {"verdict": claims.CONFIRMED, "sentence": "The ratio is 1.45 [1.40, 1.50], the article's 1.47."},
                "originals": {"verdict": claims.REVERSED, "sentence": "The ratio is 0.90 [0.80, 0.95]."}}
    return rows


def timed(raw, source, key, mode, number):
    """The attempts of one place in the order. In round 2 under the fixed rate, a first one is late."""
    router = ROUTERS[key]
    cost = BASE_US[router] * source.uniform(0.97, 1.03)
    common = {"cpu_us_per_request": cost, "user_us_per_request": cost / 10, "peak_rss_kib": 6500 + source.randrange(100), "server_share": 0.9,
              "client_share": 0.5, "cmd_server": f"taskset -c 0 server --router={router} --stats-file=/x/raw/{number}-{key}.stats.jsonl"}
    if not mode:
        if number == 1:
            lines = [{"uptime_ms": at * 1000, "rss_bytes": 6e6 + at * 1e5, "allocated_bytes": at * 1e6} for at in range(6)]
            (raw / f"{number}-{key}.stats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return [record(key, router, "timed", number, 1, **common, requests_per_s=1e6 / cost, limit="server", in_flight_share=1.0, intended_rate=None,
                       latency_p99_us=900 + source.randrange(200))]
    # Two digits, so that different values are in different classes of a histogram.
    values = sorted(int(float(f"{source.lognormvariate(11, 0.5):.1e}")) for _ in range(1000))
    report = f"{number}-{key}{mode}.duel-load.json"
    histogram = dict(Counter(values))
    (raw / report).write_text(json.dumps({"format": 1, "total": {"latency_from_intended": {"hdr": hdr.encode(histogram)}}}), encoding="utf-8")
    found = {**common, "requests_per_s": float(RATE), "limit": "neither", "intended_rate": RATE, "latency_p50_us": values[500] / 1e3,
             "latency_p99_us": values[990] / 1e3, "raw_report": report}
    last = record(key + mode, router, "timed", number, 1, **found)
    if number == 2 and key == "gin_text":
        late = record(key + mode, router, "timed", number, 1, **found, late="duel-load itself was late", invalid="duel-load itself was late", used=False)
        return [late, {**last, "attempt": 2, "run_id": "the second attempt"}]
    return [last]


def record(key, router, purpose, number, attempt, **figures):
    return {"session_id": "1", "run_id": f"{key}-{purpose}-{number}-{attempt}", "scenario": "router_style", "cell": key, "router": router, "purpose": purpose, "round": number, "attempt": attempt,
            "timestamp": 1_700_000_000_000 + number, "path": "/ping", "cmd_client": f"duel-load http://127.0.0.1:8080/{key}", "late": "", "invalid": "",
            "title": key.replace("_low", ", low").replace("_", " "), "used": True, **figures}


def printed():
    """A text with the forms that the scenarios print."""
    rows = ["requests come alone", ("  requests/s", "*200,000", "166,667", "71,429", "41,765"), ("    in user mode", "0.50", "0.60", "1.40", "")]
    headers = [[""], ["Gin", "text"], ["Beego", "text"], ["Go", "Gin", "text"], ["article", "Gin"]]
    ratios = table.render([["median ratio", "[95 % interval]"], ["text/text"], ["A/A"]], [("CPU-us/request", "~ 1.20 [1.17, 1.23]", "1.00 [0.98, 1.02]")])
    wide = table.render([[""], *[["server", str(number), "/a/path/of/a/request"] for number in range(10)]], [("requests/s", *["1,234,567"] * 10)])
    notes = table.notes(["A ratio above 1 means that Gin is better. " * 5, "Caution: other processes used the CPU."])
    listing = "Gin, leak: a warning\n  " + "a long line of a listing, which must stay as it is, " * 5
    return "\n\n".join(["Router style (S1), 2026-01-01 00:00 UTC: wrk -t1 -c512, 5 rounds, medians\nA CPU, Linux 6.1.0",
                        table.notes(["text: the Beego style costs 1.00 us more per request: 20% of a request that comes alone, and this sentence is long "
                                     "enough for two lines."]), table.render(headers, rows), listing, "the second table", ratios, wide, notes]) + "\n"
