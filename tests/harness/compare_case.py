"""Test cases that run bench/compare with stubs in place of the servers and the load generators."""

import csv
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import unittest

from forked import Forked
from harness import options, processes, verify
from harness.errors import HarnessError
from ports import free_ports

HERE = pathlib.Path(__file__).parent
BENCH = HERE.parents[1] / "bench"
LIMIT_S = 120


class SpawningCase(unittest.TestCase):
    """Starts bench/compare and reads its records. A subclass sets `folder`; the records are in its folder results."""

    def spawn(self, command, environment):
        return self.ended_with_the_test(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))

    def ended_with_the_test(self, process):
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def session_folder(self):
        (folder,) = (self.folder / "results").iterdir()
        return folder

    def rows(self):
        with open(self.session_folder() / "runs.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


class CompareCase(SpawningCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = free_ports()
        (self.folder / "bin").mkdir()
        for client in ("wrk", "ab"):
            os.symlink(HERE / f"stub_{client}.py", self.folder / "bin" / client)

    def host(self, address):
        """Skips the test unless this machine has the address."""
        try:
            with socket.socket(options.family(address)) as probe:
                probe.bind((address, 0))
        except OSError as error:
            self.skipTest(f"{address}: {error}")
        return f"--host={address}"

    def call(self, *arguments, **faults):
        """Starts bench/compare with these arguments and no others."""
        environment = {**processes.environment(), "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", **faults}
        return self.ended_with_the_test(Forked(arguments, environment))

    def start(self, *flags, **faults):
        command = [f"--port={self.port}",
                   f"--results={self.folder / 'results'}", "--wrk-threads=1", "--connections=1", *flags]
        if not any("originals" in flag or flag.startswith(("--go=", "--attach=")) for flag in flags):
            command.append("--without-originals")  # which this machine may have or not
        for option, stub in (("server", "stub_server.py"), ("null-server", "stub_server.py"), ("duel-load", "stub_duel_load.py")):
            if not any(flag.startswith(f"--{option}=") for flag in flags):
                command.append(f"--{option}={HERE / stub}")
        return self.call(*command, **faults)

    def run_to_end(self, *flags, **faults):
        process = self.start(*flags, **faults)
        text, _ = process.communicate(timeout=LIMIT_S)
        if process.returncode == 0 and "--check" not in flags:
            newest = max((self.folder / "results").iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
            verify.verify(newest)  # every scenario prints only what follows from its raw files
        return process.returncode, text

    def stub_originals(self, *routers):
        """A folder with stubs in place of the programs of bench/originals."""
        folder = self.folder / "originals"
        folder.mkdir()
        for router in routers:
            os.symlink(HERE / "stub_originals.py", folder / router)
        return folder

    def assert_nobody_listens(self):
        with socket.socket() as probe:
            self.assertNotEqual(probe.connect_ex(("127.0.0.1", self.port)), 0)

    def assert_every_change_is_found(self, folder, names):
        """One changed byte in each of these files of a session."""
        for name in names:
            content = (folder / name).read_bytes()
            place = len(content) // 2
            with self.subTest(name):
                (folder / name).write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
                with self.assertRaisesRegex(HarnessError, re.escape(name.rpartition("/")[2])):
                    verify.verify(folder)
                (folder / name).write_bytes(content)
        verify.verify(folder)

    def assert_plot(self, name):
        """The plot exists as PNG and as SVG."""
        self.assertTrue((self.session_folder() / f"{name}.png").read_bytes().startswith(b"\x89PNG"))
        self.assertIn("<svg ", (self.session_folder() / f"{name}.svg").read_text(encoding="utf-8"))
