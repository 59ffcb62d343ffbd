"""The check of tests/docker/engine that changes the machine: docker/host-setup. It returns what it found."""

import json
import os
import pathlib
import subprocess

from in_engine import PATIENCE_S, ROOT, Skipped, require, server

STATE = pathlib.Path("/run/duel/host-setup")
GROUP = "bench"


def call(*options):
    return subprocess.run([ROOT / "docker/host-setup", *options], capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def reported(*options):
    """The report of docker/host-setup: {name: knob}."""
    done = call("--json", *options)
    require(done.returncode in (0, 1), f"docker/host-setup {' '.join(options)}: {done.stderr.strip()}")
    return {knob["name"]: knob for knob in json.loads(done.stdout)["knobs"]}


def host_setup(_):
    """docker/host-setup changes this machine, a server in its group `bench` starts with STRICT=1, and --undo restores every value"""
    if os.geteuid() != 0:
        raise Skipped("only root may change the machine")
    if STATE.exists():
        raise Skipped(f"{STATE} exists: docker/host-setup is in use here; call it with --undo first")
    before = reported("--dry-run")
    require(reported("--dry-run") == before and not STATE.exists(), "--dry-run has changed the machine")
    groups = groups_of_the_machine()
    try:
        after = reported("--irq-cpus=0", "--cpu-percent=100", f"--memory-bytes={256 << 20}")
        require_in_group([name for name, knob in after.items() if knob["state"] == "ok"])
    finally:
        undone = call("--undo")
    require(undone.returncode == 0, f"--undo: {undone.stderr.strip()}")
    for group in groups_of_the_machine() - groups:  # the engine made it, for the controllers that host-setup does not use
        group.rmdir()
    restored = reported("--dry-run")
    require(restored == before, f"--undo left {[(before[name], knob) for name, knob in restored.items() if knob != before[name]]}")
    changed = [f"{name} {before[name]['got']} -> {knob['got']}" for name, knob in after.items() if knob["got"] != before[name]["got"]]
    return f"changed and restored: {'; '.join(changed)}. Not changed here: {', '.join(off(after))}"


def groups_of_the_machine():
    return set(pathlib.Path("/sys/fs/cgroup").glob(f"*/{GROUP}"))


def off(knobs):
    return [f"{name} ({knob['state']})" for name, knob in knobs.items() if knob["state"] != "ok"]


def require_in_group(right):
    """A container in the group finds the knobs right that the host has set, and STRICT=1 starts it."""
    in_group = f"--cgroup-parent=/{GROUP}"
    with server(in_group) as one:
        states = one.knobs()
        require(f"/{GROUP}/" in pathlib.Path(f"/proc/{one.pid}/cgroup").read_text(encoding="ascii"), "the container is not in the group")
    wrong = [name for name in right if states.get(name, "ok") not in ("ok", "unasked")]
    require(not wrong, f"the container does not see what the host has set: {wrong}")
    others = ",".join(name for name, state in states.items() if state not in ("ok", "unasked"))
    with server(in_group, "--env=STRICT=1", f"--env=ACCEPT={others}"):
        pass
