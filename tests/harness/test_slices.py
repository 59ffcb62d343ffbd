"""Tests of harness/slices.py: what a slice counts, and that wrk is stopped outside of its slices."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import types
import unittest

from harness import slices
from harness.errors import HarnessError
from harness.load import SCRIPTS
from harness.scenarios import router_style_loads as loads

WRITER = "import os\nnull = os.open('/dev/null', os.O_WRONLY)\nwhile True: os.write(null, b'x')"


def state_of(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]


class Slices(unittest.TestCase):
    def read(self, process):
        server = types.SimpleNamespace(pid=os.getpid(), facts={"command_line": "a server"})
        return slices.reading(server, (process, "a wrk"), loads.GIN_TEXT, loads.SLICES_BATCH, "1-x", "an id")

    def test_a_slice_counts_the_writes_while_the_generator_runs_and_stops_it(self):
        with subprocess.Popen([sys.executable, "-c", WRITER]) as process:
            try:
                os.kill(process.pid, signal.SIGSTOP)
                found = self.read(process)
                os.waitid(os.P_PID, process.pid, os.WSTOPPED)
                self.assertEqual(state_of(process.pid), "T")
            finally:
                process.kill()
        self.assertGreater(found["writes"], 0)
        self.assertGreaterEqual(found["clock_ns"], slices.SLICE_S * 1e9)
        record = slices.record_of({**found, "writes": 10, "cpu_ns": 320_000, "clock_ns": 500_000_000}, None)
        self.assertEqual((record["requests"], record["cpu_us_per_request"], record["requests_per_s"], record["used"]), (160, 2.0, 320.0, True))

    def test_a_generator_that_sends_nothing_is_named(self):
        with subprocess.Popen(["sleep", "60"]) as process:
            try:
                with self.assertRaisesRegex(HarnessError, "the wrk of Gin text sent nothing for 150 ms; look at "):
                    self.read(process)
            finally:
                process.kill()

    def test_the_script_sends_as_many_requests_as_its_kind_says(self):
        for kind in loads.SLICES:
            counts = re.findall(r"for i = 1, (\d+) do", (SCRIPTS / kind.script).read_text(encoding="utf-8"))
            self.assertEqual([int(count) for count in counts] or [1], [kind.requests_per_write])


if __name__ == "__main__":
    unittest.main()
