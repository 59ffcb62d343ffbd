"""Control groups: a part of a CPU or of the memory for one server. Linux has two versions of them, and both are used as they are found.

A group lives as long as its process: processes.start() makes it, processes.stop() removes it. Its name contains the process that
made it, so a later call finds the groups of a call that was killed.

Version 1 has a tree of folders per controller, version 2 one tree for all. In version 2 only the root may contain both processes and
groups with controllers, so a group is made beside the group of this program or above it, not in it.
"""

import functools
import itertools
import os
import pathlib
import re
import signal
import subprocess
import time
from dataclasses import dataclass

from harness import procfs
from harness.errors import HarnessError

PERIOD_US = 100_000  # the default of the kernel and of container runtimes
QUOTA_MIN_US = 1_000  # the kernel refuses less
REMOVE_LIMIT_S = 5  # until the last process of a group has gone
PROBE_LIMIT_S = 10
POLL_S = 0.005
PREFIX = "duel-bench"
NAME = re.compile(rf"{PREFIX}\.([0-9]+)\.([0-9]+)\.[0-9]+(\.scope)?")
# Writing 0 moves the writer. The shell joins each group and then becomes the server, which thus never runs outside.
JOIN = 'while [ "$1" != -- ]; do echo 0 >"$1" || exit 1; shift; done; shift; exec "$@"'

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Limits:
    """What a server may use. None means no limit."""

    cpu_percent: float | None = None  # of one CPU: 250 are two and a half CPUs
    memory_bytes: int | None = None  # without swap
    period_us: int = PERIOD_US  # the quota is renewed once per period

    @property
    def controllers(self):
        return ("cpu",) * (self.cpu_percent is not None) + ("memory",) * (self.memory_bytes is not None)

    @property
    def quota_us(self):
        """CPU time per period."""
        return max(QUOTA_MIN_US, round(self.period_us * self.cpu_percent / 100))

    def __str__(self):
        cpu = f"{self.cpu_percent:.4g} % of a CPU" if self.cpu_percent is not None else ""
        memory = f"{self.memory_bytes / 1e6:.1f} MB" if self.memory_bytes is not None else ""
        return ", ".join(filter(None, (cpu, memory))) or "no limit"


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


def group(limits):
    """A group with these limits, not made yet. Raises HarnessError if this user cannot make groups."""
    return _kind(limits.controllers)(limits)


def require(limits):
    """Raises HarnessError if this user cannot make a group with these limits."""
    group(limits)


@functools.cache
def _kind(controllers):
    """The class of groups that works here, found by an attempt."""
    attempt = Limits(50 if "cpu" in controllers else None, 2**28 if "memory" in controllers else None)
    reasons = []
    for kind in (Group, Scope):
        try:
            kind(attempt).probe()
            return kind
        except (OSError, subprocess.SubprocessError) as error:
            reasons.append(_sentence(error))
    raise HarnessError(f"this user cannot make a control group with a limit of {' and '.join(controllers)} ({reasons[0]}), and "
                       f"systemd-run --user --scope does not work either ({reasons[1]}); run this as root, or in a login session of "
                       "systemd")


def _sentence(error):
    if isinstance(error, subprocess.CalledProcessError):
        return (error.stderr.strip().splitlines() or [f"status {error.returncode}"])[-1].rstrip(".")
    if isinstance(error, subprocess.TimeoutExpired):
        return f"no answer within {error.timeout:g} s"
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)


class Group:
    """A group that this program makes itself, in version 1 or 2."""

    def __init__(self, limits, proc="/proc"):
        self.limits = limits
        self._proc = proc
        self.name = f"{PREFIX}.{os.getpid()}.{procfs.start_ticks(os.getpid())}.{next(_numbers)}"
        self._folders = {}  # per controller, once they are made
        self._made = []

    def probe(self):
        """Raises OSError or SubprocessError if such a group cannot be made or joined."""
        try:
            self.make()
            subprocess.run(self.wrap(["true"]), check=True, capture_output=True, text=True, timeout=PROBE_LIMIT_S)
        finally:
            self.remove()

    def make(self):
        for hierarchy in hierarchies(self.limits.controllers, self._proc):
            self._make_in(hierarchy)

    def _make_in(self, hierarchy):
        """In the first parent in which it works."""
        failed = None
        for parent in hierarchy.parents:
            folder = parent / self.name
            try:
                if hierarchy.version == 2:
                    _enable(parent, hierarchy.controllers)
                _make_folder(folder)
                self._made.append(folder)
                for name, value in _settings(hierarchy, self.limits, folder):
                    _write(folder / name, value)
                self._folders |= dict.fromkeys(hierarchy.controllers, (hierarchy.version, folder))
                return
            except OSError as error:
                failed = failed or error
                if folder in self._made:
                    _remove_group(folder)
                    self._made.remove(folder)
        raise failed

    def wrap(self, command):
        """The command that starts `command` in the group."""
        return ["sh", "-c", JOIN, "sh", *(str(folder / "cgroup.procs") for folder in self._made), "--", *command]

    def started(self, pid):
        """Called when the wrapped command runs."""

    def counts(self):
        return _counts(self._folders)

    def remove(self):
        """Ends what still runs in the group. It may be called again."""
        while self._made:
            _remove_group(self._made[-1])
            self._made.pop()


