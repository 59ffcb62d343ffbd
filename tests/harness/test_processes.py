"""Tests of harness/processes.py: the environment of children, and signals while they are stopped."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

from harness import processes


class Children(unittest.TestCase):
    def test_a_child_sees_neither_proxies_nor_settings_of_the_server(self):
        hidden = {"http_proxy": "x", "HTTPS_PROXY": "x", "no_proxy": "x", "DUEL_GZIP": "on", "BEEGO_RUNMODE": "dev"}
        with tempfile.TemporaryFile() as output, unittest.mock.patch.dict(os.environ, {**hidden, "MALLOC_CONF": "kept"}):
            child = processes.start(["env"], output)
            child.wait()
            processes.stop(child)
            output.seek(0)
            names = {line.partition("=")[0] for line in output.read().decode().splitlines()}
        self.assertEqual(names & set(hidden), set())
        self.assertIn("MALLOC_CONF", names)

    def test_the_end_of_a_child_is_seen_at_once_and_a_child_that_stays_is_told(self):
        with tempfile.TemporaryFile() as output:
            child = processes.start(["sh", "-c", "exit 3"], output)
            with unittest.mock.patch("time.sleep", side_effect=AssertionError("nobody polls")):
                self.assertEqual(processes.wait(child, 60), 3)
            self.assertEqual(processes.wait(child, 60), 3)
            processes.stop(child)
            child = processes.start(["sleep", "60"], output)
            with self.assertRaises(subprocess.TimeoutExpired):
                processes.wait(child, 0.01)
            self.assertEqual(processes.stop(child), -signal.SIGTERM)

    def test_a_second_signal_hurries_a_child_that_ends_slowly(self):
        program = """if True:
            import os, signal
            signal.signal(signal.SIGTERM, lambda *_: None)
            signal.signal(signal.SIGINT, lambda *_: os._exit(7))
            os.write(1, b"!")
            while True:
                signal.pause()"""
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        child = processes.start([sys.executable, "-c", program], write)
        os.close(write)
        self.assertEqual(os.read(read, 1), b"!")
        self.assertEqual(processes.stop(child, signal.SIGINT), 7)

    def test_without_a_descriptor_for_it_a_child_is_stopped_too(self):
        with tempfile.TemporaryFile() as output, unittest.mock.patch.object(os, "pidfd_open", side_effect=OSError):
            self.assertEqual(processes.stop(processes.start(["sleep", "60"], output)), -signal.SIGTERM)


class Interrupts(unittest.TestCase):
    def test_further_signals_do_not_interrupt_the_cleaning_up(self):
        signals = (signal.SIGINT, signal.SIGTERM)
        for first in signals:
            with self.subTest(first), contextlib.ExitStack() as restored:
                for number in signals:
                    restored.callback(signal.signal, number, signal.getsignal(number))
                processes.handle_interrupts()
                with self.assertRaises(KeyboardInterrupt):
                    os.kill(os.getpid(), first)
                for number in signals:
                    os.kill(os.getpid(), number)


if __name__ == "__main__":
    unittest.main()
