"""A server process: start it on given CPUs, read its counters, stop it."""

import contextlib
import dataclasses
import errno
import json
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse

from harness import cpus as cpu_sets
from harness import cgroup, direct_http, metrics_page, options, processes
from harness.errors import HarnessError

START_LIMIT_S = 60  # on a machine that others use as well, a program may wait long for the disk and for its CPU
FREE_LIMIT_S = 1
PROBE_S = 0.05
STATS_LIMIT_S = 20  # as above
ADMIN_LIMIT_S = 10  # a heap profile takes longest, because its addresses are symbolised
POLL_S = 0.005
SENTENCE_BYTES = 500  # of an error of the admin port
# After SIGTERM a server still waits a quarter of a second for requests that may be on their way. Nobody is connected now, and a second signal
# ends it at once; only the null server waits still. It is another signal, because two equal ones that are pending are one.
HURRY = signal.SIGINT
END_LIMIT_S = 10  # until a process that the kernel ends can be waited for


class AdminRefused(HarnessError):
    """The admin port answered with an error, whose sentence is in the text."""

    def __init__(self, text, status):
        super().__init__(text)
        self.status = status


def await_free_port(host, port):
    """Raises HarnessError if no server could listen on the port. Another process that listens there could share the port
    (SO_REUSEPORT) and would then silently receive half of the connections.

    After an io_uring server was killed, its listener stays for some ms, until the kernel has freed the ring.
    """
    deadline = time.monotonic() + FREE_LIMIT_S
    while (error := _bind_error(host, port)) is not None:
        if error.errno == errno.EACCES:
            raise HarnessError(f"port {port} on {host} is only for root; choose another port with --port=N, such as 8080")
        if error.errno != errno.EADDRINUSE:
            raise HarnessError(f"port {port} on {host} cannot be used ({error.strerror}); choose another address or port")
        if time.monotonic() > deadline:
            raise HarnessError(f"port {port} on {host} is busy: another process listens there (`ss -ltnp` shows it); end that "
                               "process, or choose another port with --port=N")
        time.sleep(PROBE_S)


def accepts(host, port):
    """Whether a server accepts a connection now."""
    try:
        socket.create_connection((host, port), timeout=PROBE_S).close()
        return True
    except OSError:
        return False


