"""What the workers of a Dask cluster do. These functions travel to the workers as code, so they use only Python's standard library, and
nothing of the harness has to be installed there. Each runs in the event loop of the worker, beside the queue of tasks: Dask repeats a
task whose worker has died, but a load must not be repeated. `dask_worker` is the worker itself, on which a run keeps its process."""

import asyncio
import contextlib
import ctypes
import hashlib
import pathlib
import shutil
import signal
import subprocess
import time
import zlib

START_LIMIT_S = 30
NOT_RUN = -1  # in place of an exit status


def clock_ns():
    """The wall clock, from which duel-load takes --start-at."""
    return time.time_ns()


def install(packed, sha256, session_id, dask_worker=None):
    """Writes duel-load to a folder of the worker, and starts it once. Returns its path. Raises RuntimeError with a clause."""
    content = zlib.decompress(packed)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RuntimeError("received a damaged copy of duel-load")
    folder = _folder(session_id, dask_worker)
    folder.mkdir(mode=0o700)
    path = folder / "duel-load"
    path.write_bytes(content)
    path.chmod(0o700)
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=START_LIMIT_S, check=False)
    except OSError as error:
        raise RuntimeError(f"cannot start duel-load ({error.strerror})") from error
    if done.returncode != 0:
        raise RuntimeError("cannot start duel-load: " + (done.stderr.strip().splitlines() or ["it printed nothing"])[-1])
    return str(path)


def remove(session_id, dask_worker=None):
    """Removes what install() wrote, also if it failed."""
    shutil.rmtree(_folder(session_id, dask_worker), ignore_errors=True)


def _folder(session_id, worker):
    return pathlib.Path(worker.local_directory) / f"duel-load-{session_id}"


async def measure(commands, run_id, limit_s, dask_worker=None):
    """Runs duel-load to its end; `commands` has the command of each worker. Returns its exit status, its report and its last message."""
    if getattr(dask_worker, "stopped_duel_load", None) == run_id:
        return NOT_RUN, "", "the run was stopped"
    dask_worker.duel_load = process = await asyncio.create_subprocess_exec(
        *commands[dask_worker.address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_end_with_parent)
    try:
        report, messages = await asyncio.wait_for(process.communicate(), limit_s)
    except asyncio.TimeoutError:
        return NOT_RUN, "", f"it did not end within {limit_s:g} s"
    finally:
        _kill(process)
    return process.returncode, report.decode(errors="replace"), (messages.decode(errors="replace").strip().splitlines() or [""])[-1]


def stop(run_id, dask_worker=None):
    """Ends duel-load, if it runs. A run of this id cannot start later."""
    dask_worker.stopped_duel_load = run_id
    if hasattr(dask_worker, "duel_load"):
        _kill(dask_worker.duel_load)


def _kill(process):
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def _end_with_parent():
    """Runs in the child before duel-load: the kernel kills duel-load if the worker dies (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
