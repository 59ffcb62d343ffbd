#!/usr/bin/python3
"""Replaces ab in tests: sends 50 requests, each on a new connection, and prints the lines of ab's report that the harness
reads.

STUB_AB_FAULT selects a fault: "fails" reports a failed request, "silent" prints nothing and ends with status 1.
"""

import os
import sys
import urllib.request

REQUESTS = 50


def main():
    fault = os.environ.get("STUB_AB_FAULT", "")
    if fault == "silent":
        sys.exit(1)
    for _ in range(REQUESTS):
        with urllib.request.urlopen(sys.argv[-1], timeout=5) as answer:
            answer.read()
    print("This is ApacheBench, Version 2.3")
    print(f"Complete requests:      {REQUESTS}\nFailed requests:        {int(fault == 'fails')}")
    print("Requests per second:    1234.50 [#/sec] (mean)")


if __name__ == "__main__":
    main()
