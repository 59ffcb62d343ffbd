"""Which CPUs the server and the load generator use: disjoint sets that share a physical core only if there is just one."""

import os
import pathlib
import re

from harness.errors import HarnessError, shown

# wrk needs about as much CPU time per request as a fast server. With more than two CPUs for the server, one wrk -t4 could
# not keep the server busy.
SERVER_CPUS_MAX = 2
NUMBER_MAX = 8191  # the kernel supports 8192 CPUs (NR_CPUS)


def parse(text):
    """"0,2-4" -> [0, 2, 3, 4], the format of taskset."""
    cpus = set()
    for part in text.split(","):
        match = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,4}))?", part)
        last = int(match[2] or match[1]) if match else -1
        if not match or last < int(match[1]) or last > NUMBER_MAX:
            raise HarnessError(f"{shown(text)} is not a list of CPUs; use the format of taskset, for example 0,2-4")
        cpus.update(range(int(match[1]), last + 1))
    return sorted(cpus)


def text(cpus):
    return ",".join(str(cpu) for cpu in cpus)


def cores(available):
    """The available CPUs grouped by physical core, in order."""
    groups = {}
    for cpu in available:
        siblings = pathlib.Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        try:
            key = siblings.read_text(encoding="ascii").strip()
        except OSError:
            key = str(cpu)
        groups.setdefault(key, []).append(cpu)
    return list(groups.values())


def share_out(groups):
    """Returns (server's CPUs, client's CPUs). `groups` holds the CPUs of each physical core. With enough cores the client gets
    two cores per core of the server."""
    if len(groups) >= 2:
        server_cores = max(1, min(SERVER_CPUS_MAX, len(groups) // 3))
        server = [group[0] for group in groups[:server_cores]]
        return server, [cpu for group in groups[server_cores:] for cpu in group]
    if groups and len(groups[0]) >= 2:  # one core with two threads: the sets are disjoint but not independent
        return groups[0][:1], groups[0][1:]
    raise HarnessError("the server and the load generator each need a CPU of their own, but this process may use only one CPU")


def choose(server, client):
    """The two sets. A set that the command line does not give (None) is chosen from the available CPUs."""
    available = sorted(os.sched_getaffinity(0))
    if server is None and client is None:
        return share_out(cores(available))
    server_set = server or [cpu for cpu in available if cpu not in client]
    client_set = client or [cpu for cpu in available if cpu not in server_set]
    for name, cpus in (("server", server_set), ("client", client_set)):
        if not cpus:
            raise HarnessError(f"no CPU is left for the {name}; available are {text(available)}, give each side at least one of them")
        if not set(cpus) <= set(available):
            raise HarnessError(f"--{name}-cpus: this process is not allowed to use CPU {min(set(cpus) - set(available))}; choose from "
                               f"{text(available)}")
    if set(server_set) & set(client_set):
        raise HarnessError("the CPUs of the server and of the client overlap; give each its own, because sharing them makes the "
                           "figures noisy")
    return server_set, client_set
