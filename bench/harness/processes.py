"""Child processes that never outlive this program, even if it is interrupted.

Python can raise KeyboardInterrupt between any two instructions, also while a process is being started or while a `with`
block ends. Cleaning up in `with` blocks alone is therefore not enough: this module lists every child, and main() stops the
children that are still in the list.
"""

import os
import signal
import subprocess

STOP_LIMIT_S = 15  # above the server's own drain limit of 10 s

_running = []
_starting = False
_interrupted = False


def handle_interrupts():
    """Makes SIGINT and SIGTERM a KeyboardInterrupt, once: further signals must not interrupt the cleaning up, whose time is bounded."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_interrupt)


def _on_interrupt(*_):
    """The handler of both signals. A start in progress is finished first, otherwise its process would not be listed."""
    global _interrupted
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if _starting:
        _interrupted = True
    else:
        raise KeyboardInterrupt


def is_foreign(variable):
    """True for an environment variable that must not reach a child. A proxy would answer in place of the server. A variable of the
    server would change what is measured, and the recorded command line would not show it."""
    return variable.lower().endswith("_proxy") or variable.startswith("DUEL_") or variable == "BEEGO_RUNMODE"


def environment():
    """The environment of every child."""
    return {name: value for name, value in os.environ.items() if not is_foreign(name)}


def start(command, output):
    """Starts `command` with stdout and stderr going to the file `output`. The child has its own session, so Ctrl-C reaches
    only this program, which then stops its children in order."""
    global _starting
    _starting = True
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   start_new_session=True, env=environment())
        _running.append(process)
    finally:
        _starting = False
    if _interrupted:
        raise KeyboardInterrupt
    return process


def stop(process):
    """Ends the process with SIGTERM, and with SIGKILL after STOP_LIMIT_S. Returns its exit status, or None if it was killed."""
    killed = False
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            killed = True
            process.kill()
            process.wait()
    if process in _running:
        _running.remove(process)
    return None if killed else process.returncode


def stop_all():
    """Stops all children that still run. Returns their number."""
    left = list(_running)
    for process in left:
        stop(process)
    return len(left)