def _bind_error(host, port):
    """The error with which the kernel refuses the port, or None. With SO_REUSEADDR only a listener makes a port busy, not the
    rest of a connection that has ended."""
    with socket.socket(options.family(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


class ServerEnded(HarnessError):
    """The server ended although nobody stopped it. `counts` are those of its control group."""

    def __init__(self, text, counts):
        super().__init__(text)
        self.counts = counts


class Server:
    """A context manager: inside the `with` block the server listens, after it the process has ended. With `limits` (cgroup.Limits)
    the server runs in a control group of its own; a `group` (containers.Container) has limits and CPUs itself."""

    GROUP = "a control group"  # what has the limits, for a plan

    def __init__(self, command, host, port, cpus, folder, name, admin_port="0", limits=None, group=None):
        self._arguments = {"command": list(command), "host": host, "port": port, "cpus": list(cpus), "admin_port": admin_port}
        self.host, self.port = host, port
        self.has_admin = admin_port != "0"
        self.limits = group.limits if group else limits or cgroup.Limits()
        self._group = group or (cgroup.group(self.limits) if self.limits.controllers else None)
        self._stats = pathlib.Path(folder) / f"{name}.stats.jsonl"
        self._log = pathlib.Path(folder) / f"{name}.log"
        pinned = [] if group else ["taskset", "-c", cpu_sets.text(cpus)]
        self.command = [*pinned, *command, f"--host={host}", f"--port={port}", f"--admin-port={admin_port}", f"--stats-file={self._stats}"]
        self._process = None
        self._lines_read = 0

    @property
    def facts(self):
        """What the records need, and what makes the same server again: the arguments of this class."""
        return {"command_line": self.command_line, "has_admin": self.has_admin, "limits": dataclasses.asdict(self.limits), **self._arguments}

    @property
    def whole_command(self):
        """As a shell of this machine would start it."""
        return self.command

    @property
    def command_line(self):
        return shlex.join(self.whole_command)

    @property
    def pid(self):
        return self._process.pid

    @property
    def authority(self):
        """Host and port as in a URL and in the field Host: an IPv6 address has brackets (RFC 3986, section 3.2.2)."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def url(self, path):
        return f"http://{self.authority}{path}"

    def __enter__(self):
        await_free_port(self.host, self.port)
        self._stats.unlink(missing_ok=True)  # of a session that was interrupted
        with open(self._log, "wb") as log:
            self._process = processes.start(self.command, log, self._group)
        try:
            self._await("start listening", START_LIMIT_S, self.listens)
        except HarnessError:
            processes.stop(self._process)
            raise
        return self

    def listens(self):
        """Whether clients can connect."""
        return "listening on " in self.log()

    def __exit__(self, _kind, error, _trace):
        """Raises ServerEnded in place of an error of the block if the server has ended, because that is the cause."""
        if isinstance(error, ProcessLookupError):  # the kernel has begun to end it, for example out of memory
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_LIMIT_S)
        ended = None if self.alive() else self._ended("was stopped")
        processes.stop(self._process, HURRY)
        if ended and isinstance(error, (HarnessError, OSError)) and not isinstance(error, ServerEnded):
            raise ended from error

    def admin(self, path, posted=None, limit_s=ADMIN_LIMIT_S):
        """Sends GET to the admin port, or POST with the bytes `posted`. Returns the body, or None if the path does not exist. Raises
        AdminRefused for another error."""
        try:
            return direct_http.request(self.admin_url() + path, limit_s, posted)[1]
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                sentence = error.read(SENTENCE_BYTES).decode(errors="replace").strip() or error.reason
            raise AdminRefused(f"the admin port answers GET {path} with {error.code}: {sentence}", error.code) from error
        except OSError as error:
            raise HarnessError(f"the admin port does not answer GET {path}: {error}") from error

    @contextlib.contextmanager
    def requested(self, path):
        """Inside the `with` block a GET of this path waits for the answer of the admin port. At the end the connection is
        closed. Raises HarnessError if the answer came before."""
        address = urllib.parse.urlsplit(self.admin_url())
        with socket.create_connection((address.hostname, address.port), timeout=ADMIN_LIMIT_S) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            yield
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                raise HarnessError(f"the admin port answered GET {path} too early: {connection.recv(4096)[:200]!r}")

    def admin_url(self):
        found = re.search(r"admin=(http://[^\s,)]+?)/?[,)]", self.log())
        if found is None:
            raise HarnessError(f"the server has no admin port: {self._last_words()}")
        return found[1]

    def metrics(self):
        """The page /metrics of the admin port (metrics_page.Page); None if the server has none, as the originals."""
        page = self.admin("/metrics")
        return page and metrics_page.Page(page.decode())

    def admin_reset(self):
        """Sets the counters of the admin port to 0."""
        self.admin("/debug/reset", b"")

    def log(self):
        """The output of the server so far, stdout and stderr."""
        return self._log.read_text(errors="replace")

    def group_counts(self):
        """What the kernel counted in the server's control group (cgroup.Counts); zeros without a group."""
        return self._group.counts() if self._group else cgroup.Counts()

    def alive(self):
        return self._process.poll() is None

    def pause(self):
        """Stops the process until resume(), by SIGSTOP. Nothing happens if it has ended."""
        self._signal(signal.SIGSTOP)

    def resume(self):
        self._signal(signal.SIGCONT)

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def snapshot(self):
        """The counters of the server since its start: the last line of --stats-file."""
        os.kill(self.pid, signal.SIGUSR1)
        self._await("write its counters", STATS_LIMIT_S, lambda: len(self._stat_lines()) > self._lines_read)
        lines = self._stat_lines()
        self._lines_read = len(lines)
        return json.loads(lines[-1])

    def _stat_lines(self):
        """Complete lines only. A line without a newline is still being written."""
        try:
            return self._stats.read_text(encoding="utf-8").split("\n")[:-1]
        except FileNotFoundError:
            return []

    def _await(self, what, limit_s, done):
        deadline = time.monotonic() + limit_s
        while not done():
            if not self.alive():
                raise self._ended(f"could {what}")
            if time.monotonic() > deadline:
                raise HarnessError(f"the server did not {what} within {limit_s} s: {self._last_words()}")
            time.sleep(POLL_S)

    def _ended(self, before):
        counts = self.group_counts()
        why = f"it needed more memory than its limit allows ({self.limits})" if counts.oom_kills else self._last_words()
        return ServerEnded(f"the server ended with status {self._process.returncode} before it {before}: {why}", counts)

    def _last_words(self):
        lines = self.log().strip().splitlines()
        return lines[-1] if lines else f"it printed nothing ({self.command_line})"
