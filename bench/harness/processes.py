"""Child processes that do not outlive this program, whenever it is interrupted.

Python raises KeyboardInterrupt between any two steps, even while a process is being started or a `with` block is left,
so that cleaning up on the way out is not enough: every child is listed here, and main() stops what is left of the list.
"""

import subprocess

STOP_LIMIT_S = 15  # above the server's own drain limit of 10 s

_running = []
_starting = False
_interrupted = False


def on_interrupt(*_):
    """The handler for SIGINT and SIGTERM. A start is finished first, or its process would be in no list."""
    global _interrupted
    if _starting:
        _interrupted = True
    else:
        raise KeyboardInterrupt


def start(command, output):
    """Starts `command`, both its streams going to the file `output`. It has a session of its own: Ctrl-C reaches this
    program only, which then stops its children in order."""
    global _starting
    _starting = True
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        _running.append(process)
    finally:
        _starting = False
    if _interrupted:
        raise KeyboardInterrupt
    return process


def stop(process):
    """Ends it if it has not ended, in order if it will. Returns its exit status, None if it had to be killed."""
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
    """What an interrupt left. Returns how many processes had to be stopped."""
    left = list(_running)
    for process in left:
        stop(process)
    return len(left)
