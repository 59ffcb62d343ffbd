"""The knobs of the machine that change measurements, such as vm.swappiness, for the records. docker/README.md lists them."""

import json
import pathlib
import subprocess

HOST_SETUP = pathlib.Path(__file__).parents[2] / "docker" / "host-setup"
LIMIT_S = 60


def of_this_machine(program=HOST_SETUP):
    """Reads every knob and writes none. The facts are {} if the program cannot run."""
    try:
        done = subprocess.run([program, "--dry-run", "--json"], capture_output=True, text=True, timeout=LIMIT_S, check=False)
        return facts(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}


def facts(report):
    """A report of docker/host-setup or docker/entrypoint as a flat dictionary: the value, and after it the state if it is not ok."""
    return {f"knob_{knob['name']}": _shown(knob) for knob in json.loads(report)["knobs"]}


def _shown(knob):
    got = knob["got"] or "none"
    if knob["state"] in ("ok", "unasked"):
        return got
    return f"{got} ({knob['state']}; wanted {knob['want']})"
