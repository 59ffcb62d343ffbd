"""Child processes that never outlive this program, even if it is interrupted or killed.

Python can raise KeyboardInterrupt between any two instructions, also while a process is being started or while a `with`
block ends. Cleaning up in `with` blocks alone is therefore not enough: this module lists every child, and main() stops the
children that are still in the list.
"""

import os
import select
import shutil
import signal
import subprocess
import sys

OF_GO_PROGRAMS = ("BEEGO_RUNMODE", "GODEBUG", "GOGC", "GOMAXPROCS", "GOMEMLIMIT")
# A shell that replaces itself by the command, unless the parent has ended before setpriv has run.
IF_PARENT_LIVES = '[ "$PPID" = "$0" ] || exit 1; exec "$@"'
STOP_LIMIT_S = 15  # above the server's own drain limit of 10 s

_running = {}  # process: its control group, or None
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
    server or of Go's runtime would change what is measured, and the recorded command line would not show it."""
    return variable.lower().endswith("_proxy") or variable.startswith("DUEL_") or variable in OF_GO_PROGRAMS


def environment():
    """The environment of every child."""
    return {name: value for name, value in os.environ.items() if not is_foreign(name)}


def with_parent(command):
    """The command as a process that the kernel kills if this program is killed, because then nobody is left to stop it."""
    if shutil.which("setpriv") is None:
        return command
    return ["setpriv", "--pdeathsig=KILL", "--", "sh", "-c", IF_PARENT_LIVES, str(os.getpid()), *command]


def start(command, output, group=None, variables=None):
    """Starts `command` with stdout and stderr going to the file `output`, in a new control group (cgroup.group) if one is given, with the
    variables of environment(), or those given.
    The child has its own session, so Ctrl-C reaches only this program, which then stops its children in order. Call this on the main thread:
    the child is killed when the thread that started it ends."""
    global _starting
    _starting = True
    try:
        if group:
            group.make()
        process = subprocess.Popen(with_parent(group.wrap(command) if group else command), stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True, env=environment() if variables is None else variables)
        _running[process] = group
        if group:
            group.started(process.pid)
    except OSError:
        if group:
            group.remove()
        raise
    finally:
        _starting = False
    if _interrupted:
        raise KeyboardInterrupt
    return process


def wait(process, limit_s):
    """Returns the exit status when the process has ended; subprocess.Popen.wait() with a limit looks for it every 50 ms only. Raises
    subprocess.TimeoutExpired."""
    if process.poll() is None:
        try:
            descriptor = os.pidfd_open(process.pid)
        except OSError:  # no descriptor is left, or an old sandbox refuses the call
            return process.wait(limit_s)
        try:
            ended = select.poll()
            ended.register(descriptor, select.POLLIN)
            if not ended.poll(limit_s * 1000):
                raise subprocess.TimeoutExpired(process.args, limit_s)
        finally:
            os.close(descriptor)
    return process.wait()


def stop(process, hurry=None):
    """Ends the process with SIGTERM, and with SIGKILL after STOP_LIMIT_S, and removes its control group. `hurry` is a signal that follows
    SIGTERM and asks for an end without waiting. Returns its exit status, or None if it was killed."""
    killed = False
    if process.poll() is None:
        process.terminate()
        if hurry:
            process.send_signal(hurry)
        try:
            wait(process, STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            killed = True
            process.kill()
            process.wait()
    if group := _running.get(process):
        group.remove()
    _running.pop(process, None)
    return None if killed else process.returncode


def stop_all():
    """Stops all children that still run. Returns their number."""
    left = list(_running)
    for process in left:
        try:
            stop(process)
        except OSError as error:  # a group that the kernel does not give up must not keep the other children alive
            print(f"{error.filename}: {error.strerror}; the next call removes it", file=sys.stderr)
    return len(left)
