"""Control groups: a part of a CPU or of the memory for one server. Linux has two versions of them, and both are used as they are found.

A group lives as long as its process: processes.start() makes it, processes.stop() removes it. Its name contains the process that
made it, so a later call finds the groups of a call that was killed.
"""

import functools
import itertools
import os
import pathlib
import re
import subprocess
from dataclasses import dataclass

from harness import cgroup_tree, procfs
from harness.cgroup_tree import Counts
from harness.errors import HarnessError

PERIOD_US = 100_000  # the default of the kernel and of container runtimes
QUOTA_MIN_US = 1_000  # the kernel refuses less
PROBE_LIMIT_S = 10
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


def new_name():
    """A name that no other group has."""
    return f"{PREFIX}.{os.getpid()}.{procfs.start_ticks(os.getpid())}.{next(_numbers)}"


def is_abandoned(name, proc="/proc"):
    """Whether a program that has ended gave this name."""
    found = NAME.fullmatch(name)
    return found is not None and not _is_alive(int(found[1]), int(found[2]), proc)


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
                       f"systemd-run --user --scope does not work either ({reasons[1]}); run this as root outside of a container, or in a "
                       "login session of systemd")


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
        self.name = new_name()
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
        for hierarchy in cgroup_tree.hierarchies(self.limits.controllers, self._proc):
            self._make_in(hierarchy)

    def _make_in(self, hierarchy):
        """In the first parent in which it works."""
        failed = None
        for parent in hierarchy.parents:
            folder = parent / self.name
            try:
                if hierarchy.version == 2:
                    cgroup_tree.enable(parent, hierarchy.controllers)
                cgroup_tree.make_folder(folder)
                self._made.append(folder)
                for name, value in cgroup_tree.settings(hierarchy, self.limits, folder):
                    cgroup_tree.write(folder / name, value)
                self._folders |= dict.fromkeys(hierarchy.controllers, (hierarchy.version, folder))
                return
            except OSError as error:
                failed = failed or error
                if folder in self._made:
                    cgroup_tree.remove_group(folder)
                    self._made.remove(folder)
        raise failed

    def wrap(self, command):
        """The command that starts `command` in the group."""
        return ["sh", "-c", JOIN, "sh", *(str(folder / "cgroup.procs") for folder in self._made), "--", *command]

    def started(self, pid):
        """Called when the wrapped command runs."""

    def counts(self):
        return cgroup_tree.counts(self._folders)

    def remove(self):
        """Ends what still runs in the group. It may be called again."""
        while self._made:
            cgroup_tree.remove_group(self._made[-1])
            self._made.pop()


class Scope:
    """A group that systemd makes for a user without rights. It ends with its process."""

    def __init__(self, limits, proc="/proc"):
        self.limits = limits
        self._proc = proc
        self.name = f"{new_name()}.scope"
        self._pid = None
        self._last = Counts()

    def probe(self):
        """Raises OSError or SubprocessError if systemd makes no such scope, or one that does not have the limits."""
        done = subprocess.run(self.wrap(["cat", "/proc/self/cgroup"]), check=True, capture_output=True, text=True, timeout=PROBE_LIMIT_S)
        if self.name not in done.stdout:
            raise OSError("the scope is not visible in /proc/self/cgroup")
        for hierarchy in cgroup_tree.hierarchies(self.limits.controllers, self._proc):
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
            path = cgroup_tree.own_paths(self._proc, self._pid).get("", "")
            if pathlib.PurePath(path).name == self.name:
                folder = cgroup_tree.joined(cgroup_tree.unified_mount(self._proc), path)
                self._last = cgroup_tree.counts(dict.fromkeys(self.limits.controllers, (2, folder)))
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
            if folder.is_dir() and is_abandoned(folder.name, proc):
                names.setdefault(folder.name, []).append(folder)
    for name, folders in names.items():
        processes = {pid for folder in folders for pid in cgroup_tree.processes(folder)}
        if 0 in processes:  # another container's; its owner is not visible, and may live
            continue
        try:
            for folder in folders:
                cgroup_tree.remove_group(folder)
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
            for hierarchy in cgroup_tree.hierarchies((controller,), proc):
                found += hierarchy.parents
                if hierarchy.version == 2:
                    user = f"user.slice/user-{os.getuid()}.slice/user@{os.getuid()}.service"
                    found += [hierarchy.parents[-1] / user / "app.slice", hierarchy.parents[-1] / user]
        except OSError:
            pass
    return list(dict.fromkeys(found))
