#!/usr/bin/python3
"""Replaces wrk in tests: sends 20 requests on one connection and prints a report in the format of report.lua. It does not wait
for the duration; only with -d3600s it sends requests until SIGINT.

STUB_WRK_REPORT, a JSON object, overrides figures of the report.
"""

import http.client
import json
import os
import signal
import sys
import urllib.parse

REQUESTS = 20


def main():
    if sys.argv[1:] == ["-v"]:
        print("wrk stub")
        return
    url = urllib.parse.urlsplit(sys.argv[-1])
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
    interrupted = []
    signal.signal(signal.SIGINT, lambda *_: interrupted.append(True))
    statuses = []
    while len(statuses) < REQUESTS or ("-d3600s" in sys.argv and not interrupted):
        connection.request("GET", url.path)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    report = {f"errors_{kind}": 0 for kind in ("connect", "read", "write", "timeout")}
    report |= {"errors_status": sum(status >= 400 for status in statuses), "requests": REQUESTS, "bytes": 1,
               "duration_us": 1_000_000}
    report |= {f"latency_{name}_us": 100 for name in ("min", "mean", "p50", "p90", "p99", "p999", "max")}
    # Little's law: in a closed loop, rate x mean latency is the number of connections.
    connections = next(int(flag[2:]) for flag in sys.argv if flag.startswith("-c"))
    report["latency_mean_us"] = connections * report["duration_us"] / REQUESTS
    report |= json.loads(os.environ.get("STUB_WRK_REPORT", "{}"))
    print("Running a stub\nREPORT " + json.dumps(report))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # at its end, Python removes the handler; wrk keeps its own


if __name__ == "__main__":
    main()
