"""What the kernel knows of a process and of the CPUs, without the process's help."""

import os
import pathlib
import time

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_PROCESS_CPU_CLOCK = 2  # the scheduler's clock in clock_getcpuclockid(3)'s encoding


def cpu_ns(pid):
    """On-CPU time (user and system) of the whole process, in ns; threads that ended are included, children are not.

    The process's CPU clock counts what /proc/PID/schedstat counts, but for all threads at once and at full resolution;
    the user and system ticks of /proc/PID/stat are 10 ms coarse.
    """
    return time.clock_gettime_ns((~pid << 3) | _PROCESS_CPU_CLOCK)


def cpu_ns_beside_workers(pid):
    """On-CPU time of those threads of a server that are not its workers, in ns."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if not (task / "comm").read_text(encoding="utf-8", errors="replace").startswith("worker "):
            total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
    return total


def _stat(pid, field):
    """A number of /proc/PID/stat, by its place in proc_pid_stat(5). The name before it may hold spaces and brackets."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return int(file.read().rpartition(")")[2].split()[field - 3])


def user_s(pid):
    """Seconds that the process has spent in user mode, 10 ms coarse; the kernel shares out cpu_ns() by what its tick met."""
    return _stat(pid, 14) / _TICKS_PER_S


def memory(pid):
    """Resident memory now, anonymous now and resident at its peak in KiB, and minor faults so far."""
    status = {}
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            name, _, value = line.partition(":")
            status[name] = value.split()
    return {
        "rss_kib": int(status["VmRSS"][0]),
        "anonymous_kib": int(status["RssAnon"][0]),
        "peak_rss_kib": int(status["VmHWM"][0]),
        "minor_faults": _stat(pid, 10),
    }


def cpu_seconds(cpus):
    """Seconds that these CPUs have been busy (whoever used them) and stolen by the hypervisor since boot."""
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
