"""Profiles that a server takes of itself (docs/profiles.md). A file is named {run_id}_{type}_{time in ms}.pb.gz, and profiles.csv lists it."""

import threading
import time

from harness.errors import HarnessError
from harness.server import ADMIN_LIMIT_S, AdminRefused

NOT_IMPLEMENTED, UNAVAILABLE = 501, 503
# A server that answers with 503 has no room for a profile at the moment, or its writer of profiles is being replaced.
ATTEMPTS_MAX = 5
PAUSE_S = 2


def take(server, kind, run_id, folder):
    """Saves the profile GET /debug/pprof/KIND. Returns [its facts], or [] if the server has none. Its duration is the time until the
    server has sent it."""
    start_ns, began = time.time_ns(), time.monotonic()
    data = _ask(server, kind)
    return _saved(data, kind, run_id, folder, start_ns, time.monotonic() - began)


def _ask(server, kind):
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            return server.admin(f"/debug/pprof/{kind}")
        except AdminRefused as refused:
            if refused.status == NOT_IMPLEMENTED:
                return None
            if refused.status != UNAVAILABLE or attempt == ATTEMPTS_MAX:
                raise
            time.sleep(PAUSE_S)


def _saved(data, kind, run_id, folder, start_ns, duration_s):
    if not data:
        return []
    name = f"{run_id}_{kind}_{start_ns // 1_000_000}.pb.gz"
    (folder / name).write_bytes(data)
    return [{"type": kind, "start_ns": start_ns, "duration_ms": round(duration_s * 1000, 3), "file": name}]


class Recording:
    """A profile of CPU time that the server records from now on, for `seconds`, while the caller loads it."""

    def __init__(self, server, seconds):
        self._server, self._seconds = server, seconds
        self._data, self._failure = None, None
        self._start_ns = time.time_ns()
        self._thread = threading.Thread(target=self._fetch, daemon=True)  # ends with the server at the latest
        self._thread.start()

    def _fetch(self):
        try:
            self._data = self._server.admin(f"/debug/pprof/profile?seconds={self._seconds}", limit_s=self._seconds + ADMIN_LIMIT_S)
        except HarnessError as error:
            self._failure = error

    def save(self, run_id, folder):
        """Waits for the end of the recording. Returns [its facts], or [] if the server records none."""
        self._thread.join()
        if self._failure and getattr(self._failure, "status", None) != NOT_IMPLEMENTED:
            raise self._failure
        return _saved(self._data, "cpu", run_id, folder, self._start_ns, self._seconds)
