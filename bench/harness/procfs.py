"""Counters that the kernel keeps of a process and of the CPUs. They need no help from the process."""

import errno
import os
import pathlib
import time

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PROCESS_CPU_CLOCK = 2  # CPUCLOCK_SCHED, in the encoding of clock_getcpuclockid(3)


def cpu_ns(pid):
    """CPU time (user and system) of the whole process, in ns. Threads that have ended are included, child processes are not.

    The CPU clock of the process is the sum of /proc/PID/task/*/schedstat, at full resolution. The user and system ticks of
    /proc/PID/stat have a resolution of only 10 ms.
    """
    return time.clock_gettime_ns((~pid << 3) | _PROCESS_CPU_CLOCK)


def writes(pid):
    """How often the process has called write(2) and its like."""
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("syscw:"))


def cpu_ns_beside_workers(pid):
    """CPU time of all threads of a server except its workers, in ns."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if not (task / "comm").read_text(encoding="utf-8", errors="replace").startswith("worker "):
            total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    return total


def _stat(pid, field, proc="/proc"):
    """A number of /proc/PID/stat, by its field number in proc_pid_stat(5). Field 2, the name, may contain spaces and brackets."""
    with open(f"{proc}/{pid}/stat", encoding="ascii", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[field - 3])


def user_s(pid):
    """Seconds that the process has spent in user mode, with a resolution of 10 ms. The kernel estimates the share from ticks."""
    return _stat(pid, 14) / _TICKS_PER_S


def start_ticks(pid, proc="/proc"):
    """When the process started, in clock ticks since boot. With the id it names a process for ever; an id alone is used again."""
    return _stat(pid, 22, proc)


def memory(pid):
    """Resident memory, anonymous memory and peak resident memory, in KiB, and the number of minor faults since the start. Raises
    ProcessLookupError if the process is ending: the kernel frees its memory first, and its number later."""
    status = {}
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            name, _, value = line.partition(":")
            status[name] = value.split()
    if "VmRSS" not in status:
        raise ProcessLookupError(errno.ESRCH, f"process {pid} is ending")
    return {
        "rss_kib": int(status["VmRSS"][0]),
        "anonymous_kib": int(status["RssAnon"][0]),
        "peak_rss_kib": int(status["VmHWM"][0]),
        "minor_faults": _stat(pid, 10),
    }


def throttled_s(pid, proc="/proc", groups="/sys/fs/cgroup"):
    """Seconds, summed over the CPUs, that a quota stopped the process's own group (cgroup v2 or v1). 0 if no group is visible."""
    for line in pathlib.Path(proc, str(pid), "cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        for mount in (controllers, ""):
            try:
                stat = pathlib.Path(groups, mount, path.strip("/"), "cpu.stat").read_text(encoding="ascii")
            except OSError:
                continue
            fields = dict(line.split() for line in stat.splitlines())
            return int(fields.get("throttled_usec", 0)) / 1e6 + int(fields.get("throttled_time", 0)) / 1e9
    return 0.0


def cpu_seconds(cpus):
    """Seconds since boot that these CPUs were busy, for any process, and that the hypervisor took from them (steal)."""
    wanted = {f"cpu{cpu}" for cpu in cpus}
    busy = stolen = 0
    with open("/proc/stat", encoding="ascii") as file:
        for line in file:
            name, *ticks = line.split()
            if name in wanted:
                user, nice, system, _idle, _iowait, irq, softirq, steal = (int(tick) for tick in ticks[:8])
                busy += user + nice + system + irq + softirq
                stolen += steal
    return {"busy_s": busy / _TICKS_PER_S, "stolen_s": stolen / _TICKS_PER_S}
