"""Profiles that a server takes of itself (docs/profiles.md). A file is named {run_id}_{type}_{time in ms}.pb.gz, and profiles.csv lists it."""

import time


def take(server, kind, run_id, folder):
    """Saves the profile GET /debug/pprof/KIND. Returns [its facts], or [] if the server has none. Its duration is the time until the
    server has sent it."""
    start_ns, began = time.time_ns(), time.monotonic()
    data = server.admin(f"/debug/pprof/{kind}")
    if not data:
        return []
    name = f"{run_id}_{kind}_{start_ns // 1_000_000}.pb.gz"
    (folder / name).write_bytes(data)
    return [{"type": kind, "start_ns": start_ns, "duration_ms": round((time.monotonic() - began) * 1000, 3), "file": name}]
