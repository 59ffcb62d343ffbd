"""Where control groups are made, and their files, in both versions. cgroup.py has the groups.

Version 1 has a tree of folders per controller, version 2 one tree for all. In version 2 only the root may contain both processes and
groups with controllers, so a group is made beside the group of this program or above it, not in it.
"""

import os
import pathlib
import re
import signal
import time
from dataclasses import dataclass

REMOVE_LIMIT_S = 5  # until the last process of a group has gone
POLL_S = 0.005


@dataclass(frozen=True)
class Counts:
    """What the kernel counted in a group since it was made."""

    periods: int = 0  # in which the group ran
    throttled_periods: int = 0  # in which the quota stopped it
    throttled_s: float = 0.0  # summed over the CPUs
    memory_peak_bytes: int = 0  # 0 if unknown
    oom_kills: int = 0


@dataclass(frozen=True)
class Hierarchy:
    version: int
    controllers: tuple
    parents: tuple  # the folders in which a group can be made, the best first


def hierarchies(controllers, proc="/proc"):
    """The hierarchies with these controllers. Raises OSError if the kernel offers one of them nowhere."""
    own = own_paths(proc, "self")
    found = {}
    for controller in controllers:
        version, mount, path = _place(controller, own, proc)
        found.setdefault((version, mount, path), []).append(controller)
    return [Hierarchy(version, tuple(names), _parents(version, mount, path, names)) for (version, mount, path), names in found.items()]


@dataclass(frozen=True)
class _Mount:
    version: int
    root: str  # the group that is visible at `point`
    point: pathlib.Path
    options: tuple


def _mounts(proc):
    """The mounts of both versions, from proc_pid_mountinfo(5)."""
    for line in pathlib.Path(proc, "self", "mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        if kind in ("cgroup", "cgroup2"):
            root, point = (re.sub(r"\\([0-7]{3})", lambda digits: chr(int(digits[1], 8)), text) for text in left.split()[3:5])
            yield _Mount(2 if kind == "cgroup2" else 1, root, pathlib.Path(point), tuple(options.split(",")))


def own_paths(proc, pid):
    """The group of a process per controller, and at "" that of version 2."""
    paths = {}
    for line in pathlib.Path(proc, str(pid), "cgroup").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        _, controllers, path = line.split(":", 2)
        paths |= dict.fromkeys(controllers.split(","), path)
    return paths


def groups_of(pid, controllers, proc="/proc"):
    """The group of another process: (version, folder) per controller."""
    own = own_paths(proc, pid)
    places = {controller: _place(controller, own, proc) for controller in controllers}
    return {controller: (version, joined(mount, path)) for controller, (version, mount, path) in places.items()}


def _place(controller, own, proc):
    """Version, mount and own group, where this controller is."""
    unified = None
    for mount in _mounts(proc):
        if mount.version == 1 and controller in mount.options:
            return 1, mount, own.get(controller, "/")
        unified = unified or (mount if mount.version == 2 else None)
    if unified and controller in _words(unified.point / "cgroup.controllers"):
        return 2, unified, own.get("", "/")
    raise OSError(f"no control groups with the controller {controller} are mounted")


def unified_mount(proc):
    return next(mount for mount in _mounts(proc) if mount.version == 2)


def joined(mount, path):
    """The folder of the group `path`. The mount point, if the group is outside of what the mount shows."""
    inside = pathlib.PurePosixPath(path)
    if ".." in inside.parts or not inside.is_relative_to(mount.root):
        return mount.point
    return mount.point / inside.relative_to(mount.root)


def _parents(version, mount, path, controllers):
    own = joined(mount, path)
    if version == 1:
        return (own,)
    above = [mount.point] if own == mount.point else [folder for folder in own.parents if folder.is_relative_to(mount.point)]
    # First those that need no change; of the rest, the root, which may contain processes too. The mount point stays last.
    ready = [folder for folder in above if set(controllers) <= set(_words(folder / "cgroup.subtree_control"))]
    return tuple(dict.fromkeys([*ready, mount.point]))


def _words(file):
    try:
        return file.read_text(encoding="ascii").split()
    except OSError:
        return []


# --- the files of a group

def enable(parent, controllers):
    """Gives the children of `parent` the controllers (version 2)."""
    missing = [name for name in controllers if name not in _words(parent / "cgroup.subtree_control")]
    if missing:
        write(parent / "cgroup.subtree_control", " ".join(f"+{name}" for name in missing))


def settings(hierarchy, limits, folder):
    """The files of the limits and what is written to them, in order."""
    quota, period, memory = "cpu" in hierarchy.controllers and limits.quota_us, limits.period_us, limits.memory_bytes
    if hierarchy.version == 2:
        cpu = [("cpu.max", f"{quota} {period}")]
        bytes_and_swap = [("memory.max", memory), ("memory.swap.max", 0)]
    else:
        cpu = [("cpu.cfs_period_us", period), ("cpu.cfs_quota_us", quota)]
        bytes_and_swap = [("memory.limit_in_bytes", memory), ("memory.memsw.limit_in_bytes", memory)]
    if not (folder / bytes_and_swap[1][0]).exists():  # a kernel without swap
        bytes_and_swap.pop()
    return cpu * ("cpu" in hierarchy.controllers) + bytes_and_swap * ("memory" in hierarchy.controllers)


def counts(folders):
    """`folders`: (version, folder) per controller. Files that an older kernel lacks count as 0."""
    cpu, oom, peak = {}, {}, 0
    if "cpu" in folders:
        cpu = _pairs(folders["cpu"][1] / "cpu.stat")
    if "memory" in folders:
        version, folder = folders["memory"]
        oom = _pairs(folder / ("memory.events" if version == 2 else "memory.oom_control"))
        peak = int((_words(folder / ("memory.peak" if version == 2 else "memory.max_usage_in_bytes")) or [0])[0])
    return Counts(cpu.get("nr_periods", 0), cpu.get("nr_throttled", 0),
                  cpu.get("throttled_usec", 0) / 1e6 + cpu.get("throttled_time", 0) / 1e9, peak, oom.get("oom_kill", 0))


def _pairs(file):
    words = _words(file)
    return {name: int(value) for name, value in zip(words[::2], words[1::2])}


def write(path, value):
    """Without making the file: a file that is missing is a controller that is missing. An error names the file."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_TRUNC)
        try:
            os.write(file, str(value).encode())
        finally:
            os.close(file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def make_folder(folder):
    folder.mkdir()


def _remove_folder(folder):
    folder.rmdir()


def processes(folder):
    """The ids of the processes in the group. A process of another PID namespace has the id 0."""
    return [int(word) for word in _words(folder / "cgroup.procs")]


def remove_group(folder):
    """Removes the group, and before that ends what runs in it. The kernel refuses while a process is ending."""
    deadline = time.monotonic() + REMOVE_LIMIT_S
    while True:
        for pid in filter(None, processes(folder)):  # 0 would be the group of processes of this program
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        try:
            _remove_folder(folder)
            return
        except FileNotFoundError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(POLL_S)
