"""ab (package apache2-utils), the load generator that the article uses for its leak."""

import re

from harness import cpus as cpu_sets
from harness import processes
from harness.errors import HarnessError

LIMIT_S = 120  # a batch takes about a second


def command(url, requests, connections, cpus, trace_id):
    return ["taskset", "-c", cpu_sets.text(cpus), "ab", "-q", "-n", str(requests), "-c", str(connections), "-H",
            f"X-Trace-ID: {trace_id}", url]


def parse(output):
    """Returns the number of answered requests and requests/s. Raises HarnessError if a request failed or was not answered
    with 2xx."""
    def number(label):
        found = re.search(rf"^{label}:\s+([0-9.]+)", output, re.MULTILINE)
        return float(found[1]) if found else None

    complete, failed = number("Complete requests"), number("Failed requests")
    refused = number("Non-2xx responses") or 0
    if complete is None:
        last = output.strip().splitlines()[-1:] or ["it printed nothing"]
        raise HarnessError(f"ab ended without a report: {last[0]}")
    if failed or refused:
        raise HarnessError(f"of ab's {complete:.0f} requests {failed:.0f} failed and {refused:.0f} were not answered with 2xx")
    return {"requests": int(complete), "requests_per_s": number("Requests per second")}


def run(batch_command, output_path, meanwhile):
    """Runs one batch to its end and calls meanwhile() repeatedly until then; meanwhile() returns the seconds that it took."""
    with open(output_path, "w+", encoding="utf-8", errors="replace") as output:
        process = processes.start(batch_command, output)
        try:
            waited = 0.0
            while process.poll() is None:
                waited += meanwhile()
                if waited > LIMIT_S:
                    raise HarnessError(f"ab did not end within {LIMIT_S} s: {' '.join(batch_command)}")
        finally:
            processes.stop(process)
        output.seek(0)
        return parse(output.read())
