"""The knobs of the machine that change measurements, such as vm.swappiness, for the records: what is wanted, what was found, and the state.
docker/README.md lists them."""

import json
import pathlib
import subprocess
import time

from harness import procfs

HOST_SETUP = pathlib.Path(__file__).parents[2] / "docker" / "host-setup"
LIMIT_S = 60
NOISE_S = 0.3  # the kernel counts in steps of 0.01 s
NOISE_MAX = 0.05  # share of the CPU time


def before(cpus):
    """The knobs, and what other processes use of these CPUs before a session."""
    return [*of_this_machine(), noise(cpus)]


def of_this_machine(program=HOST_SETUP):
    """Reads every knob and writes none: [{"name", "want", "got", "state", ...}]; [] if the program cannot run."""
    try:
        done = subprocess.run([program, "--dry-run", "--json"], capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return in_report(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return []


def in_report(text):
    """Those in a report of docker/host-setup or docker/entrypoint."""
    return json.loads(text)["knobs"]


def noise(cpus):
    """In the form of a knob."""
    early = procfs.cpu_seconds(cpus)
    time.sleep(NOISE_S)
    late = procfs.cpu_seconds(cpus)
    share = min(1.0, sum(late[key] - early[key] for key in early) / (NOISE_S * len(cpus)))  # the steps of the counters can exceed the time
    return {"name": "noise.before", "want": f"at most {NOISE_MAX:.0%}", "got": f"{share:.0%}", "state": "ok" if share <= NOISE_MAX else "differs"}
