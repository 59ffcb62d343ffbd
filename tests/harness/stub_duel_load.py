#!/usr/bin/python3
"""Replaces duel-load in tests: sends 20 requests on one connection and writes a report in the format of duel-load. It does not wait for
the duration.

STUB_CAPACITY is the rate that it reports at most: above it, requests are unsent and every latency is 1 s instead of 0.1 ms.
STUB_LATE_ABOVE is the rate above which it reports that it was late itself; the run is then void.
STUB_FAILS makes it end with status 1 and this sentence.
STUB_SHIFT_S is the time by which the window in its report begins too late.
STUB_WAITS is a folder: it makes a file there, which is named after its process, and never ends.
"""

import argparse
import base64
import http.client
import json
import os
import pathlib
import signal
import struct
import sys
import urllib.parse
import zlib

REQUESTS = 20
FAST_NS, SLOW_NS = 100_000, 1_000_000_000  # from the intended time
ACTUAL_NS = 50_000
IN_TIME_NS, LATE_NS = 10_000, 1_000_000


def class_of(value_ns):
    """The class of a value in an HdrHistogram with three significant digits, and its highest value."""
    shift = max(0, value_ns.bit_length() - 11)
    return shift * 1024 + (value_ns >> shift), (((value_ns >> shift) + 1) << shift) - 1


def leb128(number):
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80]) + leb128(number >> 7)


def histogram(value_ns):
    """REQUESTS times the same value. The text is that of bench/load/hdr_text.cc: a run of empty classes, then one count."""
    place, highest = class_of(value_ns)
    counts = (leb128(2 * place - 1) if place > 1 else bytes(place)) + leb128(2 * REQUESTS)
    plain = struct.pack(">IIIIQQd", 0x1C849313, len(counts), 0, 3, 1, 3_600_000_000_000, 1.0) + counts
    packed = zlib.compress(plain)
    quantiles = {f"{name}_ns": highest for name in ("p50", "p90", "p99", "p99_9", "p99_99")}
    return {"count": REQUESTS, "min_ns": value_ns, "mean_ns": float(value_ns), **quantiles, "max_ns": value_ns,
            "hdr": base64.b64encode(struct.pack(">II", 0x1C849314, len(packed)) + packed).decode()}


def step(rate, seconds, statuses):
    """rate: None in a closed loop, in which the requests take the whole duration."""
    capacity = float(os.environ.get("STUB_CAPACITY", "inf"))
    over = rate is not None and rate > capacity
    late = rate is not None and rate > float(os.environ.get("STUB_LATE_ABOVE", "inf"))
    errors = dict.fromkeys(("connect", "reset", "closed", "malformed", "timeout"), 0)
    errors |= {"unsent": 5 * over, "status": sum(status >= 400 for status in statuses)}
    found = {"rate": rate, "start_s": 0.0, "duration_s": seconds, "requests": REQUESTS + errors["unsent"], "sent_in_time": REQUESTS,
             "answered": REQUESTS, "achieved_rate": REQUESTS / seconds if rate is None else min(rate, capacity), "bytes_received": 2000,
             "statuses": {}, "errors": errors, "latency_from_actual": histogram(ACTUAL_NS)}
    if rate is not None:
        found |= {"latency_from_intended": histogram(SLOW_NS if over else FAST_NS),
                  "lateness": histogram(LATE_NS if late else IN_TIME_NS)}
    return found


def send(url):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
    for _ in range(REQUESTS):
        connection.request("GET", url.path)
        answer = connection.getresponse()
        answer.read()
        yield answer.status


def main():
    if "STUB_FAILS" in os.environ:
        sys.exit(os.environ["STUB_FAILS"])
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for option in ("connections", "threads", "pipeline", "requests-per-connection", "timeout", "max-lateness", "progress", "trace-id", "output",
                   "duration", "rate", "steps"):
        parser.add_argument(f"--{option}", required=option not in ("output", "duration", "rate", "steps"))
    parser.add_argument("--mix", action="append")
    parser.add_argument("--share", default="1/1")
    parser.add_argument("--start-at", type=float, default=0)
    parser.add_argument("--version", action="version", version="duel-load stub")
    parser.add_argument("url")
    options = parser.parse_args()
    if "STUB_WAITS" in os.environ:
        pathlib.Path(os.environ["STUB_WAITS"], str(os.getpid())).touch()
        signal.pause()
    statuses = list(send(urllib.parse.urlsplit(options.url)))
    schedule = [part.split(":") for part in options.steps.split(",")] if options.steps else [(options.rate, options.duration)]
    steps = [step(rate and float(rate), float(seconds.removesuffix("s")), statuses) for rate, seconds in schedule]
    allowed_ns = 1000 * int(options.max_lateness.removesuffix("us"))
    late = any("lateness" in one and one["lateness"]["p99_ns"] > allowed_ns for one in steps)
    void = ["it was late"] * late + ["requests were unsent"] * any(one["errors"]["unsent"] for one in steps)
    report = {"program": "duel-load stub", "format": 1, "valid": not void, "void": void,
              "settings": {"loop": "open" if options.rate or options.steps else "closed", "max_lateness_ns": allowed_ns,
                           "authority": urllib.parse.urlsplit(options.url).netloc, "connections": int(options.connections),
                           "threads": int(options.threads), "pipeline": int(options.pipeline), "share": options.share,
                           "requests_per_connection": 0, "warmup_s": 0, "requests": []},
              "start_unix_ns": int((options.start_at + float(os.environ.get("STUB_SHIFT_S", "0"))) * 1e9), "steps": steps,
              "total": {**steps[-1], "duration_s": sum(one["duration_s"] for one in steps)},
              "cpu": {"user_s": 0.2, "system_s": 0.3, "spin_s": 0.1, "us_per_request": 1.0, "preemptions": 0}}
    with open(options.output or sys.stdout.fileno(), "w", encoding="utf-8") as output:
        json.dump(report, output)
    sys.exit(3 if void else 0)


if __name__ == "__main__":
    main()
