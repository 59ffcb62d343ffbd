"""duel-load against servers whose behaviour is known. Usage: load_test.py DUEL_LOAD

No test depends on the speed of the machine: counts are exact, and latencies are judged only if the generator and the server say
that they were in time themselves.
"""

import json
import math
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from harness import hdr

DUEL_LOAD = sys.argv.pop()
SERVER = pathlib.Path(__file__).with_name("known_server.py")
MEASURED, FAILED, WRONG_OPTION, VOID, INTERRUPTED = 0, 1, 2, 3, 130
# On a busy machine the generator is late. That is no fault of a test that counts.
PATIENT = ("--max-lateness=1h", "--timeout=60s")
MS = 10**6


class KnownServer:
    def __init__(self, mode=""):
        self._process = subprocess.Popen([sys.executable, "-B", str(SERVER), mode], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}/ping"

    def stop(self):
        """What the server has seen."""
        with self._process:
            return json.loads(self._process.communicate(timeout=60)[0])


def begin(*arguments):
    return subprocess.Popen([DUEL_LOAD, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(*arguments):
    return subprocess.run([DUEL_LOAD, *arguments], capture_output=True, text=True, timeout=120)


class Load(unittest.TestCase):
    def serve(self, mode=""):
        server = KnownServer(mode)
        self.addCleanup(lambda: server._process.poll() is None and server.stop())
        return server

    def measure(self, server, *arguments, status=MEASURED):
        """The report, after the checks that hold for every report."""
        done = run(*PATIENT, *arguments, server.url)
        self.assertEqual((done.returncode, done.stderr), (status, ""))
        report = json.loads(done.stdout)
        for step in [*report["steps"], report["total"]]:
            errors = sum(count for name, count in step["errors"].items() if name != "status")
            self.assertEqual(step["requests"], step["answered"] + errors)
            self.assertEqual(sum(step["statuses"].values()), step["answered"])
            self.assertEqual(step["latency_from_actual"]["count"], step["answered"])
        return report

    def test_sends_every_request_of_the_schedule_once(self):
        for threads in (1, 2):
            server = self.serve()
            total = self.measure(server, "--rate=2000", "--duration=500ms", "--trace-id=t-", f"--threads={threads}")["total"]
            seen = server.stop()
            self.assertEqual((total["requests"], total["answered"], seen["requests"]), (1000, 1000, 1000))
            self.assertEqual(sorted(seen["trace_ids"]), [f"t-{number:016x}" for number in range(1000)])
            self.assertEqual(seen["connections"], 65, "64 connections and the one that tries the address")

    def test_shares_make_up_one_schedule(self):
        server = self.serve()
        start = f"{time.time() + 3:.3f}"
        programs = [begin(*PATIENT, "--rate=1000", "--duration=300ms", "--trace-id=s", f"--share={part}/3", "--start-at", start,
                          server.url) for part in (1, 2, 3)]
        reports = [json.loads(program.communicate(timeout=60)[0]) for program in programs]
        self.assertEqual(sorted(server.stop()["trace_ids"]), [f"s{number:016x}" for number in range(300)])
        self.assertEqual([report["total"]["requests"] for report in reports], [100, 100, 100])
        self.assertEqual({report["start_unix_ns"] for report in reports}, {round(float(start) * 1000) * MS})
        merged = hdr.merge(hdr.decode(report["total"]["latency_from_intended"]["hdr"]) for report in reports)
        self.assertEqual(sum(merged.values()), 300)

    def test_steps_are_reported_one_by_one_without_the_warmup(self):
        server = self.serve()
        report = self.measure(server, "--steps=500:200ms,1000:200ms", "--warmup=100ms")
        self.assertEqual([step["answered"] for step in report["steps"]], [100, 200])
        self.assertEqual([step["start_s"] for step in report["steps"]], [0.1, 0.3])
        self.assertEqual(report["total"]["answered"], 300)
        self.assertEqual(server.stop()["requests"], 350)

    def test_mixes_bodies_by_weight(self):
        server = self.serve()
        total = self.measure(server, "--rate=1000", "--duration=400ms", "--mix=3 POST /small body=size:200",
                             "--mix=1 PUT /large body=size:100k chunk=16k")["total"]
        seen = server.stop()
        self.assertEqual(total["answered"], 400)
        self.assertEqual(seen["paths"], {"/small": 300, "/large": 100})
        self.assertEqual((seen["body_bytes"], seen["chunked"]), (300 * 200 + 100 * 102400, 100))

    def test_opens_short_connections(self):
        server = self.serve()
        total = self.measure(server, "--rate=500", "--duration=400ms", "--requests-per-connection=1")["total"]
        seen = server.stop()
        self.assertEqual((total["answered"], seen["closing"], seen["connections"]), (200, 200, 201))

    def test_keeps_a_closed_loop_full(self):
        for pipeline in (1, 8):
            server = self.serve()
            report = self.measure(server, "--connections=4", f"--pipeline={pipeline}", "--duration=200ms")
            self.assertEqual(report["settings"]["loop"], "closed")
            self.assertEqual(report["total"]["answered"], server.stop()["requests"])
            self.assertNotIn("lateness", report["total"])

    def test_counts_answers_with_an_error_status(self):
        server = self.serve("fail")
        total = self.measure(server, "--rate=4000", "--duration=1s")["total"]
        self.assertEqual(server.stop()["requests"], 4000)
        self.assertEqual(total["statuses"], {"200": 3996, "500": 4})
        self.assertEqual(total["errors"]["status"], 4)

    def test_sees_each_slow_answer(self):
        server = self.serve("slow")
        total = self.measure(server, "--rate=2000", "--duration=1s")["total"]
        for name in ("latency_from_intended", "latency_from_actual"):
            histogram = hdr.decode(total[name]["hdr"])
            self.assertGreaterEqual(sum(count for value, count in histogram.items() if value >= MS), 20, name)
            self.assertGreaterEqual(hdr.quantile(histogram, 0.991), MS, name)

    def test_sees_every_request_that_a_freeze_delays(self):
        server = self.serve("freeze")
        start = math.ceil(time.time()) + 1.5
        done = run("--max-lateness=1ms", "--rate=200", "--duration=2s", "--connections=8", f"--start-at={start}", server.url)
        seen, report = server.stop(), json.loads(done.stdout)
        self.assertEqual(report["total"]["answered"], 400)
        if done.returncode == VOID or seen["late_s"] > 0.004:
            self.skipTest(f"the machine is too busy: {report['void'] or seen['late_s']}")
        computed = []
        for number in range(400):
            intended = report["start_unix_ns"] / 1e9 + number / 200
            end = next((end for begin, end in seen["freezes"] if begin <= intended < end), intended)
            computed.append((end - intended) * 1e9)
        computed.sort()
        for part in (0.95, 0.97, 0.99):
            expected = computed[math.ceil(part * 400) - 1]
            measured = hdr.quantile(hdr.decode(report["total"]["latency_from_intended"]["hdr"]), part)
            self.assertAlmostEqual(measured, expected, delta=0.02 * expected, msg=part)
        self.assertLess(report["total"]["latency_from_actual"]["p90_ns"], 10 * MS)

    def test_survives_a_server_that_leaves(self):
        server = self.serve("leave")
        total = self.measure(server, "--rate=2000", "--duration=1s", "--connections=8")["total"]
        # Each of the 8 connections may lose an answer that was on its way.
        self.assertIn(total["answered"], range(492, 501))
        self.assertEqual(sum(total["errors"].values()), 2000 - total["answered"])
        self.assertGreater(total["errors"]["connect"], 0)

    def test_a_run_that_was_too_late_is_void(self):
        server = self.serve()
        done = run("--max-lateness=0", "--rate=1000", "--duration=200ms", server.url)
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, VOID)
        self.assertFalse(report["valid"])
        self.assertIn("the P99 of the generator's own lateness", report["void"][0])

    def test_writes_a_file_as_a_whole(self):
        server = self.serve()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "report.json"
            done = run(*PATIENT, "--rate=1000", "--duration=100ms", f"--output={path}", server.url)
            self.assertEqual((done.returncode, done.stdout), (MEASURED, ""))
            self.assertEqual(json.loads(path.read_text())["total"]["answered"], 100)
            self.assertEqual([each.name for each in pathlib.Path(folder).iterdir()], ["report.json"])

    def test_a_signal_leaves_no_half_record(self):
        far = str(int(time.time()) + 1000)
        for number, waiting in ((signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGINT, True)):
            server = self.serve()
            with tempfile.TemporaryDirectory() as folder:
                extra = ["--start-at", far] if waiting else []
                program = begin("--rate=1000", "--duration=1h", "--progress=on", f"--output={folder}/report.json", *extra, server.url)
                program.stderr.read(10)  # the run has begun
                program.send_signal(number)
                output, errors = program.communicate(timeout=60)
                self.assertEqual((program.returncode, output), (INTERRUPTED, ""))
                self.assertIn("interrupted; nothing is written", errors)
                self.assertEqual(list(pathlib.Path(folder).iterdir()), [])

    def test_a_signal_ends_a_start_that_hangs(self):
        # A listener that accepts nothing: its queue is full, so further connections stay half open.
        with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
            program = begin("--timeout=1h", "--connections=200", f"http://127.0.0.1:{listener.getsockname()[1]}/")
            self.addCleanup(program.kill)
            listener.accept()[0].close()  # the program tries the address, then opens its connections
            listener.accept()[0].close()
            program.send_signal(signal.SIGINT)
            self.assertEqual(program.communicate(timeout=60)[0], "")
            self.assertEqual(program.returncode, INTERRUPTED)

    def test_says_what_is_wrong_in_one_sentence(self):
        server = self.serve()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            closed = listener.getsockname()[1]
        for status, part, arguments in (
                (WRONG_OPTION, "no URL was given", []),
                (WRONG_OPTION, "--rate=x: give requests per second", ["--rate=x", "http://h/"]),
                (FAILED, "start the server, or correct the URL", [f"http://127.0.0.1:{closed}/"]),
                (FAILED, "--start-at had passed", ["--start-at=1", server.url]),
                (FAILED, "has no address", ["http://no.such.host.invalid/"])):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (status, ""), arguments)
            self.assertRegex(done.stderr, r"\Aduel-load: [^\n]+\n\Z")
            self.assertIn(part, done.stderr)

    def test_an_output_that_cannot_be_written_is_a_failure(self):
        server = self.serve()
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([DUEL_LOAD, *PATIENT, "--rate=100", "--duration=100ms", server.url], stdout=full,
                                  stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("cannot be written", done.stderr)


if __name__ == "__main__":
    unittest.main()