class Scope:
    """A group that systemd makes for a user without rights. It ends with its process."""

    def __init__(self, limits, proc="/proc"):
        self.limits = limits
        self._proc = proc
        self.name = f"{PREFIX}.{os.getpid()}.{procfs.start_ticks(os.getpid())}.{next(_numbers)}.scope"
        self._pid = None
        self._last = Counts()

    def probe(self):
        """Raises OSError or SubprocessError if systemd makes no such scope, or one that does not have the limits."""
        done = subprocess.run(self.wrap(["cat", "/proc/self/cgroup"]), check=True, capture_output=True, text=True, timeout=PROBE_LIMIT_S)
        if self.name not in done.stdout:
            raise OSError("the scope is not visible in /proc/self/cgroup")
        for hierarchy in hierarchies(self.limits.controllers, self._proc):
            if hierarchy.version != 2:
                raise OSError("version 1 of control groups gives a user no controllers")

    def make(self):
        pass

    def wrap(self, command):
        limits, properties = self.limits, []
        if limits.cpu_percent is not None:
            properties += [f"CPUQuota={100 * limits.quota_us / limits.period_us:g}%", f"CPUQuotaPeriodSec={limits.period_us}us"]
        if limits.memory_bytes is not None:
            properties += [f"MemoryMax={limits.memory_bytes}", "MemorySwapMax=0"]
        return ["systemd-run", "--user", "--scope", "--quiet", "--collect", f"--unit={self.name}",
                *(f"--property={text}" for text in properties), "--", *command]

    def started(self, pid):
        self._pid = pid

    def counts(self):
        """The last known counts, if the scope has ended."""
        try:
            path = _own_paths(self._proc, self._pid).get("", "")
            if pathlib.PurePath(path).name == self.name:
                folder = _joined(_unified_mount(self._proc), path)
                self._last = _counts(dict.fromkeys(self.limits.controllers, (2, folder)))
        except OSError:
            pass
        return self._last

    def remove(self):
        pass


# --- groups of an earlier call

def remove_abandoned(say, proc="/proc"):
    """Removes the groups of calls that were killed, with the servers that still run in them, and calls say() with a sentence for each."""
    names = {}
    for parent in _all_parents(proc):
        for folder in sorted(parent.glob(f"{PREFIX}.*")):
            found = NAME.fullmatch(folder.name)
            if found and folder.is_dir() and not _is_alive(int(found[1]), int(found[2]), proc):
                names.setdefault(folder.name, []).append(folder)
    for name, folders in names.items():
        processes = {pid for folder in folders for pid in _processes(folder)}
        try:
            for folder in folders:
                _remove_group(folder)
        except OSError as error:
            say(f"the control group {name} of an earlier call that was killed cannot be removed ({_sentence(error)})")
            continue
        ended = {0: "", 1: " and ended the process in it"}.get(len(processes), f" and ended the {len(processes)} processes in it")
        say(f"removed the control group {name}, which an earlier call that was killed had left behind{ended}")


def _is_alive(pid, start_ticks, proc):
    try:
        return procfs.start_ticks(pid, proc) == start_ticks
    except OSError:
        return False


def _all_parents(proc):
    """Every folder in which an earlier call may have made a group."""
    found = []
    for controller in ("cpu", "memory"):
        try:
            for hierarchy in hierarchies((controller,), proc):
                found += hierarchy.parents
                if hierarchy.version == 2:
                    user = f"user.slice/user-{os.getuid()}.slice/user@{os.getuid()}.service"
                    found += [hierarchy.parents[-1] / user / "app.slice", hierarchy.parents[-1] / user]
        except OSError:
            pass
    return list(dict.fromkeys(found))


# --- where groups are made

def hierarchies(controllers, proc="/proc"):
    """The hierarchies with these controllers. Raises OSError if the kernel offers one of them nowhere."""
    own = _own_paths(proc, "self")
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


def _own_paths(proc, pid):
    """The group of a process per controller, and at "" that of version 2."""
    paths = {}
    for line in pathlib.Path(proc, str(pid), "cgroup").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        _, controllers, path = line.split(":", 2)
        paths |= dict.fromkeys(controllers.split(","), path)
    return paths


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


def _unified_mount(proc):
    return next(mount for mount in _mounts(proc) if mount.version == 2)


def _joined(mount, path):
    """The folder of the group `path`. The mount point, if the group is outside of what the mount shows."""
    inside = pathlib.PurePosixPath(path)
    if ".." in inside.parts or not inside.is_relative_to(mount.root):
        return mount.point
    return mount.point / inside.relative_to(mount.root)


def _parents(version, mount, path, controllers):
    own = _joined(mount, path)
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

def _enable(parent, controllers):
    """Gives the children of `parent` the controllers (version 2)."""
    missing = [name for name in controllers if name not in _words(parent / "cgroup.subtree_control")]
    if missing:
        _write(parent / "cgroup.subtree_control", " ".join(f"+{name}" for name in missing))


def _settings(hierarchy, limits, folder):
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


def _counts(folders):
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


def _write(path, value):
    """Without making the file: a file that is missing is a controller that is missing. An error names the file."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_TRUNC)
        try:
            os.write(file, str(value).encode())
        finally:
            os.close(file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _make_folder(folder):
    folder.mkdir()


def _remove_folder(folder):
    folder.rmdir()


def _processes(folder):
    return [int(word) for word in _words(folder / "cgroup.procs")]


def _remove_group(folder):
    """Removes the group, and before that ends what runs in it. The kernel refuses while a process is ending."""
    deadline = time.monotonic() + REMOVE_LIMIT_S
    while True:
        for pid in _processes(folder):
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
