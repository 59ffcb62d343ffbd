"""bench/compare in a child that is forked from the process of the test, which has loaded its modules already. Starting Python with numpy and
matplotlib costs more CPU time than most tests."""

import io
import os
import signal
import subprocess
import sys
import threading

from harness import __main__ as compare, drawing, processes

drawing.require()


class Forked:
    """Has what the tests use of subprocess.Popen. Both outputs are one text."""

    def __init__(self, arguments, environment):
        read, write = os.pipe()
        self.returncode = None
        self._late = False
        self.args = ["harness", *arguments]
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read)
            _run(arguments, environment, write)
        os.close(write)
        self.stdout = open(read, encoding="utf-8")

    def poll(self):
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._ended(pid, status)
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            watch = self._watch(timeout)
            self._ended(*os.waitpid(self.pid, 0))
            self._require_in_time(watch, timeout)
        return self.returncode

    def communicate(self, timeout=None):
        """The rest of the output, and None as Popen has it for stderr."""
        watch = self._watch(timeout)
        text = self.stdout.read()
        self.stdout.close()
        self._ended(*os.waitpid(self.pid, 0))
        self._require_in_time(watch, timeout)
        return text, None

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def _ended(self, pid, status):
        if pid:
            self.returncode = os.waitstatus_to_exitcode(status)

    def _watch(self, timeout):
        """Kills the child after the time."""
        watch = threading.Timer(timeout if timeout is not None else threading.TIMEOUT_MAX, self._give_up)
        watch.daemon = True
        watch.start()
        return watch

    def _give_up(self):
        self._late = True
        os.kill(self.pid, signal.SIGKILL)

    def _require_in_time(self, watch, timeout):
        watch.cancel()
        if self._late:
            raise subprocess.TimeoutExpired(self.args, timeout)


def _run(arguments, environment, output):
    """The child. It never returns into the test."""
    status = 1
    try:
        for number in (1, 2):
            os.dup2(output, number)
        os.close(output)
        os.environ.clear()
        os.environ.update(environment)
        processes._running.clear()  # the children of the test are not those of this program
        sys.argv = [compare.__file__, *arguments]
        sys.stdout = sys.stderr = io.TextIOWrapper(open(1, "wb", buffering=0), encoding="utf-8", write_through=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        status = compare.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # pylint: disable=broad-except
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)
