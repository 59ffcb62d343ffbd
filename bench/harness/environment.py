"""Facts about the machine, the build and the tools, for the records."""

import hashlib
import os
import pathlib
import platform
import subprocess

ROOT = pathlib.Path(__file__).parents[2]


def describe(server_binary, server_cpus, client_cpus):
    """Facts that do not change during a session. The dictionary is flat, so that each fact can be a CSV column."""
    return {
        **describe_client(client_cpus),
        "server_cpus": ",".join(map(str, server_cpus)),
        "build_type": _cache_entry(server_binary, "CMAKE_BUILD_TYPE"),
        "compiler": _cache_entry(server_binary, "CMAKE_CXX_COMPILER"),
        "server_sha256": hashlib.sha256(pathlib.Path(server_binary).read_bytes()).hexdigest(),
        "server_version": _output(str(server_binary), "--version"),
        "liburing_version": _output("pkg-config", "--modversion", "liburing"),
        "malloc_conf": os.environ.get("MALLOC_CONF", ""),
    }


def describe_client(client_cpus):
    """The facts about the machine of the client, where no server is started."""
    return {
        "kernel": platform.release(),
        "cpu_model": _cpu_model(),
        "cpu_count": os.cpu_count(),
        "cpu_governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or "not visible",
        "client_cpus": ",".join(map(str, client_cpus)),
        "load_average_before": os.getloadavg()[0],
        "commit": commit(),
        "dirty": _output("git", "--no-optional-locks", "-C", str(ROOT), "status", "--porcelain") not in ("", "unknown"),
        "wrk_version": _output("wrk", "-v"),
        "python_version": platform.python_version(),
    }


def commit():
    return _output("git", "-C", str(ROOT), "rev-parse", "HEAD")


def fit_for_timing(environment):
    """Reasons to doubt every figure of this session, as clauses; [] if there are none."""
    doubts = []
    if environment["build_type"] not in ("Release", "unknown"):
        doubts.append(f"the server is a {environment['build_type']} build")
    if environment["cpu_governor"] not in ("performance", "not visible"):
        doubts.append(f"the CPU's frequency governor is '{environment['cpu_governor']}'")
    return doubts


def _read(path):
    try:
        return pathlib.Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _cpu_model():
    for line in _read("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _output(*command):
    """The first line that the command prints, or "unknown". The exit status does not count: `wrk -v` exits with 1."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    if done.returncode != 0 and not done.stdout:
        return "unknown"
    return done.stdout.strip().partition("\n")[0]


def _cache_entry(server_binary, name):
    cache = _read(pathlib.Path(server_binary).parent / "CMakeCache.txt")
    for line in cache.splitlines():
        if line.startswith(name + ":"):
            return line.partition("=")[2]
    return "unknown"
